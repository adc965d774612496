//! A member's reports for their apps, in Mastodon's words. A report is named by its year.

use axum::extract::State;
use comity_policy::Way;
use serde_json::{Value, json};

use super::Report;
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Id, Reply};
use crate::statuses::entity::Entities;

/// The shape of what stands in `data`, as Mastodon counts.
const SHAPE: u32 = 2;

async fn answer(app: &App, client: &Client, reports: &[Report]) -> Result<Reply> {
    let caller = client.caller()?;
    let id = client.me()?.account.id;
    let mut ids: Vec<i64> = Vec::new();
    for report in reports {
        ids.extend(report.data.top_statuses.ids());
    }
    let whose = if reports.is_empty() {
        Vec::new()
    } else {
        vec![id]
    };
    let faces = Faces::of(app, &caller.party(), Way::Page, &caller.community, &whose).await?;
    let statuses = Entities::named(app, &caller, Way::Page, &ids).await?;
    let entity = |report: &Report| -> Value {
        json!({
            "year": report.year,
            "data": report.data,
            "schema_version": SHAPE,
            "share_url": null,
            "account_id": id.to_string(),
        })
    };
    Ok(Reply::api(json!({
        "annual_reports": reports.iter().map(entity).collect::<Vec<_>>(),
        "accounts": faces.in_order(&whose),
        "statuses": statuses,
    })))
}

/// `GET /api/v1/annual_reports`: those that were not read.
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let reports = super::unread(&app, client.me()?.account.id).await?;
    answer(&app, &client, &reports).await
}

/// `GET /api/v1/annual_reports/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(year): Id) -> Result<Reply> {
    let report = super::find(&app, client.me()?.account.id, year).await?;
    answer(&app, &client, &[report]).await
}

/// `GET /api/v1/annual_reports/{id}/state`
pub async fn state(State(app): State<App>, client: Client, Id(year): Id) -> Result<Reply> {
    let state = super::state(&app, client.me()?.account.id, year).await?;
    Ok(Reply::api(json!({ "state": state.as_str() })))
}

/// `POST /api/v1/annual_reports/{id}/generate`: it is there when this answers, where it can be made.
pub async fn generate(State(app): State<App>, client: Client, Id(year): Id) -> Result<Reply> {
    super::generate(&app, client.me()?.account.id, year).await?;
    Ok(Reply::api(json!({})))
}

/// `POST /api/v1/annual_reports/{id}/read`
pub async fn read(State(app): State<App>, client: Client, Id(year): Id) -> Result<Reply> {
    super::mark_read(&app, client.me()?.account.id, year).await?;
    Ok(Reply::api(json!({})))
}
