//! Servers that are broken, or want us to be.

use std::time::Duration;

use axum::body::{Body, Bytes};
use comity_policy::Contact;
use comity_vocab::Domain;
use comity_wire::{Letter, Testing, WireError};
use http::Response;

use crate::peer::{
    ACTIVITY, NOW, Peer, failure, fetch, iri, key, moved_to, note, permit, redirect, status, typed,
    wire, wire_with,
};

#[tokio::test]
async fn large_slow_and_broken_answers_end() {
    let peer = Peer::start("peer", |request, _| match request.target.as_str() {
        "/announced" => typed(ACTIVITY, vec![b' '; 1024 * 1024 + 1]),
        "/endless" => {
            let spaces = Bytes::from(vec![b' '; 64 * 1024]);
            let endless =
                futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(spaces.clone()));
            typed(ACTIVITY, Body::from_stream(endless))
        }
        "/bomb" => {
            let bomb: &[u8] = include_bytes!("../../fixtures/bomb.json.gz");
            let mut response = typed(ACTIVITY, bomb);
            let encoding = http::HeaderValue::from_static("gzip");
            response.headers_mut().insert("content-encoding", encoding);
            response
        }
        "/not-gzip" => {
            let mut response = typed(ACTIVITY, "plain");
            let encoding = http::HeaderValue::from_static("gzip");
            response.headers_mut().insert("content-encoding", encoding);
            response
        }
        "/slow" => {
            let slow = futures_util::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
            });
            typed(ACTIVITY, Body::from_stream(slow))
        }
        "/headers" => Response::builder()
            .header("x-large", "x".repeat(1024 * 1024))
            .body(Body::empty())
            .unwrap(),
        "/many-headers" => {
            let mut response = status(200);
            for _ in 0..500 {
                let value = http::HeaderValue::from_static("x");
                response.headers_mut().append("x-many", value);
            }
            response
        }
        "/deep" => typed(ACTIVITY, "[".repeat(100_000)),
        _ => typed(ACTIVITY, "{"),
    })
    .await;
    let wire = wire();
    let gives_up = ["/announced", "/endless", "/bomb", "/not-gzip"];
    for path in gives_up {
        let error = failure(&wire, &peer.at(path)).await;
        assert!(matches!(error, WireError::GiveUp { .. }), "{path}: {error}");
    }
    for path in ["/slow", "/headers", "/many-headers"] {
        let error = failure(&wire, &peer.at(path)).await;
        assert!(matches!(error, WireError::Retry { .. }), "{path}: {error}");
    }
    for path in ["/deep", "/broken"] {
        let error = failure(&wire, &peer.at(path)).await;
        assert!(matches!(error, WireError::Distrust(_)), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_silent_host_and_a_closed_port_mean_later() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let wire = wire();
    let address = iri(&format!("http://silent.localhost:{port}/"));
    assert!(matches!(
        failure(&wire, &address).await,
        WireError::Retry { .. }
    ));
    drop(silent);
    let address = iri(&format!("http://closed.localhost:{port}/"));
    assert!(matches!(
        failure(&wire, &address).await,
        WireError::Retry { .. }
    ));
}

#[tokio::test]
async fn attack_21_nothing_is_sent_without_the_right_permit_or_to_an_unsafe_address() {
    let peer = Peer::start("peer", |_, _| status(200)).await;
    let address = peer.at("/notes/1");
    let (key, _) = key();
    let wire = wire();

    let elsewhere = Domain::parse("elsewhere.localhost").unwrap();
    let wrong_domain = permit(&elsewhere, Contact::Fetch).await;
    let wrong_contact = permit(&peer.domain, Contact::Deliver).await;
    for permit in [wrong_domain, wrong_contact] {
        let refused = wire.fetch(permit, &address, &key, NOW).await;
        assert!(matches!(refused, Err(WireError::NotPermitted(_))));
    }
    let wrong_contact = permit(&peer.domain, Contact::Fetch).await;
    let refused = wire
        .deliver(wrong_contact, &address, Letter::plain(b"{}"), &key, NOW)
        .await;
    assert!(matches!(refused, Err(WireError::NotPermitted(_))));

    let strict = wire_with(|config| {
        config.testing = Some(Testing::default());
    });
    assert!(matches!(
        failure(&strict, &address).await,
        WireError::NotPermitted(_)
    ));
    let https = iri(&address.as_str().replace("http://", "https://"));
    assert!(matches!(
        failure(&strict, &https).await,
        WireError::NotPermitted(_)
    ));
    let literal = iri("https://169.254.169.254/latest/meta-data");
    assert!(matches!(
        failure(&wire, &literal).await,
        WireError::NotPermitted(_)
    ));
    assert!(peer.received().is_empty());
}

#[tokio::test]
async fn attacks_9_21_a_redirect_to_an_unsafe_address_is_not_followed() {
    let peer = Peer::start("peer", |request, _| match request.target.as_str() {
        "/metadata" => redirect("http://169.254.169.254/latest/meta-data"),
        _ => redirect("http://127.0.0.1:1/"),
    })
    .await;
    let wire = wire();
    let to = moved_to(fetch(&wire, &peer.at("/metadata")).await);
    assert!(matches!(
        failure(&wire, &to).await,
        WireError::NotPermitted(_)
    ));
}

#[tokio::test]
async fn attack_9_only_documents_typed_as_activitypub_are_believed() {
    let peer = Peer::start("peer", |request, base| {
        let body = note(&format!("{base}{}", request.target));
        match request.target.as_str() {
            "/notes/upload" => typed("application/json", body),
            "/notes/page" => typed("text/html", body),
            "/notes/untyped" => Response::new(Body::from(body)),
            "/notes/twice" => Response::builder()
                .header("content-type", "text/plain")
                .header("content-type", ACTIVITY)
                .body(Body::from(body))
                .unwrap(),
            "/notes/no-profile" => typed("application/ld+json", body),
            _ => typed(
                "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                body,
            ),
        }
    })
    .await;
    let wire = wire();
    for path in ["upload", "page", "untyped", "twice", "no-profile"] {
        let error = failure(&wire, &peer.at(&format!("/notes/{path}"))).await;
        assert!(matches!(error, WireError::Distrust(_)), "{path}: {error}");
    }
    assert!(fetch(&wire, &peer.at("/notes/ld")).await.is_ok());
}
