//! One WebSocket: several streams, chosen and given up as the app goes along.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::hub::Subscription;
use super::stream::Stream;
use super::tell;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::reply::Told;
use crate::http::{Caller, Client};

/// How often the other end is asked whether it is still there. Proxies give up a connection over which nothing comes
/// for a minute.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Pings that may go unanswered.
const MOST_UNANSWERED: u32 = 3;
/// An end that takes nothing for so long is gone.
const SENT_WITHIN: Duration = Duration::from_secs(20);
/// What an app says between two pings; more is no app that chooses streams.
const MOST_SAID: u32 = 200;

/// What an app says.
#[derive(Debug, Deserialize)]
struct Said {
    #[serde(rename = "type")]
    what: String,
    stream: String,
    #[serde(default)]
    tag: Option<String>,
    /// Text, as ids are; some apps say a number.
    #[serde(default)]
    list: Option<Value>,
}

/// Talks until one side ends it, or the place is taken away.
pub(super) async fn talk(
    app: App,
    caller: Caller,
    client: Option<Client>,
    mut subscription: Subscription,
    mut socket: WebSocket,
) {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let mut unanswered = 0;
    let mut said = 0;
    loop {
        let messages = tokio::select! {
            biased;
            call = subscription.next() => {
                let Some(call) = call else { break };
                match tell::frames(&app, &caller, &call).await {
                    Ok(frames) => frames.iter().map(|frame| Message::text(frame.message())).collect(),
                    Err(why) => {
                        tracing::warn!(%why, "a stream ends: what happened could not be read");
                        break;
                    }
                }
            }
            message = socket.recv() => {
                unanswered = 0;
                said += 1;
                match message {
                    _ if said > MOST_SAID => break,
                    Some(Ok(Message::Text(text))) => {
                        let answer = hear(&app, client.as_ref(), &subscription, &text).await;
                        answer.into_iter().map(Message::text).collect()
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => Vec::new(),
                }
            }
            _ = ping.tick() => {
                unanswered += 1;
                said = 0;
                if unanswered > MOST_UNANSWERED {
                    return;
                }
                vec![Message::Ping(Bytes::new())]
            }
        };
        for message in messages {
            // What was made ready before a token ended is not told after it.
            if !subscription.is_open() {
                break;
            }
            let sent = tokio::select! {
                sent = timeout(SENT_WITHIN, socket.send(message)) => matches!(sent, Ok(Ok(()))),
                () = subscription.ended() => false,
            };
            if !sent && subscription.is_open() {
                return;
            }
        }
    }
    let close = CloseFrame {
        code: close_code::AWAY,
        reason: "this stream has ended; sign in again if you were signed out".into(),
    };
    // The other end may be gone already.
    let _ = timeout(SENT_WITHIN, socket.send(Message::Close(Some(close)))).await;
}

/// The field that names a stream.
const STREAM: &str = "stream";

/// Does what the app asks for; what it is told when that does not go.
async fn hear(
    app: &App,
    client: Option<&Client>,
    subscription: &Subscription,
    text: &str,
) -> Option<String> {
    let why = act(app, client, subscription, text).await.err()?;
    if matches!(&why, Error::Invalid { field, .. } if *field == STREAM) {
        // In Mastodon's words, by which apps know it.
        return Some(json!({ "error": "Unknown stream type", "status": 400 }).to_string());
    }
    let told = Told::of(&why);
    let sentence = match told.sentence.as_str() {
        "" => told
            .status
            .canonical_reason()
            .unwrap_or("Failed")
            .to_owned(),
        said => said.strip_suffix('.').unwrap_or(said).to_owned(),
    };
    Some(json!({ "error": sentence, "status": told.status.as_u16() }).to_string())
}

async fn act(
    app: &App,
    client: Option<&Client>,
    subscription: &Subscription,
    text: &str,
) -> Result<()> {
    let said: Said = serde_json::from_str(text).map_err(|_| {
        Error::invalid(
            "this",
            r#"is not understood; send {"type":"subscribe","stream":"user"}"#,
        )
    })?;
    let list = said.list.as_ref().and_then(|id| match id {
        Value::String(id) => id.parse().ok(),
        id => id.as_i64(),
    });
    let stream = Stream::parse(&said.stream, said.tag.as_deref(), list);
    let stream = stream.map_err(|why| match why {
        Error::NotFound => Error::invalid(STREAM, "is none that there is"),
        other => other,
    })?;
    match said.what.as_str() {
        "subscribe" => {
            stream.check(app, client).await?;
            subscription.add(stream)
        }
        "unsubscribe" => {
            subscription.remove(&stream);
            Ok(())
        }
        _ => Err(Error::invalid(
            "type",
            "is neither subscribe nor unsubscribe",
        )),
    }
}
