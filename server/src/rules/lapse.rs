//! What a rule took over from one that only added it, and that would have ended by itself: it ends when that one would have.

use comity_db::Tx;
use comity_policy::{Conditions, Pattern, RuleId, Scope, Stance};

use super::model::{Lapsing, NewRule};
use super::{catch_up, set_at, store};
use crate::app::App;
use crate::error::Result;
use crate::queue::{self, Job, Outcome};

/// Of what [`added`](super::conditions::added) tells, that which ends by itself. What is `chosen` beside it stays.
pub(crate) fn lapsing(
    app: &App,
    scope: Scope,
    pattern: &Pattern,
    chosen: Conditions,
) -> Option<Lapsing> {
    let book = app.gate.book();
    let mut rules = book.rules_of(scope);
    let adds = rules.find(|rule| rule.pattern == *pattern && rule.stance == Stance::Unchanged)?;
    let conditions = adds.conditions.without(chosen);
    let at = adds.expires_at.filter(|_| !conditions.is_empty())?;
    Some(Lapsing { conditions, at })
}

/// Promises to end what a rule took over, in the transaction that sets it.
pub(super) fn promise(tx: &mut Tx, app: &App, rule: i64, lapsing: Option<Lapsing>) -> Result<()> {
    let Some(lapsing) = lapsing else {
        return Ok(());
    };
    let conditions = lapsing.conditions.bits();
    queue::push_at(tx, app, &Job::EndAdded { rule, conditions }, lapsing.at)
}

/// The job: a rule that adds the rest takes the place of this one. One that was taken back or replaced meanwhile is left
/// alone, and so is what stands in its place.
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
        ..NewRule::like(rule.clone())
    };
    set_at(app, tx, rest, now_ms).await?;
    Ok(())
}
