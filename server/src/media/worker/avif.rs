//! AVIF, which ffmpeg unpacks: the AV1 that is in it, and nothing of what is around that.

use image::{DynamicImage, RgbaImage};

use super::items::{self, Unfit};
use super::picture::{self, MOST_KEPT, MOST_PIXELS};
use super::{INPUT, Made, Refused, Task, emoji, ffmpeg, pixels};

/// What ffmpeg calls AV1 without anything around it.
const DEMUXER: &str = "obu";
/// What it is given, in the child's folder.
const COLOURS: &str = "colours";
const OPACITY: &str = "opacity";
/// Bytes of a picture for each pixel, as ffmpeg hands it on: three, and as much again for how PNG packs what it cannot make
/// smaller.
const BYTES_A_PIXEL: u64 = 2 * 3;

const UNREAD: &str = "is an AVIF picture, which cannot be read here; save it as PNG or JPEG first";
const DAMAGED: &str =
    "is damaged, or an AVIF of a kind that cannot be read here; save it as PNG or JPEG first";
const PARTS: &str = "is an AVIF that is turned, or made of several parts, which cannot be read here; save it as PNG or JPEG \
                     first";
const MOVES: &str =
    "is an AVIF that moves, which cannot be read here; save it as GIF, WebP or film first";

/// Takes a picture. Where no ffmpeg was handed in, none is read: of what is from elsewhere that is all but emoji.
pub(super) fn make(task: &Task, moves: bool) -> Result<Made, Refused> {
    if task.ffmpeg.is_empty() || task.ffprobe.is_empty() || task.face.is_some() {
        return Err(UNREAD.to_owned());
    }
    let stands_still = task.emoji || task.fit.is_some();
    let bytes = std::fs::read(INPUT).map_err(|_| "could not be opened; try again".to_owned())?;
    if !stands_still && (moves || items::moves(&bytes)) {
        return Err(MOVES.to_owned());
    }
    let shown = items::shown(&bytes).map_err(|unfit| match unfit {
        Unfit::Damaged => DAMAGED,
        Unfit::Parts => PARTS,
    })?;
    drop(bytes);
    let colours = unpacked(task, COLOURS, &shown.colours, "rgb24")?;
    let whole = match &shown.opacity {
        None => colours,
        Some(opacity) => {
            let opacity = unpacked(task, OPACITY, opacity, "gray")?;
            with_opacity(colours, opacity)?
        }
    };
    if task.emoji {
        return emoji::still(whole);
    }
    let mut kept = pixels::shrunk(pixels::plain(whole), MOST_KEPT)?;
    if let Some(size) = task.fit {
        kept = pixels::fitting(&kept, size)?;
    }
    picture::still(&kept, false)
}

/// What a decoder makes of this.
fn unpacked(task: &Task, name: &str, av1: &[u8], colours: &str) -> Result<DynamicImage, Refused> {
    let damaged = |_| DAMAGED.to_owned();
    std::fs::write(name, av1).map_err(|_| "could not be opened; try again".to_owned())?;
    let (width, height) = ffmpeg::size_of_picture(task, DEMUXER, name).map_err(damaged)?;
    // What is unpacked may be larger than what was measured.
    let most = if task.emoji {
        emoji::measure(width, height)?;
        emoji::MOST_PIXELS
    } else {
        picture::measure(width, height)?;
        MOST_PIXELS
    };
    let most_bytes = BYTES_A_PIXEL * most;
    let png = ffmpeg::picture_as_png(task, (DEMUXER, name), colours, most, most_bytes);
    picture::read_poster(png.map_err(damaged)?)
}

/// The same picture, as opaque as the other one is bright.
fn with_opacity(colours: DynamicImage, opacity: DynamicImage) -> Result<DynamicImage, Refused> {
    let mut pixels: RgbaImage = colours.into_rgba8();
    let opacity = opacity.into_luma8();
    if pixels.dimensions() != opacity.dimensions() {
        return Err(DAMAGED.to_owned());
    }
    for (pixel, opaque) in pixels.pixels_mut().zip(opacity.pixels()) {
        pixel.0[3] = opaque.0[0];
    }
    Ok(DynamicImage::ImageRgba8(pixels))
}
