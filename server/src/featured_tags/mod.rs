//! Topics that a member puts on their profile.

pub mod api;
mod store;

pub(crate) use store::OF_MEMBER;

use std::collections::HashSet;

use crate::app::App;
use crate::error::{Error, Result};
use crate::text::hashtag;

/// Topics on one profile, as Mastodon has it.
pub const MOST: i64 = 10;
/// Proposals for more.
const MOST_PROPOSED: i64 = 10;

/// A topic on a profile.
#[derive(Clone, Debug)]
pub struct Featured {
    /// Ours.
    pub id: i64,
    /// Folded.
    pub name: String,
    /// Public posts of the profile's owner that name it.
    pub statuses_count: i64,
    /// The newest of those; unix milliseconds.
    pub last_status_at: Option<i64>,
}

/// Puts a topic on the profile, by any spelling; `false` where it was there already.
pub async fn feature(app: &App, account_id: i64, name: &str) -> Result<bool> {
    let name = hashtag::name(name)
        .ok_or_else(|| Error::invalid("name", "must be a hashtag: letters, digits and _"))?;
    let known = of(app, account_id).await?;
    if known.iter().any(|featured| featured.name == name) {
        return Ok(false);
    }
    if i64::try_from(known.len()).is_ok_and(|len| len >= MOST) {
        return Err(Error::invalid(
            "featured tags",
            format!("are at most {MOST}; remove some first"),
        ));
    }
    store::insert(&app.db, app.next_id(), account_id, &name).await?;
    Ok(true)
}

/// Takes it off, by its name.
pub async fn unfeature(app: &App, account_id: i64, name: &str) -> Result<()> {
    store::delete_by_name(&app.db, account_id, &hashtag::folded(name)).await
}

/// Takes it off, by its id.
pub async fn remove(app: &App, account_id: i64, id: i64) -> Result<()> {
    match store::delete(&app.db, account_id, id).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// All on one profile, oldest first. Of people who live elsewhere we know none.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<Featured>> {
    store::of(&app.db, account_id, MOST).await
}

/// Which of these are on the profile of a member, by their folded names.
pub async fn among(app: &App, account_id: i64, names: Vec<String>) -> Result<HashSet<String>> {
    let known = of(app, account_id).await?.into_iter();
    Ok(known
        .map(|featured| featured.name)
        .filter(|name| names.contains(name))
        .collect())
}

/// Topics that a member named most in what they wrote lately in public, and that are not on their profile.
pub async fn proposed(app: &App, account_id: i64) -> Result<Vec<String>> {
    store::proposed(&app.db, account_id, MOST_PROPOSED).await
}
