//! Files that should not be: refused in a sentence, and the server none the worse.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use comity::error::Error;
use comity::media::{State, settled};
use comity_db::testing::Engine;
use serde_json::json;

use super::files::{avif, gif, jpeg, png, png_that_says, webp};
use super::{Sender, path, walk};
use crate::town::{DOMAIN, Town};
use crate::town_test;

/// Makes the next file ready, as soon as there is one.
pub(super) async fn make_one(town: &Town) {
    while !comity::media::work_once(&town.app).await.unwrap() {
        tokio::task::yield_now().await;
    }
}

town_test! {
    async fn attack_24_hostile_files_are_refused_in_a_sentence(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let photo = jpeg(200, 200);
        let mut noise = photo[..photo.len() / 2].to_vec();
        noise.extend(std::iter::repeat_n(0xAB, 200));
        let wide = png(20_001, 1);
        for (what, bytes, word) in [
            ("an SVG", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(), "SVG"),
            ("a page", b"<!DOCTYPE html><p>hello".to_vec(), "SVG"),
            ("a program", b"\x7FELF\x02\x01\x01".to_vec(), "no picture"),
            ("an archive", b"PK\x03\x04anything".to_vec(), "no picture"),
            ("a playlist", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".to_vec(), "no picture"),
            ("a PNG of 10^5 by 10^5", png_that_says(100_000, 100_000), "at most 40 million"),
            ("a PNG of 2^31 by 2^31", png_that_says(u32::MAX >> 1, u32::MAX >> 1), ""),
            ("a PNG of nothing", png_that_says(0, 0), ""),
            ("a row too long", wide, "20000 in a row"),
            ("a photo cut off", photo[..photo.len() - 40].to_vec(), "cut off"),
            ("a photo of noise", noise, "cut off"),
            ("a PNG cut off", png(300, 300)[..600].to_vec(), "cut off"),
            ("a beginning", b"\x89PNG\r\n\x1A\n".to_vec(), "cut off"),
            ("a WebP cut off", webp(64, 64)[..60].to_vec(), ""),
        ] {
            let answer = alice.send(&bytes, &[]).await;
            assert_eq!(answer.status.as_u16(), 422, "{what}: {}", answer.body);
            let told = answer.json()["error"].as_str().unwrap().to_owned();
            assert!(told.contains(word) && told.len() > 12, "{what}: {told}");
        }
        town.wait_s(3_600);
        alice.send(b"", &[]).await.is(422);
        alice.send(&png(20, 20), &[]).await.is(200);
        assert!(walk(&town.app.config.data_dir.join("media/tmp")).is_empty());
    }

    async fn what_a_file_is_called_does_not_matter(town) {
        let mut alice = Sender::new(&town, "alice").await;
        // All are sent as `cat.png`.
        for (bytes, ending) in [(jpeg(9, 9), ".jpg?"), (png(9, 9), ".png?"), (webp(9, 9), ".png?")] {
            let told = alice.send(&bytes, &[]).await.is(200).json();
            assert!(told["url"].as_str().unwrap().contains(ending), "{told}");
        }
    }

    async fn an_avif_is_taken_where_it_would_be_shown_as_it_is(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let told = alice.send(&avif(), &[]).await.is(200).json();
        assert_eq!((&told["type"], &told["meta"]["original"]["size"]), (&json!("image"), &json!("48x32")));
        let picture = town.anonymous().get(&path(&told["url"])).await.is(200);
        assert_eq!(picture.headers["content-type"], "image/jpeg");
        let pixels = image::load_from_memory(&picture.bytes).unwrap().into_rgb8();
        let middle = pixels.get_pixel(24, 16).0;
        assert!(middle[0] > 230 && middle[1] < 30 && middle[2] < 30, "{middle:?}");
        let changed = |from: &[u8], to: &[u8]| {
            let mut bytes = avif();
            let at = bytes.windows(from.len()).position(|part| part == from).unwrap();
            bytes[at..at + to.len()].copy_from_slice(to);
            bytes
        };
        for (what, bytes, word) in [
            ("in tiles", changed(b"av01Color", b"grid"), "several parts"),
            ("transparent", changed(b"pixi", b"auxC"), "several parts"),
            ("mirrored", changed(b"pixi", b"imir"), "several parts"),
            ("cut off", avif()[..300].to_vec(), "damaged"),
            ("without its notes", avif()[..32].to_vec(), "damaged"),
            ("one that moves", changed(b"ftypavif", b"ftypavis"), "moves"),
            ("of a phone", changed(b"ftypavif", b"ftypheic"), "HEIC"),
        ] {
            let answer = alice.send(&bytes, &[]).await;
            assert_eq!(answer.status.as_u16(), 422, "{what}: {}", answer.body);
            assert!(answer.body.contains(word), "{what}: {}", answer.body);
        }
    }

    async fn a_picture_that_moves_becomes_a_film(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let told = alice.send(&gif(31, 20, 5), &[("description", "waves")]).await.is(202).json();
        assert_eq!(told["url"], json!(null));
        let address = format!("/api/v1/media/{}", told["id"].as_str().unwrap());
        alice.get(&address).await.is(206);
        let early = alice.publish(&town, "", comity_vocab::Visibility::Public, &[&told]).await.unwrap_err();
        assert!(early.to_string().contains("still being made ready"), "{early}");
        assert!(comity::media::work_once(&town.app).await.unwrap());
        let told = alice.get(&address).await.is(200).json();
        assert_eq!((&told["type"], &told["description"]), (&"gifv".into(), &"waves".into()));
        assert_eq!(told["meta"]["original"]["size"], "30x20");
        let film = town.anonymous().get(&path(&told["url"])).await.is(200);
        assert_eq!(film.headers["content-type"], "video/mp4");
        assert_eq!(&film.bytes[4..8], b"ftyp");
        let small = town.anonymous().get(&path(&told["preview_url"])).await.is(200);
        assert_eq!(small.headers["content-type"], "image/jpeg");
        assert!(!comity::media::work_once(&town.app).await.unwrap(), "nothing is left to do");
    }

    async fn the_first_address_waits_until_a_file_is_ready_or_failed(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let waves = gif(31, 20, 5);
        let said = [("description", "waves")];
        let (answer, ()) = tokio::join!(alice.send_to("/api/v1/media", &waves, &said), make_one(&town));
        let told = answer.is(200).json();
        assert_eq!((&told["type"], &told["description"]), (&"gifv".into(), &"waves".into()));
        let film = town.anonymous().get(&path(&told["url"])).await.is(200);
        assert_eq!(film.headers["content-type"], "video/mp4");
        // A head that promises a film, and nothing behind it.
        let nothing = [&b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"[..], &[0; 400]].concat();
        let (answer, ()) = tokio::join!(alice.send_to("/api/v1/media", &nothing, &[]), make_one(&town));
        let told = answer.is(422).json();
        assert!(told["error"].as_str().unwrap().contains("damaged"), "{told}");
        // What stands still was never waited for, and nobody works here.
        alice.send_to("/api/v1/media", &png(9, 9), &[]).await.is(200);
    }

    async fn nobody_waits_for_a_file_longer_than_that(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let told = alice.send(&gif(31, 20, 5), &[]).await.is(202).json();
        let (me, id) = (alice.member.account.id, crate::media::id(&told));
        let now = settled(&town.app, me, id, Duration::ZERO).await.unwrap();
        assert_eq!(now.state(), State::Waiting);
        make_one(&town).await;
        let now = settled(&town.app, me, id, Duration::from_secs(600)).await.unwrap();
        assert_eq!(now.state(), State::Ready);
        let others = settled(&town.app, me + 1, id, Duration::ZERO).await.unwrap_err();
        assert!(matches!(others, Error::NotFound), "{others}");
    }

    async fn one_member_keeps_nobody_elses_films_waiting(town) {
        let (mut alice, mut bob) = (Sender::new(&town, "alice").await, Sender::new(&town, "bob").await);
        // Heads that promise films, and nothing behind them.
        let film = [&b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"[..], &[0; 400]].concat();
        let mut hers = Vec::new();
        for _ in 0..5 {
            hers.push(alice.send(&film, &[]).await.is(202).json());
            town.wait_s(1);
        }
        let told = alice.send(&film, &[]).await.is(422).json();
        assert!(told["error"].as_str().unwrap().contains("5 of yours"), "{told}");
        alice.send(&png(9, 9), &[]).await.is(200);
        let his = bob.send(&film, &[]).await.is(202).json();
        let at = |told: &serde_json::Value| format!("/api/v1/media/{}", told["id"].as_str().unwrap());
        // Hers was first; after that it is his turn.
        assert!(comity::media::work_once(&town.app).await.unwrap());
        alice.get(&at(&hers[0])).await.is(422);
        bob.get(&at(&his)).await.is(206);
        assert!(comity::media::work_once(&town.app).await.unwrap());
        bob.get(&at(&his)).await.is(422);
        alice.get(&at(&hers[1])).await.is(206);
        alice.send(&film, &[]).await.is(202);
    }

    async fn what_is_no_film_fails_and_says_so(town) {
        let mut alice = Sender::new(&town, "alice").await;
        // A head that promises a film, and nothing behind it.
        let bytes = [&b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"[..], &[0; 400]].concat();
        let told = alice.send(&bytes, &[]).await.is(202).json();
        assert!(comity::media::work_once(&town.app).await.unwrap());
        let answer = alice.get(&format!("/api/v1/media/{}", told["id"].as_str().unwrap())).await.is(422);
        assert!(answer.json()["error"].as_str().unwrap().contains("damaged"));
    }
}

#[tokio::test]
async fn a_child_that_breaks_down_is_a_refusal() {
    for broken in ["/bin/false", "/bin/cat"] {
        let change =
            |config: &mut comity::config::Config| config.media.worker = Some(broken.into());
        let town = Town::changed(Engine::Sqlite, DOMAIN, "", change).await;
        let mut alice = Sender::new(&town, "alice").await;
        let told = alice.send(&png(9, 9), &[]).await.is(422).json();
        let told = told["error"].as_str().unwrap();
        assert!(told.contains("try a smaller one"), "{told}");
    }
}

#[tokio::test]
async fn without_ffmpeg_film_is_refused_and_what_moves_stands_still() {
    let town = Town::with(Engine::Sqlite, "[media]\nffmpeg = \"\"").await;
    let mut alice = Sender::new(&town, "alice").await;
    let answer = alice.send(&avif(), &[]).await.is(422);
    assert!(answer.body.contains("AVIF"), "{}", answer.body);
    let film = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41";
    let told = alice.send(film, &[]).await.is(422).json();
    assert!(
        told["error"]
            .as_str()
            .unwrap()
            .contains("ffmpeg is not installed")
    );
    let told = alice.send(&gif(30, 20, 5), &[]).await.is(202).json();
    assert!(comity::media::work_once(&town.app).await.unwrap());
    let told = alice
        .get(&format!("/api/v1/media/{}", told["id"].as_str().unwrap()))
        .await
        .is(200)
        .json();
    assert_eq!(told["type"], "image");
}

/// The child by itself, with so much memory and time, opening this.
fn child(bytes: &[u8], memory: u64, cpu_s: u64) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("input"), bytes).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_comity"))
        .arg("media-worker")
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let task = json!({
        "bounds": { "memory": memory, "cpu_s": cpu_s, "file": 1_000_000 },
        "ffmpeg": "", "ffprobe": "",
    });
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(task.to_string().as_bytes()).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.success(), said)
}

#[test]
fn a_child_has_so_much_memory_and_no_more() {
    // The program itself counts, and is a hundred mebibytes as developers build it; the picture is 137.
    let large = png(6_000, 6_000);
    let (well, said) = child(&large, 192 << 20, 20);
    assert!(!well || said.contains("Refused"), "{said}");
    // The same bound, so that it is the picture that is too much, and not the program.
    let (well, said) = child(&png(100, 100), 192 << 20, 20);
    assert!(well && said.contains("Made"), "{said}");
}

#[test]
fn a_child_writes_so_much_and_no_more() {
    // A picture that no encoder makes small.
    let mut state = 1_u32;
    let noise = image::RgbImage::from_fn(1_000, 1_000, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    noise.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let (well, said) = child(&bytes.into_inner(), 1 << 30, 20);
    assert!(!well || said.contains("Refused"), "{said}");
}
