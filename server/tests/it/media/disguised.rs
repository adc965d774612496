//! Files that are of two kinds at once, or larger than they look: one kind is left of them, and nothing of the other.

use super::files::{chunk, gif, jpeg, png, webp};
use super::studio::{Studio, open_picture, tells};

const PAGE: &[u8] = b"<html><script>alert('noted')</script></html>";
/// An archive with nothing in it, as programs look for it at the end of a file.
const ARCHIVE: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// A GIF that is a program too: its width is the beginning of a comment, which a comment of the GIF ends.
fn program() -> Vec<u8> {
    let plain = gif(32, 20, 1);
    let words = b"*/=1;alert('noted')//";
    // Behind the sizes and the colours for all, if there are any.
    let colours = if plain[10] & 0x80 == 0 {
        0
    } else {
        3_usize << ((plain[10] & 7) + 1)
    };
    let begins = 13 + colours;
    let comment = [
        &[0x21, 0xFE, u8::try_from(words.len()).unwrap()][..],
        words,
        &[0],
    ]
    .concat();
    let mut bytes = [&plain[..begins], &comment, &plain[begins..]].concat();
    bytes[6..8].copy_from_slice(b"/*");
    bytes
}

#[test]
fn attack_24_a_picture_that_is_something_else_too_is_a_picture_and_nothing_else() {
    let plain = png(30, 20);
    let photo = jpeg(30, 20);
    let comment = [&[0xFF, 0xFE, 0, 46][..], PAGE].concat();
    assert_eq!(comment.len(), 48);
    for (what, bytes, tells_of, begins) in [
        (
            "a photo and an archive",
            [&photo[..], ARCHIVE].concat(),
            "PK\x05\x06",
            &b"\xFF\xD8\xFF"[..],
        ),
        (
            "a photo and a page",
            [&photo[..2], &comment, &photo[2..]].concat(),
            "<script>",
            &b"\xFF\xD8\xFF"[..],
        ),
        (
            "a photo and a document",
            [&photo[..], b"%PDF-1.7\nnoted"].concat(),
            "%PDF",
            &b"\xFF\xD8\xFF"[..],
        ),
        (
            "a PNG and a page behind it",
            [&plain[..], PAGE].concat(),
            "<script>",
            &b"\x89PNG"[..],
        ),
        (
            "a PNG and a page in its notes",
            [
                &plain[..33],
                &chunk(*b"tEXt", &[b"Comment\0", PAGE].concat()),
                &plain[33..],
            ]
            .concat(),
            "<script>",
            &b"\x89PNG"[..],
        ),
        (
            "a WebP and a page",
            [&webp(30, 20)[..], PAGE].concat(),
            "<script>",
            &b"\x89PNG"[..],
        ),
        ("a GIF and a program", program(), "alert(", &b"\x89PNG"[..]),
        (
            "a GIF and an archive",
            [&gif(30, 20, 1)[..], ARCHIVE].concat(),
            "PK\x05\x06",
            &b"\x89PNG"[..],
        ),
    ] {
        tells(&bytes, &[tells_of], what);
        let opened = open_picture(&bytes);
        assert_eq!(opened.made(what)["kind"], "image", "{what}");
        opened.hides(&["<script>", "alert(", "noted", "PK\x05\x06", "%PDF"], what);
        assert!(opened.bytes.starts_with(begins), "{what}");
        image::load_from_memory(&opened.bytes).unwrap();
    }
    // What begins as something else is that.
    for (what, head) in [
        ("a document", &b"%PDF-1.7\n"[..]),
        ("a page", PAGE),
        ("an archive", &b"PK\x03\x04"[..]),
    ] {
        let told = open_picture(&[head, &photo].concat())
            .refused(what)
            .to_owned();
        assert!(told.len() > 12, "{what}: {told}");
    }
}

#[test]
fn attack_24_a_film_that_is_something_else_too_is_a_film_and_nothing_else() {
    let Some(studio) = Studio::open() else { return };
    let free = u32::try_from(PAGE.len() + 8).unwrap().to_be_bytes();
    let free = [&free[..], b"free", PAGE].concat();
    let film = studio.make("-f lavfi -i testsrc=s=64x48:r=10:d=0.5 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -f mp4 film.mp4");
    let webm = studio.make("-f lavfi -i testsrc=s=64x48:r=10:d=0.5 -c:v libvpx -deadline realtime -cpu-used 8 -f webm film.webm");
    let wav = studio.make("-f lavfi -i sine=d=0.5 -f wav sound.wav");
    for (what, bytes, tells_of) in [
        ("a film and a page", [&film[..], &free].concat(), "<script>"),
        (
            "a film and an archive",
            [&film[..], ARCHIVE].concat(),
            "PK\x05\x06",
        ),
        // An element that stands for nothing.
        (
            "a WebM and a page",
            [&webm[..], &[0xEC, 0x80 | 0x2C], PAGE].concat(),
            "<script>",
        ),
        ("a sound and a page", [&wav[..], PAGE].concat(), "<script>"),
    ] {
        tells(&bytes, &[tells_of], what);
        let opened = studio.child(&bytes);
        opened.made(what);
        opened.hides(&["<script>", "noted", "PK\x05\x06"], what);
        assert_eq!(&opened.bytes[4..8], b"ftyp", "{what}");
        studio.plays(&opened.bytes, what);
    }
}

#[test]
fn attack_24_pictures_that_say_that_they_are_large_are_refused_before_they_are_opened() {
    let mut photo = jpeg(30, 20);
    // Behind the mark of its sizes, their length, and the bits.
    let sizes = photo
        .windows(2)
        .position(|two| two == [0xFF, 0xC0])
        .unwrap()
        + 5;
    photo[sizes..sizes + 4].copy_from_slice(&[0xFF; 4]);
    let mut moves = gif(30, 20, 2);
    moves[6..10].copy_from_slice(&[0xFF; 4]);
    let mut stands = gif(30, 20, 1);
    stands[6..10].copy_from_slice(&[0xFF; 4]);
    // Fourteen bits for each side, less one.
    let mut small = webp(30, 20);
    let sizes = small.windows(4).position(|four| four == b"VP8L").unwrap() + 9;
    small[sizes..sizes + 4].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x0F]);
    for (what, bytes) in [
        ("a photo", photo),
        ("a GIF that moves", moves),
        ("a GIF", stands),
        ("a WebP", small),
    ] {
        let opened = open_picture(&bytes);
        let told = opened.refused(what);
        assert!(told.len() > 12, "{what}: {told}");
        assert!(opened.bytes.is_empty(), "{what}");
    }
}
