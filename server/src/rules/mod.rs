//! Rules: set, list, take back, explain. The rows are the record; what decides is the gate's book, made anew from
//! them at each change.

pub mod api;
mod book;
mod change;
pub(crate) mod changed;
pub mod command;
mod concerned;
pub mod conditions;
mod crossings;
pub mod domain_blocks;
mod dry_run;
mod explain;
mod lapse;
mod looks;
mod model;
pub mod notices;
mod patterns;
mod set;
mod severed;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use comity_db::Tx;
use comity_policy::{CommunityId, Mode, Pattern, PersonId, Rule, Scope, Stance};
use comity_vocab::Iri;

pub(crate) use book::decide_soon;
pub use book::{Splits, catch_up, note_split, read_book, reload, settle_splits, watch};
pub use change::Change;
pub use crossings::{Crossed, Crossing, Crossings, Direction};
pub use dry_run::{DryRun, Whose, dry_run};
pub use explain::{
    Explanation, Towards, explain, listener, may, own_reason, plainly, plainly_to, sentence_to,
    stance_towards, stance_towards_server,
};
pub(crate) use lapse::{end_added, lapsing, lapsing_of};
pub use looks::Looks;
pub use model::{Lapsing, NewRule, Past, Source, parse_pattern, pattern_words, typed_pattern};
pub(crate) use notices::tell;
pub use patterns::{check_pattern, read_pattern, whom};
use set::set_at;
pub use set::{end, set};
pub(crate) use set::{end_in, end_with, set_with, unblock};

use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::reach::{self, Asking};

/// Of a history, the newest are told.
const MOST_OF_HISTORY: i64 = 10_000;

/// Asks those whom a rule of a member's own refuses to delete what they hold of the member's posts, also what they were
/// asked for before.
pub async fn ask_back(app: &App, member: &Account, rule_id: i64) -> Result<()> {
    if refused_by(app, member, rule_id).await?.is_none() {
        return Err(Error::NotFound);
    }
    let mut tx = Tx::new();
    reach::promise(&mut tx, app, member.id, rule_id, Asking::Again)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Whom a rule of a member's own refuses: still, or again by one that took its place. `None` for all other rules.
pub(crate) async fn refused_by(
    app: &App,
    member: &Account,
    rule_id: i64,
) -> Result<Option<Pattern>> {
    let scope = of_member(member)?;
    let Some(rule) = store::by_id(&app.db, rule_id).await? else {
        return Ok(None);
    };
    let book = app.gate.book();
    let stands = rule.scope == scope
        && book
            .rules_of(scope)
            .any(|own| own.pattern == rule.pattern && own.stance == Stance::Refused);
    Ok(stands.then_some(rule.pattern))
}

/// The rule in force that has this number, or that took the place of the one that had it: apps keep numbers.
pub async fn standing_for(app: &App, scope: Scope, rule_id: i64) -> Result<Option<Rule>> {
    let Some(rule) = store::by_id(&app.db, rule_id).await? else {
        return Ok(None);
    };
    let all = in_force(app, scope);
    let same = all.into_iter().find(|own| own.pattern == rule.pattern);
    Ok(same.filter(|_| rule.scope == scope))
}

/// Whether every community of this installation refuses somebody by name.
pub fn all_refuse(app: &App, actor: &Iri) -> bool {
    let pattern = Pattern::Account(actor.clone());
    let book = app.gate.book();
    let refuses = |scope: Scope| {
        book.rules_of(scope)
            .any(|rule| rule.pattern == pattern && rule.stance == Stance::Refused)
    };
    app.communities
        .load()
        .all()
        .all(|community| refuses(of_community(community)))
}

/// The rules in force of one scope, newest first.
pub fn in_force(app: &App, scope: Scope) -> Vec<Rule> {
    let mut rules: Vec<Rule> = app.gate.book().rules_of(scope).cloned().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.id));
    rules
}

/// Every rule that this scope had or has, newest first: nothing is overwritten.
pub async fn history(app: &App, scope: Scope) -> Result<Vec<Past>> {
    store::history(&app.db, scope, i64::MAX, MOST_OF_HISTORY).await
}

/// Some of them: up to `most` with smaller numbers than `below`.
pub async fn history_before(app: &App, scope: Scope, below: i64, most: i64) -> Result<Vec<Past>> {
    store::history(&app.db, scope, below, most).await
}

/// The rules that are not taken back, as their rows say, whatever the book of this process holds.
pub(crate) async fn stored(db: &comity_db::Db) -> Result<Vec<Rule>> {
    store::in_force(db).await
}

/// The members who chose a mode, as their rows say.
pub(crate) async fn stored_modes(db: &comity_db::Db) -> Result<Vec<(PersonId, Mode)>> {
    store::member_modes(db).await
}

/// A change of anything that decides (a community's mode) advances the epoch with it.
pub fn advance_epoch(tx: &mut Tx) {
    store::advance_epoch(tx);
}

/// The scope of a community's own rules.
pub fn of_community(community: &Community) -> Scope {
    Scope::Community(CommunityId(community.id))
}

/// Whether moderators decided this about a member of their own. That is no boundary: it is for them and for that member to
/// read, and undone where it was done.
pub fn is_about_own(app: &App, rule: &Rule) -> bool {
    match (rule.scope, &rule.pattern) {
        (Scope::Community(of), Pattern::Account(iri)) => app
            .gate
            .book()
            .domain_of(of)
            .is_some_and(|domain| iri.domain() == *domain),
        _ => false,
    }
}

/// The scope of a member's own rules.
pub fn of_member(account: &Account) -> Result<Scope> {
    let community = account.community_id.ok_or(Error::NotFound)?;
    Ok(Scope::Member(PersonId(account.id), CommunityId(community)))
}
