//! Numbers for moderators' apps: what is counted, for whom, and up to which bounds.

use comity::members::Role;
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::oauth::Registered;
use crate::town::{Member, Town};
use crate::town_test;

const MODERATES: &str = "read write admin:read admin:write";
const DAY_S: i64 = 24 * 3_600;
const MEASURES: &str = "/api/v1/admin/measures";
const DIMENSIONS: &str = "/api/v1/admin/dimensions";
const RETENTION: &str = "/api/v1/admin/retention";

async fn moderator(town: &Town) -> Member {
    town.member_of(&town.community(), "mona", Role::Moderator)
        .await
}

/// The two days of the tests, with what else is asked.
fn days(more: Value) -> Value {
    let mut asked = json!({ "start_at": "2026-05-05", "end_at": "2026-05-06T10:00:00Z" });
    let Value::Object(more) = more else {
        panic!("{more} is no object");
    };
    for (name, value) in more {
        asked[name] = value;
    }
    asked
}

/// The total of a measure, that of the days before, and the number of each day.
fn numbers(list: &Value, key: &str) -> (String, Option<String>, Vec<String>) {
    let list = list.as_array().unwrap().iter();
    let found: Vec<&Value> = list.filter(|one| one["key"] == key).collect();
    assert_eq!(found.len(), 1, "{key} is there once");
    let each = found[0]["data"].as_array().unwrap().iter();
    (
        found[0]["total"].as_str().unwrap().to_owned(),
        found[0]["previous_total"].as_str().map(str::to_owned),
        each.map(|day| day["value"].as_str().unwrap().to_owned())
            .collect(),
    )
}

fn told(total: &str, previous: &str, days: [&str; 2]) -> (String, Option<String>, Vec<String>) {
    (
        total.to_owned(),
        Some(previous.to_owned()),
        days.map(str::to_owned).to_vec(),
    )
}

town_test! {
    async fn what_happened_is_counted_by_days(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        let first = town.post(&mut alice, "The #tide is high", "public").await;
        town.post(&mut alice, "#tide for few", "private").await;
        town.post(&mut bob, "Only for you @alice", "direct").await;
        alice.does(&format!("/statuses/{}/favourite", first.id)).await;
        town.wait_s(DAY_S);
        town.post(&mut bob, "The #Tide is low", "public").await;
        bob.does(&format!("/statuses/{}/favourite", first.id)).await;
        town.reply(&mut bob, &first, "So it is", "public").await;
        let report = json!({ "account_id": bob.account.id.to_string(), "comment": "Too loud" });
        desk.post("/api/v1/reports", report).await.is(200);
        let open = desk.get("/api/v1/admin/reports").await.is(200).json();
        desk.post(&format!("/api/v1/admin/reports/{}/resolve", id(&open[0])), json!({})).await.is(200);

        let topic = json!({ "id": "Tide" });
        let keys = [
            "active_users", "new_users", "interactions", "opened_reports", "resolved_reports", "tag_accounts", "tag_uses",
            "tag_servers", "instance_media_attachments", "nonsense", "tag_uses",
        ];
        let asked = days(json!({ "keys": keys, "tag_accounts": topic, "tag_uses": topic, "tag_servers": topic }));
        let list = desk.post(MEASURES, asked).await.is(200).json();
        assert_eq!(list.as_array().unwrap().len(), 8, "what is not known is left out: {list}");
        assert_eq!(numbers(&list, "active_users"), told("2", "0", ["1", "1"]));
        assert_eq!(numbers(&list, "new_users"), told("3", "0", ["3", "0"]));
        assert_eq!(numbers(&list, "interactions"), told("2", "0", ["0", "2"]));
        assert_eq!(numbers(&list, "opened_reports"), told("1", "0", ["0", "1"]));
        assert_eq!(numbers(&list, "resolved_reports"), told("1", "0", ["0", "1"]));
        assert_eq!(numbers(&list, "tag_accounts"), told("2", "0", ["1", "1"]));
        assert_eq!(numbers(&list, "tag_uses"), told("2", "0", ["1", "1"]));
        assert_eq!(numbers(&list, "tag_servers"), told("0", "0", ["0", "0"]));
        assert_eq!(list[0]["data"][1]["date"], "2026-05-06T00:00:00.000Z");
        // As many days before these are counted too, and nobody is counted twice.
        let later = json!({ "keys": ["active_users", "new_users"], "start_at": "2026-05-07", "end_at": "2026-05-08" });
        let list = desk.post(MEASURES, later).await.is(200).json();
        assert_eq!(numbers(&list, "active_users"), told("0", "2", ["0", "0"]));
        assert_eq!(numbers(&list, "new_users"), told("0", "3", ["0", "0"]));

        // Another community has numbers of its own.
        let island = town.found("island.example", "Island").await;
        let mut olga = town.member_of(&island, "olga", Role::Moderator).await;
        let mut hers = Registered::at(town.visitor_of(&island), MODERATES).await;
        let token = hers.let_in(&mut olga, MODERATES).await;
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let asked = days(json!({ "keys": ["active_users", "new_users", "interactions", "opened_reports"] })).to_string();
        let list = hers.browser.send(Method::POST, MEASURES, &headers, &asked).await.is(200).json();
        assert_eq!(numbers(&list, "active_users"), told("0", "0", ["0", "0"]));
        assert_eq!(numbers(&list, "new_users"), told("1", "0", ["0", "1"]));
        assert_eq!(numbers(&list, "interactions"), told("0", "0", ["0", "0"]));
        assert_eq!(numbers(&list, "opened_reports"), told("0", "0", ["0", "0"]));
    }

    async fn what_there_is_most_of_comes_first(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        for (text, language) in [("The #tide", "en"), ("Die #tide", "de"), ("Ebbe", "de")] {
            alice.write(json!({ "status": text, "language": language })).await;
        }
        bob.write(json!({ "status": "Pour peu", "language": "fr", "visibility": "private" })).await;
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        let topic = json!({ "id": "tide" });
        let keys = ["languages", "software_versions", "servers", "tag_languages", "tag_servers", "sources", "nonsense"];
        let asked = days(json!({ "keys": keys, "tag_languages": topic, "tag_servers": topic }));
        let list = desk.post(DIMENSIONS, asked).await.is(200).json();
        assert_eq!(list.as_array().unwrap().len(), 5, "{list}");
        let lines = |at: usize| -> Vec<(String, String)> {
            let lines = list[at]["data"].as_array().unwrap().iter();
            lines.map(|line| (line["human_key"].as_str().unwrap().to_owned(), line["value"].as_str().unwrap().to_owned())).collect()
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(lines(0), [pair("Deutsch", "2"), pair("English", "1")]);
        assert_eq!(lines(1), [pair("Comity", env!("CARGO_PKG_VERSION"))]);
        assert!(lines(2).is_empty());
        assert_eq!(lines(3), [pair("Deutsch", "1"), pair("English", "1")]);
        assert_eq!(lines(4), [pair("harbour.example", "2")]);
        let one = desk.post(DIMENSIONS, days(json!({ "keys": ["languages"], "limit": 1 }))).await.is(200).json();
        assert_eq!(one[0]["data"].as_array().unwrap().len(), 1);
        assert_eq!((&one[0]["key"], &one[0]["data"][0]["key"]), (&json!("languages"), &json!("de")));
    }

    async fn who_came_together_is_followed_through_time(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        town.post(&mut alice, "Here", "public").await;
        town.wait_s(DAY_S);
        town.post(&mut alice, "Still here", "public").await;
        town.post(&mut bob, "I too", "unlisted").await;
        town.post(&mut mona, "To you, @bob", "direct").await;
        let list = desk.post(RETENTION, days(json!({ "frequency": "day" }))).await.is(200).json();
        assert_eq!(list.as_array().unwrap().len(), 2);
        assert_eq!((&list[0]["period"], &list[0]["frequency"]), (&json!("2026-05-05T00:00:00.000Z"), &json!("day")));
        let values = |list: &Value, at: usize| -> Vec<String> {
            let data = list[at]["data"].as_array().unwrap().iter();
            data.map(|one| one["value"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((values(&list, 0), values(&list, 1)), (vec!["1".to_owned(), "2".to_owned()], vec!["0".to_owned()]));
        assert!((list[0]["data"][1]["rate"].as_f64().unwrap() - 2.0 / 3.0).abs() < 0.001, "{list}");
        let list = desk.post(RETENTION, days(json!({ "frequency": "month" }))).await.is(200).json();
        assert_eq!((&list[0]["period"], &list[0]["data"][0]["value"]), (&json!("2026-05-01T00:00:00.000Z"), &json!("2")));
        assert_eq!(list.as_array().unwrap().len(), 1);
        // What is not asked whole is answered with nothing, as Mastodon does.
        assert_eq!(desk.post(RETENTION, json!({ "frequency": "day" })).await.is(200).json(), json!([]));
        let long = json!({ "start_at": "2026-01-01", "end_at": "2026-12-31", "frequency": "day" });
        desk.post(RETENTION, long).await.is(422);
        let long = json!({ "start_at": "2026-01-01", "end_at": "2026-12-31", "frequency": "month" });
        assert_eq!(desk.post(RETENTION, long).await.is(200).json().as_array().unwrap().len(), 12);
    }

    async fn numbers_are_for_moderators_and_have_bounds(town) {
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        let mut carol = town.member("carol").await;
        let mut curious = App::let_in_with(&town, &mut carol, MODERATES).await;
        for path in [MEASURES, DIMENSIONS, RETENTION] {
            let asked = days(json!({ "keys": ["new_users", "languages"], "frequency": "day" }));
            curious.post(path, asked.clone()).await.is(403);
            town.anonymous().post_raw(path, &[], "").await.is(401);
            desk.post(path, asked).await.is(200);
        }
        for wrong in [
            json!({ "keys": ["new_users"] }),
            json!({ "keys": ["new_users"], "start_at": "2026-05-05" }),
            json!({ "keys": ["new_users"], "start_at": "soon", "end_at": "2026-05-05" }),
            json!({ "keys": ["new_users"], "start_at": "2026-05-05", "end_at": "2026-05-04" }),
            json!({ "keys": ["new_users"], "start_at": "2026-05-05", "end_at": "2027-05-06" }),
            days(json!({ "keys": ["tag_uses"] })),
            days(json!({ "keys": ["tag_uses"], "tag_uses": { "id": " " } })),
            days(json!({ "keys": ["instance_accounts"] })),
            days(json!({ "keys": ["instance_accounts"], "instance_accounts": { "domain": "no server" } })),
        ] {
            desk.post(MEASURES, wrong).await.is(422);
        }
        desk.post(DIMENSIONS, days(json!({ "keys": ["instance_languages"] }))).await.is(422);
        assert_eq!(desk.post(MEASURES, days(json!({}))).await.is(200).json(), json!([]));
    }
}

coast_test! {
    async fn what_comes_from_a_server_is_counted_by_its_name(coast) {
        let mut mona = moderator(&coast.town).await;
        let mut desk = App::let_in_with(&coast.town, &mut mona, MODERATES).await;
        let server = json!({ "domain": coast.peer.domain("open") });
        let rita = coast.peer.iri("open", "rita");
        coast.brings(&json!({
            "id": format!("{rita}/posts/1/activity"), "type": "Create", "actor": rita, "to": [comity_vocab::PUBLIC],
            "object": {
                "id": format!("{rita}/posts/1"), "type": "Note", "attributedTo": rita, "content": "<p>Hello</p>",
                "to": [comity_vocab::PUBLIC], "cc": [coast.alice.account.iri.as_str()],
                "tag": [{ "type": "Mention", "href": coast.alice.account.iri.as_str(), "name": "@alice" }],
            },
        })).await;
        let keys = ["instance_accounts", "instance_followers", "instance_follows", "instance_statuses", "instance_reports"];
        let mut asked = days(json!({ "keys": keys }));
        for key in keys {
            asked[key] = server.clone();
        }
        let list = desk.post(MEASURES, asked.clone()).await.is(200).json();
        let total = |key: &str| numbers(&list, key).0;
        assert_eq!(keys.map(total), ["1", "2", "0", "1", "0"].map(str::to_owned), "{list}");
        assert_eq!(numbers(&list, "instance_accounts").1, None);
        for key in keys {
            asked[key] = json!({ "domain": "nowhere.example" });
        }
        let list = desk.post(MEASURES, asked).await.is(200).json();
        assert_eq!(keys.map(|key| numbers(&list, key).0), ["0"; 5].map(str::to_owned), "{list}");

        let asked = days(json!({ "keys": ["servers", "instance_accounts", "instance_languages"], "instance_accounts": server, "instance_languages": server }));
        let list = desk.post(DIMENSIONS, asked).await.is(200).json();
        assert_eq!((&list[0]["data"][0]["key"], &list[0]["data"][0]["value"]), (&server["domain"], &json!("1")));
        assert_eq!(list[1]["data"], json!([]), "nobody here follows her");
        assert_eq!((&list[2]["data"][0]["key"], &list[2]["data"][0]["value"]), (&json!("und"), &json!("1")));
    }
}
