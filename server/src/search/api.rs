//! Search for apps.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use comity_policy::Way;

use crate::accounts::entity::whole_many;
use crate::app::App;
use crate::discovery::histories;
use crate::error::{Error, Result};
use crate::follows;
use crate::hashtags::entity::counted;
use crate::http::{Client, Input, Paging, Reply};
use crate::statuses::entity::Entities;
use crate::text::hashtag;

/// What an app looks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    q: String,
    r#type: String,
    resolve: bool,
    following: bool,
    account_id: String,
}

/// `GET /api/v2/search`
pub async fn search(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(question): Input<Question>,
) -> Result<Reply> {
    let found = Box::pin(answer(&app, &client, &paging, &question)).await?;
    Ok(Reply::api(found))
}

/// `GET /api/v1/search`: the same, with the names of topics alone.
pub async fn search_v1(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(question): Input<Question>,
) -> Result<Reply> {
    let mut found = Box::pin(answer(&app, &client, &paging, &question)).await?;
    let tags = found["hashtags"].as_array();
    let names: Vec<Value> = tags
        .into_iter()
        .flatten()
        .map(|tag| tag["name"].clone())
        .collect();
    found["hashtags"] = json!(names);
    Ok(Reply::api(found))
}

async fn answer(app: &App, client: &Client, paging: &Paging, question: &Question) -> Result<Value> {
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
    let wanted = super::People {
        following: question.following,
        most: skip.saturating_add(most),
    };
    let found = super::look(app, me, &question.q, question.resolve, wanted).await?;
    let mut people: Vec<&_> = found.people.iter().filter(|_| wants("accounts")).collect();
    if question.following {
        let ids = people.iter().map(|account| account.id).collect();
        let states = follows::states(app, me.account.id, ids).await?;
        people.retain(|account| {
            let state = states.get(&account.id);
            state.is_some_and(|(mine, _)| *mine == follows::State::Accepted)
        });
    }
    let people: Vec<_> = people.into_iter().skip(skip).take(most).collect();
    let people = whole_many(app, Way::Search, &people, &me.community).await?;
    let by = match question.account_id.trim() {
        "" => None,
        // Nobody has a number that is none.
        id => Some(id.parse::<i64>().map_or(0, |id| id.max(0))),
    };
    let page = super::Page {
        window: paging.window(),
        skip,
        most,
        by,
    };
    let said = if wants("statuses") && found.statuses.is_empty() {
        let found = Box::pin(super::posts(app, me, &question.q, page)).await?;
        found.posts
    } else {
        Vec::new()
    };
    let statuses: Vec<&_> = found
        .statuses
        .iter()
        .filter(|status| by.is_none_or(|id| status.author.id == id))
        .filter(|_| wants("statuses"))
        .skip(skip)
        .take(most)
        .chain(&said)
        .collect();
    let entities = Entities::of(app, &client.caller()?, Way::Lookup, &statuses).await?;
    let statuses: Vec<Value> = statuses
        .iter()
        .map(|status| entities.status(status))
        .collect();
    let prefix = hashtag::folded(question.q.trim().trim_start_matches('#'));
    let is_one_word = !prefix.is_empty() && !question.q.trim().contains(' ');
    let mut tags: Vec<Value> = Vec::new();
    if wants("hashtags") && is_one_word {
        let names = super::topics(app, &me.party(), &prefix).await?;
        let names: Vec<String> = names.into_iter().skip(skip).take(most).collect();
        let histories = histories(app, &me.party(), &names).await?;
        tags.extend(
            names
                .iter()
                .map(|name| counted(name, &me.community, &histories)),
        );
    }
    Ok(json!({
        "accounts": people,
        "statuses": statuses,
        "hashtags": tags,
    }))
}
