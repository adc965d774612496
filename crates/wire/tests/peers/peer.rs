//! A server on this machine that notes what it is asked, and what talks to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request as Incoming;
use comity_policy::{
    CommunityId, Contact, FactError, FactSource, Gate, Hosted, Mode, Permitted, PersonId, RuleBook,
    Ties,
};
use comity_vocab::{Document, Domain, Iri, KeyMaterial, PublicKey};
use comity_wire::{
    Distrust, Fetched, Request, Scheme, SeenSignatures, SigningKey, Testing, Timeouts, Wire,
    WireConfig, WireError, generate_ed25519, read_claim,
};
use http::{HeaderMap, Response};

pub const NOW: i64 = 1_792_152_000_000;
pub const ACTIVITY: &str = "application/activity+json";

/// Nobody follows or blocks anybody.
struct NoTies;

impl FactSource for NoTies {
    async fn ties(&self, _pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        Ok(Ties::default())
    }

    async fn peers(
        &self,
        _domains: &[Domain],
    ) -> Result<Vec<(Domain, comity_policy::Peer)>, FactError> {
        Ok(Vec::new())
    }
}

pub async fn permit(domain: &Domain, contact: Contact) -> Permitted {
    let us = CommunityId(1);
    let home = Domain::parse("home.localhost").unwrap();
    let book = RuleBook::new(1, NOW, vec![Hosted::new(us, home, Mode::Open)], Vec::new());
    let gate = Gate::new(NoTies, book);
    let answer = gate.permit(us, domain, contact).await.unwrap();
    answer.expect("an open community may talk to anybody")
}

pub async fn may_fetch(iri: &Iri) -> Permitted {
    permit(&iri.domain(), Contact::Fetch).await
}

pub fn iri(text: &str) -> Iri {
    Iri::parse(text).unwrap()
}

pub fn key() -> (SigningKey, PublicKey) {
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

pub fn wire_with(change: impl FnOnce(&mut WireConfig)) -> Wire {
    let mut config = WireConfig::new("comity-test");
    config.testing = Some(Testing {
        allow_http: true,
        allow_loopback: true,
        extra_ca_pem: None,
        everything_at: None,
    });
    config.timeouts = Timeouts {
        connect: Duration::from_secs(2),
        headers: Duration::from_millis(600),
        total: Duration::from_millis(1500),
        silence: Duration::from_millis(1000),
    };
    change(&mut config);
    Wire::new(config).unwrap()
}

pub fn wire() -> Wire {
    wire_with(|_| {})
}

/// A request as a peer received it.
#[derive(Clone)]
pub struct Received {
    pub method: String,
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    pub fn scheme(&self) -> Option<Scheme> {
        if self.headers.contains_key("signature-input") {
            return Some(Scheme::Rfc9421);
        }
        let signed = self.headers.contains_key("signature");
        signed.then_some(Scheme::Cavage)
    }

    pub fn verify(&self, key: &PublicKey) -> Result<(), Distrust> {
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
pub struct Peer {
    pub domain: Domain,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Peer {
    pub async fn start<F>(name: &str, answer: F) -> Peer
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

    pub fn at(&self, path: &str) -> Iri {
        iri(&format!("http://{}{path}", self.domain))
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

pub fn status(code: u16) -> Response<Body> {
    Response::builder()
        .status(code)
        .body(Body::empty())
        .unwrap()
}

pub fn redirect(to: &str) -> Response<Body> {
    Response::builder()
        .status(302)
        .header("location", to)
        .body(Body::empty())
        .unwrap()
}

pub fn typed(media_type: &str, body: impl Into<Body>) -> Response<Body> {
    Response::builder()
        .header("content-type", media_type)
        .body(body.into())
        .unwrap()
}

pub fn note(id: &str) -> String {
    let author = id.split("/notes").next().unwrap();
    format!(r#"{{"id":"{id}","type":"Note","attributedTo":"{author}/users/a","content":"hello"}}"#)
}

pub async fn fetch(wire: &Wire, address: &Iri) -> Result<Fetched, WireError> {
    let (key, _) = key();
    wire.fetch(may_fetch(address).await, address, &key, NOW)
        .await
}

pub async fn failure(wire: &Wire, address: &Iri) -> WireError {
    fetch(wire, address).await.err().expect("it should fail")
}

pub fn document_of(fetched: Fetched) -> (Iri, Document) {
    match fetched {
        Fetched::Document(attested) => (attested.by().clone(), attested.peek().clone()),
        Fetched::Moved(to) => panic!("moved to {to}"),
    }
}

pub fn moved_to(fetched: Result<Fetched, WireError>) -> Iri {
    match fetched {
        Ok(Fetched::Moved(to)) => to,
        Ok(Fetched::Document(_)) => panic!("should have moved"),
        Err(error) => panic!("{error}"),
    }
}
