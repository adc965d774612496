//! Members are told when a boundary that is not their own suspends follows of theirs, and when they work again: one
//! notification for each rule, each closing of the gate, each change of a list or of a mode. In the background, some members at a time, and safe to run twice.
//!
//! What is compared are the rules as they are when a page of members is looked at. Of two changes that part the same
//! people within moments, either may be the one that is told of.

use std::collections::HashMap;
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{CommunityId, Pattern, Rule, RuleId, Scope};

use super::changed;
pub use super::changed::Changed;
use super::concerned;
use super::severed::{by_member, parted};
use super::{Change, catch_up, store};
use crate::app::App;
use crate::emergency;
use crate::error::Result;
use crate::follows::Side;
use crate::notifications::{self, OfRule};
use crate::queue::{self, Job, Outcome};

/// Follows in each direction looked at in one go; whoever has more than these with one server is told of so many.
const PAGE: i64 = 1_000;
/// What ends by itself has ended for everybody when this much later is looked at.
const AFTER_END_MS: i64 = 1_000;

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Follows are suspended.
    Suspended,
    /// They work again.
    Restored,
}

/// Promises to tell of a rule that is set in this transaction, and of the one that it replaces. A member's own is told
/// to nobody: they saw it.
pub(super) fn of_setting(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    id: i64,
    replaced: Option<RuleId>,
    ends_at: Option<i64>,
) -> Result<()> {
    if matches!(scope, Scope::Member(..)) {
        return Ok(());
    }
    if let Some(replaced) = replaced {
        queue::push(tx, app, &job(replaced.0, Told::Restored, 0))?;
    }
    promise(tx, app, id, ends_at)
}

/// Promises to tell of a rule or a closing that begins in this transaction, and of its end where that comes by itself.
pub fn promise(tx: &mut Tx, app: &App, id: i64, ends_at: Option<i64>) -> Result<()> {
    queue::push(tx, app, &job(id, Told::Suspended, 0))?;
    if let Some(ends_at) = ends_at {
        queue::push_at(tx, app, &job(id, Told::Restored, 0), ends_at + AFTER_END_MS)?;
    }
    Ok(())
}

/// Promises to tell of a change that may do both: some follows it may suspend, and others bring back.
pub(super) fn of_change(tx: &mut Tx, app: &App, id: i64) -> Result<()> {
    promise(tx, app, id, None)?;
    of_end(tx, app, id)
}

/// Promises to tell of the end of a rule or of a closing.
pub fn of_end(tx: &mut Tx, app: &App, id: i64) -> Result<()> {
    queue::push(tx, app, &job(id, Told::Restored, 0))
}

fn job(cause: i64, told: Told, after: i64) -> Job {
    Job::TellOfRule {
        cause,
        restored: told == Told::Restored,
        after,
    }
}

/// The job: tells some members, and promises the rest.
pub(crate) async fn tell(app: &App, cause: i64, restored: bool, after: i64) -> Outcome {
    let told = if restored {
        Told::Restored
    } else {
        Told::Suspended
    };
    match try_tell(app, cause, told, after).await {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_tell(app: &App, cause: i64, told: Told, after: i64) -> Result<()> {
    catch_up(app).await?;
    let Some(change) = change(app, cause, told).await? else {
        return Ok(());
    };
    let hosts = concerned::hosts(app, &change).await?.all;
    let mut pairs = Vec::new();
    let mut last = i64::MAX;
    for side in [Side::Following, Side::Follower] {
        let found = concerned::follows(app, &change, &hosts, side, after, PAGE).await?;
        let of = |pair: &concerned::Pair| pair.across.member.id.map_or(0, |id| id.0);
        if let (true, Some(first), Some(end)) = (
            found.more,
            found.all.first().map(of),
            found.all.last().map(of),
        ) {
            // The last one's follows may go on beyond this page; a lone one's are cut off.
            last = last.min(if first == end { end } else { end - 1 });
        }
        pairs.extend(found.all);
    }
    pairs.retain(|pair| pair.across.member.id.is_some_and(|id| id.0 <= last));
    let communities: HashMap<i64, Option<CommunityId>> = pairs
        .iter()
        .filter_map(|pair| Some((pair.across.member.id?.0, pair.across.member.community)))
        .collect();
    let parted = parted(app, &change, pairs).await?;
    let concerned = match told {
        Told::Suspended => parted.suspended,
        Told::Restored => parted.restored,
    };
    let mut tx = Tx::new();
    let now_ms = app.now_ms();
    for (member, counted) in by_member(&concerned) {
        let voice = communities
            .get(&member)
            .copied()
            .flatten()
            .and_then(|id| app.communities.load().by_id(id.0));
        let Some(voice) = voice else { continue };
        let of_rule = OfRule {
            rule_id: cause,
            following: counted.following,
            followers: counted.followers,
        };
        let id = app.ids.round_at(now_ms);
        notifications::tell_of_rule(&mut tx, id, member, told, voice.actor_id, of_rule, now_ms);
    }
    if last < i64::MAX {
        queue::push(&mut tx, app, &job(cause, told, last))?;
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// What was changed by a rule or a closing, or by its end; `None` where it is not so (any more).
async fn change(app: &App, cause: i64, told: Told) -> Result<Option<Change>> {
    let book = app.gate.book();
    let Some(rule) = store::by_id(&app.db, cause).await? else {
        return of_gate(app, cause, told).await;
    };
    let in_force = book.rule(rule.id).is_some();
    let other = match (told, in_force) {
        (Told::Suspended, true) => match store::replaced_by(&app.db, &rule).await? {
            Some(replaced) => book.supposing(replaced),
            None => book.without(rule.id),
        },
        (Told::Restored, false) => book.supposing(rule.clone()),
        _ => return Ok(None),
    };
    Ok(Some(Change {
        before: Arc::new(other),
        after: book,
        scope: rule.scope,
        pattern: rule.pattern,
        names: None,
    }))
}

async fn of_gate(app: &App, closing: i64, told: Told) -> Result<Option<Change>> {
    let Some(community) = emergency::community_of(app, closing).await? else {
        return changed::made(app, closing).await;
    };
    let Some(community) = app.communities.load().by_id(community) else {
        return Ok(None);
    };
    let is_closed = emergency::is_closed(&community, app.now_ms());
    if is_closed != (told == Told::Suspended) {
        return Ok(None);
    }
    let (id, book) = (community.policy_id(), app.gate.book());
    Ok(Some(Change {
        before: Arc::new(book.with_gate(id, !is_closed)),
        after: book,
        scope: Scope::Community(id),
        pattern: Pattern::Everything,
        names: None,
    }))
}

/// What suspends follows, or brings them back.
#[derive(Debug)]
pub enum Cause {
    /// A rule, in force or not.
    Rule(Box<Rule>),
    /// Another list, or another mode.
    Changed(Changed),
}

/// The rules and changes of these numbers; a closing of the gate, which has such a number as well, is left out.
pub async fn causes(app: &App, ids: Vec<i64>) -> Result<HashMap<i64, Cause>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let changed = changed::by_ids(app, ids.clone()).await?.into_iter();
    let rules = store::by_ids(&app.db, ids).await?.into_iter();
    Ok(changed
        .map(|(id, changed)| (id, Cause::Changed(changed)))
        .chain(rules.map(|rule| (rule.id.0, Cause::Rule(Box::new(rule)))))
        .collect())
}
