//! A member's policy, for apps: in words since Mastodon 4.3's second version, in yes and no before.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Input, Me, Reply};
use crate::notifications::policy::{self, Answer, Policy};
use crate::notifications::requests;

/// Of people whom the community limits only those hear who follow them: the gate says so, and no setting.
const LIMITED: Answer = Answer::Drop;

async fn summary(app: &App, me: &Me) -> Result<Value> {
    let (people, told) = requests::count(app, &me.account).await?;
    Ok(json!({
        "pending_requests_count": people,
        "pending_notifications_count": told,
    }))
}

async fn told(app: &App, me: &Me) -> Result<Reply> {
    let policy = policy::of(app, me.account.id).await?;
    Ok(Reply::api(json!({
        "for_not_following": policy.not_following.as_str(),
        "for_not_followers": policy.not_followers.as_str(),
        "for_new_accounts": policy.new_accounts.as_str(),
        "for_private_mentions": policy.private_mentions.as_str(),
        "for_limited_accounts": LIMITED.as_str(),
        "summary": summary(app, me).await?,
    })))
}

/// `GET /api/v2/notifications/policy`
pub async fn show(State(app): State<App>, client: Client) -> Result<Reply> {
    told(&app, client.me()?).await
}

/// What of it changes; what is left out stays.
#[expect(clippy::struct_field_names, reason = "as apps send them")]
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    for_not_following: Option<String>,
    for_not_followers: Option<String>,
    for_new_accounts: Option<String>,
    for_private_mentions: Option<String>,
    for_limited_accounts: Option<String>,
}

/// `PATCH` and `PUT /api/v2/notifications/policy`: what is left out stays with both. What is wished of people whom the
/// community limits changes nothing, and the answer says what holds: apps send the whole policy where one line of it changes.
pub async fn change(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let mut policy = policy::of(&app, me.account.id).await?;
    set(
        &mut policy.not_following,
        "for_not_following",
        sent.for_not_following,
    )?;
    set(
        &mut policy.not_followers,
        "for_not_followers",
        sent.for_not_followers,
    )?;
    set(
        &mut policy.new_accounts,
        "for_new_accounts",
        sent.for_new_accounts,
    )?;
    set(
        &mut policy.private_mentions,
        "for_private_mentions",
        sent.for_private_mentions,
    )?;
    let mut wished = LIMITED;
    set(
        &mut wished,
        "for_limited_accounts",
        sent.for_limited_accounts,
    )?;
    policy::choose(&app, me.account.id, policy).await?;
    told(&app, me).await
}

fn set(answer: &mut Answer, field: &'static str, word: Option<String>) -> Result<()> {
    if let Some(word) = word {
        *answer = Answer::parse(&word)
            .ok_or_else(|| Error::invalid(field, "must be accept, filter or drop"))?;
    }
    Ok(())
}

async fn told_v1(app: &App, me: &Me) -> Result<Reply> {
    let policy = policy::of(app, me.account.id).await?;
    let filters = |answer: Answer| answer != Answer::Accept;
    Ok(Reply::api(json!({
        "filter_not_following": filters(policy.not_following),
        "filter_not_followers": filters(policy.not_followers),
        "filter_new_accounts": filters(policy.new_accounts),
        "filter_private_mentions": filters(policy.private_mentions),
        "summary": summary(app, me).await?,
    })))
}

/// `GET /api/v1/notifications/policy`
pub async fn show_v1(State(app): State<App>, client: Client) -> Result<Reply> {
    told_v1(&app, client.me()?).await
}

/// The same in yes and no.
#[expect(clippy::struct_field_names, reason = "as apps send them")]
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentV1 {
    filter_not_following: Option<bool>,
    filter_not_followers: Option<bool>,
    filter_new_accounts: Option<bool>,
    filter_private_mentions: Option<bool>,
}

/// `PATCH` and `PUT /api/v1/notifications/policy`
pub async fn change_v1(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<SentV1>,
) -> Result<Reply> {
    let me = client.me()?;
    let policy = policy::of(&app, me.account.id).await?;
    let set = |now: Answer, filters: Option<bool>| match filters {
        None => now,
        Some(false) => Answer::Accept,
        // What is dropped is filtered already.
        Some(true) if now == Answer::Drop => now,
        Some(true) => Answer::Filter,
    };
    let policy = Policy {
        not_following: set(policy.not_following, sent.filter_not_following),
        not_followers: set(policy.not_followers, sent.filter_not_followers),
        new_accounts: set(policy.new_accounts, sent.filter_new_accounts),
        private_mentions: set(policy.private_mentions, sent.filter_private_mentions),
    };
    policy::choose(&app, me.account.id, policy).await?;
    told_v1(&app, me).await
}
