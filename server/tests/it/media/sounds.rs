//! Sounds: what becomes of each kind, and that none tells more than how it sounds.

use super::files::{chunk, png};
use super::studio::{Studio, streams_of, tells};

const SOUND: &str = "-f lavfi -i sine=d=1";
const NOTES: &str = "-metadata title=noted-title -metadata comment=noted-comment -metadata location=+52.3702+004.8952/";

/// A cover with words of its own.
fn cover() -> Vec<u8> {
    let plain = png(32, 32);
    let words = chunk(*b"tEXt", b"Comment\0noted-cover");
    // Behind the mark and the header.
    [&plain[..33], &words, &plain[33..]].concat()
}

/// What programs put behind an MP3, before the oldest kind of notes, which is at the end.
fn more_notes() -> Vec<u8> {
    let item = b"\x0D\0\0\0\0\0\0\0Title\0noted-program";
    let length = u32::try_from(item.len() + 32).unwrap().to_le_bytes();
    let mark = |flags: u32| {
        [
            &b"APETAGEX"[..],
            &2_000_u32.to_le_bytes(),
            &length,
            &1_u32.to_le_bytes(),
            &flags.to_le_bytes(),
            &[0; 8],
        ]
        .concat()
    };
    [mark(0xA000_0000), item.to_vec(), mark(0x8000_0000)].concat()
}

#[test]
fn sounds_keep_their_sound_and_nothing_else() {
    let Some(studio) = Studio::open() else { return };
    studio.put("cover.png", &cover());
    let with_cover =
        format!("{SOUND} -i cover.png -map 0 -map 1 {NOTES} -c:v copy -disposition:v attached_pic");
    let mp3 = studio.make(&format!(
        "{with_cover} -c:a libmp3lame -b:a 64k -write_id3v1 1 -f mp3 sound.mp3"
    ));
    let (sound, notes) = mp3.split_at(mp3.len() - 128);
    let middle = mp3.len() - 4_000;
    let page = b"<html><script>alert('noted-page')</script></html>".repeat(30);
    let title_and_cover = ["noted-title", "noted-comment", "noted-cover"];
    let title = ["noted-title", "noted-comment", "+52.3702"];
    for (what, bytes, tells_of, media_type, stream) in [
        (
            "MP3",
            mp3.clone(),
            &title_and_cover[..],
            "audio/mpeg",
            "audio mp3",
        ),
        (
            "MP3 with notes of programs",
            [sound, &more_notes(), notes].concat(),
            &["noted-program", "noted-cover"][..],
            "audio/mpeg",
            "audio mp3",
        ),
        (
            "MP3 with a page behind it",
            [sound, &page, notes].concat(),
            &["noted-page", "noted-title"][..],
            "audio/mpeg",
            "audio mp3",
        ),
        (
            "MP3 with a page within it",
            [&mp3[..middle], &page, &mp3[middle..]].concat(),
            &["noted-page", "noted-title"][..],
            "audio/mpeg",
            "audio mp3",
        ),
        (
            "FLAC",
            studio.make(&format!("{with_cover} -c:a flac -f flac sound.flac")),
            &title_and_cover[..],
            "audio/mp4",
            "audio aac",
        ),
        (
            "M4A",
            studio.make(&format!("{with_cover} -c:a aac -f ipod sound.m4a")),
            &title_and_cover[..],
            "audio/mp4",
            "audio aac",
        ),
        (
            "Vorbis",
            studio.make(&format!("{SOUND} {NOTES} -c:a libvorbis -f ogg sound.ogg")),
            &title[..],
            "audio/ogg",
            "audio vorbis",
        ),
        (
            "Opus",
            studio.make(&format!("{SOUND} {NOTES} -c:a libopus -f ogg sound.opus")),
            &title[..],
            "audio/ogg",
            "audio opus",
        ),
        (
            "WAV",
            studio.make(&format!(
                "{SOUND} {NOTES} -write_bext 1 -metadata description=noted-studio -f wav sound.wav"
            )),
            &["noted-title", "noted-comment", "noted-studio"][..],
            "audio/mp4",
            "audio aac",
        ),
    ] {
        tells(&bytes, tells_of, what);
        let opened = studio.child(&bytes);
        let made = opened.made(what);
        assert_eq!(
            (&made["kind"], &made["media_type"]),
            (&"audio".into(), &media_type.into()),
            "{what}"
        );
        let duration_ms = made["meta"]["duration_ms"].as_u64().unwrap();
        assert!((950..1_400).contains(&duration_ms), "{what}: {duration_ms}");
        opened.hides(&["noted-", "52.3702", "<script>", "Lavf"], what);
        assert!(opened.preview.is_empty(), "{what}");
        let told = studio.told(&opened.bytes);
        assert_eq!(streams_of(&told), [stream], "{what}");
        assert!(told["format"]["tags"]["title"].is_null(), "{what}");
        studio.plays(&opened.bytes, what);
    }
}

#[test]
fn an_mp3_whose_rate_changes_tells_its_length() {
    let Some(studio) = Studio::open() else { return };
    // A second of noise, and five of silence.
    let mp3 = studio.make(
        "-f lavfi -i aevalsrc=lt(t\\,1)*random(0):d=6 -c:a libmp3lame -q:a 9 -f mp3 sound.mp3",
    );
    let opened = studio.child(&mp3);
    opened.made("MP3");
    let told = studio.told(&opened.bytes);
    let seconds: f64 = told["format"]["duration"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((5.9..6.2).contains(&seconds), "{told}");
    studio.plays(&opened.bytes, "MP3");
}

#[test]
fn a_sound_that_cannot_be_had_as_a_whole_is_refused() {
    let Some(studio) = Studio::open() else { return };
    let wav = studio.make(&format!("{SOUND} -f wav sound.wav"));
    let opus = studio.make(&format!("{SOUND} -c:a libopus -f ogg sound.opus"));
    // A sample a second, for three hours and more.
    let mut slow =
        b"RIFF\xFF\xFF\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x01\0\0\0\x01\0\0\0\x01\0\x08\0data"
            .to_vec();
    slow.extend(10_900_u32.to_le_bytes());
    slow.resize(slow.len() + 10_900, 0x80);
    for (what, bytes, word) in [
        (
            "a WAV without its end",
            wav[..wav.len() / 2].to_vec(),
            "damaged",
        ),
        (
            "an Ogg without its sound",
            opus[..opus.len() / 3].to_vec(),
            "damaged",
        ),
        ("a WAV of hours", slow, "three hours"),
    ] {
        let told = studio.child(&bytes).refused(what).to_owned();
        assert!(told.contains(word), "{what}: {told}");
    }
}
