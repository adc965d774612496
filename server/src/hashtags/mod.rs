//! Hashtags: which public posts name a topic, newest first. In no list but those of its author is what was not written for
//! public places.

pub mod entity;
mod store;
pub mod web;

use comity_db::{Tx, params};
use comity_vocab::Visibility;

pub use store::beginning;
pub(crate) use store::{BY_AUTHOR, EDGE_BY_AUTHOR, NAMED, recent, recent_of};

use crate::app::App;
use crate::error::Result;
use crate::text::hashtag::folded;
use crate::timelines::Found;
use crate::window::Window;

/// Of one post, so many are listed; the others are links and nothing more.
const MOST_LISTED: usize = 30;
/// Letters of a folded name. Longer names are no topics.
pub(crate) const LONGEST: usize = 100;

/// What is asked of posts by the topics they name (folded).
#[derive(Debug, Clone, Default)]
pub struct Topics {
    /// They name one of these.
    pub any: Vec<String>,
    /// And all of these,
    pub all: Vec<String>,
    /// and none of these.
    pub none: Vec<String>,
    /// They have files.
    pub with_files: bool,
    /// They were written in this community.
    pub of: Option<i64>,
    /// They were written elsewhere than in this community.
    pub not_of: Option<i64>,
}

impl Topics {
    /// Posts that name this topic.
    pub fn of(name: &str) -> Topics {
        Topics {
            any: vec![name.to_owned()],
            ..Topics::default()
        }
    }

    fn asks_more(&self) -> bool {
        !self.all.is_empty()
            || !self.none.is_empty()
            || self.with_files
            || self.of.is_some()
            || self.not_of.is_some()
    }
}

/// Posts that are counted of a topic, to tell whether it is a rare one.
const MANY: i64 = 1_000;
/// Posts of a topic that are looked at for those that are as asked, at a time: what is rare may have to be asked for more than
/// once.
const MOST_LOOKED_AT: i64 = 4_000;

/// At most `limit` of the posts in a window of which the topics are as asked: newest first, or from below, oldest first. Each
/// topic is read by itself, in its order. Where several must be named at once, the rarest is read. Where more is asked of posts
/// than one topic, no more than [`MOST_LOOKED_AT`] of each are looked at. Nobody is cleared to see them yet.
pub(crate) async fn ids(app: &App, topics: &Topics, window: Window, limit: i64) -> Result<Found> {
    if topics.of.is_some() && topics.of == topics.not_of {
        return Ok(Found::default());
    }
    let mut read = topics.any.clone();
    let mut any = Vec::new();
    let mut all = topics.all.clone();
    all.sort_unstable();
    all.dedup();
    if !all.is_empty() {
        let mut least = 0;
        for name in &topics.any {
            least += store::count(&app.db, name, MANY).await?;
        }
        for name in &all {
            let count = store::count(&app.db, name, MANY).await?;
            if count <= least {
                least = count;
                read = vec![name.clone()];
                any.clone_from(&topics.any);
            }
        }
    }
    read.sort_unstable();
    read.dedup();
    let mut ids = Vec::new();
    let mut reached: Option<i64> = None;
    for name in read {
        let mut values = params![name];
        if !topics.asks_more() {
            ids.extend(store::OF_ONE.read(&app.db, window, limit, values).await?);
            continue;
        }
        values.extend(params![
            any.clone(),
            all.clone(),
            topics.none.clone(),
            topics.with_files,
            topics.of,
            topics.not_of,
        ]);
        let chosen = store::CHOSEN.read(&app.db, window, MOST_LOOKED_AT, values);
        let (fitting, last) = chosen.await?;
        if let Some(last) = last {
            reached = Some(reached.map_or(last, |before| window.first_of(before, last)));
        }
        ids.extend(fitting);
    }
    Ok(Found::together(ids, reached, window, limit))
}

/// Lists a status under what it names, in the transaction that writes its words: for everybody where it is public, and
/// always among what its author wrote.
pub(crate) fn place(
    tx: &mut Tx,
    status_id: i64,
    author_id: i64,
    visibility: Visibility,
    names: &[String],
) {
    for name in folded_names(names) {
        store::insert_of_author(tx, author_id, &name, status_id);
    }
    for name in listed(visibility, names) {
        store::insert(tx, &name, status_id);
    }
}

/// Under which folded names a status is listed.
pub(crate) fn listed(visibility: Visibility, names: &[String]) -> Vec<String> {
    if visibility != Visibility::Public {
        return Vec::new();
    }
    folded_names(names)
}

fn folded_names(names: &[String]) -> Vec<String> {
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
pub(crate) fn place_anew(
    tx: &mut Tx,
    status_id: i64,
    author_id: i64,
    visibility: Visibility,
    names: &[String],
) {
    store::withdraw(tx, status_id);
    place(tx, status_id, author_id, visibility, names);
}
