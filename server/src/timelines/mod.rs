//! Timelines: where a status is placed, and what is shown of a place to one viewer.
//!
//! Home is written when a status comes in (one row a follower here); the community's and everyone's are read from
//! the statuses themselves. Every entry is asked of the gate when it is read.

pub mod api;
mod store;
pub mod web;

use std::collections::HashSet;
use std::sync::Arc;

pub(crate) use store::OF_MEMBER;

use comity_db::{Tx, Value, params};
use comity_policy::{Party, Way};
use comity_vocab::Visibility;

pub use store::{backfill, backfill_tag, holders, withdraw, withdraw_tag};

use crate::antennas;
use crate::app::App;
use crate::error::Result;
use crate::hashtags::{self, Topics};
use crate::links;
use crate::reading_lists;
use crate::statuses::{CHOSEN_BY_AUTHOR, EDGE_OF_AUTHOR, EDGE_OF_FILES, FILES_BY_AUTHOR, Shown};
use crate::window::{Ids, Window};

/// Entries read beyond what a page shows: one tells whether there is more, the other stands in for what the gate leaves out.
const SPARE: i64 = 2;
/// The same where it left out more than that.
const SPARE_AGAIN: i64 = 20;
/// A page asks the database at most so often for more when the gate leaves out much.
const MOST_ROUNDS: usize = 5;
/// Of what somebody wrote, or everybody, so much is looked at for what is wanted of it, at a time: some boost a thousand posts
/// for one of theirs.
const MOST_LOOKED_AT: i64 = 4_000;
/// Entries of a home that are looked at for those that a list of it shows, at a time: who is in a list may write once a month, and
/// lists that keep others out may leave next to nothing. That many take some hundredths of a second.
pub(crate) const MOST_OF_HOME: i64 = 10_000;
/// Of them, the last ones are looked at the next time as well: some of the others may go before it is asked where these lie.
const LOOKED_AT_AGAIN: i64 = 1_000;

/// What placing a status needs to know of it.
pub struct Entry {
    /// Which status.
    pub status_id: i64,
    /// Whose, or whose boost.
    pub author_id: i64,
    /// Where the author lives, if here.
    pub community_id: Option<i64>,
    /// As the author chose.
    pub visibility: Visibility,
    /// Who is answered.
    pub in_reply_to_account_id: Option<i64>,
    /// It shares what somebody else wrote.
    pub is_reblog: bool,
    /// The first part of its language's tag, in lower case; empty where none is said.
    pub language: String,
    /// Under which topics it is listed.
    pub topics: Vec<String>,
}

/// Places a status in the home timelines of those here who follow its author or what it is about, in the caller's
/// transaction. A reply goes to those who follow both people (as everywhere in the field); a direct status only to its
/// author.
pub fn insert(tx: &mut Tx, entry: &Entry) {
    if entry.community_id.is_some() {
        store::insert_own(tx, entry);
    }
    if entry.visibility != Visibility::Direct {
        store::insert_followers(tx, entry);
    }
    for topic in &entry.topics {
        store::insert_by_tag(tx, entry, topic);
    }
}

/// A stretch of a timeline.
pub struct Stretch {
    /// Newest first.
    pub entries: Vec<Shown>,
    /// Ask again with this `max_id` for what is older; `None` at the end.
    pub older: Option<i64>,
    /// Ask again with this `min_id` for what is newer: also where nothing is yet.
    pub newer: Option<i64>,
}

/// Where a list of statuses is kept.
#[derive(Debug, Clone)]
pub enum Place {
    /// What this member and those they follow write.
    Home(i64),
    /// What comes into this member's home from the people of this list of theirs, and what others in it write in public, with
    /// these answers.
    List(i64, i64, reading_lists::Replies),
    /// What the people of one community write for everyone, or for the community only.
    Community(i64, Only),
    /// What everybody we know of writes for everyone, without answers to others.
    Everyone(Only),
    /// What one account wrote and boosted.
    Author(i64, OfAuthor),
    /// What names topics in public.
    Hashtags(Topics),
    /// What links to this page in public; its address as [`links::address`] writes it.
    Link(String),
    /// What an antenna may have caught; whoever reads asks the net besides.
    Antenna(Arc<antennas::Net>),
}

/// Some entries of a list of statuses.
#[derive(Default)]
pub(crate) struct Found {
    /// In the order in which they were asked for.
    pub ids: Vec<i64>,
    /// The last that was looked at, where there may be more although fewer were found than were asked for.
    pub reached: Option<i64>,
}

impl Found {
    /// What several lists have, in the order of this window: each once, and at most `limit`. What lies beyond `reached` comes in
    /// its turn, since not all of them were looked at there.
    pub(crate) fn together(
        mut ids: Vec<i64>,
        mut reached: Option<i64>,
        window: Window,
        limit: i64,
    ) -> Found {
        if let Some(reached) = reached {
            ids.retain(|id| window.first_of(*id, reached) == *id);
        }
        ids.sort_unstable();
        ids.dedup();
        if !window.from_below {
            ids.reverse();
        }
        let most = usize::try_from(limit).unwrap_or_default();
        // One of the lists may have more right after what it gave.
        if ids.len() >= most {
            ids.truncate(most);
            reached = ids.last().copied();
        }
        Found { ids, reached }
    }
}

/// Which of the posts at a place are wanted; all where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Only {
    /// Those with files.
    pub with_files: bool,
    /// Those written elsewhere than in this community: the others of this installation are elsewhere as well.
    pub not_of: Option<i64>,
}

impl Only {
    /// Of what is written for everyone. No more than [`MOST_LOOKED_AT`] are looked at: where most answers others, or is written
    /// here while what is from elsewhere is wanted, few are.
    async fn ids(self, app: &App, window: Window, limit: i64) -> Result<Found> {
        let (list, edge, of) = match (self.not_of, self.with_files) {
            (None, false) => (store::PUBLIC, store::EDGE_OF_PUBLIC, Vec::new()),
            (None, true) => (store::PUBLIC_FILES, store::EDGE_OF_PUBLIC_FILES, Vec::new()),
            (Some(id), false) => (store::ELSEWHERE, store::EDGE_OF_PUBLIC, params![id]),
            (Some(id), true) => (
                store::ELSEWHERE_FILES,
                store::EDGE_OF_PUBLIC_FILES,
                params![id],
            ),
        };
        let (window, last) = edge
            .cut(&app.db, window, MOST_LOOKED_AT, Vec::new())
            .await?;
        let ids = list.read(&app.db, window, limit, of).await?;
        let is_short = i64::try_from(ids.len()).is_ok_and(|len| len < limit);
        Ok(Found {
            ids,
            reached: last.filter(|_| is_short),
        })
    }
}

/// Which of what somebody wrote is wanted; all where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct OfAuthor {
    /// Whether answers to others are.
    pub replies: Replies,
    /// Boosts are not.
    pub without_boosts: bool,
    /// What is for few people is not.
    pub without_direct: bool,
    /// What they wrote themself and has files.
    pub with_files: bool,
    /// What they wrote themself and names this topic (folded).
    pub topic: Option<String>,
}

impl From<Replies> for OfAuthor {
    fn from(replies: Replies) -> OfAuthor {
        OfAuthor {
            replies,
            ..OfAuthor::default()
        }
    }
}

impl OfAuthor {
    /// Whether something may have to be passed over that the index does not tell from what is wanted.
    fn passes_over(&self) -> bool {
        self.replies == Replies::LeftOut
            || self.without_boosts
            || self.without_direct
            || (self.topic.is_some() && self.with_files)
    }

    /// No more than [`MOST_LOOKED_AT`] of what they wrote is looked at.
    async fn ids(&self, app: &App, account_id: i64, window: Window, limit: i64) -> Result<Found> {
        let mut of = params![
            account_id,
            self.replies == Replies::LeftOut,
            self.without_boosts,
            self.without_direct,
        ];
        let mut all = params![account_id];
        let (list, edge) = match &self.topic {
            Some(topic) => {
                of.extend(params![topic.as_str(), self.with_files]);
                all.extend(params![topic.as_str()]);
                (hashtags::BY_AUTHOR, hashtags::EDGE_BY_AUTHOR)
            }
            None if self.with_files => (FILES_BY_AUTHOR, EDGE_OF_FILES),
            None => (CHOSEN_BY_AUTHOR, EDGE_OF_AUTHOR),
        };
        let (window, last) = if self.passes_over() {
            edge.cut(&app.db, window, MOST_LOOKED_AT, all).await?
        } else {
            (window, None)
        };
        let ids = list.read(&app.db, window, limit, of).await?;
        let is_short = i64::try_from(ids.len()).is_ok_and(|len| len < limit);
        Ok(Found {
            ids,
            reached: last.filter(|_| is_short),
        })
    }
}

/// Whether a profile shows answers to others among the posts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Replies {
    /// Everything.
    #[default]
    Shown,
    /// What somebody says of their own accord, and their boosts.
    LeftOut,
}

impl Place {
    /// As the gate is asked for it.
    fn way(&self) -> Way {
        match self {
            Place::Home(_) | Place::List(..) => Way::HomeTimeline,
            Place::Community(..) => Way::LocalTimeline,
            Place::Everyone(_) | Place::Hashtags(_) | Place::Link(_) | Place::Antenna(_) => {
                Way::PublicTimeline
            }
            Place::Author(..) => Way::Page,
        }
    }

    async fn ids(&self, app: &App, window: Window, limit: i64) -> Result<Found> {
        let (list, of) = match self {
            Place::Home(account_id) => {
                let of = params![*account_id, MOST_OF_HOME];
                return of_home(app, *account_id, store::HOME, window, limit, of).await;
            }
            Place::List(account_id, list_id, replies) => {
                let whose = (*account_id, *list_id);
                return reading_lists::ids(app, whose, *replies, window, limit).await;
            }
            // Nothing of a community is written elsewhere.
            Place::Community(_, only) if only.not_of.is_some() => return Ok(Found::default()),
            Place::Community(community_id, only) => {
                let list = if only.with_files {
                    store::FILES_OF_COMMUNITY
                } else {
                    store::OF_COMMUNITY
                };
                (list, params![*community_id])
            }
            Place::Everyone(only) => return only.ids(app, window, limit).await,
            Place::Author(account_id, of) => return of.ids(app, *account_id, window, limit).await,
            Place::Hashtags(topics) => return hashtags::ids(app, topics, window, limit).await,
            Place::Link(url) => (links::LINKING, params![url.as_str()]),
            Place::Antenna(net) => return antennas::ids(app, net, window, limit).await,
        };
        Ok(Found {
            ids: list.read(&app.db, window, limit, of).await?,
            reached: None,
        })
    }
}

/// What `list` has of the home of a member, of which it looks at no more than [`MOST_OF_HOME`] entries.
pub(crate) async fn of_home(
    app: &App,
    account_id: i64,
    list: Ids,
    window: Window,
    limit: i64,
    of: Vec<Value>,
) -> Result<Found> {
    let mut ids = list.read(&app.db, window, limit, of).await?;
    if i64::try_from(ids.len()).is_ok_and(|len| len >= limit) {
        return Ok(Found { ids, reached: None });
    }
    let edge = store::EDGE_OF_HOME;
    let (most, owner) = (MOST_OF_HOME - LOOKED_AT_AGAIN, params![account_id]);
    let (_, reached) = edge.cut(&app.db, window, most, owner).await?;
    if let Some(reached) = reached {
        ids.retain(|id| window.first_of(*id, reached) == *id);
    }
    Ok(Found { ids, reached })
}

/// What is at a place for this viewer, of all that `wanted` says yes to. Reads until the page is full, the timeline ends,
/// or enough was asked.
pub async fn read(
    app: &App,
    viewer: &Party,
    place: Place,
    mut window: Window,
    limit: usize,
    wanted: impl Fn(&Shown) -> bool,
) -> Result<Stretch> {
    let mut entries = Vec::with_capacity(limit);
    let whole = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut batch = whole.saturating_add(SPARE);
    let mut shown_before = HashSet::new();
    let mut at_end = false;
    for _ in 0..MOST_ROUNDS {
        let found = place.ids(app, window, batch).await?;
        let is_short = i64::try_from(found.ids.len()).unwrap_or(i64::MAX) < batch;
        at_end = is_short && found.reached.is_none();
        if let Some(last) = found.reached.or(found.ids.last().copied()) {
            if window.from_below {
                window.above = last;
            } else {
                window.below = last;
            }
        }
        let shown = Shown::list(app, viewer, place.way(), &found.ids).await?;
        // What was shown by itself or by a boost is not shown again by another boost.
        let is_new = |shown: &Shown| shown_before.insert(shown.status.id) || shown.reblog.is_none();
        entries.extend(shown.into_iter().filter(&wanted).filter(is_new));
        if entries.len() > limit || at_end {
            break;
        }
        batch = whole.saturating_add(SPARE_AGAIN);
    }
    let is_full = entries.len() > limit;
    entries.truncate(limit);
    let goes_on = is_full || !at_end;
    // Where a page is not full, what was looked at last goes before what was shown.
    let last = if is_full {
        entries.last().map(Shown::entry_id)
    } else {
        Some(if window.from_below {
            window.above
        } else {
            window.below
        })
    };
    if window.from_below {
        entries.reverse();
        return Ok(Stretch {
            older: entries.last().map(Shown::entry_id),
            newer: if goes_on {
                last
            } else {
                entries.first().map(Shown::entry_id)
            },
            entries,
        });
    }
    Ok(Stretch {
        older: last.filter(|_| goes_on),
        newer: entries.first().map(Shown::entry_id),
        entries,
    })
}
