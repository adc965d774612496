//! Films: what becomes of each kind, what is not taken, and that none tells where and by whom it was made.

use comity_vocab::Visibility;
use serde_json::json;

use super::files::{box_in, png};
use super::studio::{Bounds, Studio, holds, streams_of, tells};
use super::{Sender, id, open, walk};
use crate::town_test;

/// A film as browsers play it, of ten pictures.
const FILM: &str =
    "-f lavfi -i testsrc=s=64x48:r=10:d=1 -pix_fmt yuv420p -c:v libx264 -preset ultrafast";
const SOUND: &str = "-f lavfi -i sine=d=1";
/// What a camera or a program notes about a film.
const NOTES: &str = "-metadata title=noted-title -metadata comment=noted-comment -metadata location=+52.3702+004.8952/ \
                     -metadata creation_time=2024-01-02T03:04:05Z -metadata:s:v handler_name=noted-handler";
/// Some write it among the pictures.
const AMONG_PICTURES: &str =
    "-bsf:v h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+noted-among";

/// A film of a phone that was held upright: turned by its header, and it tells where that was.
fn of_a_phone(studio: &Studio, pixels: &str) -> Vec<u8> {
    let arguments = format!("{FILM} {pixels} {NOTES} -f mov phone.mov");
    let mut film = studio.make(&arguments);
    let head = film.windows(4).position(|part| part == b"tkhd").unwrap();
    // Behind times, numbers and loudness.
    let matrix = head + 4 + 40;
    let turned = [0, 0x1_0000, 0, -0x1_0000, 0, 0, 48 << 16, 0, 1 << 30];
    let turned: Vec<u8> = turned.into_iter().flat_map(i32::to_be_bytes).collect();
    film[matrix..matrix + turned.len()].copy_from_slice(&turned);
    tells(&film, &["noted-title", "+52.3702"], "the film");
    film
}

/// How large a picture is.
fn size(bytes: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory(bytes).unwrap();
    (picture.width(), picture.height())
}

town_test! {
    async fn a_film_of_a_phone_is_posted_upright_and_without_its_place(town) {
        let Some(studio) = Studio::open() else { return };
        let mut alice = Sender::new(&town, "alice").await;
        let sent = alice.send(&of_a_phone(&studio, ""), &[("description", "The sea")]).await.is(202).json();
        let told = alice.ready(&town, &sent).await;
        assert_eq!((&told["type"], &told["description"]), (&"video".into(), &"The sea".into()));
        assert_eq!((&told["meta"]["original"]["size"], &told["meta"]["small"]["size"]), (&"48x64".into(), &"48x64".into()));
        assert_eq!(told["meta"]["original"]["duration"], 1.0);
        let post = alice.publish(&town, "", Visibility::Public, &[&told]).await.unwrap();
        let file = alice.files(&town, post).await.remove(0);
        let film = open(&mut town.anonymous(), &file["url"]).await.is(200);
        assert_eq!(film.headers["content-type"], "video/mp4");
        let picture = open(&mut town.anonymous(), &file["preview_url"]).await.is(200);
        assert_eq!(picture.headers["content-type"], "image/jpeg");
        assert_eq!(size(&picture.bytes), (48, 64));
        for bytes in [&film.bytes, &picture.bytes] {
            for noted in ["noted-", "52.3702", "2024-01-02"] {
                assert!(!holds(bytes, noted), "{noted}");
            }
        }
    }

    async fn why_a_film_is_not_taken_is_told_in_a_sentence(town) {
        let Some(studio) = Studio::open() else { return };
        let mut alice = Sender::new(&town, "alice").await;
        let film = studio.make(&format!("{FILM} -filter:v setpts=PTS*20000 -f mp4 long.mp4"));
        let sent = alice.send(&film, &[]).await.is(202).json();
        assert!(comity::media::work_once(&town.app).await.unwrap());
        let address = format!("/api/v1/media/{}", id(&sent));
        let answer = alice.get(&address).await.is(422).json();
        assert!(answer["error"].as_str().unwrap().contains("longer than three hours"), "{answer}");
        assert!(walk(&town.app.config.data_dir.join("media/files")).is_empty());
    }
}

#[test]
fn a_film_is_copied_and_nothing_that_stands_beside_its_pictures() {
    let Some(studio) = Studio::open() else { return };
    studio.put(
        "words.srt",
        b"1\n00:00:00,000 --> 00:00:00,900\nnoted-subtitle\n",
    );
    studio.put(
        "chapters",
        b";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=noted-chapter\n",
    );
    let inputs = format!("{SOUND} -f ffmetadata -i chapters -i words.srt");
    // The first input is within FILM.
    let (from, how) = FILM.split_once(" -pix_fmt").unwrap();
    let film = studio.make(&format!(
        "{from} {inputs} -map 0 -map 1 -map 3 -map_chapters 2 -pix_fmt{how} -c:a aac -c:s mov_text {AMONG_PICTURES} {NOTES} \
         -movflags use_metadata_tags -f mp4 film.mp4"
    ));
    let noted = [
        "noted-title",
        "noted-comment",
        "noted-handler",
        "noted-subtitle",
        "noted-chapter",
        "noted-among",
        "+52.3702",
        "x264",
    ];
    tells(&film, &noted, "the film");
    let opened = studio.child(&film);
    let made = opened.made("the film");
    assert_eq!(
        (&made["kind"], &made["media_type"]),
        (&"video".into(), &"video/mp4".into())
    );
    assert_eq!(made["meta"]["silent"], false);
    opened.hides(&["noted-", "52.3702", "x264", "Lavf"], "the film");
    let told = studio.told(&opened.bytes);
    assert_eq!(told["chapters"], json!([]));
    for tags in [
        &told["format"]["tags"],
        &told["streams"][0]["tags"],
        &told["streams"][1]["tags"],
    ] {
        let names = tags.as_object().unwrap().keys();
        let known = [
            "language",
            "handler_name",
            "vendor_id",
            "major_brand",
            "minor_version",
            "compatible_brands",
        ];
        assert!(
            names.clone().all(|name| known.contains(&name.as_str())),
            "{tags}"
        );
    }
    assert_eq!(streams_of(&told), ["video h264", "audio aac"]);
    // Copied: each picture is what it was, at its time.
    let pictures = studio.pictures(&film, 0.0);
    assert_eq!(
        (pictures.len(), &studio.pictures(&opened.bytes, 0.0)),
        (10, &pictures)
    );
    studio.plays(&opened.bytes, "the film");
}

#[test]
fn a_film_of_which_one_sees_the_middle_only_by_notes_is_made_anew() {
    let Some(studio) = Studio::open() else { return };
    let film = studio.make(&format!(
        "-f lavfi -i testsrc=s=64x48:r=10:d=3 -pix_fmt yuv420p -c:v libx264 -preset fast -g 10 -x264-params open-gop=1:bframes=3 \
         {AMONG_PICTURES} -f mp4 open.mp4"
    ));
    tells(&film, &["noted-among"], "the film");
    let opened = studio.child(&film);
    opened.made("the film");
    opened.hides(&["noted-among"], "the film");
    assert_eq!(studio.pictures(&opened.bytes, 0.0).len(), 30);
    let middle = studio.pictures(&opened.bytes, 1.5).len();
    assert!((14..=16).contains(&middle), "{middle}");
}

#[test]
fn a_film_that_lies_on_its_side_is_shown_upright() {
    let Some(studio) = Studio::open() else { return };
    // The second is not played everywhere, and is made anew.
    for (what, pixels) in [("copied", ""), ("made anew", "-pix_fmt yuv444p")] {
        let opened = studio.child(&of_a_phone(&studio, pixels));
        let meta = &opened.made(what)["meta"];
        assert_eq!(
            (&meta["original"]["width"], &meta["original"]["height"]),
            (&48.into(), &64.into()),
            "{what}"
        );
        assert_eq!(size(&opened.preview), (48, 64), "{what}");
        let told = studio.told(&opened.bytes);
        let film = &told["streams"][0];
        let is_turned = film["side_data_list"][0]["rotation"] == -90;
        let lies = (&film["width"], &film["height"]) == (&64.into(), &48.into());
        assert_eq!(
            (is_turned, lies),
            (pixels.is_empty(), pixels.is_empty()),
            "{what}"
        );
        opened.hides(&["noted-", "52.3702"], what);
    }
}

#[test]
fn films_of_other_kinds_become_what_browsers_play() {
    let Some(studio) = Studio::open() else { return };
    studio.put(
        "words.srt",
        b"1\n00:00:00,000 --> 00:00:00,900\nnoted-subtitle\n",
    );
    studio.put("more.txt", b"noted-attachment");
    let of = |size: &str| format!("-f lavfi -i testsrc=s={size}:r=10:d=0.5");
    let notes = "-metadata title=noted-title -metadata location=+52.3702+004.8952/";
    let all = [
        "noted-title",
        "noted-subtitle",
        "noted-attachment",
        "+52.3702",
    ];
    for (what, arguments, tells_of, width, height, streams) in [
        (
            "VP9 in Matroska",
            format!(
                "{} {SOUND} -i words.srt -map 0 -map 1 -map 2 -attach more.txt -metadata:s:t mimetype=text/plain -c:v libvpx-vp9 \
                 -deadline realtime -cpu-used 8 -c:a libopus -c:s srt {notes} -f matroska film.mkv",
                of("62x47")
            ),
            &all[..],
            // An even number, as the codec has it.
            62,
            48,
            &["video h264", "audio aac"][..],
        ),
        (
            "VP8 in WebM, without its length",
            format!(
                "{} -c:v libvpx -deadline realtime -cpu-used 8 {notes} -f webm -live 1 film.webm",
                of("64x48")
            ),
            &["noted-title", "+52.3702"][..],
            64,
            48,
            &["video h264"][..],
        ),
        (
            "HEVC in QuickTime, larger than is kept",
            format!(
                "{} -c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1 -metadata title=noted-title -f mov film.mov",
                of("400x1600")
            ),
            &["noted-title"][..],
            320,
            1280,
            &["video h264"][..],
        ),
    ] {
        let film = studio.make(&arguments);
        tells(&film, tells_of, what);
        let opened = studio.child(&film);
        let meta = &opened.made(what)["meta"];
        assert_eq!(
            (&meta["original"]["width"], &meta["original"]["height"]),
            (&width.into(), &height.into()),
            "{what}"
        );
        let duration_ms = meta["duration_ms"].as_u64().unwrap();
        assert!((400..1_100).contains(&duration_ms), "{what}: {duration_ms}");
        opened.hides(&["noted-", "52.3702"], what);
        assert_eq!(studio.streams(&opened.bytes), streams, "{what}");
        studio.plays(&opened.bytes, what);
    }
}

#[test]
fn a_cover_is_not_taken_for_the_film() {
    let Some(studio) = Studio::open() else { return };
    studio.put("cover.png", &png(32, 32));
    let (from, how) = FILM.split_once(" -pix_fmt").unwrap();
    let how = how.replace("-c:v", "-c:v:0");
    let film = studio.make(&format!(
        "{from} -i cover.png -map 0 -map 1 -pix_fmt:v:0{how} -c:v:1 copy -disposition:v:1 attached_pic -f mp4 cover.mp4"
    ));
    // Notes, and the cover with them, may stand before what they are about.
    let (begins, moov) = box_in(&film, *b"moov");
    let (_, header) = box_in(&moov[8..], *b"mvhd");
    let (_, track) = box_in(&moov[8..], *b"trak");
    let (_, notes) = box_in(&moov[8..], *b"udta");
    let film = [&film[..begins], &moov[..8], header, notes, track].concat();
    assert_eq!(studio.streams(&film), ["video png", "video h264"]);
    let opened = studio.child(&film);
    assert_eq!(opened.made("the film")["meta"]["original"]["width"], 64);
    assert_eq!(studio.streams(&opened.bytes), ["video h264"]);
    assert_eq!(studio.pictures(&opened.bytes, 0.0).len(), 10);
}

#[test]
fn attack_24_films_beyond_all_bounds_are_refused_in_a_sentence() {
    let Some(studio) = Studio::open() else { return };
    let plain = "-pix_fmt yuv420p -c:v libx264 -preset ultrafast -f mp4 film.mp4";
    let hours = "-f lavfi -i color=s=16x16:r=1/100:d=10900";
    let mut says_less = studio.make(&format!(
        "{hours} -c:v libvpx -deadline realtime -cpu-used 8 -f webm film.webm"
    ));
    let duration = says_less
        .windows(3)
        .position(|part| part == b"\x44\x89\x88")
        .unwrap()
        + 3;
    says_less[duration..duration + 8].copy_from_slice(&1_000_f64.to_be_bytes());
    for (what, bytes, word) in [
        (
            "longer than three hours",
            studio.make(&format!("{hours} {plain}")),
            "three hours",
        ),
        ("says that it lasts a second", says_less, "three hours"),
        (
            "quick",
            studio.make(&format!("-f lavfi -i color=s=16x16:r=240:d=0.1 {plain}")),
            "pictures a second",
        ),
        (
            "large",
            studio.make(&format!("-f lavfi -i color=s=4096x2176:r=1:d=1 {plain}")),
            "4096 by 2176",
        ),
    ] {
        let told = studio.child(&bytes).refused(what).to_owned();
        assert!(told.contains(word), "{what}: {told}");
    }
}

#[test]
fn attack_24_what_is_cut_off_or_another_kind_than_it_says_is_refused() {
    let Some(studio) = Studio::open() else { return };
    let film = studio.make(&format!("{FILM} -movflags +faststart -f mp4 film.mp4"));
    let quick = "-c:v libvpx -deadline realtime -cpu-used 8";
    let webm = studio.make(&format!(
        "-f lavfi -i testsrc=s=64x48:r=10:d=1 {quick} -f webm film.webm"
    ));
    let sound = studio.make(&format!("{SOUND} -c:a libmp3lame -f mp3 sound.mp3"));
    let behind = |head: &[u8], bytes: &[u8]| [head, bytes].concat();
    for (what, bytes) in [
        ("an MP4 without its end", film[..film.len() / 2].to_vec()),
        ("an MP4 without its pictures", film[..600].to_vec()),
        ("a WebM without its end", webm[..webm.len() / 2].to_vec()),
        ("a WebM that says MP4", behind(&film[..32], &webm)),
        (
            "an MP4 that says Matroska",
            behind(b"\x1A\x45\xDF\xA3", &film),
        ),
        ("an MP4 that says WAV", behind(b"RIFF\0\0\0\0WAVE", &film)),
        ("an MP4 that says FLAC", behind(b"fLaC", &film)),
        ("an MP4 that says MP3", behind(b"ID3", &film)),
        ("an MP3 that says Ogg", behind(b"OggS", &sound)),
    ] {
        let told = studio.child(&bytes).refused(what).to_owned();
        assert!(told.contains("damaged"), "{what}: {told}");
    }
}

#[test]
fn attack_24_a_small_film_that_never_ends_is_ended() {
    let Some(studio) = Studio::open() else { return };
    // Two seconds of nothing, three hundred times: little to send, and much to do.
    let quick = "-c:v libx264 -preset ultrafast -pix_fmt yuv444p";
    studio.make(&format!(
        "-f lavfi -i color=s=1920x1080:r=25:d=2 {quick} -f mp4 bit.mp4"
    ));
    let film = studio.make("-stream_loop 300 -i bit.mp4 -c copy -f mp4 film.mp4");
    assert!(film.len() < 4 << 20, "{}", film.len());
    let second = Bounds {
        cpu_s: 1,
        file: 64 << 20,
    };
    let told = studio
        .child_within(&film, second)
        .refused("a second of computing")
        .to_owned();
    assert!(told.contains("damaged"), "{told}");
    let small = Bounds {
        cpu_s: 60,
        file: 2_000,
    };
    let film = studio.make(&format!("{FILM} -f mp4 film.mp4"));
    let opened = studio.child_within(&film, small);
    assert!(
        opened
            .refused("a file of two thousand bytes")
            .contains("damaged")
    );
    assert!(opened.bytes.len() <= 2_000, "{}", opened.bytes.len());
}
