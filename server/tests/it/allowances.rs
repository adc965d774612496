//! How much one member may do: through apps and on pages it is the same, and apps are told what is left.

use comity_db::testing::Engine;
use http::Method;
use serde_json::json;

use crate::clients::{App, id};
use crate::town::{Answer, DOMAIN, Town};

/// A town where little is allowed.
async fn strict(engine: Engine) -> Town {
    let change = |config: &mut comity::config::Config| {
        (
            config.limits.posts,
            config.limits.follows,
            config.limits.deletes,
        ) = (3, 1, 2);
    };
    Town::changed(engine, DOMAIN, "", change).await
}

fn left(answer: &Answer) -> (&str, &str) {
    let header = |name: &str| answer.headers[name].to_str().unwrap();
    (header("x-ratelimit-limit"), header("x-ratelimit-remaining"))
}

async fn posts_and_boosts_are_counted_together(engine: Engine) {
    let town = strict(engine).await;
    let (mut member, mut bob) = (town.member("alice").await, App::of(&town, "bob").await);
    let mut app = App::let_in(&town, &mut member).await;
    let statuses = "/api/v1/statuses";
    let first = app.post(statuses, json!({ "status": "One" })).await.is(200);
    assert_eq!(left(&first), ("3", "2"));
    // What is not taken is not counted.
    app.post(statuses, json!({ "status": " " })).await.is(422);
    assert_eq!(
        left(&app.get("/api/v1/timelines/home").await.is(200)).0,
        "1500"
    );
    let other = bob.write(json!({ "status": "To be shared" })).await;
    let boost = format!("{statuses}/{}/reblog", id(&other));
    assert_eq!(left(&app.post(&boost, json!({})).await.is(200)), ("3", "1"));
    let form = [("text", "Three"), ("visibility", "public")];
    member.post("/compose", &form).await.is(303);
    let much = app
        .post(statuses, json!({ "status": "Four" }))
        .await
        .is(429);
    assert_eq!(left(&much), ("3", "0"));
    assert_eq!(much.json()["error"], "Too many requests");
    assert!(much.headers.contains_key("retry-after"));
    let later = json!({ "status": "Four", "scheduled_at": "2026-05-06T12:00:00Z" });
    app.post(statuses, later).await.is(429);
    // What was typed is still there.
    let form = [("text", "Four, by hand"), ("visibility", "public")];
    member
        .post("/compose", &form)
        .await
        .is(429)
        .shows("Try again in")
        .shows("Four, by hand");
    bob.write(json!({ "status": "Nobody else waits" })).await;
    town.wait_s(3_601);
    app.write(json!({ "status": "Four" })).await;
    app.post(statuses, json!({ "status": "Five" }))
        .await
        .is(429);
}

async fn the_same_sent_again_is_not_counted(engine: Engine) {
    let town = strict(engine).await;
    let mut app = App::of(&town, "alice").await;
    for _ in 0..5 {
        app.sends_with_key("a key", &json!({ "status": "Once" }))
            .await
            .is(200);
    }
    app.write(json!({ "status": "Two" })).await;
    app.write(json!({ "status": "Three" })).await;
    app.post("/api/v1/statuses", json!({ "status": "Four" }))
        .await
        .is(429);
}

async fn what_was_scheduled_was_counted_then(engine: Engine) {
    let town = strict(engine).await;
    let mut app = App::of(&town, "alice").await;
    let at = "2026-05-05T13:00:00Z";
    for text in ["One", "Two", "Three"] {
        app.post(
            "/api/v1/statuses",
            json!({ "status": text, "scheduled_at": at }),
        )
        .await
        .is(200);
    }
    app.post("/api/v1/statuses", json!({ "status": "Four" }))
        .await
        .is(429);
}

async fn follows_and_deletions_are_counted(engine: Engine) {
    let town = strict(engine).await;
    let mut member = town.member("alice").await;
    let mut app = App::let_in(&town, &mut member).await;
    let (bob, carol) = (
        town.member("bob").await.account.id,
        town.member("carol").await.account.id,
    );
    let follow = |id: i64| format!("/api/v1/accounts/{id}/follow");
    assert_eq!(
        left(&app.post(&follow(bob), json!({})).await.is(200)),
        ("1", "0")
    );
    // To say something else of a follow is none.
    app.post(&follow(bob), json!({ "reblogs": false }))
        .await
        .is(200);
    assert_eq!(
        left(&app.post(&follow(carol), json!({})).await.is(429)),
        ("1", "0")
    );
    member
        .post(&format!("/accounts/{carol}/follow"), &[])
        .await
        .is(429);
    let mut posts = Vec::new();
    for text in ["One", "Two", "Three"] {
        posts.push(id(&app.write(json!({ "status": text })).await).to_owned());
    }
    let at = |post: &String| format!("/api/v1/statuses/{post}");
    let gone = app
        .send(Method::DELETE, &at(&posts[0]), &json!({}))
        .await
        .is(200);
    assert_eq!(left(&gone), ("2", "1"));
    member
        .post(&format!("/statuses/{}/delete", posts[1]), &[])
        .await
        .is(303);
    app.send(Method::DELETE, &at(&posts[2]), &json!({}))
        .await
        .is(429);
    app.get(&at(&posts[2])).await.is(200);
    town.wait_s(24 * 3_600);
    app.send(Method::DELETE, &at(&posts[2]), &json!({}))
        .await
        .is(200);
    app.post(&follow(carol), json!({})).await.is(200);
}

async fn all(engine: Engine) {
    Box::pin(posts_and_boosts_are_counted_together(engine)).await;
    Box::pin(the_same_sent_again_is_not_counted(engine)).await;
    Box::pin(what_was_scheduled_was_counted_then(engine)).await;
    Box::pin(follows_and_deletions_are_counted(engine)).await;
}

#[tokio::test]
async fn a_member_does_so_much_and_no_more_on_sqlite() {
    Box::pin(all(Engine::Sqlite)).await;
}

#[tokio::test]
async fn a_member_does_so_much_and_no_more_on_postgres() {
    Box::pin(all(Engine::Postgres)).await;
}
