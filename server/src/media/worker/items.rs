//! What an AVIF file is made of (ISO/IEC 23008-12): the picture that it shows, and what says how opaque that is. Whatever is
//! made of more pieces, or is turned, would be shown wrongly and nothing would say so: it is refused.

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is not what it says.
    Damaged,
    /// It is made of more than one piece, or is to be turned.
    Parts,
}

/// The picture of a file: what an AV1 decoder is given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its colours.
    pub colours: Vec<u8>,
    /// How opaque it is, as a picture without colours; none where all of it is.
    pub opacity: Option<Vec<u8>>,
}

/// What says of a picture that it is how opaque another one is.
const OPACITY: [&[u8]; 2] = [
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
];
/// What is shown at one time begins so (AV1, 5.6). Files of pictures may leave it out, and ffmpeg looks for it.
const DELIMITER: [u8; 2] = [0x12, 0];

/// The picture that this file shows; of one that moves the one that stands for it.
pub(super) fn shown(file: &[u8]) -> Result<Shown, Unfit> {
    // Behind the version and the flags.
    let meta = inside(file, b"meta").and_then(|meta| meta.get(4..));
    let meta = meta.ok_or(Unfit::Damaged)?;
    let first = primary(meta).ok_or(Unfit::Damaged)?;
    let pictures = pictures(meta)?;
    let other = match pictures.as_slice() {
        [only] if *only == first => None,
        [one, other] if *one == first => Some(*other),
        [other, one] if *one == first => Some(*other),
        _ => return Err(Unfit::Parts),
    };
    if let Some(other) = other
        && !belongs(meta, other, first)
    {
        return Err(Unfit::Parts);
    }
    check_properties(meta, other.is_some())?;
    let places = inside(meta, b"iloc").ok_or(Unfit::Damaged)?;
    let stream = |item: u64| -> Result<Vec<u8>, Unfit> {
        let bytes = bytes_of(file, places, item).ok_or(Unfit::Damaged)?;
        Ok(if bytes.starts_with(&DELIMITER) {
            bytes
        } else {
            [&DELIMITER[..], &bytes].concat()
        })
    };
    Ok(Shown {
        colours: stream(first)?,
        opacity: other.map(stream).transpose()?,
    })
}

/// Whether it holds pictures that follow each other.
pub(super) fn moves(file: &[u8]) -> bool {
    inside(file, b"moov").is_some()
}

/// The number of the item that is shown.
fn primary(meta: &[u8]) -> Option<u64> {
    let mut numbers = Numbers(inside(meta, b"pitm")?);
    let version = numbers.take(1)?;
    numbers.take(3)?;
    numbers.take(if version == 0 { 2 } else { 4 })
}

/// The numbers of the pictures in it, two at most.
fn pictures(meta: &[u8]) -> Result<Vec<u64>, Unfit> {
    let items = inside(meta, b"iinf").ok_or(Unfit::Damaged)?;
    // How many there are takes two bytes, or four.
    let counted = if items.first() == Some(&0) { 6 } else { 8 };
    let mut pictures = Vec::new();
    for (name, item) in Boxes(items.get(counted..).unwrap_or_default()) {
        if name != b"infe" {
            continue;
        }
        let (number, kind) = match item.first() {
            Some(2) => (item.get(4..6), item.get(8..12)),
            Some(3) => (item.get(4..8), item.get(10..14)),
            _ => (None, None),
        };
        match (number, kind) {
            (Some(number), Some(b"av01")) if pictures.len() < 2 => {
                let number = Numbers(number).take(number.len());
                pictures.push(number.ok_or(Unfit::Damaged)?);
            }
            // Notes about it, which are not kept.
            (_, Some(b"Exif" | b"mime")) => {}
            _ => return Err(Unfit::Parts),
        }
    }
    Ok(pictures)
}

/// Whether this item says something of that one, and nothing else stands between them.
fn belongs(meta: &[u8], item: u64, to: u64) -> bool {
    let Some(references) = inside(meta, b"iref") else {
        return false;
    };
    let wide = if references.first() == Some(&0) { 2 } else { 4 };
    let mut found = false;
    for (name, held) in Boxes(references.get(4..).unwrap_or_default()) {
        let mut numbers = Numbers(held);
        let from = numbers.take(wide);
        let count = numbers.take(2);
        let names_it = (0..count.unwrap_or_default()).any(|_| numbers.take(wide) == Some(to));
        match name {
            b"auxl" if from == Some(item) && names_it => found = true,
            // Notes about it.
            b"cdsc" => {}
            // Colours that were multiplied, a small picture, pieces.
            _ => return false,
        }
    }
    found
}

/// Whether it is shown as it is.
fn check_properties(meta: &[u8], may_be_opacity: bool) -> Result<(), Unfit> {
    let properties = inside(meta, b"iprp").and_then(|about| inside(about, b"ipco"));
    let mut says_opacity = false;
    for (name, property) in Boxes(properties.ok_or(Unfit::Damaged)?) {
        let shows_otherwise = match name {
            b"auxC" => {
                let says = property.get(4..).unwrap_or_default();
                says_opacity = OPACITY.iter().any(|opacity| says.starts_with(opacity));
                !says_opacity
            }
            b"imir" | b"clap" => true,
            b"irot" => property.first().is_none_or(|quarters| quarters & 0b11 != 0),
            _ => false,
        };
        if shows_otherwise {
            return Err(Unfit::Parts);
        }
    }
    if says_opacity == may_be_opacity {
        Ok(())
    } else {
        Err(Unfit::Parts)
    }
}

/// What this file holds for an item, by the list of places. None where it is elsewhere, or the list is wrong.
fn bytes_of(file: &[u8], places: &[u8], wanted: u64) -> Option<Vec<u8>> {
    let mut numbers = Numbers(places);
    let version = numbers.take(1)?;
    numbers.take(3)?;
    let sizes = numbers.take(2)?;
    let size = |at: u32| usize::try_from((sizes >> at) & 0xF).ok();
    let (offset, length, base, index) = (size(12)?, size(8)?, size(4)?, size(0)?);
    // Otherwise pieces would take no room in the list, and there could be any number of them.
    if length == 0 {
        return None;
    }
    let wide = if version < 2 { 2 } else { 4 };
    let count = numbers.take(wide)?;
    for _ in 0..count {
        let item = numbers.take(wide)?;
        let how = if version == 0 {
            0
        } else {
            numbers.take(2)? & 0xF
        };
        let where_else = numbers.take(2)?;
        let start = numbers.take(base)?;
        let pieces = numbers.take(2)?;
        let mut held = Vec::new();
        for _ in 0..pieces {
            if version > 0 {
                numbers.take(index)?;
            }
            let from = start.checked_add(numbers.take(offset)?)?;
            let to = from.checked_add(numbers.take(length)?)?;
            if item != wanted {
                continue;
            }
            let piece = file.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
            held.extend_from_slice(piece);
            if held.len() > file.len() {
                return None;
            }
        }
        if item == wanted {
            let is_here = how == 0 && where_else == 0 && !held.is_empty();
            return is_here.then_some(held);
        }
    }
    None
}

/// What the first box of this name holds.
fn inside<'a>(bytes: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    Boxes(bytes)
        .find(|(name, _)| *name == wanted)
        .map(|(_, held)| held)
}

/// Numbers that stand one after the other.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    /// The next one, which takes so many bytes; one that takes none is 0.
    fn take(&mut self, length: usize) -> Option<u64> {
        let (number, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        let bytes = number.iter().map(|byte| u64::from(*byte));
        Some(bytes.fold(0, |sum, byte| (sum << 8) | byte))
    }
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

    /// A file with these items, of these kinds and with these bytes, the first of which is shown; these references, and these
    /// properties.
    fn file(
        items: &[(&[u8], &[u8])],
        references: &[(&[u8], u8, u8)],
        properties: &[(&[u8], &[u8])],
    ) -> Vec<u8> {
        let numbered = || (1_u8..).zip(items);
        let head = boxed(b"ftyp", b"avif\0\0\0\0");
        let infos: Vec<u8> = numbered()
            .flat_map(|(number, (kind, _))| {
                let about = [&[2, 0, 0, 0, 0, number, 0, 0][..], *kind, b"\0"].concat();
                boxed(b"infe", &about)
            })
            .collect();
        let references: Vec<u8> = references
            .iter()
            .flat_map(|(name, from, to)| boxed(name, &[0, *from, 0, 1, 0, *to]))
            .collect();
        let about = properties.iter().flat_map(|(name, held)| boxed(name, held));
        let about = boxed(b"iprp", &boxed(b"ipco", &about.collect::<Vec<u8>>()));
        let count = u8::try_from(items.len()).unwrap();
        let with = |first: usize| {
            let mut at = first;
            let mut places = vec![0, 0, 0, 0, 0x44, 0, 0, count];
            for (number, (_, bytes)) in numbered() {
                places.extend([0, number, 0, 0, 0, 1]);
                places.extend(u32::try_from(at).unwrap().to_be_bytes());
                places.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
                at += bytes.len();
            }
            let meta = [
                &b"\0\0\0\0"[..],
                &boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
                &boxed(b"iloc", &places),
                &boxed(b"iinf", &[&[0, 0, 0, 0, 0, count][..], &infos].concat()),
                &boxed(b"iref", &[&b"\0\0\0\0"[..], &references].concat()),
                &about,
            ];
            [&head[..], &boxed(b"meta", &meta.concat())].concat()
        };
        let first = with(0).len() + 8;
        let held: Vec<u8> = items.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
        [with(first), boxed(b"mdat", &held)].concat()
    }

    const SIZE: (&[u8], &[u8]) = (b"ispe", b"\0\0\0\0\0\0\0\x10\0\0\0\x10");
    const RED: (&[u8], &[u8]) = (b"av01", b"\x12\0red");
    const CLEAR: (&[u8], &[u8]) = (b"av01", b"clear");
    const ALPHA: (&[u8], &[u8]) = (
        b"auxC",
        b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    );

    #[test]
    fn one_picture_is_found_with_how_opaque_it_is() {
        let red = b"\x12\0red".to_vec();
        let of = |opacity: Option<&[u8]>| {
            Ok(Shown {
                colours: red.clone(),
                opacity: opacity.map(<[u8]>::to_vec),
            })
        };
        assert_eq!(shown(&file(&[RED], &[], &[SIZE])), of(None));
        let notes: (&[u8], &[u8]) = (b"Exif", b"gps");
        let noted = file(&[RED, notes], &[(b"cdsc", 2, 1)], &[SIZE, (b"irot", b"\0")]);
        assert_eq!(shown(&noted), of(None));
        let half = file(&[RED, CLEAR], &[(b"auxl", 2, 1)], &[SIZE, ALPHA]);
        assert_eq!(shown(&half), of(Some(b"\x12\0clear")));
    }

    #[test]
    fn what_would_be_shown_wrongly_is_not_taken() {
        let tiles: (&[u8], &[u8]) = (b"grid", b"x");
        let depth: (&[u8], &[u8]) = (
            b"auxC",
            b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:depth\0",
        );
        let auxl: (&[u8], u8, u8) = (b"auxl", 2, 1);
        for (what, bytes) in [
            ("tiles", file(&[tiles, RED], &[], &[SIZE])),
            ("two", file(&[RED, CLEAR], &[], &[SIZE])),
            ("three", file(&[RED, CLEAR, RED], &[auxl], &[SIZE, ALPHA])),
            ("none", file(&[], &[], &[SIZE])),
            ("how deep", file(&[RED, CLEAR], &[auxl], &[SIZE, depth])),
            (
                "a small one",
                file(&[RED, CLEAR], &[(b"thmb", 2, 1)], &[SIZE]),
            ),
            (
                "multiplied",
                file(&[RED, CLEAR], &[auxl, (b"prem", 1, 2)], &[SIZE, ALPHA]),
            ),
            ("nothing opaque", file(&[RED], &[], &[SIZE, ALPHA])),
            ("turned", file(&[RED], &[], &[SIZE, (b"irot", b"\x01")])),
            ("mirrored", file(&[RED], &[], &[SIZE, (b"imir", b"\0")])),
        ] {
            assert_eq!(shown(&bytes), Err(Unfit::Parts), "{what}");
        }
        assert!(moves(
            &[file(&[RED], &[], &[SIZE]), boxed(b"moov", b"")].concat()
        ));
    }

    #[test]
    fn what_is_cut_off_or_says_wrong_lengths_ends() {
        let whole = file(&[RED, CLEAR], &[(b"auxl", 2, 1)], &[SIZE, ALPHA]);
        assert!(shown(&whole).is_ok());
        for length in 0..whole.len() {
            assert!(shown(&whole[..length]).is_err(), "{length}");
        }
        for head in [
            &b"\0\0\0\x07meta"[..],
            b"\0\0\0\x01meta",
            b"\xFF\xFF\xFF\xFFmeta",
        ] {
            let bytes = [head, &[0; 8], &whole].concat();
            assert!(shown(&bytes).is_err());
        }
        assert_eq!(Boxes(b"\0\0\0\0free and the rest").count(), 1);
        // Sixty thousand pieces that take no room in the list, and one that is everything many times.
        let endless = [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0xFF, 0xFF];
        assert_eq!(bytes_of(&whole, &endless, 1), None);
        let long = u32::try_from(whole.len()).unwrap().to_be_bytes();
        let mut again = vec![0, 0, 0, 0, 0x44, 0, 0, 1, 0, 1, 0, 0, 0, 3];
        for _ in 0..3 {
            again.extend([0; 4]);
            again.extend(long);
        }
        assert_eq!(bytes_of(&whole, &again, 1), None);
    }
}
