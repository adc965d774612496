//! Filters for apps that were written before Mastodon 4.0: each word is a filter by itself, named by the word's id.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::contexts;
use super::{Action, Draft, Expiry, Filter, Keyword, KeywordDraft};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Reply};
use crate::web::time;

fn entity(filter: &Filter, keyword: &Keyword) -> Value {
    let contexts: Vec<&str> = filter.contexts.iter().map(|c| c.as_str()).collect();
    json!({
        "id": keyword.id.to_string(),
        "phrase": keyword.keyword,
        "context": contexts,
        "whole_word": keyword.whole_word,
        "expires_at": filter.expires_at.map(time::iso_ms),
        "irreversible": filter.action == Action::Hide,
    })
}

/// A filter as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    phrase: Option<String>,
    context: Option<Vec<String>>,
    irreversible: Option<bool>,
    whole_word: Option<bool>,
    expires_in: Expiry,
}

impl Sent {
    fn draft(&self) -> Result<Draft> {
        Ok(Draft {
            title: self.phrase.clone(),
            contexts: self.context.as_deref().map(contexts).transpose()?,
            action: self
                .irreversible
                .map(|hides| if hides { Action::Hide } else { Action::Warn }),
            expiry: self.expires_in,
            keywords: Vec::new(),
        })
    }

    fn keyword(&self, id: Option<i64>) -> KeywordDraft {
        KeywordDraft {
            id,
            keyword: self.phrase.clone(),
            whole_word: self.whole_word,
            goes: false,
        }
    }
}

/// `GET /api/v1/filters`
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let all = super::of(&app, client.me()?.account.id).await?;
    let each = all.iter().flat_map(|filter| {
        let keywords = filter.keywords.iter();
        keywords.map(move |keyword| entity(filter, keyword))
    });
    Ok(Reply::api(each.collect()))
}

/// `POST /api/v1/filters`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    if sent.phrase.as_deref().unwrap_or_default().trim().is_empty() {
        return Err(Error::invalid("phrase", "can't be blank"));
    }
    let draft = Draft {
        keywords: vec![sent.keyword(None)],
        ..sent.draft()?
    };
    let id = super::create(&app, me, &draft).await?;
    let filter = super::find(&app, me, id).await?;
    let keyword = filter.keywords.first().ok_or(Error::NotFound)?;
    Ok(Reply::api(entity(&filter, keyword)))
}

/// `GET /api/v1/filters/{id}`
pub async fn show(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    one(&app, client.me()?.account.id, id).await
}

async fn one(app: &App, me: i64, id: i64) -> Result<Reply> {
    let (filter, keyword) = super::find_keyword(app, me, id).await?;
    Ok(Reply::api(entity(&filter, &keyword)))
}

/// `PUT /api/v1/filters/{id}`: where a filter has other words, only the word changes.
pub async fn change(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    let (filter, _) = super::find_keyword(&app, me, id).await?;
    let mut draft = sent.draft()?;
    if filter.keywords.len() > 1 {
        draft.title = None;
        let changes = draft
            .contexts
            .as_ref()
            .is_some_and(|contexts| *contexts != filter.contexts)
            || draft.action.is_some_and(|action| action != filter.action)
            || matches!(draft.expiry, Expiry::After(_));
        if changes {
            return Err(Error::invalid(
                "filter",
                "has several keywords; change it with an app that knows of them",
            ));
        }
        draft.expiry = Expiry::Unsaid;
    }
    draft.keywords = vec![sent.keyword(Some(id))];
    super::change(&app, me, filter.id, &draft).await?;
    one(&app, me, id).await
}

/// `DELETE /api/v1/filters/{id}`: with its last word a filter goes as well.
pub async fn remove(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?.account.id;
    let (filter, _) = super::find_keyword(&app, me, id).await?;
    if filter.keywords.len() == 1 && filter.statuses.is_empty() {
        super::remove(&app, me, filter.id).await?;
    } else {
        super::remove_keyword(&app, me, id).await?;
    }
    Ok(Reply::api(json!({})))
}
