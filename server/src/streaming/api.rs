//! Streams for apps: server-sent events, one stream a connection, and a WebSocket that carries several.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts, State};
use bytes::Bytes;
use futures_util::stream::{self, Stream as Flow};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use tokio::time::{Interval, MissedTickBehavior};

use super::hub::{Holder, Subscription};
use super::socket;
use super::stream::{From, Stream};
use super::tell;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::takes::Argument;
use crate::http::{Caller, Client, Input, Reply, address};

/// Proxies give up a connection over which nothing comes for a minute; Mastodon's interval.
const THUMP_EVERY: Duration = Duration::from_secs(15);
/// Says that the connection is alive. A block of its own: some apps read it as part of the next event otherwise.
const THUMP: &str = ":thump\n\n";

/// Whoever asks for a stream.
pub struct Asker {
    caller: Caller,
    client: Option<Client>,
    from: String,
}

impl Asker {
    fn holder(&self) -> Holder {
        let here = self.caller.community.id;
        Holder::new(here, self.client.as_ref(), self.from.clone())
    }
}

impl Argument for Asker {}

impl FromRequestParts<App> for Asker {
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asker, Reply> {
        Ok(Asker {
            caller: Caller::from_request_parts(parts, app).await?,
            client: parts.extensions.get::<Client>().cloned(),
            from: address::neighbourhood(address::client(parts, &app.config)),
        })
    }
}

/// What an app says beside the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    stream: Option<String>,
    tag: Option<String>,
    list: Option<i64>,
    only_media: bool,
}

/// `GET /api/v1/streaming`: a WebSocket, with the stream that the address names, if it names one.
pub async fn socket(
    State(app): State<App>,
    asker: Asker,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let upgrade = upgrade.map_err(|_| {
        Error::invalid(
            "this",
            "address wants a WebSocket; /api/v1/streaming/user and its neighbours give server-sent events",
        )
    })?;
    let mut streams = Vec::new();
    if let Some(name) = choice.stream.as_deref().filter(|name| !name.is_empty()) {
        let stream = Stream::parse(name, choice.tag.as_deref(), choice.list)?;
        stream.check(&app, asker.client.as_ref()).await?;
        streams.push(stream);
    }
    let subscription = Subscription::open(&app, asker.holder(), streams).await?;
    let Asker { caller, client, .. } = asker;
    Ok(Reply::socket(upgrade, move |socket| {
        socket::talk(app, caller, client, subscription, socket)
    }))
}

/// `GET /api/v1/streaming/health`
pub async fn health() -> Reply {
    Reply::plain_word(StatusCode::OK, "OK")
}

/// `GET /api/v1/streaming/user`
pub async fn user(State(app): State<App>, asker: Asker) -> Result<Reply> {
    events(app, asker, Stream::User).await
}

/// `GET /api/v1/streaming/user/notification`
pub async fn notifications(State(app): State<App>, asker: Asker) -> Result<Reply> {
    events(app, asker, Stream::Notifications).await
}

/// `GET /api/v1/streaming/direct`
pub async fn direct(State(app): State<App>, asker: Asker) -> Result<Reply> {
    events(app, asker, Stream::Direct).await
}

/// `GET /api/v1/streaming/public`
pub async fn public(app: State<App>, asker: Asker, choice: Input<Choice>) -> Result<Reply> {
    of_everybody(app, asker, choice, From::Everywhere).await
}

/// `GET /api/v1/streaming/public/local`
pub async fn public_local(app: State<App>, asker: Asker, choice: Input<Choice>) -> Result<Reply> {
    of_everybody(app, asker, choice, From::Here).await
}

/// `GET /api/v1/streaming/public/remote`
pub async fn public_remote(app: State<App>, asker: Asker, choice: Input<Choice>) -> Result<Reply> {
    of_everybody(app, asker, choice, From::Elsewhere).await
}

async fn of_everybody(
    State(app): State<App>,
    asker: Asker,
    Input(choice): Input<Choice>,
    from: From,
) -> Result<Reply> {
    let only_media = choice.only_media;
    events(app, asker, Stream::Public { from, only_media }).await
}

/// `GET /api/v1/streaming/hashtag`
pub async fn hashtag(
    State(app): State<App>,
    asker: Asker,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let stream = Stream::parse("hashtag", choice.tag.as_deref(), None)?;
    events(app, asker, stream).await
}

/// `GET /api/v1/streaming/hashtag/local`
pub async fn hashtag_local(
    State(app): State<App>,
    asker: Asker,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let stream = Stream::parse("hashtag:local", choice.tag.as_deref(), None)?;
    events(app, asker, stream).await
}

/// `GET /api/v1/streaming/list`
pub async fn list(
    State(app): State<App>,
    asker: Asker,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let stream = Stream::parse("list", None, choice.list)?;
    events(app, asker, stream).await
}

async fn events(app: App, asker: Asker, stream: Stream) -> Result<Reply> {
    stream.check(&app, asker.client.as_ref()).await?;
    let subscription = Subscription::open(&app, asker.holder(), vec![stream]).await?;
    Ok(Reply::events(flow(app, asker.caller, subscription)))
}

struct Flowing {
    app: App,
    caller: Caller,
    subscription: Subscription,
    thump: Interval,
}

/// The first thump goes out at once, so that whoever listens knows that the stream is open.
fn flow(
    app: App,
    caller: Caller,
    subscription: Subscription,
) -> impl Flow<Item = Result<Bytes, Infallible>> + Send {
    let mut thump = tokio::time::interval(THUMP_EVERY);
    thump.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let flowing = Flowing {
        app,
        caller,
        subscription,
        thump,
    };
    stream::unfold(flowing, |mut flowing| async move {
        loop {
            let call = tokio::select! {
                biased;
                call = flowing.subscription.next() => call?,
                _ = flowing.thump.tick() => {
                    return Some((Ok(Bytes::from_static(THUMP.as_bytes())), flowing));
                }
            };
            let frames = match tell::frames(&flowing.app, &flowing.caller, &call).await {
                Ok(frames) => frames,
                Err(why) => {
                    tracing::warn!(%why, "a stream ends: what happened could not be read");
                    return None;
                }
            };
            if !flowing.subscription.is_open() {
                return None;
            }
            if !frames.is_empty() {
                let blocks: String = frames.iter().map(tell::Frame::block).collect();
                return Some((Ok(Bytes::from(blocks)), flowing));
            }
        }
    })
}
