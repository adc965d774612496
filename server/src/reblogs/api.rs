//! Boosts for apps.

use axum::extract::State;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Reply};
use crate::statuses;
use crate::statuses::api::entity;

/// `POST /api/v1/statuses/{id}/reblog`: answers with the boost, around what it shares.
pub async fn reblog(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::reblog(&app, &me.account, id).await?;
    let boost = statuses::reblog_by(&app.db, id, me.account.id).await?;
    let boost = boost.ok_or(Error::NotFound)?;
    Ok(Reply::api(entity(&app, &client.caller()?, boost).await?))
}

/// `POST /api/v1/statuses/{id}/unreblog`: answers with what was shared.
pub async fn unreblog(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::unreblog(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(entity(&app, &client.caller()?, id).await?))
}
