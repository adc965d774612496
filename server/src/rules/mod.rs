//! Rules: set, list, take back, explain. The rows are the record; what decides is the gate's book, made anew from
//! them at each change.

pub mod api;
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
mod severed;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use comity_db::Tx;
use comity_policy::{CommunityId, Mode, Pattern, PersonId, Rule, RuleBook, Scope, Stance};
use comity_vocab::{Domain, Iri};

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

use crate::accounts::Account;
use crate::app::App;
use crate::communities::{Communities, Community};
use crate::emojis::Shelf;
use crate::error::{Error, Result};
use crate::media::address::EmojiAddresses;
use crate::reach::{self, Asking};
use crate::text::length;
use crate::{lists, waves};

/// Longer reasons are essays.
const LONGEST_REASON: usize = 2_000;
/// Rules of one member; the longest lists that people share have some thousand entries, and are a community's matter.
const MOST_OF_A_MEMBER: usize = 2_000;
/// Rules of one community.
const MOST_OF_A_COMMUNITY: usize = 100_000;
/// Of a history, the newest are told.
const MOST_OF_HISTORY: i64 = 10_000;
/// How long another process's change of a rule may go unnoticed.
const WATCH_EVERY: Duration = Duration::from_millis(500);
/// New pairs of a host and the domain of its handles are taken into the rules every ten seconds.
const SPLITS_EVERY_TICKS: u32 = 20;
/// And so is what begins elsewhere and decides at once, if it did so within so many milliseconds before.
const SOON_MS: i64 = 10_000;

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
async fn set_at(app: &App, mut tx: Tx, new: NewRule, now: i64) -> Result<Option<i64>> {
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

/// Reads the rules and the communities with their modes anew, and hands the gate the new book.
pub async fn reload(app: &App) -> Result<()> {
    let _alone = app.looks.alone().await;
    let before = app.communities.load_full();
    let shelf = before.all().next().map(|one| one.emojis.clone());
    let (book, communities) =
        read_book(&app.db, app.now_ms(), &app.media.emojis, shelf.as_deref()).await?;
    app.communities.store(Arc::new(communities));
    app.gate.replace(book);
    Ok(())
}

/// The rules and the communities as they are stored. The epoch is read first: whatever it counts is in what is read
/// after it, so no book claims to know of a change that it lacks. Emoji are those of `before` where none changed since.
pub async fn read_book(
    db: &comity_db::Db,
    now_ms: i64,
    pictures: &EmojiAddresses,
    before: Option<&Shelf>,
) -> Result<(RuleBook, Communities)> {
    let epoch = store::epoch(db).await?;
    let communities = crate::communities::load(db, pictures, before).await?;
    let hosted = communities.all().map(|community| community.hosted());
    let rules = store::in_force(db).await?;
    let book = RuleBook::new(epoch, now_ms, hosted.collect(), rules)
        .with_member_modes(store::member_modes(db).await?)
        .with_waves(now_ms, waves::standing(db, now_ms).await?)
        .with_suspended(crate::members::suspended(db).await?)
        .with_split_domains(store::split_domains(db).await?)
        .with_lists(lists::load(db).await?);
    Ok((book, communities))
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

/// Notices rules that another process set or that ended by themselves. Runs until it is dropped.
pub async fn watch(app: App) {
    let mut every = tokio::time::interval(WATCH_EVERY);
    let mut ticks = 0_u32;
    loop {
        every.tick().await;
        ticks = ticks.wrapping_add(1);
        let came = if ticks.is_multiple_of(SPLITS_EVERY_TICKS) {
            settle_splits(&app).await
        } else {
            catch_up(&app).await
        };
        if let Err(why) = came {
            tracing::warn!(%why, "could not go by rules that changed");
        }
    }
}

/// What the rules do not know yet of what anybody elsewhere can cause: somebody whose handle is of another domain than their
/// server, a wave of strangers. Each time costs a reading of all rules, and so it is taken in now and then.
#[derive(Default)]
pub struct Splits {
    waits: AtomicBool,
    /// When it was taken in at once, in unix milliseconds.
    last_ms: AtomicI64,
}

/// Remembers that people with handles of `handles` are at home on `host`: a rule about the handles counts for whatever
/// that host asks for in nobody's name (L49). The rules follow within some seconds: anybody who owns a domain can
/// make such people, and each would cost a reading of all rules.
pub fn note_split(app: &App, host: &Domain, handles: &Domain) {
    if host != handles && !app.gate.book().knows_split(host, handles) {
        app.splits.waits.store(true, Ordering::Relaxed);
    }
}

/// Commits, and goes by it: at once where that was not done within some seconds, and otherwise with what [`note_split`]
/// notes.
pub(crate) async fn decide_soon(app: &App, mut tx: Tx) -> Result<()> {
    let now_ms = app.now_ms();
    let taken = app
        .splits
        .last_ms
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            (now_ms - last >= SOON_MS).then_some(now_ms)
        });
    if taken.is_err() {
        app.commit(tx).await?;
        app.splits.waits.store(true, Ordering::Relaxed);
        return Ok(());
    }
    store::advance_epoch(&mut tx);
    app.commit(tx).await?;
    reload(app).await
}

/// Goes by what [`note_split`] noted, on every node.
pub async fn settle_splits(app: &App) -> Result<()> {
    if !app.splits.waits.swap(false, Ordering::Relaxed) {
        return catch_up(app).await;
    }
    let mut tx = Tx::new();
    store::advance_epoch(&mut tx);
    app.commit(tx).await?;
    reload(app).await
}

/// Goes by what another process changed and by what ended in the meantime, as of this call: one look-up by key, shared
/// by all who ask at the same time. Asked before something is decided that cannot be taken back, such as a send.
pub async fn catch_up(app: &App) -> Result<()> {
    app.looks.share(look(app)).await
}

async fn look(app: &App) -> Result<()> {
    let book = app.gate.book();
    let ended = book.next_expiry().is_some_and(|at| at <= app.now_ms());
    if ended || store::epoch(&app.db).await? != book.epoch() {
        reload(app).await?;
    }
    Ok(())
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

/// What somebody types for a rule of this scope: as [`parse_pattern`] reads it, or `list:NAME` for one of its lists.
pub fn read_pattern(app: &App, scope: Scope, typed: &str) -> Result<Pattern> {
    match typed.trim().strip_prefix("list:") {
        Some(name) if !name.starts_with(|letter: char| letter.is_ascii_digit()) => {
            let name = lists::parse_name(name).map_err(|_| no_list(scope))?;
            let id = app.gate.book().list_named(scope, &name);
            id.map(Pattern::List).ok_or_else(|| no_list(scope))
        }
        _ => parse_pattern(typed),
    }
}

fn no_list(scope: Scope) -> Error {
    let why = match scope {
        Scope::Operator => {
            "names a list, and lists are kept by communities and members; set the rule for one of them"
        }
        Scope::Community(_) => {
            "names a list that the community does not keep; its rules name its own lists"
        }
        Scope::Member(..) => {
            "names a list that you do not keep; rules of your own name lists of your own"
        }
    };
    Error::invalid("pattern", why)
}

/// A pattern in words for people; a list goes by its name.
pub fn whom(app: &App, pattern: &Pattern) -> String {
    app.gate.book().whom(pattern)
}

/// A rule must not be one about ourselves: inside a community its rules part nobody, and would be shown without doing
/// anything.
pub fn check_pattern(app: &App, scope: Scope, pattern: &Pattern) -> Result<()> {
    let community = match scope {
        Scope::Community(of) | Scope::Member(_, of) => app.communities.load().by_id(of.0),
        Scope::Operator => None,
    };
    if let Some(here) = community {
        let name = &here.name;
        match (pattern, scope) {
            (Pattern::Account(iri), Scope::Community(_)) if iri.domain() == here.domain => {
                return Err(Error::invalid(
                    "pattern",
                    format!(
                        "this is a member of {name}, and rules of {name} are about people elsewhere; a rule of your own, or a block, keeps one member from you"
                    ),
                ));
            }
            (Pattern::Domain(domain) | Pattern::Host(domain), _) if *domain == here.domain => {
                return Err(Error::invalid(
                    "pattern",
                    format!("{domain} is {name} itself; name a person, or another server"),
                ));
            }
            _ => {}
        }
    }
    let own = |domain: &Domain| {
        app.communities
            .load()
            .all()
            .any(|community| community.domain.is_within(domain))
    };
    match pattern {
        // The same for a list that somebody else keeps and for one that does not exist.
        Pattern::List(id) if app.gate.book().list_owner(*id) != Some(scope) => Err(no_list(scope)),
        Pattern::Domain(domain) | Pattern::Host(domain)
            if own(domain) && app.communities.load().all().count() == 1 =>
        {
            Err(Error::invalid(
                "pattern",
                format!("{domain} is this server itself"),
            ))
        }
        _ => Ok(()),
    }
}
