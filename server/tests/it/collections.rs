//! Collections: people whom a member recommends together, as long as each of them agrees.

use comity::members::Role;
use http::Method;
use serde_json::{Value, json};

use crate::kept::{App, link};
use crate::town::Member;
use crate::town_test;

const COLLECTIONS: &str = "/api/v1/collections";

fn at(collection: &Value) -> String {
    format!("{COLLECTIONS}/{}", collection["id"].as_str().unwrap())
}

fn number(member: &Member) -> String {
    member.account.id.to_string()
}

/// Makes a collection with these people in it.
async fn make(app: &mut App, name: &str, people: &[&Member]) -> Value {
    let people: Vec<String> = people.iter().map(|member| number(member)).collect();
    let body = json!({ "name": name, "account_ids": people });
    let made = app.post(COLLECTIONS, &body).await.is(200).json();
    made["collection"].clone()
}

/// Who is in a collection, as this app's member sees it.
async fn inside(app: &mut App, path: &str) -> Vec<String> {
    let told = app.get(path).await.is(200).json();
    let items = told["collection"]["items"].as_array().unwrap().clone();
    assert_eq!(told["collection"]["item_count"], items.len());
    items
        .iter()
        .map(|item| item["account_id"].as_str().unwrap().to_owned())
        .collect()
}

async fn told(app: &mut App, kind: &str) -> Vec<Value> {
    let path = format!("/api/v1/notifications?types[]={kind}");
    let list = app.get(&path).await.is(200).json();
    list.as_array().unwrap().clone()
}

async fn wants_to_be_suggested(app: &mut App, yes: bool) {
    let path = "/api/v1/accounts/update_credentials";
    let changes = json!({ "discoverable": yes });
    app.send(Method::PATCH, path, &changes).await.is(200);
}

town_test! {
    async fn whoever_is_put_into_a_collection_is_told_and_everybody_sees_it(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let mut carols = App::of(&town, &mut carol).await;
        let body = json!({
            "name": " Ferry people ", "description": "They know the <tides>", "language": "en", "tag_name": "#Tides",
            "account_ids": [number(&bob), number(&bob)],
        });
        let made = hers.post(COLLECTIONS, &body).await.is(200).json();
        let made = &made["collection"];
        assert_eq!((&made["name"], &made["description"]), (&json!("Ferry people"), &json!("They know the &lt;tides&gt;")));
        assert_eq!((&made["language"], &made["tag"]["name"]), (&json!("en"), &json!("tides")));
        assert_eq!((&made["account_id"], &made["item_count"]), (&json!(number(&alice)), &json!(1)));
        assert_eq!((&made["sensitive"], &made["discoverable"], &made["local"]), (&json!(false), &json!(true), &json!(true)));
        let item = &made["items"][0];
        assert_eq!((&item["account_id"], &item["state"]), (&json!(number(&bob)), &json!("accepted")));
        let path = at(made);
        assert!(made["url"].as_str().unwrap().ends_with(&format!("/collections/{}", made["id"].as_str().unwrap())));
        // He is told, once, and she is not.
        let list = told(&mut his, "added_to_collection").await;
        assert_eq!(list.len(), 1);
        assert_eq!((&list[0]["collection"]["id"], &list[0]["account"]["username"]), (&made["id"], &json!("alice")));
        let groups = his.get("/api/v2/notifications").await.is(200).json();
        assert_eq!(groups["notification_groups"][0]["collection"]["name"], "Ferry people");
        bob.get("/notifications").await.is(200).shows("put you into a collection").shows("Ferry people");
        assert!(told(&mut hers, "added_to_collection").await.is_empty());
        // Everybody sees it, with its owner first.
        let whole = town.anonymous().get(&path).await.is(200).json();
        let names: Vec<&Value> = whole["accounts"].as_array().unwrap().iter().map(|face| &face["username"]).collect();
        assert_eq!(names, [&json!("alice"), &json!("bob")]);
        let item = hers.post(&format!("{path}/items"), &json!({ "account_id": number(&carol) })).await.is(200).json();
        assert_eq!(item["collection_item"]["state"], "accepted");
        assert_eq!(inside(&mut his, &path).await, [number(&bob), number(&carol)]);
        assert_eq!(told(&mut carols, "added_to_collection").await.len(), 1);
        hers.post(&format!("{path}/items"), &json!({ "account_id": number(&carol) })).await.is(422).shows("already");
        // A list of them, page by page, with the newest first.
        let second = make(&mut hers, "Second", &[]).await;
        let of_alice = format!("/api/v1/accounts/{}/collections", number(&alice));
        let first = his.get(&format!("{of_alice}?limit=1")).await.is(200);
        assert_eq!(first.json()["collections"][0]["id"], second["id"]);
        let rest = his.get(&link(&first, "next").unwrap()).await.is(200);
        assert_eq!(rest.json()["collections"][0]["id"], made["id"]);
        assert_eq!(rest.json()["partial_accounts"].as_array().unwrap().len(), 3);
        assert_eq!((link(&rest, "next"), link(&rest, "prev").is_some()), (None, true));
        // Which ones one is in is told to oneself alone.
        let of_bob = format!("/api/v1/accounts/{}/in_collections", number(&bob));
        let with = his.get(&of_bob).await.is(200).json();
        assert_eq!(with["collections"][0]["id"], made["id"]);
        hers.get(&of_bob).await.is(403);
        // What is taken out is told of no more.
        let item = item["collection_item"]["id"].as_str().unwrap();
        his.delete(&format!("{path}/items/{item}")).await.is(403);
        hers.delete(&format!("{path}/items/{item}")).await.is(200);
        hers.delete(&format!("{path}/items/{item}")).await.is(404);
        assert_eq!(inside(&mut hers, &path).await, [number(&bob)]);
        assert!(told(&mut carols, "added_to_collection").await.is_empty());
        assert_eq!(hers.delete(&path).await.is(200).json(), json!({}));
        his.get(&path).await.is(404);
        assert!(told(&mut his, "added_to_collection").await.is_empty());
    }

    async fn collections_are_also_where_mastodon_had_them_before(town) {
        let (mut alice, mut bob, carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let alpha = |path: &str| path.replace("/api/v1/", "/api/v1_alpha/");
        let body = json!({ "name": "Harbour", "account_ids": [number(&bob)] });
        let made = hers.post(&alpha(COLLECTIONS), &body).await.is(200).json()["collection"].clone();
        let path = at(&made);
        let whole = town.anonymous().get(&path).await.is(200).json();
        assert_eq!(town.anonymous().get(&alpha(&path)).await.is(200).json(), whole);
        let renamed = hers.send(Method::PATCH, &alpha(&path), &json!({ "name": "Quay" })).await.is(200).json();
        assert_eq!(renamed["collection"]["name"], "Quay");
        let renamed = hers.put(&alpha(&path), &json!({ "name": "Pier" })).await.is(200).json();
        assert_eq!(renamed["collection"]["name"], "Pier");
        // A list goes on at the address at which it began.
        make(&mut hers, "Second", &[]).await;
        let of_alice = alpha(&format!("/api/v1/accounts/{}/collections", number(&alice)));
        let first = his.get(&format!("{of_alice}?limit=1")).await.is(200);
        let next = link(&first, "next").unwrap();
        assert!(next.contains(&of_alice), "{next}");
        assert_eq!(his.get(&next).await.is(200).json()["collections"][0]["name"], "Pier");
        let of_bob = alpha(&format!("/api/v1/accounts/{}/in_collections", number(&bob)));
        assert_eq!(his.get(&of_bob).await.is(200).json()["collections"][0]["id"], made["id"]);
        let items = alpha(&format!("{path}/items"));
        let item = hers.post(&items, &json!({ "account_id": number(&carol) })).await.is(200).json();
        let (his_item, item) = (made["items"][0]["id"].as_str().unwrap(), item["collection_item"]["id"].as_str().unwrap());
        his.post(&format!("{items}/{his_item}/revoke"), &Value::Null).await.is(200);
        assert_eq!(inside(&mut his, &path).await, [number(&carol)]);
        hers.delete(&format!("{items}/{item}")).await.is(200);
        assert!(inside(&mut his, &path).await.is_empty());
        hers.delete(&alpha(&path)).await.is(200);
        his.get(&path).await.is(404);
    }

    async fn nobody_is_in_a_collection_against_their_will(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let mut carols = App::of(&town, &mut carol).await;
        let made = make(&mut hers, "Harbour", &[&bob]).await;
        let path = at(&made);
        let items = format!("{path}/items");
        let put_in = |member: &Member| json!({ "account_id": number(member) });
        // Who does not want to be suggested is not put in; nor is who is not here.
        wants_to_be_suggested(&mut carols, false).await;
        let face = hers.get(&format!("/api/v1/accounts/{}", number(&carol))).await.is(200).json();
        assert_eq!(face["feature_approval"], json!({ "automatic": [], "manual": [], "current_user": "denied" }));
        hers.post(&items, &put_in(&carol)).await.is(422).shows("does not want to be suggested");
        hers.post(&items, &json!({ "account_id": "7" })).await.is(422).shows("not here");
        hers.post(&items, &json!({})).await.is(422).shows("missing");
        let body = json!({ "name": "Both", "account_ids": [number(&bob), number(&carol)] });
        hers.post(COLLECTIONS, &body).await.is(422);
        let of_alice = format!("/api/v1/accounts/{}/collections", number(&alice));
        assert_eq!(hers.get(&of_alice).await.json()["collections"].as_array().unwrap().len(), 1);
        wants_to_be_suggested(&mut carols, true).await;
        let face = hers.get(&format!("/api/v1/accounts/{}", number(&carol))).await.is(200).json();
        assert_eq!(face["feature_approval"]["current_user"], "automatic");
        hers.post(&items, &put_in(&carol)).await.is(200);
        // Who wants it no more is seen there by the owner and themself alone.
        wants_to_be_suggested(&mut carols, false).await;
        assert_eq!(inside(&mut his, &path).await, [number(&bob)]);
        assert_eq!(inside(&mut carols, &path).await, [number(&bob), number(&carol)]);
        let told_her = hers.get(&path).await.is(200).json();
        assert_eq!(told_her["collection"]["items"][1]["state"], "pending");
        wants_to_be_suggested(&mut carols, true).await;
        assert_eq!(inside(&mut his, &path).await, [number(&bob), number(&carol)]);
        // Who takes themself out is out for good, and nobody else may do it.
        let item = made["items"][0]["id"].as_str().unwrap();
        let revoke = format!("{items}/{item}/revoke");
        carols.post(&revoke, &Value::Null).await.is(404);
        his.post(&revoke, &Value::Null).await.is(200);
        his.post(&revoke, &Value::Null).await.is(404);
        assert_eq!(inside(&mut his, &path).await, [number(&carol)]);
        hers.delete(&format!("{items}/{item}")).await.is(404);
        hers.post(&items, &put_in(&bob)).await.is(422).shows("took themself out");
        let of_bob = format!("/api/v1/accounts/{}/in_collections", number(&bob));
        assert_eq!(his.get(&of_bob).await.is(200).json()["collections"], json!([]));
        // A block takes whoever blocks out of the other's collections, also once it is lifted.
        carol.does(&format!("/accounts/{}/block", number(&alice))).await;
        assert!(inside(&mut hers, &path).await.is_empty());
        carols.get(&path).await.is(404);
        hers.post(&items, &put_in(&carol)).await.is(422).shows("not here");
        carol.does(&format!("/accounts/{}/unblock", number(&alice))).await;
        assert!(inside(&mut his, &path).await.is_empty());
        hers.post(&items, &put_in(&carol)).await.is(422).shows("took themself out");
    }

    async fn rules_blocks_and_suspensions_count_for_collections_at_once(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut marta = town.admin("marta").await;
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let mut carols = App::of(&town, &mut carol).await;
        let made = make(&mut hers, "Harbour", &[&bob, &carol]).await;
        let path = at(&made);
        // Whom one blocks one does not come across; others still do.
        bob.does(&format!("/accounts/{}/block", number(&carol))).await;
        assert_eq!(inside(&mut his, &path).await, [number(&bob)]);
        assert_eq!(inside(&mut carols, &path).await, [number(&carol)]);
        assert_eq!(inside(&mut hers, &path).await, [number(&bob), number(&carol)]);
        bob.does(&format!("/accounts/{}/unblock", number(&carol))).await;
        assert_eq!(inside(&mut his, &path).await, [number(&bob), number(&carol)]);
        // Who is suspended is in none, and has none.
        let suspend = [("action", "suspend"), ("reason", "spam")];
        let lift = [("action", "lift"), ("reason", "sorry")];
        let of_carol = format!("/moderation/accounts/{}", number(&carol));
        marta.post(&of_carol, &suspend).await.is(303);
        assert_eq!(inside(&mut his, &path).await, [number(&bob)]);
        marta.post(&of_carol, &lift).await.is(303);
        assert_eq!(inside(&mut his, &path).await, [number(&bob), number(&carol)]);
        let of_alice = format!("/moderation/accounts/{}", number(&alice));
        marta.post(&of_alice, &suspend).await.is(303);
        his.get(&path).await.is(404);
        assert!(told(&mut his, "added_to_collection").await.is_empty());
        let of_bob = format!("/api/v1/accounts/{}/in_collections", number(&bob));
        assert_eq!(his.get(&of_bob).await.is(200).json()["collections"], json!([]));
        marta.post(&of_alice, &lift).await.is(303);
        his.get(&path).await.is(200);
    }

    async fn people_of_another_community_here_are_put_in_until_a_rule_parts_them(town) {
        let island = town.found("island.example", "Island").await;
        let mut ines = town.admin("ines").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let made = make(&mut hers, "Both shores", &[&bob, &tom]).await;
        let path = at(&made);
        let page = format!("/collections/{}", made["id"].as_str().unwrap());
        assert_eq!(inside(&mut his, &path).await, [number(&bob), number(&tom)]);
        tom.get("/notifications").await.is(200).shows("put you into a collection").shows("Both shores");
        tom.get(&page).await.is(200).shows("You are in this collection").shows("@bob");
        town.visitor_of(&island).get(&page).await.is(200).shows("Both shores");
        let rule = [("pattern", "island.example"), ("stance", "refused"), ("scope", "community"), ("reason", "for the test")];
        ines.post("/boundaries", &rule).await.leads("/boundaries");
        for app in [&mut hers, &mut his] {
            assert_eq!(inside(app, &path).await, [number(&bob)]);
        }
        tom.get(&page).await.is(404);
        tom.get("/notifications").await.is(200).hides("Both shores");
        tom.get("/@tom/collections").await.is(200).hides("Both shores");
        town.visitor_of(&island).get(&page).await.is(404);
        let put_in = json!({ "account_id": number(&tom) });
        hers.post(&format!("{path}/items"), &put_in).await.is(422).shows("not here");
        let id = ines.get("/boundaries").await.is(200).number_after("/boundaries/").unwrap();
        ines.post(&format!("/boundaries/{id}/remove"), &[]).await.leads("/boundaries");
        assert_eq!(inside(&mut his, &path).await, [number(&bob), number(&tom)]);
    }

    async fn collections_are_bounded_and_changed_by_their_owner(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let too_many: Vec<String> = (0..26).map(|number: i64| number.to_string()).collect();
        for (body, field, code) in [
            (json!({}), "name", "ERR_BLANK"),
            (json!({ "name": "  " }), "name", "ERR_BLANK"),
            (json!({ "name": "x".repeat(41) }), "name", "ERR_TOO_LONG"),
            (json!({ "name": "Long", "description": "x".repeat(101) }), "description", "ERR_TOO_LONG"),
            (json!({ "name": "Tag", "tag_name": "two words" }), "tag_name", "ERR_INVALID"),
            (json!({ "name": "Language", "language": "\" onload=" }), "language", "ERR_INVALID"),
            (json!({ "name": "Nobody", "account_ids": ["seven"] }), "account_ids", "ERR_INVALID"),
            (json!({ "name": "Many", "account_ids": too_many }), "account_ids", "ERR_TOO_LONG"),
        ] {
            let told = hers.post(COLLECTIONS, &body).await.is(422).json();
            let details = told["details"].as_object().unwrap();
            assert_eq!((details.len(), &details[field][0]["error"]), (1, &json!(code)), "{told}");
        }
        let made = make(&mut hers, "Harbour", &[&bob]).await;
        let path = at(&made);
        for at in 1..10 {
            make(&mut hers, &format!("Number {at}"), &[]).await;
        }
        hers.post(COLLECTIONS, &json!({ "name": "One more" })).await.is(422).shows("at most 10");
        assert_eq!(hers.get("/api/v1/accounts/verify_credentials").await.json()["role"]["collection_limit"], 10);
        for (method, path) in [(Method::PATCH, path.clone()), (Method::DELETE, path.clone()), (Method::POST, format!("{path}/items"))] {
            his.send(method, &path, &json!({ "name": "Mine", "account_id": number(&bob) })).await.is(403);
        }
        // Who is in it is told of another name, and only of that: once a day, as it is now.
        hers.send(Method::PATCH, &path, &json!({ "sensitive": true, "tag_name": "fog" })).await.is(200);
        assert!(told(&mut his, "collection_update").await.is_empty());
        hers.send(Method::PATCH, &path, &json!({ "name": "Pier" })).await.is(200);
        assert!(told(&mut his, "collection_update").await.is_empty());
        town.wait_s(86_400);
        hers.send(Method::PATCH, &path, &json!({ "name": "Quay" })).await.is(200);
        let changed = hers.put(&path, &json!({ "description": "Old hands", "tag_name": "" })).await.is(200).json();
        let changed = &changed["collection"];
        assert_eq!((&changed["name"], &changed["description"]), (&json!("Quay"), &json!("Old hands")));
        assert_eq!((&changed["sensitive"], &changed["tag"], &changed["item_count"]), (&json!(true), &json!(null), &json!(1)));
        let list = told(&mut his, "collection_update").await;
        assert_eq!(list.len(), 1);
        assert_eq!(list[0]["collection"]["name"], "Quay");
        // One that is not listed is for who has its address.
        hers.send(Method::PATCH, &path, &json!({ "discoverable": false })).await.is(200);
        let of_alice = format!("/api/v1/accounts/{}/collections", number(&alice));
        assert_eq!(his.get(&of_alice).await.json()["collections"].as_array().unwrap().len(), 9);
        assert_eq!(hers.get(&of_alice).await.json()["collections"].as_array().unwrap().len(), 10);
        his.get(&path).await.is(200).shows("Quay");
    }

    async fn a_member_puts_so_many_people_into_collections_in_an_hour(town) {
        let (mut alice, bob, carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        let path = at(&make(&mut hers, "Harbour", &[]).await);
        for _ in 0..20 {
            let made = make(&mut hers, "Again", &[&alice, &bob, &carol]).await;
            hers.delete(&at(&made)).await.is(200);
        }
        let (put_in, items) = (json!({ "account_id": number(&bob) }), format!("{path}/items"));
        hers.post(&items, &put_in).await.is(429);
        // What names nobody is not counted.
        make(&mut hers, "Empty", &[]).await;
        town.wait_s(3_600);
        hers.post(&items, &put_in).await.is(200);
    }

    async fn a_member_makes_and_changes_a_collection_on_pages(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        alice.get("/@alice").await.is(200).shows("Collections");
        alice.get("/@alice/collections").await.is(200).shows("You have no collections");
        alice.get("/collections/new").await.is(200).shows("Make a collection");
        town.anonymous().get("/collections/new").await.is(303);
        alice.post("/collections/new", &[("name", "")]).await.is(422).shows("can't be blank");
        let made = [("name", "Ferry people"), ("description", "They know"), ("tag", "#tides"), ("language", "en"), ("listed", "true")];
        let at = alice.post("/collections/new", &made).await.is(303).leads_to().unwrap();
        let (add, leave, take_out) = (format!("{at}/add"), format!("{at}/leave"), format!("{at}/take-out"));
        alice.post(&add, &[("handle", "@nobody")]).await.is(422).shows("This names somebody who is not here");
        alice.post(&add, &[("handle", "@bob")]).await.leads(&at);
        alice.post(&add, &[("handle", "bob")]).await.is(422).shows("already");
        alice.get(&at).await.is(200).shows("Ferry people").shows("#tides").shows("@bob").shows("Put somebody in");
        town.anonymous().get(&at).await.is(200).shows("They know").shows("@bob").hides("Put somebody in");
        town.anonymous().get("/@alice/collections").await.is(200).shows("Ferry people").shows("One person");
        bob.get("/@bob/collections").await.is(200).shows("Collections that you are in").shows("Ferry people");
        bob.post(&add, &[("handle", "@alice")]).await.is(403);
        bob.post(&format!("{at}/edit"), &[("name", "Mine")]).await.is(403);
        let page = bob.get(&at).await.is(200).shows("You are in this collection");
        let item = page.hidden("item").unwrap();
        bob.post(&leave, &[("item", &item)]).await.leads(&at);
        bob.get(&at).await.is(200).shows("There is nobody in it whom you can see").hides("You are in this collection");
        alice.post(&add, &[("handle", "@alice")]).await.leads(&at);
        let item = alice.get(&at).await.is(200).hidden("item").unwrap();
        alice.post(&take_out, &[("item", &item)]).await.leads(&at);
        alice.get(&at).await.is(200).shows("There is nobody in it");
        let form = alice.get(&format!("{at}/edit")).await.is(200);
        assert!(form.body.contains("value=\"Ferry people\"") && form.body.contains("value=\"tides\""), "{}", form.body);
        alice.post(&format!("{at}/edit"), &[("name", "Boats"), ("sensitive", "true")]).await.leads(&at);
        bob.get(&at).await.is(200).shows("Boats").shows("Sensitive, says its owner");
        bob.get("/@alice/collections").await.is(200).hides("Boats");
        alice.get("/@alice/collections").await.is(200).shows("Boats");
        alice.post(&format!("{at}/delete"), &[]).await.leads("/@alice/collections");
        bob.get(&at).await.is(404);
    }

    async fn a_report_keeps_what_a_collection_said(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut marta = town.member_of(&town.community(), "marta", Role::Moderator).await;
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let made = make(&mut hers, "Thieves all", &[&bob]).await;
        let his_own = make(&mut his, "Friends", &[]).await;
        let body = json!({ "account_id": number(&alice), "collection_ids": [made["id"], his_own["id"]], "comment": "No" });
        let report = his.post("/api/v1/reports", &body).await.is(200).json();
        assert_eq!(report["collection_ids"], json!([made["id"]]));
        let form = format!("/report?collection={}", made["id"].as_str().unwrap());
        bob.get(&form).await.is(200).shows("Thieves all").shows("Report alice");
        let sent = [("collection", made["id"].as_str().unwrap()), ("category", "other"), ("comment", "Again")];
        bob.post("/report", &sent).await.leads("/reports");
        hers.delete(&at(&made)).await.is(200);
        let queue = marta.get("/moderation/reports").await.is(200).shows("Again");
        let number = queue.number_after("/moderation/reports/").unwrap();
        marta.get(&format!("/moderation/reports/{number}")).await.is(200).shows("Thieves all");
    }
}
