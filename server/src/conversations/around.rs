//! What stands around one post, for apps: they ask for a thread once and cannot go on.
//!
//! A thread may be longer than fits into memory in many copies, and as deep as a lying server makes it. So posts are read a
//! portion at a time until they are enough words, few long threads are told at once, and nothing walks by recursion.

use std::collections::{HashMap, HashSet};

use comity_policy::{Party, Visible};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::order::{Order, judged, leaves_mark};
use crate::app::App;
use crate::error::Result;
use crate::statuses::{self, Status, text};

/// Posts that are read at once. Most threads are shorter, and are read with one question to the gate.
pub(super) const PORTION: usize = 200;
/// Bytes of words in one answer, beyond which no more posts are read: a post from elsewhere may have 256 KiB.
const MOST_WORDS: usize = 16 * 1024 * 1024;
/// Threads longer than a portion that are told at the same time: each takes some dozens of megabytes.
const AT_ONCE: usize = 4;

static SEATS: Semaphore = Semaphore::const_new(AT_ONCE);

/// How far around a post is told. The numbers are Mastodon's, which apps expect.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Posts above it.
    above: i64,
    /// Posts below it.
    below: i64,
    /// Steps down from it.
    deep: i64,
}

impl Extent {
    /// For who is signed in.
    pub const MEMBER: Extent = Extent {
        above: 4_096,
        below: 4_096,
        deep: 4_096,
    };
    /// For everybody else.
    pub const VISITOR: Extent = Extent {
        above: 40,
        below: 60,
        deep: 20,
    };
}

/// What stands around a post.
#[derive(Default)]
pub struct Around {
    /// What it answers, the first of all first.
    pub above: Vec<Visible<Status>>,
    /// What answers it: each answer before what answers it, the oldest first.
    pub below: Vec<Visible<Status>>,
    /// It is a long one, and holds its place among those that are told at once until this is gone.
    _seat: Option<SemaphorePermit<'static>>,
}

/// What stands around `focus` for this viewer: of what is more than `extent`, the nearest. A place where something is withheld
/// is left out: apps have no word for it.
pub async fn around(app: &App, viewer: &Party, focus: &Status, extent: Extent) -> Result<Around> {
    // Itself and what it answers, the nearest first; then what answers it, the nearest first. Whatever is cut off at the end,
    // what answers something stands with it.
    let mut ids = statuses::with_above(&app.db, focus.id, extent.above).await?;
    ids.extend(statuses::below(&app.db, focus.id, extent.deep, extent.below).await?);
    let mut known: HashSet<i64> = HashSet::with_capacity(ids.len());
    ids.retain(|id| known.insert(*id));
    let seat = if ids.len() > PORTION {
        SEATS.acquire().await.ok()
    } else {
        None
    };
    let mut posts = Vec::with_capacity(ids.len());
    let mut words = 0;
    for portion in ids.chunks(PORTION) {
        let read = judged(app, viewer, portion, focus.id).await?;
        let shown = read.iter().filter_map(|(_, cleared)| cleared.as_ref().ok());
        words += shown
            .map(|status| text(status).content.len())
            .sum::<usize>();
        posts.extend(read);
        if words > MOST_WORDS {
            break;
        }
    }
    // Answers stand in the order of their numbers.
    posts.sort_unstable_by_key(|(place, _)| place.id);
    let order = Order::of(&posts, focus.id);
    let mut parents: HashMap<i64, i64> = HashMap::new();
    let mut answers: HashMap<i64, Vec<i64>> = HashMap::new();
    let mut shown: HashMap<i64, Visible<Status>> = HashMap::with_capacity(posts.len());
    for (place, cleared) in posts {
        let hangs = match &cleared {
            Ok(_) => !order.leaves_out(place.id),
            Err(refusal) => leaves_mark(refusal) && !order.leaves_out(place.id),
        };
        if !hangs {
            continue;
        }
        if let Some(parent) = order.parent(&place) {
            parents.insert(place.id, parent);
            answers.entry(parent).or_default().push(place.id);
        }
        if let Ok(status) = cleared {
            shown.insert(place.id, status);
        }
    }
    // Nobody is told what stands around what they may not see.
    if shown.remove(&focus.id).is_none() {
        return Ok(Around::default());
    }
    // A lying server can make posts answer each other in a ring: none is told twice.
    let mut told = HashSet::from([focus.id]);
    let mut above = Vec::new();
    let mut at = parents.get(&focus.id);
    while let Some(id) = at.filter(|id| told.insert(**id)) {
        above.extend(shown.remove(id));
        at = parents.get(id);
    }
    above.reverse();
    let mut below = Vec::new();
    let mut waiting = answers.remove(&focus.id).unwrap_or_default();
    waiting.reverse();
    while let Some(id) = waiting.pop() {
        if !told.insert(id) {
            continue;
        }
        below.extend(shown.remove(&id));
        let next = answers.remove(&id).unwrap_or_default();
        waiting.extend(next.into_iter().rev());
    }
    Ok(Around {
        above,
        below,
        _seat: seat,
    })
}
