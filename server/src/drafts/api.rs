//! Drafts for apps. They are sent as a post is, and answered as a scheduled one.

use axum::extract::State;
use serde_json::{Value, json};

use super::Draft;
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Id, Input, Reply};
use crate::statuses::api::Sent;
use crate::web::time;

fn entity(draft: &Draft) -> Value {
    json!({
        "id": draft.id.to_string(),
        "params": draft.sent.kept(),
        "created_at": time::iso_ms(draft.created_at),
        "updated_at": time::iso_ms(draft.updated_at),
    })
}

/// `GET /api/comity/v1/drafts`
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let all = super::of(&app, client.me()?.account.id).await?;
    Ok(Reply::api(all.iter().map(entity).collect()))
}

/// `POST /api/comity/v1/drafts`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(mut sent): Input<Sent>,
) -> Result<Reply> {
    sent.tells_in_text();
    let draft = super::keep(&app, client.me()?.account.id, sent).await?;
    Ok(Reply::api(entity(&draft)))
}

/// `GET /api/comity/v1/drafts/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let draft = super::find(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(entity(&draft)))
}

/// `PUT /api/comity/v1/drafts/{id}`
pub async fn change(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(mut sent): Input<Sent>,
) -> Result<Reply> {
    sent.tells_in_text();
    let draft = super::change(&app, client.me()?.account.id, id, sent).await?;
    Ok(Reply::api(entity(&draft)))
}

/// `DELETE /api/comity/v1/drafts/{id}`
pub async fn delete(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::delete(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}
