//! Film and sound that came with posts from elsewhere: played from here, as they came, and never more than fits.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity_db::testing::Engine;
use comity_policy::Party;
use http::Method;
use serde_json::{Value, json};

use super::files::{gif, png};
use super::files_for;
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
        let rita = self.peer.iri("open", "rita");
        let alice = self.alice.account.iri.to_string();
        let url = format!("{rita}/{number}.file");
        file["id"] = json!(url);
        self.peer.serves(&file);
        let mut said = peer::create(&rita, number, "High water", None, Some(&alice));
        said["object"]["attachment"] =
            json!([{ "type": "Document", "mediaType": kind, "url": url, "name": "Waves" }]);
        self.brings(&said).await;
        let id = self.id_of(&format!("{rita}/statuses/{number}")).await;
        (id.unwrap(), url)
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
        let path = coast.path(&coast.alices_file(post).await["url"]);
        let asks = || {
            let (mut player, path) = (coast.town.anonymous(), path.clone());
            tokio::spawn(async move {
                player.send(Method::GET, &path, &[("range", "bytes=4-7")], "").await
            })
        };
        let held = coast.peer.hold().await;
        let gone = asks();
        for _ in 0..500 {
            if coast.peer.waiting() > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(coast.peer.waiting(), 1);
        // Who asked first gives up, and the film comes all the same.
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        let players = [asks(), asks()];
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
