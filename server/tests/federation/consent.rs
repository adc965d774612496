//! Answers and quotes that wait for a yes, between two installations of ours.

use comity::accounts;
use comity::contacts;
use comity::quotes::{self, Seen, State};
use comity::statuses::{self, Answering, Quoting};
use comity_policy::{Approval, Stance};
use comity_vocab::Visibility;

use crate::installation::{Installation, draft, until};
use crate::{neighbours, on_both};

on_both! {
async fn an_answer_waits_for_a_yes_and_is_taken_back_everywhere(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let mut asking = draft("Ask me first", Visibility::Public, None);
    asking.terms.replies = Answering::Asking.replies();
    let post = statuses::publish(&north.app, &north.community, alice.clone(), asking).await.unwrap();
    let seen = south.awaits(&bob, &post.iri).await;
    let answer = south.publish(&bob, "May I", Visibility::Public, Some(seen.id)).await;
    let carol = south.member("carol").await;
    let arrived = north.awaits(&alice, &answer.iri).await;
    assert!(matches!(arrived.approval, Approval::Waits { .. }));
    assert!(south.sees(&carol, &answer.iri).await.is_none(), "it waits in the south, too");

    contacts::let_in(&north.app, &alice, arrived.id, Seen::Quoting(None)).await.unwrap();
    let stands = south.awaits(&carol, &answer.iri).await;
    let alice_there = accounts::find_by_iri(&south.app, &alice.iri).await.unwrap().unwrap();
    assert!(stands.answers(alice_there.id));
    assert!(stands.reply_stamp.as_deref().unwrap().starts_with(alice.iri.as_str()));

    statuses::take_out(&north.app, &alice, arrived.id).await.unwrap();
    until("the south hears of it", async || {
        let now = statuses::load_one(&south.app, answer.id).await.unwrap();
        matches!(now.approval, Approval::Removed { .. }).then_some(())
    })
    .await;
    statuses::put_back(&north.app, &alice, arrived.id, Seen::Quoting(None)).await.unwrap();
    until("it has its place again", async || {
        let now = statuses::load_one(&south.app, answer.id).await.unwrap();
        (now.approval == Approval::Stands).then_some(())
    })
    .await;
}

async fn the_yes_to_an_answer_to_what_is_for_followers_is_read_by_its_server(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    south.follow(&bob, &north, &alice).await;
    let mut asking = draft("Ask me first", Visibility::Private, None);
    asking.terms.replies = Answering::Asking.replies();
    let post = statuses::publish(&north.app, &north.community, alice.clone(), asking).await.unwrap();
    let seen = south.awaits(&bob, &post.iri).await;
    let answer = south.publish(&bob, "May I", Visibility::Private, Some(seen.id)).await;
    assert!(matches!(answer.approval, Approval::Waits { .. }));
    until("the south reads the yes", async || {
        let now = statuses::load_one(&south.app, answer.id).await.unwrap();
        (now.approval == Approval::Stands).then_some(())
    })
    .await;
}

async fn a_quote_is_asked_for_stamped_and_taken_back_everywhere(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let mut asking = draft("Words worth quoting", Visibility::Public, None);
    asking.terms.quotes = Quoting::Asking;
    let post = statuses::publish(&north.app, &north.community, alice.clone(), asking).await.unwrap();
    let seen = south.awaits(&bob, &post.iri).await;
    let mut quoting = draft("Look at that", Visibility::Public, None);
    quoting.quote_id = Some(seen.id);
    let quote = statuses::publish(&south.app, &south.community, bob.clone(), quoting).await.unwrap();
    assert_eq!(state(&south, quote.id).await, Some(State::Waits));
    let arrived = north.awaits(&alice, &quote.iri).await;
    until("the north holds it back", async || {
        (state(&north, arrived.id).await == Some(State::Waits)).then_some(())
    })
    .await;

    contacts::let_in(&north.app, &alice, arrived.id, Seen::Whatever).await.unwrap();
    until("the south reads the yes", async || {
        (state(&south, quote.id).await == Some(State::Stands)).then_some(())
    })
    .await;
    assert_eq!(state(&north, arrived.id).await, Some(State::Stands));
    let stamp = statuses::load_one(&south.app, quote.id).await.unwrap().quote.unwrap().stamp;
    assert!(stamp.unwrap().starts_with(alice.iri.as_str()));

    quotes::take_out(&north.app, &alice, arrived.id).await.unwrap();
    until("the south hears of it", async || {
        (state(&south, quote.id).await == Some(State::Removed)).then_some(())
    })
    .await;
}

async fn a_refused_server_that_asks_to_quote_gets_nothing(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let mut open = draft("Words worth quoting", Visibility::Public, None);
    open.terms.quotes = Quoting::Everyone;
    let post = statuses::publish(&north.app, &north.community, alice.clone(), open).await.unwrap();
    let seen = south.awaits(&bob, &post.iri).await;
    north.rule(&south, Stance::Refused).await;
    let mut quoting = draft("Look at that", Visibility::Public, None);
    quoting.quote_id = Some(seen.id);
    let quote = statuses::publish(&south.app, &south.community, bob.clone(), quoting).await.unwrap();
    for place in [&south, &north, &south] {
        place.is_idle().await;
    }
    assert_eq!(state(&south, quote.id).await, Some(State::Waits));
    assert!(statuses::find_by_iri(&north.app, &quote.iri).await.unwrap().is_none());
}
}

/// What became of the quote of a post.
async fn state(place: &Installation, id: i64) -> Option<State> {
    let status = statuses::load_one(&place.app, id).await.unwrap();
    status.quote.map(|quote| quote.state)
}
