//! Talking to other servers over real sockets on this machine: honest, confused and hostile ones.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request as Incoming;
use comity_policy::{
    CommunityId, Contact, FactError, FactSource, Gate, Mode, Permitted, PersonId, RuleBook, Ties,
};
use comity_vocab::{Document, Domain, Handle, Iri, KeyMaterial, PublicKey};
use comity_wire::{
    Distrust, Fetched, FetchedJson, Request, Scheme, SeenSignatures, SigningKey, Testing, Timeouts,
    Wire, WireConfig, WireError, generate_ed25519, read_claim,
};
use http::{HeaderMap, Response};

const NOW: i64 = 1_792_152_000_000;
const ACTIVITY: &str = "application/activity+json";

/// Nobody follows or blocks anybody.
struct NoTies;

impl FactSource for NoTies {
    async fn ties(&self, _pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        Ok(Ties::default())
    }
}

fn permit(domain: &Domain, contact: Contact) -> Permitted {
    let us = CommunityId(1);
    let home = Domain::parse("home.localhost").unwrap();
    let book = RuleBook::new(1, NOW, vec![(us, home, Mode::Open)], Vec::new());
    let permit = Gate::new(NoTies, book).permit(us, domain, contact);
    permit.expect("an open community may talk to anybody")
}

fn may_fetch(iri: &Iri) -> Permitted {
    permit(&iri.domain(), Contact::Fetch)
}

fn iri(text: &str) -> Iri {
    Iri::parse(text).unwrap()
}

fn key() -> (SigningKey, PublicKey) {
    let owner = iri("https://home.example/actor");
    let id = iri("https://home.example/actor#main-key");
    let (private, public) = generate_ed25519();
    let public = PublicKey {
        id: id.clone(),
        owner,
        key: KeyMaterial::Ed25519(public),
    };
    (SigningKey::ed25519(id, &private).unwrap(), public)
}

fn wire_with(change: impl FnOnce(&mut WireConfig)) -> Wire {
    let mut config = WireConfig::new("comity-test");
    config.testing = Some(Testing {
        allow_http: true,
        allow_loopback: true,
        extra_ca_pem: None,
    });
    config.timeouts = Timeouts {
        connect: Duration::from_secs(2),
        headers: Duration::from_millis(600),
        total: Duration::from_millis(1500),
    };
    change(&mut config);
    Wire::new(config).unwrap()
}

fn wire() -> Wire {
    wire_with(|_| {})
}

/// A request as a peer received it.
#[derive(Clone)]
struct Received {
    method: String,
    target: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Received {
    fn scheme(&self) -> Option<Scheme> {
        if self.headers.contains_key("signature-input") {
            return Some(Scheme::Rfc9421);
        }
        let signed = self.headers.contains_key("signature");
        signed.then_some(Scheme::Cavage)
    }

    fn verify(&self, key: &PublicKey) -> Result<(), Distrust> {
        let request = Request {
            method: &self.method,
            target: &self.target,
            scheme: "http",
            authority: self.headers["host"].to_str().unwrap(),
            headers: &self.headers,
            body: &self.body,
        };
        let claim = read_claim(&request, NOW)?;
        claim.check(&request, key, &SeenSignatures::new(), NOW)?;
        Ok(())
    }
}

/// A server that notes what it is asked and answers as told.
struct Peer {
    domain: Domain,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Peer {
    async fn start<F>(name: &str, answer: F) -> Peer
    where
        F: Fn(&Received, &str) -> Response<Body> + Clone + Send + Sync + 'static,
    {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let domain = Domain::parse(&format!("{name}.localhost:{port}")).unwrap();
        let base = format!("http://{domain}");
        let received = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&received);
        let app = Router::new().fallback(move |incoming: Incoming| {
            let (notes, base, answer) = (Arc::clone(&notes), base.clone(), answer.clone());
            async move {
                let (head, body) = incoming.into_parts();
                let request = Received {
                    method: head.method.to_string(),
                    target: head.uri.to_string(),
                    headers: head.headers,
                    body: to_bytes(body, 1 << 20).await.unwrap(),
                };
                notes.lock().unwrap().push(request.clone());
                answer(&request, &base)
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Peer { domain, received }
    }

    fn at(&self, path: &str) -> Iri {
        iri(&format!("http://{}{path}", self.domain))
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn status(code: u16) -> Response<Body> {
    Response::builder()
        .status(code)
        .body(Body::empty())
        .unwrap()
}

fn redirect(to: &str) -> Response<Body> {
    Response::builder()
        .status(302)
        .header("location", to)
        .body(Body::empty())
        .unwrap()
}

fn typed(media_type: &str, body: impl Into<Body>) -> Response<Body> {
    Response::builder()
        .header("content-type", media_type)
        .body(body.into())
        .unwrap()
}

fn note(id: &str) -> String {
    let author = id.split("/notes").next().unwrap();
    format!(r#"{{"id":"{id}","type":"Note","attributedTo":"{author}/users/a","content":"hello"}}"#)
}

async fn fetch(wire: &Wire, address: &Iri) -> Result<Fetched, WireError> {
    let (key, _) = key();
    wire.fetch(may_fetch(address), address, &key, NOW).await
}

async fn failure(wire: &Wire, address: &Iri) -> WireError {
    fetch(wire, address).await.err().expect("it should fail")
}

fn document_of(fetched: Fetched) -> (Iri, Document) {
    match fetched {
        Fetched::Document(attested) => (attested.by().clone(), attested.peek().clone()),
        Fetched::Moved(to) => panic!("moved to {to}"),
    }
}

fn moved_to(fetched: Result<Fetched, WireError>) -> Iri {
    match fetched {
        Ok(Fetched::Moved(to)) => to,
        Ok(Fetched::Document(_)) => panic!("should have moved"),
        Err(error) => panic!("{error}"),
    }
}

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
            .fetch(may_fetch(&address), &address, &private, NOW)
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
        .fetch(may_fetch(&start), &start, &private, NOW)
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
async fn another_domain_is_asked_only_after_the_gate_was() {
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
            "/page/1" => format!("{base}/notes/1"),
            "/notes/1" => format!("{base}/notes/1"),
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
async fn only_documents_typed_as_activitypub_are_believed() {
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
            let bomb: &[u8] = include_bytes!("../fixtures/bomb.json.gz");
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
async fn nothing_is_sent_without_the_right_permit_or_to_an_unsafe_address() {
    let peer = Peer::start("peer", |_, _| status(200)).await;
    let address = peer.at("/notes/1");
    let (key, _) = key();
    let wire = wire();

    let elsewhere = Domain::parse("elsewhere.localhost").unwrap();
    let wrong_domain = permit(&elsewhere, Contact::Fetch);
    let wrong_contact = permit(&peer.domain, Contact::Deliver);
    for permit in [wrong_domain, wrong_contact] {
        let refused = wire.fetch(permit, &address, &key, NOW).await;
        assert!(matches!(refused, Err(WireError::NotPermitted(_))));
    }
    let wrong_contact = permit(&peer.domain, Contact::Fetch);
    let refused = wire
        .deliver(wrong_contact, &address, b"{}", &key, NOW)
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
async fn a_redirect_to_an_unsafe_address_is_not_followed() {
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
async fn a_delivery_knocks_twice_and_remembers_what_was_understood() {
    let (private, public) = key();
    let reader = public.clone();
    let peer = Peer::start("peer", move |request, _| {
        let understood = request.scheme() == Some(Scheme::Rfc9421);
        match understood && request.verify(&reader).is_ok() {
            true => status(202),
            false => status(401),
        }
    })
    .await;
    let wire = wire();
    let inbox = peer.at("/inbox");
    assert_eq!(wire.scheme_of(&peer.domain), None);
    for expected in [2, 3] {
        let permit = permit(&peer.domain, Contact::Deliver);
        wire.deliver(permit, &inbox, br#"{"type":"Like"}"#, &private, NOW)
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
        let permit = permit(&peer.domain, Contact::Deliver);
        let inbox = peer.at(&format!("/{code}"));
        let outcome = wire.deliver(permit, &inbox, b"{}", &key, NOW).await;
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
        .fetch_json(may_fetch(&address), &address, NOW)
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
    let moved = wire.fetch_json(may_fetch(&address), &address, NOW).await;
    let to = iri("https://other.example/.well-known/nodeinfo");
    assert_eq!(moved, Ok(FetchedJson::Moved(to)));

    let page = peer.at("/page");
    let refused = wire.fetch_json(may_fetch(&page), &page, NOW).await;
    assert!(matches!(refused, Err(WireError::Distrust(_))));
}
