//! Reactions for apps, at Pleroma's addresses and at those of Mastodon's forks.

use axum::extract::State;
use comity_policy::Way;
use serde_json::{Value, json};

use super::entity;
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Path, Reply};
use crate::statuses;
use crate::statuses::api::entity as status_entity;

/// `PUT /api/v1/pleroma/statuses/{id}/reactions/{emoji}` and `POST /api/v1/statuses/{id}/react/{emoji}`
pub async fn react(
    State(app): State<App>,
    client: Client,
    Path((id, emoji)): Path<(i64, String)>,
) -> Result<Reply> {
    let me = client.me()?;
    super::react(&app, &me.community, &me.account, id, &emoji).await?;
    Ok(Reply::api(
        status_entity(&app, &client.caller()?, id).await?,
    ))
}

/// `DELETE /api/v1/pleroma/statuses/{id}/reactions/{emoji}` and `POST /api/v1/statuses/{id}/unreact/{emoji}`
pub async fn unreact(
    State(app): State<App>,
    client: Client,
    Path((id, emoji)): Path<(i64, String)>,
) -> Result<Reply> {
    let me = client.me()?;
    super::unreact(&app, &me.community, &me.account, id, &emoji).await?;
    Ok(Reply::api(
        status_entity(&app, &client.caller()?, id).await?,
    ))
}

/// `GET /api/v1/statuses/{id}/reactions`, and under `pleroma`: each emoji, with those who said it whom whoever asks may see.
pub async fn list(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    told(&app, &caller, id, None).await
}

/// `GET /api/v1/statuses/{id}/reactions/{emoji}`, and under `pleroma`: the same of one emoji.
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path((id, emoji)): Path<(i64, String)>,
) -> Result<Reply> {
    told(&app, &caller, id, Some(&emoji)).await
}

async fn told(app: &App, caller: &Caller, id: i64, only: Option<&str>) -> Result<Reply> {
    let party = caller.party();
    let status = statuses::find(app, &party, Way::Page, id).await?;
    let mut all = super::of(app, &party, caller.account_id(), vec![status.id]).await?;
    let who = super::who(&app.db, status.id).await?;
    let people: Vec<i64> = who.iter().map(|who| who.account_id).collect();
    let here = &caller.community;
    let faces = Faces::of(app, &party, Way::Page, here, &people).await?;
    let only = only.map(|emoji| entity::name(emoji.trim()));
    let told: Vec<Value> = all
        .remove(&status.id)
        .unwrap_or_default()
        .iter()
        .filter(|chosen| only.is_none_or(|only| entity::name(&chosen.emoji) == only))
        .map(|chosen| {
            let same = who
                .iter()
                .filter(|who| who.emoji == chosen.emoji && who.url == chosen.url);
            let ids: Vec<i64> = same.map(|who| who.account_id).collect();
            let mut one = entity::entity(chosen, &party, here);
            one["accounts"] = faces.in_order(&ids);
            one
        })
        .collect();
    Ok(Reply::api(json!(told)))
}
