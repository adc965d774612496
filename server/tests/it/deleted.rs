//! Members who leave: a while to come back, and then nothing of theirs is left.

use comity::clock::DAY_MS;
use comity::leaving::{self, GRACE_DAYS, When};
use comity::members::{self, Role};
use comity_db::{Tx, params, sql};
use http::Method;
use serde_json::json;

use crate::clients::{App, id};
use crate::oauth::{Registered, ask};
use crate::town::{Browser, Member, PASSWORD, Town};
use crate::{post_test, town_test};

const LEAVE: &str = "/settings/leave";
const FORM: &[(&str, &str)] = &[("password", PASSWORD)];

async fn signs_in(town: &Town, name: &str) -> Browser {
    let mut browser = town.anonymous();
    let form = [("name", name), ("password", PASSWORD)];
    browser.post("/sign-in", &form).await.is(303);
    browser
}

fn days(town: &Town, number: i64) {
    town.wait_s(number * DAY_MS / 1000);
}

/// Tables whose rows are a member's own, and how many rows of theirs each has.
async fn rows_of(town: &Town, account_id: i64) -> Vec<(&'static str, i64)> {
    let mut left = Vec::new();
    for (table, statement) in [
        (
            "statuses",
            sql!(row: (i64,), "SELECT count(*) FROM statuses WHERE account_id = $1"),
        ),
        (
            "follows",
            sql!(row: (i64,), "SELECT count(*) FROM follows WHERE account_id = $1"),
        ),
        (
            "followers",
            sql!(row: (i64,), "SELECT count(*) FROM follows WHERE target_id = $1"),
        ),
        (
            "favourites",
            sql!(row: (i64,), "SELECT count(*) FROM favourites WHERE account_id = $1"),
        ),
        (
            "home",
            sql!(row: (i64,), "SELECT count(*) FROM home_entries WHERE account_id = $1"),
        ),
        (
            "notifications",
            sql!(row: (i64,), "SELECT count(*) FROM notifications WHERE account_id = $1"),
        ),
        (
            "bookmarks",
            sql!(row: (i64,), "SELECT count(*) FROM bookmarks WHERE account_id = $1"),
        ),
        (
            "filters",
            sql!(row: (i64,), "SELECT count(*) FROM filters WHERE account_id = $1"),
        ),
        (
            "blocks",
            sql!(row: (i64,), "SELECT count(*) FROM blocks WHERE account_id = $1"),
        ),
        (
            "lists",
            sql!(row: (i64,), "SELECT count(*) FROM reading_lists WHERE account_id = $1"),
        ),
        (
            "rules",
            sql!(row: (i64,), "SELECT count(*) FROM rules WHERE account_id = $1"),
        ),
        (
            "sessions",
            sql!(row: (i64,), "SELECT count(*) FROM sessions WHERE account_id = $1"),
        ),
        (
            "tokens",
            sql!(row: (i64,), "SELECT count(*) FROM access_tokens WHERE account_id = $1"),
        ),
        (
            "inboxes",
            sql!(row: (i64,), "SELECT count(*) FROM leaving_inboxes WHERE account_id = $1"),
        ),
    ] {
        let count: (i64,) = town
            .app
            .db
            .one(statement, params![account_id])
            .await
            .unwrap();
        if count.0 > 0 {
            left.push((table, count.0));
        }
    }
    left
}

town_test! {
    async fn whoever_leaves_is_told_what_happens_and_may_come_back(town) {
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        let post = town.post(&mut alice, "Here I am", "public").await;
        let mut app = Registered::new(&town, "read").await;
        let token = app.let_in(&mut alice, "read").await;
        alice.get("/settings/sessions").await.is(200).shows("delete your account");
        alice.get(LEAVE).await.is(200).shows("For 30 days").shows("What stays").hides("a recovery code");
        alice.post(LEAVE, &[("password", "wrong horse")]).await.is(422).shows("is not your password");
        bob.get(&post.path).await.is(200).shows("Here I am");
        alice.post(LEAVE, FORM).await.leads("/");
        alice.get("/settings/sessions").await.is(303);
        ask(&mut app.browser, "/api/v1/accounts/verify_credentials", &token).await.is(401);
        bob.get(&post.path).await.is(404);
        bob.get("/@alice").await.is(404);
        town.anonymous().get("/.well-known/webfinger?resource=acct:alice@harbour.example").await.is(404);
        // Signing in opens one page and nothing else.
        days(&town, GRACE_DAYS - 1);
        let mut browser = signs_in(&town, "alice").await;
        browser.get("/stay").await.is(200).shows("4 June 2026").shows("@alice@harbour.example");
        browser.get("/settings/sessions").await.is(303);
        bob.post("/stay", &[]).await.is(401);
        browser.post("/stay", &[]).await.leads("/");
        browser.get("/settings/sessions").await.is(200);
        browser.post("/stay", &[]).await.is(401);
        bob.get(&post.path).await.is(200).shows("Here I am");
    }

    async fn the_second_step_is_asked_for_and_the_only_admin_stays(town) {
        let mut alice = town.admin("alice").await;
        alice.post(LEAVE, FORM).await.is(422).shows("make somebody one first");
        alice.get("/settings/sessions").await.is(200);
        let bob = town.admin("bob").await;
        let begun = sql!("INSERT INTO second_steps (account_id, secret, confirmed_at, last_step) VALUES ($1, $2, 1, 0)");
        town.app.db.exec(begun, params![alice.account.id, vec![7_u8; 20]]).await.unwrap();
        alice.get(LEAVE).await.is(200).shows("a recovery code");
        alice.post(LEAVE, FORM).await.is(422).shows("is not right");
        let alice = members::find(&town.app, alice.account.id).await.unwrap();
        leaving::begin(&town.app, &alice, When::Later, Tx::new()).await.unwrap();
        // The other one is the only one who stays now.
        let bob = members::find(&town.app, bob.account.id).await.unwrap();
        assert!(leaving::begin(&town.app, &bob, When::AtOnce, Tx::new()).await.is_err());
    }

    async fn moderators_delete_whom_they_suspended(town) {
        let here = town.community();
        let mut marta = town.member_of(&here, "marta", Role::Moderator).await;
        let mut marta = App::let_in_with(&town, &mut marta, "read write admin:read admin:write").await;
        let alice = App::of(&town, "alice").await.me().await;
        let at = format!("/api/v1/admin/accounts/{alice}");
        App::of(&town, "bob").await.send(Method::DELETE, &at, &json!({})).await.is(403);
        marta.send(Method::DELETE, &at, &json!({})).await.is(403);
        marta.post(&format!("{at}/action"), json!({ "type": "suspend" })).await.is(200);
        let told = marta.send(Method::DELETE, &at, &json!({})).await.is(200).json();
        assert_eq!((id(&told), &told["suspended"]), (alice.as_str(), &json!(true)));
        let _works = crate::coast::works(&town);
        while crate::promises::left(&town.app.db, town.app.now_ms()).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        marta.get(&at).await.is(404);
        assert_eq!(rows_of(&town, alice.parse().unwrap()).await, []);
        let mut browser = town.anonymous();
        browser.get("/@alice").await.is(410);
        browser.post("/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await.is(422);
    }
}

post_test! {
    async fn whoever_leaves_gets_a_letter(town, post) {
        let mut alice = town.member("alice").await;
        alice.post(LEAVE, FORM).await.leads("/");
        let came = post.next().await;
        assert_eq!(came.to, "alice@mail.example");
        assert!(came.text().contains("is deleted on 4 June 2026"), "{}", came.whole);
    }
}

/// Leaves something in most places.
async fn lives_here(town: &Town, member: &mut Member, other: &mut Member) -> String {
    let said = town.post(other, "To be kept", "public").await;
    let mut app = App::let_in(town, member).await;
    for number in 0..25 {
        app.write(json!({ "status": format!("Wave {number}") }))
            .await;
    }
    let theirs = format!("/api/v1/statuses/{}", said.id);
    for act in ["favourite", "bookmark", "reblog"] {
        app.post(&format!("{theirs}/{act}"), json!({}))
            .await
            .is(200);
    }
    let other = format!("/api/v1/accounts/{}", other.account.id);
    app.post(&format!("{other}/follow"), json!({}))
        .await
        .is(200);
    app.post(
        "/api/v2/filters",
        json!({ "title": "Tides", "context": ["home"] }),
    )
    .await
    .is(200);
    app.post("/api/v1/lists", json!({ "title": "Boats" }))
        .await
        .is(200);
    app.post(
        "/api/v1/domain_blocks",
        json!({ "domain": "bigcorp.example" }),
    )
    .await
    .is(200);
    theirs
}

coast_test! {
    async fn in_the_end_nothing_is_left_and_every_server_hears_of_it(coast) {
        let theirs = lives_here(&coast.town, &mut coast.alice, &mut coast.bob).await;
        let mut bob = App::let_in(&coast.town, &mut coast.bob).await;
        coast.is_idle().await;
        let left = coast.alice.account.clone();
        assert!(rows_of(&coast.town, left.id).await.len() > 10);
        coast.alice.post(LEAVE, FORM).await.leads("/");
        coast.is_idle().await;
        assert!(coast.got("open", "Delete").is_empty());
        days(&coast.town, GRACE_DAYS);
        coast.is_idle().await;
        assert_eq!(rows_of(&coast.town, left.id).await, []);
        for server in ["open", "kept"] {
            let told = coast.got(server, "Delete");
            let ends = told.iter().filter(|end| end["object"] == left.iri.as_str()).count();
            assert_eq!((told.len(), ends), (1, 1), "{server}");
        }
        let mut browser = coast.town.anonymous();
        browser.get_activity("/users/alice").await.is(410);
        browser.get("/@alice").await.is(410);
        let kept = bob.get(&theirs).await.is(200).json();
        assert_eq!((&kept["favourites_count"], &kept["reblogs_count"]), (&json!(0), &json!(0)));
        let me = bob.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        assert_eq!(me["followers_count"], 2, "those of the other servers");
        // The name stays theirs, the address is free.
        let new = |name: &str| members::NewMember {
            username: name.to_owned(),
            email: "alice@mail.example".to_owned(),
            password: PASSWORD.to_owned(),
            display_name: String::new(),
            role: Role::Member,
        };
        let here = coast.town.community();
        let again = members::add(&coast.town.app, &here, new("alice")).await;
        assert!(again.unwrap_err().to_string().contains("is taken"));
        members::add(&coast.town.app, &here, new("alicia")).await.unwrap();
        // What the word was signed with goes last.
        let keys = sql!(row: (i64,), "SELECT count(*) FROM account_keys WHERE account_id = $1");
        days(&coast.town, 31);
        coast.is_idle().await;
        let count: (i64,) = coast.town.app.db.one(keys, params![left.id]).await.unwrap();
        assert_eq!(count.0, 0);
    }

    async fn whoever_comes_back_in_time_loses_nothing(coast) {
        lives_here(&coast.town, &mut coast.alice, &mut coast.bob).await;
        coast.is_idle().await;
        let before = rows_of(&coast.town, coast.alice.account.id).await;
        coast.alice.post(LEAVE, FORM).await.leads("/");
        leaving::take_back(&coast.town.app, coast.alice.account.id).await.unwrap();
        days(&coast.town, GRACE_DAYS + 1);
        coast.is_idle().await;
        let after = rows_of(&coast.town, coast.alice.account.id).await;
        let own = |rows: &[(&'static str, i64)]| {
            rows.iter().filter(|(table, _)| !["sessions", "tokens"].contains(table)).copied().collect::<Vec<_>>()
        };
        assert_eq!(own(&before), own(&after));
        assert!(leaving::take_back(&coast.town.app, coast.alice.account.id).await.is_err());
    }
}
