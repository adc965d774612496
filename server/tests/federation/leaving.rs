//! What goes out and what is told of it, between running installations.

use comity::accounts;
use comity::clock::Clock;
use comity::error::Error;
use comity::statuses;
use comity_policy::Stance;
use comity_vocab::Visibility;

use crate::installation::{Installation, draft};
use crate::on_both;

/// Longer than an account is believed without asking.
const TWO_DAYS_MS: i64 = 2 * 86_400_000;

on_both! {
async fn l08_somebody_not_read_for_days_is_still_named_when_their_server_is_down(engine) {
    let clock = Clock::held(Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let mut south = Installation::start("south", engine, &clock).await;
    let (alice, bob) = (north.member("alice").await, south.member("bob").await);
    let there = north.finds(&bob).await;
    south.pause().await;
    clock.advance(TWO_DAYS_MS);
    let words = format!("{} the key is under the mat", bob.handle());
    let post = north.post(&alice, &words, Visibility::Direct).await;
    assert_eq!(post.mentions.iter().map(|account| account.id).collect::<Vec<_>>(), [there.id]);
    clock.advance(1_000);
    south.resume().await;
    clock.advance(120_000);
    let _ = south.awaits(&bob, &post.iri).await;
}
}

on_both! {
async fn l08_somebody_on_a_server_refused_since_is_not_dropped_but_told_with_the_reason(engine) {
    let clock = Clock::held(Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let south = Installation::start("south", engine, &clock).await;
    let (alice, bob) = (north.member("alice").await, south.member("bob").await);
    north.finds(&bob).await;
    north.rule(&south, Stance::Refused).await;
    clock.advance(TWO_DAYS_MS);
    for visibility in [Visibility::Direct, Visibility::Public] {
        let words = draft(&format!("{} hello", bob.handle()), visibility, None);
        match statuses::publish(&north.app, &north.community, alice.clone(), words).await {
            Err(Error::Invalid { why, .. }) => {
                assert!(why.contains(&bob.handle().to_string()) && why.contains("the test says so"), "{why}");
            }
            Err(other) => panic!("told as {other}"),
            Ok(_) => panic!("published, and bob dropped"),
        }
    }
    assert!(accounts::find_by_iri(&north.app, &bob.iri).await.unwrap().is_some());
}
}
