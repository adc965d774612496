//! Files made for tests.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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

/// An AVIF of 48 by 32 pixels, as ffmpeg writes one.
pub fn avif() -> Vec<u8> {
    let written = "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAD5bWV0YQAAAAAAAAAvaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAFBpY3R1\
                   cmVIYW5kbGVyAAAAAA5waXRtAAAAAAABAAAAHmlsb2MAAAAARAAAAQABAAAAAQAAASEAAAAdAAAAKGlpbmYAAAAAAAEAAAAaaW5mZQIAAAAA\
                   AQAAYXYwMUNvbG9yAAAAAGppcHJwAAAAS2lwY28AAAAUaXNwZQAAAAAAAAAwAAAAIAAAABBwaXhpAAAAAAMICAgAAAAMYXYxQ4EADAAAAAAT\
                   Y29scm5jbHgAAgACAAIAAAAAF2lwbWEAAAAAAAAAAQABBAECgwQAAAAlbWRhdAoGGBUv+2AQMhMYAAAAUAAAAAs8/LtEAS+2ZrSg";
    STANDARD.decode(written).unwrap()
}

/// One of 24 by 16, as libavif writes it: red on the left, and nothing on the right.
pub fn avif_half_clear() -> Vec<u8> {
    let written = "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAGGbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAO\
                   cGl0bQAAAAAAAQAAACxpbG9jAAAAAEQAAAIAAQAAAAEAAAHFAAAAKwACAAAAAQAAAa4AAAAXAAAAQmlpbmYAAAAAAAIAAAAaaW5mZQIAAAAA\
                   AQAAYXYwMUNvbG9yAAAAABppbmZlAgAAAAACAABhdjAxQWxwaGEAAAAAGmlyZWYAAAAAAAAADmF1eGwAAgABAAEAAADDaXBycAAAAJ1pcGNv\
                   AAAAFGlzcGUAAAAAAAAAGAAAABAAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAAA5waXhpAAAAAAEI\
                   AAAADGF2MUOBABwAAAAAOGF1eEMAAAAAdXJuOm1wZWc6bXBlZ0I6Y2ljcDpzeXN0ZW1zOmF1eGlsaWFyeTphbHBoYQAAAAAeaXBtYQAAAAAA\
                   AAACAAEEAQKDBAACBAEFhgcAAABKbWRhdBIACgUYEO/sKjIMRTAEEEBR6XZZJ1+AEgAKCRgQ7+0QENBoQDIcRXHh4ZlQooovlAAAAFfa2kGe\
                   eIAEPsRWeDlQaA==";
    STANDARD.decode(written).unwrap()
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
pub fn chunk(kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
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
        &chunk(*b"IHDR", &head),
        &chunk(*b"IDAT", &[0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]),
        &chunk(*b"IEND", b""),
    ]
    .concat()
}

/// The payloads of all chunks of this kind in a PNG, one after the other.
fn payload_of(png: &[u8], kind: [u8; 4]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = &png[8..];
    while rest.len() >= 12 {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap());
        let end = 8 + usize::try_from(length).unwrap();
        if rest[4..8] == kind {
            found.extend(&rest[8..end]);
        }
        rest = &rest[end + 4..];
    }
    found
}

/// A PNG that moves.
pub fn apng(width: u32, height: u32, frames: u32) -> Vec<u8> {
    let still = png(width, height);
    let pixels = payload_of(&still, *b"IDAT");
    let head = payload_of(&still, *b"IHDR");
    let control = [frames.to_be_bytes(), 0_u32.to_be_bytes()].concat();
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    bytes.extend(chunk(*b"IHDR", &head));
    bytes.extend(chunk(*b"acTL", &control));
    let mut sequence = 0_u32;
    let mut next = || {
        sequence += 1;
        (sequence - 1).to_be_bytes()
    };
    for frame in 0..frames {
        let mut shown = next().to_vec();
        for number in [width, height, 0, 0] {
            shown.extend(number.to_be_bytes());
        }
        // A tenth of a second, and nothing is cleared or blended.
        shown.extend([0, 1, 0, 10, 0, 0]);
        bytes.extend(chunk(*b"fcTL", &shown));
        if frame == 0 {
            bytes.extend(chunk(*b"IDAT", &pixels));
        } else {
            let data = [&next()[..], &pixels].concat();
            bytes.extend(chunk(*b"fdAT", &data));
        }
    }
    bytes.extend(chunk(*b"IEND", b""));
    bytes
}

/// A WebP that moves.
pub fn moving_webp(width: u32, height: u32, frames: u32) -> Vec<u8> {
    let riff = |kind: &[u8; 4], payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        let pad = vec![0; payload.len() % 2];
        [&kind[..], &length[..], payload, &pad[..]].concat()
    };
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    let still = webp(width, height);
    let at = still.windows(4).position(|four| four == b"VP8L").unwrap();
    let length = u32::from_le_bytes(still[at + 4..at + 8].try_into().unwrap());
    let end = at + 8 + usize::try_from(length).unwrap();
    let picture = riff(b"VP8L", &still[at + 8..end]);
    let size = [three(width - 1), three(height - 1)].concat();
    let mut body = b"WEBP".to_vec();
    body.extend(riff(b"VP8X", &[&[0b10, 0, 0, 0][..], &size].concat()));
    body.extend(riff(b"ANIM", &[0; 6]));
    for _ in 0..frames {
        let frame = [&[0; 6][..], &size, &three(100), &[0b10], &picture].concat();
        body.extend(riff(b"ANMF", &frame));
    }
    riff(b"RIFF", &body)
}

/// Where the first box of this name stands in an MP4, or in what another box holds, and the box as a whole.
pub fn box_in(bytes: &[u8], name: [u8; 4]) -> (usize, &[u8]) {
    let mut at = 0;
    loop {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        let end = at + usize::try_from(length).unwrap();
        if bytes[at + 4..at + 8] == name {
            return (at, &bytes[at..end]);
        }
        at = end;
    }
}

/// A tenth of a second of a tone.
pub fn wav() -> Vec<u8> {
    let samples: Vec<u8> = (0..800_i16)
        .flat_map(|at| ((at % 40 - 20) * 500).to_le_bytes())
        .collect();
    let length = u32::try_from(samples.len()).unwrap();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(samples);
    bytes
}
