//! Search for apps.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use comity_policy::Way;

use crate::accounts::entity::entity;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Input, Paging, Reply};
use crate::statuses::entity::Entities;
use crate::text::hashtag;
use crate::{follows, hashtags};

/// What an app looks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    q: String,
    r#type: String,
    resolve: bool,
    following: bool,
}

/// `GET /api/v2/search`
pub async fn search(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(question): Input<Question>,
) -> Result<Reply> {
    let me = client.me()?;
    let wants = |kind: &str| question.r#type.is_empty() || question.r#type == kind;
    if !["", "accounts", "hashtags", "statuses"].contains(&question.r#type.as_str()) {
        return Err(Error::invalid(
            "type",
            "must be accounts, hashtags or statuses",
        ));
    }
    let most = usize::try_from(paging.limit(20, 40)).unwrap_or_default();
    let skip = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let found = super::look(&app, me, &question.q, question.resolve).await?;
    let mut people: Vec<&_> = found.people.iter().filter(|_| wants("accounts")).collect();
    if question.following {
        let ids = people.iter().map(|account| account.id).collect();
        let states = follows::states(&app, me.account.id, ids).await?;
        people.retain(|account| {
            let state = states.get(&account.id);
            state.is_some_and(|(mine, _)| *mine == follows::State::Accepted)
        });
    }
    let people: Vec<Value> = people
        .into_iter()
        .skip(skip)
        .take(most)
        .map(|account| entity(account, &me.community))
        .collect();
    let statuses: Vec<&_> = found
        .statuses
        .iter()
        .filter(|_| wants("statuses"))
        .skip(skip)
        .take(most)
        .collect();
    let entities = Entities::of(&app, &client.caller()?, Way::Lookup, &statuses).await?;
    let statuses: Vec<Value> = statuses
        .iter()
        .map(|status| entities.status(status))
        .collect();
    let prefix = hashtag::folded(question.q.trim().trim_start_matches('#'));
    let names = match wants("hashtags") && !prefix.is_empty() && !question.q.trim().contains(' ') {
        true => hashtags::beginning(&app.db, &prefix, paging.limit(20, 40)).await?,
        false => Vec::new(),
    };
    let tags: Vec<Value> = names
        .iter()
        .skip(skip)
        .map(|name| crate::statuses::entity::tag(name, &me.community))
        .collect();
    Ok(Reply::api(json!({
        "accounts": people,
        "statuses": statuses,
        "hashtags": tags,
    })))
}
