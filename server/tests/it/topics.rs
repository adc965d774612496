//! Topics that a member follows or puts on their profile, through the API.

use serde_json::{Value, json};

use crate::clients;
use crate::kept::{App, ids, link};
use crate::town_test;

town_test! {
    async fn an_app_reads_whom_a_member_follows_where_it_may(town) {
        let mut alice = town.member("alice").await;
        App::of(&town, &mut alice).await.post("/api/v1/tags/ferry/follow", &Value::Null).await.is(200);
        for (scopes, told) in [("read:statuses", Value::Null), ("read:follows", json!(true)), ("read", json!(true))] {
            let mut app = clients::App::let_in_with(&town, &mut alice, scopes).await;
            let tag = app.get("/api/v1/tags/ferry").await.is(200).json();
            assert_eq!((&tag["name"], &tag["following"]), (&json!("ferry"), &told), "{scopes}");
        }
        // Search tells it too; toot asks it alone.
        town.post(&mut alice, "The #ferry and the #ferryman", "public").await;
        for (scopes, told) in [("read:search", Value::Null), ("read:search read:follows", json!(true)), ("read", json!(true))] {
            let mut app = clients::App::let_in_with(&town, &mut alice, scopes).await;
            let found = app.get("/api/v2/search?q=ferry&type=hashtags").await.is(200).json();
            let named = |name: &str| found["hashtags"].as_array().unwrap().iter().find(|tag| tag["name"] == name).unwrap().clone();
            assert_eq!(named("ferry")["following"], told, "{scopes}");
            let other = if told.is_null() { Value::Null } else { json!(false) };
            assert_eq!((&named("ferryman")["following"], &named("ferryman")["featuring"]), (&other, &other), "{scopes}");
        }
        let seen = town.anonymous().get("/api/v2/search?q=ferryman&type=hashtags").await.is(200).json();
        assert_eq!((&seen["hashtags"][0]["name"], seen["hashtags"][0].get("following")), (&json!("ferryman"), None));
    }

    async fn what_names_a_followed_topic_comes_home(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.follow(&mut alice, &carol).await;
        let before = town.post(&mut bob, "#Ferry timetable", "public").await;
        let mut hers = App::of(&town, &mut alice).await;
        let home = "/api/v1/timelines/home";
        let tag = hers.get("/api/v1/tags/FERRY").await.is(200).json();
        assert_eq!((&tag["name"], &tag["following"]), (&json!("ferry"), &json!(false)));
        assert!(tag["url"].as_str().unwrap().ends_with("/tags/ferry"));
        let tag = hers.post("/api/v1/tags/Ferry/follow", &Value::Null).await.is(200).json();
        assert_eq!(tag["following"], true);
        hers.post("/api/v1/tags/ferry/follow", &Value::Null).await.is(200);
        assert_eq!(hers.ids(home).await, ids(&[&before]));
        let after = town.post(&mut bob, "The #ferry, and the #barge", "public").await;
        town.post(&mut bob, "Quietly of the #ferry", "unlisted").await;
        town.post(&mut bob, "For few: #ferry", "private").await;
        town.post(&mut bob, "Nothing of it", "public").await;
        let carols = town.post(&mut carol, "Carol's #ferry", "public").await;
        assert_eq!(hers.ids(home).await, ids(&[&carols, &after, &before]));
        // Another topic holds what it brought, and so does a follow.
        hers.post("/api/v1/tags/barge/follow", &Value::Null).await.is(200);
        let tag = hers.post("/api/v1/tags/ferry/unfollow", &Value::Null).await.is(200).json();
        assert_eq!(tag["following"], false);
        assert_eq!(hers.ids(home).await, ids(&[&carols, &after]));
        hers.post("/api/v1/tags/barge/unfollow", &Value::Null).await.is(200);
        assert_eq!(hers.ids(home).await, ids(&[&carols]));
        // A post of whom she blocks comes by no topic.
        hers.post("/api/v1/tags/ferry/follow", &Value::Null).await.is(200);
        assert_eq!(hers.ids(home).await, ids(&[&carols, &after, &before]));
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        town.post(&mut bob, "#ferry once more", "public").await;
        assert_eq!(hers.ids(home).await, ids(&[&carols]));
    }

    async fn a_member_follows_topics_on_pages(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let at = "/settings/topics";
        town.anonymous().get(at).await.is(303);
        alice.get(at).await.is(200).shows("You follow no topics");
        alice.post(at, &[("name", "two words")]).await.is(422).shows("This is no hashtag");
        town.post(&mut bob, "The #Fähre is late", "public").await;
        alice.get("/home").await.is(200).hides("is late");
        alice.post(at, &[("name", "#Fähre")]).await.leads(at);
        alice.get(at).await.is(200).shows("#fähre");
        alice.get("/home").await.is(200).shows("is late");
        bob.get(at).await.is(200).shows("You follow no topics");
        // The page of the topic follows it, and lets it go.
        let topic = "/tags/f%C3%A4hre";
        let of = [("name", "fähre"), ("back", topic)];
        let page = bob.get(topic).await.is(200);
        assert!(page.body.contains("action=\"/settings/topics\""), "{}", page.body);
        bob.post(at, &of).await.leads(topic);
        let page = bob.get(topic).await.is(200).shows("Following");
        assert!(page.body.contains("action=\"/settings/topics/unfollow\""), "{}", page.body);
        bob.post("/settings/topics/unfollow", &of).await.leads(topic);
        bob.get(at).await.is(200).shows("You follow no topics");
        alice.get(at).await.is(200).shows("#fähre");
        alice.post("/settings/topics/unfollow", &[("name", "fähre")]).await.leads(at);
        alice.get("/home").await.is(200).hides("is late");
        // A visitor and a number are not followed.
        for page in [town.anonymous().get(topic).await.is(200), alice.get("/tags/12").await.is(200)] {
            assert!(!page.body.contains("action=\"/settings/topics"), "{}", page.body);
        }
    }

    async fn followed_topics_are_listed(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        for name in ["ferry", "barge", "f%C3%A4hre"] {
            town.wait_s(1);
            hers.post(&format!("/api/v1/tags/{name}/follow"), &Value::Null).await.is(200);
        }
        let told = hers.get("/api/v1/followed_tags").await.is(200).json();
        let names: Vec<_> = told.as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["fähre", "barge", "ferry"]);
        assert_eq!(told[0]["following"], true);
        let first = hers.get("/api/v1/followed_tags?limit=2").await.is(200);
        let next = hers.get(&link(&first, "next").unwrap()).await.is(200).json();
        assert_eq!(next[0]["name"], "ferry");
        assert_eq!(his.get("/api/v1/followed_tags").await.is(200).json(), json!([]));
        for none in ["12", "two%20words", "%23"] {
            hers.get(&format!("/api/v1/tags/{none}")).await.is(404);
            hers.post(&format!("/api/v1/tags/{none}/follow"), &Value::Null).await.is(404);
        }
        let tag = town.anonymous().get("/api/v1/tags/ferry").await.is(200).json();
        assert_eq!((&tag["name"], &tag["following"]), (&json!("ferry"), &Value::Null));
    }

    async fn a_topic_says_how_often_it_was_named(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        town.post(&mut alice, "#lock one", "public").await;
        town.post(&mut alice, "#lock two", "public").await;
        town.post(&mut bob, "#lock of few", "private").await;
        town.wait_s(86_400);
        town.post(&mut bob, "#lock again", "public").await;
        hers.post("/api/v1/tags/lock/follow", &Value::Null).await.is(200);
        let told = hers.get("/api/v1/followed_tags").await.is(200).json()[0]["history"].clone();
        let days: Vec<_> = told.as_array().unwrap().iter().map(|day| (day["uses"].as_str().unwrap(), day["accounts"].as_str().unwrap())).collect();
        assert_eq!(days[..3], [("1", "1"), ("2", "1"), ("0", "0")]);
        assert_eq!(days.len(), 7);
        assert_eq!(town.anonymous().get("/api/v1/tags/lock").await.is(200).json()["history"], told);
        let found = his.get("/api/v2/search?q=lock&type=hashtags").await.is(200).json();
        assert_eq!(found["hashtags"][0]["history"], told);
        let none = his.get("/api/v1/tags/weir").await.is(200).json();
        assert_eq!(none["history"][0]["uses"], "0");
        // What the viewer may not see is not counted.
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        assert_eq!(his.get("/api/v1/tags/lock").await.is(200).json()["history"][1]["uses"], "0");
    }

    async fn a_profile_has_topics(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        for text in ["#Ferry one", "#ferry two", "#barge"] {
            town.post(&mut alice, text, "public").await;
        }
        town.post(&mut alice, "#secret", "private").await;
        town.post(&mut bob, "#ferry of bob", "public").await;
        let told = hers.get("/api/v1/featured_tags/suggestions").await.is(200).json();
        let names: Vec<_> = told.as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["ferry", "barge"]);
        let told = hers.post("/api/v1/featured_tags", &json!({ "name": "#Ferry" })).await.is(200).json();
        assert_eq!((&told["name"], &told["statuses_count"], &told["last_status_at"]), (&json!("ferry"), &json!("2"), &json!("2026-05-05")));
        hers.post("/api/v1/featured_tags", &json!({ "name": "ferry" })).await.is(422);
        hers.post("/api/v1/featured_tags", &json!({ "name": "no tag" })).await.is(422);
        let tag = hers.post("/api/v1/tags/quay/feature", &Value::Null).await.is(200).json();
        assert_eq!(tag["featuring"], true);
        let seen = his.get(&format!("/api/v1/accounts/{}/featured_tags", alice.account.id)).await.is(200).json();
        assert_eq!(seen, hers.get("/api/v1/featured_tags").await.is(200).json());
        assert_eq!(seen.as_array().unwrap().len(), 2);
        assert_eq!(seen[1]["last_status_at"], Value::Null);
        let id = told["id"].as_str().unwrap();
        his.delete(&format!("/api/v1/featured_tags/{id}")).await.is(404);
        hers.delete(&format!("/api/v1/featured_tags/{id}")).await.is(200);
        hers.post("/api/v1/tags/quay/unfeature", &Value::Null).await.is(200);
        assert_eq!(hers.get("/api/v1/featured_tags").await.is(200).json(), json!([]));
        for at in 0..10 {
            hers.post("/api/v1/featured_tags", &json!({ "name": format!("t{at}") })).await.is(200);
        }
        hers.post("/api/v1/featured_tags", &json!({ "name": "t10" })).await.is(422).shows("at most 10");
        // Who is blocked finds no profile.
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        his.get(&format!("/api/v1/accounts/{}/featured_tags", alice.account.id)).await.is(404);
    }
}
