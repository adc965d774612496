//! Boosts for apps.

use axum::extract::State;
use comity_vocab::Visibility;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Reply};
use crate::statuses;
use crate::statuses::api::entity;

/// Before whom an app boosts; empty for as many as the post itself has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    visibility: String,
}

/// `POST /api/v1/statuses/{id}/reblog`: answers with the boost, around what it shares.
pub async fn reblog(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(wish): Input<Wish>,
) -> Result<Reply> {
    let me = client.me()?;
    let wanted = match wish.visibility.as_str() {
        "" => Visibility::Public,
        word => Visibility::parse(word)
            .map_err(|_| Error::invalid("visibility", "must be public, unlisted or private"))?,
    };
    let shared = super::reblog_for(&app, &me.account, id, wanted).await?;
    let boost = statuses::reblog_by(&app.db, shared, me.account.id).await?;
    let boost = boost.ok_or(Error::NotFound)?;
    Ok(Reply::api(entity(&app, &client.caller()?, boost).await?))
}

/// `POST /api/v1/statuses/{id}/unreblog`: answers with what was shared.
pub async fn unreblog(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let shared = super::unreblog(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(entity(&app, &client.caller()?, shared).await?))
}
