//! One process that is a thousand servers: every `NAME.localhost` is one, told apart by the `Host` header.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use comity_vocab::Iri;
use comity_wire::{Scheme, SigningKey, generate_rsa, sign, spki_to_pem};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::client::Client;
use crate::program::{HOST, PORT, now, unix_ms};
use crate::report::Failure;

/// Where the thousand servers listen.
pub const PEER_PORT: u16 = 8_471;

/// The thousand servers.
pub struct Peer {
    key: SigningKey,
    public_pem: String,
    /// Marks of posts that arrived, with how often and when the last one did.
    arrived: Mutex<HashMap<String, (usize, tokio::time::Instant)>>,
    numbers: AtomicUsize,
}

/// The address of a writer: their servers' names belong to one owner, who is a crowd.
pub fn writer(host: usize) -> String {
    format!("http://h{host}.peer.localhost:{PEER_PORT}/users/writer")
}

/// The address of a reader: each on a server of another owner.
pub fn reader(host: usize) -> String {
    format!("http://h{host}.localhost:{PEER_PORT}/users/reader")
}

impl Peer {
    /// Makes one key for everybody and listens.
    pub async fn start() -> Result<Arc<Peer>, Failure> {
        let (private_key, public_key) = generate_rsa();
        let nobody = Iri::parse("http://localhost/#main-key")
            .map_err(|why| Failure::new(why.to_string()))?;
        let key =
            SigningKey::rsa(nobody, &private_key).map_err(|why| Failure::new(why.to_string()))?;
        let peer = Arc::new(Peer {
            key,
            public_pem: spki_to_pem(&public_key),
            arrived: Mutex::default(),
            numbers: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind(("127.0.0.1", PEER_PORT)).await?;
        let shared = peer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let peer = shared.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let peer = peer.clone();
                        async move { Ok::<_, Infallible>(peer.answer(request).await) }
                    });
                    let _ = auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(peer)
    }

    async fn answer(self: Arc<Peer>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let host = request
            .headers()
            .get(http::header::HOST)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let path = request.uri().path().to_owned();
        let origin = format!("http://{host}");
        if request.method() == Method::GET {
            return match path.strip_prefix("/users/") {
                Some(name) if !name.contains('/') => {
                    reply(StatusCode::OK, &self.document(&origin, name))
                }
                _ => reply(StatusCode::NOT_FOUND, &Value::Null),
            };
        }
        let body = request
            .into_body()
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes)
            .unwrap_or_default();
        let activity: Value = serde_json::from_slice(&body).unwrap_or_default();
        match activity["type"].as_str() {
            Some("Follow") => {
                tokio::spawn(self.clone().accept(activity));
            }
            Some("Create") => self.note(&activity),
            _ => {}
        }
        reply(StatusCode::ACCEPTED, &Value::Null)
    }

    fn document(&self, origin: &str, name: &str) -> Value {
        let id = format!("{origin}/users/{name}");
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Person", "preferredUsername": name, "name": format!("{name} of {origin}"),
            "indexable": true,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"),
            "endpoints": { "sharedInbox": format!("{origin}/inbox") },
            "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": self.public_pem },
        })
    }

    fn note(&self, activity: &Value) {
        let content = activity["object"]["content"].as_str().unwrap_or_default();
        let mark = content
            .split_whitespace()
            .find(|word| word.contains("mark"))
            .unwrap_or_default();
        let mark: String = mark.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = arrived
            .entry(mark.trim_start_matches('p').to_owned())
            .or_insert((0, now()));
        *entry = (entry.0 + 1, now());
    }

    /// A word that no other post has, to know a post again by.
    pub fn mark(&self) -> String {
        format!("mark{}", self.number())
    }

    /// How many copies of the post with this mark arrived, and when the last one did.
    pub fn arrived(&self, mark: &str) -> (usize, tokio::time::Instant) {
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.get(mark).copied().unwrap_or((0, now()))
    }

    async fn accept(self: Arc<Peer>, follow: Value) {
        let Some(actor) = follow["object"].as_str().map(str::to_owned) else {
            return;
        };
        let accept = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Accept", "actor": actor,
            "id": format!("{actor}#accepts/{}", self.number()), "object": follow,
        });
        if let (Ok(mut client), Ok(message)) =
            (Client::connect().await, self.signed(&actor, &accept))
        {
            let _ = message.send(&mut client).await;
        }
    }

    fn number(&self) -> usize {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// A public post of `actor`, signed and ready to be sent.
    pub fn post(
        &self,
        actor: &str,
        content: &str,
        reply_to: Option<&str>,
    ) -> Result<Message, Failure> {
        let id = format!("{actor}/posts/{}", self.number());
        let note = json!({
            "id": id, "type": "Note", "attributedTo": actor, "content": format!("<p>{content}</p>"),
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [format!("{actor}/followers")],
            "inReplyTo": reply_to,
        });
        let create = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{id}/activity"), "type": "Create",
            "actor": actor, "to": note["to"], "cc": note["cc"], "object": note,
        });
        self.signed(actor, &create)
    }

    /// `actor` wants to follow `target`.
    pub fn follow(&self, actor: &str, target: &str) -> Result<Message, Failure> {
        let follow = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{actor}#follows/{}", self.number()),
            "type": "Follow", "actor": actor, "object": target,
        });
        self.signed(actor, &follow)
    }

    fn signed(&self, actor: &str, activity: &Value) -> Result<Message, Failure> {
        let no_address = |_| Failure::new("no address");
        let key_id = Iri::parse(&format!("{actor}#main-key")).map_err(no_address)?;
        let key = self.key.at(key_id);
        let inbox = Iri::parse(&format!("http://{HOST}:{PORT}/inbox")).map_err(no_address)?;
        let body = Bytes::from(activity.to_string());
        let mut headers = sign("POST", &inbox, Some(&body), &key, Scheme::Cavage, unix_ms());
        headers.insert(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/activity+json"),
        );
        Ok(Message { headers, body })
    }
}

/// A request that is ready to be sent.
#[derive(Clone)]
pub struct Message {
    headers: HeaderMap,
    body: Bytes,
}

impl Message {
    /// Sends it to the shared inbox; anything but "accepted" makes the run void.
    pub async fn send(self, client: &mut Client) -> Result<(), Failure> {
        let answer = client
            .send(Method::POST, "/inbox", self.headers, self.body)
            .await?;
        match answer.status {
            202 => Ok(()),
            other => Err(Failure::new(format!(
                "the inbox answered {other}: {}",
                String::from_utf8_lossy(&answer.body)
            ))),
        }
    }
}

fn reply(status: StatusCode, document: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(document.to_string())));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/activity+json");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, kind);
    response
}

/// The address of a member of the server under measure.
pub fn member(name: &str) -> String {
    format!("http://{HOST}:{PORT}/users/{name}")
}
