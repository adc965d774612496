//! Pictures and other files: put here, shown to whom they are for, and nothing that a file could do.

mod avif;
mod composed;
mod disguised;
pub mod files;
mod films;
mod foreign;
mod hostile;
mod posters;
mod remote;
mod shelf;
mod sounds;
mod studio;

use comity::media::Attaching;
use comity::statuses::{self, Draft, Terms};
use comity_db::{params, sql};
use comity_policy::Party;
use comity_vocab::Visibility;
use http::Method;
use serde_json::{Value, json};

use crate::oauth::Registered;
use crate::town::{Answer, Browser, Member, PASSWORD, Town};
use crate::town_test;
use files::{jpeg, part, photo_with_notes, png};

/// A member's app that may put files here.
pub struct Sender {
    pub member: Member,
    app: Registered,
    token: String,
}

impl Sender {
    pub async fn new(town: &Town, name: &str) -> Sender {
        let mut member = town.member(name).await;
        let mut app = Registered::new(town, "read write").await;
        let token = app.let_in(&mut member, "read write").await;
        Sender { member, app, token }
    }

    /// Signs in anew, and lets the app in again.
    pub async fn comes_back(&mut self, town: &Town) {
        let name = self.member.account.username.clone();
        let mut browser = town.anonymous();
        let form = [("name", name.as_str()), ("password", PASSWORD)];
        browser.post("/sign-in", &form).await.is(303);
        self.token = self.app.let_in(&mut browser, "read write").await;
    }

    /// Sends a file as this name and type, which say nothing.
    pub async fn send(&mut self, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
        self.send_to("/api/v2/media", bytes, fields).await
    }

    /// The same at another address.
    pub async fn send_to(&mut self, path: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(part(name, None, value.as_bytes()));
        }
        body.extend(part("file", Some("cat.png"), bytes));
        body.extend(b"--form--\r\n");
        self.ask(
            Method::POST,
            path,
            "multipart/form-data; boundary=form",
            body,
        )
        .await
    }

    pub async fn ask(&mut self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let header = format!("Bearer {}", self.token);
        let headers = [("authorization", header.as_str()), ("content-type", kind)];
        self.app
            .browser
            .send_bytes(method, path, &headers, body)
            .await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, "text/plain", Vec::new()).await
    }

    /// A picture that is ready.
    pub async fn picture(&mut self) -> Value {
        self.send(&jpeg(64, 48), &[("description", "A boat")])
            .await
            .is(200)
            .json()
    }

    pub async fn publish(
        &self,
        town: &Town,
        text: &str,
        visibility: Visibility,
        media: &[&Value],
    ) -> comity::error::Result<i64> {
        let draft = Draft {
            poll: comity::polls::Wish::AsItIs,
            once: None,
            written_with: None,
            format: comity::text::Format::Plain,
            text: text.to_owned(),
            spoiler_text: String::new(),
            visibility,
            in_reply_to_id: None,
            quote_id: None,
            language: None,
            sensitive: false,
            tell: None,
            terms: Terms::default(),
            media: Attaching {
                ids: Some(media.iter().map(|media| id(media)).collect()),
                said: Vec::new(),
            },
        };
        let author = self.member.account.clone();
        let status = statuses::publish(&town.app, &town.community(), author, draft).await?;
        Ok(status.id)
    }

    /// What the files of this post are to this member's app.
    pub async fn files(&self, town: &Town, status: i64) -> Vec<Value> {
        files_for(town, &Party::Member(self.member.account.person()), status).await
    }
}

pub async fn files_for(town: &Town, party: &Party, status: i64) -> Vec<Value> {
    let way = comity_policy::Way::Page;
    let status = statuses::find(&town.app, party, way, status).await.unwrap();
    comity::media::entity::attachments(&town.app, &status)
}

fn id(media: &Value) -> i64 {
    media["id"].as_str().unwrap().parse().unwrap()
}

/// The path of an address of ours.
pub fn path(address: &Value) -> String {
    let address = address.as_str().unwrap();
    address
        .strip_prefix("https://harbour.example")
        .unwrap()
        .to_owned()
}

async fn open(browser: &mut Browser, address: &Value) -> Answer {
    browser.send(Method::GET, &path(address), &[], "").await
}

town_test! {
    async fn a_scheduled_post_shows_its_files_and_that_it_is_local(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let (boat, gull) = (alice.picture().await, alice.picture().await);
        let at = jiff::Timestamp::from_millisecond(town.app.now_ms() + 3_600_000).unwrap();
        let body = serde_json::json!({
            "status": "Later", "media_ids": [id(&gull), id(&boat)], "visibility": "local", "scheduled_at": at.to_string(),
        });
        let json = "application/json";
        let waits = alice.ask(Method::POST, "/api/v1/statuses", json, body.to_string().into_bytes()).await.is(200).json();
        assert_eq!(waits["media_attachments"], serde_json::json!([gull, boat]));
        assert_eq!((&waits["params"]["visibility"], &waits["params"]["local_only"]), (&"unlisted".into(), &true.into()));
        let all = alice.get("/api/v1/scheduled_statuses").await.is(200).json();
        assert_eq!(all[0]["media_attachments"], waits["media_attachments"]);
        let one = alice.get(&format!("/api/v1/scheduled_statuses/{}", id(&waits))).await.is(200).json();
        assert_eq!(one, waits);
}

    async fn a_picture_and_a_topic_are_found_below_many_posts_without(town) {
        let mut sender = Sender::new(&town, "alice").await;
        let picture = sender.picture().await;
        let shown = sender.publish(&town, "A boat at #dusk", Visibility::Public, &[&picture]).await.unwrap();
        town.wait_s(1);
        let quiet = sender.publish(&town, "At #dusk, quietly", Visibility::Unlisted, &[]).await.unwrap();
        for number in 0..120 {
            town.wait_s(1);
            sender.publish(&town, &format!("#tide number {number}"), Visibility::Public, &[]).await.unwrap();
        }
        let of = format!("accounts/{}/statuses", sender.member.account.id);
        for (list, wanted) in [
            (format!("{of}?only_media=true"), Some(shown)),
            (format!("{of}?only_media=true&exclude_replies=true&exclude_reblogs=true"), Some(shown)),
            (format!("{of}?tagged=Dusk"), Some(quiet)),
            (format!("{of}?tagged=dusk&only_media=true"), Some(shown)),
            (format!("{of}?tagged=dawn"), None),
            ("timelines/public?only_media=true".to_owned(), Some(shown)),
            ("timelines/public?local=true&only_media=true".to_owned(), Some(shown)),
            ("timelines/public?remote=true".to_owned(), None),
            ("timelines/public?remote=true&only_media=true".to_owned(), None),
            ("timelines/tag/tide?any[]=dusk&all[]=dusk".to_owned(), Some(shown)),
            ("timelines/tag/tide?any[]=dusk&none[]=Tide".to_owned(), Some(shown)),
            ("timelines/tag/tide?any[]=dusk&only_media=true&local=true".to_owned(), Some(shown)),
            ("timelines/tag/tide?all[]=dusk".to_owned(), None),
            ("timelines/tag/tide?local=true&remote=true".to_owned(), None),
        ] {
            let told = sender.get(&format!("/api/v1/{list}&limit=1")).await.is(200).json();
            let ids: Vec<i64> = told.as_array().unwrap().iter().map(id).collect();
            assert_eq!(ids, wanted.into_iter().collect::<Vec<i64>>(), "{list}");
        }
        let all = sender.get("/api/v1/timelines/tag/dusk?any[]=tide&limit=40").await.is(200).json();
        assert_eq!(all.as_array().unwrap().len(), 40);
        let many = "all[]=tide&".repeat(9);
        sender.get(&format!("/api/v1/timelines/tag/tide?{many}")).await.is(422);
    }

    async fn a_picture_is_put_here_and_read_back(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let fields = [("description", " A boat "), ("focus", "0.5,-0.25")];
        let told = alice.send(&jpeg(1600, 1200), &fields).await.is(200).json();
        assert_eq!(told["type"], "image");
        assert_eq!(told["description"], "A boat");
        assert_eq!(told["meta"]["original"]["size"], "1600x1200");
        assert_eq!(told["meta"]["small"]["width"], 554);
        assert_eq!(told["meta"]["focus"]["x"], 0.5);
        assert!(told["blurhash"].as_str().unwrap().len() > 10);
        let again = alice.get(&format!("/api/v1/media/{}", id(&told))).await.is(200).json();
        assert_eq!(again, told);
        let form = "application/x-www-form-urlencoded";
        let address = format!("/api/v1/media/{}", id(&told));
        let changed = alice.ask(Method::PUT, &address, form, b"description=Two+boats".to_vec()).await.is(200).json();
        assert_eq!((&changed["description"], &changed["meta"]["focus"]["y"]), (&"Two boats".into(), &(-0.25).into()));
        let too_far = alice.ask(Method::PUT, &address, form, b"focus=2,0".to_vec()).await.is(422);
        assert!(too_far.json()["error"].as_str().unwrap().contains("from -1 to 1"));
        // Its owner sees it; nobody else does.
        let answer = open(&mut town.anonymous(), &told["url"]).await.is(200);
        assert_eq!(answer.headers["content-type"], "image/jpeg");
        let bare = path(&told["url"]).split('?').next().unwrap().to_owned();
        town.anonymous().get(&bare).await.is(404);
        alice.ask(Method::DELETE, &address, form, Vec::new()).await.is(200);
        alice.get(&address).await.is(404);
        open(&mut town.anonymous(), &told["url"]).await.is(404);
    }

    async fn attack_18_others_files_are_nobodys_by_their_number(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let mut mallory = Sender::new(&town, "mallory").await;
        let hers = alice.picture().await;
        let address = format!("/api/v1/media/{}", id(&hers));
        let form = "application/x-www-form-urlencoded";
        for (method, body) in [(Method::GET, ""), (Method::PUT, "description=mine"), (Method::DELETE, "")] {
            let theirs = mallory.ask(method.clone(), &address, form, body.into()).await.is(404);
            let nothing = mallory.ask(method, "/api/v1/media/7", form, body.into()).await.is(404);
            assert_eq!(theirs.body, nothing.body);
        }
        let said = |tried: comity::error::Result<i64>| tried.unwrap_err().to_string();
        let nobodys = serde_json::json!({ "id": "7" });
        let stolen = said(mallory.publish(&town, "mine", Visibility::Public, &[&hers]).await);
        assert_eq!(stolen, said(mallory.publish(&town, "mine", Visibility::Public, &[&nobodys]).await));
        // Nor twice by its owner.
        alice.publish(&town, "", Visibility::Public, &[&hers]).await.unwrap();
        assert_eq!(stolen, said(alice.publish(&town, "again", Visibility::Public, &[&hers]).await));
        assert_eq!(alice.picture().await["description"], "A boat");
    }

    async fn files_of_a_public_post_are_for_everybody_and_inert(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let picture = alice.picture().await;
        let post = alice.publish(&town, "", Visibility::Public, &[&picture]).await.unwrap();
        let files = alice.files(&town, post).await;
        assert_eq!(files[0]["id"], picture["id"]);
        let url = path(&files[0]["url"]);
        assert!(!url.contains('?'), "{url}");
        let answer = open(&mut town.anonymous(), &files[0]["url"]).await.is(200);
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "image/jpeg");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("access-control-allow-origin"), "*");
        assert!(header("content-security-policy").contains("sandbox"));
        assert!(header("cache-control").contains("immutable"));
        let whole = answer.bytes.clone();
        let part = town.anonymous().send(Method::GET, &url, &[("range", "bytes=2-5")], "").await.is(206);
        assert_eq!(part.bytes, whole[2..6]);
        assert_eq!(part.headers["content-range"], format!("bytes 2-5/{}", whole.len()));
        town.anonymous().send(Method::GET, &url, &[("range", "bytes=9999999-")], "").await.is(416);
        let tag = header("etag");
        town.anonymous().send(Method::GET, &url, &[("if-none-match", &tag)], "").await.is(304);
        for wrong in [url.replace("original.jpg", "original.png"), url.replace("original.jpg", "small.png"), url.replace("/original", "/../original")] {
            assert_eq!(town.anonymous().get(&wrong).await.status.as_u16(), 404, "{wrong}");
        }
    }

    async fn l44_files_of_a_private_post_are_for_those_who_see_it_and_for_a_while(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let mut bob = Sender::new(&town, "bob").await;
        bob.member.post(&format!("/accounts/{}/follow", alice.member.account.id), &[]).await.is(303);
        let picture = alice.picture().await;
        let post = alice.publish(&town, "low water", Visibility::Private, &[&picture]).await.unwrap();
        let file = bob.files(&town, post).await.remove(0);
        let his = path(&file["url"]);
        let opened = town.anonymous().get(&his).await.is(200);
        assert!(opened.headers["cache-control"].to_str().unwrap().starts_with("private"));
        // Made for him, and for nobody else, and for no other file.
        town.anonymous().get(his.split('?').next().unwrap()).await.is(404);
        let hers = alice.member.account.id;
        town.anonymous().get(&his.replace(&format!("by={}", bob.member.account.id), &format!("by={hers}"))).await.is(404);
        town.anonymous().get(&his.replace("original", "small")).await.is(404);
        town.anonymous().get(&his.replace("until=", "until=9")).await.is(404);
        // Asked of the gate each time.
        bob.member.post(&format!("/accounts/{hers}/unfollow"), &[]).await.is(303);
        town.anonymous().get(&his).await.is(404);
        bob.member.post(&format!("/accounts/{hers}/follow"), &[]).await.is(303);
        town.anonymous().get(&his).await.is(200);
        town.wait_s(3 * 3_600);
        town.anonymous().get(&his).await.is(404);
        let fresh = bob.files(&town, post).await.remove(0);
        open(&mut town.anonymous(), &fresh["url"]).await.is(200);
    }

    async fn files_go_with_their_post(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let picture = alice.picture().await;
        let post = alice.publish(&town, "", Visibility::Public, &[&picture]).await.unwrap();
        let url = alice.files(&town, post).await[0]["url"].clone();
        open(&mut town.anonymous(), &url).await.is(200);
        statuses::delete(&town.app, alice.member.account.clone(), post).await.unwrap();
        open(&mut town.anonymous(), &url).await.is(404);
        // Written anew, it takes them along.
        let post = alice.publish(&town, "anew", Visibility::Public, &[&picture]).await.unwrap();
        open(&mut town.anonymous(), &url).await.is(200);
        statuses::delete(&town.app, alice.member.account.clone(), post).await.unwrap();
        town.wait_s(2 * 3_600);
        assert_eq!(comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap(), 1);
        alice.get(&format!("/api/v1/media/{}", id(&picture))).await.is(404);
        let loose = alice.picture().await;
        town.wait_s(23 * 3_600);
        assert_eq!(comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap(), 0);
        town.wait_s(2 * 3_600);
        assert_eq!(comity::media::forget_old(&town.app, town.clock.now_ms(), 100).await.unwrap(), 1);
        alice.get(&format!("/api/v1/media/{}", id(&loose))).await.is(404);
        let left = walk(&town.app.config.data_dir.join("media"));
        assert!(left.is_empty(), "{left:?}");
    }

    async fn an_edit_changes_files_and_what_is_said_of_them(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let (one, two) = (alice.picture().await, alice.picture().await);
        let post = alice.publish(&town, "two boats", Visibility::Public, &[&one, &two]).await.unwrap();
        let edit = async |text: &str, media: Attaching| {
            let draft = Draft {
                poll: comity::polls::Wish::AsItIs,
                once: None,
                written_with: None,
                format: comity::text::Format::Plain,
                text: text.to_owned(),
                spoiler_text: String::new(),
                visibility: Visibility::Public,
                in_reply_to_id: None,
                quote_id: None,
                language: None,
                sensitive: false,
                tell: None,
                terms: Terms::default(),
                media,
            };
            statuses::edit(&town.app, &town.community(), alice.member.account.clone(), post, draft).await.map(|status| status.edited_at)
        };
        town.wait_s(1);
        edit("two boats", Attaching::default()).await.unwrap();
        assert_eq!(alice.files(&town, post).await.len(), 2);
        let saying = comity::media::Saying { description: Some("A ferry".to_owned()), focus: Some((1.0, 0.0)), poster: None };
        let media = Attaching { ids: Some(vec![id(&two), id(&one)]), said: vec![(id(&two), saying)] };
        assert!(edit("two boats", media).await.unwrap().is_some(), "what is said of a file is an edit");
        let files = alice.files(&town, post).await;
        assert_eq!((&files[0]["id"], &files[0]["description"]), (&two["id"], &"A ferry".into()));
        assert_eq!(files[1]["id"], one["id"]);
        town.wait_s(1);
        edit("", Attaching { ids: Some(vec![id(&two)]), said: Vec::new() }).await.unwrap();
        assert_eq!(alice.files(&town, post).await.len(), 1);
        open(&mut town.anonymous(), &files[1]["url"]).await.is(404);
        assert!(edit("", Attaching { ids: Some(Vec::new()), said: Vec::new() }).await.is_err(), "nothing is left of it");
    }

    async fn each_version_tells_the_files_that_it_had(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let (one, two) = (alice.picture().await, alice.picture().await);
        let post = alice.publish(&town, "Two boats", Visibility::Public, &[&one, &two]).await.unwrap();
        let address = format!("/api/v1/statuses/{post}");
        let ferry = json!({ "id": two["id"], "description": "A ferry" });
        for edit in [
            json!({ "status": "A boat and a ferry", "media_ids": [one["id"], two["id"]], "media_attributes": [ferry] }),
            json!({ "status": "A ferry", "media_ids": [two["id"]] }),
        ] {
            town.wait_s(1);
            let body = serde_json::to_vec(&edit).unwrap();
            alice.ask(Method::PUT, &address, "application/json", body).await.is(200);
        }
        let path = format!("{address}/history");
        let history = alice.get(&path).await.is(200).json();
        let files = |history: &Value, version: usize| history[version]["media_attachments"].as_array().unwrap().clone();
        let said = |history: &Value, version: usize| -> Vec<Value> {
            files(history, version).iter().map(|file| file["description"].clone()).collect()
        };
        assert_eq!(history.as_array().unwrap().len(), 3);
        assert_eq!(said(&history, 0), ["A boat", "A boat"]);
        assert_eq!(said(&history, 1), ["A boat", "A ferry"]);
        assert_eq!(said(&history, 2), ["A ferry"]);
        // What she took out leads nowhere; what stayed is where it is today.
        let (gone, kept) = (files(&history, 0).remove(0), files(&history, 0).remove(1));
        assert_eq!((&gone["id"], &gone["type"]), (&one["id"], &json!("image")));
        for field in ["url", "preview_url", "remote_url", "blurhash"] {
            assert_eq!(gone[field], Value::Null, "{field}");
        }
        assert_eq!((&kept["id"], &kept["url"]), (&two["id"], &files(&history, 2)[0]["url"]));
        open(&mut town.anonymous(), &kept["url"]).await.is(200);
        // Of a version from before they were kept, today's are told.
        let forget = sql!("UPDATE status_edits SET attachments = NULL WHERE status_id = $1");
        town.app.db.exec(forget, params![post]).await.unwrap();
        let history = alice.get(&path).await.is(200).json();
        assert_eq!(said(&history, 0), ["A ferry"]);
        assert_eq!(history[0]["content"], "<p>Two boats</p>");
    }

    async fn other_servers_get_what_they_may(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let picture = alice.picture().await;
        let post = alice.publish(&town, "", Visibility::Public, &[&picture]).await.unwrap();
        let party = Party::Instance(comity_vocab::Domain::parse("shore.example").unwrap());
        let status = statuses::find(&town.app, &party, comity_policy::Way::Fetch, post).await.unwrap();
        let note = statuses::activity::note(&town.app, &status).unwrap();
        let file = &note["attachment"][0];
        assert_eq!((&file["type"], &file["mediaType"], &file["name"]), (&"Document".into(), &"image/jpeg".into(), &"A boat".into()));
        assert_eq!((&file["width"], &file["height"]), (&64.into(), &48.into()));
        assert_eq!(file["blurhash"], picture["blurhash"]);
        open(&mut town.anonymous(), &file["url"]).await.is(200);
    }

    async fn a_member_sends_so_many_files_and_no_more(town) {
        let mut alice = Sender::new(&town, "alice").await;
        for _ in 0..30 {
            alice.send(b"<svg/>", &[]).await.is(422);
        }
        let answer = alice.send(&png(2, 2), &[]).await.is(429);
        assert!(answer.headers.contains_key("retry-after"));
        let told = ["x-ratelimit-limit", "x-ratelimit-remaining"].map(|name| answer.headers[name].to_str().unwrap());
        assert_eq!(told, ["30", "0"]);
        town.wait_s(120);
        alice.send(&png(2, 2), &[]).await.is(200);
    }

    async fn what_a_camera_notes_is_not_handed_on(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let told = alice.send(&photo_with_notes(60, 40), &[]).await.is(200).json();
        // It lay on its side.
        assert_eq!(told["meta"]["original"]["size"], "40x60");
        for which in ["url", "preview_url"] {
            let answer = open(&mut town.anonymous(), &told[which]).await.is(200);
            for noted in ["Exif", "GPS-52.37N", "a secret comment", "<script>"] {
                let found = answer.bytes.windows(noted.len()).any(|bytes| bytes == noted.as_bytes());
                assert!(!found, "{which} tells {noted}");
            }
        }
    }
}

/// The files in a folder, but for the marks of installations.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.ends_with("installations") {
            continue;
        }
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn files_have_a_host_of_their_own_where_one_is_named() {
    let engine = comity_db::testing::Engine::Sqlite;
    let town = Town::with(engine, "[media]\nhost = \"files.example\"").await;
    let mut alice = Sender::new(&town, "alice").await;
    let told = alice.picture().await;
    let address = told["url"].as_str().unwrap().to_owned();
    let path = address.strip_prefix("https://files.example").unwrap();
    let mut files = town.anonymous().at_host("files.example");
    files.get(path).await.is(200);
    for page in ["/", "/@alice", "/api/v1/media/7", "/assets/style.css"] {
        files.get(page).await.is(404);
    }
    let moved = town.anonymous().get(path).await.is(308);
    assert_eq!(moved.headers["location"], address);
    let page = town.anonymous().get("/about").await.is(200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("img-src 'self' https://files.example data:"),
        "{policy}"
    );
}
