//! The hostile peer: every server there is, behind one port of this machine. It proves to be whomever it is asked for,
//! keeps whatever is requested and delivered, and signs whatever it is told to say.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use comity_vocab::{Domain, Iri};
use comity_wire::{Scheme, SigningKey, generate_rsa, sign, spki_to_pem};
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::form_urlencoded;

use crate::config::scheme;
use crate::error::{Error, Result};

/// What is kept of a body that came; ours are shorter.
const LONGEST_BODY: usize = 1024 * 1024;

/// One request that came.
#[derive(Clone, Debug)]
pub struct Came {
    /// Whom it was meant for, with the port if there was one.
    pub host: String,
    /// How it asked.
    pub method: Method,
    /// With the query.
    pub path: String,
    /// Whether it told the receiver of the sender's followers there.
    pub synchronizes: bool,
    /// As text.
    pub body: String,
}

/// All servers. Dropping the last of it makes them deaf.
pub struct Peer {
    /// Where they listen.
    pub listens_at: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    key: SigningKey,
    public_pem: String,
    came: Mutex<Vec<Came>>,
    /// People whose handle is of another domain than their server: by address, the domain.
    homes: Mutex<HashMap<(String, String), String>>,
    /// What people there wrote, by its address.
    documents: Mutex<HashMap<String, Value>>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Peer {
    /// Begins to listen, on a port of this machine that is free.
    pub async fn start() -> Result<Peer> {
        let failed = |error: &dyn std::fmt::Display| {
            Error::internal(format!("could not start the hostile peer: {error}"))
        };
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(|error| failed(&error))?;
        let listens_at = listener.local_addr().map_err(|error| failed(&error))?;
        let (private, public) = tokio::task::spawn_blocking(generate_rsa)
            .await
            .map_err(|error| failed(&error))?;
        // Whoever signs with it says where it is found.
        let nobody = Iri::parse("http://localhost/#main-key")?;
        let key = SigningKey::rsa(nobody, &private).map_err(|error| failed(&error))?;
        let shared = Arc::new(Shared {
            key,
            public_pem: spki_to_pem(&public),
            came: Mutex::default(),
            homes: Mutex::default(),
            documents: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "the hostile peer stopped");
            }
        });
        Ok(Peer {
            listens_at,
            shared,
            serving,
        })
    }

    /// `name` on `server` says that their handle is of `home`, and so does `home`.
    pub fn is_at_home(&self, server: &Domain, name: &str, home: &Domain) {
        held(&self.shared.homes).insert(
            (home.as_str().to_owned(), name.to_owned()),
            server.as_str().to_owned(),
        );
    }

    /// From now on this is to be had at its address.
    pub fn serves(&self, id: &Iri, document: Value) {
        held(&self.shared.documents).insert(id.as_str().to_owned(), document);
    }

    /// How much came so far.
    pub fn count(&self) -> usize {
        held(&self.shared.came).len()
    }

    /// What came since [`Peer::count`] said so.
    pub fn since(&self, count: usize) -> Vec<Came> {
        held(&self.shared.came)
            .iter()
            .skip(count)
            .cloned()
            .collect()
    }

    /// The headers that sign a request by this actor.
    pub fn signed(
        &self,
        by: &Iri,
        method: &Method,
        address: &Iri,
        body: Option<&[u8]>,
        how: Scheme,
        now_ms: i64,
    ) -> Result<HeaderMap> {
        let key_id = Iri::parse(&format!("{by}#main-key"))?;
        let key = self.shared.key.at(key_id);
        Ok(sign(method.as_str(), address, body, &key, how, now_ms))
    }
}

/// What is inside; a panic while it was held is told elsewhere.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(all): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let host = parts
        .headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = to_bytes(body, LONGEST_BODY).await.unwrap_or_default();
    held(&all.came).push(Came {
        host: host.clone(),
        method: parts.method.clone(),
        path: parts.uri.to_string(),
        synchronizes: parts.headers.contains_key("collection-synchronization"),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let path = parts.uri.path();
    match path {
        _ if parts.method == Method::POST => StatusCode::ACCEPTED.into_response(),
        "/.well-known/webfinger" => document(
            &all.webfinger(&host, parts.uri.query().unwrap_or_default()),
            "application/jrd+json",
        ),
        path if path.starts_with("/.well-known/") || path.starts_with("/nodeinfo") => {
            StatusCode::NOT_FOUND.into_response()
        }
        path => {
            let id = format!("{}{path}", Shared::origin(&host));
            let written = held(&all.documents).get(&id).cloned();
            let found = written.unwrap_or_else(|| all.actor(&host, path));
            document(&found, "application/activity+json")
        }
    }
}

fn document(document: &Value, media_type: &'static str) -> Response {
    let mut response = document.to_string().into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// The last part of a path, as a name.
fn name_of(path: &str) -> &str {
    let last = path.rsplit('/').next().unwrap_or_default();
    last.trim_start_matches('@')
}

impl Shared {
    fn origin(host: &str) -> String {
        let scheme = Domain::parse(host).map_or("https", |domain| scheme(&domain));
        format!("{scheme}://{host}")
    }

    fn actor(&self, host: &str, path: &str) -> Value {
        let origin = Shared::origin(host);
        let id = format!("{origin}{path}");
        let name = name_of(path);
        let kind = if name == "actor" {
            "Application"
        } else {
            "Person"
        };
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": kind, "preferredUsername": name, "name": name,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"),
            "endpoints": { "sharedInbox": format!("{origin}/inbox") },
            "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": self.public_pem },
        })
    }

    fn webfinger(&self, host: &str, query: &str) -> Value {
        let resource = form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == "resource")
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
        let handle = resource.trim_start_matches("acct:");
        let (name, at) = handle.split_once('@').unwrap_or((handle, host));
        let homes = held(&self.homes);
        // Asked where they are at home, or where they are.
        let lives_on = homes.get(&(at.to_owned(), name.to_owned()));
        let home = homes
            .iter()
            .find(|((_, who), server)| who == name && server.as_str() == at)
            .map(|((home, _), _)| home);
        let subject = format!("acct:{name}@{}", home.map_or(at, String::as_str));
        let origin = Shared::origin(lives_on.map_or(at, String::as_str));
        let href = if name == "actor" {
            format!("{origin}/actor")
        } else {
            format!("{origin}/users/{name}")
        };
        json!({
            "subject": subject,
            "links": [{ "rel": "self", "type": "application/activity+json", "href": href }],
        })
    }
}
