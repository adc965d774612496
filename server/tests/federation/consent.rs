//! An answer that waits for a yes, between two installations of ours.

use comity::accounts;
use comity::contacts;
use comity::statuses::{self, Answering};
use comity_policy::Approval;
use comity_vocab::Visibility;

use crate::installation::{draft, until};
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

    contacts::let_in(&north.app, &alice, arrived.id).await.unwrap();
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
    statuses::put_back(&north.app, &alice, arrived.id).await.unwrap();
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
}
