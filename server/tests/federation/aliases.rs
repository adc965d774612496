//! Aliases between whole installations: one reads for another that is refused, and hands on what it was given.

use std::sync::Arc;

use comity::accounts;
use comity::aliases::sightings;
use comity::clock::Clock;
use comity_policy::Stance;
use comity_vocab::{Iri, Visibility};
use comity_wire::SigningKey;

use crate::installation::{Installation, signed_get, until};
use crate::on_both;

impl Installation {
    /// What this installation signs with in its own name.
    async fn own_key(&self) -> Arc<SigningKey> {
        accounts::signing_key(&self.app, self.community.actor_id)
            .await
            .unwrap()
    }
}

on_both! {
async fn l18_a_refused_server_that_reads_through_another_is_seen_when_it_asks_for_the_answers_itself(engine) {
    let clock = Clock::system();
    let north = Installation::start("north", engine, &clock).await;
    let alias = Installation::start("alias", engine, &clock).await;
    let bigcorp = Installation::start("bigcorp", engine, &clock).await;
    let alice = north.member("alice").await;
    let post = north.post(&alice, "For whoever reads", Visibility::Public).await;
    north.rule(&bigcorp, Stance::Refused).await;
    let (alias_key, bigcorp_key) = (alias.own_key().await, bigcorp.own_key().await);
    let as_alias = async |path: &str| signed_get(&north, &alias_key, clock.now_ms(), path).await;
    let as_bigcorp = async |path: &str| signed_get(&north, &bigcorp_key, clock.now_ms(), path).await;

    assert_eq!(as_bigcorp(post.iri.path()).await.0, 404, "it is refused as itself");
    let (status, body) = as_alias(post.iri.path()).await;
    assert_eq!(status, 200, "and nobody knows that the other is the same");
    let note: serde_json::Value = serde_json::from_str(&body).unwrap();
    let replies = Iri::parse(note["replies"].as_str().unwrap()).unwrap();
    let path = format!("{}?{}", replies.path(), replies.query().expect("a canary"));
    assert_eq!(as_alias(&path).await.0, 200, "the signature covers the address as it was given");
    assert!(sightings(&north.app, &north.community).await.unwrap().is_empty());

    assert_eq!(as_bigcorp(&path).await.0, 404);
    let seen = until("it is seen", async || sightings(&north.app, &north.community).await.unwrap().pop()).await;
    assert_eq!(seen.given_to.as_str(), "alias.localhost");
    assert_eq!(seen.asked_by, bigcorp.community.domain);
    assert!(seen.refuses_asker && !seen.refuses_given && !seen.proved);
}
}
