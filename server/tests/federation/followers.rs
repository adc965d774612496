//! Who follows whom, where the two sides came to believe different things (FEP-8fcf).

use std::sync::Arc;

use comity::accounts::{self, Account};
use comity::clock::Clock;
use comity::follows::{self, State};
use comity::rules::{self, NewRule, Source};
use comity_db::{Sql, params, sql};
use comity_policy::{CommunityId, Pattern, PersonId, Scope, Stance};
use comity_vocab::{Iri, Visibility};
use comity_wire::{FollowersDigest, Synchronization};
use serde_json::{Value, json};

use crate::installation::{Installation, signed_get, until};
use crate::{Liar, neighbours, on_both};

/// One side loses a follow, as when a database is put back to where it was yesterday.
async fn forget(place: &Installation, follower: &Account, followed: &Account) {
    const FORGET: Sql = sql!("DELETE FROM follows WHERE account_id = $1 AND target_id = $2");
    let gone = place.app.db.exec(FORGET, params![follower.id, followed.id]);
    assert_eq!(gone.await.unwrap(), 1);
}

/// Whether one follows the other, as this place knows them.
async fn state(place: &Installation, follower: &Account, followed: &Account) -> State {
    let (follower, followed) = (known(place, follower).await, known(place, followed).await);
    follows::state(&place.app, follower.id, followed.id)
        .await
        .unwrap()
}

async fn known(place: &Installation, account: &Account) -> Arc<Account> {
    accounts::find_by_iri(&place.app, &account.iri)
        .await
        .unwrap()
        .unwrap()
}

async fn settled(places: [&Installation; 2]) {
    // What one side answers is work for the other.
    for place in [places[0], places[1], places[0], places[1]] {
        place.is_idle().await;
    }
}

/// What `asker`, with the voice of its community, is told of alice's followers.
async fn list(place: &Installation, asker: &Installation) -> (u16, Value) {
    let voice = asker.community.actor_id;
    let key = accounts::signing_key(&asker.app, voice).await.unwrap();
    let now_ms = asker.app.now_ms();
    let path = "/users/alice/followers_synchronization";
    let (status, body) = signed_get(place, &key, now_ms, path).await;
    (status, serde_json::from_str(&body).unwrap_or_default())
}

on_both! {
async fn l02_a_follow_that_one_side_lost_ends_on_the_other_with_the_next_post_for_followers(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let (carol, dave) = (south.member("carol").await, south.member("dave").await);
    for member in [&carol, &dave] {
        south.follow(member, &north, &alice).await;
    }
    settled([&north, &south]).await;
    forget(&north, &*known(&north, &carol).await, &alice).await;
    forget(&south, &dave, &*known(&south, &alice).await).await;

    let open = north.post(&alice, "For everybody", Visibility::Public).await;
    let _ = south.awaits(&bob, &open.iri).await;
    settled([&north, &south]).await;
    assert_eq!(state(&south, &carol, &alice).await, State::Accepted, "what is public asks nothing");

    let private = north.post(&alice, "For those who follow", Visibility::Private).await;
    let _ = south.awaits(&bob, &private.iri).await;
    until("carol's follow ends in the south", async || {
        (state(&south, &carol, &alice).await == State::None).then_some(())
    })
    .await;
    until("dave's follow ends in the north", async || {
        (state(&north, &dave, &alice).await == State::None).then_some(())
    })
    .await;
    assert!(south.sees(&carol, &private.iri).await.is_none());
    assert_eq!(state(&south, &bob, &alice).await, State::Accepted);
    assert_eq!(state(&north, &bob, &alice).await, State::Accepted);
}
}

on_both! {
async fn a_yes_that_was_lost_is_heard_with_the_next_post_for_followers(engine) {
    const UNANSWERED: Sql =
        sql!("UPDATE follows SET state = 'requested' WHERE account_id = $1 AND target_id = $2");
    let (north, south, alice, bob) = neighbours(engine).await;
    let carol = south.member("carol").await;
    south.follow(&carol, &north, &alice).await;
    let alice_in_south = known(&south, &alice).await;
    south.app.db.exec(UNANSWERED, params![carol.id, alice_in_south.id]).await.unwrap();

    let private = north.post(&alice, "For those who follow", Visibility::Private).await;
    let _ = south.awaits(&bob, &private.iri).await;
    until("carol's follow is confirmed", async || {
        (state(&south, &carol, &alice).await == State::Accepted).then_some(())
    })
    .await;
}
}

on_both! {
async fn followers_are_compared_at_most_once_an_hour(engine) {
    let clock = Clock::held(Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let south = Installation::start("south", engine, &clock).await;
    let alice = north.member("alice").await;
    let members = [south.member("bob").await, south.member("carol").await, south.member("dave").await];
    for member in &members {
        clock.advance(2_000);
        south.follow(member, &north, &alice).await;
    }
    let [bob, carol, dave] = members;
    settled([&north, &south]).await;

    let post = async |text: &str| {
        clock.advance(2_000);
        let post = north.post(&alice, text, Visibility::Private).await;
        let _ = south.awaits(&bob, &post.iri).await;
        settled([&north, &south]).await;
    };
    forget(&north, &*known(&north, &carol).await, &alice).await;
    post("One").await;
    assert_eq!(state(&south, &carol, &alice).await, State::None);

    forget(&north, &*known(&north, &dave).await, &alice).await;
    post("Two").await;
    assert_eq!(state(&south, &dave, &alice).await, State::Accepted, "within the hour nobody is asked again");
    clock.advance(3_600_000);
    post("Three").await;
    assert_eq!(state(&south, &dave, &alice).await, State::None);
}
}

on_both! {
async fn l27_a_server_is_told_of_its_own_people_only_and_not_of_those_who_are_refused(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let east = Installation::start("east", engine, &Clock::system()).await;
    let (carol, eve) = (south.member("carol").await, east.member("eve").await);
    south.follow(&carol, &north, &alice).await;
    east.follow(&eve, &north, &alice).await;
    settled([&north, &south]).await;

    let (status, list_of_south) = list(&north, &south).await;
    assert_eq!(status, 200);
    assert_eq!(list_of_south["totalItems"], 2, "{list_of_south}");
    let (_, list_of_east) = list(&north, &east).await;
    assert_eq!(list_of_east["orderedItems"], json!([eve.iri.as_str()]));

    // Alice refuses carol and nobody else there.
    let refused = NewRule::about(Scope::Member(PersonId(alice.id), CommunityId(north.community.id)), Pattern::Account(carol.iri.clone()), Stance::Refused, Source::Person);
    rules::set(&north.app, refused).await.unwrap();
    let (_, list_of_south) = list(&north, &south).await;
    assert_eq!(list_of_south["orderedItems"], json!([bob.iri.as_str()]));

    // The digest says the same, so what follows ends for carol, in whose name her server would have shown it.
    let private = north.post(&alice, "Not for carol", Visibility::Private).await;
    let _ = south.awaits(&bob, &private.iri).await;
    until("carol's follow ends in the south", async || {
        (state(&south, &carol, &alice).await == State::None).then_some(())
    })
    .await;
    assert!(south.sees(&carol, &private.iri).await.is_none());
    assert_eq!(state(&south, &bob, &alice).await, State::Accepted);

    north.rule(&south, Stance::Refused).await;
    assert_eq!(list(&north, &south).await.0, 404, "a refused server is answered as for what does not exist");
}
}

on_both! {
async fn nobody_ends_follows_by_telling_lies_of_followers(engine) {
    let clock = Clock::held(Clock::system().now_ms());
    let north = Installation::start("north", engine, &clock).await;
    let south = Installation::start("south", engine, &clock).await;
    let alice = north.member("alice").await;
    let (bob, mallory) = (south.member("bob").await, south.member("mallory").await);
    for followed in [&bob, &mallory] {
        clock.advance(2_000);
        north.follow(&alice, &south, followed).await;
    }
    settled([&north, &south]).await;

    let under = |account: &Account, path: &str| Iri::parse(&format!("{}/{path}", account.iri)).unwrap();
    let nobody = Synchronization {
        collection: under(&mallory, "followers"),
        url: under(&mallory, "followers_synchronization"),
        digest: FollowersDigest::default(),
    };
    let lies = [
        // Of somebody else's followers.
        Synchronization { collection: under(&bob, "followers"), url: under(&bob, "followers_synchronization"), ..nobody.clone() },
        // Listed at another place than one's own server.
        Synchronization { url: under(&alice, "followers_synchronization"), ..nobody.clone() },
        // A list that is whole and not the one that was told of.
        nobody.clone(),
        // No list at all.
        Synchronization { url: mallory.iri.clone(), ..nobody.clone() },
        // Nothing.
        Synchronization { url: under(&mallory, "nothing"), ..nobody.clone() },
    ];
    let liar = Liar::of(&south, &mallory).await;
    let tells = async |number: usize, told: &Synchronization| {
        clock.advance(3_600_000);
        let id = format!("{}#told-{number}", mallory.iri);
        let like = json!({ "id": id, "type": "Like", "actor": mallory.iri.as_str(), "object": alice.iri.as_str() });
        assert_eq!(liar.tells(Some(told), &north, &like).await, 202, "the activity itself is taken");
        settled([&north, &south]).await;
    };
    for (number, lie) in lies.iter().enumerate() {
        tells(number, lie).await;
        for followed in [&bob, &mallory] {
            assert_eq!(state(&north, &alice, followed).await, State::Accepted, "lie {number}");
        }
    }

    // The same words are no lie when the list says so.
    forget(&south, &*known(&south, &alice).await, &mallory).await;
    tells(lies.len(), &nobody).await;
    assert_eq!(state(&north, &alice, &mallory).await, State::None);
    assert_eq!(state(&north, &alice, &bob).await, State::Accepted);
}
}
