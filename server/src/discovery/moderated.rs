//! For moderators' apps: what is talked about, with what they keep out of it, and their yes and no. Mastodon's words are
//! *approve* and *reject*.

use axum::extract::State;
use comity_policy::Way;
use serde_json::{Value, json};

use super::api::part;
use super::rejected::{self, Decision, Kind, link_id};
use super::trends::{self, Talk};
use crate::app::App;
use crate::cards;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::hashtags;
use crate::hashtags::entity::tag;
use crate::http::{Client, Id, Me, Paging, Path, Reply};
use crate::moderation::looked_after;
use crate::statuses;
use crate::statuses::entity::Entities;
use crate::text::hashtag;

/// What Mastodon tells of each besides. Nothing waits for a yes.
fn mark(entity: &mut Value, is_rejected: bool) {
    entity["trendable"] = json!(!is_rejected);
    entity["requires_review"] = json!(false);
}

fn topic(name: &str, history: Value, here: &Community, is_rejected: bool) -> Value {
    let mut entity = tag(name, here);
    entity["history"] = history;
    entity["usable"] = json!(true);
    mark(&mut entity, is_rejected);
    entity
}

/// `GET /api/v1/admin/trends/tags`
pub async fn topics(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let here = looked_after(me)?;
    let rejected = rejected::names(&app, here.id, Kind::Tag).await?;
    let talks = trends::topics(&app, &me.party()).await?;
    let now_ms = app.now_ms();
    let told = |talk: Talk| {
        let is_rejected = rejected.contains(&talk.name);
        topic(&talk.name, talk.history(now_ms), here, is_rejected)
    };
    let list: Vec<Value> = part(talks, &paging, 10, 100).map(told).collect();
    Ok(Reply::api(json!(list)))
}

/// `GET /api/v1/admin/trends/statuses`
pub async fn posts(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let here = looked_after(me)?;
    let rejected = rejected::names(&app, here.id, Kind::Status).await?;
    let posts = trends::posts(&app, &me.party()).await?;
    let posts: Vec<_> = part(posts, &paging, 20, 100).collect();
    let posts: Vec<&_> = posts.iter().collect();
    let caller = client.caller()?;
    let entities = Entities::of(&app, &caller, Way::PublicTimeline, &posts).await?;
    let mut list = Vec::with_capacity(posts.len());
    for post in &posts {
        let mut entity = entities.status(post);
        mark(&mut entity, rejected.contains(&post.id.to_string()));
        list.push(entity);
    }
    Ok(Reply::api(json!(list)))
}

/// `GET /api/v1/admin/trends/links`
pub async fn pages(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let here = looked_after(me)?;
    let rejected = rejected::names(&app, here.id, Kind::Link).await?;
    let talks = trends::pages(&app, &me.party()).await?;
    let talks: Vec<Talk> = part(talks, &paging, 10, 100).collect();
    let list = told_pages(&app, me, &talks, |url| rejected.contains(url)).await?;
    Ok(Reply::api(json!(list)))
}

async fn told_pages(
    app: &App,
    me: &Me,
    talks: &[Talk],
    is_rejected: impl Fn(&str) -> bool,
) -> Result<Vec<Value>> {
    let urls = talks.iter().map(|talk| talk.name.clone()).collect();
    let cards = cards::of_pages(app, &me.party(), urls).await?;
    let now_ms = app.now_ms();
    let told = |talk: &Talk| {
        let mut entity = trends::page(talk, cards.get(&talk.name), now_ms);
        entity["id"] = json!(link_id(&talk.name));
        mark(&mut entity, is_rejected(&talk.name));
        entity
    };
    Ok(talks.iter().map(told).collect())
}

/// `POST /api/v1/admin/trends/tags/{id}/approve`
pub async fn approve_topic(
    State(app): State<App>,
    client: Client,
    Path(id): Path<String>,
) -> Result<Reply> {
    decide_topic(&app, client.me()?, &id, Decision::Approve).await
}

/// `POST /api/v1/admin/trends/tags/{id}/reject`
pub async fn reject_topic(
    State(app): State<App>,
    client: Client,
    Path(id): Path<String>,
) -> Result<Reply> {
    decide_topic(&app, client.me()?, &id, Decision::Reject).await
}

async fn decide_topic(app: &App, me: &Me, id: &str, decision: Decision) -> Result<Reply> {
    let name = hashtag::name(id).filter(|name| name.chars().count() <= hashtags::LONGEST);
    let name = name.ok_or(Error::NotFound)?;
    rejected::decide(app, me, Kind::Tag, &name, decision).await?;
    let names = [name];
    let histories = trends::histories(app, &me.party(), &names).await?;
    let [name] = names;
    let history = histories.of(&name);
    let is_rejected = decision == Decision::Reject;
    Ok(Reply::api(topic(
        &name,
        history,
        &me.community,
        is_rejected,
    )))
}

/// `POST /api/v1/admin/trends/statuses/{id}/approve`
pub async fn approve_post(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    decide_post(&app, &client, id, Decision::Approve).await
}

/// `POST /api/v1/admin/trends/statuses/{id}/reject`
pub async fn reject_post(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    decide_post(&app, &client, id, Decision::Reject).await
}

async fn decide_post(app: &App, client: &Client, id: i64, decision: Decision) -> Result<Reply> {
    let me = client.me()?;
    looked_after(me)?;
    let post = statuses::find(app, &me.party(), Way::Rest, id).await?;
    rejected::decide(app, me, Kind::Status, &post.id.to_string(), decision).await?;
    let caller = client.caller()?;
    let entities = Entities::of(app, &caller, Way::Rest, &[&post]).await?;
    let mut entity = entities.status(&post);
    mark(&mut entity, decision == Decision::Reject);
    Ok(Reply::api(entity))
}

/// `POST /api/v1/admin/trends/links/{id}/approve`
pub async fn approve_page(
    State(app): State<App>,
    client: Client,
    Path(id): Path<String>,
) -> Result<Reply> {
    decide_page(&app, client.me()?, &id, Decision::Approve).await
}

/// `POST /api/v1/admin/trends/links/{id}/reject`
pub async fn reject_page(
    State(app): State<App>,
    client: Client,
    Path(id): Path<String>,
) -> Result<Reply> {
    decide_page(&app, client.me()?, &id, Decision::Reject).await
}

/// A page that is talked about, or that is rejected already; any other is not found, for its name leads nowhere.
async fn decide_page(app: &App, me: &Me, id: &str, decision: Decision) -> Result<Reply> {
    let here = looked_after(me)?;
    let mut talks = trends::pages(app, &me.party()).await?;
    talks.retain(|talk| link_id(&talk.name) == id);
    if talks.is_empty() {
        let rejected = rejected::names(app, here.id, Kind::Link).await?;
        let url = rejected.into_iter().find(|url| link_id(url) == id);
        talks.push(Talk::of_nobody(url.ok_or(Error::NotFound)?));
    }
    talks.truncate(1);
    for talk in &talks {
        rejected::decide(app, me, Kind::Link, &talk.name, decision).await?;
    }
    let told = told_pages(app, me, &talks, |_| decision == Decision::Reject).await?;
    Ok(Reply::api(told.into_iter().next().unwrap_or_default()))
}
