//! Topics that a member follows: what names one in public comes into their home, as far as they may see it. Nobody is
//! told, and nothing is asked of other servers: only what is known here anyway comes in.

pub mod api;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::HashSet;

use comity_db::Tx;

use crate::app::App;
use crate::error::{Error, Result};
use crate::text::hashtag;
use crate::timelines;
use crate::window::Window;

/// Topics of one member: each is looked for at every public post.
const MOST: i64 = 200;

/// Follows a topic, by any spelling; its folded name. Doing it twice changes nothing.
pub async fn follow(app: &App, account_id: i64, name: &str) -> Result<String> {
    let name = hashtag::name(name).ok_or(Error::NotFound)?;
    if store::count(&app.db, account_id).await? >= MOST {
        return Err(Error::invalid(
            "tags",
            format!("that one follows are at most {MOST}; unfollow some first"),
        ));
    }
    let mut tx = Tx::new();
    store::insert(&mut tx, app.next_id(), account_id, &name);
    timelines::backfill_tag(&mut tx, account_id, &name);
    app.commit(tx).await?;
    Ok(name)
}

/// Follows it no longer; what came into home by it alone leaves it.
pub async fn unfollow(app: &App, account_id: i64, name: &str) -> Result<String> {
    let name = hashtag::name(name).ok_or(Error::NotFound)?;
    let mut tx = Tx::new();
    store::delete(&mut tx, account_id, &name);
    timelines::withdraw_tag(&mut tx, account_id, &name);
    app.commit(tx).await?;
    Ok(name)
}

/// Which of these a member follows, by their folded names.
pub async fn among(app: &App, account_id: i64, names: Vec<String>) -> Result<HashSet<String>> {
    store::among(&app.db, account_id, names).await
}

/// Some of those that a member follows: the id of following each, and its name; newest first.
pub async fn list(
    app: &App,
    account_id: i64,
    window: Window,
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    store::list(&app.db, account_id, window, limit).await
}
