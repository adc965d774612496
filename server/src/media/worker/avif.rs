//! AVIF, which ffmpeg unpacks. It shows one piece of a file: whatever is made of several, or is turned, it would show wrongly
//! and say nothing, and so that is refused.

use super::picture::{self, MOST_KEPT, MOST_PIXELS};
use super::{INPUT, Made, Refused, Task, ffmpeg, pixels};

/// What ffmpeg calls its container.
const DEMUXER: &str = "mov";
/// Bytes of the largest picture as ffmpeg hands it on: three for each pixel, and as much again for how PNG packs what it
/// cannot make smaller.
const LARGEST_PNG: u64 = 2 * 3 * MOST_PIXELS;

const UNREAD: &str = "is an AVIF picture, which cannot be read here; save it as PNG or JPEG first";
const DAMAGED: &str =
    "is damaged, or an AVIF of a kind that cannot be read here; save it as PNG or JPEG first";
const PARTS: &str = "is an AVIF that is transparent, turned, or made of several parts, which cannot be read here; save it as PNG or \
                     JPEG first";

/// Takes a picture of a member's post. Where no ffmpeg was handed in, none is read: not for emoji and portraits, and never what
/// is from elsewhere.
pub(super) fn make(task: &Task) -> Result<Made, Refused> {
    if task.ffmpeg.is_empty() || task.ffprobe.is_empty() || task.emoji || task.fit.is_some() {
        return Err(UNREAD.to_owned());
    }
    let bytes = std::fs::read(INPUT).map_err(|_| "could not be opened; try again".to_owned())?;
    check(&bytes)?;
    drop(bytes);
    let damaged = |_| DAMAGED.to_owned();
    let (width, height) = ffmpeg::size_of_picture(task, DEMUXER).map_err(damaged)?;
    picture::measure(width, height)?;
    let png = ffmpeg::picture_as_png(task, DEMUXER, MOST_PIXELS, LARGEST_PNG).map_err(damaged)?;
    let read = picture::read_poster(png)?;
    let kept = pixels::shrunk(pixels::plain(read), MOST_KEPT)?;
    picture::still(&kept, false)
}

/// Whether it is one picture, as it is to be shown.
fn check(bytes: &[u8]) -> Result<(), Refused> {
    let damaged = || DAMAGED.to_owned();
    let parts = || PARTS.to_owned();
    if inside(bytes, b"moov").is_some() {
        return Err(parts());
    }
    // Behind the version and the flags.
    let meta = inside(bytes, b"meta").and_then(|meta| meta.get(4..));
    let meta = meta.ok_or_else(damaged)?;
    let items = inside(meta, b"iinf").ok_or_else(damaged)?;
    // How many there are takes two bytes, or four.
    let counted = if items.first() == Some(&0) { 6 } else { 8 };
    let mut pictures = 0;
    for (name, item) in Boxes(items.get(counted..).unwrap_or_default()) {
        if name != b"infe" {
            continue;
        }
        let kind = match item.first() {
            Some(2) => item.get(8..12),
            Some(3) => item.get(10..14),
            _ => None,
        };
        match kind {
            Some(b"av01") => pictures += 1,
            // Notes about it, which are not kept.
            Some(b"Exif" | b"mime") => {}
            _ => return Err(parts()),
        }
    }
    if pictures != 1 {
        return Err(parts());
    }
    let properties = inside(meta, b"iprp").and_then(|about| inside(about, b"ipco"));
    for (name, property) in Boxes(properties.ok_or_else(damaged)?) {
        let shows_otherwise = match name {
            b"auxC" | b"imir" | b"clap" => true,
            b"irot" => property.first().is_none_or(|quarters| quarters & 0b11 != 0),
            _ => false,
        };
        if shows_otherwise {
            return Err(parts());
        }
    }
    Ok(())
}

/// What the first box of this name holds.
fn inside<'a>(bytes: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    Boxes(bytes)
        .find(|(name, _)| *name == wanted)
        .map(|(_, held)| held)
}

/// The boxes that stand one after the other: each its name, and what it holds. Ends at what is none.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let whole = self.0;
        let (length, rest) = whole.split_first_chunk::<4>()?;
        let name = rest.get(..4)?;
        let (header, length) = match u32::from_be_bytes(*length) {
            0 => (8, whole.len()),
            1 => {
                let long = whole.get(8..)?.first_chunk::<8>()?;
                (16, usize::try_from(u64::from_be_bytes(*long)).ok()?)
            }
            length => (8, usize::try_from(length).ok()?),
        };
        // A box is no shorter than its head, so that each step goes on.
        let held = whole.get(header..length)?;
        self.0 = whole.get(length..)?;
        Some((name, held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8], held: &[u8]) -> Vec<u8> {
        let length = u32::try_from(held.len() + 8).unwrap();
        [&length.to_be_bytes()[..], name, held].concat()
    }

    /// A file with these items, of these kinds, and these properties.
    fn file(kinds: &[&[u8]], properties: &[(&[u8], &[u8])]) -> Vec<u8> {
        let info = |kind: &&[u8]| {
            boxed(
                b"infe",
                &[&b"\x02\0\0\0\0\x01\0\0"[..], *kind, b"Color\0"].concat(),
            )
        };
        let infos: Vec<u8> = kinds.iter().flat_map(info).collect();
        let about = properties.iter().flat_map(|(name, held)| boxed(name, held));
        let about = boxed(b"iprp", &boxed(b"ipco", &about.collect::<Vec<u8>>()));
        let items = boxed(b"iinf", &[&b"\0\0\0\0\0\x01"[..], &infos].concat());
        let meta = [&b"\0\0\0\0"[..], &items, &about].concat();
        [boxed(b"ftyp", b"avif\0\0\0\0"), boxed(b"meta", &meta)].concat()
    }

    #[test]
    fn one_picture_is_taken_and_what_would_be_shown_wrongly_is_not() {
        let size: (&[u8], &[u8]) = (b"ispe", b"\0\0\0\0\0\0\0\x10\0\0\0\x10");
        assert_eq!(check(&file(&[b"av01"], &[size])), Ok(()));
        assert_eq!(
            check(&file(&[b"av01", b"Exif"], &[size, (b"irot", b"\0")])),
            Ok(())
        );
        for (what, bytes) in [
            ("tiles", file(&[b"grid", b"av01"], &[size])),
            ("two", file(&[b"av01", b"av01"], &[size])),
            ("none", file(&[], &[size])),
            ("transparent", file(&[b"av01"], &[size, (b"auxC", b"")])),
            ("turned", file(&[b"av01"], &[size, (b"irot", b"\x01")])),
            ("mirrored", file(&[b"av01"], &[size, (b"imir", b"\0")])),
            (
                "moving",
                [file(&[b"av01"], &[size]), boxed(b"moov", b"")].concat(),
            ),
        ] {
            assert_eq!(check(&bytes), Err(PARTS.to_owned()), "{what}");
        }
    }

    #[test]
    fn what_is_cut_off_or_says_wrong_lengths_ends() {
        let whole = file(&[b"av01"], &[]);
        for length in 0..whole.len() {
            assert!(check(&whole[..length]).is_err(), "{length}");
        }
        for head in [
            &b"\0\0\0\x07meta"[..],
            b"\0\0\0\x01meta",
            b"\xFF\xFF\xFF\xFFmeta",
        ] {
            let bytes = [head, &[0; 8], &whole].concat();
            assert!(check(&bytes).is_err());
        }
        assert_eq!(Boxes(b"\0\0\0\0free and the rest").count(), 1);
    }
}
