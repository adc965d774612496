//! Pins for apps.

use axum::extract::State;

use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Id, Reply};
use crate::statuses::api::entity;

/// `POST /api/v1/statuses/{id}/pin`
pub async fn pin(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::pin(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(entity(&app, &client.caller()?, id).await?))
}

/// `POST /api/v1/statuses/{id}/unpin`
pub async fn unpin(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::unpin(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(entity(&app, &client.caller()?, id).await?))
}
