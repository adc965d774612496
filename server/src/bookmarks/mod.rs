//! Bookmarks: posts that a member keeps to read again. Nobody else learns of them, and one that the member may not see
//! any more is not shown.

pub mod api;
pub mod folders;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::HashMap;

use comity_policy::{Party, Visible, Way};

use crate::accounts::Account;
use crate::app::App;
use crate::error::{Error, Result};
use crate::statuses::{self, Status};
use crate::window::{Stretch, Window};

/// Bookmarks of one member: more than anybody reads again, and few enough to count at every one.
const MOST: i64 = 20_000;

/// Where a bookmark goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where it is already; a new one into no folder.
    AsItIs,
    /// Into no folder.
    Loose,
    /// Into this folder.
    Folder(i64),
}

/// Keeps a status that `me` may see; of a boost, what it shares. Doing it twice changes nothing but the folder. *Not found*
/// where the folder is another's.
pub async fn bookmark(
    app: &App,
    me: &Account,
    status_id: i64,
    place: Place,
) -> Result<Visible<Status>> {
    let folder_id = match place {
        Place::Folder(id) => Some(folders::find(app, me.id, id).await?.id),
        Place::AsItIs | Place::Loose => None,
    };
    let status = proper(app, me, status_id).await?;
    if store::count(&app.db, me.id).await? >= MOST {
        return Err(Error::invalid(
            "bookmarks",
            format!("are at most {MOST}; remove some first"),
        ));
    }
    store::insert(&app.db, app.next_id(), me.id, status.id, folder_id).await?;
    if place == Place::Loose {
        store::put(&app.db, me.id, status.id, None).await?;
    }
    Ok(status)
}

/// Puts what a member keeps into a folder of theirs, or takes it out of all. *Not found* where they do not keep it, whether
/// they may see it or not.
pub async fn put(app: &App, account_id: i64, status_id: i64, folder_id: Option<i64>) -> Result<()> {
    if let Some(folder_id) = folder_id {
        folders::find(app, account_id, folder_id).await?;
    }
    if !store::put(&app.db, account_id, status_id, folder_id).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Keeps it no longer; also one that `me` cannot see any more.
pub async fn unbookmark(app: &App, me: &Account, status_id: i64) -> Result<()> {
    store::delete(&app.db, me.id, status_id).await
}

/// What is meant by the id of a status or of a boost: the status, for `me`.
async fn proper(app: &App, me: &Account, status_id: i64) -> Result<Visible<Status>> {
    statuses::find_proper(app, &Party::Member(me.person()), Way::Page, status_id).await
}

/// In which folder of `account_id` each of these statuses is, of those that are in one.
async fn folders_of(app: &App, account_id: i64, status_ids: &[i64]) -> Result<HashMap<i64, i64>> {
    if status_ids.is_empty() {
        return Ok(HashMap::new());
    }
    store::folders_of(&app.db, account_id, status_ids.to_vec()).await
}

/// Some of what a member keeps, or keeps in one folder, by the id of the bookmark; nobody is cleared to see it yet.
pub async fn list(
    app: &App,
    account_id: i64,
    folder_id: Option<i64>,
    window: Window,
    limit: i64,
) -> Result<Stretch> {
    store::list(&app.db, account_id, folder_id, window, limit).await
}
