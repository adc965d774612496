//! Polls: a post that asks, and the votes. Votes for what was asked elsewhere are sent to who asked; the numbers come back
//! with the post. Of our own polls others hear the numbers now and then, and at the end.

pub mod activity;
pub mod api;
pub mod entity;
mod model;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Admitted, Party, Way};
use comity_vocab::{Note, Visibility};

pub use model::{
    Choice, LONGEST_MS, LONGEST_OPTION, MOST_OPTIONS, NewPoll, Poll, SHORTEST_MS, Wish,
};
pub(crate) use store::insert as keep;
pub use store::{of, own};

use crate::accounts::Account;
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::inbox::Arrival;
use crate::notifications::{self, Kind};
use crate::queue::{self, Job, Outcome};
use crate::statuses::{self, Status};

/// The numbers of a poll of ours are sent so often at most: Mastodon does so as well.
const TELL_EVERY_MS: i64 = 3 * 60 * 1000;
/// Members told of an end in one transaction.
const BATCH: i64 = 500;

/// Members who asked or voted are told of its end, and of one of ours everybody who has it.
pub(crate) fn end_later(app: &App, tx: &mut Tx, status_id: i64, poll: &Poll) -> Result<()> {
    if let Some(ends_at) = poll.ends_at.filter(|_| !poll.closed) {
        let job = Job::EndPoll {
            status: status_id,
            ends_at,
        };
        queue::push_at(tx, app, &job, ends_at.max(app.now_ms()))?;
    }
    Ok(())
}

/// Another poll takes the place of this one, or none: what was chosen is forgotten.
pub(crate) fn replace(app: &App, tx: &mut Tx, status_id: i64, poll: Option<&Poll>) -> Result<()> {
    store::delete(tx, status_id);
    match poll {
        Some(poll) => {
            store::insert(tx, status_id, poll);
            end_later(app, tx, status_id, poll)
        }
        None => Ok(()),
    }
}

/// What its server says of a poll from elsewhere: the same with other numbers, or another one.
pub(crate) fn hear(tx: &mut Tx, status_id: i64, was: Option<&Poll>, now: Option<&Poll>) {
    match (was, now) {
        (Some(was), Some(now)) if was.asks_the_same(now) => store::recount(tx, status_id, now),
        (was, now) => {
            if was.is_some() {
                store::delete(tx, status_id);
            }
            if let Some(now) = now {
                store::insert(tx, status_id, now);
            }
        }
    }
}

/// `me` votes, once.
pub async fn vote(
    app: &App,
    me: &Arc<Account>,
    status_id: i64,
    mut choices: Vec<i64>,
) -> Result<()> {
    let party = Party::Member(me.person());
    let status = statuses::find(app, &party, Way::Page, status_id).await?;
    let poll = statuses::text(&status)
        .poll
        .clone()
        .ok_or(Error::NotFound)?;
    statuses::may(app, &party, Act::Vote, &status).await?;
    if status.author.id == me.id {
        return Err(Error::invalid("poll", "is your own; others vote"));
    }
    if poll.closed {
        return Err(Error::invalid("poll", "is over"));
    }
    choices.sort_unstable();
    choices.dedup();
    let offered = |at: &i64| Some((*at, poll.options.get(usize::try_from(*at).ok()?)?));
    let named: Option<Vec<(i64, &Choice)>> = choices.iter().map(offered).collect();
    let Some(named) = named.filter(|named| !named.is_empty()) else {
        return Err(Error::invalid("choices", "must name what the poll offers"));
    };
    if choices.len() > 1 && !poll.multiple {
        return Err(Error::invalid(
            "choices",
            "must be one: this poll takes no more",
        ));
    }
    let now = app.now_ms();
    let mut tx = Tx::new();
    store::voter(&mut tx, status.id, me.id, now);
    for (position, choice) in named {
        store::vote(&mut tx, status.id, me.id, position, &choice.title);
        if !status.author.is_local() {
            let vote = Outgoing::Vote {
                status: status.id,
                option: position,
                number: app.next_id(),
            };
            delivery::queue(&mut tx, app, me.id, &vote)?;
        }
    }
    if status.author.is_local() {
        tell_later(app, &mut tx, &status, &poll)?;
    } else {
        end_later(app, &mut tx, status.id, &poll)?;
    }
    if !app.commit_and_ring(tx).await? {
        return Err(Error::invalid(
            "poll",
            "has your vote already, or offers something else by now; look at it again",
        ));
    }
    Ok(())
}

/// Others are told the new numbers of a poll of ours, with those that come meanwhile.
fn tell_later(app: &App, tx: &mut Tx, status: &Status, poll: &Poll) -> Result<()> {
    let now = app.now_ms();
    let at = (poll.told_at + TELL_EVERY_MS).max(now);
    // It is promised for then already.
    if poll.told_at > now || status.visibility == Visibility::Local {
        return Ok(());
    }
    store::told(tx, status.id, at);
    queue::push_at(tx, app, &Job::TellPoll { status: status.id }, at)
}

/// The job: sends the numbers of a poll of ours to those who have it.
pub(crate) async fn tell(app: &App, status_id: i64) -> Outcome {
    match try_tell(app, status_id).await {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_tell(app: &App, status_id: i64) -> Result<()> {
    let Some(status) = statuses::load(app, &[status_id]).await?.pop() else {
        return Ok(());
    };
    let mut tx = Tx::new();
    let update = Outgoing::Update { status: status.id };
    delivery::queue(&mut tx, app, status.author.id, &update)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// The job: a poll is over. Who asked and who voted here hear of it, and of one of ours the others get the last numbers.
pub(crate) async fn end(app: &App, status_id: i64, ends_at: i64) -> Outcome {
    match try_end(app, status_id, ends_at).await {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_end(app: &App, status_id: i64, ends_at: i64) -> Result<()> {
    let Some(status) = statuses::load(app, &[status_id]).await?.pop() else {
        return Ok(());
    };
    let polls = store::of(&app.db, vec![status_id], app.now_ms()).await?;
    // It ends at another time by now, or there is another in its place.
    if polls.get(&status_id).and_then(|poll| poll.ends_at) != Some(ends_at) {
        return Ok(());
    }
    let now = app.now_ms();
    let mut after = 0;
    loop {
        let members = store::members(&app.db, status_id, after, BATCH).await?;
        let is_first = after == 0;
        let Some(last) = members
            .last()
            .copied()
            .or_else(|| is_first.then_some(i64::MAX))
        else {
            return Ok(());
        };
        let mut tx = Tx::new();
        for member in &members {
            let id = app.ids.round_at(now);
            let from = status.author.id;
            notifications::notify(&mut tx, id, *member, Kind::Poll, from, Some(status_id), now);
        }
        if is_first && status.author.is_local() {
            notifications::tell_self(
                &mut tx,
                app.ids.round_at(now),
                status.author.id,
                status_id,
                now,
            );
            if status.visibility != Visibility::Local {
                let update = Outgoing::Update { status: status_id };
                delivery::queue(&mut tx, app, status.author.id, &update)?;
            }
        }
        app.commit_and_ring(tx).await?;
        after = last;
        if after == i64::MAX {
            return Ok(());
        }
    }
}

/// Somebody elsewhere votes in a poll of ours. What is no vote that counts changes nothing.
pub(crate) async fn receive(
    app: &App,
    arrival: &Arrival,
    note: &Admitted<Note>,
) -> Result<Option<&'static str>> {
    let (Some(iri), Some(name)) = (&note.in_reply_to, &note.name) else {
        return Ok(Some("is no vote"));
    };
    if note.author != arrival.sender.iri {
        return Err(Error::Forbidden(format!(
            "{} is not by its sender",
            note.id
        )));
    }
    let Some(id) = statuses::find_by_iri(app, iri).await? else {
        return Ok(Some("votes in what is not here"));
    };
    let status = statuses::load_one(app, id).await?;
    if !status.author.is_local() {
        return Ok(Some("votes in what was asked elsewhere"));
    }
    let party = Party::Account(arrival.sender.person());
    let status = app.gate.show(&party, Way::Inbox, status).await??;
    app.gate
        .may(&party, Act::Vote, Way::Inbox, &*status)
        .await??;
    let Some(poll) = statuses::text(&status).poll.clone() else {
        return Ok(Some("votes where nothing is asked"));
    };
    if poll.closed {
        return Ok(Some("votes in a poll that is over"));
    }
    let named = poll.options.iter().position(|option| option.title == *name);
    let Some(position) = named.and_then(|at| i64::try_from(at).ok()) else {
        return Ok(Some("votes for what is not offered"));
    };
    let sender = arrival.sender.id;
    let chosen = store::own(&app.db, sender, vec![status.id]).await?;
    let has_voted = chosen.contains_key(&status.id);
    if has_voted && !poll.multiple {
        return Ok(Some("votes a second time"));
    }
    let mut tx = Tx::new();
    if !has_voted {
        store::voter(&mut tx, status.id, sender, app.now_ms());
    }
    store::vote(&mut tx, status.id, sender, position, name);
    tell_later(app, &mut tx, &status, &poll)?;
    let counted = app.commit_and_ring(tx).await?;
    Ok((!counted).then_some("votes a second time"))
}

/// Whose vote it is and for what, for sending it.
pub(crate) async fn outgoing(app: &App, status_id: i64, option: i64) -> Result<(Status, String)> {
    let status = statuses::load_one(app, status_id).await?;
    let polls = store::of(&app.db, vec![status_id], app.now_ms()).await?;
    let title = polls
        .get(&status_id)
        .and_then(|poll| poll.options.get(usize::try_from(option).ok()?))
        .map(|option| option.title.clone())
        .ok_or(Error::NotFound)?;
    Ok((status, title))
}
