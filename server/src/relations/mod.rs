//! Relations: what a member holds against another account. A block works both ways and is a border; a mute is only
//! for one's own eyes, and the muted cannot notice it.

pub mod activity;
pub mod api;
pub mod entity;
mod known;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::HashMap;
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::Admitted;
use comity_vocab::{Activity, Iri};

use crate::accounts::Account;
use crate::app::App;
use crate::collections;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::follows;
use crate::inbox::Arrival;
use crate::timelines;

use known::find_met;
pub use known::{find_known, known};
pub use store::forget_ended;
pub(crate) use store::{BLOCKED, MUTED};

/// Whether the other side's server hears of a block (boundaries L12: telling invites retaliation, silence leaves
/// their server without the knowledge it needs to help).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Nobody is told. What was followed ends, as if by itself.
    Silent,
    /// Their server gets a Block.
    TheirServer,
}

/// How a member stands to an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relation {
    /// Blocks it.
    pub blocking: bool,
    /// Mutes it.
    pub muting: bool,
    /// Mutes it, and what it does is not told either.
    pub muting_notifications: bool,
    /// When the mute ends by itself; unix milliseconds.
    pub muting_until: Option<i64>,
}

/// What a mute hides, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mute {
    /// What the muted do to the muter is not told either.
    pub notifications: bool,
    /// When it ends by itself, in unix milliseconds; `None` for good.
    pub expires_at: Option<i64>,
}

impl Mute {
    /// Everything, for good.
    pub const WHOLE: Mute = Mute {
        notifications: true,
        expires_at: None,
    };
}

/// How `me` stands to each of these, by id; nothing is held against who is not in it.
pub async fn relations(app: &App, me: i64, others: Vec<i64>) -> Result<HashMap<i64, Relation>> {
    let mut relations: HashMap<i64, Relation> = HashMap::new();
    for row in store::among(&app.db, me, others, app.now_ms()).await? {
        let relation = relations.entry(row.target_id).or_default();
        if row.blocks {
            relation.blocking = true;
        } else {
            relation.muting = true;
            relation.muting_notifications = row.notifications;
            relation.muting_until = row.expires_at;
        }
    }
    Ok(relations)
}

/// Ends what goes on between the two and lets nothing pass from now on.
pub async fn block(app: &App, me: &Arc<Account>, target_id: i64, telling: Telling) -> Result<()> {
    let target = other(app, me, target_id).await?;
    let iri = format!("{}#blocks/{}", me.iri.as_str(), app.next_id());
    let telling = if target.is_local() {
        Telling::Silent
    } else {
        telling
    };
    let mut tx = Tx::new();
    let id = app.next_id();
    store::insert_block(&mut tx, id, me.id, target.id, &iri, telling, app.now_ms());
    follows::sever(app, &mut tx, me, &target).await?;
    timelines::withdraw(&mut tx, me.id, target.id);
    timelines::withdraw(&mut tx, target.id, me.id);
    collections::part(&mut tx, me.id, target.id);
    if telling == Telling::TheirServer {
        delivery::queue(
            &mut tx,
            app,
            me.id,
            &Outgoing::Block {
                iri,
                target: target.id,
            },
        )?;
    }
    app.commit_and_ring(tx).await?;
    app.hosts.severed.note(me.id);
    Ok(())
}

/// Lets things pass again. Follows that ended stay ended.
pub async fn unblock(app: &App, me: &Arc<Account>, target_id: i64) -> Result<()> {
    let target = find_met(app, me, target_id).await?;
    let Some((iri, told)) = store::block(&app.db, me.id, target.id).await? else {
        return Ok(());
    };
    let mut tx = Tx::new();
    store::delete_block(&mut tx, me.id, target.id);
    // The end of a block that was never told would tell it.
    if told {
        delivery::queue(
            &mut tx,
            app,
            me.id,
            &Outgoing::UndoBlock {
                iri,
                target: target.id,
            },
        )?;
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Hides what an account writes from one's own timelines, and what it does from one's notifications. Muting again says
/// anew for how long, and what.
pub async fn mute(app: &App, me: &Arc<Account>, target_id: i64, mute: Mute) -> Result<()> {
    let target = other(app, me, target_id).await?;
    let now = app.now_ms();
    if mute.expires_at.is_some_and(|at| at <= now) {
        return Err(Error::invalid("expires_at", "lies in the past"));
    }
    let mut tx = Tx::new();
    store::insert_mute(&mut tx, app.ids.at(now), me.id, target.id, mute, now);
    app.commit(tx).await?;
    Ok(())
}

/// Shows it again.
pub async fn unmute(app: &App, me: &Arc<Account>, target_id: i64) -> Result<()> {
    let target = find_met(app, me, target_id).await?;
    let mut tx = Tx::new();
    store::delete_mute(&mut tx, me.id, target.id);
    app.commit(tx).await?;
    Ok(())
}

async fn other(app: &App, me: &Account, target_id: i64) -> Result<Arc<Account>> {
    if target_id == me.id {
        return Err(Error::invalid("you", "cannot do that to yourself"));
    }
    find_met(app, me, target_id).await
}

/// Somebody elsewhere blocks a member here: follows end, and the gate shows the member nothing of theirs any more.
pub async fn receive_block(
    app: &App,
    arrival: &Arrival,
    block: &Admitted<Activity>,
    target: &Arc<Account>,
) -> Result<()> {
    if !target.is_local() {
        return Ok(());
    }
    let iri = block.id.as_ref().map_or_else(
        || format!("{}#blocks", arrival.sender.iri.as_str()),
        |iri| iri.as_str().to_owned(),
    );
    let mut tx = Tx::new();
    store::insert_block(
        &mut tx,
        app.next_id(),
        arrival.sender.id,
        target.id,
        &iri,
        Telling::TheirServer,
        app.now_ms(),
    );
    follows::sever(app, &mut tx, target, &arrival.sender).await?;
    app.commit_and_ring(tx).await?;
    app.hosts.severed.note(target.id);
    Ok(())
}

/// They take it back.
pub async fn receive_unblock(
    app: &App,
    arrival: &Arrival,
    _undo: &Admitted<Activity>,
    target: &Arc<Account>,
) -> Result<()> {
    let mut tx = Tx::new();
    store::delete_block(&mut tx, arrival.sender.id, target.id);
    app.commit(tx).await?;
    Ok(())
}

/// Whom the sender blocked with this activity, for an Undo that names only its id.
pub async fn blocked_by(app: &App, by: &Account, block: &Iri) -> Result<Option<i64>> {
    store::target_by_iri(&app.db, by.id, block.as_str()).await
}
