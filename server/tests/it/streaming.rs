//! Streams: who hears what, and when they stop hearing it.

mod ended;

use std::collections::VecDeque;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use comity::streaming::{self, Event};
use comity::{members, oauth, router, serve};
use comity_db::testing::Engine;
use comity_db::{Db, Tx};
use futures_util::{SinkExt, StreamExt};
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tower::ServiceExt;

use crate::emojis::with_emoji;
use crate::oauth::Registered;
use crate::town::{Member, Town};
use crate::{peer, town_test};

const SCOPES: &str = "read write follow push profile";
/// Longer than anything takes that comes at all.
const SOON: Duration = Duration::from_secs(10);

/// Where nothing comes for so long, nothing more comes of what was announced.
pub const QUIET: Duration = Duration::from_millis(500);

/// Events come in until this is dropped.
pub async fn tune(app: &comity::app::App) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(streaming::run(app.clone(), stopped));
    for _ in 0..500 {
        if app.streams.is_open() {
            return stop;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no events come in");
}

/// Somebody who listens by server-sent events.
pub struct Ear {
    body: Body,
    text: String,
    came: VecDeque<(String, String)>,
}

impl Ear {
    /// Listens, or gives the status that came instead.
    pub async fn open(router: &Router, host: &str, path: &str, token: &str) -> Result<Ear, u16> {
        let mut request = Request::builder()
            .uri(format!("/api/v1/streaming/{path}"))
            .header("host", host);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        if response.status() != 200 {
            return Err(response.status().as_u16());
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"));
        Ok(Ear {
            body: response.into_body(),
            text: String::new(),
            came: VecDeque::new(),
        })
    }

    /// What happens next, with its payload; `None` at the end.
    pub async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some(next) = self.came.pop_front() {
                return Some(next);
            }
            let frame = tokio::time::timeout(SOON, self.body.frame())
                .await
                .expect("something comes, if only the end")?;
            self.text
                .push_str(std::str::from_utf8(frame.unwrap().data_ref().unwrap()).unwrap());
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                if !block.starts_with(':') {
                    let (event, data) = block.split_once('\n').unwrap();
                    let event = event.strip_prefix("event: ").unwrap();
                    let data = data.strip_prefix("data: ").unwrap();
                    self.came.push_back((event.to_owned(), data.to_owned()));
                }
                let rest = rest.to_owned();
                self.text = rest;
            }
        }
    }

    /// What comes until nothing has come for a moment.
    pub async fn rest(&mut self) -> Vec<(String, String)> {
        let mut heard = Vec::new();
        while let Ok(Some(next)) = tokio::time::timeout(QUIET, self.next()).await {
            heard.push(next);
        }
        heard
    }

    /// Everything up to what contains this word.
    pub async fn until(&mut self, word: &str) -> Vec<(String, String)> {
        let mut heard = Vec::new();
        loop {
            let next = self.next().await.expect("the stream goes on");
            let is_last = next.1.contains(word) || next.0 == word;
            heard.push(next);
            if is_last {
                return heard;
            }
        }
    }
}

/// A town whose streams are open.
struct Studio {
    town: Town,
    router: Router,
    _on: watch::Sender<bool>,
}

impl Studio {
    async fn of(town: Town) -> Studio {
        Studio {
            router: router::build(&town.app),
            _on: tune(&town.app).await,
            town,
        }
    }

    async fn token(&self, member: &mut Member, scopes: &str) -> String {
        let mut app = Registered::new(&self.town, scopes).await;
        app.let_in(&mut member.browser, scopes).await
    }

    async fn try_ear(&self, path: &str, token: &str) -> Result<Ear, u16> {
        let host = self.town.community().domain.to_string();
        Ear::open(&self.router, &host, path, token).await
    }

    async fn ear(&self, path: &str, token: &str) -> Ear {
        match self.try_ear(path, token).await {
            Ok(ear) => ear,
            Err(status) => panic!("{path} answered {status}"),
        }
    }

    async fn ask(&self, method: Method, path: &str, token: &str, body: &Value) -> Value {
        let header = format!("Bearer {token}");
        let headers = [
            ("authorization", header.as_str()),
            ("content-type", "application/json"),
        ];
        let mut browser = self.town.anonymous();
        let body = body.to_string();
        let answer = browser.send(method, path, &headers, &body).await;
        answer.is(200).json()
    }

    async fn write(&self, token: &str, text: &str, visibility: &str) -> String {
        let body = json!({ "status": text, "visibility": visibility });
        let sent = self
            .ask(Method::POST, "/api/v1/statuses", token, &body)
            .await;
        sent["id"].as_str().unwrap().to_owned()
    }

    /// Something that this member hears of in any case.
    async fn mark(&self, member: &Member) {
        let mut tx = Tx::new();
        streaming::announce(&mut tx, &Event::FiltersChanged(member.account.id));
        assert!(self.town.app.commit(tx).await.unwrap());
    }

    /// What a member's own stream had until now.
    async fn heard(&self, member: &Member, ear: &mut Ear) -> Vec<(String, String)> {
        self.mark(member).await;
        let mut heard = ear.until("filters_changed").await;
        heard.pop();
        heard
    }
}

/// Which of these words are in the updates.
fn words<'a>(heard: &[(String, String)], of: &[&'a str]) -> Vec<&'a str> {
    let is_told = |word: &&&str| {
        heard
            .iter()
            .any(|(event, data)| event == "update" && data.contains(**word))
    };
    of.iter().filter(is_told).copied().collect()
}

async fn does(member: &mut Member, act: &str, whom: i64) {
    let path = format!("/accounts/{whom}/{act}");
    member.post(&path, &[]).await.is(303);
}

const ALL: [&str; 5] = ["Oyster", "Urchin", "Periwinkle", "Dogfish", "Limpet"];

/// One post of each visibility, by the app of this token, the last but one to bob.
async fn posts(studio: &Studio, token: &str) {
    for (word, visibility) in ALL
        .iter()
        .zip(["public", "unlisted", "private", "direct", "local"])
    {
        let to = if visibility == "direct" { "@bob " } else { "" };
        let text = format!("{to}{word} #shells");
        studio.write(token, &text, visibility).await;
    }
}

town_test! {
    async fn everybody_hears_what_they_would_read_and_nothing_else(town) {
        let studio = Studio::of(town).await;
        let mut people = Vec::new();
        for name in ["alice", "bob", "carol", "dave", "erin"] {
            let mut member = studio.town.member(name).await;
            let token = studio.token(&mut member, SCOPES).await;
            people.push((member, token));
        }
        let ids: Vec<i64> = people.iter().map(|(member, _)| member.account.id).collect();
        for (who, act, whom) in [(1, "follow", 0), (3, "follow", 0), (0, "block", 2), (3, "mute", 0)] {
            does(&mut people[who].0, act, ids[whom]).await;
        }
        let [alice, bob, _, _, erin] = &people[..] else { panic!() };
        let mut homes = Vec::new();
        let mut locals = Vec::new();
        let mut topics = Vec::new();
        for (_, token) in &people {
            homes.push(studio.ear("user", token).await);
            locals.push(studio.ear("public/local", token).await);
            topics.push(studio.ear("hashtag?tag=SHELLS", token).await);
        }
        let mut visitor = studio.ear("public/local", "").await;
        let mut browsing = studio.ear("hashtag/local?tag=shells", "").await;
        let mut direct = studio.ear("direct", &bob.1).await;

        posts(&studio, &alice.1).await;
        // Erin's last word is heard by everybody whom nobody keeps from her.
        studio.write(&erin.1, "Finis #shells", "public").await;

        let mut told = Vec::new();
        for ((member, _), ear) in people.iter().zip(&mut homes) {
            told.push(studio.heard(member, ear).await);
        }
        let at_home: Vec<_> = told.iter().map(|heard| words(heard, &ALL)).collect();
        assert_eq!(at_home[0], ALL, "one's own");
        assert_eq!(at_home[1], ["Oyster", "Urchin", "Periwinkle", "Limpet"], "a follower");
        for nothing in &at_home[2..] {
            assert_eq!(nothing, &[""; 0]);
        }
        let bells: Vec<_> = told[1].iter().filter(|(event, _)| event == "notification").collect();
        assert_eq!(bells.len(), 1);
        let bell: Value = serde_json::from_str(&bells[0].1).unwrap();
        assert_eq!((&bell["type"], &bell["account"]["username"]), (&json!("mention"), &json!("alice")));
        assert!(bell["status"]["content"].as_str().unwrap().contains("Dogfish"));

        let mut here = Vec::new();
        for ear in &mut locals {
            here.push(words(&ear.until("Finis").await, &ALL));
        }
        assert_eq!(here, [vec!["Oyster", "Limpet"], vec!["Oyster", "Limpet"], vec![], vec![], vec!["Oyster", "Limpet"]]);
        let mut about = Vec::new();
        for ear in &mut topics {
            about.push(words(&ear.until("Finis").await, &ALL));
        }
        assert_eq!(about, [vec!["Oyster"], vec!["Oyster"], vec![], vec![], vec!["Oyster"]]);
        assert_eq!(words(&visitor.until("Finis").await, &ALL), ["Oyster"]);
        assert_eq!(words(&browsing.until("Finis").await, &ALL), ["Oyster"]);
        let (event, data) = direct.next().await.unwrap();
        let talk: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(event, "conversation");
        assert_eq!((&talk["unread"], &talk["accounts"][0]["username"]), (&json!(true), &json!("alice")));
        assert!(talk["last_status"]["content"].as_str().unwrap().contains("Dogfish"));
    }

    async fn an_edit_and_an_end_are_told_to_those_who_saw_it(town) {
        let studio = Studio::of(town).await;
        let (mut alice, mut bob, mut carol) = (studio.town.member("alice").await, studio.town.member("bob").await, studio.town.member("carol").await);
        let token = studio.token(&mut alice, SCOPES).await;
        does(&mut bob, "follow", alice.account.id).await;
        let id = studio.write(&token, "Low water", "private").await;
        let bobs = studio.token(&mut bob, SCOPES).await;
        let carols = studio.token(&mut carol, SCOPES).await;
        let (mut follower, mut stranger) = (studio.ear("user", &bobs).await, studio.ear("user", &carols).await);
        let mut all = studio.ear("public", &carols).await;
        let path = format!("/api/v1/statuses/{id}");
        studio.ask(Method::PUT, &path, &token, &json!({ "status": "High water" })).await;
        let mut heard = studio.heard(&bob, &mut follower).await;
        // What was written just before may still be told.
        heard.retain(|(event, _)| event != "update");
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].0 == "status.update" && heard[0].1.contains("High water"));
        studio.ask(Method::DELETE, &path, &token, &json!({})).await;
        assert_eq!(studio.heard(&bob, &mut follower).await, [("delete".to_owned(), id)]);
        assert!(studio.heard(&carol, &mut stranger).await.is_empty());
        // What everybody sees they hear the end of.
        let id = studio.write(&token, "Ebb", "public").await;
        assert!(all.next().await.unwrap().1.contains("Ebb"));
        studio.ask(Method::DELETE, &format!("/api/v1/statuses/{id}"), &token, &json!({})).await;
        assert_eq!(all.next().await.unwrap(), ("delete".to_owned(), id));
    }

    async fn what_is_announced_is_told_to_members(town) {
        let studio = Studio::of(town).await;
        let (mut marta, mut alice) = (studio.town.admin("marta").await, studio.town.member("alice").await);
        let other = studio.town.found("creek.example", "Creek").await;
        let mut dora = studio.town.member_of(&other, "dora", members::Role::Member).await;
        let token = studio.token(&mut alice, SCOPES).await;
        let mut ear = studio.ear("user", &token).await;
        marta.post("/announcements", &[("text", "The lock is shut")]).await.leads("/announcements");
        dora.post("/announcements", &[("text", "I am in charge")]).await.is(404);
        let heard = studio.heard(&alice, &mut ear).await;
        assert_eq!(heard.len(), 1, "{heard:?}");
        let told: Value = serde_json::from_str(&heard[0].1).unwrap();
        assert!(heard[0].0 == "announcement" && told["content"].as_str().unwrap().contains("The lock is shut"));
        let id = told["id"].as_str().unwrap().to_owned();
        // A thumb, as it stands in an address.
        let thumb = format!("/api/v1/announcements/{id}/reactions/%F0%9F%91%8D");
        studio.ask(Method::PUT, &thumb, &token, &json!({})).await;
        studio.ask(Method::DELETE, &thumb, &token, &json!({})).await;
        studio.ask(Method::DELETE, &thumb, &token, &json!({})).await;
        let heard = studio.heard(&alice, &mut ear).await;
        assert!(heard.iter().all(|(event, _)| event == "announcement.reaction"), "{heard:?}");
        // Each is counted when it is told.
        assert_eq!(heard.len(), 2);
        let told: Value = serde_json::from_str(&heard[1].1).unwrap();
        assert_eq!(told, json!({ "name": "\u{1f44d}", "count": 0, "announcement_id": id }));
        // A code is told without its colons.
        with_emoji(&studio.town, "blob").await;
        studio.ask(Method::PUT, &format!("/api/v1/announcements/{id}/reactions/blob"), &token, &json!({})).await;
        let heard = studio.heard(&alice, &mut ear).await;
        assert_eq!(heard.len(), 1, "{heard:?}");
        let told: Value = serde_json::from_str(&heard[0].1).unwrap();
        assert_eq!(told, json!({ "name": "blob", "count": 1, "announcement_id": id }));
        marta.post(&format!("/announcements/{id}/delete"), &[]).await.leads("/announcements");
        assert_eq!(studio.heard(&alice, &mut ear).await, [("announcement.delete".to_owned(), id)]);
    }

    async fn l59_a_block_and_a_mute_count_for_the_very_next_post(town) {
        let studio = Studio::of(town).await;
        let (mut alice, mut bob) = (studio.town.member("alice").await, studio.town.member("bob").await);
        let (token, bobs) = (studio.token(&mut alice, SCOPES).await, studio.token(&mut bob, SCOPES).await);
        let mut ear = studio.ear("public", &bobs).await;
        let mut heard = Vec::new();
        for (word, change) in [("Oyster", None), ("Urchin", Some("mute")), ("Periwinkle", Some("unmute")), ("Dogfish", Some("block")), ("Limpet", Some("unblock"))] {
            match change {
                Some(act @ ("mute" | "unmute")) => does(&mut bob, act, alice.account.id).await,
                Some(act) => does(&mut alice, act, bob.account.id).await,
                None => {}
            }
            studio.write(&token, word, "public").await;
            // One's own word comes after it.
            studio.write(&bobs, &format!("Buoy {word}"), "public").await;
            let came = ear.until("Buoy").await;
            if came.len() > 1 {
                assert!(came[0].1.contains(word) && came.len() == 2, "{came:?}");
                heard.push(word);
            }
        }
        assert_eq!(heard, ["Oyster", "Periwinkle", "Limpet"]);
    }

    async fn l42_a_stream_ends_with_its_token(town) {
        let studio = Studio::of(town).await;
        let mut alice = studio.town.member("alice").await;
        let (first, second) = (studio.token(&mut alice, SCOPES).await, studio.token(&mut alice, SCOPES).await);
        let (mut ended, mut open) = (studio.ear("user", &first).await, studio.ear("user", &second).await);
        let mut visitor = studio.ear("public/local", "").await;
        let app = &studio.town.app;
        let apps = oauth::let_in(app, alice.account.id).await.unwrap();
        assert_eq!(apps.len(), 2);
        let oldest = apps.iter().map(|one| one.app_id).min().unwrap();
        oauth::end_app(app, alice.account.id, oldest).await.unwrap();
        assert_eq!(ended.next().await, None);
        assert_eq!(studio.try_ear("user", &first).await.err(), Some(401));
        studio.write(&second, "Still here", "public").await;
        assert!(open.next().await.unwrap().1.contains("Still here"));
        // With another password all end; nobody else's do.
        members::set_password(app, alice.account.id, "another horse battery").await.unwrap();
        assert_eq!(open.next().await, None);
        assert!(visitor.next().await.unwrap().1.contains("Still here"));
        assert_eq!(app.streams.count(), 1);
        drop(visitor);
        assert_eq!(app.streams.count(), 0);
    }

    async fn l42_of_two_streams_by_one_app_that_of_the_ended_sign_in_ends(town) {
        let studio = Studio::of(town).await;
        let mut alice = studio.town.member("alice").await;
        let mut registered = Registered::new(&studio.town, SCOPES).await;
        let lost = registered.let_in(&mut alice, SCOPES).await;
        let kept = registered.let_in(&mut alice, SCOPES).await;
        let (mut ended, mut open) = (studio.ear("user", &lost).await, studio.ear("user", &kept).await);
        let app = &studio.town.app;
        let apps = oauth::let_in(app, alice.account.id).await.unwrap();
        assert_eq!((apps.len(), apps[0].sign_ins.len()), (1, 2));
        let oldest = apps[0].sign_ins.iter().map(|one| one.token_id).min().unwrap();
        oauth::end_sign_in(app, alice.account.id, oldest).await.unwrap();
        assert_eq!(ended.next().await, None);
        assert_eq!(studio.try_ear("user", &lost).await.err(), Some(401));
        studio.write(&kept, "Still here", "public").await;
        assert!(open.next().await.unwrap().1.contains("Still here"));
    }

    async fn l42_attack_18_a_stream_opens_for_those_whose_token_covers_it(town) {
        let studio = Studio::of(town).await;
        let mut alice = studio.town.member("alice").await;
        let mut bob = studio.town.member("bob").await;
        let posts = studio.token(&mut alice, "read:statuses").await;
        let bells = studio.token(&mut alice, "read:notifications").await;
        let neither = studio.token(&mut alice, "write").await;
        for (path, posts_may, bells_may, visitor) in [
            ("user", 200, 403, 401), ("user/notification", 403, 200, 401), ("direct", 200, 403, 401),
            ("public", 200, 403, 401), ("public/remote", 200, 403, 401), ("public/local", 200, 403, 200),
            ("hashtag?tag=tides", 200, 403, 200), ("hashtag", 422, 422, 422), ("list?list=7", 404, 403, 401),
        ] {
            for (token, expected) in [(&posts, posts_may), (&bells, bells_may), (&String::new(), visitor)] {
                let status = studio.try_ear(path, token).await.err().unwrap_or(200);
                assert_eq!(status, expected, "{path} with {token}");
            }
            assert!(studio.try_ear(path, &neither).await.is_err(), "{path}");
        }
        // Who may not read what the member is told hears nothing of it on their stream.
        let mut quiet = studio.ear("user", &posts).await;
        let mut told = studio.ear("user/notification", &bells).await;
        let bobs = studio.token(&mut bob, SCOPES).await;
        studio.write(&bobs, "@alice ahoy", "public").await;
        assert_eq!(told.next().await.unwrap().0, "notification");
        assert!(studio.heard(&alice, &mut quiet).await.is_empty());
    }

    async fn a_list_has_a_stream_and_an_exclusive_one_keeps_its_people_out_of_home(town) {
        let studio = Studio::of(town).await;
        let (mut alice, mut bob, mut carol) = (studio.town.member("alice").await, studio.town.member("bob").await, studio.town.member("carol").await);
        let mut tokens = Vec::new();
        for member in [&mut alice, &mut bob, &mut carol] {
            tokens.push(studio.token(member, SCOPES).await);
        }
        for whom in [bob.account.id, carol.account.id] {
            does(&mut alice, "follow", whom).await;
        }
        let list = studio.ask(Method::POST, "/api/v1/lists", &tokens[0], &json!({ "title": "Reef" })).await;
        let id = list["id"].as_str().unwrap().to_owned();
        let people = json!({ "account_ids": [bob.account.id.to_string()] });
        studio.ask(Method::POST, &format!("/api/v1/lists/{id}/accounts"), &tokens[0], &people).await;
        let path = format!("list?list={id}");
        assert_eq!(studio.try_ear(&path, &tokens[1]).await.err(), Some(404), "another's");
        assert_eq!(studio.try_ear(&path, "").await.err(), Some(401));
        let (mut reef, mut home) = (studio.ear(&path, &tokens[0]).await, studio.ear("user", &tokens[0]).await);
        studio.write(&tokens[1], "Oyster", "public").await;
        studio.write(&tokens[2], "Urchin", "public").await;
        assert_eq!(words(&studio.heard(&alice, &mut home).await, &ALL), ["Oyster", "Urchin"]);
        studio.ask(Method::PUT, &format!("/api/v1/lists/{id}"), &tokens[0], &json!({ "title": "Reef", "exclusive": true })).await;
        studio.write(&tokens[1], "Periwinkle", "private").await;
        studio.write(&tokens[2], "Dogfish", "public").await;
        assert_eq!(words(&studio.heard(&alice, &mut home).await, &ALL), ["Dogfish"]);
        assert_eq!(words(&reef.until("Periwinkle").await, &ALL), ["Oyster", "Periwinkle"]);
        // What is sorted out otherwise is told as well.
        let filter = json!({ "title": "No fish", "context": ["home"], "keywords_attributes": [{ "keyword": "fish" }] });
        studio.ask(Method::POST, "/api/v2/filters", &tokens[0], &filter).await;
        assert_eq!(home.next().await.unwrap().0, "filters_changed");
    }

    async fn whoever_asked_hears_at_once_that_their_poll_is_over(town) {
        let studio = Studio::of(town).await;
        let mut alice = studio.town.member("alice").await;
        let token = studio.token(&mut alice, SCOPES).await;
        let asks = json!({ "status": "When?", "poll": { "options": ["a", "b"], "expires_in": 300 } });
        studio.ask(Method::POST, "/api/v1/statuses", &token, &asks).await;
        let mut ear = studio.ear("user/notification", &token).await;
        studio.town.wait_s(301);
        let _works = crate::coast::works(&studio.town);
        let (event, data) = ear.next().await.unwrap();
        assert_eq!(event, "notification");
        let told: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(told["type"], "poll");
    }

    async fn one_member_takes_a_few_places_and_no_more(town) {
        let studio = Studio::of(town).await;
        let mut alice = studio.town.member("alice").await;
        let token = studio.token(&mut alice, SCOPES).await;
        let mut ears = Vec::new();
        for _ in 0..20 {
            ears.push(studio.ear("user", &token).await);
        }
        assert_eq!(studio.try_ear("user", &token).await.err(), Some(429));
        ears.pop();
        studio.ear("user", &token).await;
    }
}

/// A connection to a town that is served.
pub type Line = tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>;

async fn dial(at: std::net::SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Line, u16> {
    dial_at(at, crate::town::DOMAIN, path, headers).await
}

/// The same of another community.
pub async fn dial_at(
    at: std::net::SocketAddr,
    host: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Result<Line, u16> {
    let mut request = format!("ws://{at}{path}").into_client_request().unwrap();
    let own = request.headers_mut();
    own.insert("host", host.parse().unwrap());
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        own.insert(name, value.parse().unwrap());
    }
    let stream = tokio::net::TcpStream::connect(at).await.unwrap();
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((line, answer)) => {
            let asked = headers
                .iter()
                .find(|(name, _)| *name == "sec-websocket-protocol");
            let told = answer.headers().get("sec-websocket-protocol");
            assert_eq!(
                told.map(|it| it.to_str().unwrap()),
                asked.map(|(_, it)| *it)
            );
            Ok(line)
        }
        Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

pub async fn message(line: &mut Line) -> Option<Value> {
    loop {
        let next = tokio::time::timeout(SOON, line.next()).await;
        match next.expect("something comes, if only the end")? {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

pub async fn says(line: &mut Line, what: &Value) {
    line.send(Message::text(what.to_string())).await.unwrap();
}

async fn over_a_socket(engine: Engine) {
    let town = Town::new(engine).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve::serve(town.app.clone(), listener, stopped));
    while !town.app.streams.is_open() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (silent, _) = watch::channel(false);
    let studio = Studio {
        router: router::build(&town.app),
        _on: silent,
        town,
    };
    let mut alice = studio.town.member("alice").await;
    let token = studio.token(&mut alice, SCOPES).await;
    let streaming = "/api/v1/streaming";
    assert_eq!(
        dial(at, &format!("{streaming}?stream=user"), &[])
            .await
            .err(),
        Some(401)
    );
    assert_eq!(
        dial(
            at,
            &format!("{streaming}?stream=user&access_token=wrong"),
            &[]
        )
        .await
        .err(),
        Some(401)
    );
    let by_query = format!("{streaming}?stream=user&access_token={token}");
    let mut home = dial(at, &by_query, &[]).await.unwrap();
    let mut several = dial(at, streaming, &[("sec-websocket-protocol", &token)])
        .await
        .unwrap();
    says(
        &mut several,
        &json!({ "type": "subscribe", "stream": "hashtag", "tag": "tides" }),
    )
    .await;
    says(
        &mut several,
        &json!({ "type": "subscribe", "stream": "public:local" }),
    )
    .await;
    says(
        &mut several,
        &json!({ "type": "subscribe", "stream": "nothing" }),
    )
    .await;
    let wrong = message(&mut several).await.unwrap();
    assert_eq!(
        wrong,
        json!({ "error": "Unknown stream type", "status": 400 })
    );
    says(&mut several, &json!("hello")).await;
    assert_eq!(message(&mut several).await.unwrap()["status"], 422);

    studio.write(&token, "High #tides", "public").await;
    let mut heard = Vec::new();
    for line in [&mut home, &mut several] {
        heard.push(message(line).await.unwrap());
    }
    heard.push(message(&mut several).await.unwrap());
    for (told, stream) in heard.iter().zip([
        json!(["user"]),
        json!(["hashtag", "tides"]),
        json!(["public:local"]),
    ]) {
        assert_eq!(
            (&told["stream"], &told["event"]),
            (&stream, &json!("update"))
        );
        // JSON within JSON.
        let status: Value = serde_json::from_str(told["payload"].as_str().unwrap()).unwrap();
        assert!(status["content"].as_str().unwrap().contains("High"));
    }
    says(
        &mut several,
        &json!({ "type": "unsubscribe", "stream": "public:local" }),
    )
    .await;
    says(
        &mut several,
        &json!({ "type": "subscribe", "stream": "hashtag" }),
    )
    .await;
    assert_eq!(message(&mut several).await.unwrap()["status"], 422);
    studio.write(&token, "Nothing of it", "public").await;
    studio.write(&token, "Low #tides", "public").await;
    let told = message(&mut several).await.unwrap();
    assert_eq!(told["stream"], json!(["hashtag", "tides"]));
    assert!(told["payload"].as_str().unwrap().contains("Low"));

    // What is not understood by size ends it.
    let mut loud = dial(at, &by_query, &[]).await.unwrap();
    let _ = loud.send(Message::text("x".repeat(100_000))).await;
    assert_eq!(message(&mut loud).await, None);
    members::set_password(&studio.town.app, alice.account.id, "another horse battery")
        .await
        .unwrap();
    for _ in 0..2 {
        assert!(message(&mut home).await.is_some(), "what was said before");
    }
    assert_eq!(message(&mut home).await, None);
    assert_eq!(message(&mut several).await, None);

    let mut visitor = dial(at, &format!("{streaming}?stream=public:local"), &[])
        .await
        .unwrap();
    stop.send(true).unwrap();
    assert_eq!(message(&mut visitor).await, None);
    tokio::time::timeout(Duration::from_secs(8), server)
        .await
        .expect("it stops soon")
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_carries_several_streams_on_sqlite() {
    Box::pin(over_a_socket(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_carries_several_streams_on_postgres() {
    Box::pin(over_a_socket(Engine::Postgres)).await;
}

#[tokio::test]
async fn what_one_node_takes_in_another_tells() {
    let town = Town::new(Engine::Postgres).await;
    let config = town.app.config.clone();
    let db = Db::open(town.url()).await.unwrap();
    let other = serve::start_on(db, config, town.clock.clone())
        .await
        .unwrap();
    let on = tune(&other).await;
    let studio = Studio {
        router: router::build(&other),
        _on: on,
        town,
    };
    let mut alice = studio.town.member("alice").await;
    let token = studio.token(&mut alice, SCOPES).await;
    let mut ear = studio.ear("user", &token).await;
    studio.write(&token, "Said over there", "private").await;
    assert!(ear.next().await.unwrap().1.contains("Said over there"));
    members::set_password(&studio.town.app, alice.account.id, "another horse battery")
        .await
        .unwrap();
    assert_eq!(ear.next().await, None);
}

coast_test! {
    async fn l42_l59_a_rule_counts_for_the_very_next_event(coast) {
        let on = tune(&coast.town.app).await;
        let router = router::build(&coast.town.app);
        let mut app = Registered::new(&coast.town, SCOPES).await;
        let token = app.let_in(&mut coast.alice.browser, SCOPES).await;
        let host = coast.town.community().domain.to_string();
        let mut ear = Ear::open(&router, &host, "public", &token).await.ok().unwrap();
        let mut bells = Ear::open(&router, &host, "user/notification", &token).await.ok().unwrap();
        let mut visitor = Ear::open(&router, &host, "public/local", "").await.ok().unwrap();
        let alice = coast.alice.account.iri.to_string();
        for (server, name, said) in [("kept", "lena", "Oyster"), ("open", "rita", "Urchin")] {
            let by = coast.peer.iri(server, name);
            coast.brings(&peer::create(&by, said, said, None, Some(&alice))).await;
        }
        assert_eq!(words(&ear.until("Urchin").await, &ALL), ["Oyster", "Urchin"]);
        assert_eq!(bells.until("Urchin").await.len(), 2);
        coast.alice_refuses_kept().await;
        for (server, name, said) in [("kept", "lena", "Periwinkle"), ("open", "rita", "Dogfish"), ("kept", "lena", "Limpet"), ("open", "rita", "Finis")] {
            let by = coast.peer.iri(server, name);
            coast.brings(&peer::create(&by, said, said, None, Some(&alice))).await;
        }
        assert_eq!(words(&ear.until("Finis").await, &ALL), ["Dogfish"]);
        let told = bells.until("Finis").await;
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().all(|(_, data)| !data.contains("Periwinkle") && !data.contains("Limpet")));
        // What is written elsewhere is not for visitors.
        coast.bob.post("/compose", &[("text", "At home"), ("visibility", "public")]).await.is(303);
        assert!(visitor.next().await.unwrap().1.contains("At home"));
        drop(on);
    }
}
