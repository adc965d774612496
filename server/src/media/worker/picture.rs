//! Pictures: measured before they are unpacked, turned the right way up, and written anew.

use std::fs::File;
use std::io::{BufReader, Cursor};

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{
    AnimationDecoder, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
};

use super::super::model::{Meta, Size};
use super::super::sniff::Format;
use super::ffmpeg::Film;
use super::{INPUT, Made, OUTPUT, PREVIEW, Refused, Task, ffmpeg, pixels};

/// Pixels of the largest picture that is opened: more than cameras of phones make in their usual mode.
pub const MOST_PIXELS: u64 = 40_000_000;
/// The longest side: a panorama has so many.
pub const LONGEST_SIDE: u32 = 20_000;
/// Pixels of the largest picture that is kept; beyond it no screen shows a difference.
pub(super) const MOST_KEPT: u64 = 16_000_000;
/// What decoders may hold at once: the largest picture in sixteen bits with transparency.
const DECODER_BYTES: u64 = MOST_PIXELS * 8;
/// Pictures of one that moves: a minute of them.
const MOST_FRAMES: u32 = 1_500;
/// Pixels of all of them together: half a minute of the size of a small screen.
const MOST_MOVING_PIXELS: u64 = 400_000_000;
/// The side of the largest that moves.
const LONGEST_MOVING_SIDE: u32 = 4_096;

pub(super) fn make(task: &Task, format: Format) -> Result<Made, Refused> {
    let (kind, width, height) = measured(format)?;
    let may_move = matches!(
        format,
        Format::Gif | Format::Png { moves: true } | Format::WebP { moves: true }
    );
    // What is cut to a shape stands still.
    if may_move
        && task.fit.is_none()
        && let Some(made) = moving(task, format, width, height)?
    {
        return Ok(made);
    }
    if format == Format::Jpeg {
        ends_where_it_should()?;
    }
    let (picture, orientation) = decoded(kind)?;
    let mut picture = pixels::shrunk(pixels::plain(picture), MOST_KEPT)?;
    picture.apply_orientation(orientation);
    if let Some(size) = task.fit {
        picture = pixels::fitting(&picture, size)?;
    }
    still(&picture, kind != ImageFormat::Jpeg)
}

/// Of which kind it is, and how large by its header: refused where that is too much.
pub(super) fn measured(format: Format) -> Result<(ImageFormat, u32, u32), Refused> {
    let kind = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png { .. } => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        _ => ImageFormat::WebP,
    };
    let mut header = reader(kind)?;
    // How large it is is told by us, with a sentence of its own.
    let mut bounds = limits();
    (bounds.max_image_width, bounds.max_image_height) = (None, None);
    header.limits(bounds);
    let (width, height) = header.into_dimensions().map_err(|why| told(&why))?;
    measure(width, height)?;
    Ok((kind, width, height))
}

/// What is kept of a picture that stands still.
pub(super) fn still(picture: &DynamicImage, prefers_png: bool) -> Result<Made, Refused> {
    let small = pixels::small(picture)?;
    let media_type = pixels::write(picture, OUTPUT, prefers_png)?;
    let preview_type = pixels::write_small(&small, PREVIEW)?;
    Ok(Made {
        kind: "image".to_owned(),
        media_type: media_type.to_owned(),
        preview_type: preview_type.to_owned(),
        blurhash: pixels::blurhash(&small)?,
        meta: Meta {
            original: Some(Size::of(picture.width(), picture.height())),
            small: Some(Size::of(small.width(), small.height())),
            ..Meta::default()
        },
    })
}

/// What is kept of the first picture of a film.
pub(super) fn poster(picture: DynamicImage) -> Result<(String, String, Size), Refused> {
    let small = pixels::small(&pixels::plain(picture))?;
    let preview_type = pixels::write_small(&small, PREVIEW)?;
    Ok((
        preview_type.to_owned(),
        pixels::blurhash(&small)?,
        Size::of(small.width(), small.height()),
    ))
}

/// Refuses by what the header says, before anything is unpacked.
pub(super) fn measure(width: u32, height: u32) -> Result<(), Refused> {
    let area = u64::from(width) * u64::from(height);
    if width == 0 || height == 0 {
        return Err("is a picture without pixels".to_owned());
    }
    if width > LONGEST_SIDE || height > LONGEST_SIDE || area > MOST_PIXELS {
        return Err(format!(
            "is {width} by {height} pixels; at most {} million fit, and {LONGEST_SIDE} in a row",
            MOST_PIXELS / 1_000_000
        ));
    }
    Ok(())
}

pub(super) fn reader(kind: ImageFormat) -> Result<ImageReader<BufReader<File>>, Refused> {
    let mut reader = ImageReader::with_format(open()?, kind);
    reader.limits(limits());
    Ok(reader)
}

pub(super) fn open() -> Result<BufReader<File>, Refused> {
    File::open(INPUT)
        .map(BufReader::new)
        .map_err(|_| "could not be opened; try again".to_owned())
}

pub(super) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(DECODER_BYTES);
    limits
}

/// A picture that stands still, turned the right way up.
pub(super) fn upright(kind: ImageFormat) -> Result<DynamicImage, Refused> {
    let (mut picture, orientation) = decoded(kind)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn decoded(kind: ImageFormat) -> Result<(DynamicImage, Orientation), Refused> {
    let mut decoder = reader(kind)?.into_decoder().map_err(|why| told(&why))?;
    // Damaged notes about a picture are no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|why| told(&why))?;
    Ok((picture, orientation))
}

pub(super) fn told(why: &ImageError) -> Refused {
    match why {
        ImageError::Limits(_) => "needs more memory than a picture may".to_owned(),
        ImageError::Unsupported(_) => {
            "is a picture of a kind that cannot be read here; save it as JPEG or PNG first"
                .to_owned()
        }
        _ => "is damaged or cut off; try to save it anew".to_owned(),
    }
}

/// Decoders fill up with grey what is missing of a photo. The end is looked for behind the last header: a photo may hold
/// smaller ones in its headers.
fn ends_where_it_should() -> Result<(), Refused> {
    let bytes = std::fs::read(INPUT).map_err(|_| "could not be opened; try again".to_owned())?;
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) =
        bytes.get(at..at + 4).and_then(|four| four.first_chunk())
    {
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xDA {
            break;
        }
    }
    let body = bytes.get(at..).unwrap_or_default();
    if body.windows(2).any(|two| two == [0xFF, 0xD9]) {
        Ok(())
    } else {
        Err("is damaged or cut off; try to save it anew".to_owned())
    }
}

/// A picture that moves, as a film without sound. `None`: it does not move, or there is no ffmpeg; then its first picture
/// stands for it.
fn moving(task: &Task, format: Format, width: u32, height: u32) -> Result<Option<Made>, Refused> {
    let Some(rhythm) = rhythm(format, width, height)? else {
        return Ok(None);
    };
    if task.ffmpeg.is_empty() {
        return Ok(None);
    }
    let mut film = Film::begin(task, width, height, rhythm.per_second)?;
    let mut first = None;
    let mut duration_ms = 0;
    for frame in frames(format)? {
        let frame = frame.map_err(|why| told(&why))?;
        let shown_ms = delay_ms(frame.delay().numer_denom_ms());
        let picture = DynamicImage::ImageRgba8(frame.into_buffer());
        let picture = on_white(picture);
        let times = film.times(shown_ms);
        duration_ms += shown_ms;
        for _ in 0..times {
            film.push(picture.as_bytes())?;
        }
        first.get_or_insert(picture);
    }
    let first = first.ok_or_else(|| "holds no picture".to_owned())?;
    film.end()?;
    let (preview_type, blurhash, small) = poster(first)?;
    Ok(Some(Made {
        kind: "gifv".to_owned(),
        media_type: "video/mp4".to_owned(),
        preview_type,
        blurhash,
        meta: Meta {
            original: Some(Size::of(width & !1, height & !1)),
            small: Some(small),
            duration_ms: Some(duration_ms),
            frame_rate: Some(format!("{}/1", rhythm.per_second)),
            ..Meta::default()
        },
    }))
}

struct Rhythm {
    per_second: u32,
}

/// How fast it moves, from one walk through it that keeps nothing. `None` where there is one picture.
fn rhythm(format: Format, width: u32, height: u32) -> Result<Option<Rhythm>, Refused> {
    let mut count = 0_u32;
    let mut shortest_ms = u32::MAX;
    let area = u64::from(width) * u64::from(height);
    for frame in frames(format)? {
        // What was cut off shows what it has.
        let Ok(frame) = frame else { break };
        count += 1;
        if count > MOST_FRAMES || area * u64::from(count) > MOST_MOVING_PIXELS {
            return Err(format!(
                "moves for too long; at most {MOST_FRAMES} pictures fit, and {} million pixels in all",
                MOST_MOVING_PIXELS / 1_000_000
            ));
        }
        shortest_ms = shortest_ms.min(delay_ms(frame.delay().numer_denom_ms()));
    }
    if count < 2 {
        return Ok(None);
    }
    if width > LONGEST_MOVING_SIDE || height > LONGEST_MOVING_SIDE || width < 2 || height < 2 {
        return Err(format!(
            "is {width} by {height} pixels; what moves has at most {LONGEST_MOVING_SIDE} in a row, and two at least"
        ));
    }
    let per_second =
        (1_000 / shortest_ms.max(1)).clamp(ffmpeg::FEWEST_A_SECOND, ffmpeg::MOST_A_SECOND);
    Ok(Some(Rhythm { per_second }))
}

/// Browsers take what is shorter than two hundredths for a tenth.
fn delay_ms((numerator, denominator): (u32, u32)) -> u32 {
    let ms = numerator / denominator.max(1);
    if ms < 20 { 100 } else { ms.min(10_000) }
}

fn frames(format: Format) -> Result<image::Frames<'static>, Refused> {
    Ok(match format {
        Format::Gif => {
            let mut decoder = GifDecoder::new(open()?).map_err(|why| told(&why))?;
            decoder.set_limits(limits()).map_err(|why| told(&why))?;
            decoder.into_frames()
        }
        Format::Png { .. } => {
            let decoder = PngDecoder::with_limits(open()?, limits());
            let decoder = decoder.and_then(PngDecoder::apng);
            decoder.map_err(|why| told(&why))?.into_frames()
        }
        _ => {
            let mut decoder = WebPDecoder::new(open()?).map_err(|why| told(&why))?;
            // What shines through is drawn on white.
            let _ = decoder.set_background_color(image::Rgba([255, 255, 255, 255]));
            decoder.into_frames()
        }
    })
}

/// Film has no transparency, and no face shows what is behind it.
pub(super) fn on_white(picture: DynamicImage) -> DynamicImage {
    let mut pixels = picture.into_rgba8();
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, opacity] = pixel.0.map(u32::from);
        if opacity == 255 {
            continue;
        }
        let over = |colour: u32| {
            u8::try_from((colour * opacity + 255 * (255 - opacity)) / 255).unwrap_or(u8::MAX)
        };
        pixel.0 = [over(red), over(green), over(blue), 255];
    }
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(pixels).into_rgb8())
}

/// Reads a small picture that ffmpeg made of a film.
pub(super) fn read_poster(bytes: Vec<u8>) -> Result<DynamicImage, Refused> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    reader.limits(limits());
    reader.decode().map_err(|why| told(&why))
}
