//! Polls, here and across the border.

use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::town_test;

const HOUR: i64 = 3_600;

fn asks(options: &[&str], multiple: bool) -> Value {
    json!({ "status": "When?", "poll": { "options": options, "expires_in": HOUR, "multiple": multiple } })
}

town_test! {
    async fn everybody_votes_once(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let post = alice.write(asks(&["High tide", "Low tide"], false)).await;
        let at = format!("/api/v1/polls/{}", id(&post["poll"]));
        assert_eq!((&post["poll"]["votes_count"], &post["poll"]["expired"]), (&json!(0), &json!(false)));
        let votes = format!("{at}/votes");
        for wrong in [json!([]), json!([2]), json!([-1]), json!([0, 1])] {
            bob.post(&votes, json!({ "choices": wrong })).await.is(422);
        }
        let poll = bob.post(&votes, json!({ "choices": ["1"] })).await.is(200).json();
        assert_eq!((&poll["options"][1]["votes_count"], &poll["voters_count"]), (&json!(1), &json!(1)));
        assert_eq!((&poll["voted"], &poll["own_votes"]), (&json!(true), &json!([1])));
        bob.post(&votes, json!({ "choices": [0] })).await.is(422);
        alice.post(&votes, json!({ "choices": [0] })).await.is(422);
        let poll = alice.get(&at).await.is(200).json();
        assert_eq!((&poll["votes_count"], &poll["own_votes"]), (&json!(1), &json!([])));
        let seen = town.anonymous().get(&at).await.is(200).json();
        assert_eq!(seen.get("own_votes"), None);
        // What is no poll, and what one may not see, is none.
        let plain = bob.write(json!({ "status": "Nothing asked" })).await;
        bob.get(&format!("/api/v1/polls/{}", id(&plain))).await.is(404);
        let hidden = alice.write(json!({ "status": "Between us?", "visibility": "private", "poll": asks(&["a", "b"], true)["poll"] })).await;
        bob.post(&format!("/api/v1/polls/{}/votes", id(&hidden)), json!({ "choices": [0] })).await.is(404);
    }

    async fn a_poll_has_bounds(town) {
        let mut alice = App::of(&town, "alice").await;
        let long = "x".repeat(101);
        let nine: Vec<String> = (0..9).map(|number| number.to_string()).collect();
        let nine: Vec<&str> = nine.iter().map(String::as_str).collect();
        for options in [&["one"][..], &["same", "same"], &["", " "], &["a", &long], &nine] {
            alice.post("/api/v1/statuses", asks(options, false)).await.is(422);
        }
        for lasts in [1, 3_000_000_000_i64] {
            let body = json!({ "status": "When?", "poll": { "options": ["a", "b"], "expires_in": lasts } });
            alice.post("/api/v1/statuses", body).await.is(422);
        }
    }

    async fn an_edit_keeps_the_same_question_and_forgets_votes_for_another(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let post = alice.write(asks(&["a", "b"], true)).await;
        let at = format!("/api/v1/statuses/{}", id(&post));
        bob.post(&format!("/api/v1/polls/{}/votes", id(&post)), json!({ "choices": [0, 1] })).await.is(200);
        let mut same = asks(&["a", "b"], true);
        same["status"] = json!("When, then?");
        let edited = alice.send(Method::PUT, &at, &same).await.is(200).json();
        assert_eq!(edited["poll"]["votes_count"], 2);
        let edited = alice.send(Method::PUT, &at, &asks(&["a", "c"], true)).await.is(200).json();
        assert_eq!((&edited["poll"]["votes_count"], &edited["poll"]["options"][1]["title"]), (&json!(0), &json!("c")));
        let edited = alice.send(Method::PUT, &at, &json!({ "status": "Never mind" })).await.is(200).json();
        assert_eq!(edited["poll"], Value::Null);
        // Each version tells what it asked, and nothing of votes.
        let history = alice.get(&format!("{at}/history")).await.is(200).json();
        let asked: Vec<&Value> = history.as_array().unwrap().iter().map(|version| &version["poll"]).collect();
        let poll = |options: [&str; 2]| json!({ "options": options.map(|title| json!({ "title": title })) });
        assert_eq!(asked, [&poll(["a", "b"]), &poll(["a", "b"]), &poll(["a", "c"]), &Value::Null]);
        let page = format!("/statuses/{}/history", id(&post));
        town.anonymous().get(&page).await.is(200).shows("When, then? a b").shows("When? a c");
    }

    async fn each_version_tells_whether_its_files_were_hidden(town) {
        let mut alice = App::of(&town, "alice").await;
        let post = alice.write(json!({ "status": "Low water", "sensitive": true })).await;
        let at = format!("/api/v1/statuses/{}", id(&post));
        alice.send(Method::PUT, &at, &json!({ "status": "Low water", "sensitive": false })).await.is(200);
        alice.send(Method::PUT, &at, &json!({ "status": "High water", "sensitive": true })).await.is(200);
        let history = alice.get(&format!("{at}/history")).await.is(200).json();
        let hidden: Vec<bool> = history.as_array().unwrap().iter().map(|version| version["sensitive"] == true).collect();
        assert_eq!(hidden, [true, false, true]);
    }

    async fn a_page_shows_a_poll_and_takes_votes(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut app = App::let_in(&town, &mut alice).await;
        let post = app.write(asks(&["Herring", "Heron & co"], false)).await;
        let page = format!("/@alice/{}", id(&post));
        bob.get(&page).await.is(200).shows("Heron & co").shows("Vote 0 people");
        bob.post(&format!("/statuses/{}/vote", id(&post)), &[("choice", "1"), ("back", &page)]).await.leads(&page);
        bob.get(&page).await.is(200).shows("100 %").shows("1 person").hides("Vote 1 person");
        town.anonymous().get(&page).await.is(200).shows("100 %").hides("Vote 1 person");
    }
}

coast_test! {
    async fn l10_others_vote_unless_they_are_refused_and_hear_the_numbers(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let mut body = asks(&["High", "Low"], false);
        body["poll"]["hide_totals"] = json!(true);
        let post = app.write(body).await;
        coast.is_idle().await;
        let sent = coast.got("open", "Create").pop().unwrap()["object"].clone();
        assert_eq!((&sent["type"], &sent["oneOf"][1]["name"]), (&json!("Question"), &json!("Low")));
        assert!(sent["endTime"].is_string() && sent["closed"].is_null());
        let asker = coast.alice.account.iri.as_str().to_owned();
        let vote = |by: &str, number: u8, name: &str| json!({
            "id": format!("{by}#vote-{number}/activity"), "type": "Create", "actor": by, "to": [asker],
            "object": {
                "id": format!("{by}#vote-{number}"), "type": "Note", "name": name, "attributedTo": by,
                "inReplyTo": sent["id"], "to": [asker],
            },
        });
        let (rita, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "lena"));
        for (number, name) in [(1, "Middle"), (2, "Low"), (3, "High"), (4, "Low")] {
            coast.brings(&vote(&rita, number, name)).await;
        }
        let poll = app.get(&format!("/api/v1/polls/{}", id(&post))).await.is(200).json();
        assert_eq!((&poll["voters_count"], &poll["votes_count"]), (&json!(1), &json!(1)));
        assert_eq!(poll["options"][1]["votes_count"], Value::Null, "the numbers are shown at the end");
        // Whom she refuses does not vote.
        coast.alice_refuses_kept().await;
        coast.brings(&vote(&lena, 1, "High")).await;
        coast.town.wait_s(HOUR + 1);
        coast.is_idle().await;
        let told = coast.got("open", "Update").pop().unwrap()["object"].clone();
        assert!(told["closed"].is_string());
        assert_eq!(told["oneOf"][1]["replies"]["totalItems"], 1);
        assert_eq!(told["oneOf"][0]["replies"]["totalItems"], 0);
        coast.brings(&vote(&rita, 5, "High")).await;
        let poll = app.get(&format!("/api/v1/polls/{}", id(&post))).await.is(200).json();
        assert_eq!((&poll["expired"], &poll["options"][1]["votes_count"]), (&json!(true), &json!(1)));
        let told = app.get("/api/v1/notifications?types[]=poll").await.is(200).json();
        assert_eq!((&told[0]["type"], &told[0]["status"]["id"]), (&json!("poll"), &post["id"]));
    }

    async fn a_member_votes_elsewhere(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let rita = coast.peer.iri("open", "rita");
        let asker = coast.alice.account.iri.as_str().to_owned();
        let question = |votes: u8, kind: &str| json!({
            "id": format!("{rita}/asks/{kind}-{votes}"), "type": kind, "actor": rita,
            "to": [comity_vocab::PUBLIC], "cc": [asker],
            "object": {
                "id": format!("{rita}/asks/1"), "type": "Question", "attributedTo": rita, "content": "<p>Which?</p>",
                "to": [comity_vocab::PUBLIC], "cc": [asker], "tag": [{ "type": "Mention", "href": asker, "name": "@alice" }],
                "endTime": "2100-01-01T00:00:00Z", "votersCount": votes,
                "anyOf": [
                    { "type": "Note", "name": "Red", "replies": { "type": "Collection", "totalItems": votes } },
                    { "type": "Note", "name": "Blue", "replies": { "type": "Collection", "totalItems": 0 } },
                ],
            },
        });
        coast.brings(&question(3, "Create")).await;
        let status = coast.id_of(&format!("{rita}/asks/1")).await.unwrap();
        let at = format!("/api/v1/polls/{status}");
        let poll = app.get(&at).await.is(200).json();
        assert_eq!((&poll["multiple"], &poll["options"][0]["votes_count"]), (&json!(true), &json!(3)));
        app.post(&format!("{at}/votes"), json!({ "choices": [0, 1] })).await.is(200);
        coast.is_idle().await;
        let votes = coast.got("open", "Create");
        let mut names: Vec<&str> = votes.iter().filter_map(|vote| vote["object"]["name"].as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Blue", "Red"]);
        let vote = votes.iter().find(|vote| vote["object"]["name"] == "Red").unwrap();
        assert_eq!((&vote["object"]["inReplyTo"], &vote["object"]["to"]), (&json!(format!("{rita}/asks/1")), &json!([rita])));
        assert!(vote["object"]["content"].is_null());
        // The numbers that its server tells later take the place of ours, and what was chosen stays.
        coast.brings(&question(9, "Update")).await;
        let poll = app.get(&at).await.is(200).json();
        assert_eq!((&poll["options"][0]["votes_count"], &poll["voters_count"]), (&json!(9), &json!(9)));
        assert_eq!(poll["own_votes"], json!([0, 1]));
        // Another question with the same words is an edit, and the one before is kept.
        let mut anew = question(1, "Update");
        anew["id"] = json!(format!("{rita}/asks/anew"));
        anew["object"]["anyOf"][1]["name"] = json!("Green");
        coast.brings(&anew).await;
        let history = app.get(&format!("/api/v1/statuses/{status}/history")).await.is(200).json();
        let second = |version: usize| history[version]["poll"]["options"][1]["title"].clone();
        assert_eq!((second(0), second(1)), (json!("Blue"), json!("Green")));
        let poll = app.get(&at).await.is(200).json();
        assert_eq!((&poll["votes_count"], &poll["own_votes"]), (&json!(1), &json!([])));
    }
}
