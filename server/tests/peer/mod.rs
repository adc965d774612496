//! A small fediverse of our own making: several servers behind one port of this machine. It has people, proves who they
//! are, keeps whatever is delivered to it, and signs whatever it is told to say.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity::http::Path;
use comity_vocab::Iri;
use comity_wire::{Scheme, SigningKey, sign, spki_to_pem};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::kept_keys;

/// What was delivered to one of its servers.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// Which server.
    pub host: String,
    /// The body, as it came.
    pub body: String,
}

impl Delivered {
    /// The activity.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("what is delivered is JSON")
    }
}

/// The servers; all of them live as long as this does.
#[derive(Clone)]
pub struct Peer {
    /// Where they listen.
    pub port: u16,
    /// Parsed once: that takes longer than signing.
    key: SigningKey,
    public_pem: Arc<String>,
    inbox: Arc<Mutex<Vec<Delivered>>>,
    /// By what name each actor's key goes now, where that is not `main-key`.
    keys: Arc<Mutex<HashMap<String, String>>>,
    /// People whose handle is of another domain than their server: by the server's domain and their name.
    homes: Arc<Mutex<HashMap<(String, String), String>>>,
    /// What else is to be had, by its whole address.
    documents: Arc<Mutex<HashMap<String, Value>>>,
    /// Each address that somebody asked for, and with what headers.
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    door: Arc<tokio::sync::RwLock<()>>,
    waiting: Arc<AtomicUsize>,
}

impl Peer {
    /// Begins to listen. Every name under `.localhost` with its port is a server with every person one may ask for.
    pub async fn start() -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (private, public) = tokio::task::spawn_blocking(kept_keys::rsa).await.unwrap();
        let peer = Peer {
            port: listener.local_addr().unwrap().port(),
            key: SigningKey::rsa(Iri::parse("http://localhost/#main-key").unwrap(), &private)
                .unwrap(),
            public_pem: Arc::new(spki_to_pem(&public)),
            inbox: Arc::default(),
            keys: Arc::default(),
            homes: Arc::default(),
            documents: Arc::default(),
            asked: Arc::default(),
            door: Arc::default(),
            waiting: Arc::default(),
        };
        let router = Router::new()
            .route("/actor", get(server_actor))
            .route("/users/{name}", get(person))
            .route("/inbox", post(receive))
            .route("/users/{name}/inbox", post(receive))
            .route("/.well-known/webfinger", get(webfinger))
            .fallback(get(document))
            .with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        peer
    }

    /// The domain of one of its servers.
    pub fn domain(&self, server: &str) -> String {
        format!("{server}.localhost:{}", self.port)
    }

    /// Somebody there; `actor` is the server's own voice.
    pub fn iri(&self, server: &str, name: &str) -> String {
        let domain = self.domain(server);
        if name == "actor" {
            format!("http://{domain}/actor")
        } else {
            format!("http://{domain}/users/{name}")
        }
    }

    /// The headers that sign a request by somebody there to `address`.
    pub fn signed(
        &self,
        by: &str,
        method: &str,
        address: &str,
        body: Option<&[u8]>,
        now_ms: i64,
    ) -> HeaderMap {
        self.signed_with(&format!("{by}#main-key"), method, address, body, now_ms)
    }

    /// The same with the key of this id.
    pub fn signed_with(
        &self,
        key_id: &str,
        method: &str,
        address: &str,
        body: Option<&[u8]>,
        now_ms: i64,
    ) -> HeaderMap {
        let key = self.key.at(Iri::parse(key_id).unwrap());
        // This scheme has a nonce: asking twice in a second is no replay.
        sign(
            method,
            &Iri::parse(address).unwrap(),
            body,
            &key,
            Scheme::Rfc9421,
            now_ms,
        )
    }

    /// Takes nothing in, and answers nobody who brings something or asks for what `waits`, as long as this is held.
    pub async fn hold(&self) -> tokio::sync::OwnedRwLockWriteGuard<()> {
        self.door.clone().write_owned().await
    }

    /// How many of those wait for an answer.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Everything delivered so far.
    pub fn delivered(&self) -> Vec<Delivered> {
        self.inbox.lock().unwrap().clone()
    }

    /// The Follow that `host` was asked with, newest first.
    pub fn newest(&self, host: &str, kind: &str) -> Option<Value> {
        self.delivered()
            .iter()
            .rev()
            .filter(|came| came.host == host)
            .map(Delivered::json)
            .find(|came| came["type"] == kind)
    }

    /// From now on the key of `actor` goes by another name, and the one before is withdrawn.
    pub fn renames_key(&self, actor: &str, name: &str) {
        self.keys
            .lock()
            .unwrap()
            .insert(actor.to_owned(), name.to_owned());
    }

    /// From now on this is to be had at its own address.
    pub fn serves(&self, document: &Value) {
        let id = document["id"].as_str().unwrap().to_owned();
        self.documents.lock().unwrap().insert(id, document.clone());
    }

    /// Whether somebody asked for what is, or would be, at this address; people and servers are not counted.
    pub fn was_asked_for(&self, id: &str) -> bool {
        !self.asked_with(id).is_empty()
    }

    /// With what headers it was asked for what is, or would be, at this address, each time.
    pub fn asked_with(&self, id: &str) -> Vec<HeaderMap> {
        let asked = self.asked.lock().unwrap();
        let of_it = asked.iter().filter(|(asked, _)| asked == id);
        of_it.map(|(_, headers)| headers.clone()).collect()
    }

    /// How often one of these servers was asked for something; people and servers are not counted.
    pub fn count_asked(&self, server: &str) -> usize {
        let base = format!("http://{}/", self.domain(server));
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(id, _)| id.starts_with(&base)).count()
    }

    /// It is to be had no more.
    pub fn withdraws(&self, id: &str) {
        self.documents.lock().unwrap().remove(id);
    }

    /// `name` on `server` is `@name@home` from now on, and both say so.
    pub fn is_at_home(&self, server: &str, name: &str, home: &str) {
        self.homes
            .lock()
            .unwrap()
            .insert((self.domain(server), name.to_owned()), self.domain(home));
    }

    /// The document of somebody there.
    pub fn person(&self, server: &str, name: &str) -> Value {
        self.actor(
            &self.domain(server),
            &format!("/users/{name}"),
            name,
            "Person",
        )
    }

    fn actor(&self, domain: &str, path: &str, name: &str, kind: &str) -> Value {
        let id = format!("http://{domain}{path}");
        let key = self.keys.lock().unwrap().get(&id).cloned();
        let key = key.unwrap_or_else(|| "main-key".to_owned());
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": kind, "preferredUsername": name, "name": name,
            "inbox": format!("{id}/inbox").replace("/actor/inbox", "/inbox"), "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"),
            "endpoints": { "sharedInbox": format!("http://{domain}/inbox") },
            "publicKey": { "id": format!("{id}#{key}"), "owner": id, "publicKeyPem": *self.public_pem },
        })
    }
}

fn host_of(headers: &HeaderMap) -> String {
    headers[header::HOST].to_str().unwrap().to_owned()
}

fn activity(document: &Value) -> impl IntoResponse + use<> {
    (
        [(header::CONTENT_TYPE, "application/activity+json")],
        document.to_string(),
    )
}

async fn server_actor(State(peer): State<Peer>, headers: HeaderMap) -> impl IntoResponse {
    let host = host_of(&headers);
    let name = host.split(':').next().unwrap_or_default().to_owned();
    activity(&peer.actor(&host, "/actor", &name, "Application"))
}

async fn person(
    State(peer): State<Peer>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let (host, path) = (host_of(&headers), format!("/users/{name}"));
    let told = peer
        .documents
        .lock()
        .unwrap()
        .get(&format!("http://{host}{path}"))
        .cloned();
    activity(&told.unwrap_or_else(|| peer.actor(&host, &path, &name, "Person")))
}

async fn document(
    State(peer): State<Peer>,
    headers: HeaderMap,
    address: axum::http::Uri,
) -> axum::response::Response {
    let id = format!("http://{}{}", host_of(&headers), address.path());
    let found = peer.documents.lock().unwrap().get(&id).cloned();
    peer.asked.lock().unwrap().push((id, headers));
    if found.as_ref().is_some_and(|found| found["waits"] == true) {
        peer.waiting.fetch_add(1, Ordering::SeqCst);
        let _open = peer.door.read().await;
        peer.waiting.fetch_sub(1, Ordering::SeqCst);
    }
    let failure = found.as_ref().and_then(|found| found["fails"].as_u64());
    if let Some(status) = failure.and_then(|status| u16::try_from(status).ok()) {
        return StatusCode::from_u16(status).unwrap().into_response();
    }
    let file = found.as_ref().and_then(|found| found["bytes"].as_str());
    if let Some(bytes) = file {
        // It says that it is a page, whatever it is.
        let bytes = STANDARD.decode(bytes).unwrap();
        return ([(header::CONTENT_TYPE, "text/html")], bytes).into_response();
    }
    if let Some(to) = found.as_ref().and_then(|found| found["leads_to"].as_str()) {
        return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    }
    match found {
        Some(found) => activity(&found).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn receive(State(peer): State<Peer>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).unwrap();
    peer.waiting.fetch_add(1, Ordering::SeqCst);
    let _open = peer.door.read().await;
    peer.waiting.fetch_sub(1, Ordering::SeqCst);
    peer.inbox.lock().unwrap().push(Delivered {
        host: host_of(&headers),
        body,
    });
    StatusCode::ACCEPTED
}

async fn webfinger(
    State(peer): State<Peer>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let host = host_of(&headers);
    let resource = query.get("resource").cloned().unwrap_or_default();
    let name = resource
        .trim_start_matches("acct:")
        .split('@')
        .next()
        .unwrap_or_default()
        .to_owned();
    let own = if host.split(':').next() == Some(&name) {
        "/actor".to_owned()
    } else {
        format!("/users/{name}")
    };
    let homes = peer.homes.lock().unwrap().clone();
    let home = homes.get(&(host.clone(), name.clone())).unwrap_or(&host);
    let lives_on = homes
        .iter()
        .find(|((_, who), home)| *who == name && **home == host)
        .map_or(&host, |((server, _), _)| server);
    let jrd = json!({
        "subject": format!("acct:{name}@{home}"),
        "links": [{ "rel": "self", "type": "application/activity+json", "href": format!("http://{lives_on}{own}") }],
    });
    (
        [(header::CONTENT_TYPE, "application/jrd+json")],
        jrd.to_string(),
    )
}

/// A public Note there with these words, in a Create; `parent` is what it answers, `to` whom it names.
pub fn create(
    author: &str,
    number: &str,
    words: &str,
    parent: Option<&str>,
    to: Option<&str>,
) -> Value {
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let id = format!("{author}/statuses/{number}");
    let tags: Vec<Value> = to
        .iter()
        .map(|to| json!({ "type": "Mention", "href": to, "name": "@somebody" }))
        .collect();
    let cc: Vec<&str> = to.into_iter().collect();
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{id}/activity"), "type": "Create", "actor": author, "to": [public], "cc": cc,
        "object": {
            "id": id, "type": "Note", "attributedTo": author, "content": format!("<p>{words}</p>"),
            "to": [public], "cc": cc, "tag": tags, "inReplyTo": parent,
        },
    })
}
