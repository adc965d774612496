//! Pictures that members choose for film and sound; files that go at once; and files that nothing names.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity::statuses;
use comity_policy::{Party, Way};
use comity_vocab::Visibility;
use http::Method;
use serde_json::{Value, json};

use super::files::{apng, gif, jpeg, moving_webp, part, png, png_that_says, wav};
use super::{Sender, id, open, walk};
use crate::oauth::Registered;
use crate::town::{Answer, Member, Town};
use crate::town_test;

const FORM: &str = "multipart/form-data; boundary=form";

impl Sender {
    async fn send_with(&mut self, bytes: &[u8], thumbnail: &[u8]) -> Answer {
        let mut body = part("file", Some("sea.wav"), bytes);
        body.extend(part("thumbnail", Some("sea.png"), thumbnail));
        body.extend(b"--form--\r\n");
        self.ask(Method::POST, "/api/v2/media", FORM, body).await
    }

    async fn pictures(&mut self, media: &Value, thumbnail: &[u8]) -> Answer {
        let mut body = part("thumbnail", Some("sea.png"), thumbnail);
        body.extend(b"--form--\r\n");
        let address = format!("/api/v1/media/{}", id(media));
        self.ask(Method::PUT, &address, FORM, body).await
    }

    /// It was made ready, and is this now.
    pub(super) async fn ready(&mut self, town: &Town, media: &Value) -> Value {
        assert!(comity::media::work_once(&town.app).await.unwrap());
        let address = format!("/api/v1/media/{}", id(media));
        self.get(&address).await.is(200).json()
    }

    /// Edits a post: what is said of this file.
    async fn says(&mut self, post: i64, media: &Value, thumbnail: &str) -> Answer {
        let said = json!({ "id": media["id"], "description": "The sea", "thumbnail": thumbnail });
        let edit = json!({ "status": "Listen", "media_attributes": [said] });
        let address = format!("/api/v1/statuses/{post}");
        let body = serde_json::to_vec(&edit).unwrap();
        self.ask(Method::PUT, &address, "application/json", body)
            .await
    }
}

fn data(bytes: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(bytes))
}

/// Walks through both places, and to the end of each.
async fn sweep(town: &Town) {
    for _ in 0..4 {
        comity::media::forget_old(&town.app, town.clock.now_ms(), 100)
            .await
            .unwrap();
    }
}

fn stored(town: &Town) -> usize {
    walk(&town.app.config.data_dir.join("media")).len()
}

town_test! {
    async fn a_sound_shows_the_picture_that_was_chosen_for_it(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let bare = alice.send(&wav(), &[]).await.is(202).json();
        let bare = alice.ready(&town, &bare).await;
        assert_eq!((&bare["type"], &bare["preview_url"]), (&"audio".into(), &Value::Null));

        let sent = alice.send_with(&wav(), &jpeg(600, 300)).await.is(202).json();
        assert_eq!(sent["preview_url"], Value::Null, "nothing is shown before it is ready");
        let told = alice.ready(&town, &sent).await;
        assert_eq!(told["type"], "audio");
        assert!(told["blurhash"].as_str().unwrap().len() > 10);
        assert_eq!(told["meta"]["small"]["aspect"], 2.0);
        let picture = open(&mut town.anonymous(), &told["preview_url"]).await.is(200);
        assert_eq!(picture.headers["content-type"], "image/jpeg");

        // Another takes its place, and the file of the first goes.
        let before = stored(&town);
        let changed = alice.pictures(&told, &png(40, 80)).await.is(200).json();
        assert_ne!(changed["preview_url"], told["preview_url"]);
        assert_eq!(changed["meta"]["small"]["height"], 80);
        open(&mut town.anonymous(), &changed["preview_url"]).await.is(200);
        open(&mut town.anonymous(), &told["preview_url"]).await.is(404);
        comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap();
        assert_eq!(stored(&town), before);
        open(&mut town.anonymous(), &changed["url"]).await.is(200);

        // All of it goes with the file.
        let address = format!("/api/v1/media/{}", id(&changed));
        alice.ask(Method::DELETE, &address, "text/plain", Vec::new()).await.is(200);
        comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap();
        open(&mut town.anonymous(), &changed["preview_url"]).await.is(404);
        assert_eq!(stored(&town), 1, "the other sound");
    }

    async fn of_two_pictures_that_two_nodes_take_at_once_one_is_shown_and_kept(town) {
        let node = town.node().await;
        let mut alice = Sender::new(&town, "alice").await;
        let sent = alice.send(&wav(), &[]).await.is(202).json();
        let sound = alice.ready(&town, &sent).await;
        let mut app = Registered::new(&town, "read write").await;
        let token = app.let_in(&mut alice.member, "read write").await;
        app.browser = app.browser.at_node(&node);
        let (account, browser) = (alice.member.account.clone(), alice.member.browser.clone());
        let mut there = Sender { member: Member { account, browser }, app, token };
        let before = stored(&town);
        let (tall, wide) = (png(40, 80), png(80, 40));
        let (here, there) = tokio::join!(alice.pictures(&sound, &tall), there.pictures(&sound, &wide));
        let told = [here.status.as_u16(), there.status.as_u16()];
        assert!(told.iter().all(|status| matches!(status, 200 | 422)) && told.contains(&200), "{told:?}");
        let now = alice.get(&format!("/api/v1/media/{}", id(&sound))).await.is(200).json();
        open(&mut town.anonymous(), &now["preview_url"]).await.is(200);
        comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap();
        open(&mut town.anonymous(), &now["preview_url"]).await.is(200);
        assert_eq!(stored(&town), before + 1, "the other picture is gone");
    }

    async fn a_film_keeps_the_picture_that_came_before_it_was_ready(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let moving = alice.send(&gif(32, 20, 5), &[]).await.is(202).json();
        let moving = alice.ready(&town, &moving).await;
        let film = open(&mut town.anonymous(), &moving["url"]).await.is(200).bytes.clone();
        let sent = alice.send(&film, &[]).await.is(202).json();
        alice.pictures(&sent, &png(40, 80)).await.is(206);
        let told = alice.ready(&town, &sent).await;
        assert_eq!((&told["type"], &told["meta"]["small"]["size"]), (&"video".into(), &"40x80".into()));
        assert_eq!(told["meta"]["original"]["size"], "32x20");
        open(&mut town.anonymous(), &told["preview_url"]).await.is(200);
        // What moves like a picture is one.
        alice.pictures(&moving, &png(9, 9)).await.is(422);
    }

    async fn an_edit_brings_another_picture_and_servers_are_told_of_it(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let mut mallory = Sender::new(&town, "mallory").await;
        let sent = alice.send_with(&wav(), &png(30, 30)).await.is(202).json();
        let sound = alice.ready(&town, &sent).await;
        let post = alice.publish(&town, "Listen", Visibility::Public, &[&sound]).await.unwrap();
        let first = alice.files(&town, post).await.remove(0);
        open(&mut town.anonymous(), &first["preview_url"]).await.is(200);

        mallory.says(post, &sound, &data(&png(9, 9))).await.is(404);
        for wrong in ["data:image/png;base64,%%%", "https://elsewhere.example/a.png", &data(b"<svg/>"), &data(&wav())] {
            alice.says(post, &sound, wrong).await.is(422);
        }
        assert_eq!(alice.files(&town, post).await[0]["preview_url"], first["preview_url"]);

        let edited = alice.says(post, &sound, &data(&png(50, 20))).await.is(200).json();
        let file = &edited["media_attachments"][0];
        assert_eq!((&file["description"], &file["meta"]["small"]["size"]), (&"The sea".into(), &"50x20".into()));
        assert_ne!(file["preview_url"], first["preview_url"]);
        open(&mut town.anonymous(), &file["preview_url"]).await.is(200);
        open(&mut town.anonymous(), &first["preview_url"]).await.is(404);

        let me = Party::Member(alice.member.account.person());
        let status = statuses::find(&town.app, &me, Way::Page, post).await.unwrap();
        let note = statuses::activity::note(&town.app, &status).unwrap();
        let icon = &note["attachment"][0]["icon"];
        assert_eq!((&icon["type"], &icon["url"]), (&"Image".into(), &file["preview_url"]));
    }

    async fn servers_are_told_a_films_own_first_picture(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let moving = alice.send(&gif(32, 20, 5), &[]).await.is(202).json();
        let moving = alice.ready(&town, &moving).await;
        let still = alice.send(&png(30, 30), &[]).await.is(200).json();
        let post = alice.publish(&town, "Low water", Visibility::Public, &[&moving, &still]).await.unwrap();
        let files = alice.files(&town, post).await;
        let me = Party::Member(alice.member.account.person());
        let status = statuses::find(&town.app, &me, Way::Page, post).await.unwrap();
        let note = statuses::activity::note(&town.app, &status).unwrap();
        let told = &note["attachment"];
        assert_eq!((&told[0]["url"], &told[0]["icon"]["url"]), (&files[0]["url"], &files[0]["preview_url"]));
        let answer = open(&mut town.anonymous(), &told[0]["icon"]["url"]).await.is(200);
        assert_eq!(answer.headers["content-type"].to_str().unwrap(), told[0]["icon"]["mediaType"]);
        assert!(told[1]["icon"].is_null(), "a picture stands for itself");
    }

    async fn what_is_said_of_a_file_outlasts_its_post(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let sent = alice.send(&png(30, 30), &[("description", "Gulls"), ("focus", "0.1,0.2")]).await.is(200).json();
        let post = alice.publish(&town, "Look", Visibility::Public, &[&sent]).await.unwrap();
        alice.says(post, &sent, "").await.is(200);
        // A warning over a picture needs no words, in an edit that leaves the picture out of it, either.
        let edit = serde_json::to_vec(&json!({ "status": "", "spoiler_text": "Birds" })).unwrap();
        let edited = alice.ask(Method::PUT, &format!("/api/v1/statuses/{post}"), "application/json", edit).await.is(200).json();
        assert_eq!((&edited["content"], &edited["spoiler_text"]), (&"".into(), &"Birds".into()));
        statuses::delete(&town.app, alice.member.account.clone(), post).await.unwrap();
        let address = format!("/api/v1/media/{}", id(&sent));
        let now = alice.get(&address).await.is(200).json();
        assert_eq!((&now["description"], &now["meta"]["focus"]["x"]), (&"The sea".into(), &sent["meta"]["focus"]["x"]));
        // Written anew, by apps that send nothing but its number.
        let again = alice.publish(&town, "Look", Visibility::Public, &[&sent]).await.unwrap();
        assert_eq!(alice.files(&town, again).await[0]["description"], "The sea");
    }

    async fn sound_is_called_sound_before_it_is_ready(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let told = alice.send(&wav(), &[]).await.is(202).json();
        assert_eq!(told["type"], "audio");
        assert_eq!(alice.ready(&town, &told).await["type"], "audio");
    }

    async fn pictures_within_an_edit_count_as_files_before_they_are_looked_at(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let sent = alice.send(&wav(), &[]).await.is(202).json();
        let sound = alice.ready(&town, &sent).await;
        let post = alice.publish(&town, "Listen", Visibility::Public, &[&sound]).await.unwrap();
        let mut tried = 0;
        while alice.says(post, &sound, "data:image/png;base64,%%%").await.status == 422 {
            tried += 1;
            assert!(tried < 30, "what cannot be read is not counted");
        }
        alice.says(post, &sound, &data(&png(9, 9))).await.is(429);
        // Words alone are no file.
        alice.says(post, &sound, "").await.is(200);
    }

    async fn attack_24_what_is_no_picture_stands_for_nothing(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let mut mallory = Sender::new(&town, "mallory").await;
        alice.send_with(&jpeg(40, 40), &png(20, 20)).await.is(422);
        for bad in [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(),
            b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec(),
            png_that_says(100_000, 100_000),
            png(300, 300)[..600].to_vec(),
        ] {
            let answer = alice.send_with(&wav(), &bad).await.is(422);
            assert!(answer.json()["error"].as_str().unwrap().len() > 12, "{}", answer.body);
        }
        assert_eq!(stored(&town), 0, "nothing is left of what was refused");

        let sent = alice.send_with(&wav(), &png(30, 30)).await.is(202).json();
        let sound = alice.ready(&town, &sent).await;
        mallory.pictures(&sound, &png(9, 9)).await.is(404);
        let nothing = json!({ "id": "7" });
        mallory.pictures(&nothing, &png(9, 9)).await.is(404);
        let again = alice.get(&format!("/api/v1/media/{}", id(&sound))).await.is(200).json();
        assert_eq!(again["preview_url"], sound["preview_url"]);
    }

    async fn files_go_at_once_with_a_post_where_that_is_asked(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let picture = alice.picture().await;
        let post = alice.publish(&town, "", Visibility::Public, &[&picture]).await.unwrap();
        let address = format!("/api/v1/statuses/{post}");
        alice.ask(Method::DELETE, &address, "text/plain", Vec::new()).await.is(200);
        // Kept, for writing it anew.
        let post = alice.publish(&town, "anew", Visibility::Public, &[&picture]).await.unwrap();
        let url = alice.files(&town, post).await[0]["url"].clone();
        let address = format!("/api/v1/statuses/{post}?delete_media=true");
        let told = alice.ask(Method::DELETE, &address, "text/plain", Vec::new()).await.is(200).json();
        assert_eq!(told["media_attachments"][0]["id"], picture["id"]);
        assert!(alice.publish(&town, "once more", Visibility::Public, &[&picture]).await.is_err());
        alice.get(&format!("/api/v1/media/{}", id(&picture))).await.is(404);
        open(&mut town.anonymous(), &url).await.is(404);
        comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap();
        assert_eq!(stored(&town), 0);
    }

    async fn pictures_that_move_go_on_moving(town) {
        let mut alice = Sender::new(&town, "alice").await;
        for (what, bytes) in [("PNG", apng(32, 20, 3)), ("WebP", moving_webp(32, 20, 3)), ("GIF", gif(32, 20, 3))] {
            let told = alice.send(&bytes, &[]).await.is(202).json();
            let told = alice.ready(&town, &told).await;
            assert_eq!((&told["type"], &told["meta"]["original"]["size"]), (&"gifv".into(), &"32x20".into()), "{what}");
        }
        // It says that it moves, and has one picture.
        let told = alice.send(&apng(32, 20, 1), &[]).await.is(202).json();
        assert_eq!(alice.ready(&town, &told).await["type"], "image");
        // It promises more than it holds, and more than is taken.
        let mut short = apng(32, 20, 3);
        short.truncate(short.len() / 2);
        let told = alice.send(&short, &[]).await.is(202).json();
        assert!(comity::media::work_once(&town.app).await.unwrap());
        let answer = alice.get(&format!("/api/v1/media/{}", id(&told))).await;
        assert!(matches!(answer.status.as_u16(), 200 | 422), "{}", answer.body);
    }

    async fn what_a_crash_left_is_swept_and_nothing_else(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let sent = alice.send_with(&wav(), &png(30, 30)).await.is(202).json();
        let waiting = alice.send(&wav(), &[]).await.is(202).json();
        let sound = alice.ready(&town, &sent).await;
        let media = town.app.config.data_dir.join("media");
        let key = format!("ab{}", "x".repeat(41));
        let stray = |name: &str| {
            let path = media.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "left").unwrap();
            path
        };
        let old = [stray(&format!("files/ab/{key}.original")), stray(&format!("files/ab/{key}.small")), stray(&format!("incoming/{key}"))];
        let others = [stray("files/ab/notes.txt"), stray("incoming/notes.txt")];
        let young = stray(&format!("files/ab/abz{}.small", "x".repeat(40)));
        let now_s = u64::try_from(town.clock.now_ms() / 1000).unwrap();
        let age = |path: &std::path::Path, hours: u64| {
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(now_s - hours * 3_600);
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified(at).unwrap();
        };
        for path in walk(&media) {
            age(&path, 48);
        }
        age(&young, 23);
        // Its own mark is made first, and has to be as old.
        comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap();
        let marks = walk(&media.join("installations"));
        assert_eq!(marks.len(), 1);
        age(&marks[0], 1);
        sweep(&town).await;
        assert!(old.iter().all(|path| path.exists()), "the mark is young");
        age(&marks[0], 48);
        // Where another installation keeps its files, nothing is a stray.
        let other = stray(&format!("installations/{}", "y".repeat(43)));
        sweep(&town).await;
        assert!(old.iter().all(|path| path.exists()), "they may be the other's");
        std::fs::remove_file(other).unwrap();
        sweep(&town).await;
        for path in old {
            assert!(!path.exists(), "{}", path.display());
        }
        for path in others.iter().chain([&young]) {
            assert!(path.exists(), "{}", path.display());
        }
        open(&mut town.anonymous(), &sound["url"]).await.is(200);
        open(&mut town.anonymous(), &sound["preview_url"]).await.is(200);
        assert_eq!(alice.ready(&town, &waiting).await["type"], "audio");
    }
}

#[tokio::test]
async fn a_picture_that_is_too_large_stands_for_nothing() {
    let settings = "[media]\nlargest_picture_mb = 1\nlargest_film_mb = 3\n";
    let town = Town::with(comity_db::testing::Engine::Sqlite, settings).await;
    let mut alice = Sender::new(&town, "alice").await;
    let mut large = png(20, 20);
    large.resize(2 << 20, 0);
    let answer = alice.send_with(&wav(), &large).await.is(422);
    let told = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(told.contains("more than 1 MiB"), "{told}");
    assert_eq!(stored(&town), 0);
}

coast_test! {
    async fn l44_the_picture_of_a_film_for_followers_is_for_whom_it_was_told_while_they_follow(coast) {
        let mut dora = Sender::new(&coast.town, "dora").await;
        coast.follows("open", "rita", &dora.member).await;
        coast.is_idle().await;
        let film = dora.send_to("/api/v1/media", &gif(32, 20, 5), &[]).await.is(200).json();
        let post = dora.publish(&coast.town, "Low water", Visibility::Private, &[&film]).await.unwrap();
        coast.is_idle().await;
        let [rita, nora, server] = ["rita", "nora", "actor"].map(|name| coast.peer.iri("open", name));
        let lena = coast.peer.iri("kept", "lena");
        let note = format!("/users/dora/statuses/{post}");
        let sent = coast.got("open", "Create").pop().unwrap()["object"].clone();
        let fetched = coast.signed(&rita, Method::GET, &note, "").await.is(200).json();
        for told in [&sent, &fetched] {
            let icon = &told["attachment"][0]["icon"];
            let picture = coast.opens(&icon["url"]).await.is(200);
            assert_eq!(picture.headers["content-type"].to_str().unwrap(), icon["mediaType"]);
            assert!(picture.headers["cache-control"].to_str().unwrap().starts_with("private"));
        }
        // Nobody else is told where it is: not who follows nobody here, not the server itself, not another server.
        assert!(coast.got("kept", "Create").is_empty());
        for by in [&nora, &server, &lena] {
            coast.signed(by, Method::GET, &note, "").await.is(404);
        }
        // Its address is good as a whole and for nothing else, whoever signs the request.
        let icon = &fetched["attachment"][0]["icon"]["url"];
        let (picture, film) = (coast.path(icon), coast.path(&fetched["attachment"][0]["url"]));
        let ((bare, leave), (film, _)) = (picture.split_once('?').unwrap(), film.split_once('?').unwrap());
        for by in [&rita, &nora, &server, &lena] {
            coast.signed(by, Method::GET, bare, "").await.is(404);
            coast.signed(by, Method::GET, &format!("{film}?{leave}"), "").await.is(404);
        }
        // Asked of the gate each time.
        let dora = &dora.member.account;
        let follow = json!({ "id": format!("{rita}#follow-{}", dora.id), "type": "Follow", "actor": rita, "object": dora.iri.as_str() });
        coast.brings(&json!({ "type": "Undo", "id": format!("{rita}#leaves"), "actor": rita, "object": follow })).await;
        coast.opens(icon).await.is(404);
        coast.signed(&rita, Method::GET, &note, "").await.is(404);
    }
}
