//! What a rule took over from one that only added it, and that would have ended by itself: it ends when that one would
//! have, also where a further rule takes its place meanwhile.

use comity_db::Tx;
use comity_policy::{Conditions, Pattern, Rule, RuleId, Scope, Stance};

use super::model::{Lapsing, NewRule, Source};
use super::{catch_up, set_at, store};
use crate::app::App;
use crate::error::Result;
use crate::queue::{self, Job, Outcome};

/// Of what the rule of this scope about the same pattern adds, that which ends by itself: for the rule that takes its
/// place. What is `chosen` anew stays.
pub(crate) async fn lapsing(
    app: &App,
    scope: Scope,
    pattern: &Pattern,
    chosen: Conditions,
) -> Result<Option<Lapsing>> {
    let book = app.gate.book();
    let rule = book.rules_of(scope).find(|rule| rule.pattern == *pattern);
    match rule.cloned() {
        Some(rule) => lapsing_of(app, &rule, chosen).await,
        None => Ok(None),
    }
}

/// The same of a rule that was found: of one that only adds and has an end, all that it adds; of another, what that one
/// took over.
pub(crate) async fn lapsing_of(
    app: &App,
    rule: &Rule,
    chosen: Conditions,
) -> Result<Option<Lapsing>> {
    let adds = rule.expires_at.filter(|_| rule.stance == Stance::Unchanged);
    let found = match adds {
        Some(at) => Some(Lapsing {
            conditions: rule.conditions,
            at,
        }),
        None => store::lapsing(&app.db, rule.id.0).await?,
    };
    Ok(found.map(|lapsing| Lapsing {
        conditions: lapsing.conditions.without(chosen),
        ..lapsing
    }))
}

/// With what truly ends before the rule does. A rule that would only add, and nothing then, ends itself.
pub(super) fn settled(new: NewRule, now_ms: i64) -> NewRule {
    let Some(Lapsing { conditions, at }) = new.lapsing else {
        return new;
    };
    let stays = new.conditions.without(conditions);
    let is_over_by_then = new.expires_at.is_some_and(|end| end <= at);
    if new.stance == Stance::Unchanged && stays.is_empty() && !is_over_by_then {
        return NewRule {
            lapsing: None,
            // Its time may be over, and the job that ends it be late.
            expires_at: Some(at.max(now_ms + 1)),
            ..new
        };
    }
    let conditions = new.conditions.without(stays);
    let lapsing = Lapsing { conditions, at };
    NewRule {
        lapsing: Some(lapsing).filter(|_| !is_over_by_then && !conditions.is_empty()),
        ..new
    }
}

/// Promises to end what a rule took over, in the transaction that sets it.
pub(super) fn promise(tx: &mut Tx, app: &App, rule: i64, lapsing: Option<Lapsing>) -> Result<()> {
    let Some(lapsing) = lapsing else {
        return Ok(());
    };
    let conditions = lapsing.conditions.bits();
    queue::push_at(tx, app, &Job::EndAdded { rule, conditions }, lapsing.at)
}

/// The job: a rule that adds the rest takes the place of this one, set by nobody. One that was taken back or replaced
/// meanwhile is left alone: what stands in its place has a promise of its own.
pub(crate) async fn end_added(app: &App, rule: i64, conditions: u32) -> Outcome {
    match try_end(app, rule, conditions).await {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_end(app: &App, id: i64, conditions: u32) -> Result<()> {
    catch_up(app).await?;
    let book = app.gate.book();
    let Some(rule) = book.rule(RuleId(id)) else {
        return Ok(());
    };
    let lapsed = Conditions::from_bits(conditions).unwrap_or(Conditions::NONE);
    let left = rule.conditions.without(lapsed);
    if left == rule.conditions {
        return Ok(());
    }
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    // Undoes it all where somebody was faster.
    store::end(&mut tx, id, rule.scope, None, now_ms);
    let rest = NewRule {
        conditions: left,
        source: Source::Lapse,
        ..NewRule::like(rule.clone())
    };
    set_at(app, tx, rest, now_ms).await?;
    Ok(())
}
