//! Quotes for apps.

use axum::extract::{Path, State};
use comity_policy::Way;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Paging, Reply};
use crate::statuses;
use crate::statuses::entity::Entities;

/// `GET /api/v1/statuses/{id}/quotes`: what quotes it, with its author's yes.
pub async fn quotes(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let status = statuses::find(&app, &caller.party(), Way::Page, id).await?;
    let (window, limit) = (paging.window(), paging.limit(20, 40));
    let values = comity_db::params![status.id];
    let stretch = super::store::QUOTING
        .stretch(&app.db, window, limit, values)
        .await?;
    let list = Entities::named(&app, &caller, Way::Page, &stretch.named).await?;
    let links = paging.links(&caller.community, stretch.newest, stretch.oldest);
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
