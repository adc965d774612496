//! Bringing activities to inboxes.

use comity_policy::Contact;
use comity_wire::{FollowersDigest, Letter, Scheme, Synchronization, WireError};

use crate::peer::{ACTIVITY, NOW, Peer, iri, key, permit, status, wire};

#[tokio::test]
async fn a_delivery_knocks_twice_and_remembers_what_was_understood() {
    let (private, public) = key();
    let reader = public.clone();
    let peer = Peer::start("peer", move |request, _| {
        let understood = request.scheme() == Some(Scheme::Rfc9421);
        if understood && request.verify(&reader).is_ok() {
            status(202)
        } else {
            status(401)
        }
    })
    .await;
    let wire = wire();
    let inbox = peer.at("/inbox");
    assert_eq!(wire.scheme_of(&peer.domain), None);
    for expected in [2, 3] {
        let permit = permit(&peer.domain, Contact::Deliver).await;
        wire.deliver(
            permit,
            &inbox,
            Letter::plain(br#"{"type":"Like"}"#),
            &private,
            NOW,
        )
        .await
        .unwrap();
        assert_eq!(peer.received().len(), expected);
    }
    assert_eq!(wire.scheme_of(&peer.domain), Some(Scheme::Rfc9421));
    let first = &peer.received()[0];
    assert_eq!(first.scheme(), Some(Scheme::Cavage));
    first.verify(&public).unwrap();
    assert_eq!(first.headers["content-type"], ACTIVITY);
    assert_eq!(first.body, br#"{"type":"Like"}"#.as_slice());
}

#[tokio::test]
async fn what_a_server_is_told_of_followers_travels_signed() {
    let (private, public) = key();
    let peer = Peer::start("peer", |_, _| status(202)).await;
    let at = |path: &str| iri(&format!("https://sender.example{path}"));
    let followers = Synchronization {
        collection: at("/users/a/followers"),
        url: at("/users/a/followers_synchronization"),
        digest: FollowersDigest::of([&peer.at("/users/b")]),
    };
    let letter = Letter {
        body: br#"{"type":"Create"}"#,
        followers: Some(&followers),
    };
    let permit = permit(&peer.domain, Contact::Deliver).await;
    wire()
        .deliver(permit, &peer.at("/inbox"), letter, &private, NOW)
        .await
        .unwrap();
    let came = &peer.received()[0];
    came.verify(&public).unwrap();
    let signature = came.headers["signature"].to_str().unwrap();
    assert!(
        signature.contains("collection-synchronization"),
        "{signature}"
    );
    let told = came.headers["collection-synchronization"].to_str().unwrap();
    assert!(told.contains(&followers.digest.to_string()), "{told}");
}

#[tokio::test]
async fn answers_to_a_delivery_say_what_to_do_next() {
    let peer = Peer::start("peer", |request, _| {
        let code = request.target[1..].parse().unwrap();
        let mut response = status(code);
        if code == 429 {
            let value = http::HeaderValue::from_static("120");
            response.headers_mut().insert("retry-after", value);
        }
        if code == 302 {
            let value = http::HeaderValue::from_static("/200");
            response.headers_mut().insert("location", value);
        }
        response
    })
    .await;
    let wire = wire();
    let (key, _) = key();
    for code in [
        200, 201, 202, 204, 302, 400, 401, 403, 404, 405, 410, 422, 429, 500, 502, 503,
    ] {
        let permit = permit(&peer.domain, Contact::Deliver).await;
        let inbox = peer.at(&format!("/{code}"));
        let outcome = wire
            .deliver(permit, &inbox, Letter::plain(b"{}"), &key, NOW)
            .await;
        let as_expected = match code {
            200..300 => outcome.is_ok(),
            404 | 410 => outcome == Err(WireError::Gone),
            429 => matches!(
                outcome,
                Err(WireError::Retry {
                    after_ms: Some(120_000),
                    ..
                })
            ),
            500..600 => matches!(outcome, Err(WireError::Retry { after_ms: None, .. })),
            _ => matches!(outcome, Err(WireError::GiveUp { status: Some(s), .. }) if s == code),
        };
        assert!(as_expected, "{code}: {outcome:?}");
    }
}
