//! Favourites: like a status, and take it back. One that says an emoji is a reaction, and counts as any other.

pub mod activity;
pub mod api;
mod store;
pub mod web;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Admitted, Party, Visible, Way};
use comity_vocab::{Activity, Iri};

use crate::accounts::Account;
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::Result;
use crate::inbox::Arrival;
use crate::notifications::{self, Kind};
use crate::reactions;
use crate::statuses::{self, Status};

/// Favourites a status that `me` may see; of a boost, what it shares. Doing it twice changes nothing.
pub async fn favourite(app: &App, me: &Arc<Account>, status_id: i64) -> Result<()> {
    let party = Party::Member(me.person());
    let status = statuses::find_proper(app, &party, Way::Page, status_id).await?;
    statuses::may(app, &party, Act::Favourite, &status).await?;
    let mut tx = Tx::new();
    place(app, &mut tx, me, &status)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Favourites a status that `me` may see and may favourite, in the caller's transaction, and has its author told.
pub(crate) fn place(app: &App, tx: &mut Tx, me: &Account, status: &Visible<Status>) -> Result<()> {
    let iri = format!("{}#favourites/{}", me.iri.as_str(), app.next_id());
    record(app, tx, me.id, status, &iri);
    if !status.author.is_local() {
        let like = Outgoing::Like {
            iri,
            status: status.id,
        };
        delivery::queue(tx, app, me.id, &like)?;
    }
    Ok(())
}

/// Takes a favourite back, of a boost that of what it shares; a status one cannot see any more included. Of what one did not
/// favourite, it says the same whether it is hidden or was never there.
pub async fn unfavourite(app: &App, me: &Arc<Account>, status_id: i64) -> Result<()> {
    let status_id = favourited(app, me, status_id).await?;
    if store::iri_of(&app.db, me.id, status_id).await?.is_none() {
        return Ok(());
    }
    let status = statuses::load_one(app, status_id).await?;
    let mut tx = Tx::new();
    take_back(app, &mut tx, me, &status).await?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Which status is meant by an id. A boost that was favourited itself, as was possible once, is meant itself.
pub(crate) async fn favourited(app: &App, me: &Account, status_id: i64) -> Result<i64> {
    if store::iri_of(&app.db, me.id, status_id).await?.is_some() {
        return Ok(status_id);
    }
    statuses::meant_by(app, me, status_id).await
}

/// Takes a favourite back, if there is one, in the caller's transaction.
pub(crate) async fn take_back(app: &App, tx: &mut Tx, me: &Account, status: &Status) -> Result<()> {
    let Some(iri) = store::iri_of(&app.db, me.id, status.id).await? else {
        return Ok(());
    };
    unrecord(tx, me.id, status);
    if !status.author.is_local() {
        let undo = Outgoing::UndoLike {
            iri,
            status_iri: status.iri.as_str().to_owned(),
            author: status.author.id,
        };
        delivery::queue(tx, app, me.id, &undo)?;
    }
    Ok(())
}

/// Somebody elsewhere favourited a status that lives here. For statuses of others it is none of our business. What they
/// favourited before stays as it is, and says from now on what this one says. A plain favourite and a reaction of the same
/// person are one favourite, whichever came first, as long as one of them stands.
pub async fn receive(
    app: &App,
    arrival: &Arrival,
    activity: &Admitted<Activity>,
    status_id: i64,
) -> Result<()> {
    let status = statuses::load_one(app, status_id).await?;
    if !status.author.is_local() {
        return Ok(());
    }
    // Only who may see it may like it (boundaries L55).
    let party = Party::Account(arrival.sender.person());
    let status = app.gate.show(&party, Way::Inbox, status).await??;
    let iri = activity.id.as_ref().map_or_else(
        || nameless(&arrival.sender, status_id),
        |iri| iri.as_str().to_owned(),
    );
    let mut tx = Tx::new();
    let sender = arrival.sender.id;
    record(app, &mut tx, sender, &status, &iri);
    reactions::receive(&mut tx, activity, sender, status.id, app.now_ms());
    if !app.commit(tx).await? {
        let mut tx = Tx::new();
        if !reactions::is_one(activity) {
            store::set_apart(&mut tx, sender, status.id, &iri);
        }
        reactions::receive(&mut tx, activity, sender, status.id, app.now_ms());
        app.commit(tx).await?;
    }
    Ok(())
}

/// How a favourite is known that came without an id.
fn nameless(by: &Account, status_id: i64) -> String {
    format!("{}#favourites/{status_id}", by.iri.as_str())
}

/// They took back this one. Where it is another than the one that was recorded, it said an emoji beside that, and the emoji
/// goes alone. A plain one takes a plain one back under any id: Lemmy gives it a new one in each Undo.
pub async fn receive_undo_of(
    app: &App,
    arrival: &Arrival,
    undo: &Admitted<Activity>,
    undone: &Admitted<Activity>,
    status_id: i64,
) -> Result<()> {
    let sender = &arrival.sender;
    let Some(iri) = store::iri_of(&app.db, sender.id, status_id).await? else {
        return Ok(());
    };
    let is_it = undone.id.as_ref().is_none_or(|id| id.as_str() == iri);
    if reactions::is_one(undone) {
        if is_it {
            return forget(app, sender.id, status_id).await;
        }
        if iri != nameless(sender, status_id) {
            return reactions::receive_undo(app, undone, sender.id, status_id).await;
        }
        // Beside one without a name it may stand by its own.
        if let Some(id) = &undone.id
            && reactions::receive_undo_by_id(app, sender.id, id).await?
        {
            return Ok(());
        }
        return forget(app, sender.id, status_id).await;
    }
    if is_it || iri == nameless(sender, status_id) {
        return receive_undo(app, arrival, undo, status_id).await;
    }
    if reactions::has(&app.db, sender.id, status_id).await? {
        return Ok(());
    }
    receive_undo(app, arrival, undo, status_id).await
}

/// They took it back. A reaction that they said besides stays, and the favourite with it.
pub async fn receive_undo(
    app: &App,
    arrival: &Arrival,
    _undo: &Admitted<Activity>,
    status_id: i64,
) -> Result<()> {
    let mut tx = Tx::new();
    store::leave_reaction(&mut tx, arrival.sender.id, status_id);
    if app.commit(tx).await? {
        return Ok(());
    }
    forget(app, arrival.sender.id, status_id).await
}

/// The favourite goes, with all that it says.
async fn forget(app: &App, account_id: i64, status_id: i64) -> Result<()> {
    let status = statuses::load_one(app, status_id).await?;
    let mut tx = Tx::new();
    unrecord(&mut tx, account_id, &status);
    app.commit(tx).await?;
    Ok(())
}

/// The status that was favourited with this activity, for an Undo that names only the id.
pub async fn status_of(app: &App, by: &Account, like: &Iri) -> Result<Option<i64>> {
    store::status_by_iri(&app.db, by.id, like.as_str()).await
}

/// Some of what somebody favourited who leaves.
pub(crate) async fn some_of(app: &App, account_id: i64, most: i64) -> Result<Vec<i64>> {
    store::some_of(&app.db, account_id, most).await
}

/// One of them goes, without a word.
pub(crate) fn drop_one(tx: &mut Tx, account_id: i64, status_id: i64) {
    store::delete(tx, account_id, status_id);
    statuses::add_favourite(tx, status_id, -1);
}

fn record(app: &App, tx: &mut Tx, account_id: i64, status: &Status, iri: &str) {
    let now = app.now_ms();
    store::insert(tx, app.ids.at(now), account_id, status.id, iri, now);
    statuses::add_favourite(tx, status.id, 1);
    if status.author.is_local() {
        notifications::notify(
            tx,
            app.ids.round_at(now),
            status.author.id,
            Kind::Favourite,
            account_id,
            Some(status.id),
            now,
        );
    }
}

fn unrecord(tx: &mut Tx, account_id: i64, status: &Status) {
    store::delete(tx, account_id, status.id);
    statuses::add_favourite(tx, status.id, -1);
    if status.author.is_local() {
        notifications::withdraw(
            tx,
            status.author.id,
            Kind::Favourite,
            account_id,
            Some(status.id),
        );
    }
}
