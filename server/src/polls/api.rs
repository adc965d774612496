//! Polls for apps. A poll has the number of its status.

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Input, Reply};
use crate::statuses;
use crate::statuses::entity::Entities;

/// `GET /api/v1/polls/{id}`
pub async fn poll(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    Ok(Reply::api(entity(&app, &caller, id).await?))
}

async fn entity(app: &App, caller: &Caller, id: i64) -> Result<Value> {
    let status = statuses::find(app, &caller.party(), Way::Page, id).await?;
    let mut entity = Entities::one(app, caller, Way::Page, &status).await?;
    match entity["poll"].take() {
        Value::Null => Err(Error::NotFound),
        poll => Ok(poll),
    }
}

/// What somebody chose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    choices: Vec<i64>,
}

/// `POST /api/v1/polls/{id}/votes`
pub async fn vote(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(chosen): Input<Chosen>,
) -> Result<Reply> {
    let me = client.me()?;
    super::vote(&app, &me.account, id, chosen.choices).await?;
    Ok(Reply::api(entity(&app, &client.caller()?, id).await?))
}
