//! For apps: people, suggestions, what is talked about, and how much goes on.

use axum::extract::State;
use comity_policy::{Mode, Way};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Order, Source, talked, trends};
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::cards;
use crate::error::{Error, Result};
use crate::hashtags::entity::tag;
use crate::http::{Caller, Client, Id, Input, Paging, Reply};
use crate::statuses::entity::Entities;

/// How an app wants people listed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    order: String,
    local: bool,
}

/// `GET /api/v1/directory`: people who want to be found. Visitors are shown who lives here.
pub async fn directory(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let order = match choice.order.as_str() {
        "" | "active" => Order::Active,
        "new" => Order::New,
        _ => return Err(Error::invalid("order", "must be active or new")),
    };
    let (skip, most) = (paging.offset(), paging.limit(40, 80));
    let (people, _) = super::directory(&app, &caller, order, choice.local, skip, most).await?;
    let party = caller.party();
    let way = super::way(&party);
    let faces = Faces::of(&app, &party, way, &caller.community, &people).await?;
    Ok(Reply::api(faces.in_order(&people)))
}

async fn suggested(app: &App, client: &Client, paging: &Paging) -> Result<Vec<(Value, Source)>> {
    let me = client.me()?;
    let most = usize::try_from(paging.limit(40, 80)).unwrap_or_default();
    let found = super::suggestions(app, me, most).await?;
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    let faces = Faces::of(app, &me.party(), Way::Search, &me.community, &ids).await?;
    let told = |(id, source): &(i64, Source)| Some((faces.get(*id)?, *source));
    Ok(found.iter().filter_map(told).collect())
}

/// `GET /api/v2/suggestions`
pub async fn suggestions(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let told = suggested(&app, &client, &paging).await?;
    let entity = |(account, source): (Value, Source)| {
        // The first of both words is of older apps.
        let (old, new) = match source {
            Source::FriendsOfFriends => ("past_interactions", "friends_of_friends"),
            Source::MostFollowed => ("global", "most_followed"),
        };
        json!({ "source": old, "sources": [new], "account": account })
    };
    let list: Vec<Value> = told.into_iter().map(entity).collect();
    Ok(Reply::api(json!(list)))
}

/// `GET /api/v1/suggestions`
pub async fn suggestions_v1(
    State(app): State<App>,
    client: Client,
    paging: Paging,
) -> Result<Reply> {
    let told = suggested(&app, &client, &paging).await?;
    let list: Vec<Value> = told.into_iter().map(|(account, _)| account).collect();
    Ok(Reply::api(json!(list)))
}

/// `DELETE /api/v1/suggestions/{id}`
pub async fn dismiss(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::dismiss(&app, client.me()?, id).await?;
    Ok(Reply::api(json!({})))
}

/// A community by choice tells visitors nothing of itself.
fn is_kept(caller: &Caller) -> bool {
    caller.me.is_none() && caller.community.mode == Mode::AllowList
}

/// `GET /api/v1/instance/peers`: servers we know and do not refuse, where the community says so.
pub async fn peers(State(app): State<App>, caller: Caller) -> Result<Reply> {
    if !caller.community.shows_peers || is_kept(&caller) {
        return Ok(Reply::api(json!([])));
    }
    Ok(Reply::api(json!(
        super::peers(&app, &caller.community).await?
    )))
}

/// Bytes of a name that the DNS has (RFC 1035, section 2.3.4).
const LONGEST_DOMAIN: usize = 253;

/// What an app has of a server's name so far.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    q: String,
}

/// `GET /api/v1/peers/search`: those of the known servers one of whose labels begins so, for apps that complete what is
/// typed.
pub async fn peers_search(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
    Input(begun): Input<Begun>,
) -> Result<Reply> {
    let begun = begun.q.trim().to_lowercase();
    let is_name = (1..=LONGEST_DOMAIN).contains(&begun.len());
    if !is_name || !caller.community.shows_peers || is_kept(&caller) {
        return Ok(Reply::api(json!([])));
    }
    let within = format!(".{begun}");
    let mut known = super::peers(&app, &caller.community).await?;
    known.retain(|domain| domain.starts_with(&begun) || domain.contains(&within));
    let some: Vec<String> = part(known, &paging, 10, 10).collect();
    Ok(Reply::api(json!(some)))
}

/// `GET /api/v1/instance/activity`: numbers are text, as in Mastodon. What it calls logins are members who wrote.
pub async fn activity(State(app): State<App>, caller: Caller) -> Result<Reply> {
    if is_kept(&caller) {
        return Ok(Reply::api(json!([])));
    }
    let weeks = super::activity(&app, caller.community.id).await?;
    let entity = |week: &super::Week| {
        json!({
            "week": (week.begins_ms / 1000).to_string(),
            "statuses": week.statuses.to_string(),
            "logins": week.writers.to_string(),
            "registrations": week.registrations.to_string(),
        })
    };
    let list: Vec<Value> = weeks.iter().map(entity).collect();
    Ok(Reply::api(json!(list)))
}

/// Some of a list, by number.
pub(super) fn part<T>(
    list: Vec<T>,
    paging: &Paging,
    usual: i64,
    most: i64,
) -> impl Iterator<Item = T> {
    let skip = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let most = usize::try_from(paging.limit(usual, most)).unwrap_or_default();
    list.into_iter().skip(skip).take(most)
}

/// `GET /api/v1/trends/tags`, also `GET /api/v1/trends`
pub async fn trending_tags(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
) -> Result<Reply> {
    let talks = talked::topics(&app, &caller).await?.shown;
    let now_ms = app.now_ms();
    let entity = |talk: trends::Talk| {
        let mut entity = tag(&talk.name, &caller.community);
        entity["history"] = talk.history(now_ms);
        entity
    };
    let list: Vec<Value> = part(talks, &paging, 10, 20).map(entity).collect();
    Ok(Reply::api(json!(list)))
}

/// `GET /api/v1/trends/links`
pub async fn trending_links(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
) -> Result<Reply> {
    let talks = talked::pages(&app, &caller).await?.shown;
    let now_ms = app.now_ms();
    let talks: Vec<trends::Talk> = part(talks, &paging, 10, 20).collect();
    let urls = talks.iter().map(|talk| talk.name.clone()).collect();
    let cards = cards::of_pages(&app, &caller.party(), urls).await?;
    let list: Vec<Value> = talks
        .iter()
        .map(|talk| trends::page(talk, cards.get(&talk.name), now_ms))
        .collect();
    Ok(Reply::api(json!(list)))
}

/// `GET /api/v1/trends/statuses`
pub async fn trending_statuses(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
) -> Result<Reply> {
    let posts = talked::posts(&app, &caller).await?.shown;
    let posts: Vec<_> = part(posts, &paging, 20, 40).collect();
    let posts: Vec<&_> = posts.iter().collect();
    let entities = Entities::of(&app, &caller, Way::PublicTimeline, &posts).await?;
    let list: Vec<Value> = posts.iter().map(|post| entities.status(post)).collect();
    Ok(Reply::api(json!(list)))
}
