//! Lists of people whose posts a member reads together, through the API.

use comity_db::{Sql, params, sql};
use http::Method;
use serde_json::{Value, json};

use crate::antennas::FILL;
use crate::kept::{App, ids, link};
use crate::peer;
use crate::town::Member;
use crate::town_test;

/// What is newer than this status (`$2`) comes into a home.
const COMES_HOME: Sql = sql!(
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT $1, id, account_id
       FROM statuses
      WHERE id > $2"
);

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
        hers.post(&people, &named).await.is(422).shows("follow");
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

    async fn who_is_not_followed_is_in_a_list_only_if_they_let_it(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        let list = hers.post("/api/v1/lists", &json!({ "title": "Harbour" })).await.is(200).json();
        let people = format!("/api/v1/lists/{}/accounts", list["id"].as_str().unwrap());
        let timeline = format!("/api/v1/timelines/list/{}", list["id"].as_str().unwrap());
        let named = |member: &Member| json!({ "account_ids": [member.account.id.to_string()] });
        hers.post(&people, &named(&bob)).await.is(422);
        bob.post("/settings/lists", &[("listing", "everyone")]).await.leads("/settings/lists");
        carol.post("/settings/lists", &[("listing", "followed")]).await.leads("/settings/lists");
        carol.post("/settings/lists", &[("listing", "some")]).await.is(422);
        hers.post(&people, &named(&bob)).await.is(200);
        hers.post(&people, &named(&carol)).await.is(422);
        town.follow(&mut carol, &alice).await;
        hers.post(&people, &named(&carol)).await.is(200);
        // Only what they write for everyone, and nothing of it in home.
        let open = town.post(&mut bob, "For everyone", "public").await;
        for visibility in ["unlisted", "private", "local"] {
            town.post(&mut bob, "Not for everyone", visibility).await;
        }
        let carols = town.post(&mut carol, "From carol", "public").await;
        let answer = town.reply(&mut bob, &carols, "@carol To carol", "public").await;
        assert_eq!(hers.ids(&timeline).await, ids(&[&answer, &carols, &open]));
        assert!(hers.ids("/api/v1/timelines/home").await.is_empty());
        let first = hers.get(&format!("{timeline}?limit=2")).await.is(200);
        assert_eq!(hers.ids(&link(&first, "next").unwrap()).await, ids(&[&open]));
        // Who thinks better of it is read there no more.
        bob.post("/settings/lists", &[("listing", "nobody")]).await.leads("/settings/lists");
        assert_eq!(hers.ids(&timeline).await, ids(&[&carols]));
        bob.post("/settings/lists", &[("listing", "everyone")]).await.leads("/settings/lists");
        assert_eq!(hers.ids(&timeline).await, ids(&[&answer, &carols, &open]));
        // He sees who has him in a list, and takes himself out.
        bob.get("/settings/lists").await.is(200).shows("@alice");
        let leave = format!("/settings/lists/{}/leave", alice.account.id);
        bob.post(&leave, &[]).await.leads("/settings/lists");
        bob.post(&leave, &[]).await.is(404);
        assert_eq!(hers.ids(&timeline).await, ids(&[&carols]));
        assert_eq!(hers.ids(&people).await, [carol.account.id.to_string()]);
        hers.post(&people, &named(&bob)).await.is(422);
        // Whom she follows, she reads together as ever, and they are not told.
        town.follow(&mut alice, &bob).await;
        hers.post(&people, &named(&bob)).await.is(200);
        let page = bob.get("/settings/lists").await.is(200).shows("Nobody who does not follow you");
        assert!(!page.body.contains(&leave), "{}", page.body);
    }

    async fn what_a_stranger_seldom_writes_in_public_is_looked_for_a_piece_at_a_time(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        let list = hers.post("/api/v1/lists", &json!({ "title": "Harbour" })).await.is(200).json();
        let people = format!("/api/v1/lists/{}/accounts", list["id"].as_str().unwrap());
        let timeline = format!("/api/v1/timelines/list/{}?limit=1", list["id"].as_str().unwrap());
        bob.post("/settings/lists", &[("listing", "everyone")]).await.leads("/settings/lists");
        town.follow(&mut alice, &carol).await;
        let both = [bob.account.id, carol.account.id].map(|id| id.to_string());
        hers.post(&people, &json!({ "account_ids": both })).await.is(200);
        let carols = town.post(&mut carol, "From carol", "public").await;
        let rare = town.post(&mut bob, "For everyone", "public").await;
        let last = town.post(&mut bob, "Not for everyone", "unlisted").await;
        town.app.db.exec(FILL, params![last.id, 120_i64]).await.unwrap();
        town.wait_s(60);
        let page = hers.get(&timeline).await.is(200);
        assert_eq!(page.json(), json!([]), "so far it was looked");
        let page = hers.get(&link(&page, "next").unwrap()).await.is(200);
        assert_eq!(page.json()[0]["id"], rare.id.to_string());
        assert_eq!(hers.ids(&link(&page, "next").unwrap()).await, ids(&[&carols]));
        for (above, found) in [(carols.id - 1, &carols), (carols.id, &rare)] {
            assert_eq!(hers.ids(&format!("{timeline}&min_id={above}")).await, ids(&[found]));
        }
    }

    async fn what_lists_leave_of_a_home_is_looked_for_a_piece_at_a_time(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        town.follow(&mut alice, &bob).await;
        town.follow(&mut alice, &carol).await;
        let mut lists = Vec::new();
        for (who, exclusive) in [(&bob, true), (&carol, false)] {
            let list = json!({ "title": "Harbour", "exclusive": exclusive });
            let list = hers.post("/api/v1/lists", &list).await.is(200).json();
            let list = list["id"].as_str().unwrap().to_owned();
            let named = json!({ "account_ids": [who.account.id.to_string()] });
            hers.post(&format!("/api/v1/lists/{list}/accounts"), &named).await.is(200);
            lists.push(list);
        }
        let rare = town.post(&mut carol, "Seldom", "public").await;
        let last = town.post(&mut bob, "One of many", "public").await;
        town.app.db.exec(FILL, params![last.id, 20_500_i64]).await.unwrap();
        town.app.db.exec(COMES_HOME, params![alice.account.id, last.id]).await.unwrap();
        town.wait_s(60);
        for timeline in ["/api/v1/timelines/home".to_owned(), format!("/api/v1/timelines/list/{}", lists[1])] {
            assert_eq!(hers.ids(&timeline).await, ids(&[&rare]), "{timeline}");
            let from_below = format!("{timeline}?min_id={}", rare.id - 1);
            assert_eq!(hers.ids(&from_below).await, ids(&[&rare]), "{from_below}");
        }
        let page = hers.get(&format!("/api/v1/timelines/list/{}?limit=2", lists[0])).await.is(200);
        assert_eq!(page.json().as_array().unwrap().len(), 2);
    }

    async fn who_only_asks_to_follow_does_not_vanish_from_those_who_have_one_in_a_list(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut hers = App::of(&town, &mut alice).await;
        let list = hers.post("/api/v1/lists", &json!({ "title": "Harbour" })).await.is(200).json();
        let people = format!("/api/v1/lists/{}/accounts", list["id"].as_str().unwrap());
        bob.post("/settings/lists", &[("listing", "everyone")]).await.leads("/settings/lists");
        bob.post("/settings/profile", &[("name", "bob"), ("locked", "on")]).await.is(303);
        hers.post(&people, &json!({ "account_ids": [bob.account.id.to_string()] })).await.is(200);
        town.follow(&mut alice, &bob).await;
        alice.get("/@bob").await.is(200).shows("Asked to follow");
        bob.get("/settings/lists").await.is(200).shows("@alice");
        let leave = format!("/settings/lists/{}/leave", alice.account.id);
        bob.post(&leave, &[]).await.leads("/settings/lists");
        assert!(hers.ids(&people).await.is_empty());
    }
}

coast_test! {
    async fn people_elsewhere_are_in_lists_of_strangers_if_they_let_themselves_be_found(coast) {
        let open = coast.peer.domain("open");
        let mut hers = App::of(&coast.town, &mut coast.alice).await;
        let rita = hers.get(&format!("/api/v1/accounts/lookup?acct=rita@{open}")).await.is(200).json();
        let list = hers.post("/api/v1/lists", &json!({ "title": "Sea" })).await.is(200).json();
        let people = format!("/api/v1/lists/{}/accounts", list["id"].as_str().unwrap());
        let timeline = format!("/api/v1/timelines/list/{}", list["id"].as_str().unwrap());
        let named = json!({ "account_ids": [rita["id"]] });
        hers.post(&people, &named).await.is(422);
        let iri = coast.peer.iri("open", "rita");
        let mut person = coast.peer.person("open", "rita");
        (person["discoverable"], person["indexable"]) = (json!(true), json!(true));
        let update = json!({
            "id": format!("{iri}#found"), "type": "Update", "actor": iri, "object": person, "to": [comity_vocab::PUBLIC],
        });
        coast.brings(&update).await;
        hers.post(&people, &named).await.is(200);
        let said = peer::create(&iri, "1", "High water", None, Some(coast.alice.account.iri.as_str()));
        coast.brings(&said).await;
        let post = coast.id_of(&format!("{iri}/statuses/1")).await.unwrap();
        assert_eq!(hers.ids(&timeline).await, [post.to_string()]);
        // A rule of hers counts there as everywhere.
        let rule = [("pattern", open.as_str()), ("stance", "refused"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        assert!(hers.ids(&timeline).await.is_empty());
    }
}
