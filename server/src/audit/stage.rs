//! Where an audit plays: the program itself on the copy, its router without a socket, and the hostile peer as all the
//! world outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use comity_policy::RuleBook;
use comity_vocab::{Domain, Iri};
use comity_wire::{Scheme, Testing, Wire, WireConfig};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::copy::Copy;
use super::peer::Peer;
use super::store;
use crate::app::App;
use crate::clock::Clock;
use crate::communities::Community;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::cookie;
use crate::http::token::Token;
use crate::members::sessions;
use crate::serve::{self, CannotStart};
use crate::{queue, router, rules};

/// What takes longer on one machine, with nobody else asking, will not happen.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks whether there is still something to do.
const GLANCE: Duration = Duration::from_millis(20);
/// How long a session of a throw-away member lives.
const SESSION_S: i64 = 24 * 3600;

/// What is done to the router before anything is tried: nothing, unless a test wants to see that a leak is found.
pub type Tamper = Box<dyn FnOnce(&App, Router) -> Router + Send>;

/// The program on the copy. Dropping it stops its workers.
pub struct Stage {
    pub app: App,
    pub peer: Peer,
    router: Router,
    /// What makes the names and words of this audit its own.
    pub seed: String,
    words: AtomicUsize,
    stop: watch::Sender<bool>,
    working: JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Where nobody works any more, nobody listens.
        let _ = self.stop.send(true);
        self.working.abort();
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// A browser of nobody in particular.
    Visitor,
    /// A server that does not say who it is.
    Unsigned,
    /// A server's request, signed by this actor.
    Signed(&'a Iri),
    /// The same, with the name of its key written so.
    Spelled(&'a Iri, &'a str),
    /// A browser in which somebody is signed in.
    Member(&'a str),
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Whether `word` is anywhere in it.
    pub fn holds(&self, word: &str) -> bool {
        self.body.contains(word) || format!("{:?}", self.headers).contains(word)
    }

    /// What somebody can tell of it who does not read the names they asked by.
    pub fn shape(&self, names: &[&str]) -> String {
        let without = |text: String| {
            names
                .iter()
                .fold(text, |text, name| text.replace(name, "NAME"))
        };
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| *name != http::header::DATE && *name != "x-request-id")
            .map(|(name, value)| {
                // A token of a form and what depends on its length are new each time.
                let varies = name == http::header::SET_COOKIE
                    || name == http::header::CONTENT_LENGTH
                    || name == http::header::CONTENT_SECURITY_POLICY;
                let value = if varies {
                    ""
                } else {
                    value.to_str().unwrap_or_default()
                };
                without(format!("{name}: {value}"))
            })
            .collect();
        headers.sort();
        format!(
            "{}\n{}\n{}",
            self.status,
            headers.join("\n"),
            without(self.body.clone())
        )
    }
}

impl Stage {
    /// Starts the program on the copy, with no rule in force yet.
    pub async fn open(copy: &Copy, config: &Config, clock: Clock) -> Result<Stage, CannotStart> {
        let peer = Peer::start().await?;
        let mut wire = WireConfig::new("Comity's audit");
        wire.testing = Some(Testing {
            allow_http: true,
            everything_at: Some(peer.listens_at),
            ..Testing::default()
        });
        let wire = Wire::new(wire).map_err(|why| {
            CannotStart::because(format!(
                "could not prepare the way to the hostile peer: {why}"
            ))
        })?;
        let settings = copy.settings(config);
        let app = Box::pin(serve::start_with(copy.db().clone(), settings, clock, wire)).await?;
        let (stop, stopped) = watch::channel(false);
        let stage = Stage {
            router: router::build(&app),
            working: tokio::spawn(queue::run(app.clone(), stopped)),
            app,
            peer,
            seed: format!(
                "{:04x}{:04x}",
                Token::random()?.seed(),
                Token::random()?.seed()
            ),
            words: AtomicUsize::new(0),
            stop,
        };
        stage.lift_rules();
        Ok(stage)
    }

    /// As if there were no rule and every community were open: what is planted was there before any rule.
    pub fn lift_rules(&self) {
        let communities = self.app.communities.load();
        let hosted = communities.all().map(|community| {
            let mut hosted = community.hosted();
            hosted.mode = comity_policy::Mode::Open;
            hosted.gate_until = None;
            hosted
        });
        let book = RuleBook::new(
            self.app.gate.epoch(),
            self.app.now_ms(),
            hosted.collect(),
            Vec::new(),
        );
        self.app.gate.replace(book);
    }

    /// Puts the rules in force as they are stored.
    pub async fn set_rules(&self) -> Result<()> {
        rules::settle_splits(&self.app).await?;
        rules::reload(&self.app).await
    }

    /// From here on, what `tamper` makes of the router answers.
    pub fn tampered(&mut self, tamper: Tamper) {
        self.router = tamper(&self.app, router::build(&self.app));
    }

    /// Nothing is sent until [`Stage::resume`]; what is promised meanwhile waits.
    pub async fn pause(&mut self) {
        // Where nobody works any more, nobody listens.
        let _ = self.stop.send(true);
        if let Err(error) = (&mut self.working).await {
            tracing::warn!(%error, "the workers on the copy ended badly");
        }
    }

    /// What was promised is done from now on.
    pub fn resume(&mut self) {
        let (stop, stopped) = watch::channel(false);
        self.stop = stop;
        self.working = tokio::spawn(queue::run(self.app.clone(), stopped));
    }

    /// A number that was not given yet, for names of things that must not be taken for each other.
    pub fn number(&self) -> usize {
        self.words.fetch_add(1, Ordering::Relaxed)
    }

    /// A word that is nowhere yet.
    pub fn word(&self) -> String {
        let number = self.number();
        format!("canary{}x{number:05}", self.seed)
    }

    /// A server that nobody has a rule about by name.
    pub fn fresh_domain(&self, what: &str) -> Result<Domain> {
        Ok(Domain::parse(&format!("{what}-{}.example", self.seed))?)
    }

    /// Waits until the workers have done what was promised.
    pub async fn is_idle(&self) -> Result<()> {
        self.app.wake.ring();
        let resting = async {
            while store::promises(&self.app.db).await? > 0 {
                tokio::time::sleep(GLANCE).await;
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, resting)
            .await
            .unwrap_or_else(|_| {
                Err(Error::internal(format!(
                    "the workers on the copy did not come to rest within {} seconds",
                    PATIENCE.as_secs()
                )))
            })
    }

    /// A session of a throw-away member, as the browser sends it.
    pub async fn session(&self, community: &Community, account_id: i64) -> Result<String> {
        let token = sessions::start(&self.app, account_id, "Comity's audit").await?;
        let cookie = cookie::session(community, &token, SESSION_S);
        let cookie = cookie.to_str().unwrap_or_default();
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    /// Opens `path` of a community.
    pub async fn get(&self, of: &Community, path: &str, asker: Asker<'_>) -> Result<Answer> {
        self.send(of, Method::GET, path, asker, "").await
    }

    /// Brings an activity, signed by its actor.
    pub async fn bring(
        &self,
        to: &Community,
        by: &Iri,
        activity: &serde_json::Value,
    ) -> Result<Answer> {
        let body = activity.to_string();
        self.send(to, Method::POST, "/inbox", Asker::Signed(by), &body)
            .await
    }

    async fn send(
        &self,
        to: &Community,
        method: Method,
        path: &str,
        asker: Asker<'_>,
        body: &str,
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(HOST, to.domain.as_str());
        request = match asker {
            Asker::Visitor => request.header(ACCEPT, "text/html"),
            Asker::Member(cookie) => request.header(ACCEPT, "text/html").header(COOKIE, cookie),
            Asker::Unsigned | Asker::Signed(_) | Asker::Spelled(..) => {
                request.header(ACCEPT, "application/activity+json")
            }
        };
        if let Asker::Signed(by) | Asker::Spelled(by, _) = asker {
            let sent = (!body.is_empty()).then_some(body.as_bytes());
            for (name, value) in &self.signature(to, &method, path, asker, by, sent)? {
                request = request.header(name, value);
            }
            request = request.header(CONTENT_TYPE, "application/activity+json");
        }
        let request = request
            .body(Body::from(body.to_owned()))
            .map_err(|error| Error::internal(error.to_string()))?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body
            .collect()
            .await
            .map_err(|error| Error::internal(error.to_string()))?
            .to_bytes();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    fn signature(
        &self,
        to: &Community,
        method: &Method,
        path: &str,
        asker: Asker<'_>,
        by: &Iri,
        body: Option<&[u8]>,
    ) -> Result<HeaderMap> {
        let (address, now_ms) = (to.iri(path), self.app.now_ms());
        let Asker::Spelled(_, spelling) = asker else {
            // This scheme has a nonce: asking twice in a second is no replay.
            let how = Scheme::Rfc9421;
            return self.peer.signed(by, method, &address, body, how, now_ms);
        };
        // In this scheme the name of the key is not signed, so it can be written in any manner.
        let mut headers = self
            .peer
            .signed(by, method, &address, body, Scheme::Cavage, now_ms)?;
        let name = http::HeaderName::from_static("signature");
        let signed = headers
            .get(&name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let spelled = signed.replace(&format!("{by}#main-key"), &format!("{spelling}#main-key"));
        if let Ok(value) = http::HeaderValue::from_str(&spelled) {
            headers.insert(name, value);
        }
        Ok(headers)
    }

    /// The communities to audit, the oldest first.
    pub fn communities(&self) -> Vec<Arc<Community>> {
        self.app.communities.load().all().cloned().collect()
    }
}
