//! For apps: the card of one post. Mastodon took this out long ago; libraries still ask.

use axum::extract::State;
use comity_policy::Way;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Id, Reply};
use crate::statuses::entity::Entities;
use crate::statuses::find;

/// `GET /api/v1/statuses/{id}/card`: an empty object where there is none, as it was.
pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let status = find(&app, &caller.party(), Way::Page, id).await?;
    let entity = Entities::one(&app, &caller, Way::Page, &status).await?;
    Ok(Reply::api(match &entity["card"] {
        Value::Null => json!({}),
        card => card.clone(),
    }))
}
