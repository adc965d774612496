//! Bookmarks: posts that a member keeps to read again. Nobody else learns of them, and one that the member may not see
//! any more is not shown.

pub mod api;
pub mod folders;
mod store;

pub(crate) use store::OF_MEMBER;

use std::collections::HashSet;

use comity_policy::{Party, Visible, Way};

use crate::accounts::Account;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Caller;
use crate::statuses::{self, Status};
use crate::window::{Stretch, Window};

/// Bookmarks of one member: more than anybody reads again, and few enough to count at every one.
const MOST: i64 = 20_000;

/// Keeps a status that `me` may see, in a folder where one is named; of a boost, what it shares. Doing it twice changes
/// nothing but the folder.
pub async fn bookmark(
    app: &App,
    me: &Account,
    status_id: i64,
    folder_id: Option<i64>,
) -> Result<Visible<Status>> {
    if let Some(folder_id) = folder_id {
        folders::find(app, me.id, folder_id).await?;
    }
    let status = proper(app, me, status_id).await?;
    if store::count(&app.db, me.id).await? >= MOST {
        return Err(Error::invalid(
            "bookmarks",
            format!("are at most {MOST}; remove some first"),
        ));
    }
    store::insert(&app.db, app.next_id(), me.id, status.id, folder_id).await?;
    Ok(status)
}

/// Keeps it no longer; also one that `me` cannot see any more.
pub async fn unbookmark(app: &App, me: &Account, status_id: i64) -> Result<()> {
    store::delete(&app.db, me.id, status_id).await
}

/// What is meant by the id of a status or of a boost: the status, for `me`.
async fn proper(app: &App, me: &Account, status_id: i64) -> Result<Visible<Status>> {
    statuses::find_proper(app, &Party::Member(me.person()), Way::Page, status_id).await
}

/// Which of these statuses `account_id` keeps.
pub async fn of(app: &App, account_id: i64, status_ids: &[i64]) -> Result<HashSet<i64>> {
    if status_ids.is_empty() {
        return Ok(HashSet::new());
    }
    store::among(&app.db, account_id, status_ids.to_vec()).await
}

/// Some of what a member keeps, or keeps in one folder, by the id of the bookmark; nobody is cleared to see it yet.
pub async fn list(
    app: &App,
    caller: &Caller,
    folder_id: Option<i64>,
    window: Window,
    limit: i64,
) -> Result<Stretch> {
    match caller.account_id() {
        Some(me) => store::list(&app.db, me, folder_id, window, limit).await,
        None => Ok(Stretch::default()),
    }
}
