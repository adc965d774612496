//! Servers that a member refuses, as Mastodon's apps know them: each is a rule of the member's own about a server.

use axum::extract::State;
use comity_policy::{Pattern, Rule, Stance};
use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{NewRule, Source};
use super::{conditions, in_force, of_member, read_pattern, set};
use crate::app::App;
use crate::error::{Error, Result};
use crate::follows;
use crate::http::{Client, Input, Me, Paging, Reply};

/// A server.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    domain: String,
}

/// The server that a rule refuses outright, if it is such a rule.
fn refused(rule: &Rule) -> Option<String> {
    match &rule.pattern {
        Pattern::Host(domain) | Pattern::Domain(domain) if rule.stance == Stance::Refused => {
            Some(domain.as_str().to_owned())
        }
        _ => None,
    }
}

/// `GET /api/v1/domain_blocks`
pub async fn list(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let (window, limit) = (paging.window(), paging.limit(100, 200));
    let mut rules: Vec<(i64, String)> = in_force(&app, of_member(&me.account)?)
        .iter()
        .filter_map(|rule| Some((rule.id.0, refused(rule)?)))
        .filter(|(id, _)| *id < window.below && *id > window.above)
        .collect();
    rules.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let limit = usize::try_from(limit).unwrap_or_default();
    if window.from_below {
        rules = rules.split_off(rules.len().saturating_sub(limit));
    }
    let goes_on = rules.len() > limit || window.from_below;
    rules.truncate(limit);
    let newest = rules.first().map(|(id, _)| *id);
    let oldest = rules.last().map(|(id, _)| *id).filter(|_| goes_on);
    let domains: Vec<Value> = rules.iter().map(|(_, domain)| json!(domain)).collect();
    Ok(Reply::api(json!(domains)).with_links(paging.links(&me.community, newest, oldest)))
}

/// `GET /api/v1/domain_blocks/preview?domain=`: how many one follows there, and is followed by.
pub async fn preview(
    State(app): State<App>,
    client: Client,
    Input(named): Input<Named>,
) -> Result<Reply> {
    let me = client.me()?;
    let (domain, below) = match pattern(&app, me, &named)? {
        Pattern::Host(domain) => (domain, false),
        Pattern::Domain(domain) => (domain, true),
        _ => return Err(Error::invalid("domain", "must be the name of a server")),
    };
    let (following, followers) = follows::at(&app, me.account.id, &domain, below).await?;
    Ok(Reply::api(json!({
        "following_count": following,
        "followers_count": followers,
    })))
}

/// `POST /api/v1/domain_blocks`: a rule like one from the page. Doing it twice changes nothing. What a rule of the member's
/// own only added about the server is kept in it.
pub async fn block(
    State(app): State<App>,
    client: Client,
    Input(named): Input<Named>,
) -> Result<Reply> {
    let me = client.me()?;
    let pattern = pattern(&app, me, &named)?;
    if find(&app, me, &pattern)?.is_none() {
        let scope = of_member(&me.account)?;
        // It may outlast its time in the block, which refuses all anyway; unblocking brings back none whose time is over.
        let rule = NewRule {
            conditions: conditions::added(&app, scope, &pattern),
            set_by: Some(me.account.id),
            ..NewRule::about(scope, pattern, Stance::Refused, Source::Person)
        };
        set(&app, rule).await?;
    }
    Ok(Reply::api(json!({})))
}

/// `DELETE /api/v1/domain_blocks`: the rule is taken back; a server that none is about is none. A rule that only added
/// something, of which the block took the place, is there again. *Not found* where the block ended meanwhile.
pub async fn unblock(
    State(app): State<App>,
    client: Client,
    Input(named): Input<Named>,
) -> Result<Reply> {
    let me = client.me()?;
    let pattern = pattern(&app, me, &named)?;
    if let Some(rule) = find(&app, me, &pattern)? {
        super::unblock(&app, &rule, Some(me.account.id)).await?;
    }
    Ok(Reply::api(json!({})))
}

fn pattern(app: &App, me: &Me, named: &Named) -> Result<Pattern> {
    let pattern = read_pattern(app, of_member(&me.account)?, named.domain.trim())?;
    match pattern {
        Pattern::Host(_) | Pattern::Domain(_) => Ok(pattern),
        _ => Err(Error::invalid("domain", "must be the name of a server")),
    }
}

fn find(app: &App, me: &Me, pattern: &Pattern) -> Result<Option<Rule>> {
    let rules = in_force(app, of_member(&me.account)?);
    let mut refusals = rules
        .into_iter()
        .filter(|rule| rule.stance == Stance::Refused);
    Ok(refusals.find(|rule| rule.pattern == *pattern))
}

/// Whether a rule of the member's own refuses the server of somebody.
pub fn refuses(rules: &[Rule], host: &comity_vocab::Domain) -> bool {
    rules.iter().any(|rule| {
        rule.stance == Stance::Refused
            && match &rule.pattern {
                Pattern::Host(domain) => domain == host,
                Pattern::Domain(domain) => host.is_within(domain),
                _ => false,
            }
    })
}
