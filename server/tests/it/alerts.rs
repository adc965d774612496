//! What wakes a device: each thing that an app may choose, of whom it chose, and how it is ended.

use std::collections::BTreeMap;

use comity::communities::{Invites, SignUp};
use comity::members::Role;
use comity::rules::{self, NewRule, Source};
use comity_policy::Stance;
use http::Method;
use serde_json::{Value, json};

use crate::coast::Coast;
use crate::push::{AT, Device, SCOPES, Service, asks, device, token};
use crate::sign_ups;

/// All that an app may choose.
const ALERTS: [&str; 16] = [
    "mention",
    "status",
    "reblog",
    "favourite",
    "quote",
    "update",
    "quoted_update",
    "poll",
    "follow",
    "added_to_collection",
    "follow_request",
    "moderation_warning",
    "severed_relationships",
    "admin.report",
    "admin.sign_up",
    "collection_update",
];

/// Somebody, by their token and their number.
struct Person {
    token: String,
    id: String,
}

impl Person {
    async fn does(&self, coast: &Coast, method: Method, path: &str, body: Value) -> Value {
        let answer = asks(&coast.town, &self.token, method, path, &body).await;
        answer.is(200).json()
    }

    async fn posts(&self, coast: &Coast, path: &str, body: Value) -> Value {
        self.does(coast, Method::POST, path, body).await
    }

    /// Writes, and gives the address of what was written.
    async fn writes(&self, coast: &Coast, body: Value) -> String {
        let made = self.posts(coast, "/api/v1/statuses", body).await;
        format!("/api/v1/statuses/{}", made["id"].as_str().unwrap())
    }

    async fn rewrites(&self, coast: &Coast, at: &str, text: &str) {
        // An edit is later than what it changes.
        coast.town.wait_s(5);
        self.does(coast, Method::PUT, at, json!({ "status": text }))
            .await;
    }

    async fn follows(&self, coast: &Coast, whom: &Person, more: Value) {
        let path = format!("/api/v1/accounts/{}/follow", whom.id);
        self.posts(coast, &path, more).await;
    }
}

async fn person(coast: &Coast, name: &str, role: Role) -> Person {
    let here = coast.town.community();
    let mut member = coast.town.member_of(&here, name, role).await;
    Person {
        token: token(&coast.town, &mut member, SCOPES).await,
        id: member.account.id.to_string(),
    }
}

/// A device of everybody's, and how often it was woken.
struct Woken {
    service: Service,
    device: Device,
    heard: usize,
}

impl Woken {
    async fn start() -> Woken {
        Woken {
            service: Service::start().await,
            device: device(),
            heard: 0,
        }
    }

    async fn of(&self, coast: &Coast, who: &Person) {
        let wish = self.device.wish(&self.service.endpoint, true, "all");
        who.posts(coast, AT, wish).await;
    }

    /// What came since the last time, once nothing more is under way.
    async fn hears(&mut self, coast: &Coast) -> Vec<Value> {
        coast.is_idle().await;
        let came = self.service.came();
        let new = came[self.heard..].iter();
        let told = new.map(|came| self.device.reads(came)).collect();
        self.heard = came.len();
        told
    }
}

coast_test! {
    async fn each_alert_wakes_whoever_chose_it_and_nothing_else_does(coast) {
        let mut woken = Woken::start().await;
        let hers = Person { token: token(&coast.town, &mut coast.alice, SCOPES).await, id: coast.alice.account.id.to_string() };
        let his = Person { token: token(&coast.town, &mut coast.bob, SCOPES).await, id: coast.bob.account.id.to_string() };
        let carol = person(&coast, "carol", Role::Member).await;
        let marta = person(&coast, "marta", Role::Moderator).await;
        for who in [&hers, &marta] {
            woken.of(&coast, who).await;
        }
        let subscribed = hers.does(&coast, Method::GET, AT, json!({})).await;
        let mut words: Vec<&str> = subscribed["alerts"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut all = ALERTS.to_vec();
        words.sort_unstable();
        all.sort_unstable();
        assert_eq!(words, all, "each is tried below");

        // What they are about. None of it is chosen yet.
        let quotable = json!({ "status": "Low tide", "quote_approval_policy": "public" });
        let mine = hers.writes(&coast, quotable.clone()).await;
        let theirs = his.writes(&coast, quotable).await;
        let theirs_id = theirs.rsplit_once('/').unwrap().1;
        hers.posts(&coast, &format!("{theirs}/reblog"), json!({})).await;
        hers.writes(&coast, json!({ "status": "Look", "quoted_status_id": theirs_id })).await;
        hers.follows(&coast, &his, json!({ "notify": true })).await;
        let mut collection = String::new();
        woken.hears(&coast).await;

        for alert in ALERTS {
            let chosen = json!({ "data": { "alerts": { alert: true } } });
            for who in [&hers, &marta] {
                who.does(&coast, Method::PUT, AT, chosen.clone()).await;
            }
            match alert {
                "mention" => drop(his.writes(&coast, json!({ "status": "@alice ahoy" })).await),
                "status" => drop(his.writes(&coast, json!({ "status": "High tide" })).await),
                "reblog" | "favourite" => drop(his.posts(&coast, &format!("{mine}/{alert}"), json!({})).await),
                "quote" => {
                    let quoted = mine.rsplit_once('/').unwrap().1;
                    his.writes(&coast, json!({ "status": "Hear", "quoted_status_id": quoted })).await;
                }
                "update" | "quoted_update" => his.rewrites(&coast, &theirs, alert).await,
                "poll" => {
                    let asks = json!({ "status": "When?", "poll": { "options": ["a", "b"], "expires_in": 300 } });
                    hers.writes(&coast, asks).await;
                    coast.town.wait_s(301);
                }
                "follow" => his.follows(&coast, &hers, json!({})).await,
                "added_to_collection" => {
                    let made = json!({ "name": "Ferry people", "account_ids": [hers.id] });
                    let made = his.posts(&coast, "/api/v1/collections", made).await;
                    collection = format!("/api/v1/collections/{}", made["collection"]["id"].as_str().unwrap());
                }
                "follow_request" => {
                    let locks = json!({ "locked": true });
                    hers.does(&coast, Method::PATCH, "/api/v1/accounts/update_credentials", locks).await;
                    carol.follows(&coast, &hers, json!({})).await;
                }
                "moderation_warning" => {
                    let mut ines = coast.town.admin("ines").await;
                    let path = format!("/moderation/accounts/{}", hers.id);
                    ines.post(&path, &[("action", "warn"), ("reason", "Mind your words")]).await.is(303);
                }
                "severed_relationships" => {
                    let scope = rules::of_community(&coast.town.community());
                    let kept = rules::parse_pattern(&coast.peer.domain("kept")).unwrap();
                    let rule = NewRule::about(scope, kept, Stance::Refused, Source::CommandLine);
                    rules::set(&coast.town.app, rule).await.unwrap();
                }
                "admin.report" => {
                    let report = json!({ "account_id": carol.id, "comment": "Loud" });
                    his.posts(&coast, "/api/v1/reports", report).await;
                }
                "admin.sign_up" => {
                    sign_ups::set(&coast.town, SignUp::Approval, Invites::Moderators).await;
                    sign_ups::apply(&mut coast.town.anonymous(), &[("reason", "I row")]).await;
                }
                "collection_update" => {
                    // Who is in it is told of another name once a day.
                    coast.town.wait_s(86_400);
                    his.does(&coast, Method::PATCH, &collection, json!({ "name": "Quay" })).await;
                }
                other => panic!("nothing causes {other}"),
            }
            let told = woken.hears(&coast).await;
            let kinds: Vec<&Value> = told.iter().map(|one| &one["notification_type"]).collect();
            assert_eq!(kinds, [alert]);
            let who = if alert.starts_with("admin.") { &marta } else { &hers };
            assert_eq!(told[0]["access_token"], json!(who.token), "{alert}");
            let path = format!("/api/v1/notifications/{}", told[0]["notification_id"]);
            assert_eq!(who.does(&coast, Method::GET, &path, json!({})).await["type"], alert);
        }
    }

    async fn it_counts_who_did_it(coast) {
        let mut woken = Woken::start().await;
        let hers = Person { token: token(&coast.town, &mut coast.alice, SCOPES).await, id: coast.alice.account.id.to_string() };
        woken.of(&coast, &hers).await;
        // So that the device reads who it was.
        coast.alice.get("/settings/apps").await.is(200);
        coast.alice.post("/settings/push", &[("tells", "true")]).await.leads("/settings/apps");
        let mut people = BTreeMap::new();
        for (name, followed, follows) in [("nobody", false, false), ("followed", true, false), ("follower", false, true), ("friend", true, true)] {
            let who = person(&coast, &format!("the_{name}"), Role::Member).await;
            if followed {
                hers.follows(&coast, &who, json!({})).await;
            }
            if follows {
                who.follows(&coast, &hers, json!({})).await;
            }
            people.insert(name, who);
        }
        woken.hears(&coast).await;
        for (policy, expected) in [
            ("all", &["followed", "follower", "friend", "nobody"][..]),
            ("followed", &["followed", "friend"][..]),
            ("follower", &["follower", "friend"][..]),
            ("none", &[][..]),
        ] {
            let chosen = json!({ "data": { "policy": policy, "alerts": { "mention": true } } });
            hers.does(&coast, Method::PUT, AT, chosen).await;
            for (name, who) in &people {
                who.writes(&coast, json!({ "status": format!("@alice says {name}") })).await;
            }
            let told = woken.hears(&coast).await;
            let mut heard: Vec<&str> = told
                .iter()
                .map(|one| one["body"].as_str().unwrap().rsplit(' ').next().unwrap())
                .collect();
            heard.sort_unstable();
            assert_eq!(heard, expected, "{policy}");
        }
    }

    async fn whoever_carries_messages_may_end_the_subscription_they_are_for(coast) {
        let mut woken = Woken::start().await;
        let hers = Person { token: token(&coast.town, &mut coast.alice, SCOPES).await, id: coast.alice.account.id.to_string() };
        let his = Person { token: token(&coast.town, &mut coast.bob, SCOPES).await, id: coast.bob.account.id.to_string() };
        for who in [&hers, &his] {
            woken.of(&coast, who).await;
        }
        his.writes(&coast, json!({ "status": "@alice ahoy" })).await;
        assert_eq!(woken.hears(&coast).await.len(), 1);
        let came = woken.service.came();
        let address = came[0].header("unsubscribe-url").to_owned();
        let origin = coast.town.community().origin.clone();
        let path = address.strip_prefix(&origin).unwrap().to_owned();
        assert!(!address.contains(&hers.token), "it opens nothing");
        // A word that was made up, or for somebody else, ends nothing; and no more is said of it.
        let (ours, word) = path.rsplit_once('/').unwrap();
        let (number, sealed) = word.split_once('.').unwrap();
        let other: i64 = number.parse::<i64>().unwrap() + 1;
        for wrong in ["nothing".to_owned(), format!("{other}.{sealed}"), format!("{number}."), "x".repeat(5_000)] {
            let at = format!("{ours}/{wrong}");
            let answer = coast.town.anonymous().send(Method::DELETE, &at, &[], "").await.is(200);
            assert_eq!(answer.json(), json!({}));
        }
        // It is no link to follow.
        assert!(!coast.town.anonymous().get(&path).await.status.is_success());
        for who in [&hers, &his] {
            who.does(&coast, Method::GET, AT, json!({})).await;
        }
        for _ in 0..2 {
            coast.town.anonymous().send(Method::DELETE, &path, &[], "").await.is(200);
            asks(&coast.town, &hers.token, Method::GET, AT, &json!({})).await.is(404);
        }
        his.does(&coast, Method::GET, AT, json!({})).await;
    }
}
