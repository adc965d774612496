//! Blocks, mutes and muted conversations, through the API.

use comity::members::Role;
use serde_json::{Value, json};

use crate::kept::App;
use crate::town_test;

town_test! {
    async fn a_member_sees_whom_they_keep_away_and_undoes_it(town) {
        let island = town.found("island.example", "Island").await;
        let mut bob = town.member_of(&island, "bob", Role::Member).await;
        let (mut alice, carol) = (town.member("alice").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        let (b, c) = (bob.account.id, carol.account.id);
        let (blocked, muted) = ("/settings/people", "/settings/people?of=muted");
        town.anonymous().get(blocked).await.is(303);
        alice.get(blocked).await.is(200).shows("You block nobody");
        alice.get(muted).await.is(200).shows("You mute nobody");
        alice.does(&format!("/accounts/{b}/block")).await;
        hers.post(&format!("/api/v1/accounts/{c}/mute"), &json!({ "duration": 864_000, "notifications": false })).await.is(200);
        alice.get(blocked).await.is(200).shows("@bob").hides("carol");
        alice.get(muted).await.is(200).shows("@carol").hides("bob").shows("Until ").shows("What they do to you is told");
        // It is of each for themselves.
        bob.get(blocked).await.is(200).shows("You block nobody").hides("alice");
        // Every button leads back to the list that it stands in.
        alice.post(&format!("/accounts/{c}/unmute"), &[("back", muted)]).await.leads(muted);
        alice.get(muted).await.is(200).shows("You mute nobody");
        alice.does(&format!("/accounts/{c}/mute")).await;
        alice.get(muted).await.is(200).shows("For good").hides("is told");
        // Whom a boundary keeps away as well is still named, and can be let go of.
        let rule = [("pattern", "@bob@island.example"), ("stance", "refused"), ("scope", "mine")];
        alice.post("/boundaries", &rule).await.is(303);
        alice.get(blocked).await.is(200).shows("@bob@island.example").shows("Unblock");
        alice.post(&format!("/accounts/{b}/unblock"), &[("back", blocked)]).await.leads(blocked);
        alice.get(blocked).await.is(200).shows("You block nobody");
    }

    async fn a_mute_ends_by_itself(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut alice, &bob).await;
        let mut hers = App::of(&town, &mut alice).await;
        let b = bob.account.id;
        let path = format!("/api/v1/accounts/{b}/mute");
        town.post(&mut bob, "Noise", "public").await;
        let told = hers.post(&path, &json!({ "duration": 3600 })).await.is(200).json();
        assert_eq!((&told["muting"], &told["muting_notifications"]), (&json!(true), &json!(true)));
        let until = told["muting_expires_at"].as_str().unwrap().to_owned();
        let muted = hers.get("/api/v1/mutes").await.is(200).json();
        assert_eq!((&muted[0]["id"], &muted[0]["mute_expires_at"]), (&json!(b.to_string()), &json!(until)));
        assert!(hers.ids("/api/v1/timelines/home").await.is_empty());
        town.wait_s(3601);
        assert_eq!(hers.ids("/api/v1/timelines/home").await.len(), 1);
        assert!(hers.ids("/api/v1/mutes").await.is_empty());
        let told = hers.get(&format!("/api/v1/accounts/relationships?id={b}")).await.is(200).json();
        assert_eq!((&told[0]["muting"], &told[0]["muting_expires_at"]), (&json!(false), &Value::Null));
        let (db, now_ms) = (&town.app.db, town.app.now_ms());
        assert_eq!(comity::relations::forget_ended(db, now_ms, 100).await.unwrap(), 1);
        assert_eq!(comity::relations::forget_ended(db, now_ms, 100).await.unwrap(), 0);
        // 0 is for good; muting again says it anew.
        hers.post(&path, &json!({ "duration": "60" })).await.is(200);
        let told = hers.post(&path, &json!({ "duration": 0 })).await.is(200).json();
        assert_eq!(told["muting_expires_at"], Value::Null);
        town.wait_s(1_000_000);
        assert!(hers.ids("/api/v1/timelines/home").await.is_empty());
        hers.post(&path, &json!({ "duration": -5 })).await.is(422);
        hers.post(&format!("/api/v1/accounts/{b}/unmute"), &Value::Null).await.is(200);
        assert_eq!(hers.ids("/api/v1/timelines/home").await.len(), 1);
        hers.post(&format!("/api/v1/accounts/{}/mute", alice.account.id), &Value::Null).await.is(422);
    }

    async fn a_mute_may_let_notifications_through(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut alice, &bob).await;
        let mut hers = App::of(&town, &mut alice).await;
        let path = format!("/api/v1/accounts/{}/mute", bob.account.id);
        town.post(&mut bob, "@alice are you there?", "public").await;
        assert_eq!(hers.ids("/api/v1/notifications").await.len(), 1);
        hers.post(&path, &json!({ "notifications": true })).await.is(200);
        assert!(hers.ids("/api/v1/notifications").await.is_empty());
        let told = hers.post(&path, &json!({ "notifications": false })).await.is(200).json();
        assert_eq!((&told["muting"], &told["muting_notifications"]), (&json!(true), &json!(false)));
        assert_eq!(hers.ids("/api/v1/notifications").await.len(), 1);
        assert!(hers.ids("/api/v1/timelines/home").await.is_empty(), "his posts stay hidden");
        alice.get("/notifications").await.is(200).shows("are you there?");
    }

    async fn a_block_of_an_app_is_a_block(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let post = town.post(&mut alice, "Mine", "public").await;
        let b = bob.account.id;
        let told = hers.post(&format!("/api/v1/accounts/{b}/block"), &Value::Null).await.is(200).json();
        assert_eq!(told["blocking"], true);
        assert_eq!(hers.ids("/api/v1/blocks").await, [b.to_string()]);
        assert!(his.ids("/api/v1/blocks").await.is_empty());
        his.get(&format!("/api/v1/statuses/{}", post.id)).await.is(404);
        let told = hers.post(&format!("/api/v1/accounts/{b}/unblock"), &Value::Null).await.is(200).json();
        assert_eq!(told["blocking"], false);
        assert!(hers.ids("/api/v1/blocks").await.is_empty());
        his.get(&format!("/api/v1/statuses/{}", post.id)).await.is(200);
        hers.post("/api/v1/accounts/7/block", &Value::Null).await.is(404);
    }

    async fn a_muted_conversation_stays_muted_when_one_answers_in_it(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut hers = App::of(&town, &mut alice).await;
        let root = town.post(&mut alice, "Where shall we meet?", "public").await;
        let told = hers.post(&format!("/api/v1/statuses/{}/mute", root.id), &Value::Null).await.is(200).json();
        assert_eq!(told["muted"], true);
        town.reply(&mut bob, &root, "@alice By the pier", "public").await;
        town.reply(&mut alice, &root, "I will be late", "public").await;
        town.reply(&mut bob, &root, "@alice How late?", "public").await;
        assert!(hers.ids("/api/v1/notifications").await.is_empty());
        assert_eq!(hers.status(&root).await["muted"], true);
        // Leaving from the page beside it does not undo that.
        alice.post(&format!("/statuses/{}/leave", root.id), &[]).await.is(303);
        town.reply(&mut alice, &root, "Quite", "public").await;
        assert_eq!(hers.status(&root).await["muted"], true);
        let told = hers.post(&format!("/api/v1/statuses/{}/unmute", root.id), &Value::Null).await.is(200).json();
        assert_eq!(told["muted"], false);
        town.reply(&mut bob, &root, "@alice Now?", "public").await;
        assert_eq!(hers.ids("/api/v1/notifications").await.len(), 1);
    }
}
