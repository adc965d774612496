//! Favourites for apps.

use axum::extract::State;
use comity_db::params;
use comity_policy::Way;

use super::store::BY;
use crate::accounts::api::people;
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Paging, Reply};
use crate::statuses;
use crate::statuses::api::entity;
use crate::statuses::entity::Entities;

/// `POST /api/v1/statuses/{id}/favourite`
pub async fn favourite(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::favourite(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(entity(&app, &client.caller()?, id).await?))
}

/// `POST /api/v1/statuses/{id}/unfavourite`
pub async fn unfavourite(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::unfavourite(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(entity(&app, &client.caller()?, id).await?))
}

/// `GET /api/v1/favourites`: what the member favourited, the last first.
pub async fn list(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let caller = client.caller()?;
    let of = comity_db::params![client.me()?.account.id];
    let limit = paging.limit(20, 40);
    let stretch = super::store::BY_ACCOUNT
        .read(&app.db, paging.window(), limit, of)
        .await?;
    let list = Entities::named_as_json(&app, &caller, Way::Page, &stretch.named).await?;
    let links = paging.links(&caller.community, stretch.newest, stretch.oldest);
    Ok(Reply::api_written(list).with_links(links))
}

/// `GET /api/v1/statuses/{id}/favourited_by`
pub async fn favourited_by(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let status = statuses::find(&app, &caller.party(), Way::Page, id).await?;
    let limit = paging.limit(40, 80);
    people(&app, &caller, &paging, limit, |window, most| {
        BY.rows(&app.db, window, most, params![status.id])
    })
    .await
}
