//! Conversations: a whole thread as one viewer may see it, as a tree, with its holes marked.
//!
//! A post that a rule of the viewer or of their community withholds leaves a mark that says whose rule it is. A post
//! that is simply not for the viewer leaves nothing at all: a mark would tell that it exists.

pub mod web;

use std::collections::{HashMap, HashSet};

use comity_policy::{Because, Party, Refusal, Visible, Way};
use comity_vocab::Domain;

use crate::app::App;
use crate::error::Result;
use crate::rules;
use crate::statuses::{self, Status};

/// Posts of one thread on one page.
const MOST: i64 = 500;

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
    /// There are more posts than fit on a page.
    pub cut: bool,
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

/// The thread with this id for this viewer.
pub async fn thread(app: &App, viewer: &Party, conversation_id: i64) -> Result<Thread> {
    let ids = statuses::in_conversation(&app.db, conversation_id, MOST + 1).await?;
    let cut = ids.len() > usize::try_from(MOST).unwrap_or(usize::MAX);
    let all = statuses::load(app, &ids).await?;
    let outline: Vec<Place> = all
        .iter()
        .map(|status| Place {
            id: status.id,
            parent: status.in_reply_to_id,
            server: status.author.domain.clone(),
        })
        .collect();
    let answers = app.gate.show_all(viewer, Way::Conversation, all).await?;
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
    let mut shown = 0;
    for (place, answer) in outline.into_iter().zip(answers) {
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
        cut,
    })
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
        Because::Rule(_) | Because::Limited(_) | Because::Mode(..)
    );
    by_rule && !refusal.hides_existence()
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
