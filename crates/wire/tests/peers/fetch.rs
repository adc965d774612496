//! Fetching from servers that mean well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use comity_vocab::{Document, Handle};
use comity_wire::{Distrust, FetchedJson, FetchedText, LARGEST_TEXT, Mark, Scheme, WireError};
use http::Response;

use crate::peer::{
    ACTIVITY, NOW, Peer, document_of, failure, fetch, iri, key, may_fetch, moved_to, note,
    redirect, status, typed, wire, wire_with,
};

#[tokio::test]
async fn a_document_is_fetched_signed_and_attested_to_its_address() {
    let peer = Peer::start("peer", |request, base| {
        typed(ACTIVITY, note(&format!("{base}{}", request.target)))
    })
    .await;
    let (private, public) = key();
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        let wire = wire();
        wire.remember_scheme(&peer.domain, scheme);
        let address = peer.at("/notes/1?full=1");
        let fetched = wire
            .fetch(may_fetch(&address).await, &address, &private, NOW)
            .await
            .unwrap();
        let (by, document) = document_of(fetched);
        assert_eq!(by, address);
        assert!(matches!(document, Document::Note(_)));
        let request = peer.received().pop().unwrap();
        assert_eq!(request.scheme(), Some(scheme));
        request.verify(&public).unwrap();
        assert_eq!(request.headers["user-agent"], "comity-test");
        assert!(!request.headers.contains_key("cookie"));
    }
}

#[tokio::test]
async fn a_redirect_within_the_domain_is_signed_anew() {
    let peer = Peer::start("peer", |request, base| match request.target.as_str() {
        "/@a/1" => redirect("/notes/1"),
        _ => typed(ACTIVITY, note(&format!("{base}/notes/1"))),
    })
    .await;
    let (private, public) = key();
    let start = peer.at("/@a/1");
    let fetched = wire()
        .fetch(may_fetch(&start).await, &start, &private, NOW)
        .await
        .unwrap();
    assert_eq!(document_of(fetched).0, peer.at("/notes/1"));
    let received = peer.received();
    assert_eq!(received.len(), 2);
    for request in received {
        request.verify(&public).unwrap();
    }
}

#[tokio::test]
async fn redirects_end() {
    let peer = Peer::start("peer", |request, _| match request.target.as_str() {
        "/loop/a" => redirect("/loop/b"),
        "/loop/b" => redirect("/loop/a#again"),
        "/nowhere" => redirect("ftp://peer.localhost/"),
        "/blank" => status(302),
        longer => redirect(&format!("{longer}x")),
    })
    .await;
    let wire = wire();
    for (path, requests) in [("/loop/a", 2), ("/far", 4), ("/nowhere", 1), ("/blank", 1)] {
        let before = peer.received().len();
        let error = failure(&wire, &peer.at(path)).await;
        assert!(
            matches!(
                error,
                WireError::GiveUp {
                    status: Some(302),
                    ..
                }
            ),
            "{path}: {error}"
        );
        assert_eq!(peer.received().len() - before, requests, "{path}");
    }
}

#[tokio::test]
async fn l32_attack_9_another_domain_is_asked_only_after_the_gate_was() {
    let other = Peer::start("other", |_, _| status(500)).await;
    let there = other.at("/notes/1").to_string();
    let id = there.clone();
    let peer = Peer::start("peer", move |request, _| match request.target.as_str() {
        "/redirect" => redirect(&there),
        _ => typed(ACTIVITY, note(&id)),
    })
    .await;
    let wire = wire();
    let expected = other.at("/notes/1");
    assert_eq!(
        moved_to(fetch(&wire, &peer.at("/redirect")).await),
        expected
    );
    // A document that claims to be of another host is not believed but looked for there.
    assert_eq!(moved_to(fetch(&wire, &peer.at("/copy")).await), expected);
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn an_id_that_is_not_the_address_is_asked_once() {
    let peer = Peer::start("peer", |request, base| {
        let id = match request.target.as_str() {
            "/page/1" | "/notes/1" => format!("{base}/notes/1"),
            "/page/2" => format!("{base}/notes/2"),
            "/notes/2" => format!("{base}/notes/3"),
            "/users/a" => format!("{base}/users/a#main-key"),
            _ => "https://peer.localhost/notes/4".to_owned(),
        };
        typed(ACTIVITY, note(&id))
    })
    .await;
    let wire = wire();
    let fetched = fetch(&wire, &peer.at("/page/1")).await.unwrap();
    assert_eq!(document_of(fetched).0, peer.at("/notes/1"));
    let fetched = fetch(&wire, &peer.at("/users/a#main-key")).await.unwrap();
    assert_eq!(document_of(fetched).0, peer.at("/users/a"));

    let before = peer.received().len();
    let error = failure(&wire, &peer.at("/page/2")).await;
    assert!(
        matches!(error, WireError::Distrust(Distrust::Origin(_))),
        "{error}"
    );
    assert_eq!(peer.received().len() - before, 2);
}

#[tokio::test]
async fn one_host_is_asked_a_few_things_at_a_time() {
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now_running, most_seen) = (Arc::clone(&running), Arc::clone(&most));
    let peer = Peer::start("peer", move |request, base| {
        let body = note(&format!("{base}{}", request.target));
        let at_once = now_running.fetch_add(1, Ordering::SeqCst) + 1;
        most_seen.fetch_max(at_once, Ordering::SeqCst);
        let now_running = Arc::clone(&now_running);
        let late = futures_util::stream::once(async move {
            tokio::time::sleep(Duration::from_millis(40)).await;
            now_running.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, std::io::Error>(Bytes::from(body))
        });
        typed(ACTIVITY, Body::from_stream(late))
    })
    .await;
    let wire = wire_with(|config| config.per_host = 2);
    let mut asking = Vec::new();
    for n in 0..8 {
        let (wire, address) = (wire.clone(), peer.at(&format!("/notes/{n}")));
        asking.push(tokio::spawn(async move {
            fetch(&wire, &address).await.map(document_of).is_ok()
        }));
    }
    for asked in asking {
        assert!(asked.await.unwrap());
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn plain_json_is_fetched_unsigned() {
    let peer = Peer::start("peer", |request, _| {
        if request.target == "/.well-known/nodeinfo" {
            return redirect("https://other.example/.well-known/nodeinfo");
        }
        if request.target == "/page" {
            return typed("text/html", "{}");
        }
        typed("application/jrd+json; charset=utf-8", "{}")
    })
    .await;
    let wire = wire();
    let handle = Handle {
        username: "alice".to_owned(),
        domain: Some(peer.domain.clone()),
    };
    let address = wire.webfinger_address(&handle).unwrap();
    let answer = wire
        .fetch_json(may_fetch(&address).await, &address, NOW)
        .await
        .unwrap();
    let expected = FetchedJson::Json {
        address: address.clone(),
        bytes: b"{}".to_vec(),
    };
    assert_eq!(answer, expected);
    let request = &peer.received()[0];
    assert_eq!(request.scheme(), None);
    assert_eq!(
        request.target,
        format!("/.well-known/webfinger?resource=acct:alice@{}", peer.domain)
    );

    let address = wire.nodeinfo_address(&peer.domain).unwrap();
    let moved = wire
        .fetch_json(may_fetch(&address).await, &address, NOW)
        .await;
    let to = iri("https://other.example/.well-known/nodeinfo");
    assert_eq!(moved, Ok(FetchedJson::Moved(to)));

    let page = peer.at("/page");
    let refused = wire.fetch_json(may_fetch(&page).await, &page, NOW).await;
    assert!(matches!(refused, Err(WireError::Distrust(_))));
}

#[tokio::test]
async fn a_text_is_fetched_only_when_it_changed_and_never_from_another_host() {
    let peer = Peer::start("peer", |request, _| {
        let marked = |text: &str| {
            let answer = Response::builder().header("etag", "\"1\"");
            answer.body(Body::from(text.to_owned())).unwrap()
        };
        match request.target.as_str() {
            "/list.csv" if request.headers.contains_key("if-none-match") => {
                Response::builder().status(304).body(Body::empty()).unwrap()
            }
            "/list.csv" => marked("bad.example\n"),
            "/old.csv" => redirect("/list.csv"),
            "/gone.csv" => redirect("https://other.example/list.csv"),
            "/long.csv" => typed("text/csv", "x".repeat(LARGEST_TEXT + 1)),
            _ => typed("text/html", "<p>Sign in</p>"),
        }
    })
    .await;
    let wire = wire_with(|config| config.timeouts.total = Duration::from_secs(20));
    let get = async |path: &str, known: &Mark| {
        let address = peer.at(path);
        wire.fetch_text(may_fetch(&address).await, &address, known)
            .await
    };
    let mark = Mark {
        etag: Some("\"1\"".to_owned()),
        modified: None,
    };
    for path in ["/list.csv", "/old.csv"] {
        let text = FetchedText::Text {
            bytes: b"bad.example\n".to_vec(),
            mark: mark.clone(),
        };
        assert_eq!(get(path, &Mark::default()).await, Ok(text));
    }
    assert_eq!(get("/list.csv", &mark).await, Ok(FetchedText::Unchanged));
    let to = iri("https://other.example/list.csv");
    let moved = get("/gone.csv", &Mark::default()).await;
    assert_eq!(moved, Ok(FetchedText::Moved(to)));
    let long = get("/long.csv", &Mark::default()).await;
    assert!(matches!(long, Err(WireError::GiveUp { .. })), "{long:?}");
    let page = get("/page", &Mark::default()).await;
    assert!(matches!(page, Err(WireError::Distrust(_))), "{page:?}");
}
