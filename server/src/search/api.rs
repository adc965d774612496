//! Search for apps.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use comity_policy::Way;

use crate::accounts::entity::{Told, whole_many};
use crate::app::App;
use crate::discovery::histories;
use crate::error::{Error, Result};
use crate::followed_tags::api::marks;
use crate::follows;
use crate::hashtags::entity::{counted, marked};
use crate::http::takes::Argument;
use crate::http::{Caller, Client, Input, Kind, Paging, Reply, address};
use crate::oauth::Scopes;
use crate::statuses::entity::{Entities, Written};
use crate::text::hashtag;
use crate::window::Window;

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

/// The neighbourhood of the address that asks.
pub struct Neighbourhood(String);

impl Argument for Neighbourhood {}

impl FromRequestParts<App> for Neighbourhood {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Neighbourhood, Infallible> {
        let from = address::client(parts, &app.config);
        Ok(Neighbourhood(address::neighbourhood(from)))
    }
}

/// `GET /api/v2/search`. Visitors are served as by Mastodon: nobody is asked for them, and they read the first page. Whatever
/// they look for, they are counted by where they are.
pub async fn search(
    State(app): State<App>,
    caller: Caller,
    client: Option<Client>,
    Neighbourhood(from): Neighbourhood,
    paging: Paging,
    Input(question): Input<Question>,
) -> Result<Reply> {
    if caller.me.is_none() {
        check_visitor(&paging, &question)?;
        app.limits.check(Kind::Search, &from)?;
    }
    let follows = Scopes::of("read:follows");
    let topics = if client.is_some_and(|client| client.grant.scopes.cover(&follows)) {
        Topics::Marked
    } else {
        Topics::Counted
    };
    let found = Box::pin(answer(&app, &caller, &paging, &question, topics)).await?;
    Ok(Reply::api_written(found))
}

/// In Mastodon's words, which apps may compare.
fn check_visitor(paging: &Paging, question: &Question) -> Result<()> {
    let what = if paging.offset() > 0 {
        "search queries pagination is"
    } else if question.resolve {
        "search queries that resolve remote resources are"
    } else {
        return Ok(());
    };
    Err(Error::MembersOnly(format!(
        "{what} not supported without authentication"
    )))
}

/// `GET /api/v1/search`: the same for members, with the names of topics alone.
pub async fn search_v1(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(question): Input<Question>,
) -> Result<Reply> {
    let caller = client.caller()?;
    client.me()?;
    let found = Box::pin(answer(&app, &caller, &paging, &question, Topics::Named)).await?;
    Ok(Reply::api_written(found))
}

/// How topics that were found are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Topics {
    /// With how often they were named, and what the member has to do with them.
    Marked,
    /// With how often they were named.
    Counted,
    /// By their names.
    Named,
}

/// What was found, in the order of the names.
#[derive(Serialize)]
struct Answer<'a> {
    accounts: Vec<Told>,
    hashtags: Vec<Value>,
    statuses: Vec<Written<'a>>,
}

/// As JSON.
async fn answer(
    app: &App,
    caller: &Caller,
    paging: &Paging,
    question: &Question,
    topics: Topics,
) -> Result<String> {
    let wants = |kind: &str| question.r#type.is_empty() || question.r#type == kind;
    if !["", "accounts", "hashtags", "statuses"].contains(&question.r#type.as_str()) {
        return Err(Error::invalid(
            "type",
            "must be accounts, hashtags or statuses",
        ));
    }
    let party = caller.party();
    let most = usize::try_from(paging.limit(20, 40)).unwrap_or_default();
    let skip = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let found = match &caller.me {
        Some(me) => {
            let wanted = super::People {
                following: question.following,
                most: skip.saturating_add(most),
            };
            super::look(app, me, &question.q, question.resolve, wanted).await?
        }
        None if wants("accounts") => super::look_as_visitor(app, &party, &question.q, most).await?,
        None => super::Results::default(),
    };
    let mut people: Vec<&_> = found.people.iter().filter(|_| wants("accounts")).collect();
    if let Some(me) = caller.account_id().filter(|_| question.following) {
        let ids = people.iter().map(|account| account.id).collect();
        let states = follows::states(app, me, ids).await?;
        people.retain(|account| {
            let state = states.get(&account.id);
            state.is_some_and(|(mine, _)| *mine == follows::State::Accepted)
        });
    }
    let people: Vec<_> = people.into_iter().skip(skip).take(most).collect();
    let accounts = whole_many(app, super::way(&party), &people, &caller.community).await?;
    let by = match question.account_id.trim() {
        "" => None,
        // Nobody has a number that is none.
        id => Some(id.parse::<i64>().map_or(0, |id| id.max(0))),
    };
    let window = match &caller.me {
        Some(_) => paging.window(),
        None => Window::older_than(i64::MAX),
    };
    let page = super::Page {
        window,
        skip,
        most,
        by,
    };
    let said = if wants("statuses") && found.statuses.is_empty() {
        let found = Box::pin(super::posts(app, caller, &question.q, page)).await?;
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
    let way = match &caller.me {
        Some(_) => Way::Lookup,
        None => super::way(&party),
    };
    let entities = Entities::of(app, caller, way, &statuses).await?;
    let statuses = statuses
        .iter()
        .map(|status| entities.written(status))
        .collect();
    let prefix = hashtag::folded(question.q.trim().trim_start_matches('#'));
    let is_one_word = !prefix.is_empty() && !question.q.trim().contains(' ');
    let mut hashtags: Vec<Value> = Vec::new();
    if wants("hashtags") && is_one_word {
        let names = super::topics(app, &party, &prefix).await?;
        let names = names.into_iter().skip(skip).take(most).collect();
        hashtags = told(app, caller, names, topics).await?;
    }
    Ok(serde_json::to_string(&Answer {
        accounts,
        hashtags,
        statuses,
    })?)
}

/// Topics by their names, as they are told.
async fn told(
    app: &App,
    caller: &Caller,
    names: Vec<String>,
    topics: Topics,
) -> Result<Vec<Value>> {
    if topics == Topics::Named {
        return Ok(names.into_iter().map(Value::String).collect());
    }
    let here = &caller.community;
    let histories = histories(app, &caller.party(), &names).await?;
    let me = caller.account_id().filter(|_| topics == Topics::Marked);
    Ok(match me {
        None => names
            .iter()
            .map(|name| counted(name, here, &histories))
            .collect(),
        Some(me) => {
            let marks = marks(app, me, &names).await?;
            names
                .iter()
                .map(|name| marked(name, here, &histories, &marks))
                .collect()
        }
    })
}
