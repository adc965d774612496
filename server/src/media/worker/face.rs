//! Small pictures of people elsewhere: cut to their shape, written anew without transparency (there are letters behind them),
//! and a still one of those that move.

use image::{DynamicImage, ImageFormat};

use super::super::model::Size;
use super::super::sniff::Format;
use super::{Made, OUTPUT, Refused, emoji, picture, pixels};

pub(super) fn make(format: Format, size: Size) -> Result<Made, Refused> {
    let (kind, width, height) = picture::measured(format)?;
    if matches!(format, Format::Gif | Format::WebP { moves: true }) {
        let area = u64::from(width) * u64::from(height);
        // There are many of these in one.
        let half = Size::of(size.width / 2, size.height / 2);
        // What moves for too long, or is torn off, stands still.
        if let Ok(frames) = emoji::small_frames(format, area, |frame| cut(frame, half))
            && frames.len() > 1
        {
            return emoji::moving(frames);
        }
    }
    let whole = cut(picture::upright(kind)?, size)?;
    let media_type = pixels::write(&whole, OUTPUT, kind != ImageFormat::Jpeg)?;
    Ok(emoji::made(media_type, "", &whole))
}

fn cut(whole: DynamicImage, size: Size) -> Result<DynamicImage, Refused> {
    let cut = pixels::fitting(&pixels::plain(whole), size)?;
    Ok(picture::on_white(cut))
}
