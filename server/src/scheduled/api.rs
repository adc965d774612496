//! Scheduled posts for apps.

use std::collections::HashMap;

use axum::extract::State;
use comity_db::params;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Scheduled, store};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Me, Paging, Reply};
use crate::media::{self, Media};
use crate::web::time;

/// A time as apps write it, in unix milliseconds: RFC 3339, or the same without an offset and in UTC, as Mastodon takes it
/// of whoever types one into a terminal.
pub fn read_time(text: &str) -> Result<i64> {
    let exact = text.trim().parse::<jiff::Timestamp>().ok();
    exact
        .map(jiff::Timestamp::as_millisecond)
        .or_else(|| time::from_field(text))
        .ok_or_else(|| {
            Error::invalid(
                "scheduled_at",
                "must be a time such as 2026-05-03T14:00:00Z",
            )
        })
}

/// A scheduled post of this member as apps read it.
pub async fn entity(app: &App, me: &Me, scheduled: &Scheduled) -> Result<Value> {
    let ids = scheduled.sent.files().to_vec();
    let files = media::find_own_many(app, me.account.id, ids).await?;
    Ok(with_files(app, me, scheduled, &files))
}

fn with_files(app: &App, me: &Me, scheduled: &Scheduled, files: &HashMap<i64, Media>) -> Value {
    let named = scheduled.sent.files().iter();
    let files: Vec<Value> = named
        .filter_map(|id| files.get(id))
        .map(|file| media::entity::own(app, &me.account, file))
        .collect();
    json!({
        "id": scheduled.id.to_string(),
        "scheduled_at": time::iso_ms(scheduled.at),
        "params": scheduled.sent.params(),
        "media_attachments": files,
        "trouble": scheduled.trouble,
    })
}

/// `GET /api/v1/scheduled_statuses`
pub async fn list(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let (window, limit) = (paging.window(), paging.limit(20, 40));
    let values = params![me.account.id];
    let stretch = store::OF.stretch(&app.db, window, limit, values).await?;
    let mut found = Vec::with_capacity(stretch.named.len());
    for id in &stretch.named {
        // One that was published or taken back meanwhile is not in it any more.
        match super::find(&app, me, *id).await {
            Err(Error::NotFound) => {}
            scheduled => found.push(scheduled?),
        }
    }
    let ids = found.iter().flat_map(|waits| waits.sent.files().to_vec());
    let files = media::find_own_many(&app, me.account.id, ids.collect()).await?;
    let found: Vec<Value> = found
        .iter()
        .map(|waits| with_files(&app, me, waits, &files))
        .collect();
    let links = paging.links(&me.community, stretch.newest, stretch.oldest);
    Ok(Reply::api(json!(found)).with_links(links))
}

/// `GET /api/v1/scheduled_statuses/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let waits = super::find(&app, me, id).await?;
    Ok(Reply::api(entity(&app, me, &waits).await?))
}

/// Another time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Again {
    scheduled_at: String,
}

/// `PUT /api/v1/scheduled_statuses/{id}`
pub async fn reschedule(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(again): Input<Again>,
) -> Result<Reply> {
    let me = client.me()?;
    super::find(&app, me, id).await?;
    let at = read_time(&again.scheduled_at)?;
    let waits = super::reschedule(&app, me, id, at).await?;
    Ok(Reply::api(entity(&app, me, &waits).await?))
}

/// `DELETE /api/v1/scheduled_statuses/{id}`
pub async fn cancel(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::cancel(&app, client.me()?, id).await?;
    Ok(Reply::api(json!({})))
}
