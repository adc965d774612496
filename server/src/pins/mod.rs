//! Pins: what somebody puts on top of their profile, of what they wrote themselves. A pinned post is seen by whoever may
//! see it anyway.

pub mod activity;
pub mod api;
mod store;
pub mod web;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Admitted, Party, Way};
use comity_vocab::{Activity, Iri, Visibility};

use crate::accounts::Account;
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::inbox::Arrival;
use crate::statuses::{self, Shown, Status};

/// Pins of one person: as many as Mastodon takes, and as fit above what one came for. Whoever elsewhere has more
/// shows us the first.
const MOST: i64 = 5;

/// Pins a post of one's own, for everybody who may see it. Doing it twice changes nothing. *Invalid* where it is somebody
/// else's, a boost, or not for everybody, and where five are pinned.
pub async fn pin(app: &App, me: &Arc<Account>, status_id: i64) -> Result<()> {
    let status = statuses::find(app, &Party::Member(me.person()), Way::Page, status_id).await?;
    check_may_be_pinned(me, &status)?;
    let pinned = store::of(&app.db, me.id, MOST).await?;
    if pinned.contains(&status.id) {
        return Ok(());
    }
    if i64::try_from(pinned.len()).is_ok_and(|len| len >= MOST) {
        return Err(Error::invalid(
            "post",
            format!("is one too many: {MOST} posts are pinned already; unpin one of them first"),
        ));
    }
    let mut tx = Tx::new();
    record(app, &mut tx, &status);
    delivery::queue(&mut tx, app, me.id, &Outgoing::Pin { status: status.id })?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

fn check_may_be_pinned(me: &Account, status: &Status) -> Result<()> {
    let why = if status.author.id != me.id {
        "is by somebody else; pin what you wrote yourself"
    } else if status.reblog_of.is_some() {
        "is a boost; pin what you wrote yourself"
    } else {
        match status.visibility {
            Visibility::Public | Visibility::Unlisted => return Ok(()),
            _ => "is not for everybody; only what is public or unlisted can be pinned",
        }
    };
    Err(Error::invalid("post", why))
}

/// Takes a pin back.
pub async fn unpin(app: &App, me: &Arc<Account>, status_id: i64) -> Result<()> {
    let status = statuses::load_one(app, status_id).await?;
    if status.author.id != me.id {
        return Err(Error::NotFound);
    }
    if !store::of(&app.db, me.id, MOST).await?.contains(&status.id) {
        return Ok(());
    }
    let mut tx = Tx::new();
    unrecord(&mut tx, &status);
    let unpin = Outgoing::Unpin {
        iri: status.iri.as_str().to_owned(),
        status: Some(status.id),
    };
    delivery::queue(&mut tx, app, me.id, &unpin)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Whether this is the collection of what somebody pinned.
pub fn is_on_top_of(account: &Account, collection: Option<&Iri>) -> bool {
    collection.is_some() && account.featured_iri.as_ref() == collection
}

/// Somebody elsewhere pinned a post of their own, which is here.
pub async fn receive(
    app: &App,
    arrival: &Arrival,
    _add: &Admitted<Activity>,
    status_id: i64,
) -> Result<()> {
    let status = own(app, arrival, status_id).await?;
    let mut tx = Tx::new();
    record(app, &mut tx, &status);
    app.commit(tx).await?;
    Ok(())
}

/// They took it back.
pub async fn receive_removal(
    app: &App,
    arrival: &Arrival,
    _remove: &Admitted<Activity>,
    status_id: i64,
) -> Result<()> {
    let status = own(app, arrival, status_id).await?;
    let mut tx = Tx::new();
    unrecord(&mut tx, &status);
    app.commit(tx).await?;
    Ok(())
}

/// Nobody puts on show what somebody else wrote.
async fn own(app: &App, arrival: &Arrival, status_id: i64) -> Result<Status> {
    let status = statuses::load_one(app, status_id).await?;
    if status.author.id != arrival.sender.id || status.reblog_of.is_some() {
        return Err(Error::Forbidden(format!(
            "{} is not by {}",
            status.iri, arrival.sender.iri
        )));
    }
    Ok(status)
}

fn record(app: &App, tx: &mut Tx, status: &Status) {
    store::insert(tx, status.author.id, status.id, MOST, app.now_ms());
}

fn unrecord(tx: &mut Tx, status: &Status) {
    store::delete(tx, status.author.id, status.id);
}

/// What `account_id` pinned, newest first, by id.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<i64>> {
    store::of(&app.db, account_id, MOST).await
}

/// What `account_id` pinned and `viewer` may see, newest first.
pub async fn list(app: &App, viewer: &Party, way: Way, account_id: i64) -> Result<Vec<Shown>> {
    Shown::list(app, viewer, way, &of(app, account_id).await?).await
}
