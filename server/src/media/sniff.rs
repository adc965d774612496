//! What a file is, by its first bytes. What a name or a header claims is not looked at.

/// As many bytes decide. Whether a PNG moves stands before its pixels, behind colours that seldom take more.
pub const DECIDES: usize = 8 * 1024;

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A photo.
    Jpeg,
    /// A picture.
    Png {
        /// It says that it moves.
        moves: bool,
    },
    /// A picture, often one that moves.
    Gif,
    /// A picture.
    WebP {
        /// It says that it moves.
        moves: bool,
    },
    /// A picture, which ffmpeg unpacks.
    Avif {
        /// It says that it moves.
        moves: bool,
    },
    /// MP4, `QuickTime`, and M4A.
    Mp4,
    /// Matroska and `WebM`.
    Matroska,
    /// Ogg: Vorbis or Opus.
    Ogg,
    /// MP3.
    Mp3,
    /// FLAC.
    Flac,
    /// WAV.
    Wav,
}

impl Format {
    /// Whether it is a picture, and neither film nor sound.
    pub fn is_picture(self) -> bool {
        matches!(
            self,
            Format::Jpeg
                | Format::Png { .. }
                | Format::Gif
                | Format::WebP { .. }
                | Format::Avif { .. }
        )
    }

    /// Whether making it ready may take longer than somebody waits for an answer.
    pub fn is_slow(self) -> bool {
        !matches!(
            self,
            Format::Jpeg
                | Format::Png { moves: false }
                | Format::WebP { moves: false }
                | Format::Avif { .. }
        )
    }

    /// What ffmpeg calls its container. It is told, so that nothing else is tried: some containers name other files.
    pub fn demuxer(self) -> Option<&'static str> {
        Some(match self {
            Format::Mp4 => "mov",
            Format::Matroska => "matroska",
            Format::Ogg => "ogg",
            Format::Mp3 => "mp3",
            Format::Flac => "flac",
            Format::Wav => "wav",
            Format::Jpeg
            | Format::Png { .. }
            | Format::Gif
            | Format::WebP { .. }
            | Format::Avif { .. } => return None,
        })
    }
}

/// What begins with these bytes; otherwise a lower-case fragment that says what to send instead.
pub fn sniff(head: &[u8]) -> Result<Format, &'static str> {
    let at =
        |from: usize, bytes: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(bytes));
    if head.is_empty() {
        return Err("is empty");
    }
    if at(0, b"\xFF\xD8\xFF") {
        return Ok(Format::Jpeg);
    }
    if at(0, b"\x89PNG\r\n\x1A\n") {
        return Ok(Format::Png {
            moves: png_moves(head),
        });
    }
    if at(0, b"GIF87a") || at(0, b"GIF89a") {
        return Ok(Format::Gif);
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        let moves = at(12, b"VP8X") && head.get(20).is_some_and(|flags| flags & 0b10 != 0);
        return Ok(Format::WebP { moves });
    }
    if at(0, b"RIFF") && at(8, b"WAVE") {
        return Ok(Format::Wav);
    }
    if at(4, b"ftyp") {
        let brand = head.get(8..12).unwrap_or_default();
        return match brand {
            b"avif" => Ok(Format::Avif { moves: false }),
            b"avis" => Ok(Format::Avif { moves: true }),
            // What holds pictures of any kind says below of which.
            b"mif1" if names(head, b"avif") => Ok(Format::Avif { moves: false }),
            b"msf1" if names(head, b"avis") => Ok(Format::Avif { moves: true }),
            // Phones cut theirs into tiles, of which ffmpeg shows one.
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs"
            | b"mif1" | b"msf1" => {
                Err("is a HEIC picture, which cannot be read here; save it as JPEG or PNG first")
            }
            _ => Ok(Format::Mp4),
        };
    }
    if at(0, b"\x1A\x45\xDF\xA3") {
        return Ok(Format::Matroska);
    }
    if at(0, b"OggS") {
        return Ok(Format::Ogg);
    }
    if at(0, b"fLaC") {
        return Ok(Format::Flac);
    }
    if at(0, b"ID3") || matches!(head, [0xFF, second, ..] if second & 0xE6 == 0xE2) {
        return Ok(Format::Mp3);
    }
    let text = head.trim_ascii_start();
    if text.starts_with(b"<") || text.starts_with(b"\xEF\xBB\xBF<") {
        return Err(
            "is SVG or another text, which may carry programs; save it as PNG or JPEG first",
        );
    }
    Err(
        "is no picture, film or sound that is known here; JPEG, PNG, GIF, WebP, MP4, WebM, MP3, Ogg, FLAC and WAV are",
    )
}

/// As what film or sound is sent that begins with these bytes and stays as it came: a word of ours, whatever its server said of
/// it. `None` for whatever is neither.
pub fn played_as(head: &[u8]) -> Option<&'static str> {
    let is_song = matches!(head.get(8..12), Some(b"M4A " | b"M4B "));
    // Behind a few numbers that are shorter than this.
    let is_webm = || head.windows(4).take(60).any(|word| word == b"webm");
    match sniff(head).ok()? {
        Format::Mp4 if is_song => Some("audio/mp4"),
        Format::Mp4 => Some("video/mp4"),
        Format::Matroska if is_webm() => Some("video/webm"),
        Format::Matroska => Some("video/x-matroska"),
        Format::Ogg => Some("audio/ogg"),
        Format::Mp3 => Some("audio/mpeg"),
        Format::Flac => Some("audio/flac"),
        Format::Wav => Some("audio/wav"),
        Format::Jpeg
        | Format::Png { .. }
        | Format::Gif
        | Format::WebP { .. }
        | Format::Avif { .. } => None,
    }
}

/// Whether a file that begins with `ftyp` is of this kind besides.
fn names(head: &[u8], brand: &[u8]) -> bool {
    let length = head
        .first_chunk::<4>()
        .map_or(0, |length| u32::from_be_bytes(*length));
    let end = usize::try_from(length)
        .unwrap_or(usize::MAX)
        .min(head.len());
    let brands = head.get(16..end).unwrap_or_default();
    brands.chunks_exact(4).any(|named| named == brand)
}

/// Whether there is an `acTL` before the pixels, as far as these bytes go.
fn png_moves(head: &[u8]) -> bool {
    let mut rest = head.get(8..).unwrap_or_default();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        match behind.get(..4) {
            Some(b"acTL") => return true,
            Some(b"IDAT") | None => return false,
            Some(_) => {}
        }
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        // Its name and its sum besides.
        let next = length.saturating_add(8);
        rest = behind.get(next..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_plays_is_sent_as_one_of_our_words_or_not_at_all() {
        let head_of = |kind: &[u8]| {
            let numbers = &b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84"[..];
            [numbers, kind].concat()
        };
        let (webm, matroska) = (head_of(b"webm"), head_of(b"matroska"));
        let heads: [(&[u8], Option<&str>); 15] = [
            (b"\0\0\0\x20ftypisom", Some("video/mp4")),
            (b"\0\0\0\x14ftypqt  ", Some("video/mp4")),
            (b"\0\0\0\x20ftypM4A ", Some("audio/mp4")),
            (&webm, Some("video/webm")),
            (&matroska, Some("video/x-matroska")),
            (b"OggS", Some("audio/ogg")),
            (b"ID3", Some("audio/mpeg")),
            (b"\xFF\xFB\x90\x64", Some("audio/mpeg")),
            (b"fLaC", Some("audio/flac")),
            (b"RIFF\0\0\0\0WAVE", Some("audio/wav")),
            (b"GIF89a", None),
            (b"\0\0\0\x20ftypavis", None),
            (b"<html>", None),
            (b"#EXTM3U\nhttp://127.0.0.1/", None),
            (b"", None),
        ];
        for (head, sent_as) in heads {
            assert_eq!(played_as(head), sent_as, "{head:?}");
        }
    }

    #[test]
    fn the_bytes_decide_and_nothing_else() {
        let webp = |flags: u8| {
            let mut head = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0".to_vec();
            head.push(flags);
            head
        };
        assert_eq!(sniff(&webp(0b10)), Ok(Format::WebP { moves: true }));
        assert_eq!(sniff(&webp(0b01_0000)), Ok(Format::WebP { moves: false }));
        let png = |chunks: &[(u32, &[u8; 4])]| {
            let mut head = b"\x89PNG\r\n\x1A\n".to_vec();
            for (length, name) in chunks {
                head.extend(length.to_be_bytes());
                head.extend(*name);
                head.extend(vec![0; usize::try_from(*length).unwrap().min(100) + 4]);
            }
            sniff(&head)
        };
        let (moves, stands) = (
            Ok(Format::Png { moves: true }),
            Ok(Format::Png { moves: false }),
        );
        assert_eq!(png(&[(13, b"IHDR"), (1, b"sRGB"), (8, b"acTL")]), moves);
        assert_eq!(png(&[(13, b"IHDR"), (9, b"IDAT"), (8, b"acTL")]), stands);
        assert_eq!(png(&[(u32::MAX, b"IHDR"), (8, b"acTL")]), stands);
        assert_eq!(png(&[]), stands);
        assert_eq!(sniff(b"\0\0\0\x20ftypisom"), Ok(Format::Mp4));
        let avifs: [(&[u8], bool); 4] = [
            (b"\0\0\0\x20ftypavif", false),
            (b"\0\0\0\x20ftypavis", true),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", false),
            (b"\0\0\0\x18ftypmsf1\0\0\0\0msf1avis", true),
        ];
        for (head, moves) in avifs {
            assert_eq!(sniff(head), Ok(Format::Avif { moves }), "{head:?}");
        }
        assert_eq!(sniff(b"\xFF\xFB\x90\x64"), Ok(Format::Mp3));
        for refused in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'>"[..],
            b"\n <?xml version='1.0'?><svg/>",
            b"\xEF\xBB\xBF<svg/>",
            b"\0\0\0\x20ftypheic",
            b"\0\0\0\x20ftypheis",
            b"\0\0\0\x20ftypmif1\0\0\0\0mif1heic",
            // Behind the end of what it says of itself.
            b"\0\0\0\x14ftypmif1\0\0\0\0mif1avif",
            b"#EXTM3U\nfile:///etc/passwd",
            b"ffconcat version 1.0",
            b"PK\x03\x04",
            b"\x7FELF",
            b"%PDF-1.7",
            b"BM",
            b"",
        ] {
            assert!(sniff(refused).is_err(), "{refused:?}");
        }
    }
}
