//! Follows: follow, ask to follow, say yes or no, leave.
//!
//! A row is `requested` until the followed side says yes; only an `accepted` one counts for anything. One that a server
//! left out of its list of followers is `lapsed`: it counts for nothing, and is accepted again if that list names it again
//! (`synchronize`).

pub mod activity;
pub mod api;
mod elsewhere;
mod ended;
mod store;
mod suspended;
mod synchronize;
pub mod web;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_db::{Tx, params};
use comity_policy::{Act, Admitted, Conditions, Outcome, Party, Verdict, Way};
use comity_vocab::{Activity, Domain, Iri};

pub(crate) use ended::hear_end;
pub(crate) use store::{drop_one, some_of};
pub(crate) use suspended::is_followed_here;
pub use suspended::{Across, Side, Suspended, Suspension, is_suspended, judge, suspended};
pub(crate) use synchronize::{hear, synchronize};

pub use elsewhere::{FollowedThere, followed_elsewhere, followed_on};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::http;
use crate::inbox::Arrival;
use crate::notifications::{self, Kind};
use crate::window::Window;
use crate::{contacts, endorsements, reading_lists, relations, rules, text, timelines, waves};

/// How one account stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No follow.
    None,
    /// Asked, not answered.
    Requested,
    /// Follows.
    Accepted,
}

impl State {
    fn of(word: Option<&str>) -> State {
        match word {
            Some("accepted") => State::Accepted,
            Some("requested") => State::Requested,
            // A lapsed one is to nobody's knowledge a follow.
            Some(_) | None => State::None,
        }
    }
}

/// Whether `account` follows `target`.
pub async fn state(app: &App, account_id: i64, target_id: i64) -> Result<State> {
    let row = store::find(&app.db, account_id, target_id).await?;
    Ok(State::of(row.as_ref().map(|row| row.state.as_str())))
}

/// How many of a server, and of those below it where `below` says so, the account follows, and is followed by.
pub async fn at(app: &App, account_id: i64, host: &Domain, below: bool) -> Result<(i64, i64)> {
    store::at(&app.db, account_id, host.as_str(), below).await
}

/// How an account and others stand to each other, by the other's id: whether it follows them, whether they follow it.
/// Who is not in it does not follow and is not followed.
pub async fn states(
    app: &App,
    account_id: i64,
    others: Vec<i64>,
) -> Result<HashMap<i64, (State, State)>> {
    let mut states = HashMap::with_capacity(others.len());
    for (follower, followed, word) in store::between(&app.db, account_id, others).await? {
        let state = State::of(Some(&word));
        if follower == account_id {
            states
                .entry(followed)
                .or_insert((State::None, State::None))
                .0 = state;
        } else {
            states
                .entry(follower)
                .or_insert((State::None, State::None))
                .1 = state;
        }
    }
    Ok(states)
}

/// Follows, or asks to. Somebody elsewhere is asked by their server; doing it twice changes nothing.
pub async fn follow(app: &App, me: &Arc<Account>, target_id: i64) -> Result<State> {
    let target = relations::find_known(app, me, target_id).await?;
    if target.id == me.id {
        return Err(Error::invalid("you", "cannot follow yourself"));
    }
    if target.gone_at.is_some() {
        return Err(Error::Gone);
    }
    let party = Party::Member(me.person());
    let verdict = rules::may(app, &party, Act::Follow, Way::Page, &*target).await?;
    let known = state(app, me.id, target.id).await?;
    if known != State::None {
        return Ok(known);
    }
    app.limits.check(http::Kind::Follow, &me.id.to_string())?;
    let iri = format!("{}#follows/{}", me.iri.as_str(), app.next_id());
    let state = answer(!target.is_local() || target.locked || needs_yes(&verdict));
    let mut tx = Tx::new();
    record(app, &mut tx, me, &target, &iri, state);
    if !target.is_local() {
        delivery::queue(
            &mut tx,
            app,
            me.id,
            &Outgoing::Follow {
                iri,
                target: target.id,
            },
        )?;
    }
    app.commit_and_ring(tx).await?;
    self::state(app, me.id, target.id).await
}

/// What a member wants of what somebody writes whom they follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Their boosts come home.
    pub reblogs: bool,
    /// Only what is in one of these languages, by the first part of its tag; empty for all.
    pub languages: Vec<String>,
    /// They want to be told of each post.
    pub notify: bool,
}

/// Languages that one follow may be narrowed to.
const MOST_LANGUAGES: usize = 20;

/// Changes what is said of a follow; what is `None` stays. It holds for what comes from now on.
pub async fn want(
    app: &App,
    me: &Account,
    target_id: i64,
    reblogs: Option<bool>,
    languages: Option<&[String]>,
    notify: Option<bool>,
) -> Result<()> {
    let languages = languages.map(|tags| {
        let parts = tags
            .iter()
            .map(|tag| text::language::first_part(Some(tag)))
            .filter(|part| !part.is_empty())
            .take(MOST_LANGUAGES);
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!(" {} ", parts.join(" "))
        }
    });
    if reblogs.is_none() && languages.is_none() && notify.is_none() {
        return Ok(());
    }
    store::wish(&app.db, me.id, target_id, reblogs, languages, notify).await
}

/// What `me` wants of those of these whom they follow or ask to.
pub async fn wanted(app: &App, me: i64, of: Vec<i64>) -> Result<HashMap<i64, Wanted>> {
    let rows = store::wishes(&app.db, me, of).await?;
    let wanted = |(id, reblogs, languages, notify): (i64, bool, String, bool)| {
        let languages = languages.split_whitespace().map(str::to_owned).collect();
        let wanted = Wanted {
            reblogs,
            languages,
            notify,
        };
        (id, wanted)
    };
    Ok(rows.into_iter().map(wanted).collect())
}

/// What a follow is at first.
fn answer(waits: bool) -> State {
    if waits {
        State::Requested
    } else {
        State::Accepted
    }
}

fn needs_yes(verdict: &Verdict) -> bool {
    verdict.outcome == Outcome::Hold
        || verdict
            .conditions
            .contains(Conditions::FOLLOWS_NEED_APPROVAL)
}

/// Leaves, or takes back the question.
pub async fn unfollow(app: &App, me: &Arc<Account>, target_id: i64) -> Result<()> {
    let target = relations::find_known(app, me, target_id).await?;
    let mut tx = Tx::new();
    if leave(app, &mut tx, me, &target).await? {
        app.commit_and_ring(tx).await?;
    }
    Ok(())
}

/// Ends the follow of `me`, and tells the other server; `false` where there was none.
async fn leave(app: &App, tx: &mut Tx, me: &Account, target: &Account) -> Result<bool> {
    let Some(row) = store::find(&app.db, me.id, target.id).await? else {
        return Ok(false);
    };
    unrecord(tx, me.id, target.id);
    if !target.is_local() {
        let undo = Outgoing::UndoFollow {
            iri: row.iri,
            target: target.id,
        };
        delivery::queue(tx, app, me.id, &undo)?;
    }
    Ok(true)
}

/// `me` says yes to `follower`.
pub async fn accept(app: &App, me: &Arc<Account>, follower_id: i64) -> Result<()> {
    let follower = accounts::find(app, follower_id).await?;
    let row = store::find(&app.db, follower.id, me.id)
        .await?
        .ok_or(Error::NotFound)?;
    contacts::check_member_may_answer(app, me, follower.id).await?;
    let mut tx = Tx::new();
    confirm(app, &mut tx, &follower, me);
    if !follower.is_local() {
        delivery::queue(
            &mut tx,
            app,
            me.id,
            &Outgoing::Accept {
                follow_iri: row.iri,
                follower: follower.id,
            },
        )?;
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// `me` says no to `follower`, or ends a follow that was accepted before.
pub async fn reject(app: &App, me: &Arc<Account>, follower_id: i64) -> Result<()> {
    let follower = relations::find_known(app, me, follower_id).await?;
    let mut tx = Tx::new();
    if send_off(app, &mut tx, me, &follower).await? {
        app.commit_and_ring(tx).await?;
        app.hosts.severed.note(me.id);
    }
    Ok(())
}

/// Ends the follow, or the question, of somebody who follows `me`, and tells their server; `false` where there was none.
async fn send_off(app: &App, tx: &mut Tx, me: &Account, follower: &Account) -> Result<bool> {
    let Some(row) = store::find(&app.db, follower.id, me.id).await? else {
        return Ok(false);
    };
    unrecord(tx, follower.id, me.id);
    if !follower.is_local() {
        let reject = Outgoing::Reject {
            follow_iri: row.iri,
            follower: follower.id,
        };
        delivery::queue(tx, app, me.id, &reject)?;
    }
    Ok(true)
}

/// Somebody elsewhere follows, or asks to. An open account answers yes at once; so it does to a second Follow, for
/// servers that lost the first answer.
pub async fn receive(
    app: &App,
    arrival: &Arrival,
    activity: &Admitted<Activity>,
    target: &Arc<Account>,
) -> Result<()> {
    if !target.is_local() {
        return Err(Error::Forbidden(format!(
            "{} does not live here",
            target.iri
        )));
    }
    let party = Party::Account(arrival.sender.person());
    let verdict = rules::may(app, &party, Act::Follow, Way::Inbox, &**target).await?;
    let iri = activity
        .id
        .as_ref()
        .ok_or_else(|| Error::invalid("id", "a Follow without an id cannot be answered"))?
        .as_str()
        .to_owned();
    let known = state(app, arrival.sender.id, target.id).await?;
    let mut tx = Tx::new();
    let state = match known {
        State::Accepted => {
            store::rename(&mut tx, arrival.sender.id, target.id, &iri);
            State::Accepted
        }
        State::None | State::Requested => {
            let state = answer(target.locked || needs_yes(&verdict));
            record(app, &mut tx, &arrival.sender, target, &iri, state);
            state
        }
    };
    if state == State::Accepted {
        delivery::queue(
            &mut tx,
            app,
            target.id,
            &Outgoing::Accept {
                follow_iri: iri,
                follower: arrival.sender.id,
            },
        )?;
    }
    app.commit_and_ring(tx).await?;
    waves::look(app, target.id).await
}

/// Somebody elsewhere says yes to a follow that `follower`, a member here, asked for. A yes to a question that nobody
/// asked changes nothing.
pub async fn receive_accept(
    app: &App,
    arrival: &Arrival,
    _accept: &Admitted<Activity>,
    follower: &Arc<Account>,
) -> Result<()> {
    if state(app, follower.id, arrival.sender.id).await? != State::Requested {
        return Ok(());
    }
    let mut tx = Tx::new();
    confirm(app, &mut tx, follower, &arrival.sender);
    app.commit(tx).await?;
    Ok(())
}

/// They say no, or end it.
pub async fn receive_reject(
    app: &App,
    arrival: &Arrival,
    _reject: &Admitted<Activity>,
    follower: &Arc<Account>,
) -> Result<()> {
    let mut tx = Tx::new();
    unrecord(&mut tx, follower.id, arrival.sender.id);
    app.commit(tx).await?;
    Ok(())
}

/// They leave.
pub async fn receive_undo(
    app: &App,
    arrival: &Arrival,
    _undo: &Admitted<Activity>,
    target: &Arc<Account>,
) -> Result<()> {
    let mut tx = Tx::new();
    unrecord(&mut tx, arrival.sender.id, target.id);
    app.commit(tx).await?;
    app.hosts.severed.note(target.id);
    Ok(())
}

/// Who asks to follow `me`, newest accounts first.
pub async fn requests(app: &App, me: &Account, most: i64) -> Result<Vec<i64>> {
    let window = Window::older_than(i64::MAX);
    store::REQUESTS
        .read(&app.db, window, most, params![me.id])
        .await
}

/// Those of these people elsewhere whom somebody here follows.
pub(crate) async fn followed_here(app: &App, ids: Vec<i64>) -> Result<HashSet<i64>> {
    let followed = store::followed_here(&app.db, ids).await?;
    Ok(followed.into_iter().collect())
}

/// Whom `me` follows and who follow each of these accounts, by the account: at most `each`, the newest first. Who has none is
/// not in it.
pub async fn familiar(
    app: &App,
    me: &Account,
    others: &[i64],
    each: i64,
) -> Result<HashMap<i64, Vec<i64>>> {
    if others.is_empty() {
        return Ok(HashMap::new());
    }
    let mut familiar: HashMap<i64, Vec<i64>> = HashMap::new();
    for (other, friend) in store::familiar(&app.db, me.id, others.to_vec(), each).await? {
        familiar.entry(other).or_default().push(friend);
    }
    Ok(familiar)
}

/// [`accept`], if they ask; *not found* otherwise.
pub async fn accept_request(app: &App, me: &Arc<Account>, follower_id: i64) -> Result<()> {
    is_asked(app, me, follower_id).await?;
    accept(app, me, follower_id).await
}

/// [`reject`], if they ask; *not found* otherwise.
pub async fn reject_request(app: &App, me: &Arc<Account>, follower_id: i64) -> Result<()> {
    is_asked(app, me, follower_id).await?;
    reject(app, me, follower_id).await
}

async fn is_asked(app: &App, me: &Account, follower_id: i64) -> Result<()> {
    match state(app, follower_id, me.id).await? {
        State::Requested => Ok(()),
        State::None | State::Accepted => Err(Error::NotFound),
    }
}

/// Who follows whom by this Follow activity, for answers and Undos that name only its id: (follower, followed).
pub async fn parties_of(app: &App, follow: &Iri) -> Result<Option<(i64, i64)>> {
    store::by_iri(&app.db, follow.as_str()).await
}

/// A border of one's own went up: both directions end. Outgoing answers tell the other side.
pub(crate) async fn sever(app: &App, tx: &mut Tx, me: &Account, other: &Account) -> Result<()> {
    leave(app, tx, me, other).await?;
    send_off(app, tx, me, other).await?;
    Ok(())
}

fn record(app: &App, tx: &mut Tx, follower: &Account, target: &Account, iri: &str, state: State) {
    let (word, kind) = match state {
        State::None => return,
        State::Requested => ("requested", Kind::FollowRequest),
        State::Accepted => ("accepted", Kind::Follow),
    };
    let now = app.now_ms();
    let host = follower.host.as_str();
    store::insert(tx, follower.id, target.id, word, iri, host, now);
    notifications::notify(
        tx,
        app.ids.round_at(now),
        target.id,
        kind,
        follower.id,
        None,
        now,
    );
    if state == State::Accepted {
        established(tx, follower, target);
    }
}

fn confirm(app: &App, tx: &mut Tx, follower: &Account, target: &Account) {
    let now = app.now_ms();
    store::accept(tx, follower.id, target.id);
    notifications::withdraw(tx, target.id, Kind::FollowRequest, follower.id, None);
    notifications::notify(
        tx,
        app.ids.round_at(now),
        target.id,
        Kind::Follow,
        follower.id,
        None,
        now,
    );
    established(tx, follower, target);
}

fn established(tx: &mut Tx, follower: &Account, target: &Account) {
    accounts::count_follows(tx, follower.id);
    accounts::count_follows(tx, target.id);
    if follower.is_local() {
        timelines::backfill(tx, follower.id, target.id);
    }
}

fn unrecord(tx: &mut Tx, follower_id: i64, target_id: i64) {
    store::delete(tx, follower_id, target_id);
    notifications::withdraw(tx, target_id, Kind::FollowRequest, follower_id, None);
    notifications::withdraw(tx, target_id, Kind::Follow, follower_id, None);
    accounts::count_follows(tx, follower_id);
    accounts::count_follows(tx, target_id);
    timelines::withdraw(tx, follower_id, target_id);
    reading_lists::withdraw(tx, follower_id, target_id);
    endorsements::withdraw(tx, follower_id, target_id);
}
