//! Files: some are planted, each with the words of a post or of a profile; and every address of one that an answer gave is
//! asked, to see who gets what by it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity::clock::{Clock, DAY_MS};
use comity::router::{ROUTES, Route};
use comity::serve;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::cast::{Cast, ELSEWHERE, number, word};
use super::{Crawl, VIEWERS, words_in};
use crate::acts::Post;
use crate::emojis;
use crate::kept::App;
use crate::media::files::{jpeg, part, png};
use crate::town::Answer;

/// A film, as far as its first bytes say.
const FILM: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41";

/// With this begin their paths.
const FOLDER: &str = "/media/";

/// Longer than an address lasts that is for one reader, here or elsewhere.
const LATER_MS: i64 = 15 * DAY_MS;

impl Cast {
    /// Serves a picture elsewhere.
    pub(super) fn puts_picture(&self, url: &str, bytes: &[u8]) {
        let picture = json!({ "id": url, "bytes": STANDARD.encode(bytes) });
        self.peer.serves(&picture);
    }

    /// Serves one of Rita's; its address.
    fn ritas(&self, name: &str, bytes: &[u8]) -> String {
        let url = format!("{}/{name}", self.peer.iri("open", "rita"));
        self.puts_picture(&url, bytes);
        url
    }

    /// Rita has a picture of herself, before anybody here looks at her.
    pub(super) fn rita_has_a_face(&self) {
        let url = self.ritas("face.png", &png(300, 300));
        let mut person = self.peer.person("open", "rita");
        person["icon"] = json!({ "type": "Image", "mediaType": "image/png", "url": url });
        self.peer.serves(&person);
    }

    /// What Rita says comes with a picture and a film that are described by the same words, and with an emoji.
    pub(super) fn brings_files(&self, said: &mut Value, words: &str) {
        let picture = self.ritas("low-water.png", &png(60, 40));
        let film = self.ritas("high-water.mp4", FILM);
        let blob = self.ritas("blob.png", &png(30, 30));
        let note = &mut said["object"];
        note["content"] = json!(format!("<p>{words} :blob:</p>"));
        note["attachment"] = json!([
            { "type": "Document", "mediaType": "image/png", "url": picture, "name": words },
            { "type": "Document", "mediaType": "video/mp4", "url": film, "name": words },
        ]);
        let tags = note["tag"].as_array_mut().unwrap();
        tags.push(emojis::tag("blob", &blob));
    }

    /// The author's: a face with an emoji beside it, a picture under a public post and one under a post for followers, each
    /// described by the words of its post, and one that no post has yet, described by those of a draft.
    pub(super) async fn shows_files(&mut self, public: &Post, private: &Post) {
        emojis::with_emoji(&self.town, "wave").await;
        let here = self.town.community();
        let all = comity::emojis::list(&self.town.app, &here).await.unwrap();
        self.keeps("emoji", all[0].id);
        let mut app = App::of(&self.town, self.members.get_mut("author").unwrap()).await;
        let faces = [
            part("avatar", Some("me.png"), &png(300, 300)),
            part("header", Some("sea.png"), &png(900, 300)),
        ];
        let at = "/api/v1/accounts/update_credentials";
        let me = sends(&mut app, Method::PATCH, at, &faces).await;
        for which in ["avatar", "header"] {
            self.files.push(("bio", folder(&me[which])));
        }
        self.town.wait_s(60);
        for (post, name, width) in [(public, "public", 64), (private, "private", 72)] {
            let picture = uploads(&mut app, width, &word(name)).await;
            let edit = json!({ "status": word(name), "media_ids": [picture["id"]] });
            let at = format!("/api/v1/statuses/{}", post.id);
            app.put(&at, &edit).await.is(200);
            self.files.push((name, folder(&picture["url"])));
        }
        let loose = uploads(&mut app, 80, &word("draft")).await;
        self.files.push(("draft", folder(&loose["url"])));
        self.keeps("file", number(&loose));
    }
}

/// Sends a form with files.
async fn sends(app: &mut App, method: Method, path: &str, parts: &[Vec<u8>]) -> Value {
    let mut body = parts.concat();
    body.extend(b"--form--\r\n");
    let token = format!("Bearer {}", app.token);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "multipart/form-data; boundary=form"),
    ];
    let sent = app.browser.send_bytes(method, path, &headers, body);
    sent.await.is(200).json()
}

/// A picture that is ready, with this description.
async fn uploads(app: &mut App, width: u32, description: &str) -> Value {
    let parts = [
        part("description", None, description.as_bytes()),
        part("file", Some("boat.jpg"), &jpeg(width, 48)),
    ];
    sends(app, Method::POST, "/api/v2/media", &parts).await
}

/// The beginning that all addresses of this file have, and no others.
fn folder(address: &Value) -> String {
    let address = address.as_str().unwrap();
    let at = address.find(FOLDER).expect("it is no file of ours");
    let key = address[at..].split('/').nth(2).unwrap();
    format!("{FOLDER}{key}/")
}

/// Adds the addresses of files that stand in this text, on a page or in JSON, to what whoever reads it was given.
pub fn note(given: &mut BTreeMap<String, BTreeSet<&'static str>>, by: &'static str, text: &str) {
    for (at, _) in text.match_indices(FOLDER) {
        let rest = &text[at..];
        let ends = |letter: char| letter.is_whitespace() || "\"'<>\\)".contains(letter);
        let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let path = address.split('?').next().unwrap_or_default();
        // What is below one folder alone is a number of the API, and what has no name a folder that programs are kept from.
        if path.matches('/').count() < 3 || path.ends_with('/') {
            continue;
        }
        // Most are known already.
        if let Some(readers) = given.get_mut(address) {
            readers.insert(by);
            continue;
        }
        let address = address.replace("&#38;", "&").replace("&amp;", "&");
        given.entry(address).or_default().insert(by);
    }
}

/// The account or the visitors for whom this address was made; `None` for everybody's.
fn signed_for(address: &str) -> Option<i64> {
    let (_, query) = address.split_once('?')?;
    let mut fields = form_urlencoded::parse(query.as_bytes());
    let (_, by) = fields.find(|(name, _)| name == "by")?;
    by.parse().ok()
}

/// Which route this path is of: of several the one of which more is written out.
fn route_of(path: &str) -> Option<&'static Route> {
    let is_part = |(wanted, part): (&str, &str)| wanted.starts_with('{') || wanted == part;
    let is_it = |route: &&Route| {
        let (wanted, parts) = (route.path.split('/'), path.split('/'));
        route.method == "GET"
            && wanted.clone().count() == parts.clone().count()
            && wanted.zip(parts).all(is_part)
    };
    let found = ROUTES.iter().filter(is_it);
    found.min_by_key(|route| route.path.matches('{').count())
}

/// Asks for every file whose address was given. By it whoever was given it gets the file; an address that was made for them
/// names them, leads nobody anywhere who has less than the whole of it or another name in it, and ends.
pub(super) async fn fetched(cast: &Cast, crawl: &mut Crawl) {
    let later = Clock::held(cast.town.app.now_ms() + LATER_MS);
    let (db, config) = (cast.town.app.db.clone(), cast.town.app.config.clone());
    let later = Box::pin(serve::start_on(db, config, later)).await.unwrap();
    let mut later = cast.browser("stranger").at_node(&later);
    let mut stranger = cast.browser("stranger");
    let given = std::mem::take(&mut crawl.given);
    let (mut open, mut signed) = (0, 0);
    for (address, readers) in &given {
        let path = address.split('?').next().unwrap_or_default();
        let Some(route) = route_of(path) else {
            crawl.wrong.insert(format!("{address} is of no route"));
            continue;
        };
        let reader = VIEWERS.into_iter().find(|viewer| readers.contains(viewer));
        let mut browser = cast.browser(reader.unwrap_or("visitor"));
        let answer = browser.send(Method::GET, address, &[], "").await;
        crawl.walked(route, answer.status);
        if !is_file(&answer) {
            let told = format!("{readers:?} were given {address}: {}", answer.status);
            crawl.wrong.insert(told);
        }
        let Some(by) = signed_for(address) else {
            open += 1;
            if !is_file(&later.send(Method::GET, address, &[], "").await) {
                crawl.wrong.insert(format!("{address} ended"));
            }
            continue;
        };
        signed += 1;
        for reader in readers {
            if cast.readers.get(reader).is_some_and(|id| *id != by) {
                let told = format!("{reader} was given {address}, which is made for others");
                crawl.wrong.insert(told);
            }
        }
        let author = cast.readers["author"];
        let other = if by == author {
            cast.readers["follower"]
        } else {
            author
        };
        let others = address.replace(&format!("by={by}&"), &format!("by={other}&"));
        let longer = address.replace("&until=", "&until=9");
        // Whoever edits a public post is given the picture under it by an address of their own as well.
        let bare = (!given.contains_key(path)).then_some(path);
        for wrong in bare.into_iter().chain([others.as_str(), longer.as_str()]) {
            let answer = stranger.send(Method::GET, wrong, &[], "").await;
            if answer.status != StatusCode::NOT_FOUND {
                let told = format!("anybody gets {wrong}: {}", answer.status);
                crawl.wrong.insert(told);
            }
        }
        let answer = later.send(Method::GET, address, &[], "").await;
        if answer.status != StatusCode::NOT_FOUND {
            crawl.wrong.insert(format!("{address} does not end"));
        }
    }
    assert!(open > 3, "only {open} addresses are for everybody");
    assert!(signed > 40, "only {signed} addresses are for one reader");
    for (name, folder) in &cast.files {
        for reader in VIEWERS.into_iter().chain(ELSEWHERE.map(|(_, name)| name)) {
            let of_it = |(address, readers): (&String, &BTreeSet<&'static str>)| {
                address.starts_with(folder.as_str()) && readers.contains(reader)
            };
            let is_given = given.iter().any(of_it);
            if is_given != crawl.reads(reader, name) {
                let how = if is_given { "is given" } else { "is not given" };
                let told = format!("{reader} {how} the files of {name} in {folder}");
                crawl.wrong.insert(told);
            }
        }
    }
}

/// Whether it is a picture or the film, and nothing that anybody wrote.
fn is_file(answer: &Answer) -> bool {
    let kind = answer.headers.get("content-type");
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_picture =
        || kind.starts_with("image/") && image::load_from_memory(&answer.bytes).is_ok();
    answer.status == StatusCode::OK
        && (is_picture() || (kind == "video/mp4" && answer.bytes == FILM))
        && words_in(&answer.body).is_empty()
}
