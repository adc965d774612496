//! Blocks and mutes for apps.

use axum::extract::State;
use comity_db::params;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::json;

use super::entity::relationship;
use super::{BLOCKED, MUTED, Mute, Telling, relations};
use crate::accounts::api::{page_of, people};
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Paging, Reply};
use crate::web::time;
use crate::window::Filling;

/// People of a page, and at most.
const USUAL: i64 = 40;
const MOST: i64 = 80;
/// The longest mute that ends by itself, in seconds: a hundred years. What is longer is for good.
const LONGEST_S: i64 = 100 * 365 * 24 * 3600;

/// How an app blocks.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Blocking {
    /// Their server is told; a word of ours.
    tell: bool,
}

/// `POST /api/v1/accounts/{id}/block`
pub async fn block(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(how): Input<Blocking>,
) -> Result<Reply> {
    let me = client.me()?;
    let telling = if how.tell {
        Telling::TheirServer
    } else {
        Telling::Silent
    };
    super::block(&app, &me.account, id, telling).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `POST /api/v1/accounts/{id}/unblock`
pub async fn unblock(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::unblock(&app, &me.account, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// How an app mutes.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Muting {
    /// What they do is not told either.
    notifications: bool,
    /// Seconds; 0 for good.
    duration: i64,
}

impl Default for Muting {
    fn default() -> Muting {
        Muting {
            notifications: true,
            duration: 0,
        }
    }
}

/// `POST /api/v1/accounts/{id}/mute`
pub async fn mute(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(how): Input<Muting>,
) -> Result<Reply> {
    let me = client.me()?;
    let expires_at = match how.duration {
        ..0 => {
            return Err(Error::invalid(
                "duration",
                "must be a number of seconds, or 0 for good",
            ));
        }
        0 | LONGEST_S.. => None,
        seconds => Some(app.now_ms() + seconds * 1000),
    };
    let mute = Mute {
        notifications: how.notifications,
        expires_at,
    };
    super::mute(&app, &me.account, id, mute).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `POST /api/v1/accounts/{id}/unmute`
pub async fn unmute(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::unmute(&app, &me.account, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `GET /api/v1/blocks`
pub async fn blocks(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let limit = paging.limit(USUAL, MOST);
    people(&app, &client.caller()?, &paging, limit, |window, most| {
        BLOCKED.rows(&app.db, window, most, params![me.account.id])
    })
    .await
}

/// `GET /api/v1/mutes`: accounts, each with the end of its mute.
pub async fn mutes(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let caller = client.caller()?;
    let now_ms = app.now_ms();
    let mut filling = Filling::new(paging.window(), paging.limit(USUAL, MOST));
    while let Some((window, most)) = filling.wants() {
        let of = params![me.account.id, now_ms];
        let read = MUTED.rows(&app.db, window, most, of).await?;
        let ids: Vec<i64> = read.iter().map(|(_, id)| *id).collect();
        let party = me.party();
        let faces = Faces::of(&app, &party, Way::Page, &me.community, &ids).await?;
        let relations = relations(&app, me.account.id, ids).await?;
        let shown = read.iter().filter_map(|(entry, id)| {
            let mut entity = faces.get(*id)?;
            let until = relations.get(id).and_then(|relation| relation.muting_until);
            entity["mute_expires_at"] = json!(until.map(time::iso_ms));
            Some((*entry, entity))
        });
        let shown = shown.collect();
        filling.take(&read, shown);
    }
    Ok(page_of(&caller, &paging, filling))
}
