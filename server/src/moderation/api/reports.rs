//! Reports, for moderators' apps.

use axum::extract::State;
use comity_vocab::Domain;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Me, Paging, Reply};
use crate::moderation::{entity, looked_after};
use crate::reports::{self, Category, Choice, Report};

/// Which reports an app asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    resolved: Option<bool>,
    unresolved: Option<bool>,
    account_id: Option<i64>,
    target_account_id: Option<i64>,
    by_target_domain: Option<String>,
}

impl Asked {
    /// The closed ones, where those are asked for and the open ones are not; both, where both are.
    fn resolved(&self) -> Option<bool> {
        match (self.resolved, self.unresolved) {
            (Some(true), Some(true)) => None,
            (Some(true), _) | (None, Some(false)) => Some(true),
            _ => Some(false),
        }
    }

    fn target_domain(&self) -> Result<Option<String>> {
        let name = self.by_target_domain.as_deref().unwrap_or_default().trim();
        if name.is_empty() {
            return Ok(None);
        }
        match Domain::parse(name) {
            Ok(domain) => Ok(Some(domain.as_str().to_owned())),
            Err(_) => Err(Error::invalid("by_target_domain", "names no server")),
        }
    }
}

/// `GET /api/v1/admin/reports`: the open ones where nothing is said.
pub async fn list(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(asked): Input<Asked>,
) -> Result<Reply> {
    let me = client.me()?;
    let community = looked_after(me)?;
    let choice = Choice {
        resolved: asked.resolved(),
        account_id: asked.account_id,
        target_id: asked.target_account_id,
        target_domain: asked.target_domain()?,
    };
    let (window, limit) = (paging.window(), paging.limit(100, 200));
    let viewer = me.account.id;
    let (found, older) = reports::list(&app, community, viewer, choice, window, limit).await?;
    let newest = found.first().map(|report| report.id);
    let list = entity::reports(&app, me, &found).await?;
    let links = paging.links(&me.community, newest, older);
    Ok(Reply::api(json!(list)).with_links(links))
}

async fn found(app: &App, me: &Me, id: i64) -> Result<Report> {
    reports::find(app, looked_after(me)?, me.account.id, id).await
}

async fn told(app: &App, me: &Me, id: i64) -> Result<Reply> {
    let report = found(app, me, id).await?;
    let told = entity::reports(app, me, &[report]).await?.pop();
    Ok(Reply::api(told.ok_or(Error::NotFound)?))
}

/// `GET /api/v1/admin/reports/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    told(&app, client.me()?, id).await
}

/// What of a report changes; what is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    category: Option<String>,
    rule_ids: Option<Vec<i64>>,
}

/// `PUT /api/v1/admin/reports/{id}`
pub async fn change(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let report = found(&app, me, id).await?;
    let category = match sent.category.as_deref() {
        None => report.category,
        Some(word) => Category::parse(word)
            .ok_or_else(|| Error::invalid("category", "must be other, spam, legal or violation"))?,
    };
    let rules = sent.rule_ids.as_deref().unwrap_or(&report.rule_ids);
    reports::change(&app, &me.community, &report, category, rules).await?;
    told(&app, me, id).await
}

/// `POST /api/v1/admin/reports/{id}/assign_to_self`
pub async fn assign(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let report = found(&app, me, id).await?;
    reports::assign(&app, &report, Some(&me.account)).await?;
    told(&app, me, id).await
}

/// `POST /api/v1/admin/reports/{id}/unassign`
pub async fn unassign(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let report = found(&app, me, id).await?;
    reports::assign(&app, &report, None).await?;
    told(&app, me, id).await
}

/// `POST /api/v1/admin/reports/{id}/resolve`
pub async fn resolve(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let report = found(&app, me, id).await?;
    if report.resolved_at.is_none() {
        reports::resolve(&app, &report, &me.account, "").await?;
    }
    told(&app, me, id).await
}

/// `POST /api/v1/admin/reports/{id}/reopen`
pub async fn reopen(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let report = found(&app, me, id).await?;
    if report.resolved_at.is_some() {
        reports::reopen(&app, &report).await?;
    }
    told(&app, me, id).await
}
