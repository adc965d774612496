//! What is on top of profiles, between servers.

use comity::accounts;
use comity::pins;
use comity::rules::{self, NewRule, Source};
use comity_policy::{CommunityId, Pattern, PersonId, Scope, Stance};
use comity_vocab::Visibility;
use serde_json::{Value, json};

use crate::installation::{Installation, request, signed_get, until};
use crate::{Liar, neighbours, on_both};

/// What `asker`, with the voice of its community, finds there.
async fn get(place: &Installation, asker: &Installation, path: &str) -> (u16, Value) {
    let voice = asker.community.actor_id;
    let key = accounts::signing_key(&asker.app, voice).await.unwrap();
    let (status, body) = signed_get(place, &key, asker.app.now_ms(), path).await;
    (status, serde_json::from_str(&body).unwrap_or_default())
}

async fn get_unsigned(place: &Installation, path: &str) -> u16 {
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\naccept: application/activity+json\r\nconnection: close\r\n\r\n",
        place.community.domain
    );
    request(place.port, &head, b"").await.0
}

on_both! {
async fn a_pin_reaches_those_who_follow_with_the_post_if_they_do_not_have_it_and_is_taken_back(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let post = north.post(&alice, "Who I am", Visibility::Public).await;
    let _ = south.awaits(&bob, &post.iri).await;
    let alice_in_south = accounts::find_by_iri(&south.app, &alice.iri).await.unwrap().unwrap();
    let pinned = async || pins::of(&south.app, alice_in_south.id).await.unwrap();

    let east = Installation::start("east", engine, &comity::clock::Clock::system()).await;
    let carol = east.member("carol").await;
    east.follow(&carol, &north, &alice).await;
    assert!(east.sees(&carol, &post.iri).await.is_none());

    pins::pin(&north.app, &alice, post.id).await.unwrap();
    until("the pin arrives", async || (pinned().await.len() == 1).then_some(())).await;
    let fetched = east.awaits(&carol, &post.iri).await;
    until("the pin arrives in the east", async || {
        (pins::of(&east.app, fetched.author.id).await.unwrap() == [fetched.id]).then_some(())
    })
    .await;

    pins::unpin(&north.app, &alice, post.id).await.unwrap();
    until("the pin is taken back", async || pinned().await.is_empty().then_some(())).await;
    assert!(south.sees(&bob, &post.iri).await.is_some(), "the post stays");
}
}

on_both! {
async fn a_communitys_own_actor_has_collections_with_nothing_in_them(engine) {
    let (north, south, _, _) = neighbours(engine).await;
    for collection in ["outbox", "followers", "following", "featured"] {
        let path = format!("/actor/{collection}");
        let (status, list) = get(&north, &south, &path).await;
        assert_eq!((status, &list["totalItems"]), (200, &json!(0)), "{path}: {list}");
        assert_eq!(list["id"], north.community.iri(&path).as_str());
    }
    north.rule(&south, Stance::Refused).await;
    assert_eq!(get(&north, &south, "/actor/outbox").await.0, 404);
}
}

on_both! {
async fn nobody_pins_or_unpins_for_somebody_else(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let mallory = south.member("mallory").await;
    for followed in [&bob, &mallory] {
        north.follow(&alice, &south, followed).await;
    }
    let by_bob = south.post(&bob, "Bob's own words", Visibility::Public).await;
    let by_mallory = south.post(&mallory, "Mallory's own words", Visibility::Public).await;
    for post in [&by_bob, &by_mallory] {
        let _ = north.awaits(&alice, &post.iri).await;
    }
    pins::pin(&south.app, &bob, by_bob.id).await.unwrap();
    let known = async |iri| accounts::find_by_iri(&north.app, iri).await.unwrap().unwrap();
    let (bob_there, mallory_there) = (known(&bob.iri).await, known(&mallory.iri).await);
    let pinned = async |id| pins::of(&north.app, id).await.unwrap().len();
    until("bob's pin arrives", async || (pinned(bob_there.id).await == 1).then_some(())).await;

    let liar = Liar::of(&south, &mallory).await;
    let (me, mine) = (mallory.iri.as_str(), format!("{}/featured", mallory.iri));
    let bobs = format!("{}/featured", bob.iri);
    for (number, lie) in [
        json!({ "type": "Add", "object": by_bob.iri.as_str(), "target": mine }),
        json!({ "type": "Add", "object": by_mallory.iri.as_str(), "target": bobs }),
        json!({ "type": "Add", "object": by_mallory.iri.as_str(), "target": format!("{me}/other") }),
        json!({ "type": "Add", "object": by_mallory.iri.as_str() }),
        json!({ "type": "Remove", "object": by_bob.iri.as_str(), "target": bobs }),
        json!({ "type": "Remove", "object": by_bob.iri.as_str(), "target": mine }),
    ]
    .into_iter()
    .enumerate()
    {
        let mut lie = lie;
        lie["id"] = json!(format!("{me}#lie-{number}"));
        lie["actor"] = json!(me);
        assert_eq!(liar.tells(None, &north, &lie).await, 202);
    }
    north.is_idle().await;
    assert_eq!((pinned(bob_there.id).await, pinned(mallory_there.id).await), (1, 0));
}
}

on_both! {
async fn l22_what_is_pinned_is_listed_for_each_signer_as_they_may_see_it(engine) {
    let (north, south, alice, _) = neighbours(engine).await;
    let east = Installation::start("east", engine, &comity::clock::Clock::system()).await;
    let nora = north.member("nora").await;
    let asked = north.post(&nora, "Who is there", Visibility::Public).await;
    let answer = north.publish(&alice, "I am here", Visibility::Public, Some(asked.id)).await;
    let own = north.post(&alice, "Who I am", Visibility::Public).await;
    for post in [&answer, &own] {
        pins::pin(&north.app, &alice, post.id).await.unwrap();
    }
    let path = "/users/alice/featured";
    assert_eq!(get_unsigned(&north, path).await, 401);
    let (status, list) = get(&north, &south, path).await;
    assert_eq!((status, &list["totalItems"]), (200, &json!(2)), "{list}");
    assert!(list.to_string().contains("I am here"));

    // Nora refuses the south: what answers her is not for it, and the next request knows.
    let refused = NewRule::about(Scope::Member(PersonId(nora.id), CommunityId(north.community.id)), Pattern::Domain(south.community.domain.clone()), Stance::Refused, Source::Person);
    rules::set(&north.app, refused).await.unwrap();
    let (_, list) = get(&north, &south, path).await;
    assert_eq!(list["totalItems"], 1, "{list}");
    assert!(!list.to_string().contains("I am here"));
    let (_, list) = get(&north, &east, path).await;
    assert_eq!(list["totalItems"], 2, "the east is refused by nobody");
    north.rule(&south, Stance::Refused).await;
    assert_eq!(get(&north, &south, path).await.0, 404);
}
}
