//! Conversations: a whole thread as one viewer may see it, as a tree, with its holes marked.
//!
//! A post that a rule of the viewer or of their community withholds leaves a mark that says whose rule it is. A post
//! that is simply not for the viewer leaves nothing at all: a mark would tell that it exists.

pub mod api;
mod direct;
mod leave;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::{HashMap, HashSet};

use comity_policy::{Because, Party, Refusal, Visible, Way};
use comity_vocab::Domain;

pub use direct::{Direct, Mark, direct, directs, mark};
pub(crate) use direct::{place, read_up_to};
pub use leave::{join, leave, left_by, mute};
pub(crate) use leave::{joined, merge};

use crate::app::App;
use crate::error::Result;
use crate::rules;
use crate::statuses::{self, Status};

/// How much of a thread is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Length {
    /// Its posts.
    posts: usize,
    /// Steps up from the post that is asked for, where what it answers is not among them: every step is a look-up.
    above: i64,
}

impl Length {
    /// For a page, which goes on: a hundred posts, with the one that it is about. Each is drawn with its buttons, and nobody
    /// reads more at one go.
    pub const PAGE: Length = Length {
        posts: 80,
        above: 19,
    };
    /// For apps, which ask for a thread once and cannot go on.
    pub const APP: Length = Length {
        posts: 500,
        above: 200,
    };
}

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

/// The thread of `focus` for this viewer: its posts newer than `after`, the oldest first, as many as `length` says.
/// `focus` is always among them, and so is the nearest of what it answers.
pub async fn thread(
    app: &App,
    viewer: &Party,
    focus: &Status,
    after: i64,
    length: Length,
) -> Result<Thread> {
    let (ids, rest) = stretch(app, focus, after, length).await?;
    let all = statuses::load(app, &ids).await?;
    let outline: Vec<Place> = all
        .iter()
        .map(|status| Place {
            id: status.id,
            parent: status.in_reply_to_id,
            server: status.author.domain.clone(),
        })
        .collect();
    let mut answers = app.gate.show_all(viewer, Way::Conversation, all).await?;
    // Whoever asks for a post that has no place in its conversation has it all the same: it is its author's own.
    if let Some(at) = outline.iter().position(|place| place.id == focus.id)
        && answers[at].as_ref().is_err_and(is_out)
        && let Some(alone) = statuses::load(app, &[focus.id]).await?.pop()
    {
        answers[at] = app.gate.show(viewer, Way::Page, alone).await?;
    }
    let mut children: HashMap<Option<i64>, Vec<(i64, Leaf)>> = HashMap::new();
    let mut servers: HashMap<Domain, (usize, usize)> = HashMap::new();
    let here: HashSet<i64> = outline.iter().map(|place| place.id).collect();
    // Where a post leaves no mark, its answers hang where it hung.
    let unmarked: HashMap<i64, Option<i64>> = outline
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| matches!(answer, Err(refusal) if !leaves_mark(refusal)))
        .map(|(place, _)| (place.id, place.parent))
        .collect();
    let out = below_what_is_out(&outline, &answers, focus.id);
    let mut shown = 0;
    for (place, answer) in outline.into_iter().zip(answers) {
        if out.contains(&place.id) {
            continue;
        }
        let parent = standing(place.parent, &unmarked).filter(|parent| here.contains(parent));
        let leaf = match answer {
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
async fn stretch(
    app: &App,
    focus: &Status,
    after: i64,
    length: Length,
) -> Result<(Vec<i64>, Option<i64>)> {
    let most = length.posts;
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let newer =
        async |than| statuses::in_conversation(&app.db, focus.conversation_id, than, limit).await;
    let mut ids = newer(after).await?;
    // The page of a post that came late begins with it: what answers it came later still.
    if ids.len() > most && after == 0 && !ids[..most].contains(&focus.id) {
        ids = newer(focus.id).await?;
    }
    let rest = (ids.len() > most).then(|| ids[most - 1]);
    ids.truncate(most);
    let mut known: HashSet<i64> = ids.iter().copied().collect();
    let above = statuses::with_above(&app.db, focus.id, length.above).await?;
    ids.extend(above.into_iter().filter(|id| known.insert(*id)));
    // Answers stand in the order of their numbers.
    ids.sort_unstable();
    Ok((ids, rest))
}

struct Place {
    id: i64,
    parent: Option<i64>,
    server: Domain,
}

/// Only what the viewer or their own community decided, and only where that alone stood against it.
fn leaves_mark(refusal: &Refusal) -> bool {
    let by_rule = matches!(
        refusal.because(),
        Because::Rule(_)
            | Because::Limited(_)
            | Because::Mode(..)
            | Because::OwnMode(..)
            | Because::EmergencyGate(_)
    );
    by_rule && !refusal.hides_existence()
}

/// Whether it has no place in the conversation.
fn is_out(refusal: &Refusal) -> bool {
    matches!(refusal.because(), Because::Waits | Because::Removed)
}

/// What answers an answer that has no place in the conversation has none either: otherwise whoever waits would answer
/// themself. Whoever asks for one of them has it, with what is below it.
fn below_what_is_out(
    outline: &[Place],
    answers: &[Result<Visible<Status>, Refusal>],
    focus: i64,
) -> HashSet<i64> {
    let above: HashMap<i64, Option<i64>> = outline
        .iter()
        .map(|place| (place.id, place.parent))
        .collect();
    let out: HashSet<i64> = outline
        .iter()
        .zip(answers)
        .filter(|(_, answer)| answer.as_ref().is_err_and(is_out))
        .map(|(place, _)| place.id)
        .collect();
    if out.is_empty() {
        return out;
    }
    let is_below = |id: i64| {
        let mut at = Some(id);
        // No walk is longer than the thread, whatever a lying server says.
        for _ in 0..=above.len() {
            match at {
                Some(id) if id == focus => return false,
                Some(id) if out.contains(&id) => return true,
                Some(id) => at = above.get(&id).copied().flatten(),
                None => return false,
            }
        }
        true
    };
    above.keys().copied().filter(|id| is_below(*id)).collect()
}

/// The nearest post above that has a place on the page.
fn standing(mut parent: Option<i64>, unmarked: &HashMap<i64, Option<i64>>) -> Option<i64> {
    // A lying server can make posts answer each other in a ring; the walk is over when it was as long as the thread.
    for _ in 0..=unmarked.len() {
        match parent.and_then(|id| unmarked.get(&id)) {
            Some(above) => parent = *above,
            None => return parent,
        }
    }
    None
}

/// Builds the tree from the leaves up; ids grow along a thread only mostly (clocks differ), so nothing here counts on
/// their order. A post that (by a lying clock or a lying server) answers its own descendant hangs nowhere and is left
/// out.
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
