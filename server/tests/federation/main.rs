//! What crosses between servers, and what does not: installations that meet over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod aliases;
mod ask;
mod consent;
mod followers;
mod installation;
#[path = "../kept_keys/mod.rs"]
mod kept_keys;
mod leaving;
mod notice;
mod pins;
#[path = "../promises/mod.rs"]
mod promises;
mod suspended;

use std::sync::Arc;

use comity::accounts::{self, Account};
use comity::clock::Clock;
use comity::{favourites, follows, reblogs, relations, statuses};
use comity_db::testing::Engine;
use comity_policy::Stance;
use comity_vocab::Visibility;
use comity_wire::{Scheme, SigningKey, Synchronization};
use serde_json::{Value, json};

use crate::installation::{Installation, draft, request, until};

/// Two installations, alice in the first and bob in the second, who follows her.
pub async fn neighbours(
    engine: Engine,
) -> (Installation, Installation, Arc<Account>, Arc<Account>) {
    let clock = Clock::system();
    let (north, south) = (
        Installation::start("north", engine, &clock).await,
        Installation::start("south", engine, &clock).await,
    );
    let (alice, bob) = (north.member("alice").await, south.member("bob").await);
    south.follow(&bob, &north, &alice).await;
    (north, south, alice, bob)
}

on_both! {
async fn a_follow_is_asked_and_granted_and_ended(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let there = south.finds(&alice).await;
    assert_eq!(there.handle().to_string(), alice.handle().to_string());

    follows::unfollow(&south.app, &bob, there.id).await.unwrap();
    let bob_in_north = accounts::find_by_iri(&north.app, &bob.iri).await.unwrap().unwrap();
    until("the follow ends in the north, too", async || {
        let state = follows::state(&north.app, bob_in_north.id, alice.id).await.unwrap();
        (state == follows::State::None).then_some(())
    })
    .await;
}
}

on_both! {
async fn a_post_arrives_is_edited_and_is_deleted(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let post = north.post(&alice, "Hello from the north", Visibility::Public).await;
    let arrived = south.awaits(&bob, &post.iri).await;
    assert!(statuses::text(&arrived).content.contains("Hello from the north"));
    assert_eq!(arrived.author.iri, alice.iri);

    let words = draft("Hello again", Visibility::Public, None);
    let _ = statuses::edit(&north.app, &north.community, alice.clone(), post.id, words).await.unwrap();
    until("the edit arrives", async || {
        let seen = south.sees(&bob, &post.iri).await?;
        statuses::text(&seen).content.contains("Hello again").then_some(())
    })
    .await;

    statuses::delete(&north.app, alice.clone(), post.id).await.unwrap();
    until("the deletion arrives", async || {
        statuses::find_by_iri(&south.app, &post.iri).await.unwrap().is_none().then_some(())
    })
    .await;
    north.is_idle().await;
}
}

on_both! {
async fn a_followers_only_post_arrives_and_a_local_one_does_not(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let here_only = north.post(&alice, "For the north only", Visibility::Local).await;
    let private = north.post(&alice, "For those who follow", Visibility::Private).await;
    let _ = south.awaits(&bob, &private.iri).await;
    north.is_idle().await;
    south.is_idle().await;
    assert!(statuses::find_by_iri(&south.app, &here_only.iri).await.unwrap().is_none());
}
}

on_both! {
async fn a_reply_a_favourite_and_a_boost_reach_the_author_and_are_taken_back(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let post = north.post(&alice, "What do you think?", Visibility::Public).await;
    let seen = south.awaits(&bob, &post.iri).await;

    let reply = south.publish(&bob, "I think so", Visibility::Public, Some(seen.id)).await;
    let arrived = north.awaits(&alice, &reply.iri).await;
    assert_eq!(arrived.in_reply_to_id, Some(post.id));

    let count = async |of: fn(&statuses::Status) -> i64| of(&statuses::load_one(&north.app, post.id).await.unwrap());
    favourites::favourite(&south.app, &bob, seen.id).await.unwrap();
    reblogs::reblog(&south.app, &bob, seen.id).await.unwrap();
    until("both are counted", async || {
        let favourites = count(|status| status.favourites_count).await;
        (favourites == 1 && count(|status| status.reblogs_count).await == 1).then_some(())
    })
    .await;

    favourites::unfavourite(&south.app, &bob, seen.id).await.unwrap();
    reblogs::unreblog(&south.app, &bob, seen.id).await.unwrap();
    until("both are taken back", async || {
        let favourites = count(|status| status.favourites_count).await;
        (favourites == 0 && count(|status| status.reblogs_count).await == 0).then_some(())
    })
    .await;
}
}

on_both! {
async fn a_boosted_post_is_fetched_from_its_origin_and_its_thread_with_it(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let east = Installation::start("east", engine, &Clock::system()).await;
    let carol = east.member("carol").await;
    east.follow(&carol, &south, &bob).await;

    let first = north.post(&alice, "The beginning", Visibility::Public).await;
    let second = north.publish(&alice, "The middle", Visibility::Public, Some(first.id)).await;
    let seen = south.awaits(&bob, &second.iri).await;
    reblogs::reblog(&south.app, &bob, seen.id).await.unwrap();

    let fetched = east.awaits(&carol, &second.iri).await;
    assert_eq!(fetched.author.iri, alice.iri);
    let parent = east.awaits(&carol, &first.iri).await;
    until("the thread is joined", async || {
        let middle = east.sees(&carol, &second.iri).await?;
        (middle.in_reply_to_id == Some(parent.id)).then_some(())
    })
    .await;
}
}

on_both! {
async fn l01_a_refused_server_gets_nothing_and_a_queued_delivery_is_dropped(engine) {
    let clock = Clock::held(comity::clock::Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let mut south = Installation::start("south", engine, &clock).await;
    let (alice, bob) = (north.member("alice").await, south.member("bob").await);
    clock.advance(2_000);
    south.follow(&bob, &north, &alice).await;
    south.is_idle().await;
    north.is_idle().await;

    south.pause().await;
    let post = north.post(&alice, "Queued before the rule", Visibility::Public).await;
    until("the delivery was tried and waits", async || (north.app.hosts.resting(clock.now_ms()) == 1).then_some(())).await;
    assert_eq!(north.waiting_deliveries().await, 1);

    north.rule(&south, Stance::Refused).await;
    south.resume().await;
    clock.advance(3_600_000);
    north.is_idle().await;
    assert!(statuses::find_by_iri(&south.app, &post.iri).await.unwrap().is_none(), "the rule came before the send");

    let later = north.post(&alice, "After the rule", Visibility::Public).await;
    north.is_idle().await;
    assert!(statuses::find_by_iri(&south.app, &later.iri).await.unwrap().is_none());
}
}

on_both! {
async fn a_server_that_was_down_gets_everything_once_and_in_order(engine) {
    let clock = Clock::held(Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let mut south = Installation::start("south", engine, &clock).await;
    let (alice, bob) = (north.member("alice").await, south.member("bob").await);
    clock.advance(2_000);
    south.follow(&bob, &north, &alice).await;
    south.pause().await;
    let post = north.post(&alice, "First words", Visibility::Public).await;
    clock.advance(1_000);
    let words = draft("Second words", Visibility::Public, None);
    let _ = statuses::edit(&north.app, &north.community, alice.clone(), post.id, words).await.unwrap();
    clock.advance(1_000);
    let gone = north.post(&alice, "Soon gone", Visibility::Public).await;
    statuses::delete(&north.app, alice.clone(), gone.id).await.unwrap();
    until("the host rests", async || (north.app.hosts.resting(clock.now_ms()) == 1).then_some(())).await;

    south.resume().await;
    clock.advance(120_000);
    north.is_idle().await;
    south.is_idle().await;
    let seen = south.sees(&bob, &post.iri).await.unwrap();
    assert!(statuses::text(&seen).content.contains("Second words"));
    assert!(statuses::find_by_iri(&south.app, &gone.iri).await.unwrap().is_none());
    assert_eq!(north.app.hosts.resting(clock.now_ms()), 0, "the circuit is closed again");
}
}

on_both! {
async fn l63_a_refused_server_is_answered_like_any_other_and_never_asked(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    north.follow(&alice, &south, &bob).await;
    south.rule(&north, Stance::Refused).await;
    let post = north.post(&alice, "To whom it may concern", Visibility::Public).await;
    // The north hears 202 and considers it delivered.
    north.is_idle().await;
    south.is_idle().await;
    assert!(statuses::find_by_iri(&south.app, &post.iri).await.unwrap().is_none());
    // And what bob writes does not go north.
    let from_bob = south.post(&bob, "Hello, whoever reads this", Visibility::Public).await;
    south.is_idle().await;
    north.is_idle().await;
    assert!(statuses::find_by_iri(&north.app, &from_bob.iri).await.unwrap().is_none());
}
}

on_both! {
async fn a_block_ends_what_goes_on_between_two(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let bob_in_north = accounts::find_by_iri(&north.app, &bob.iri).await.unwrap().unwrap();
    relations::block(&north.app, &alice, bob_in_north.id, relations::Telling::Silent).await.unwrap();
    let alice_in_south = accounts::find_by_iri(&south.app, &alice.iri).await.unwrap().unwrap();
    until("the follow ends in the south", async || {
        let state = follows::state(&south.app, bob.id, alice_in_south.id).await.unwrap();
        (state == follows::State::None).then_some(())
    })
    .await;
    let post = north.post(&alice, "Not for bob", Visibility::Public).await;
    north.is_idle().await;
    assert!(statuses::find_by_iri(&south.app, &post.iri).await.unwrap().is_none());
}
}

/// A peer of our own making: it signs with the keys of a real account of the south, and says what it likes.
pub struct Liar<'a> {
    south: &'a Installation,
    key: Arc<SigningKey>,
}

impl<'a> Liar<'a> {
    /// Whoever has the keys of `account`.
    pub async fn of(south: &'a Installation, account: &Account) -> Liar<'a> {
        Liar {
            south,
            key: accounts::signing_key(&south.app, account.id).await.unwrap(),
        }
    }

    fn head(&self, north: &Installation, path: &str, body: &[u8]) -> String {
        self.head_with(None, north, path, body)
    }

    fn head_with(
        &self,
        followers: Option<&Synchronization>,
        north: &Installation,
        path: &str,
        body: &[u8],
    ) -> String {
        let address = north.community.iri(path);
        let now_ms = self.south.app.now_ms();
        let headers = comity_wire::sign_with(
            followers,
            "POST",
            &address,
            Some(body),
            &self.key,
            Scheme::Cavage,
            now_ms,
        );
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\
             content-type: application/activity+json\r\n",
            north.community.domain,
            body.len()
        );
        for (name, value) in &headers {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        head + "\r\n"
    }

    async fn sends(&self, north: &Installation, activity: &Value) -> u16 {
        self.tells(None, north, activity).await
    }

    /// Sends, and says something of the sender's followers.
    pub async fn tells(
        &self,
        followers: Option<&Synchronization>,
        north: &Installation,
        activity: &Value,
    ) -> u16 {
        let body = serde_json::to_vec(activity).unwrap();
        let head = self.head_with(followers, north, "/inbox", &body);
        request(north.port, &head, &body).await.0
    }
}

fn note_by(author: &str, id: &str, to: &str, text: &str) -> Value {
    json!({
        "id": id, "type": "Note", "attributedTo": author, "content": text,
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [to],
        "tag": [{ "type": "Mention", "href": to, "name": "@alice" }],
    })
}

on_both! {
async fn attacks_1_2_3_forged_altered_and_replayed_requests_are_turned_away(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let liar = Liar::of(&south, &bob).await;
    let id = format!("{}/lies/1", bob.iri);
    let note = note_by(bob.iri.as_str(), &id, alice.iri.as_str(), "honest");
    let create = json!({ "id": format!("{id}/create"), "type": "Create", "actor": bob.iri.as_str(), "object": note });
    let body = serde_json::to_vec(&create).unwrap();
    let head = liar.head(&north, "/inbox", &body);

    let altered = String::from_utf8(body.clone()).unwrap().replace("honest", "forged").into_bytes();
    assert_eq!(request(north.port, &head, &altered).await.0, 401, "another body under the same signature");
    let elsewhere = head.replace("POST /inbox ", &format!("POST /users/{}/inbox ", alice.username));
    assert_eq!(request(north.port, &elsewhere, &body).await.0, 401, "the same request to another inbox");
    assert_eq!(request(north.port, &head, &body).await.0, 202);
    assert_eq!(request(north.port, &head, &body).await.0, 429, "the same request again");

    let impostor = json!({ "id": format!("{id}/b"), "type": "Like", "actor": alice.iri.as_str(), "object": id });
    assert_eq!(liar.sends(&north, &impostor).await, 401, "signed by one, said by another");
    let unsigned = format!(
        "POST /inbox HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/activity+json\r\n\
         content-length: {}\r\n\r\n",
        north.community.domain,
        body.len()
    );
    assert_eq!(request(north.port, &unsigned, &body).await.0, 401);

    let arrived = north.awaits(&alice, &comity_vocab::Iri::parse(&id).unwrap()).await;
    assert!(statuses::text(&arrived).content.contains("honest"));
}
}

on_both! {
async fn attacks_8_10_16_nobody_changes_what_is_not_theirs(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let mallory = south.member("mallory").await;
    let liar = Liar::of(&south, &mallory).await;
    let by_bob = south.post(&bob, &format!("Dear {}", alice.handle()), Visibility::Public).await;
    let seen = north.awaits(&alice, &by_bob.iri).await;
    let by_alice = north.post(&alice, "Mine", Visibility::Public).await;

    let forged = note_by(bob.iri.as_str(), by_bob.iri.as_str(), alice.iri.as_str(), "words in his mouth");
    let actor = mallory.iri.as_str();
    let local = note_by(actor, &format!("{}/statuses/1", alice.iri), alice.iri.as_str(), "an id of yours");
    for (number, lie) in [
        json!({ "type": "Update", "actor": actor, "object": forged }),
        json!({ "type": "Delete", "actor": actor, "object": by_bob.iri.as_str() }),
        json!({ "type": "Delete", "actor": actor, "object": by_alice.iri.as_str() }),
        json!({ "type": "Delete", "actor": actor, "object": bob.iri.as_str() }),
        json!({ "type": "Create", "actor": actor, "object": local }),
        json!({ "type": "Undo", "actor": actor, "object":
            { "type": "Follow", "id": format!("{}#f", bob.iri), "actor": bob.iri.as_str(), "object": alice.iri.as_str() } }),
        json!({ "type": "Accept", "actor": actor, "object":
            { "type": "Follow", "id": format!("{}#f", alice.iri), "actor": alice.iri.as_str(), "object": actor } }),
    ]
    .into_iter()
    .enumerate()
    {
        let mut lie = lie;
        lie["id"] = json!(format!("{actor}#lie-{number}"));
        let status = liar.sends(&north, &lie).await;
        assert!(matches!(status, 202 | 401), "lie {number} was answered with {status}");
    }
    north.is_idle().await;
    let after = north.sees(&alice, &by_bob.iri).await.expect("bob's post is still there");
    assert_eq!(statuses::text(&after).content, statuses::text(&seen).content);
    assert!(north.sees(&alice, &by_alice.iri).await.is_some());
    let bob_in_north = accounts::find_by_iri(&north.app, &bob.iri).await.unwrap().unwrap();
    assert!(bob_in_north.gone_at.is_none());
    assert_eq!(follows::state(&north.app, bob_in_north.id, alice.id).await.unwrap(), follows::State::Accepted);
    let mallory_in_north = accounts::find_by_iri(&north.app, &mallory.iri).await.unwrap().unwrap();
    assert_eq!(follows::state(&north.app, alice.id, mallory_in_north.id).await.unwrap(), follows::State::None);
}
}

on_both! {
async fn attack_22_what_is_too_large_or_not_ours_to_read_is_turned_away_early(engine) {
    let (north, south, _, bob) = neighbours(engine).await;
    let liar = Liar::of(&south, &bob).await;
    let large = vec![b' '; 1024 * 1024 + 1];
    let head = liar.head(&north, "/inbox", &large);
    assert_eq!(request(north.port, &head, &large).await.0, 413);
    let body = br#"{"type":"Like"}"#;
    let head = liar.head(&north, "/inbox", body).replace("application/activity+json", "text/plain");
    assert_eq!(request(north.port, &head, body).await.0, 415);
    let body = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)).into_bytes();
    let head = liar.head(&north, "/inbox", &body);
    assert_eq!(request(north.port, &head, &body).await.0, 400);
}
}

on_both! {
async fn l16_l20_who_does_not_sign_gets_a_stub_and_nothing_else(engine) {
    let (north, _south, alice, _) = neighbours(engine).await;
    let post = north.post(&alice, "For those who sign", Visibility::Public).await;
    let get = async |path: &str| {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\naccept: application/activity+json\r\nconnection: close\r\n\r\n",
            north.community.domain
        );
        request(north.port, &head, b"").await
    };
    let (status, body) = get("/users/alice").await;
    assert_eq!(status, 200);
    assert!(body.contains("publicKey") && !body.contains("summary"), "{body}");
    assert_eq!(get(post.iri.path()).await.0, 401);
    assert_eq!(get("/users/alice/outbox").await.0, 401);
    assert_eq!(get("/users/alice/followers").await.0, 401);
    assert_eq!(get("/actor").await.0, 200, "the community's own key is for everyone");
    for collection in ["outbox", "followers", "following", "featured", "inbox"] {
        let status = get(&format!("/actor/{collection}")).await.0;
        assert_eq!(status, if collection == "inbox" { 405 } else { 401 }, "{collection}");
    }
    let resource = format!("/.well-known/webfinger?resource=acct:alice@{}", north.community.domain);
    assert_eq!(get(&resource).await.0, 200);
}
}
