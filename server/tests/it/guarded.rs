//! What a hostile or careless server may send, and what does not come of it. Attacks are numbered as in the list of
//! boundaries.

use std::time::Duration;

use comity::accounts::{self, Account};
use comity::error::Error;
use comity::http::{Kind, address as http_address};
use comity::members;
use comity::queue::{self, Job};
use comity::rules::{self, NewRule, Source};
use comity::statuses;
use comity_db::testing::Engine;
use comity_db::{Sql, params, sql};
use comity_policy::{Pattern, Scope, Stance};
use comity_vocab::{Domain, Iri};
use http::Method;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::peer::{self, Peer};
use crate::promises;
use crate::town::{Answer, NOON_MS, PASSWORD, Town};
use crate::town_test;

const KEYS: Sql<(i64,)> = sql!(
    row: (i64,), full_scan: "a test's own question",
    "SELECT count(*) FROM account_keys k JOIN accounts a ON a.id = k.account_id WHERE a.iri = $1"
);
const BURIED: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM tombstones WHERE iri = $1 AND deleted_at < $2");
const ANSWER: Sql = sql!("UPDATE statuses SET in_reply_to_iri = $2 WHERE id = $1");
const IN_IT: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM statuses WHERE conversation_id = $1");
const SIZE: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT length(content) + length(spoiler_text) FROM statuses WHERE id = $1");

const SETTINGS: &str = "[limits]\nlookups = 10000\ninbox_per_host = 1\nsign_in_tries = 10\n\
                        [federation.testing]\nallow_http = true\nallow_loopback = true\n";

/// A town that can be written to, and servers that do.
pub struct Border {
    pub town: Town,
    pub peer: Peer,
    _stop: watch::Sender<bool>,
}

impl Border {
    pub async fn new(engine: Engine) -> Border {
        let peer = Peer::start().await;
        let town = Town::at(engine, "harbour.localhost", SETTINGS).await;
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(queue::run(town.app.clone(), stopped));
        Border {
            town,
            peer,
            _stop: stop,
        }
    }

    pub async fn signed_with(
        &self,
        key_id: &str,
        method: Method,
        path: &str,
        body: &str,
    ) -> Answer {
        let address = self.town.community().iri(path);
        let sent = (!body.is_empty()).then_some(body.as_bytes());
        let headers = self.peer.signed_with(
            key_id,
            method.as_str(),
            address.as_str(),
            sent,
            self.town.app.now_ms(),
        );
        let mut all = vec![
            ("accept", "application/activity+json"),
            ("content-type", "application/activity+json"),
        ];
        all.extend(
            headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.to_str().unwrap())),
        );
        self.town.anonymous().send(method, path, &all, body).await
    }

    /// Brings an activity, and waits until it had its effect.
    pub async fn says(&self, activity: &Value) {
        self.brings(activity).await.is(202);
        self.is_idle().await;
    }

    pub async fn brings(&self, activity: &Value) -> Answer {
        let key = format!("{}#main-key", activity["actor"].as_str().unwrap());
        self.signed_with(&key, Method::POST, "/inbox", &activity.to_string())
            .await
    }

    pub async fn is_idle(&self) {
        self.town.wait_s(2);
        for _ in 0..2_000 {
            if promises::left(&self.town.app.db, self.town.app.now_ms()).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the workers did not come to rest");
    }

    async fn count(&self, question: Sql<(i64,)>, about: Vec<comity_db::Value>) -> i64 {
        self.town.app.db.one(question, about).await.unwrap().0
    }

    pub async fn status(&self, iri: &str) -> Option<i64> {
        statuses::find_by_iri(&self.town.app, &Iri::parse(iri).unwrap())
            .await
            .unwrap()
    }

    pub async fn account(&self, iri: &str) -> std::sync::Arc<Account> {
        accounts::find_by_iri(&self.town.app, &Iri::parse(iri).unwrap())
            .await
            .unwrap()
            .expect("they came by")
    }

    pub async fn refuse(&self, domain: &str) {
        let new = NewRule::about(
            Scope::Community(self.town.community().policy_id()),
            Pattern::Domain(Domain::parse(domain).unwrap()),
            Stance::Refused,
            Source::CommandLine,
        );
        rules::set(&self.town.app, new).await.unwrap();
    }
}

pub fn follow(by: &str, whom: &str) -> Value {
    json!({ "id": format!("{by}#follow"), "type": "Follow", "actor": by, "object": whom })
}

/// Defines a test with a [`Border`] on both engines.
macro_rules! border_test {
    ($($(#[$meta:meta])* async fn $name:ident($border:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($border: $crate::guarded::Border) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                Box::pin(test($crate::guarded::Border::new(comity_db::testing::Engine::Sqlite).await)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                Box::pin(test($crate::guarded::Border::new(comity_db::testing::Engine::Postgres).await)).await;
            }
        }
    )+};
}

border_test! {
    async fn l55_attack_15_nobody_answers_what_they_cannot_see(border) {
        let mut alice = border.town.member("alice").await;
        let rita = border.peer.iri("open", "rita");
        border.says(&follow(&rita, alice.account.iri.as_str())).await;
        let private = border.town.post(&mut alice, "For those who follow me", "private").await;
        border.is_idle().await;
        let private_iri = format!("{}/statuses/{}", alice.account.iri, private.id);
        let mallory = border.peer.iri("open", "mallory");
        for (by, number) in [(&rita, "1"), (&mallory, "2")] {
            border.says(&peer::create(by, number, "I read that", Some(&private_iri), None)).await;
        }
        assert!(border.status(&format!("{rita}/statuses/1")).await.is_some(), "she follows and may answer");
        assert!(border.status(&format!("{mallory}/statuses/2")).await.is_none());
        alice.get(&private.path).await.is(200).shows("1 reply");
    }

    async fn whom_one_member_blocks_still_writes_to_the_others(border) {
        let (mut alice, mut bob) = (border.town.member("alice").await, border.town.member("bob").await);
        let bert = border.peer.iri("open", "bert");
        border.says(&follow(&bert, bob.account.iri.as_str())).await;
        let id = border.account(&bert).await.id;
        alice.does(&format!("/accounts/{id}/block")).await;
        let named = [alice.account.iri.to_string(), bob.account.iri.to_string()];
        let note = format!("{bert}/statuses/both");
        let tags: Vec<Value> = named.iter().map(|iri| json!({ "type": "Mention", "href": iri })).collect();
        border.says(&json!({
            "id": format!("{note}/create"), "type": "Create", "actor": bert, "to": named,
            "object": {
                "id": note, "type": "Note", "attributedTo": bert, "content": "A word to both of you", "to": named,
                "tag": tags,
            },
        })).await;
        bob.get("/notifications").await.is(200).shows("A word to both of you");
        alice.get("/notifications").await.is(200).hides("A word to both of you");
        // To her alone it is not even kept.
        border.says(&peer::create(&bert, "her", "And to you", None, Some(alice.account.iri.as_str()))).await;
        assert!(border.status(&format!("{bert}/statuses/her")).await.is_none());
    }

    async fn attack_5_a_withdrawn_key_opens_nothing_from_the_moment_it_is_withdrawn(border) {
        let alice = border.town.member("alice").await;
        let rita = border.peer.iri("open", "rita");
        border.says(&follow(&rita, alice.account.iri.as_str())).await;
        let stolen = format!("{rita}#main-key");
        let path = format!("/users/{}", alice.account.username);
        border.signed_with(&stolen, Method::GET, &path, "").await.is(200).shows("inbox");
        border.peer.renames_key(&rita, "second-key");
        let update = json!({
            "id": format!("{rita}#updates/1"), "type": "Update", "actor": rita,
            "object": border.peer.person("open", "rita"),
        });
        let fresh = format!("{rita}#second-key");
        border.signed_with(&fresh, Method::POST, "/inbox", &update.to_string()).await.is(202);
        border.is_idle().await;
        let like = json!({ "id": format!("{rita}#likes/1"), "type": "Like", "actor": rita, "object": "https://a.example/1" });
        border.signed_with(&stolen, Method::POST, "/inbox", &like.to_string()).await.is(401);
        border.signed_with(&fresh, Method::POST, "/inbox", &like.to_string()).await.is(202);
        border.is_idle().await;

        let farewell = json!({ "id": format!("{rita}#gone"), "type": "Delete", "actor": rita, "object": rita });
        border.signed_with(&fresh, Method::POST, "/inbox", &farewell.to_string()).await.is(202);
        border.is_idle().await;
        assert_eq!(border.count(KEYS, params![rita.as_str()]).await, 0, "the keys of who is gone are gone");
    }

    async fn attack_11_a_new_name_on_a_borrowed_domain_is_proved_anew(border) {
        let alice = border.town.member("alice").await;
        border.peer.is_at_home("social", "mallory", "home");
        let (mallory, victim) = (border.peer.iri("social", "mallory"), border.peer.iri("home", "victim"));
        for who in [&mallory, &victim] {
            border.says(&follow(who, alice.account.iri.as_str())).await;
        }
        let home = border.peer.domain("home");
        assert_eq!(border.account(&mallory).await.domain.as_str(), home, "both sides say so");
        let mut renamed = border.peer.person("social", "mallory");
        renamed["preferredUsername"] = json!("victim");
        border.says(&json!({
            "id": format!("{mallory}#updates/1"), "type": "Update", "actor": mallory, "object": renamed,
        })).await;
        let domain = Domain::parse(&home).unwrap();
        let holder = accounts::find_by_handle(&border.town.app, "victim", &domain).await.unwrap().unwrap();
        assert_eq!(holder.iri.as_str(), victim);
        assert_eq!(border.account(&mallory).await.domain.as_str(), border.peer.domain("social"));
    }

    async fn l49_a_rule_about_handles_holds_for_the_server_that_asks_in_nobodys_name(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "For everybody but them", "public").await;
        let address = format!("{}/statuses/{}", alice.account.iri, post.id);
        let path = Iri::parse(&address).unwrap().path().to_owned();
        border.peer.is_at_home("social", "mallory", "home");
        let mallory = border.peer.iri("social", "mallory");
        let follows = follow(&mallory, alice.account.iri.as_str());
        border.says(&follows).await;
        let server = format!("{}#main-key", border.peer.iri("social", "actor"));
        let other = format!("{}#main-key", border.peer.iri("open", "actor"));
        border.signed_with(&server, Method::GET, &path, "").await.is(200).shows("For everybody but them");
        // Named is only the domain of their handles; the server that asks has another.
        border.refuse(&border.peer.domain("home")).await;
        rules::settle_splits(&border.town.app).await.unwrap();
        border.town.wait_s(10);
        border.signed_with(&server, Method::GET, &path, "").await.is(404).hides("For everybody");
        border.signed_with(&other, Method::GET, &path, "").await.is(200);
        border.says(&peer::create(&mallory, "1", "From behind another name", None, Some(alice.account.iri.as_str()))).await;
        assert!(border.status(&format!("{mallory}/statuses/1")).await.is_none());
    }

    async fn l29_no_answer_tells_a_forger_whom_we_know_or_refuse(border) {
        let alice = border.town.member("alice").await;
        let known = border.peer.iri("open", "rita");
        border.says(&follow(&known, alice.account.iri.as_str())).await;
        let refused = border.peer.iri("refused", "rolf");
        border.says(&follow(&refused, alice.account.iri.as_str())).await;
        border.refuse(&border.peer.domain("refused")).await;
        let unknown = "http://nobody.localhost:1/users/nobody";
        let forger = Peer::start().await;
        let forged = async |by: &str, kind: &str, object: &str, method: Method, path: &str| {
            let activity = json!({ "id": format!("{by}#{kind}"), "type": kind, "actor": by, "object": object });
            let body = if method == Method::GET { String::new() } else { activity.to_string() };
            let headers = forger.signed(
                by,
                method.as_str(),
                border.town.community().iri(path).as_str(),
                (!body.is_empty()).then_some(body.as_bytes()),
                border.town.app.now_ms(),
            );
            let mut all = vec![("accept", "application/activity+json"), ("content-type", "application/activity+json")];
            all.extend(headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())));
            border.town.anonymous().send(method, path, &all, &body).await.status.as_u16()
        };
        let stranger = border.peer.iri("refused", "somebody");
        for by in [known.as_str(), &refused, &stranger, "http://refused.localhost:9/users/x"] {
            assert_eq!(forged(by, "Delete", by, Method::POST, "/inbox").await, 202, "{by}");
        }
        assert_eq!(forged(unknown, "Delete", unknown, Method::POST, "/inbox").await, 202, "as for whom we know");
        let nobody = border.peer.iri("open", "nobody");
        for by in [&refused, &stranger, &known, &nobody] {
            assert_eq!(forged(by, "Like", "https://a.example/1", Method::POST, "/inbox").await, 401, "{by}");
            assert_eq!(forged(by, "Like", "", Method::GET, "/users/alice").await, 404, "{by}");
        }
        let like = json!({ "id": format!("{refused}#1"), "type": "Like", "actor": refused, "object": "https://a.example/1" });
        border.brings(&like).await.is(202);
        border.signed_with(&format!("{refused}#main-key"), Method::GET, "/users/alice/outbox", "").await.is(404);
    }

    async fn l29_attack_19_who_is_refused_hears_that_it_is_too_much_when_others_do_and_loses_no_farewell_by_it(border) {
        let alice = border.town.member("alice").await;
        let (open, refused) = (border.peer.iri("open", "rita"), border.peer.iri("refused", "rolf"));
        for by in [&open, &refused] {
            border.says(&follow(by, alice.account.iri.as_str())).await;
        }
        border.refuse(&border.peer.domain("refused")).await;
        border.town.wait_s(60);
        let mut heard = Vec::new();
        for by in [&open, &refused] {
            let mut answers = Vec::new();
            for number in 0..15 {
                let like = json!({ "id": format!("{by}#{number}"), "type": "Like", "actor": by, "object": "https://a.example/1" });
                answers.push(border.brings(&like).await.status.as_u16());
            }
            heard.push(answers);
        }
        assert_eq!(heard[0], heard[1], "too much is as much for one as for the other");
        assert!(heard[0].contains(&202) && heard[0].last() == Some(&429), "{heard:?}");
        let undo = json!({ "id": format!("{refused}#undo"), "type": "Undo", "actor": refused, "object": follow(&refused, alice.account.iri.as_str()) });
        border.brings(&undo).await.is(429);
        let rolf = border.account(&refused).await.id;
        let state = async || comity::follows::state(&border.town.app, rolf, alice.account.id).await.unwrap();
        assert_ne!(state().await, comity::follows::State::None);
        // They bring it again, as they were told.
        border.town.wait_s(60);
        border.brings(&undo).await.is(202);
        assert_eq!(state().await, comity::follows::State::None);
    }

    async fn l43_l64_search_says_of_what_is_hidden_what_it_says_of_what_is_nowhere(border) {
        let mut alice = border.town.member("alice").await;
        let mut bob = border.town.member("bob").await;
        border.town.member("carol").await;
        let post = border.town.post(&mut alice, "@carol For nobody else", "direct").await;
        let hidden = format!("{}/statuses/{}", alice.account.iri, post.id);
        let absent = format!("{}/statuses/{}", alice.account.iri, post.id + 1);
        for (mut browser, remark) in [(bob.browser.clone(), "could not be found"), (border.town.anonymous(), "")] {
            let words = async |browser: &mut crate::town::Browser, link: &str| {
                let page = browser.get(&format!("/search?q={link}")).await.is(200);
                assert!(page.words().contains(remark), "{}", page.words());
                page.words().replace(link, "LINK")
            };
            assert_eq!(words(&mut browser, &hidden).await, words(&mut browser, &absent).await);
        }
        alice.get(&format!("/search?q={hidden}")).await.is(200).shows("For nobody else");
        bob.get(&format!("/search?q={hidden}")).await.is(200).hides("For nobody else");
    }

    async fn attack_22_names_below_one_name_share_its_limit(border) {
        let alice = border.town.member("alice").await;
        let mut turned = 0;
        for n in 0..12 {
            let by = border.peer.iri(&format!("n{n}.flood"), "x");
            let answer = border.brings(&follow(&by, alice.account.iri.as_str())).await;
            turned += u32::from(answer.status == 429);
        }
        assert_eq!(turned, 2, "ten may come at once");
        let other = border.peer.iri("calm", "x");
        border.brings(&follow(&other, alice.account.iri.as_str())).await.is(202);
        // Questions are counted, too.
        let key = format!("{other}#main-key");
        let mut turned = 0;
        for _ in 0..12 {
            let answer = border.signed_with(&key, Method::GET, "/users/alice", "").await;
            turned += u32::from(answer.status == 429);
        }
        assert_eq!(turned, 2);
    }

    async fn attack_23_what_was_never_here_is_not_buried_for_long(border) {
        let rita = border.peer.iri("open", "rita");
        let note = format!("{rita}/statuses/never");
        border.says(&json!({ "id": format!("{note}#delete"), "type": "Delete", "actor": rita, "object": note })).await;
        let soon = border.town.app.now_ms() - 89 * 86_400_000;
        assert_eq!(border.count(BURIED, params![note.as_str(), soon]).await, 1, "a row that is forgotten the same day");
        let alice = border.town.member("alice").await;
        border.says(&peer::create(&rita, "never", "Late", None, Some(alice.account.iri.as_str()))).await;
        assert!(border.status(&note).await.is_none(), "and until then no copy comes in");
    }

    async fn an_answer_never_stands_before_what_it_answers_whatever_its_date(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "First", "public").await;
        border.is_idle().await;
        let iri = format!("{}/statuses/{}", alice.account.iri, post.id);
        let rita = border.peer.iri("open", "rita");
        for (number, parent, published) in [
            ("1", Some(iri.as_str()), "1970-01-01T00:00:01Z"),
            ("2", None, "1970-01-01T00:00:01Z"),
            ("3", None, "2020-01-01T00:00:00Z"),
        ] {
            let mut create = peer::create(&rita, number, "Old", parent, Some(alice.account.iri.as_str()));
            create["object"]["published"] = json!(published);
            border.says(&create).await;
        }
        let [first, second, third] = ["1", "2", "3"].map(|number| format!("{rita}/statuses/{number}"));
        assert!(border.status(&first).await.unwrap() > post.id);
        assert!(border.status(&second).await.unwrap() > post.id, "no server is so old: it came now");
        assert!(border.status(&third).await.unwrap() < post.id, "a date that can be true is believed");
    }

    async fn a_clash_of_ids_loses_no_post(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "First", "public").await;
        border.is_idle().await;
        let at = NOON_MS - 3_600_000;
        let next = border.town.app.ids.at(at);
        // Nearly every id of that moment that will be tried is somebody else's.
        for n in 1..=8 {
            let taken = (next & !0xffff) | ((next + n) & 0xffff);
            border.copy(post.id, taken, &format!("https://other.example/{n}"), taken, 1).await;
        }
        let rita = border.peer.iri("open", "rita");
        let mut create = peer::create(&rita, "1", "Hello", None, Some(alice.account.iri.as_str()));
        create["object"]["published"] = json!("2026-05-05T11:00:00Z");
        border.says(&create).await;
        assert!(border.status(&format!("{rita}/statuses/1")).await.is_some());
    }

    async fn a_long_thread_that_comes_backwards_is_not_written_anew_with_each_parent(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "Not of it", "public").await;
        border.is_idle().await;
        let rita = border.peer.iri("open", "rita");
        for (number, first, posts) in [("long", 10_000, 1_000), ("short", 20_000, 999)] {
            let parent = format!("{rita}/statuses/{number}");
            border.copy(post.id, first, &format!("https://other.example/{number}"), first, posts).await;
            border.town.app.db.exec(ANSWER, params![first, parent.as_str()]).await.unwrap();
            border.says(&peer::create(&rita, number, "Above", None, Some(alice.account.iri.as_str()))).await;
        }
        let long = border.status(&format!("{rita}/statuses/long")).await.unwrap();
        let short = border.status(&format!("{rita}/statuses/short")).await.unwrap();
        assert_eq!(border.count(IN_IT, params![long]).await, 1);
        assert_eq!(border.count(IN_IT, params![short]).await, 1_000);
    }

    async fn an_answer_that_came_in_the_same_moment_as_what_it_answers_finds_it(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "Not of it", "public").await;
        border.is_idle().await;
        let rita = border.peer.iri("open", "rita");
        border.says(&peer::create(&rita, "1", "Above", None, Some(alice.account.iri.as_str()))).await;
        let above = format!("{rita}/statuses/1");
        let parent = border.status(&above).await.unwrap();
        // Written while the other was: neither knew of the other.
        border.copy(post.id, 10_000, "https://other.example/answer", 10_000, 1).await;
        border.town.app.db.exec(ANSWER, params![10_000_i64, above.as_str()]).await.unwrap();
        let community = border.town.community().id;
        queue::push_now(&border.town.app, &Job::FetchParent { community, status: 10_000 }).await.unwrap();
        border.is_idle().await;
        assert_eq!(border.count(IN_IT, params![parent]).await, 2);
    }

    async fn a_boost_of_a_boost_is_no_post(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "First", "public").await;
        border.is_idle().await;
        let rita = border.peer.iri("open", "rita");
        let boost = |number: &str, object: &str| json!({
            "id": format!("{rita}#boosts/{number}"), "type": "Announce", "actor": rita, "object": object,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
        });
        border.says(&boost("1", &format!("{}/statuses/{}", alice.account.iri, post.id))).await;
        border.says(&boost("2", &format!("{rita}#boosts/1"))).await;
        assert!(border.status(&format!("{rita}#boosts/1")).await.is_some());
        assert!(border.status(&format!("{rita}#boosts/2")).await.is_none());
    }

    async fn an_activity_without_an_id_is_turned_away(border) {
        let alice = border.town.member("alice").await;
        let rita = border.peer.iri("open", "rita");
        let mut nameless = follow(&rita, alice.account.iri.as_str());
        nameless.as_object_mut().unwrap().remove("id");
        border.brings(&nameless).await.is(400);
    }

    async fn attack_22_html_that_grows_is_kept_as_words(border) {
        let alice = border.town.member("alice").await;
        let rita = border.peer.iri("open", "rita");
        let mut create = peer::create(&rita, "1", "", None, Some(alice.account.iri.as_str()));
        let mut flood = String::new();
        for n in 0..8_000 {
            flood += &format!("<p><b a{n}>word ");
        }
        create["object"]["content"] = json!(flood);
        create["object"]["summary"] = json!(flood);
        border.says(&create).await;
        let id = border.status(&format!("{rita}/statuses/1")).await.expect("it is kept");
        let size = border.count(SIZE, params![id]).await;
        assert!((1_000..200_000).contains(&size), "{size}");
    }
}

impl Border {
    /// Copies of a post, in one conversation.
    async fn copy(&self, id: i64, first: i64, iri: &str, conversation: i64, many: i64) {
        const COPY: Sql = sql!(
            "INSERT INTO statuses (id, iri, account_id, kind, visibility, conversation_id, title, spoiler_text, content,
                                   source, sensitive, tags, attachments, limited, created_at, replies_count,
                                   reblogs_count, favourites_count)
             WITH RECURSIVE numbers(n) AS (
                 SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $5
             )
             SELECT $2 + n, $3 || '/' || n, account_id, kind, visibility, $4, title, spoiler_text, content, source,
                    sensitive, tags, attachments, limited, created_at, 0, 0, 0
               FROM statuses, numbers
              WHERE id = $1"
        );
        let copies = self
            .town
            .app
            .db
            .exec(COPY, params![id, first, iri, conversation, many])
            .await
            .unwrap();
        assert_eq!(copies, many.unsigned_abs());
    }
}

town_test! {
    async fn an_account_has_one_count_of_tries_whichever_of_its_names_is_typed(town) {
        town.member("alice").await;
        let names = ["alice", "@alice", "ALICE", "alice@harbour.example", "alice@harbour.example:443", "alice@mail.example"];
        let mut tried = Vec::new();
        for n in 0..12 {
            // Each from another address: what is counted is the account.
            let from = format!("10.0.0.{n}");
            let name = names[n % names.len()];
            let came = members::sign_in(&town.app, &town.community(), name, "wrong", &from, "a test").await;
            tried.push(if matches!(came, Err(Error::TooMany { .. })) { 429 } else { 422 });
        }
        // Which names are one person's is told to nobody.
        assert_eq!(tried, [422; 12]);
        let comes_in = async |name: &str, from: &str| {
            members::sign_in(&town.app, &town.community(), name, PASSWORD, from, "a test").await.is_ok()
        };
        for name in names {
            assert!(!comes_in(name, "10.0.1.1").await, "{name}");
        }
        town.wait_s(301);
        for name in names {
            assert!(comes_in(name, "10.0.1.2").await, "{name}");
        }
    }

    async fn a_guessed_address_is_not_shown_to_be_a_members_by_how_often_it_is_tried(town) {
        town.member("alice").await;
        // Her name is tried until it is told to wait.
        let tries = async |name: &str, from: &str| {
            let came = members::sign_in(&town.app, &town.community(), name, "wrong", from, "a test").await;
            matches!(came, Err(Error::TooMany { .. }))
        };
        for n in 0..10 {
            assert!(!tries("alice", &format!("10.0.0.{n}")).await);
        }
        assert!(tries("alice", "10.0.0.10").await);
        // Her address and nobody's are answered alike, the first time and the eleventh.
        for name in ["alice@mail.example", "nobody@mail.example"] {
            for n in 0..10 {
                assert!(!tries(name, &format!("10.0.1.{n}")).await, "{name}");
            }
            assert!(tries(name, "10.0.1.10").await, "{name}");
        }
    }

    async fn whoever_owns_a_site_of_ipv6_has_no_more_tries_than_a_few_addresses(town) {
        let tries = async |name: &str, from: &str| {
            let from = http_address::neighbourhood(from.parse().unwrap());
            let came = members::sign_in(&town.app, &town.community(), name, "wrong", &from, "a test").await;
            matches!(came, Err(Error::TooMany { .. }))
        };
        // A network of the site for each try, of which no other is from there.
        for n in 0..79 {
            let from = http_address::neighbourhood(format!("2001:db8:7:{n:x}::1").parse().unwrap());
            town.app.limits.check(Kind::SignInFrom, &from).unwrap();
        }
        assert!(!tries("nobody", "2001:db8:7:fffe::1").await);
        assert!(tries("nobody", "2001:db8:7:ffff::1").await);
        assert!(!tries("nobody", "2001:db8:8::1").await);
        town.wait_s(301);
        assert!(!tries("nobody", "2001:db8:7:ffff::1").await);
    }

    async fn attack_20_what_is_not_found_is_kept_by_no_cache(town) {
        for (path, kind) in [("/users/nobody", "application/activity+json"), ("/@nobody", "text/html")] {
            let answer = town.anonymous().send(Method::GET, path, &[("accept", kind)], "").await.is(404);
            let cache = answer.headers.get("cache-control").unwrap().to_str().unwrap();
            assert!(cache.contains("private"), "{path}: {cache}");
            assert!(answer.headers.contains_key("vary"), "{path}");
        }
    }
}
