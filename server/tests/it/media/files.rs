//! Files made for tests.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, RgbaImage};

/// One part of a form.
pub fn part(name: &str, file: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let file = file.map_or(String::new(), |file| {
        format!("; filename=\"{file}\"\r\nContent-Type: image/png")
    });
    let head = format!("--form\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let shade = |part: u32, whole: u32| u8::try_from(part * 255 / whole.max(1)).unwrap_or(255);
        Rgb([shade(x, width), shade(y, height), 90])
    })
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(gradient(width, height))
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Jpeg)
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Png)
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::WebP)
}

/// A picture that moves.
pub fn gif(width: u32, height: u32, frames: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    for shade in 0..frames {
        let pixels = RgbaImage::from_pixel(width, height, image::Rgba([shade * 20, 80, 120, 255]));
        encoder.encode_frame(Frame::new(pixels)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A photo that lies on its side and tells where it was made; a comment; and a page behind its end.
pub fn photo_with_notes(width: u32, height: u32) -> Vec<u8> {
    let plain = jpeg(width, height);
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    // Two entries: Orientation (turn right), and a text.
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    tiff.extend([0x0E, 0x01, 2, 0, 11, 0, 0, 0, 38, 0, 0, 0]);
    tiff.extend([0, 0, 0, 0]);
    tiff.extend(b"GPS-52.37N\0");
    let segment = |marker: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], payload].concat()
    };
    [
        &plain[..2],
        &segment(0xE1, &[b"Exif\0\0", &tiff[..]].concat()),
        &segment(0xFE, b"a secret comment"),
        &plain[2..],
        b"<html><script>alert(1)</script>",
    ]
    .concat()
}

/// A chunk of a PNG, with a sum that fits.
pub fn chunk(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let body = [&kind[..], payload].concat();
    let sum = crc(&body).to_be_bytes();
    [&length[..], &body, &sum].concat()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xEDB8_8320
            } else {
                sum >> 1
            };
        }
    }
    !sum
}

/// A PNG that says it is so large, and holds nothing.
pub fn png_that_says(width: u32, height: u32) -> Vec<u8> {
    let mut head = width.to_be_bytes().to_vec();
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    [
        &b"\x89PNG\r\n\x1A\n"[..],
        &chunk(b"IHDR", &head),
        &chunk(b"IDAT", &[0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]),
        &chunk(b"IEND", b""),
    ]
    .concat()
}
