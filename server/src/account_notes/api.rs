//! Notes for apps.

use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Id, Input, Reply};
use crate::relations::entity::relationship;

/// What an app sends to be noted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    comment: String,
}

/// `POST /api/v1/accounts/{id}/note`
pub async fn note(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    super::note(&app, me, id, &sent.comment).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}
