//! Announcements for apps.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Announcement;
use crate::app::App;
use crate::communities::Community;
use crate::emojis::entity::entities;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Input, Path, Reply};
use crate::text::render;
use crate::web::time;

/// An announcement as this member of `here` reads it.
pub(crate) fn entity(one: &Announcement, here: &Community) -> Value {
    let reaction =
        |(name, count, me): &(String, i64, bool)| json!({ "name": name, "count": count, "me": me });
    json!({
        "id": one.id.to_string(),
        "content": render::simple(&one.text),
        "starts_at": null,
        "ends_at": null,
        "all_day": false,
        "published_at": time::iso_ms(one.created_at),
        "updated_at": time::iso_ms(one.updated_at),
        "read": one.is_read,
        "mentions": [],
        "statuses": [],
        "tags": [],
        "emojis": entities(&super::emojis(one, here)),
        "reactions": one.reactions.iter().map(reaction).collect::<Vec<_>>(),
    })
}

/// Which an app asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    with_dismissed: bool,
}

/// `GET /api/v1/announcements`: those that were not put aside. Visitors are told nothing.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let Some(me) = &caller.me else {
        return Ok(Reply::api(json!([])));
    };
    let all = super::list(&app, me).await?;
    let told: Vec<Value> = all
        .iter()
        .filter(|one| choice.with_dismissed || !one.is_read)
        .map(|one| entity(one, &me.community))
        .collect();
    Ok(Reply::api(json!(told)))
}

/// `POST /api/v1/announcements/{id}/dismiss`
pub async fn dismiss(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::dismiss(&app, client.me()?, id).await?;
    Ok(Reply::api(json!({})))
}

/// `PUT /api/v1/announcements/{id}/reactions/{name}`
pub async fn react(
    State(app): State<App>,
    client: Client,
    Path((id, name)): Path<(i64, String)>,
) -> Result<Reply> {
    super::react(&app, client.me()?, id, &name).await?;
    Ok(Reply::api(json!({})))
}

/// `DELETE /api/v1/announcements/{id}/reactions/{name}`
pub async fn unreact(
    State(app): State<App>,
    client: Client,
    Path((id, name)): Path<(i64, String)>,
) -> Result<Reply> {
    super::unreact(&app, client.me()?, id, &name).await?;
    Ok(Reply::api(json!({})))
}
