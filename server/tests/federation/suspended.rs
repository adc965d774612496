//! Follows across a border that a rule refuses: suspended, shown as that, and back when it is taken back (L60).

use std::sync::Arc;

use comity::accounts::{self, Account};
use comity::clock::Clock;
use comity::follows::{self, Side, State, Suspended};
use comity::rules::{self, NewRule, Source};
use comity_policy::{CommunityId, Pattern, PersonId, Scope, Stance};
use comity_vocab::Visibility;

use crate::installation::{Installation, until};
use crate::{neighbours, on_both};

/// A rule about the whole of another place.
async fn refuse(place: &Installation, scope: Scope, about: &Installation) -> i64 {
    let pattern = Pattern::Domain(about.community.domain.clone());
    let rule = NewRule::about(scope, pattern, Stance::Refused, Source::Person);
    rules::set(&place.app, rule).await.unwrap()
}

fn own(place: &Installation, member: &Account) -> Scope {
    Scope::Member(PersonId(member.id), CommunityId(place.community.id))
}

async fn known(place: &Installation, account: &Account) -> Arc<Account> {
    accounts::find_by_iri(&place.app, &account.iri)
        .await
        .unwrap()
        .unwrap()
}

async fn state(place: &Installation, follower: &Account, followed: &Account) -> State {
    let (follower, followed) = (known(place, follower).await, known(place, followed).await);
    follows::state(&place.app, follower.id, followed.id)
        .await
        .unwrap()
}

async fn suspended(place: &Installation, member: &Arc<Account>) -> Suspended {
    follows::suspended(&place.app, member).await.unwrap()
}

async fn settled(north: &Installation, south: &Installation) {
    for place in [north, south, north, south] {
        place.is_idle().await;
    }
}

/// Bob in the south follows alice in the north, and she him.
async fn friends(
    engine: comity_db::testing::Engine,
) -> (Installation, Installation, Arc<Account>, Arc<Account>) {
    let (north, south, alice, bob) = neighbours(engine).await;
    north.follow(&alice, &south, &bob).await;
    settled(&north, &south).await;
    (north, south, alice, bob)
}

/// While alice's side refuses the south: nothing passes in either direction, and both follows are shown as suspended.
async fn nothing_passes(
    north: &Installation,
    south: &Installation,
    alice: &Arc<Account>,
    bob: &Arc<Account>,
) {
    let found = suspended(north, alice).await;
    assert_eq!(
        (found.count(Side::Following), found.count(Side::Follower)),
        (1, 1)
    );
    assert!(
        suspended(south, bob).await.all.is_empty(),
        "the other side is told nothing"
    );
    for visibility in [Visibility::Public, Visibility::Private] {
        let kept = north.post(alice, "While the rule stands", visibility).await;
        let unheard = south.post(bob, "Said to a closed door", visibility).await;
        settled(north, south).await;
        assert!(south.sees(bob, &kept.iri).await.is_none());
        assert!(north.sees(alice, &unheard.iri).await.is_none());
    }
}

/// Once it is taken back, the next posts arrive, for followers only too, and nobody asked to follow anew.
async fn everything_passes(
    north: &Installation,
    south: &Installation,
    alice: &Arc<Account>,
    bob: &Arc<Account>,
) {
    assert!(suspended(north, alice).await.all.is_empty());
    for visibility in [Visibility::Public, Visibility::Private] {
        let there = north.post(alice, "Here I am again", visibility).await;
        let here = south.post(bob, "So am I", visibility).await;
        let _ = south.awaits(bob, &there.iri).await;
        let _ = north.awaits(alice, &here.iri).await;
    }
    settled(north, south).await;
    for place in [north, south] {
        assert_eq!(state(place, bob, alice).await, State::Accepted);
        assert_eq!(state(place, alice, bob).await, State::Accepted);
    }
}

on_both! {
async fn l60_follows_come_back_when_a_member_takes_back_their_own_rule(engine) {
    let (north, south, alice, bob) = friends(engine).await;
    let rule = refuse(&north, own(&north, &alice), &south).await;
    nothing_passes(&north, &south, &alice, &bob).await;
    rules::end(&north.app, own(&north, &alice), rule, None).await.unwrap();
    everything_passes(&north, &south, &alice, &bob).await;
}

async fn l60_follows_come_back_when_a_community_takes_back_its_rule(engine) {
    let (north, south, alice, bob) = friends(engine).await;
    let scope = Scope::Community(north.community.policy_id());
    let rule = refuse(&north, scope, &south).await;
    nothing_passes(&north, &south, &alice, &bob).await;
    rules::end(&north.app, scope, rule, None).await.unwrap();
    everything_passes(&north, &south, &alice, &bob).await;
}

async fn l60_follows_come_back_when_a_rule_ends_by_itself(engine) {
    let clock = Clock::held(Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let south = Installation::start("south", engine, &clock).await;
    let (alice, bob) = (north.member("alice").await, south.member("bob").await);
    clock.advance(2_000);
    south.follow(&bob, &north, &alice).await;
    settled(&north, &south).await;
    let scope = Scope::Community(north.community.policy_id());
    let pattern = Pattern::Domain(south.community.domain.clone());
    let for_a_while = NewRule {
        expires_at: Some(clock.now_ms() + 60_000),
        ..NewRule::about(scope, pattern, Stance::Refused, Source::Person)
    };
    rules::set(&north.app, for_a_while).await.unwrap();
    assert_eq!(suspended(&north, &alice).await.count(Side::Follower), 1);
    clock.advance(61_000);
    rules::catch_up(&north.app).await.unwrap();
    assert!(suspended(&north, &alice).await.all.is_empty());
    let post = north.post(&alice, "Here I am again", Visibility::Public).await;
    let _ = south.awaits(&bob, &post.iri).await;
}

async fn l60_what_a_refused_peer_ends_meanwhile_does_not_come_back(engine) {
    let (north, south, alice, bob) = friends(engine).await;
    let scope = Scope::Community(north.community.policy_id());
    let rule = refuse(&north, scope, &south).await;
    settled(&north, &south).await;

    // Bob leaves, and sends off alice, who follows him.
    let alice_in_south = known(&south, &alice).await;
    follows::unfollow(&south.app, &bob, alice_in_south.id).await.unwrap();
    follows::reject(&south.app, &bob, alice_in_south.id).await.unwrap();
    until("the ends are heard", async || {
        let gone = state(&north, &bob, &alice).await == State::None;
        (gone && state(&north, &alice, &bob).await == State::None).then_some(())
    })
    .await;
    assert!(suspended(&north, &alice).await.all.is_empty());

    rules::end(&north.app, scope, rule, None).await.unwrap();
    let post = north.post(&alice, "To whoever follows", Visibility::Public).await;
    settled(&north, &south).await;
    assert!(south.sees(&bob, &post.iri).await.is_none());
}

async fn l60_a_refused_peer_cannot_end_what_is_others(engine) {
    let (north, south, alice, bob) = friends(engine).await;
    let mallory = south.member("mallory").await;
    // So that the north holds mallory's key.
    south.follow(&mallory, &north, &alice).await;
    settled(&north, &south).await;
    let scope = Scope::Community(north.community.policy_id());
    refuse(&north, scope, &south).await;
    let liar = crate::Liar::of(&south, &mallory).await;
    let follow = |follower: &Account, followed: &Account| {
        serde_json::json!({ "type": "Follow", "id": format!("{}#f", follower.iri), "actor": follower.iri.as_str(), "object": followed.iri.as_str() })
    };
    for (number, (kind, object)) in [("Undo", follow(&bob, &alice)), ("Reject", follow(&alice, &bob)), ("Undo", follow(&alice, &bob))].into_iter().enumerate() {
        let id = format!("{}#lie-{number}", mallory.iri);
        let lie = serde_json::json!({ "id": id, "type": kind, "actor": mallory.iri.as_str(), "object": object });
        assert_eq!(liar.tells(None, &north, &lie).await, 202, "answered as ever");
    }
    settled(&north, &south).await;
    assert_eq!(state(&north, &bob, &alice).await, State::Accepted);
    assert_eq!(state(&north, &alice, &bob).await, State::Accepted);
    assert_eq!(state(&north, &mallory, &alice).await, State::Accepted);
}

async fn l60_a_follow_that_a_rule_about_one_person_took_off_the_list_is_taken_up_again(engine) {
    let clock = Clock::held(Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let south = Installation::start("south", engine, &clock).await;
    let alice = north.member("alice").await;
    let (bob, carol) = (south.member("bob").await, south.member("carol").await);
    for member in [&bob, &carol] {
        clock.advance(2_000);
        south.follow(member, &north, &alice).await;
    }
    settled(&north, &south).await;
    let about_carol = NewRule::about(own(&north, &alice), Pattern::Account(carol.iri.clone()), Stance::Refused, Source::Person);
    let rule = rules::set(&north.app, about_carol).await.unwrap();
    let post = async |text: &str| {
        clock.advance(3_600_000);
        let post = north.post(&alice, text, Visibility::Private).await;
        let _ = south.awaits(&bob, &post.iri).await;
        settled(&north, &south).await;
        post
    };
    let kept = post("Not for carol").await;
    // Secrecy goes first: their server had to be told, or it would have shown her what it got for bob.
    assert_eq!(state(&south, &carol, &alice).await, State::None);
    assert!(south.sees(&carol, &kept.iri).await.is_none());
    assert_eq!(state(&north, &carol, &alice).await, State::Accepted, "suspended here, not ended");

    rules::end(&north.app, own(&north, &alice), rule, None).await.unwrap();
    let _ = post("The list names her again").await;
    assert_eq!(state(&south, &carol, &alice).await, State::Accepted);
    assert_eq!(state(&north, &carol, &alice).await, State::Accepted);
    let next = post("For carol, too").await;
    let _ = south.awaits(&carol, &next.iri).await;
}
}
