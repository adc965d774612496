//! Quotes for apps.

use axum::extract::{Path, State};
use comity_policy::Way;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Paging, Reply};
use crate::statuses::entity::Entities;
use crate::statuses::{self, Shown};

/// `GET /api/v1/statuses/{id}/quotes`: what quotes it, with its author's yes.
pub async fn quotes(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let party = caller.party();
    let status = statuses::find(&app, &party, Way::Page, id).await?;
    let (window, limit) = (paging.window(), paging.limit(20, 40));
    let values = comity_db::params![status.id];
    let mut ids = super::store::QUOTING
        .read(&app.db, window, limit, values)
        .await?;
    if window.from_below {
        ids.reverse();
    }
    let found = Shown::list(&app, &party, Way::Page, &ids).await?;
    let list = Entities::list(&app, &caller, Way::Page, &found).await?;
    let is_full = i64::try_from(ids.len()).is_ok_and(|len| len >= limit);
    let oldest = ids.last().copied().filter(|_| is_full);
    let links = paging.links(&caller.community, ids.first().copied(), oldest);
    Ok(Reply::api(json!(list)).with_links(links))
}

/// A status, and one that quotes it.
#[derive(Debug, Deserialize)]
pub struct Quoting {
    id: String,
    quoting: String,
}

/// `POST /api/v1/statuses/{id}/quotes/{quoting}/revoke`
pub async fn revoke(
    State(app): State<App>,
    client: Client,
    Path(asked): Path<Quoting>,
) -> Result<Reply> {
    let me = client.me()?;
    let number = |text: &str| text.parse::<i64>().map_err(|_| Error::NotFound);
    let (quoted, quoting) = (number(&asked.id)?, number(&asked.quoting)?);
    let status = statuses::load_one(&app, quoting).await?;
    if status.quote.as_ref().and_then(|quote| quote.id) != Some(quoted) {
        return Err(Error::NotFound);
    }
    super::take_out(&app, &me.account, quoting).await?;
    let entity = statuses::api::entity(&app, &client.caller()?, quoting).await?;
    Ok(Reply::api(entity))
}
