//! Why something is as it is, and one's rules, for apps: what the pages say, as data.

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use comity_policy::{Pattern, Rule, Stance};
use serde::Deserialize;
use serde_json::{Value, json};

use super::web::{WhyQuestion, answer, view};
use super::{in_force, of_community, of_member};
use crate::app::App;
use crate::error::Result;
use crate::hex::hex;
use crate::http::{Client, Input, Reply};
use crate::web::view::{OutcomeView, RuleView, WhyPage};

/// What an app asks about: a server, a handle or an address, or one post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    about: String,
    status_id: Option<i64>,
}

/// `GET /api/comity/v1/why?about=` or `?status_id=`
pub async fn why(
    State(app): State<App>,
    client: Client,
    Input(question): Input<Question>,
) -> Result<Reply> {
    let visit = client.visit()?;
    let question = WhyQuestion {
        about: question.about,
        status: question.status_id,
    };
    Ok(Reply::api(answer_entity(
        &answer(&app, &visit, question).await?,
    )))
}

/// `outcome` is one of `allowed`, `limited`, `waits`, `refused`, or null where nothing is known.
fn answer_entity(page: &WhyPage) -> Value {
    let outcome = page.outcome.map(OutcomeView::key);
    let entities = |rules: &[RuleView]| rules.iter().map(entity).collect::<Vec<_>>();
    json!({
        "question": page.question,
        "outcome": outcome,
        "sentence": page.sentence,
        "rule": page.because.as_ref().map(entity),
        "considered": entities(&page.considered),
        "set_aside": entities(&page.set_aside),
        "change": page.change,
    })
}

/// A rule as its reader may know it.
fn entity(rule: &RuleView) -> Value {
    json!({
        "id": rule.id.to_string(),
        "pattern": rule.pattern,
        "stance": rule.mark.kind.class(),
        "sentence": rule.sentence,
        "conditions": rule.conditions,
        "reason": rule.reason,
        "whose": rule.whose,
        "since": rule.since_iso,
        "may_remove": rule.may_remove,
    })
}

/// `GET /api/comity/v1/rules`: those in force that the member set, and those of their community.
pub async fn rules(State(app): State<App>, client: Client) -> Result<Reply> {
    let visit = client.visit()?;
    let me = client.me()?;
    let entities = |scope| {
        in_force(&app, scope)
            .iter()
            .filter_map(|rule| view(&app, rule, &visit))
            .map(|rule| entity(&rule))
            .collect::<Vec<_>>()
    };
    Ok(Reply::api(json!({
        "mine": entities(of_member(&me.account)?),
        "community": entities(of_community(&me.community)),
    })))
}

/// A rule about a server as Mastodon publishes its domain blocks; rules about people, lists or software are none, and
/// neither is what is open or only adds something.
pub fn as_block(rule: &Rule) -> Option<Value> {
    let (Pattern::Host(domain) | Pattern::Domain(domain)) = &rule.pattern else {
        return None;
    };
    let severity = match rule.stance {
        Stance::Refused | Stance::Withheld => "suspend",
        Stance::Limited | Stance::Ask => "silence",
        Stance::Open | Stance::Unchanged => return None,
    };
    let hash = digest(&SHA256, domain.as_str().as_bytes());
    Some(json!({
        "domain": domain.as_str(),
        "digest": hex(hash.as_ref()),
        "severity": severity,
        "comment": rule.reason_public.clone().unwrap_or_default(),
    }))
}
