//! Bookmarks for apps.

use axum::extract::State;
use comity_policy::Way;
use serde_json::json;

use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Id, Paging, Reply};
use crate::statuses::entity::Entities;

/// Statuses of a page, and at most.
const USUAL: i64 = 20;
const MOST: i64 = 40;

/// `POST /api/v1/statuses/{id}/bookmark`
pub async fn bookmark(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let status = super::bookmark(&app, &client.me()?.account, id).await?;
    let entity = Entities::one(&app, &client.caller()?, Way::Page, &status).await?;
    Ok(Reply::api(entity))
}

/// `POST /api/v1/statuses/{id}/unbookmark`
pub async fn unbookmark(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::unbookmark(&app, &me.account, id).await?;
    let status = super::proper(&app, &me.account, id).await?;
    super::unbookmark(&app, &me.account, status.id).await?;
    let entity = Entities::one(&app, &client.caller()?, Way::Page, &status).await?;
    Ok(Reply::api(entity))
}

/// `GET /api/v1/bookmarks`
pub async fn list(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let caller = client.caller()?;
    let limit = paging.limit(USUAL, MOST);
    let stretch = super::list(&app, &caller, paging.window(), limit).await?;
    let list = Entities::named(&app, &caller, Way::Page, &stretch.named).await?;
    let links = paging.links(&caller.community, stretch.newest, stretch.oldest);
    Ok(Reply::api(json!(list)).with_links(links))
}
