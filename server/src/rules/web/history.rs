//! Every rule that a scope had or has, as a page: what was, who did it, when and why. Nothing on it can be changed.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use comity_policy::Scope;
use serde::Deserialize;

use super::view;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::ShownTo;
use crate::error::Result;
use crate::http::{Page, Reply, Visit};
use crate::members::Role;
use crate::rules::{self, Past, of_community, of_member};
use crate::web::view::{NavItem, PastRuleView, PastRulesPage, WhoseRules};
use crate::web::{frame, time};

/// `GET /boundaries/history?of=`
#[derive(Debug, Deserialize)]
pub struct Choice {
    #[serde(default)]
    of: String,
}

/// `GET /boundaries/history`. Visitors read of the community's rules that have a reason for everybody, where it shows
/// them to everybody; who set one is for members, and what was seen for moderators.
pub async fn history(
    State(app): State<App>,
    visit: Visit,
    Query(choice): Query<Choice>,
    page: Page,
) -> Result<Reply> {
    let whose = match (choice.of.as_str(), &visit.me) {
        ("mine", Some(_)) => WhoseRules::Mine,
        ("installation", Some(_)) => WhoseRules::Installation,
        _ => WhoseRules::Community,
    };
    let scope = match (whose, &visit.me) {
        (WhoseRules::Mine, Some(me)) => of_member(&me.account)?,
        (WhoseRules::Installation, _) => Scope::Operator,
        _ => of_community(&visit.community),
    };
    let mut past = rules::history_before(&app, scope, page.below(), page.limit).await?;
    let address = format!("/boundaries/history?of={}", whose.as_str());
    let older = page.older(&address, past.len(), past.last().map(|past| past.rule.id.0));
    // What moderators decided about a member stands in their record.
    past.retain(|past| !rules::is_about_own(&app, &past.rule));
    let shown_to_all = visit.community.rules_shown_to == ShownTo::Everyone;
    let is_shown =
        |past: &&Past| visit.me.is_some() || (shown_to_all && past.rule.reason_public.is_some());
    let shown: Vec<&Past> = past.iter().filter(is_shown).collect();
    let hidden = past.len() - shown.len();
    let people = people(&app, &visit, &shown).await?;
    let rows = shown
        .into_iter()
        .filter_map(|past| row(&app, &visit, past, &people))
        .collect();
    Ok(Reply::page(PastRulesPage {
        frame: frame(&app, &visit, "History of boundaries", NavItem::Boundaries).await?,
        whose,
        rows,
        hidden: (hidden > 0).then(|| "Some are shown to members only.".to_owned()),
        older,
    }))
}

/// Who set and ended them; for members only.
async fn people(app: &App, visit: &Visit, shown: &[&Past]) -> Result<HashMap<i64, Arc<Account>>> {
    if visit.me.is_none() {
        return Ok(HashMap::new());
    }
    let ids = shown.iter().flat_map(|past| {
        let set_by = past.rule.set_by.map(|person| person.0);
        [set_by, past.ended_by].into_iter().flatten()
    });
    accounts::find_many(app, ids.collect()).await
}

fn row(
    app: &App,
    visit: &Visit,
    past: &Past,
    people: &HashMap<i64, Arc<Account>>,
) -> Option<PastRuleView> {
    let rule = &past.rule;
    let now_ms = app.now_ms();
    let mut shown = view(app, rule, visit)?;
    let in_force = app.gate.book().rule(rule.id).is_some();
    shown.may_remove &= in_force;
    let by = |id: Option<i64>| {
        let account = id.and_then(|id| people.get(&id))?;
        Some(account.handle().to_string())
    };
    // One whose time was over is marked as ended when another takes its place; it had ended before.
    let ended_by_itself = rule
        .expires_at
        .filter(|at| *at <= past.ended_at.unwrap_or(now_ms));
    let ended_at = ended_by_itself.or(past.ended_at);
    let governs = visit
        .me
        .as_ref()
        .is_some_and(|me| me.member.role >= Role::Moderator);
    let is_members_own = matches!(rule.scope, Scope::Member(..));
    Some(PastRuleView {
        rule: shown,
        conditions: rule.conditions.words().collect::<Vec<_>>().join(", "),
        set_by: by(rule.set_by.map(|person| person.0)),
        source: visit.me.as_ref().map(|_| rule.source.clone()),
        ended_iso: ended_at.map(time::iso),
        ended_text: ended_at.map(time::day),
        ended_by: by(past.ended_by.filter(|_| ended_by_itself.is_none())),
        by_itself: ended_by_itself.is_some(),
        replaced_by: past.replaced_by,
        evidence: rule.evidence.clone().filter(|_| governs || is_members_own),
    })
}
