//! What members are told, as newer apps read it: in groups.

use comity::notifications::{Kind, notify};
use comity::router;
use comity_db::{Sql, Tx, params, sql};
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::push;
use crate::streaming::{Ear, tune};
use crate::town_test;

const WOKEN: Sql<(i64,)> = sql!(
    row: (i64,),
    full_scan: "a test",
    "SELECT id FROM jobs WHERE kind = 'wake' ORDER BY id LIMIT 10"
);
const WAKE_NOBODY: Sql = sql!(full_scan: "a test", "DELETE FROM jobs WHERE kind = 'wake'");

fn names(list: &Value, name: &str) -> Vec<String> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one[name].as_str().unwrap().to_owned())
        .collect()
}

town_test! {
    async fn favourites_of_one_post_are_one_group(town) {
        let mut alice = App::of(&town, "alice").await;
        let post = alice.write(json!({ "status": "Low tide" })).await;
        let other = alice.write(json!({ "status": "High tide" })).await;
        let mut people = Vec::new();
        for name in ["bob", "carol", "dora"] {
            let mut app = App::of(&town, name).await;
            town.wait_s(1);
            app.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
            people.push(app);
        }
        people[0].post(&format!("/api/v1/statuses/{}/favourite", id(&other)), json!({})).await.is(200);
        town.wait_s(1);
        people[0].write(json!({ "status": "@alice come and see" })).await;
        let all = alice.get("/api/v2/notifications").await.is(200).json();
        let groups = &all["notification_groups"];
        assert_eq!(names(groups, "type"), ["mention", "favourite", "favourite"]);
        let group = &groups[2];
        assert_eq!((&group["notifications_count"], &group["status_id"]), (&json!(3), &post["id"]));
        let (dora, bob) = (people[2].me().await, people[0].me().await);
        assert_eq!(group["sample_account_ids"][0], json!(dora));
        assert_eq!((all["accounts"].as_array().unwrap().len(), all["statuses"].as_array().unwrap().len()), (3, 3));
        let key = group["group_key"].as_str().unwrap().to_owned();
        // v1 names the same groups.
        let told = alice.get("/api/v1/notifications?types[]=favourite").await.is(200).json();
        assert_eq!(told.as_array().unwrap().iter().filter(|one| one["group_key"] == json!(key)).count(), 3);

        let one = alice.get(&format!("/api/v2/notifications/{key}")).await.is(200).json();
        assert_eq!(one["notification_groups"][0]["notifications_count"], 3);
        let first = alice.get(&format!("/api/v2/notifications/{key}/accounts?limit=2")).await.is(200);
        assert_eq!(names(&first.json(), "username"), ["dora", "carol"]);
        let next = crate::clients::link(&first, "next").unwrap();
        assert_eq!(names(&alice.get(&next).await.is(200).json(), "username"), ["bob"]);
        let count = alice.get("/api/v2/notifications/unread_count").await.is(200).json();
        assert_eq!(count, json!({ "count": 3 }));
        let some = alice.get("/api/v2/notifications?expand_accounts=partial_avatars&types[]=favourite").await.is(200).json();
        assert_eq!(names(&some["accounts"], "id"), [bob.clone(), dora]);
        assert_eq!(names(&some["partial_accounts"], "acct"), ["carol"]);
        assert_eq!(some["partial_accounts"][0]["display_name"], Value::Null);
        let apart = alice.get("/api/v2/notifications?grouped_types[]=follow").await.is(200).json();
        assert_eq!(apart["notification_groups"].as_array().unwrap().len(), 5);

        // Nobody else's: a group that one may not see is none.
        people[0].get(&format!("/api/v2/notifications/{key}")).await.is(404);
        people[0].post(&format!("/api/v2/notifications/{key}/dismiss"), json!({})).await.is(200);
        assert_eq!(alice.get("/api/v2/notifications/unread_count").await.json()["count"], 3);
        // Whom one mutes one hears nothing of, and they are not counted.
        alice.post(&format!("/api/v1/accounts/{bob}/mute"), json!({})).await.is(200);
        let one = alice.get(&format!("/api/v2/notifications/{key}")).await.is(200).json();
        assert_eq!(one["notification_groups"][0]["notifications_count"], 2);
        alice.post(&format!("/api/v2/notifications/{key}/dismiss"), json!({})).await.is(200);
        alice.get(&format!("/api/v2/notifications/{key}")).await.is(404);
        alice.get("/api/v2/notifications/favourite-1").await.is(404);
        alice.send(Method::GET, "/api/v2/notifications?expand_accounts=none", &Value::Null).await.is(422);
    }

    async fn what_an_app_does_not_know_is_put_into_words(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        bob.send(Method::PATCH, "/api/v1/accounts/update_credentials", &json!({ "display_name": "Bob <3" })).await.is(200);
        bob.write(json!({ "status": "@alice hello" })).await;
        let post = alice.write(json!({ "status": "Low tide" })).await;
        bob.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
        let some = "supported_types[]=mention&supported_types[]=follow";
        let told = alice.get(&format!("/api/v1/notifications?{some}")).await.is(200).json();
        let words = json!({ "title": "Bob &lt;3 favourited a post of yours", "summary": null, "details": null });
        assert_eq!((&told[0]["type"], &told[0]["fallback"]), (&json!("favourite"), &words));
        assert_eq!((&told[1]["type"], &told[1]["fallback"]), (&json!("mention"), &Value::Null));
        let all = alice.get(&format!("/api/v2/notifications?{some}")).await.is(200).json();
        assert_eq!(all["notification_groups"][0]["fallback"], words);
        assert_eq!(all["notification_groups"][1]["fallback"], Value::Null);
        // Who says nothing knows everything.
        let told = alice.get("/api/v1/notifications").await.is(200).json();
        assert_eq!(told[0]["fallback"], Value::Null);
    }

    async fn a_number_of_a_notification_survives_javascript(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        for number in 0..20 {
            let post = alice.write(json!({ "status": format!("Wave {number}") })).await;
            bob.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
        }
        let told = alice.get("/api/v1/notifications?limit=40").await.is(200).json();
        let groups = alice.get("/api/v2/notifications?limit=40").await.is(200).json();
        let read = groups["notification_groups"].as_array().unwrap().iter();
        // As JavaScript reads and writes it.
        let read: Vec<String> = read.map(|group| group["most_recent_notification_id"].as_f64().unwrap().to_string()).collect();
        assert_eq!(read, names(&told, "id"));
        assert_eq!(read.len(), 20);
    }

    async fn what_two_nodes_number_alike_is_all_told(town) {
        let mut alice = App::of(&town, "alice").await;
        let mut bob = App::of(&town, "bob").await;
        let mut carol = App::of(&town, "carol").await;
        let post = alice.write(json!({ "status": "Low tide" })).await;
        let post = Some(id(&post).parse::<i64>().unwrap());
        let number = |text: String| text.parse::<i64>().unwrap();
        let (to, by, other) = (number(alice.me().await), number(bob.me().await), number(carol.me().await));
        let now = town.app.now_ms();
        let drawn = town.app.ids.round_at(now);
        let tell = |id: i64, to: i64, kind: Kind, from: i64, status: Option<i64>| {
            let mut tx = Tx::new();
            notify(&mut tx, id, to, kind, from, status, now);
            town.app.commit(tx)
        };
        let done = tokio::join!(
            tell(drawn, to, Kind::Favourite, by, post),
            tell(drawn, to, Kind::Favourite, other, post),
            tell(drawn, to, Kind::Follow, by, None),
            tell(drawn, other, Kind::Follow, by, None),
        );
        assert!(done.0.unwrap() && done.1.unwrap() && done.2.unwrap() && done.3.unwrap());
        let all = alice.get("/api/v1/notifications").await.is(200).json();
        let mut kinds = names(&all, "type");
        kinds.sort();
        assert_eq!(kinds, ["favourite", "favourite", "follow"], "{all}");
        assert_eq!(names(&carol.get("/api/v1/notifications").await.is(200).json(), "type"), ["follow"]);
        // All are as round as the one that was drawn.
        for one in names(&all, "id") {
            assert_eq!((number(one) - drawn) % 160, 0);
        }
        let groups = alice.get("/api/v2/notifications").await.is(200).json();
        let groups = groups["notification_groups"].as_array().unwrap().iter();
        let mut counts: Vec<_> = groups.map(|group| group["notifications_count"].as_i64().unwrap()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2]);

        // What is there already is not told again, whoever has the number by which it would be, or none.
        assert!(tell(drawn, to, Kind::Favourite, by, post).await.unwrap());
        assert!(tell(drawn, to, Kind::Favourite, other, post).await.unwrap());
        assert!(tell(town.app.ids.round_at(now), to, Kind::Follow, by, None).await.unwrap());
        let again = alice.get("/api/v1/notifications").await.is(200).json();
        assert_eq!(names(&again, "id"), names(&all, "id"));
    }

    async fn a_number_that_something_older_has_tells_of_what_is_new(town) {
        let (mut alice, bob) = (town.member("alice").await, town.member("bob").await);
        let post = town.post(&mut alice, "Low tide", "public").await;
        let token = push::token(&town, &mut alice, push::SCOPES).await;
        let wish = push::device().wish("https://push.example.org/1", true, "all");
        push::asks(&town, &token, Method::POST, push::AT, &wish).await.is(200);
        let _on = tune(&town.app).await;
        let (routes, host) = (router::build(&town.app), town.community().domain.to_string());
        let mut ear = Ear::open(&routes, &host, "user/notification", &token).await.unwrap();
        let now = town.app.now_ms();
        let drawn = town.app.ids.round_at(now);
        let mut numbers = Vec::new();
        for (kind, status) in [(Kind::Favourite, Some(post.id)), (Kind::Reblog, Some(post.id)), (Kind::Follow, None)] {
            let mut tx = Tx::new();
            notify(&mut tx, drawn, alice.account.id, kind, bob.account.id, status, now);
            assert!(town.app.commit(tx).await.unwrap());
            let (event, data) = ear.next().await.unwrap();
            let told: Value = serde_json::from_str(&data).unwrap();
            assert_eq!((event.as_str(), &told["type"]), ("notification", &json!(kind.as_str())));
            let number: i64 = told["id"].as_str().unwrap().parse().unwrap();
            assert_eq!(town.app.db.column(WOKEN, params![]).await.unwrap(), [number], "{kind:?}");
            // They are woken, and the job is gone.
            town.app.db.exec(WAKE_NOBODY, params![]).await.unwrap();
            numbers.push(number);
        }
        assert!(numbers[0] == drawn && numbers[1] != drawn && numbers[2] != drawn, "{numbers:?}");
    }

    async fn groups_are_read_page_by_page(town) {
        let mut alice = App::of(&town, "alice").await;
        let mut bob = App::of(&town, "bob").await;
        let mut posts = Vec::new();
        for number in 0..5 {
            let post = alice.write(json!({ "status": format!("Wave {number}") })).await;
            town.wait_s(1);
            bob.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
            posts.push(id(&post).to_owned());
        }
        posts.reverse();
        let first = alice.get("/api/v2/notifications?limit=2").await.is(200);
        assert_eq!(names(&first.json()["notification_groups"], "status_id"), posts[..2]);
        let second = alice.get(&crate::clients::link(&first, "next").unwrap()).await.is(200);
        assert_eq!(names(&second.json()["notification_groups"], "status_id"), posts[2..4]);
        let third = alice.get(&crate::clients::link(&second, "next").unwrap()).await.is(200);
        assert_eq!(names(&third.json()["notification_groups"], "status_id"), posts[4..]);
        assert_eq!(crate::clients::link(&third, "next"), None);
        let newer = alice.get(&crate::clients::link(&third, "prev").unwrap()).await.is(200);
        assert_eq!(names(&newer.json()["notification_groups"], "status_id"), posts[2..4]);
        let group = &newer.json()["notification_groups"][0];
        assert_eq!(group["page_max_id"], group["page_min_id"]);
    }
}

town_test! {
    async fn what_strangers_do_is_set_aside_and_comes_in_with_a_yes(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let (mut carol, mut dora) = (App::of(&town, "carol").await, App::of(&town, "dora").await);
        let (his, hers) = (bob.me().await, carol.me().await);
        let policy = "/api/v2/notifications/policy";
        let before = alice.get(policy).await.is(200).json();
        assert_eq!((&before["for_not_following"], &before["for_limited_accounts"]), (&json!("accept"), &json!("drop")));
        alice.send(Method::PATCH, policy, &json!({ "for_not_following": "perhaps" })).await.is(422);
        alice.send(Method::PATCH, policy, &json!({ "for_limited_accounts": "perhaps" })).await.is(422);
        let held = alice.send(Method::PATCH, policy, &json!({ "for_limited_accounts": "accept" })).await.is(200).json();
        assert_eq!(held["for_limited_accounts"], "drop", "the answer says what holds");
        let after = alice.send(Method::PATCH, policy, &json!({ "for_not_following": "filter" })).await.is(200).json();
        assert_eq!((&after["for_not_following"], &after["for_not_followers"]), (&json!("filter"), &json!("accept")));
        assert_eq!(alice.get("/api/v1/notifications/policy").await.json()["filter_not_following"], true);
        // Some apps send it as a whole, some only what changes.
        let put = alice.send(Method::PUT, policy, &json!({ "for_new_accounts": "drop" })).await.is(200).json();
        assert_eq!((&put["for_not_following"], &put["for_new_accounts"]), (&json!("filter"), &json!("drop")));
        alice.send(Method::PUT, policy, &json!({ "for_new_accounts": "accept" })).await.is(200);
        alice.post(&format!("/api/v1/accounts/{}/follow", dora.me().await), json!({})).await.is(200);

        bob.write(json!({ "status": "@alice a word" })).await;
        carol.write(json!({ "status": "@alice two words" })).await;
        dora.write(json!({ "status": "@alice three words" })).await;
        let told = alice.get("/api/v1/notifications").await.is(200).json();
        assert_eq!(told.as_array().unwrap().len(), 1, "whom she follows she hears");
        assert_eq!(alice.get("/api/v2/notifications/unread_count").await.json()["count"], 1);
        let all = alice.get("/api/v1/notifications?include_filtered=true").await.is(200).json();
        let aside: Vec<bool> = all.as_array().unwrap().iter().map(|one| one["filtered"].as_bool().unwrap()).collect();
        assert_eq!(aside, [false, true, true]);
        alice.get(&format!("/api/v1/notifications/{}", id(&all[1]))).await.is(200);
        let waiting = alice.get("/api/v1/notifications/requests").await.is(200).json();
        assert_eq!(names(&waiting, "id"), [hers.clone(), his.clone()]);
        assert_eq!(waiting[1]["notifications_count"], "1");
        assert!(waiting[1]["last_status"]["content"].as_str().unwrap().contains("a word"));
        let summary = &alice.get(policy).await.json()["summary"];
        assert_eq!(*summary, json!({ "pending_requests_count": 2, "pending_notifications_count": 2 }));
        bob.get(&format!("/api/v1/notifications/requests/{hers}")).await.is(404);

        alice.post(&format!("/api/v1/notifications/requests/{his}/accept"), json!({})).await.is(200);
        assert_eq!(alice.get("/api/v1/notifications/requests/merged").await.json(), json!({ "merged": true }));
        alice.post("/api/v1/notifications/requests/dismiss", json!({ "id": [hers, "7"] })).await.is(200);
        alice.post(&format!("/api/v1/notifications/requests/{hers}/dismiss"), json!({})).await.is(404);
        assert_eq!(alice.get("/api/v1/notifications/requests").await.json(), json!([]));
        bob.write(json!({ "status": "@alice again" })).await;
        carol.write(json!({ "status": "@alice again as well" })).await;
        let told = alice.get("/api/v1/notifications?include_filtered=1").await.is(200).json();
        let aside: Vec<bool> = told.as_array().unwrap().iter().map(|one| one["filtered"].as_bool().unwrap()).collect();
        assert_eq!(aside, [true, false, false, false], "whom she said yes to she hears from then on");
        // What answers her is for her.
        let post = alice.write(json!({ "status": "Who is there?" })).await;
        carol.write(json!({ "status": "@alice it is me", "in_reply_to_id": id(&post) })).await;
        let told = alice.get("/api/v1/notifications").await.is(200).json();
        assert!(told[0]["status"]["content"].as_str().unwrap().contains("it is me"));
    }

    async fn what_is_dropped_is_never_told(town) {
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        alice.get("/settings/notifications").await.is(200).shows("Accounts younger than thirty days");
        let form = [
            ("not_following", "accept"), ("not_followers", "drop"), ("new_accounts", "accept"),
            ("private_mentions", "filter"),
        ];
        alice.post("/settings/notifications", &form).await.leads("/settings/notifications");
        town.post(&mut bob, "@alice do you hear", "public").await;
        alice.get("/notifications").await.is(200).hides("do you hear");
        alice.get("/settings/notifications").await.is(200).hides("waits");
        // A follow counts after three days.
        bob.post(&format!("/accounts/{}/follow", alice.account.id), &[]).await.is(303);
        town.wait_s(4 * 86_400);
        town.post(&mut bob, "@alice and now", "public").await;
        alice.get("/notifications").await.is(200).shows("and now").hides("do you hear");
        town.post(&mut bob, "@alice between us", "direct").await;
        alice.get("/notifications").await.is(200).hides("between us");
        alice.get("/settings/notifications").await.is(200).shows("One notification waits").shows("bob");
        alice.post(&format!("/notifications/requests/{}/accept", bob.account.id), &[("back", "/notifications")]).await.leads("/notifications");
        alice.get("/notifications").await.is(200).shows("between us");
    }

    async fn what_is_rare_is_found_below_all_the_rest(town) {
        let (mut alice, mut bob, mut carol) = (App::of(&town, "alice").await, App::of(&town, "bob").await, App::of(&town, "carol").await);
        let hers = carol.me().await;
        let mention = carol.write(json!({ "status": "@alice come and see" })).await;
        for number in 0..12 {
            let post = alice.write(json!({ "status": format!("Tide number {number}") })).await;
            town.wait_s(1);
            bob.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
        }
        let list = "/api/v1/notifications?limit=1";
        for few in ["types[]=mention".to_owned(), "exclude_types[]=favourite".to_owned(), format!("account_id={hers}")] {
            let told = alice.get(&format!("{list}&{few}")).await.is(200).json();
            assert_eq!((told.as_array().unwrap().len(), &told[0]["status"]["id"]), (1, &mention["id"]), "{few}");
            let grouped = alice.get(&format!("/api/v2/notifications?limit=1&{few}")).await.is(200).json();
            assert_eq!(names(&grouped["notification_groups"], "type"), ["mention"], "{few}");
        }
        // Of several kinds, in their order, from either end.
        for several in ["types[]=mention&types[]=favourite&types[]=follow", "exclude_types[]=follow&exclude_types[]=poll"] {
            let first = alice.get(&format!("{list}0&{several}")).await.is(200);
            assert_eq!(names(&first.json(), "type"), ["favourite"; 10], "{several}");
            let rest = alice.get(&crate::clients::link(&first, "next").unwrap()).await.is(200).json();
            assert_eq!(names(&rest, "type"), ["favourite", "favourite", "mention"], "{several}");
            let oldest = alice.get(&format!("{list}&{several}&min_id=1")).await.is(200).json();
            assert_eq!(names(&oldest, "type"), ["mention"], "{several}");
        }
        assert_eq!(alice.get(&format!("{list}&types[]=mention&account_id={}", bob.me().await)).await.is(200).json(), json!([]));
        assert_eq!(alice.get(&format!("{list}&types[]=nothing")).await.is(200).json(), json!([]));
    }
}
