//! Lists of people whose posts a member reads together, through the API.

use http::Method;
use serde_json::{Value, json};

use crate::kept::{App, ids, link};
use crate::town_test;

town_test! {
    async fn a_list_has_a_timeline_of_the_people_in_it(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let list = hers.post("/api/v1/lists", &json!({ "title": "Harbour" })).await.is(200).json();
        assert_eq!((&list["title"], &list["replies_policy"], &list["exclusive"]), (&json!("Harbour"), &json!("list"), &json!(false)));
        let path = format!("/api/v1/lists/{}", list["id"].as_str().unwrap());
        let people = format!("{path}/accounts");
        let timeline = format!("/api/v1/timelines/list/{}", list["id"].as_str().unwrap());
        let named = json!({ "account_ids": [bob.account.id.to_string()] });
        hers.post(&people, &named).await.is(404);
        town.follow(&mut alice, &bob).await;
        town.follow(&mut alice, &carol).await;
        hers.post(&people, &named).await.is(200);
        hers.post(&people, &named).await.is(422);
        hers.post(&people, &json!({ "account_ids": ["7"] })).await.is(404);
        let bobs = town.post(&mut bob, "From bob", "private").await;
        let carols = town.post(&mut carol, "From carol", "public").await;
        let to_carol = town.reply(&mut bob, &carols, "@carol To carol", "public").await;
        assert_eq!(hers.ids(&timeline).await, ids(&[&bobs]));
        assert_eq!(hers.ids("/api/v1/timelines/home").await, ids(&[&to_carol, &carols, &bobs]));
        // Answers: to all she follows, to people in the list, or none.
        hers.put(&path, &json!({ "title": "Harbour", "replies_policy": "followed" })).await.is(200);
        assert_eq!(hers.ids(&timeline).await, ids(&[&to_carol, &bobs]));
        hers.put(&path, &json!({ "replies_policy": "list" })).await.is(200);
        hers.post(&people, &json!({ "account_ids": [carol.account.id.to_string()] })).await.is(200);
        assert_eq!(hers.ids(&timeline).await, ids(&[&to_carol, &carols, &bobs]));
        hers.put(&path, &json!({ "replies_policy": "none" })).await.is(200);
        assert_eq!(hers.ids(&timeline).await, ids(&[&carols, &bobs]));
        let first = hers.get(&format!("{timeline}?limit=1")).await.is(200);
        assert_eq!(hers.ids(&link(&first, "next").unwrap()).await, ids(&[&bobs]));
        // An exclusive one keeps them out of home.
        let told = hers.put(&path, &json!({ "exclusive": true })).await.is(200).json();
        assert_eq!((&told["exclusive"], &told["replies_policy"], &told["title"]), (&json!(true), &json!("none"), &json!("Harbour")));
        assert!(hers.ids("/api/v1/timelines/home").await.is_empty());
        alice.get("/home").await.is(200).hides("From bob");
        assert_eq!(hers.ids(&timeline).await, ids(&[&carols, &bobs]));
        // Whom she mutes, she does not read there either.
        alice.does(&format!("/accounts/{}/mute", carol.account.id)).await;
        assert_eq!(hers.ids(&timeline).await, ids(&[&bobs]));
        // It is hers alone.
        his.get(&path).await.is(404);
        his.get(&people).await.is(404);
        his.get(&timeline).await.is(404);
        his.put(&path, &json!({ "title": "Mine" })).await.is(404);
        his.delete(&path).await.is(404);
        his.post(&people, &json!({ "account_ids": [] })).await.is(404);
        assert!(his.ids("/api/v1/lists").await.is_empty());
        assert_eq!(hers.delete(&path).await.is(200).json(), json!({}));
        hers.get(&timeline).await.is(404);
        assert_eq!(hers.ids("/api/v1/timelines/home").await, ids(&[&bobs]), "carol is muted");
    }

    async fn who_is_not_followed_any_more_is_in_no_list(town) {
        let (mut alice, bob, carol) = (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.follow(&mut alice, &bob).await;
        town.follow(&mut alice, &carol).await;
        let mut hers = App::of(&town, &mut alice).await;
        let list = hers.post("/api/v1/lists", &json!({ "title": "Harbour" })).await.is(200).json();
        let people = format!("/api/v1/lists/{}/accounts", list["id"].as_str().unwrap());
        let all = [bob.account.id, carol.account.id, alice.account.id].map(|id| id.to_string());
        town.wait_s(1);
        hers.post(&people, &json!({ "account_ids": all })).await.is(200);
        assert_eq!(hers.ids(&format!("{people}?limit=0")).await.len(), 3);
        let first = hers.get(&format!("{people}?limit=2")).await.is(200);
        assert_eq!(hers.ids(&link(&first, "next").unwrap()).await.len(), 1);
        assert_eq!(hers.ids(&format!("/api/v1/accounts/{}/lists", bob.account.id)).await, [list["id"].as_str().unwrap()]);
        alice.does(&format!("/accounts/{}/unfollow", bob.account.id)).await;
        assert_eq!(hers.ids(&people).await.len(), 2);
        assert!(hers.ids(&format!("/api/v1/accounts/{}/lists", bob.account.id)).await.is_empty());
        // Taken out in a query, in a form, or in JSON.
        hers.delete(&format!("{people}?account_ids[]={}", carol.account.id)).await.is(200);
        assert_eq!(hers.ids(&people).await, [alice.account.id.to_string()]);
        hers.send(Method::DELETE, &people, &json!({ "account_ids": [alice.account.id] })).await.is(200);
        assert!(hers.ids(&people).await.is_empty());
    }

    async fn what_is_no_list_is_said(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        hers.post("/api/v1/lists", &json!({ "title": " " })).await.is(422).shows("blank");
        hers.post("/api/v1/lists", &json!({ "title": "x", "replies_policy": "some" })).await.is(422);
        hers.get("/api/v1/lists/7").await.is(404);
        hers.get("/api/v1/lists/seven").await.is(404);
        for at in 0..50 {
            hers.post("/api/v1/lists", &json!({ "title": format!("List {at}") })).await.is(200);
        }
        hers.post("/api/v1/lists", &json!({ "title": "One more" })).await.is(422).shows("at most 50");
        assert_eq!(hers.get("/api/v1/lists").await.is(200).json()[0]["title"], "List 0");
        assert_eq!(hers.send(Method::POST, "/api/v1/lists", &Value::Null).await.status.as_u16(), 422);
    }
}
