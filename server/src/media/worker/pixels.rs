//! Pictures in memory: shrunk, hashed and written. Nothing but pixels comes out.

use std::fs::File;
use std::io::BufWriter;

use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::{DynamicImage, ImageEncoder as _, RgbImage, RgbaImage};

use super::super::model::Size;
use super::Refused;

/// Pixels of a small picture: 640 by 360, as Mastodon's.
const SMALL: u64 = 640 * 360;
/// The longest side of what is hashed; more changes nothing that one sees.
const HASHED: u32 = 48;
/// How good JPEG is: beyond it files grow and pictures do not.
const QUALITY: u8 = 88;
const SMALL_QUALITY: u8 = 80;
/// A PNG without transparency that is larger becomes a JPEG: it is a photo.
const LARGEST_PNG: u64 = 3 * 1024 * 1024;

/// The sizes within `most` pixels in this shape, which never grow.
pub(super) fn within(width: u32, height: u32, most: u64) -> (u32, u32) {
    let (wide, high) = (f64::from(width), f64::from(height));
    let area = wide * high;
    #[expect(clippy::cast_precision_loss, reason = "some millions")]
    let factor = (most as f64 / area).sqrt().min(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of what was a u32"
    )]
    let scaled = |side: f64| ((side * factor).round() as u32).max(1);
    (scaled(wide), scaled(high))
}

/// The same picture with at most so many pixels.
pub(super) fn shrunk(picture: DynamicImage, most: u64) -> Result<DynamicImage, Refused> {
    let (width, height) = within(picture.width(), picture.height(), most);
    if (width, height) == (picture.width(), picture.height()) {
        return Ok(picture);
    }
    resized(&picture, width, height)
}

/// The middle of a picture in this shape, at most so large.
pub(super) fn fitting(picture: &DynamicImage, size: Size) -> Result<DynamicImage, Refused> {
    let (width, height) = (u64::from(picture.width()), u64::from(picture.height()));
    let (wide, high) = (u64::from(size.width), u64::from(size.height));
    let (cut_width, cut_height) = if width * high > height * wide {
        ((height * wide / high).max(1), height)
    } else {
        (width, (width * high / wide).max(1))
    };
    let side = |length: u64| u32::try_from(length).unwrap_or(u32::MAX);
    let (x, y) = ((width - cut_width) / 2, (height - cut_height) / 2);
    let cut = picture.crop_imm(side(x), side(y), side(cut_width), side(cut_height));
    if cut_width <= wide {
        return Ok(cut);
    }
    resized(&cut, size.width, size.height)
}

fn resized(picture: &DynamicImage, width: u32, height: u32) -> Result<DynamicImage, Refused> {
    let broken = |()| "could not be made smaller".to_owned();
    let (pixels, kind) = match picture {
        DynamicImage::ImageRgba8(pixels) => (pixels.as_raw().as_slice(), PixelType::U8x4),
        DynamicImage::ImageRgb8(pixels) => (pixels.as_raw().as_slice(), PixelType::U8x3),
        _ => return Err("has pixels of an unusual kind".to_owned()),
    };
    let source =
        fast_image_resize::images::ImageRef::new(picture.width(), picture.height(), pixels, kind)
            .map_err(|_| "could not be made smaller".to_owned())?;
    let mut target = fast_image_resize::images::Image::new(width, height, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|_| "could not be made smaller".to_owned())?;
    let bytes = target.into_vec();
    match kind {
        PixelType::U8x4 => RgbaImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgba8),
        _ => RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8),
    }
    .ok_or(())
    .map_err(broken)
}

/// With eight bits a colour; with transparency only where something is transparent.
pub(super) fn plain(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let pixels = picture.into_rgba8();
    if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(pixels).into_rgb8());
    }
    DynamicImage::ImageRgba8(pixels)
}

/// The small picture, with its size.
pub(super) fn small(picture: &DynamicImage) -> Result<DynamicImage, Refused> {
    let (width, height) = within(picture.width(), picture.height(), SMALL);
    if (width, height) == (picture.width(), picture.height()) {
        return Ok(picture.clone());
    }
    resized(picture, width, height)
}

/// A blurred picture in some thirty letters.
pub(super) fn blurhash(small: &DynamicImage) -> Result<String, Refused> {
    let side = u64::from(HASHED);
    let (width, height) = within(small.width(), small.height(), side * side);
    let tiny = resized(small, width, height)?.into_rgba8();
    blurhash::encode(4, 3, width, height, tiny.as_raw())
        .map_err(|_| "could not be blurred".to_owned())
}

/// Writes a picture into this file; gives its media type.
pub(super) fn write(
    picture: &DynamicImage,
    path: &str,
    prefers_png: bool,
) -> Result<&'static str, Refused> {
    if picture.color().has_alpha() || prefers_png {
        write_png(picture, path)?;
        let length = std::fs::metadata(path).map_or(0, |file| file.len());
        if picture.color().has_alpha() || length <= LARGEST_PNG {
            return Ok("image/png");
        }
    }
    write_jpeg(picture, path, QUALITY)?;
    Ok("image/jpeg")
}

/// The same for a small picture.
pub(super) fn write_small(picture: &DynamicImage, path: &str) -> Result<&'static str, Refused> {
    if picture.color().has_alpha() {
        write_png(picture, path)?;
        return Ok("image/png");
    }
    write_jpeg(picture, path, SMALL_QUALITY)?;
    Ok("image/jpeg")
}

fn write_jpeg(picture: &DynamicImage, path: &str, quality: u8) -> Result<(), Refused> {
    let file = create(path)?;
    JpegEncoder::new_with_quality(file, quality)
        .write_image(
            picture.as_bytes(),
            picture.width(),
            picture.height(),
            picture.color().into(),
        )
        .map_err(|_| "could not be written".to_owned())
}

pub(super) fn write_png(picture: &DynamicImage, path: &str) -> Result<(), Refused> {
    let file = create(path)?;
    PngEncoder::new_with_quality(file, CompressionType::Fast, PngFilter::Adaptive)
        .write_image(
            picture.as_bytes(),
            picture.width(),
            picture.height(),
            picture.color().into(),
        )
        .map_err(|_| "could not be written".to_owned())
}

fn create(path: &str) -> Result<BufWriter<File>, Refused> {
    File::create(path)
        .map(BufWriter::new)
        .map_err(|_| "could not be written".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_shrinks_in_its_shape_and_never_grows() {
        assert_eq!(within(4000, 3000, SMALL), (554, 416));
        assert_eq!(within(100, 50, SMALL), (100, 50));
        assert_eq!(within(20_000, 1, 100), (1414, 1));
    }

    #[test]
    fn what_is_nowhere_transparent_is_kept_without_transparency() {
        let opaque = RgbaImage::from_pixel(2, 2, image::Rgba([1, 2, 3, 255]));
        assert!(!plain(opaque.into()).color().has_alpha());
        let clear = RgbaImage::from_pixel(2, 2, image::Rgba([1, 2, 3, 0]));
        assert!(plain(clear.into()).color().has_alpha());
    }
}
