//! Filters for apps, as Mastodon has them since 4.0. How they were before: [`v1`](super::v1).

use axum::extract::State;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Action, Context, Draft, Expiry, Filter, Keyword, KeywordDraft, Listed};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Reply};
use crate::web::time;

/// A filter, without what belongs to it.
pub(super) fn entity(filter: &Filter) -> Value {
    let contexts: Vec<&str> = filter.contexts.iter().map(|c| c.as_str()).collect();
    json!({
        "id": filter.id.to_string(),
        "title": filter.title,
        "context": contexts,
        "expires_at": filter.expires_at.map(time::iso_ms),
        "filter_action": filter.action.as_str(),
    })
}

fn whole(filter: &Filter) -> Value {
    let mut entity = entity(filter);
    entity["keywords"] = filter.keywords.iter().map(keyword_entity).collect();
    entity["statuses"] = filter.statuses.iter().map(listed_entity).collect();
    entity
}

fn keyword_entity(keyword: &Keyword) -> Value {
    json!({
        "id": keyword.id.to_string(),
        "keyword": keyword.keyword,
        "whole_word": keyword.whole_word,
    })
}

fn listed_entity(listed: &Listed) -> Value {
    json!({ "id": listed.id.to_string(), "status_id": listed.status_id.to_string() })
}

/// Seconds until something ends; empty or null for never.
impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Expiry, D::Error> {
        let said = Option::<String>::deserialize(deserializer)?;
        let said = said.as_deref().map(str::trim).unwrap_or_default();
        if said.is_empty() {
            return Ok(Expiry::Never);
        }
        let seconds = said.parse::<f64>().map_err(|_| {
            serde::de::Error::custom("expires_in must be a number of seconds, or empty for never")
        })?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "it is brought within bounds"
        )]
        Ok(Expiry::After(seconds as i64))
    }
}

/// Where a filter holds, as apps say it.
pub(super) fn contexts(words: &[String]) -> Result<Vec<Context>> {
    words
        .iter()
        .map(|word| {
            Context::parse(word).ok_or_else(|| {
                Error::invalid(
                    "context",
                    "must be of home, notifications, public, thread, account",
                )
            })
        })
        .collect()
}

/// A filter as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    title: Option<String>,
    context: Option<Vec<String>>,
    filter_action: Option<String>,
    expires_in: Expiry,
    keywords_attributes: Vec<SentKeyword>,
}

impl Sent {
    fn draft(self) -> Result<Draft> {
        let action = match self.filter_action.as_deref() {
            None | Some("") => None,
            Some(word) => Some(
                Action::parse(word)
                    .ok_or_else(|| Error::invalid("filter_action", "must be warn, hide or blur"))?,
            ),
        };
        Ok(Draft {
            title: self.title,
            contexts: self.context.as_deref().map(contexts).transpose()?,
            action,
            expiry: self.expires_in,
            keywords: self
                .keywords_attributes
                .into_iter()
                .map(SentKeyword::draft)
                .collect(),
        })
    }
}

/// A word as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentKeyword {
    id: Option<i64>,
    keyword: Option<String>,
    whole_word: Option<bool>,
    _destroy: bool,
}

impl SentKeyword {
    fn draft(self) -> KeywordDraft {
        KeywordDraft {
            id: self.id,
            keyword: self.keyword,
            whole_word: self.whole_word,
            goes: self._destroy,
        }
    }
}

/// A post as an app sends it.
#[derive(Debug, Deserialize)]
pub struct SentStatus {
    status_id: i64,
}

/// `GET /api/v2/filters`
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let all = super::of(&app, client.me()?.account.id).await?;
    Ok(Reply::api(all.iter().map(whole).collect()))
}

/// `POST /api/v2/filters`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    let id = super::create(&app, me, &sent.draft()?).await?;
    one(&app, me, id).await
}

/// `GET /api/v2/filters/{id}`
pub async fn show(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    one(&app, client.me()?.account.id, id).await
}

/// `PUT /api/v2/filters/{id}`
pub async fn change(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    super::change(&app, me, id, &sent.draft()?).await?;
    one(&app, me, id).await
}

/// `DELETE /api/v2/filters/{id}`
pub async fn remove(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::remove(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}

async fn one(app: &App, me: i64, id: i64) -> Result<Reply> {
    Ok(Reply::api(whole(&super::find(app, me, id).await?)))
}

/// `GET /api/v2/filters/{id}/keywords`
pub async fn keywords(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let filter = super::find(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(
        filter.keywords.iter().map(keyword_entity).collect(),
    ))
}

/// `POST /api/v2/filters/{id}/keywords`
pub async fn add_keyword(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<SentKeyword>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    let id = super::add_keyword(&app, me, id, &sent.draft()).await?;
    one_keyword(&app, me, id).await
}

/// `GET /api/v2/filters/keywords/{id}`
pub async fn keyword(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    one_keyword(&app, client.me()?.account.id, id).await
}

/// `PUT /api/v2/filters/keywords/{id}`
pub async fn change_keyword(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<SentKeyword>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    super::change_keyword(&app, me, id, &sent.draft()).await?;
    one_keyword(&app, me, id).await
}

/// `DELETE /api/v2/filters/keywords/{id}`
pub async fn remove_keyword(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::remove_keyword(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}

async fn one_keyword(app: &App, me: i64, id: i64) -> Result<Reply> {
    let (_, keyword) = super::find_keyword(app, me, id).await?;
    Ok(Reply::api(keyword_entity(&keyword)))
}

/// `GET /api/v2/filters/{id}/statuses`
pub async fn statuses(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let filter = super::find(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(
        filter.statuses.iter().map(listed_entity).collect(),
    ))
}

/// `POST /api/v2/filters/{id}/statuses`
pub async fn add_status(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<SentStatus>,
) -> Result<Reply> {
    let listed = super::add_status(&app, client.me()?, id, sent.status_id).await?;
    Ok(Reply::api(listed_entity(&listed)))
}

/// `GET /api/v2/filters/statuses/{id}`
pub async fn status(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let listed = super::find_listed(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(listed_entity(&listed)))
}

/// `DELETE /api/v2/filters/statuses/{id}`
pub async fn remove_status(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::remove_status(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}
