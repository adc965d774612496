//! Endorsements: whom a member recommends on their profile, of those they follow.

pub mod api;
mod store;

pub(crate) use store::OF_MEMBER;

use std::collections::HashSet;

use comity_policy::Way;

use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::follows::{self, State};
use crate::http::Me;
use crate::relations;
use crate::window::Window;

pub(crate) use store::withdraw;

/// Endorsements of one member: beyond it a recommendation says little.
const MOST: i64 = 200;

/// Recommends somebody whom `me` follows. Doing it twice changes nothing.
pub async fn endorse(app: &App, me: &Me, target_id: i64) -> Result<()> {
    let target = accounts::show(app, &me.party(), Way::Page, target_id).await?;
    if follows::state(app, me.account.id, target.id).await? != State::Accepted {
        return Err(Error::invalid(
            "account",
            "must be one you follow before you recommend it",
        ));
    }
    if store::count(&app.db, me.account.id).await? >= MOST {
        return Err(Error::invalid(
            "endorsements",
            format!("are at most {MOST}; take some back first"),
        ));
    }
    store::insert(&app.db, app.next_id(), me.account.id, target.id).await
}

/// Takes it back.
pub async fn unendorse(app: &App, me: &Me, target_id: i64) -> Result<()> {
    let target = relations::find_known(app, &me.account, target_id).await?;
    store::delete(&app.db, me.account.id, target.id).await
}

/// Which of these `account_id` recommends.
pub async fn of(app: &App, account_id: i64, targets: &[i64]) -> Result<HashSet<i64>> {
    if targets.is_empty() {
        return Ok(HashSet::new());
    }
    store::among(&app.db, account_id, targets.to_vec()).await
}

/// Some of those whom `account_id` recommends, each with the entry that it is; nobody is cleared to see them yet.
pub async fn list(
    app: &App,
    account_id: i64,
    window: Window,
    limit: i64,
) -> Result<Vec<(i64, i64)>> {
    store::list(&app.db, account_id, window, limit).await
}
