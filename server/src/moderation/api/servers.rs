//! Rules of a community about servers, for moderators' apps: each block or allow is a rule like one from the page, with
//! the record that rules have.

use axum::extract::State;
use comity_policy::{Conditions, Pattern, Rule, Stance};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Me, Paging, Reply};
use crate::moderation::{entity, looked_after};
use crate::rules::{self, NewRule, Source, in_force, of_community, read_pattern};

/// How a rule is told.
type Told = fn(&Rule) -> Option<Value>;

fn list(app: &App, me: &Me, paging: &Paging, told: Told) -> Result<Reply> {
    let scope = of_community(looked_after(me)?);
    let (window, limit) = (paging.window(), paging.limit(100, 200));
    let mut all: Vec<(i64, Value)> = in_force(app, scope)
        .iter()
        .filter_map(|rule| Some((rule.id.0, told(rule)?)))
        .filter(|(id, _)| *id < window.below && *id > window.above)
        .collect();
    all.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let limit = usize::try_from(limit).unwrap_or_default();
    if window.from_below {
        all = all.split_off(all.len().saturating_sub(limit));
    }
    let goes_on = all.len() > limit || window.from_below;
    all.truncate(limit);
    let newest = all.first().map(|(id, _)| *id);
    let oldest = all.last().map(|(id, _)| *id).filter(|_| goes_on);
    let list: Vec<Value> = all.into_iter().map(|(_, rule)| rule).collect();
    Ok(Reply::api(json!(list)).with_links(paging.links(&me.community, newest, oldest)))
}

async fn found(app: &App, me: &Me, id: i64, told: Told) -> Result<(Rule, Value)> {
    let scope = of_community(looked_after(me)?);
    let rule = rules::standing_for(app, scope, id).await?;
    let rule = rule.ok_or(Error::NotFound)?;
    let entity = told(&rule).ok_or(Error::NotFound)?;
    Ok((rule, entity))
}

/// A rule about a server, as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    domain: String,
    severity: Option<String>,
    reject_media: Option<bool>,
    reject_reports: Option<bool>,
    obfuscate: Option<bool>,
    private_comment: Option<String>,
    public_comment: Option<String>,
}

fn pattern(app: &App, me: &Me, name: &str) -> Result<Pattern> {
    let scope = of_community(&me.community);
    let pattern = read_pattern(app, scope, name.trim())?;
    if !matches!(pattern, Pattern::Host(_) | Pattern::Domain(_)) {
        return Err(Error::invalid("domain", "must be the name of a server"));
    }
    rules::check_pattern(app, scope, &pattern)?;
    Ok(pattern)
}

fn stance(word: Option<&str>, before: Stance) -> Result<Stance> {
    match word {
        None => Ok(before),
        Some("suspend") => Ok(Stance::Refused),
        Some("silence") => Ok(Stance::Limited),
        Some(_) => Err(Error::invalid(
            "severity",
            "must be silence or suspend; the page of boundaries knows more",
        )),
    }
}

/// To whom rules are shown is settled for the whole community, and there they are shown by their names.
fn check_plain(sent: &Sent) -> Result<()> {
    if sent.obfuscate == Some(true) {
        return Err(Error::invalid(
            "obfuscate",
            "cannot be done; a rule without a public comment is shown to members only",
        ));
    }
    Ok(())
}

fn conditions(before: Conditions, sent: &Sent) -> Conditions {
    let keep = |condition, said: Option<bool>| match said {
        Some(true) => condition,
        None if before.contains(condition) => condition,
        Some(false) | None => Conditions::NONE,
    };
    let others = rules_others(before);
    others
        | keep(Conditions::DROP_MEDIA, sent.reject_media)
        | keep(Conditions::REJECT_REPORTS, sent.reject_reports)
}

/// What apps have no word for stays as it was set.
fn rules_others(before: Conditions) -> Conditions {
    [
        Conditions::MARK_SENSITIVE,
        Conditions::DROP_PREVIEWS,
        Conditions::NO_BOOSTS,
        Conditions::REPLIES_NEED_APPROVAL,
        Conditions::FOLLOWS_NEED_APPROVAL,
        Conditions::NO_DIRECT,
        Conditions::APPEND_NOTICE,
    ]
    .into_iter()
    .filter(|condition| before.contains(*condition))
    .fold(Conditions::NONE, |all, one| all | one)
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// What an app says in place of what was said before: an empty text takes it away.
fn said(text: Option<String>, before: Option<String>) -> Option<String> {
    match text {
        None => before,
        text => given(text),
    }
}

async fn told(app: &App, me: &Me, id: i64, told: Told) -> Result<Reply> {
    Ok(Reply::api(found(app, me, id, told).await?.1))
}

/// `GET /api/v1/admin/domain_blocks`
pub async fn blocks(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    list(&app, client.me()?, &paging, entity::block)
}

/// `GET /api/v1/admin/domain_blocks/{id}`
pub async fn show_block(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    told(&app, client.me()?, id, entity::block).await
}

/// `POST /api/v1/admin/domain_blocks`
pub async fn block(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let scope = of_community(looked_after(me)?);
    check_plain(&sent)?;
    let pattern = pattern(&app, me, &sent.domain)?;
    if in_force(&app, scope)
        .iter()
        .any(|rule| rule.pattern == pattern && entity::block(rule).is_some())
    {
        return Err(Error::invalid(
            "domain",
            "is blocked already; change that rule",
        ));
    }
    let new = NewRule {
        conditions: conditions(rules::conditions::added(&app, scope, &pattern), &sent),
        lapsing: rules::lapsing(&app, scope, &pattern, conditions(Conditions::NONE, &sent)).await?,
        reason_public: given(sent.public_comment),
        reason_moderators: given(sent.private_comment),
        set_by: Some(me.account.id),
        ..NewRule::about(
            scope,
            pattern,
            stance(sent.severity.as_deref(), Stance::Limited)?,
            Source::Person,
        )
    };
    let id = rules::set(&app, new).await?;
    told(&app, me, id, entity::block).await
}

/// `PUT /api/v1/admin/domain_blocks/{id}`: another rule takes its place, with a number of its own; it is found by both.
pub async fn change_block(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let (rule, before) = found(&app, me, id, entity::block).await?;
    check_plain(&sent)?;
    // Two stances share a word: whoever sends back the one that they were told changes nothing.
    let word = sent.severity.as_deref();
    let word = word.filter(|word| before["severity"] != *word);
    // Nor is chosen anew what the rule has.
    let chosen = conditions(Conditions::NONE, &sent).without(rule.conditions);
    let new = NewRule {
        conditions: conditions(rule.conditions, &sent),
        lapsing: rules::lapsing_of(&app, &rule, chosen).await?,
        reason_public: said(sent.public_comment.clone(), rule.reason_public),
        reason_members: rule.reason_members,
        reason_moderators: said(sent.private_comment.clone(), rule.reason_moderators),
        evidence: rule.evidence,
        review_at: rule.review_at,
        expires_at: rule.expires_at,
        set_by: Some(me.account.id),
        ..NewRule::about(
            rule.scope,
            rule.pattern,
            stance(word, rule.stance)?,
            Source::Person,
        )
    };
    let id = rules::set(&app, new).await?;
    told(&app, me, id, entity::block).await
}

/// `DELETE /api/v1/admin/domain_blocks/{id}`: the rule is taken back; its history stays. A rule that only added something, of
/// which the block took the place, is there again.
pub async fn unblock(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let (rule, _) = found(&app, me, id, entity::block).await?;
    rules::unblock(&app, &rule, Some(me.account.id)).await?;
    Ok(Reply::api(json!({})))
}

/// `GET /api/v1/admin/domain_allows`
pub async fn allows(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    list(&app, client.me()?, &paging, entity::allow)
}

/// `GET /api/v1/admin/domain_allows/{id}`
pub async fn show_allow(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    told(&app, client.me()?, id, entity::allow).await
}

/// `POST /api/v1/admin/domain_allows`
pub async fn allow(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let scope = of_community(looked_after(me)?);
    let pattern = pattern(&app, me, &sent.domain)?;
    let known = in_force(&app, scope);
    let known = known.iter().find(|rule| rule.pattern == pattern);
    let id = match known {
        Some(rule) if rule.stance == Stance::Open => rule.id.0,
        Some(rule) if rule.stance != Stance::Unchanged => {
            return Err(Error::invalid(
                "domain",
                "is blocked; take that rule back first",
            ));
        }
        Some(_) | None => {
            let new = NewRule {
                conditions: rules::conditions::added(&app, scope, &pattern),
                lapsing: rules::lapsing(&app, scope, &pattern, Conditions::NONE).await?,
                set_by: Some(me.account.id),
                ..NewRule::about(scope, pattern, Stance::Open, Source::Person)
            };
            rules::set(&app, new).await?
        }
    };
    told(&app, me, id, entity::allow).await
}

/// `DELETE /api/v1/admin/domain_allows/{id}`
pub async fn disallow(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let (rule, _) = found(&app, me, id, entity::allow).await?;
    rules::end(&app, rule.scope, rule.id.0, Some(me.account.id)).await?;
    Ok(Reply::api(json!({})))
}
