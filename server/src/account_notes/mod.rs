//! Notes: what a member writes down about somebody, for nobody but themself.

pub mod api;
mod store;

pub(crate) use store::OF_MEMBER;

use std::collections::HashMap;

use comity_policy::Way;

use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::text::length;

/// Characters of one note, as Mastodon has it.
const LONGEST: usize = 2_000;
/// Notes of one member: nobody writes so many by hand.
const MOST: i64 = 10_000;

/// Writes `comment` down about somebody whom `me` may see, in place of what was there; an empty one takes it away.
pub async fn note(app: &App, me: &Me, target_id: i64, comment: &str) -> Result<()> {
    let target = accounts::show(app, &me.party(), Way::Page, target_id).await?;
    let comment = comment.trim();
    if comment.is_empty() {
        return store::delete(&app.db, me.account.id, target.id).await;
    }
    length::at_most("comment", comment, LONGEST)?;
    if store::count(&app.db, me.account.id).await? >= MOST {
        return Err(Error::invalid(
            "notes",
            format!("are at most {MOST}; remove some first"),
        ));
    }
    store::save(&app.db, me.account.id, target.id, comment).await
}

/// What `account_id` wrote down about these, by their ids.
pub async fn of(app: &App, account_id: i64, targets: &[i64]) -> Result<HashMap<i64, String>> {
    if targets.is_empty() {
        return Ok(HashMap::new());
    }
    store::among(&app.db, account_id, targets.to_vec()).await
}
