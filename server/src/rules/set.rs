//! Setting a rule and taking it back, with what a rule may be. Each change is in force when it returns.

use comity_db::Tx;
use comity_policy::{Conditions, Pattern, PersonId, Rule, Scope, Stance};

use super::model::NewRule;
use super::{conditions, lapse, notices, reload, store};
use crate::app::App;
use crate::error::{Error, Result};
use crate::lists;
use crate::reach::{self, Asking};
use crate::text::length;

/// Longer reasons are essays.
const LONGEST_REASON: usize = 2_000;
/// Rules of one member; the longest lists that people share have some thousand entries, and are a community's matter.
const MOST_OF_A_MEMBER: usize = 2_000;
/// Rules of one community.
const MOST_OF_A_COMMUNITY: usize = 100_000;

/// So many changes of a block are gone through for what it took the place of.
const MOST_CHANGES: usize = 32;

/// Sets a rule in place of the one its scope had for the same pattern, and returns its number. From the moment this
/// returns, nothing is decided by the old one in this process; other nodes follow within half a second.
pub async fn set(app: &App, new: NewRule) -> Result<i64> {
    set_with(app, Tx::new(), new).await
}

/// The same, together with what the caller's transaction holds.
pub(crate) async fn set_with(app: &App, tx: Tx, new: NewRule) -> Result<i64> {
    let now = app.now_ms();
    let id = set_at(app, tx, new, now).await?;
    id.ok_or(Error::NotFound)
}

/// `None`: what the transaction holds found something done already, and nothing of it happened.
pub(super) async fn set_at(app: &App, mut tx: Tx, new: NewRule, now: i64) -> Result<Option<i64>> {
    for reason in [
        &new.reason_public,
        &new.reason_members,
        &new.reason_moderators,
    ]
    .into_iter()
    .flatten()
    {
        length::at_most("reason", reason, LONGEST_REASON)?;
    }
    let new = lapse::settled(new, now);
    let asks = asks(&new)?;
    conditions::check_adds(&new)?;
    check_room(app, &new)?;
    if let (Stance::Open, Pattern::List(list)) = (new.stance, &new.pattern) {
        lists::check_opening(app, new.scope, *list).await?;
    }
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(Error::invalid("expires_at", "lies in the past"));
    }
    let id = app.ids.at(now);
    let book = app.gate.book();
    let mut same = book.rules_of(new.scope);
    let replaced = same.find(|rule| rule.pattern == new.pattern);
    let replaced = replaced.map(|rule| rule.id);
    store::end_same(&mut tx, &new, now);
    store::insert(&mut tx, id, &new, now);
    store::advance_epoch(&mut tx);
    notices::of_setting(&mut tx, app, new.scope, id, replaced, new.expires_at)?;
    lapse::promise(&mut tx, app, id, new.lapsing)?;
    if let Some(member) = asks {
        reach::promise(&mut tx, app, member.0, id, Asking::Once)?;
    }
    if !app.commit(tx).await? {
        return Ok(None);
    }
    reload(app).await?;
    app.wake.ring();
    Ok(Some(id))
}

/// Who asks those whom the rule refuses for what they hold. A community's rule asks for nothing: each author decides that.
fn asks(new: &NewRule) -> Result<Option<PersonId>> {
    match new.scope {
        _ if !new.ask_back => Ok(None),
        Scope::Member(member, _) if new.stance == Stance::Refused => Ok(Some(member)),
        _ => Err(Error::invalid(
            "ask_back",
            "goes with a refused boundary of a member's own; each author decides for what they wrote",
        )),
    }
}

/// Every rule is in memory, and asked about at each exchange.
fn check_room(app: &App, new: &NewRule) -> Result<()> {
    let (most, whose) = match new.scope {
        Scope::Member(..) => (MOST_OF_A_MEMBER, "a member"),
        _ => (MOST_OF_A_COMMUNITY, "a community"),
    };
    let book = app.gate.book();
    let others = book
        .rules_of(new.scope)
        .filter(|rule| rule.pattern != new.pattern)
        .count();
    if others < most {
        return Ok(());
    }
    Err(Error::invalid(
        "pattern",
        format!(
            "this would be one more than the {most} rules that {whose} can have; take back one that is not needed any more, or name a whole domain in place of many servers"
        ),
    ))
}

/// Takes back a rule that apps know as a block. What only added something about the same, and which the block took the place
/// of, is there again: apps do not tell of it, so nobody wanted it gone. *Not found* where the block ended meanwhile.
pub(crate) async fn unblock(app: &App, block: &Rule, by: Option<i64>) -> Result<()> {
    let Some(again) = only_added(app, block).await? else {
        return end(app, block.scope, block.id.0, by).await;
    };
    let again = NewRule {
        set_by: by,
        ..again
    };
    let (mut tx, now_ms) = (Tx::new(), app.now_ms());
    // Only this block makes room for it: what took its place on another node may refuse or limit.
    store::end(&mut tx, block.id.0, block.scope, by, now_ms);
    let id = set_at(app, tx, again, now_ms).await?;
    id.map(drop).ok_or(Error::NotFound)
}

/// The rule that only added, with what this one and each before it kept of it, to be set again; none where its time is over.
async fn only_added(app: &App, block: &Rule) -> Result<Option<NewRule>> {
    let (mut given_up, mut rule) = (Conditions::NONE, block.clone());
    for _ in 0..MOST_CHANGES {
        let Some(before) = store::replaced_by(&app.db, &rule).await? else {
            return Ok(None);
        };
        given_up |= before.conditions.without(rule.conditions);
        match before.stance {
            Stance::Unchanged => return again(app, before, given_up).await,
            // What opened was no block, and took the place of what only added on purpose.
            Stance::Open => return Ok(None),
            Stance::Refused | Stance::Withheld | Stance::Limited | Stance::Ask => rule = before,
        }
    }
    Ok(None)
}

async fn again(app: &App, before: Rule, given_up: Conditions) -> Result<Option<NewRule>> {
    let conditions = before.conditions.without(given_up);
    let is_over = before.expires_at.is_some_and(|end| end <= app.now_ms());
    if is_over || conditions.is_empty() {
        return Ok(None);
    }
    let lapsing = store::lapsing(&app.db, before.id.0).await?;
    Ok(Some(NewRule {
        conditions,
        lapsing,
        ..NewRule::like(before)
    }))
}

/// Takes back a rule of this scope. Its row stays: the history is the record.
pub async fn end(app: &App, scope: Scope, rule_id: i64, by: Option<i64>) -> Result<()> {
    end_with(app, Tx::new(), scope, rule_id, by).await
}

/// The same, together with what the caller's transaction holds.
pub(crate) async fn end_with(
    app: &App,
    mut tx: Tx,
    scope: Scope,
    rule_id: i64,
    by: Option<i64>,
) -> Result<()> {
    end_in(&mut tx, app, scope, rule_id, by)?;
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    reload(app).await?;
    app.wake.ring();
    Ok(())
}

/// The same in a transaction that somebody else commits, who reads the rules anew after it.
pub(crate) fn end_in(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    rule_id: i64,
    by: Option<i64>,
) -> Result<()> {
    store::end(tx, rule_id, scope, by, app.now_ms());
    store::advance_epoch(tx);
    if !matches!(scope, Scope::Member(..)) {
        notices::of_end(tx, app, rule_id)?;
    }
    Ok(())
}
