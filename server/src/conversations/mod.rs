//! Conversations: a whole thread as one viewer may see it, as a tree, with its holes marked.
//!
//! A post that a rule of the viewer or of their community withholds leaves a mark that says whose rule it is. A post
//! that is simply not for the viewer leaves nothing at all: a mark would tell that it exists.

pub mod api;
mod around;
mod direct;
mod leave;
mod order;
mod seats;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::{HashMap, HashSet};

use comity_policy::{Party, Visible};
use comity_vocab::Domain;

pub use direct::{Direct, Mark, direct, directs, mark};
pub(crate) use direct::{place, read_up_to};
pub use leave::{join, leave, left_by, mute};
pub(crate) use leave::{joined, merge};
use order::{Order, judged, leaves_mark};

use crate::app::App;
use crate::error::Result;
use crate::rules;
use crate::statuses::{self, Status};

/// Posts of a thread that are on one page, which goes on: a hundred, with the one that it is about and what is above that.
/// Each is drawn with its buttons, and nobody reads more at one go.
const MOST_POSTS: usize = 80;
/// Steps up from the post that is asked for, where what it answers is not among them: every step is a look-up.
const MOST_ABOVE: i64 = 19;

/// A post with what answers it.
pub struct Branch {
    /// The post, or the place where it would be.
    pub leaf: Leaf,
    /// Oldest first.
    pub replies: Vec<Branch>,
}

/// What stands at one place of the tree.
pub enum Leaf {
    /// A post that is shown.
    Post(Box<Visible<Status>>),
    /// Posts that a rule withholds.
    Hole(Hole),
}

/// Posts withheld side by side, for one reason.
pub struct Hole {
    /// How many.
    pub count: usize,
    /// Whose posts.
    pub server: Domain,
    /// The reason, for the viewer.
    pub sentence: String,
}

/// A thread.
pub struct Thread {
    /// The beginnings: one, unless a parent is missing.
    pub roots: Vec<Branch>,
    /// Posts shown.
    pub shown: usize,
    /// Servers they come from, those with most posts first.
    pub servers: Vec<Tally>,
    /// More posts than fit on a page: what is newer than this is on the next one.
    pub rest: Option<i64>,
}

/// How much of a thread comes from one server.
pub struct Tally {
    /// Which.
    pub server: Domain,
    /// Posts shown.
    pub shown: usize,
    /// Posts withheld by a rule, with a mark.
    pub withheld: usize,
}

/// The thread of `focus` for this viewer: its posts newer than `after`, the oldest first, as many as a page has.
/// `focus` is always among them, and so is the nearest of what it answers.
pub async fn thread(app: &App, viewer: &Party, focus: &Status, after: i64) -> Result<Thread> {
    let (ids, rest) = stretch(app, focus, after).await?;
    let posts = judged(app, viewer, &ids, focus.id).await?;
    let order = Order::of(&posts, focus.id);
    let mut children: HashMap<Option<i64>, Vec<(i64, Leaf)>> = HashMap::new();
    let mut servers: HashMap<Domain, (usize, usize)> = HashMap::new();
    let mut shown = 0;
    for (place, cleared) in posts {
        if order.leaves_out(place.id) {
            continue;
        }
        let parent = order.parent(&place);
        let leaf = match cleared {
            Ok(status) => {
                shown += 1;
                servers.entry(place.server).or_default().0 += 1;
                Leaf::Post(Box::new(status))
            }
            Err(refusal) if leaves_mark(&refusal) => {
                servers.entry(place.server.clone()).or_default().1 += 1;
                Leaf::Hole(Hole {
                    count: 1,
                    server: place.server,
                    sentence: rules::sentence_to(app, viewer, &refusal.verdict),
                })
            }
            Err(_) => continue,
        };
        children.entry(parent).or_default().push((place.id, leaf));
    }
    let roots = grow(None, &mut children);
    let mut servers: Vec<Tally> = servers
        .into_iter()
        .map(|(server, (shown, withheld))| Tally {
            server,
            shown,
            withheld,
        })
        .collect();
    servers.sort_by(|a, b| b.shown.cmp(&a.shown).then_with(|| a.server.cmp(&b.server)));
    Ok(Thread {
        roots,
        shown,
        servers,
        rest,
    })
}

/// The posts of one page, and the last of them where more follow.
async fn stretch(app: &App, focus: &Status, after: i64) -> Result<(Vec<i64>, Option<i64>)> {
    let limit = i64::try_from(MOST_POSTS)
        .unwrap_or(i64::MAX)
        .saturating_add(1);
    let newer =
        async |than| statuses::in_conversation(&app.db, focus.conversation_id, than, limit).await;
    let mut ids = newer(after).await?;
    // The page of a post that came late begins with it: what answers it came later still.
    if ids.len() > MOST_POSTS && after == 0 && !ids[..MOST_POSTS].contains(&focus.id) {
        ids = newer(focus.id).await?;
    }
    let rest = (ids.len() > MOST_POSTS).then(|| ids[MOST_POSTS - 1]);
    ids.truncate(MOST_POSTS);
    let mut known: HashSet<i64> = ids.iter().copied().collect();
    let above = statuses::with_above(&app.db, focus.id, MOST_ABOVE).await?;
    ids.extend(above.into_iter().filter(|id| known.insert(*id)));
    // Answers stand in the order of their numbers.
    ids.sort_unstable();
    Ok((ids, rest))
}

/// Builds the tree from the leaves up, which is no deeper than a page is long; ids grow along a thread only mostly (clocks
/// differ), so nothing here counts on their order. A post that (by a lying clock or a lying server) answers its own descendant
/// hangs nowhere and is left out.
fn grow(parent: Option<i64>, children: &mut HashMap<Option<i64>, Vec<(i64, Leaf)>>) -> Vec<Branch> {
    let mut branches: Vec<Branch> = Vec::new();
    for (id, leaf) in children.remove(&parent).unwrap_or_default() {
        let replies = grow(Some(id), children);
        if let (
            Leaf::Hole(hole),
            Some(Branch {
                leaf: Leaf::Hole(before),
                replies: nothing,
            }),
        ) = (&leaf, branches.last_mut())
            && nothing.is_empty()
            && replies.is_empty()
            && before.server == hole.server
            && before.sentence == hole.sentence
        {
            before.count += 1;
            continue;
        }
        branches.push(Branch { leaf, replies });
    }
    branches
}
