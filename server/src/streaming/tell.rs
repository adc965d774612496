//! From an event to what one listener is told of it: the gate is asked here, at the moment of telling.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use comity_policy::Way;
use serde_json::{Value, json};

use super::hub::{Call, Came, What};
use super::stream::Stream;
use crate::accounts::entity::Faces;
use crate::announcements;
use crate::app::App;
use crate::error::Result;
use crate::http::Caller;
use crate::notifications;
use crate::reactions;
use crate::rules;
use crate::statuses::entity::Entities;
use crate::statuses::{Loaded, Shown};

/// What was read for everybody is read again when it is older: whoever was held up tells nothing stale.
const FRESH_MS: i64 = 2_000;

/// One thing that is told.
#[derive(Debug, Clone)]
pub struct Frame {
    /// By which stream.
    pub stream: Vec<String>,
    /// Mastodon's name for what happened.
    pub event: &'static str,
    /// JSON, or an id, or nothing.
    pub payload: Option<Arc<str>>,
}

impl Frame {
    /// For a WebSocket: the payload is JSON within JSON.
    pub fn message(&self) -> String {
        let mut message = json!({ "stream": self.stream, "event": self.event });
        if let Some(payload) = &self.payload {
            message["payload"] = json!(&**payload);
        }
        message.to_string()
    }

    /// For server-sent events. JSON has no line breaks, nor has an id.
    pub fn block(&self) -> String {
        let payload = self.payload.as_deref().unwrap_or("undefined");
        format!("event: {}\ndata: {payload}\n\n", self.event)
    }
}

/// What whoever listens is told, if anything.
pub(super) async fn frames(app: &App, caller: &Caller, call: &Call) -> Result<Vec<Frame>> {
    let Some(_turn) = app.streams.turn().await else {
        return Ok(Vec::new());
    };
    // What is told cannot be taken back: another process may have changed a rule a moment ago.
    rules::catch_up(app).await?;
    match &*call.what {
        What::Placed(came) => told(app, caller, call, came, "update").await,
        What::Edited(came) => told(app, caller, call, came, "status.update").await,
        What::Deleted(gone) => {
            let mut frames = Vec::new();
            for stream in &call.by {
                let shown = app
                    .gate
                    .show(&caller.party(), stream.way(), gone.clone())
                    .await?;
                if let Ok(gone) = shown {
                    frames.push(frame(stream, "delete", gone.id.to_string()));
                }
            }
            Ok(frames)
        }
        What::Notified { matter, numbers } => {
            let Some(me) = &caller.me else {
                return Ok(Vec::new());
            };
            let found = notifications::find_told(app, &me.account, matter, numbers).await?;
            let Some(found) = found else {
                return Ok(Vec::new());
            };
            let entity = notifications::entity::list(app, me, &[found]).await?.pop();
            let told = entity.map(|entity| -> Arc<str> { entity.to_string().into() });
            Ok(told.map_or_else(Vec::new, |told| {
                let by = call.by.iter();
                by.map(|stream| frame(stream, "notification", told.clone()))
                    .collect()
            }))
        }
        What::Published(id) => {
            let Some(me) = &caller.me else {
                return Ok(Vec::new());
            };
            match announcements::find(app, me, *id).await {
                Ok(found) => {
                    let all = std::slice::from_ref(&found);
                    let people = announcements::people(app, me, Way::Stream, all).await?;
                    let told = announcements::api::entity(&found, &people, &me.community);
                    Ok(by_each(call, "announcement", &told.to_string()))
                }
                Err(why) if why.is_not_found() => Ok(Vec::new()),
                Err(why) => Err(why),
            }
        }
        What::Reacted { id, emoji, chosen } => {
            let name = reactions::entity::name(emoji);
            let mut told =
                json!({ "name": name, "count": chosen, "announcement_id": id.to_string() });
            let here = &caller.community;
            if let Some(picture) = announcements::picture(emoji, here) {
                told["url"] = json!(picture.url);
                told["static_url"] = json!(picture.still_url);
            }
            Ok(by_each(call, "announcement.reaction", &told.to_string()))
        }
        What::TakenDown(id) => Ok(by_each(call, "announcement.delete", &id.to_string())),
        // As Mastodon says it.
        What::Merged => Ok(call
            .by
            .iter()
            .map(|stream| frame(stream, "notifications_merged", "1"))
            .collect()),
        What::FiltersChanged => Ok(call
            .by
            .iter()
            .map(|stream| Frame {
                stream: stream.names(),
                event: "filters_changed",
                payload: None,
            })
            .collect()),
    }
}

/// The same by each of the streams by which it would come.
fn by_each(call: &Call, event: &'static str, payload: &str) -> Vec<Frame> {
    let by = call.by.iter();
    by.map(|stream| frame(stream, event, payload)).collect()
}

fn frame(stream: &Stream, event: &'static str, payload: impl Into<Arc<str>>) -> Frame {
    Frame {
        stream: stream.names(),
        event,
        payload: Some(payload.into()),
    }
}

async fn told(
    app: &App,
    caller: &Caller,
    call: &Call,
    came: &Came,
    event: &'static str,
) -> Result<Vec<Frame>> {
    let again;
    let loaded = if app.now_ms() - came.at_ms > FRESH_MS {
        match Loaded::by_id(app, came.loaded.status().id).await? {
            Some(loaded) => {
                again = loaded;
                &again
            }
            None => return Ok(Vec::new()),
        }
    } else {
        &came.loaded
    };
    let mut ready: HashMap<Way, Option<Arc<str>>> = HashMap::new();
    let mut frames = Vec::new();
    for stream in &call.by {
        let way = way(came, stream);
        if *stream == Stream::Direct {
            let conversation = conversation(app, caller, loaded).await?;
            frames.extend(conversation.map(|it| frame(stream, "conversation", it.to_string())));
            continue;
        }
        if let Entry::Vacant(place) = ready.entry(way) {
            let status = status(app, caller, way, loaded).await?;
            place.insert(status.map(Into::into));
        }
        if let Some(Some(status)) = ready.get(&way) {
            frames.push(frame(stream, event, status.clone()));
        }
    }
    Ok(frames)
}

/// By which way the gate is asked for a post: an antenna is a list to apps, and a public place to authors.
fn way(came: &Came, stream: &Stream) -> Way {
    match stream {
        Stream::List(id) if came.antennas.contains(id) => Way::PublicTimeline,
        other => other.way(),
    }
}

async fn status(app: &App, caller: &Caller, way: Way, loaded: &Loaded) -> Result<Option<String>> {
    let Some(shown) = Shown::of(app, &caller.party(), way, loaded).await? else {
        return Ok(None);
    };
    let way = match way {
        // As in the timeline: what is quoted may have been written elsewhere.
        Way::LocalTimeline => Way::PublicTimeline,
        way => way,
    };
    let entities = Entities::of_shown(app, caller, way, std::slice::from_ref(&shown)).await?;
    Ok(Some(serde_json::to_string(&entities.shown(&shown))?))
}

/// A message, with those who have part in it.
async fn conversation(app: &App, caller: &Caller, loaded: &Loaded) -> Result<Option<Value>> {
    let party = caller.party();
    let Some(shown) = Shown::of(app, &party, Way::Stream, loaded).await? else {
        return Ok(None);
    };
    let message = &shown.status;
    let me = caller.account_id();
    let mut people: Vec<i64> = std::iter::once(&message.author)
        .chain(&message.mentions)
        .map(|account| account.id)
        .filter(|id| Some(*id) != me)
        .collect();
    people.sort_unstable();
    people.dedup();
    let faces = Faces::of(app, &party, Way::Stream, &caller.community, &people).await?;
    Ok(Some(json!({
        "id": message.conversation_id.to_string(),
        "unread": Some(message.author.id) != me,
        "accounts": faces.in_order(&people),
        "last_status": Entities::one(app, caller, Way::Stream, message).await?,
    })))
}
