//! A status goes, here and, as far as others keep their word, elsewhere.

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Admitted, Approval, Party};
use comity_vocab::{Activity, Iri, Visibility};

use super::edit;
use super::load;
use super::model::Status;
use super::record;
use super::store;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::inbox::Arrival;
use crate::streaming::{self, Event, Traces};
use crate::{media, reach, search};

/// How long it is remembered that something was deleted which was not here.
const UNKNOWN_BURIED_MS: i64 = 6 * 3_600_000;

/// Deletes a status of one's own. The bare Delete goes to every server that it reached, as the ledger says, and to no
/// other (boundaries L04): it holds the id and nothing else.
///
/// Its files can be taken along into a new post within the hour: apps delete a post to have it written anew.
pub async fn delete(app: &App, author: Arc<Account>, status_id: i64) -> Result<()> {
    go(app, author, status_id, Files::Wait).await
}

/// The same, and its files go with it: no other post can have them.
pub async fn delete_with_files(app: &App, author: Arc<Account>, status_id: i64) -> Result<()> {
    go(app, author, status_id, Files::Go).await
}

/// What becomes of the files of a status that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Files {
    /// They wait for a new post.
    Wait,
    /// They are taken away next.
    Go,
}

async fn go(app: &App, author: Arc<Account>, status_id: i64, files: Files) -> Result<()> {
    let me = Party::Member(author.person());
    let status = edit::own(app, &me, &author, status_id).await?;
    app.limits.check(Kind::Delete, &author.id.to_string())?;
    let reached = store::reached(&app.db, status_id).await?;
    let mut tx = Tx::new();
    if files == Files::Go {
        media::discard_of(&mut tx, status_id);
    }
    remove(&mut tx, &status, app.now_ms());
    if status.visibility != Visibility::Local {
        let followers = status.visibility != Visibility::Direct;
        delivery::queue(
            &mut tx,
            app,
            author.id,
            &Outgoing::Delete {
                iri: status.iri.as_str().to_owned(),
                status: Some(status.id),
                visibility: Some(status.visibility.as_str().to_owned()),
                followers,
                accounts: reached,
            },
        )?;
    }
    if !app.commit_and_ring(tx).await? {
        return Err(Error::NotFound);
    }
    if files == Files::Go {
        media::wake(app);
    }
    Ok(())
}

/// Its author elsewhere deleted it: it goes, and no copy of it comes back.
pub async fn receive_delete(
    app: &App,
    arrival: &Arrival,
    activity: &Admitted<Activity>,
    iri: &Iri,
) -> Result<()> {
    // The admitted actor speaks for its own server's ids only (FEP-fe34).
    if !iri.same_origin(activity.by()) {
        return Err(Error::Forbidden(format!(
            "{iri} is not of the server of {}",
            activity.by()
        )));
    }
    let mut tx = Tx::new();
    match store::id_by_iri(&app.db, iri.as_str()).await? {
        Some(id) => {
            let status = load::load_one(app, id).await?;
            if status.author.id != arrival.sender.id {
                return Err(Error::Forbidden(format!(
                    "{iri} is not by {}",
                    arrival.sender.iri
                )));
            }
            remove(&mut tx, &status, app.now_ms());
        }
        // A copy of it may still be on its way. Anybody can delete what never was, so that is not kept for long, nor
        // any number of it.
        None => {
            let host = arrival.sender.host.registrable();
            if app.limits.check(Kind::Burial, host).is_err() {
                return Ok(());
            }
            let forgotten_at = app.now_ms() + UNKNOWN_BURIED_MS;
            store::bury(
                &mut tx,
                iri.as_str(),
                forgotten_at - store::TOMBSTONES_KEPT_MS,
            );
        }
    }
    app.commit(tx).await?;
    Ok(())
}

/// Everything an account wrote goes, a batch at a time: its owner deleted it.
pub async fn delete_all_of(app: &App, account: &Account) -> Result<()> {
    loop {
        let ids = store::ids_of_author(&app.db, account.id).await?;
        if ids.is_empty() {
            return Ok(());
        }
        for status in load::load(app, &ids).await? {
            let mut tx = Tx::new();
            remove(&mut tx, &status, app.now_ms());
            app.commit(tx).await?;
        }
    }
}

/// The oldest of what an account wrote and shared, at most `most`: what is to go of somebody who leaves.
pub(crate) async fn oldest_of(app: &App, account_id: i64, most: usize) -> Result<Vec<Status>> {
    let mut ids = store::ids_of_author(&app.db, account_id).await?;
    ids.truncate(most);
    load::load(app, &ids).await
}

/// Takes a status out of everything it is part of. Its replies stay and keep their place; to those that waited for a
/// yes from elsewhere nobody says it any more.
pub(crate) fn remove(tx: &mut Tx, status: &Status, now_ms: i64) {
    streaming::announce(tx, &Event::Deleted(Traces::of(status)));
    reach::forget_reblogs(tx, status.id);
    if !status.author.is_local() {
        store::decline_waiting(tx, status.id);
    }
    if status.author.is_local() {
        media::let_go(tx, status.id, now_ms);
    }
    search::take_out(tx, status.id);
    store::delete(tx, status.id);
    store::bury(tx, status.iri.as_str(), now_ms);
    if record::is_counted(status.visibility) {
        accounts::add_to_statuses(tx, status.author.id, -1, now_ms);
        let stands = status.approval == Approval::Stands;
        if let Some(parent_id) = status.in_reply_to_id.filter(|_| stands) {
            store::add_reply(tx, parent_id, -1);
        }
    }
    if let Some((original_id, _)) = status.reblog_of {
        store::add_reblog(tx, original_id, -1);
    }
}
