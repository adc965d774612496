//! Reblogs: share a status with one's followers, and take it back. A reblog is a status of its own without words.

pub mod activity;
pub mod api;
pub mod web;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Admitted, Conditions, Outcome, Party, Way};
use comity_vocab::{Activity, Iri, Visibility};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::http;
use crate::inbox::Arrival;
use crate::notifications::{self, Kind};
use crate::statuses::{self, NewStatus, Status};

/// Boosts a status that `me` may see and share; of a boost, what it shares. Doing it twice changes nothing. The boost goes
/// where both `me` and the author let it go (boundaries L05): the gate asks for both when it is addressed.
pub async fn reblog(app: &App, me: &Arc<Account>, status_id: i64) -> Result<()> {
    reblog_for(app, me, status_id, Visibility::Public).await?;
    Ok(())
}

/// The same, seen by no more people than `wanted` lets; the id of what is shared.
pub async fn reblog_for(
    app: &App,
    me: &Arc<Account>,
    status_id: i64,
    wanted: Visibility,
) -> Result<i64> {
    let party = Party::Member(me.person());
    let status = statuses::find_proper(app, &party, Way::Page, status_id).await?;
    let visibility = seen_by(&status, me)
        .ok_or_else(|| Error::Forbidden("its author did not write it for everyone".to_owned()))?
        .narrowed_to(wanted);
    if !matches!(
        wanted,
        Visibility::Public | Visibility::Unlisted | Visibility::Private
    ) {
        return Err(Error::invalid(
            "visibility",
            "must be public, unlisted or private",
        ));
    }
    if status.conditions().contains(Conditions::NO_BOOSTS) {
        return Err(Error::Forbidden(
            "a boundary says that what its author writes is not boosted here".to_owned(),
        ));
    }
    let verdict = statuses::may(app, &party, Act::Reblog, &status).await?;
    if verdict.outcome == Outcome::Hold && !status.author.is_local() {
        return Err(Error::Forbidden(format!(
            "{}; a boost cannot ask yet",
            statuses::asks_first(&status, Act::Reblog)
        )));
    }
    app.limits.check(http::Kind::Post, &me.id.to_string())?;
    let new = NewStatus::local_reblog(app, me.clone(), &status, visibility)?;
    let mut tx = Tx::new();
    statuses::record(app, &mut tx, &new, Some(&status));
    delivery::queue(
        &mut tx,
        app,
        me.id,
        &Outgoing::Announce { status: new.id() },
    )?;
    app.commit_and_ring(tx).await?;
    Ok(status.id)
}

/// Who sees a boost of this status by this account; `None` where it cannot be boosted. What is not for everyone its
/// author alone may bring up again, and only before those who follow them: the rest is between few people.
pub fn seen_by(status: &Status, booster: &Account) -> Option<Visibility> {
    match status.visibility {
        Visibility::Public | Visibility::Unlisted => Some(status.visibility),
        Visibility::Private if status.author.id == booster.id => Some(Visibility::Private),
        Visibility::Private | Visibility::Direct | Visibility::Local => None,
    }
}

/// Takes one's boost of a status back, also by the id of a boost of it ([`statuses::meant_by`]); the id of what was shared.
pub async fn unreblog(app: &App, me: &Arc<Account>, status_id: i64) -> Result<i64> {
    let status_id = statuses::meant_by(app, me, status_id).await?;
    let Some(reblog_id) = statuses::reblog_by(&app.db, status_id, me.id).await? else {
        return Ok(status_id);
    };
    app.limits.check(http::Kind::Delete, &me.id.to_string())?;
    let reblog = statuses::load_one(app, reblog_id).await?;
    let original = statuses::load_one(app, status_id).await?;
    let mut tx = Tx::new();
    unrecord(app, &mut tx, &reblog, &original);
    let undo = Outgoing::UndoAnnounce {
        iri: reblog.iri.as_str().to_owned(),
        status: Some(reblog.id),
        object: original.iri.as_str().to_owned(),
        author: original.author.id,
    };
    delivery::queue(&mut tx, app, me.id, &undo)?;
    app.commit_and_ring(tx).await?;
    Ok(status_id)
}

/// Somebody elsewhere shared a status that we have (`inbox::resolve` fetched it from its origin if it was new).
pub async fn receive(
    app: &App,
    arrival: &Arrival,
    announce: &Admitted<Activity>,
    iri: &Iri,
    status_id: i64,
    visibility: Visibility,
) -> Result<()> {
    // Only who may see it may share it, and nobody may widen it (boundaries L09, L55).
    let status = statuses::load_one(app, status_id).await?;
    if status.reblog_of.is_some() {
        return Err(Error::Forbidden(format!(
            "{} is a boost and has no words to share",
            status.iri
        )));
    }
    if seen_by(&status, &arrival.sender).is_none() {
        return Err(Error::Forbidden(format!(
            "{} is not for everyone",
            status.iri
        )));
    }
    // What was written elsewhere is not ours to give them, and is for everybody: there the community's own account looks, so
    // the community's and the installation's rules about who wrote it count (boundaries L31). Whether that author would
    // have this booster read it is not asked; only their server could tell.
    let reader = if status.author.is_local() {
        Party::Account(arrival.sender.person())
    } else {
        let own = accounts::find(app, arrival.community.actor_id).await?;
        Party::Member(own.person())
    };
    let status = app.gate.show(&reader, Way::Boost, status).await??;
    let new = NewStatus::remote_reblog(
        app,
        announce,
        iri,
        arrival.sender.clone(),
        &status,
        visibility,
    )?;
    let mut tx = Tx::new();
    statuses::record(app, &mut tx, &new, Some(&status));
    app.commit(tx).await?;
    Ok(())
}

/// They took it back.
pub async fn receive_undo(
    app: &App,
    arrival: &Arrival,
    _undo: &Admitted<Activity>,
    announce: &Iri,
) -> Result<()> {
    let Some(id) = statuses::find_by_iri(app, announce).await? else {
        return Ok(());
    };
    let reblog = statuses::load_one(app, id).await?;
    let Some((original_id, _)) = reblog.reblog_of else {
        return Ok(());
    };
    if reblog.author.id != arrival.sender.id {
        return Err(Error::Forbidden(format!(
            "{announce} is not by {}",
            arrival.sender.iri
        )));
    }
    let original = statuses::load_one(app, original_id).await?;
    let mut tx = Tx::new();
    unrecord(app, &mut tx, &reblog, &original);
    app.commit(tx).await?;
    Ok(())
}

fn unrecord(app: &App, tx: &mut Tx, reblog: &Status, original: &Status) {
    statuses::remove(tx, reblog, app.now_ms());
    if original.author.is_local() {
        notifications::withdraw(
            tx,
            original.author.id,
            Kind::Reblog,
            reblog.author.id,
            Some(original.id),
        );
    }
}
