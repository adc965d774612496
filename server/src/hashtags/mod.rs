//! Hashtags: which public posts name a topic, newest first. In no list is what was not written for public places.

pub mod entity;
mod store;
pub mod web;

use comity_db::Tx;
use comity_vocab::Visibility;

pub use store::beginning;
pub(crate) use store::{NAMED, recent};

use crate::text::hashtag::folded;

/// Of one post, so many are listed; the others are links and nothing more.
const MOST_LISTED: usize = 30;
/// Longer names are no topics.
pub(crate) const LONGEST: usize = 100;

/// Lists a status under what it names, in the transaction that writes its words.
pub(crate) fn place(tx: &mut Tx, status_id: i64, visibility: Visibility, names: &[String]) {
    for name in listed(visibility, names) {
        store::insert(tx, &name, status_id);
    }
}

/// Under which folded names a status is listed.
pub(crate) fn listed(visibility: Visibility, names: &[String]) -> Vec<String> {
    if visibility != Visibility::Public {
        return Vec::new();
    }
    let mut folded: Vec<String> = names
        .iter()
        .map(|name| folded(name))
        .filter(|name| !name.is_empty() && name.chars().count() <= LONGEST)
        .take(MOST_LISTED)
        .collect();
    folded.sort_unstable();
    folded.dedup();
    folded
}

/// The words of a status changed: it is listed under what they name now.
pub(crate) fn place_anew(tx: &mut Tx, status_id: i64, visibility: Visibility, names: &[String]) {
    store::withdraw(tx, status_id);
    place(tx, status_id, visibility, names);
}
