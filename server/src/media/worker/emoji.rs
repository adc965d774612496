//! Custom emoji: small pictures, written anew, and a still one of those that move.

use std::fs::File;
use std::io::BufWriter;

use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::webp::WebPDecoder;
use image::{
    AnimationDecoder as _, DynamicImage, Frame, Frames, ImageDecoder as _, ImageFormat, RgbaImage,
};

use super::super::model::{Meta, Size};
use super::super::sniff::Format;
use super::picture::{limits, open, reader, told};
use super::{Made, OUTPUT, PREVIEW, Refused, pixels};

/// The longest side of what is opened: nobody draws an emoji larger.
const LONGEST_SIDE: u32 = 1_024;
/// Pixels of the largest that is opened, both of whose sides are as long as that.
pub(super) const MOST_PIXELS: u64 = 1_024 * 1_024;
/// Pixels that are kept of one, in any shape: sharp on a screen that shows four for one.
const MOST_KEPT: u64 = 128 * 128;
/// Pictures of one that moves: ten seconds of them.
const MOST_FRAMES: usize = 300;
/// Pixels of all of them together, before they are made smaller.
const MOST_MOVING_PIXELS: u64 = 40_000_000;
/// How hard the encoder looks for colours, from 1 to 30, where 30 is fast.
const HASTE: i32 = 15;

pub(super) fn make(format: Format) -> Result<Made, Refused> {
    let kind = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png { .. } => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        _ => ImageFormat::WebP,
    };
    let mut header = reader(kind)?;
    let mut bounds = limits();
    (bounds.max_image_width, bounds.max_image_height) = (None, None);
    header.limits(bounds);
    let (width, height) = header.into_dimensions().map_err(|why| told(&why))?;
    measure(width, height)?;
    let moves = matches!(format, Format::Gif | Format::WebP { moves: true });
    let frames = if moves {
        let area = u64::from(width) * u64::from(height);
        small_frames(format, area, |picture| pixels::shrunk(picture, MOST_KEPT))?
    } else {
        Vec::new()
    };
    if frames.len() > 1 {
        return moving(frames);
    }
    still(super::picture::upright(kind)?)
}

/// Refuses by what the header says, before anything is unpacked.
pub(super) fn measure(width: u32, height: u32) -> Result<(), Refused> {
    if width == 0 || height == 0 {
        return Err("is a picture without pixels".to_owned());
    }
    if width > LONGEST_SIDE || height > LONGEST_SIDE {
        return Err(format!(
            "is {width} by {height} pixels; an emoji has at most {LONGEST_SIDE} in a row"
        ));
    }
    Ok(())
}

/// What is kept of one that stands still.
pub(super) fn still(picture: DynamicImage) -> Result<Made, Refused> {
    let picture = pixels::shrunk(pixels::plain(picture), MOST_KEPT)?;
    pixels::write_png(&picture, OUTPUT)?;
    Ok(made("image/png", "", &picture))
}

pub(super) fn made(media_type: &str, preview_type: &str, picture: &DynamicImage) -> Made {
    Made {
        kind: "image".to_owned(),
        media_type: media_type.to_owned(),
        preview_type: preview_type.to_owned(),
        blurhash: String::new(),
        meta: Meta {
            original: Some(Size::of(picture.width(), picture.height())),
            ..Meta::default()
        },
    }
}

/// All its pictures, each made small as it comes.
pub(super) fn small_frames(
    format: Format,
    area: u64,
    make_small: impl Fn(DynamicImage) -> Result<DynamicImage, Refused>,
) -> Result<Vec<Frame>, Refused> {
    let mut small = Vec::new();
    for frame in frames(format)? {
        let frame = frame.map_err(|why| told(&why))?;
        let count = small.len() + 1;
        if count > MOST_FRAMES || area * count as u64 > MOST_MOVING_PIXELS {
            return Err(format!(
                "moves for too long; at most {MOST_FRAMES} pictures fit, and {} million pixels in all",
                MOST_MOVING_PIXELS / 1_000_000
            ));
        }
        let delay = frame.delay();
        let picture = DynamicImage::ImageRgba8(frame.into_buffer());
        let picture = make_small(picture)?.into_rgba8();
        small.push(Frame::from_parts(picture, 0, 0, delay));
    }
    Ok(small)
}

fn frames(format: Format) -> Result<Frames<'static>, Refused> {
    Ok(if format == Format::Gif {
        let mut decoder = GifDecoder::new(open()?).map_err(|why| told(&why))?;
        decoder.set_limits(limits()).map_err(|why| told(&why))?;
        decoder.into_frames()
    } else {
        let mut decoder = WebPDecoder::new(open()?).map_err(|why| told(&why))?;
        // A still WebP has a colour to stand on, and none of it is wanted.
        let _ = decoder.set_background_color(image::Rgba([0, 0, 0, 0]));
        decoder.into_frames()
    })
}

/// What is kept of these, which are as small as they are to be.
pub(super) fn moving(frames: Vec<Frame>) -> Result<Made, Refused> {
    let unwritten = || "could not be written".to_owned();
    let first: RgbaImage = match frames.first() {
        Some(frame) => frame.buffer().clone(),
        None => return Err("holds no picture".to_owned()),
    };
    let file = File::create(OUTPUT).map_err(|_| unwritten())?;
    let mut encoder = GifEncoder::new_with_speed(BufWriter::new(file), HASTE);
    encoder
        .set_repeat(Repeat::Infinite)
        .map_err(|_| unwritten())?;
    encoder.encode_frames(frames).map_err(|_| unwritten())?;
    drop(encoder);
    let still = pixels::plain(DynamicImage::ImageRgba8(first));
    pixels::write_png(&still, PREVIEW)?;
    Ok(made("image/gif", "image/png", &still))
}
