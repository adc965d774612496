//! Film and sound that came with posts from elsewhere: played from here, as they came, and never more than fits.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity_db::testing::Engine;
use comity_policy::Party;
use futures_util::future::select_all;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::files::{gif, png};
use super::{files_for, walk};
use crate::coast::Coast;
use crate::peer;
use crate::town::Answer;

/// A film of so many bytes, as far as the first of them say.
fn film(length: usize) -> Vec<u8> {
    let head = &b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"[..];
    [head, &vec![7_u8; length - head.len()]].concat()
}

fn webm() -> Vec<u8> {
    let numbers =
        &b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\xF7\x81\x01\x42\xF2\x81\x04\x42\xF3\x81\x08"[..];
    [numbers, b"\x42\x82\x84webm\x42\x87\x81\x04"].concat()
}

fn bytes(bytes: &[u8]) -> Value {
    json!({ "bytes": STANDARD.encode(bytes) })
}

impl Coast {
    /// Rita posts what she says is of this kind; the number of the post, and where the file is.
    async fn rita_plays(&self, number: &str, kind: &str, mut file: Value) -> (i64, String) {
        let url = format!("{}/{number}.file", self.peer.iri("open", "rita"));
        file["id"] = json!(url);
        self.peer.serves(&file);
        (self.rita_names(number, kind, &url).await, url)
    }

    /// Rita posts a file that is at this address; the number of the post.
    async fn rita_names(&self, number: &str, kind: &str, url: &str) -> i64 {
        let rita = self.peer.iri("open", "rita");
        let alice = self.alice.account.iri.to_string();
        let mut said = peer::create(&rita, number, "High water", None, Some(&alice));
        said["object"]["attachment"] =
            json!([{ "type": "Document", "mediaType": kind, "url": url, "name": "Waves" }]);
        self.brings(&said).await;
        let id = self.id_of(&format!("{rita}/statuses/{number}")).await;
        id.unwrap()
    }

    /// Somebody opens the file at this address, and waits for it.
    fn plays(&self, address: &Value) -> JoinHandle<Answer> {
        let (mut player, path) = (self.town.anonymous(), self.path(address));
        tokio::spawn(async move {
            let part = [("range", "bytes=4-7")];
            player.send(Method::GET, &path, &part, "").await
        })
    }

    /// Waits until somebody waits for a file of theirs.
    async fn is_asked(&self) {
        for _ in 0..500 {
            if self.peer.waiting() > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(self.peer.waiting(), 1);
    }

    /// Files that are kept here, and their bytes together.
    fn kept(&self) -> (Vec<PathBuf>, u64) {
        let files = walk(&self.town.app.config.data_dir.join("media/files"));
        let length = |path: &PathBuf| std::fs::metadata(path).unwrap().len();
        let bytes = files.iter().map(length).sum();
        (files, bytes)
    }

    async fn opens_part(&self, address: &Value, part: &str) -> Answer {
        let mut visitor = self.town.anonymous();
        let path = self.path(address);
        visitor
            .send(Method::GET, &path, &[("range", part)], "")
            .await
    }

    fn times_asked(&self, url: &str) -> usize {
        self.peer.asked_with(url).len()
    }
}

coast_test! {
    async fn l45_film_and_sound_from_elsewhere_are_played_from_here(coast) {
        for (number, claimed, sent, kind) in [
            ("1", "video/mp4", film(3_000), "video/mp4"),
            ("2", "video/webm", webm(), "video/webm"),
            ("3", "audio/mpeg", b"\xFF\xFB\x90\x64 and so on".to_vec(), "audio/mpeg"),
            // What its server says of it decides nothing.
            ("4", "video/mp4", b"OggS and so on".to_vec(), "audio/ogg"),
        ] {
            let (post, url) = coast.rita_plays(number, claimed, bytes(&sent)).await;
            let file = coast.alices_file(post).await;
            assert_eq!(file["type"], &claimed[..5]);
            assert_eq!(file["remote_url"], url.as_str());
            assert!(!coast.peer.was_asked_for(&url), "nobody played it yet");
            // Players begin with a part.
            let part = coast.opens_part(&file["url"], "bytes=2-9").await.is(206);
            assert_eq!(part.bytes[..], sent[2..10]);
            assert_eq!(part.headers["content-range"], format!("bytes 2-9/{}", sent.len()));
            let whole = coast.opens(&file["url"]).await.is(200);
            assert_eq!(whole.bytes, sent);
            let header = |name: &str| whole.headers[name].to_str().unwrap().to_owned();
            assert_eq!(header("content-type"), kind);
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert!(header("content-security-policy").contains("sandbox"));
            assert!(header("cache-control").starts_with("private"));
            // Their server saw that somebody here plays it, once, and not who.
            let asked = coast.peer.asked_with(&url);
            assert_eq!(asked.len(), 1, "{claimed}");
            let told: Vec<&str> = asked[0].keys().map(http::HeaderName::as_str).collect();
            let known = ["host", "accept", "accept-encoding", "user-agent"];
            assert!(told.iter().all(|name| known.contains(name)), "{told:?}");
            assert!(asked[0]["accept"].to_str().unwrap().starts_with("video/*, audio/*"));
            // Only by addresses that were made here.
            let address = file["url"].as_str().unwrap();
            let bare = address.split('?').next().unwrap();
            coast.opens(&bare.into()).await.is(404);
            coast.opens(&address.replace("sig=", "sig=A").into()).await.is(404);
        }
        // Of what is neither, there is no copy.
        let (post, url) = coast.rita_plays("5", "application/pdf", bytes(b"%PDF-1.7")).await;
        let file = coast.alices_file(post).await;
        assert_eq!((&file["type"], &file["url"]), (&"unknown".into(), &url.as_str().into()));
    }

    async fn players_that_ask_at_once_wait_for_one_fetch(coast) {
        let sent = film(500);
        let mut file = bytes(&sent);
        file["waits"] = json!(true);
        let (post, url) = coast.rita_plays("1", "video/mp4", file).await;
        let address = coast.alices_file(post).await["url"].clone();
        let held = coast.peer.hold().await;
        let gone = coast.plays(&address);
        coast.is_asked().await;
        // Who asked first gives up, and the film comes all the same.
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        // Eight may wait for what is at one place: once one more is sent away, they do.
        let players: Vec<_> = (0..9).map(|_| coast.plays(&address)).collect();
        let (answer, _, players) = select_all(players).await;
        let away = answer.unwrap().is(429);
        assert!(away.headers.contains_key("retry-after"));
        drop(held);
        for player in players {
            let answer = player.await.unwrap().is(206);
            assert_eq!(answer.bytes, b"ftyp");
        }
        assert_eq!(coast.times_asked(&url), 1);
    }

    async fn l45_a_film_is_not_played_where_a_server_that_it_came_through_is_refused(coast) {
        let sent = film(500);
        let lenas = format!("{}/store.mp4", coast.peer.iri("kept", "lena"));
        coast.peer.serves(&json!({ "id": lenas, "bytes": STANDARD.encode(&sent) }));
        let (post, _) = coast.rita_plays("1", "video/mp4", json!({ "leads_to": lenas })).await;
        let alices = coast.alices_file(post).await;
        coast.opens(&alices["url"]).await.is(200);
        let island = coast.town.found("island.localhost", "Island").await;
        let mut tom = coast.town.member_of(&island, "tom", comity::members::Role::Member).await;
        let toms = files_for(&coast.town, &Party::Member(tom.account.person()), post).await.remove(0);
        let toms = toms["url"].as_str().unwrap().strip_prefix(&island.origin).unwrap().to_owned();
        tom.get(&toms).await.is(200);
        let mut marta = coast.town.admin("marta").await;
        let kept = coast.peer.domain("kept");
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        coast.opens(&alices["url"]).await.is(404);
        // The copy is there, for those who do not refuse it.
        assert_eq!(tom.get(&toms).await.is(200).bytes, sent);
        assert_eq!(coast.times_asked(&lenas), 1);
    }

    async fn a_film_that_took_its_time_is_sent_to_whoever_may_see_it_by_then(coast) {
        let sent = film(500);
        let mut file = bytes(&sent);
        file["waits"] = json!(true);
        let (post, url) = coast.rita_plays("1", "video/mp4", file).await;
        let alices = coast.alices_file(post).await["url"].clone();
        let bob = Party::Member(coast.bob.account.person());
        let bobs = files_for(&coast.town, &bob, post).await.remove(0)["url"].clone();
        let held = coast.peer.hold().await;
        let player = coast.plays(&alices);
        coast.is_asked().await;
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "media"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        drop(held);
        player.await.unwrap().is(404);
        assert_eq!(coast.opens(&bobs).await.is(200).bytes, sent);
        assert_eq!(coast.times_asked(&url), 1);
    }

    async fn a_film_that_was_led_on_meanwhile_to_a_server_that_is_refused_is_not_sent(coast) {
        let lenas = format!("{}/store.mp4", coast.peer.iri("kept", "lena"));
        let mut file = bytes(&film(500));
        (file["id"], file["waits"]) = (json!(lenas), json!(true));
        coast.peer.serves(&file);
        let (post, _) = coast.rita_plays("1", "video/mp4", json!({ "leads_to": lenas })).await;
        let alices = coast.alices_file(post).await["url"].clone();
        let mut marta = coast.town.admin("marta").await;
        let held = coast.peer.hold().await;
        let player = coast.plays(&alices);
        coast.is_asked().await;
        let kept = coast.peer.domain("kept");
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        drop(held);
        player.await.unwrap().is(404);
        assert_eq!(coast.times_asked(&lenas), 1);
        assert_eq!(coast.kept().0.len(), 1, "it came");
    }

    async fn films_that_are_led_to_one_place_are_fetched_one_after_another(coast) {
        let (first, second) = (
            format!("{}/1.mp4", coast.peer.iri("kept", "lena")),
            format!("{}/2.mp4", coast.peer.iri("kept", "lena")),
        );
        let mut file = bytes(&film(500));
        (file["id"], file["waits"]) = (json!(first), json!(true));
        coast.peer.serves(&file);
        coast.peer.serves(&json!({ "id": second, "bytes": STANDARD.encode(film(600)) }));
        let post = coast.rita_names("1", "video/mp4", &first).await;
        let one = coast.alices_file(post).await["url"].clone();
        let (post, url) = coast.rita_plays("2", "video/mp4", json!({ "leads_to": second })).await;
        let other = coast.alices_file(post).await["url"].clone();
        let held = coast.peer.hold().await;
        let player = coast.plays(&one);
        coast.is_asked().await;
        coast.opens(&other).await.is(429);
        assert_eq!((coast.times_asked(&url), coast.times_asked(&second)), (1, 0));
        drop(held);
        player.await.unwrap().is(206);
        coast.opens(&other).await.is(200);
        assert_eq!(coast.times_asked(&second), 1);
    }

    async fn what_may_be_over_soon_is_asked_for_again_soon(coast) {
        let mut played = Vec::new();
        for (number, status) in [("1", 503), ("2", 404)] {
            let (post, url) = coast.rita_plays(number, "video/mp4", json!({ "fails": status })).await;
            let address = coast.alices_file(post).await["url"].clone();
            coast.opens(&address).await.is(404);
            coast.opens(&address).await.is(404);
            assert_eq!(coast.times_asked(&url), 1, "{status}");
            coast.peer.serves(&json!({ "id": url, "bytes": STANDARD.encode(film(500)) }));
            played.push((address, url));
        }
        coast.town.wait_s(9 * 60);
        coast.opens(&played[0].0).await.is(404);
        coast.town.wait_s(2 * 60);
        coast.opens(&played[0].0).await.is(200);
        coast.opens(&played[1].0).await.is(404);
        assert_eq!((coast.times_asked(&played[0].1), coast.times_asked(&played[1].1)), (2, 1));
    }

    async fn pages_play_our_copy_and_name_no_other_server_to_load_from(coast) {
        let rita = coast.peer.iri("open", "rita");
        let alice = coast.alice.account.iri.to_string();
        let poster = format!("{rita}/poster.png");
        coast.peer.serves(&json!({ "id": poster, "bytes": STANDARD.encode(png(60, 40)) }));
        let icon = json!({ "type": "Image", "mediaType": "image/png", "url": poster });
        let mut said = peer::create(&rita, "1", "High water", None, Some(&alice));
        said["object"]["attachment"] = json!([
            { "type": "Document", "mediaType": "video/mp4", "url": format!("{rita}/1.mp4"), "icon": icon },
            { "type": "Document", "mediaType": "audio/mpeg", "url": format!("{rita}/1.mp3"), "name": "Waves" },
        ]);
        coast.brings(&said).await;
        let post = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        let page = format!("/@rita@{}/{post}", coast.peer.domain("open"));
        let page = coast.alice.get(&page).await.is(200).body;
        let origin = coast.town.community().origin.clone();
        let copy = |at: u8, part: &str| format!("\"{origin}/media/remote/{post}/{at}/{part}?by=");
        for player in [
            format!("<video class=\"shown\" controls preload=\"none\" src={}", copy(0, "original")),
            format!(" poster={}", copy(0, "small")),
            format!("<audio controls preload=\"none\" src={}", copy(1, "original")),
        ] {
            assert!(page.contains(&player), "{player} is not on {page}");
        }
        for theirs in ["1.mp4", "1.mp3", "poster.png"] {
            assert!(!page.contains(theirs), "{page}");
        }
    }
}

/// Defines a test like those above, on a coast with these settings.
macro_rules! within {
    ($settings:literal, async fn $name:ident($coast:ident) $body:block) => {
        mod $name {
            use super::*;

            async fn test(engine: Engine) {
                let $coast = Box::pin(Coast::with(engine, $settings)).await;
                $body
            }

            #[tokio::test]
            async fn on_sqlite() {
                Box::pin(test(Engine::Sqlite)).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                Box::pin(test(Engine::Postgres)).await;
            }
        }
    };
}

within! {
    "[media]\nlargest_film_mb = 3\n",
    async fn what_is_no_film_or_larger_than_any_is_asked_for_once(coast) {
        for (number, sent) in [
            ("1", film((3 << 20) + 1)),
            ("2", b"<html><script>alert(1)</script></html>".to_vec()),
            ("3", b"#EXTM3U\nhttp://127.0.0.1/".to_vec()),
            ("4", gif(30, 20, 3)),
            ("5", Vec::new()),
        ] {
            let (post, url) = coast.rita_plays(number, "video/mp4", bytes(&sent)).await;
            let file = coast.alices_file(post).await;
            coast.opens(&file["url"]).await.is(404);
            coast.opens_part(&file["url"], "bytes=0-").await.is(404);
            assert_eq!(coast.times_asked(&url), 1, "{number}");
            assert_eq!(file["remote_url"], url.as_str(), "it is still where it was");
        }
        let (post, _) = coast.rita_plays("6", "video/mp4", bytes(&film(3 << 20))).await;
        coast.opens(&coast.alices_file(post).await["url"]).await.is(200);
        // It may be another one by tomorrow.
        let (post, url) = coast.rita_plays("7", "video/mp4", bytes(b"not ready")).await;
        coast.opens(&coast.alices_file(post).await["url"]).await.is(404);
        coast.peer.serves(&json!({ "id": url, "bytes": STANDARD.encode(film(500)) }));
        coast.opens(&coast.alices_file(post).await["url"]).await.is(404);
        coast.town.wait_s(7 * 3_600);
        coast.opens(&coast.alices_file(post).await["url"]).await.is(200);
    }
}

within! {
    "[media]\ncache_mb = 16\n",
    async fn films_share_the_room_of_all_copies_and_none_takes_most_of_it(coast) {
        let (post, url) = coast.rita_plays("0", "video/mp4", bytes(&film((4 << 20) + 1))).await;
        coast.opens(&coast.alices_file(post).await["url"]).await.is(404);
        assert_eq!(coast.times_asked(&url), 1);
        let mut played = Vec::new();
        for number in ["1", "2", "3", "4", "5"] {
            let (post, url) = coast.rita_plays(number, "video/mp4", bytes(&film(4 << 20))).await;
            coast.opens(&coast.alices_file(post).await["url"]).await.is(200);
            played.push((post, url));
            coast.town.wait_s(60);
        }
        let now_ms = coast.town.app.now_ms();
        comity::media::forget_old(&coast.town.app, now_ms, 100).await.unwrap();
        // Four fit. The first goes, and is asked for anew.
        for (at, times) in [(4, 1), (1, 1), (0, 2)] {
            let (post, url) = &played[at];
            coast.opens(&coast.alices_file(*post).await["url"]).await.is(200);
            assert_eq!(coast.times_asked(url), times, "{at}");
        }
    }
}

within! {
    "[media]\ncache_mb = 16\n",
    async fn there_is_room_before_a_film_is_fetched_and_after_it_was_kept(coast) {
        let mut films = Vec::new();
        for number in ["1", "2", "3", "4", "5", "6"] {
            let (post, url) = coast.rita_plays(number, "video/mp4", bytes(&film(4 << 20))).await;
            films.push((coast.alices_file(post).await["url"].clone(), url));
        }
        // Whoever takes copies away else is busy.
        coast.stop.send(true).unwrap();
        for (address, _) in &films[..5] {
            coast.opens(address).await.is(200);
            coast.town.wait_s(60);
        }
        let (files, held) = coast.kept();
        assert_eq!(held, 16 << 20, "the first went when the fifth came");
        // Now none of them can be taken away.
        for file in &files {
            std::fs::rename(file, file.with_extension("aside")).unwrap();
            std::fs::create_dir(file).unwrap();
        }
        coast.opens(&films[5].0).await.is(200);
        coast.opens(&films[0].0).await.is(429);
        assert_eq!(coast.times_asked(&films[0].1), 1, "there is no room");
        for file in &files {
            std::fs::remove_dir(file).unwrap();
            std::fs::rename(file.with_extension("aside"), file).unwrap();
        }
        coast.opens(&films[0].0).await.is(200);
        assert_eq!(coast.times_asked(&films[0].1), 2);
        assert_eq!(coast.kept().1, 16 << 20);
    }
}

within! {
    "[media]\ncache_mb = 16\n",
    async fn films_push_out_films_before_pictures(coast) {
        let (post, picture) = coast.rita_shows("0", &png(60, 40)).await;
        let address = coast.alices_file(post).await["url"].clone();
        coast.opens(&address).await.is(200);
        coast.town.wait_s(60);
        for number in ["1", "2", "3", "4", "5", "6"] {
            let (post, _) = coast.rita_plays(number, "video/mp4", bytes(&film(4 << 20))).await;
            coast.opens(&coast.alices_file(post).await["url"]).await.is(200);
            coast.town.wait_s(60);
        }
        assert!(coast.kept().1 <= 16 << 20);
        coast.peer.withdraws(&picture);
        coast.opens(&address).await.is(200);
        assert_eq!(coast.times_asked(&picture), 1);
    }
}
