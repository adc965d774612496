//! Conversations: a whole thread as one viewer may see it, as a tree, with its holes marked.
//!
//! A post that a rule of the viewer or of their community withholds leaves a mark that says whose rule it is. A post
//! that is simply not for the viewer leaves nothing at all: a mark would tell that it exists.

use std::collections::HashMap;

use comity_policy::{Because, Party, Visible, Way};
use comity_vocab::Domain;

use crate::app::App;
use crate::error::Result;
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
    /// The address of one of their authors, for asking why.
    pub who: String,
}

/// A thread.
pub struct Thread {
    /// The beginnings: one, unless a parent is missing.
    pub roots: Vec<Branch>,
    /// Posts shown.
    pub shown: usize,
    /// Servers they come from with the number of posts shown from each, most first.
    pub servers: Vec<(Domain, usize)>,
    /// There are more posts than fit on a page.
    pub cut: bool,
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
            author: status.author.iri.as_str().to_owned(),
        })
        .collect();
    let answers = statuses::show_each(app, viewer, Way::Conversation, all).await?;
    let book = app.gate.book();
    let mut children: HashMap<Option<i64>, Vec<(i64, Leaf)>> = HashMap::new();
    let mut servers: HashMap<Domain, usize> = HashMap::new();
    let here: std::collections::HashSet<i64> = outline.iter().map(|place| place.id).collect();
    // Where a post leaves no mark, its answers hang where it hung.
    let mut instead: HashMap<i64, Option<i64>> = HashMap::new();
    let mut shown = 0;
    for (place, answer) in outline.into_iter().zip(answers) {
        let mut parent = place.parent.filter(|parent| here.contains(parent));
        while let Some(other) = parent.and_then(|id| instead.get(&id)) {
            parent = *other;
        }
        let leaf = match answer {
            Ok(status) => {
                shown += 1;
                *servers.entry(place.server).or_default() += 1;
                Leaf::Post(Box::new(status))
            }
            Err(refusal) if is_a_rule(refusal.because()) && !refusal.hides_existence() => Leaf::Hole(Hole {
                count: 1,
                server: place.server,
                sentence: refusal.verdict.sentence(&book),
                who: place.author,
            }),
            Err(_) => {
                instead.insert(place.id, parent);
                continue;
            }
        };
        children.entry(parent).or_default().push((place.id, leaf));
    }
    let roots = grow(None, &mut children);
    let mut servers: Vec<(Domain, usize)> = servers.into_iter().collect();
    servers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Thread { roots, shown, servers, cut })
}

struct Place {
    id: i64,
    parent: Option<i64>,
    server: Domain,
    author: String,
}

fn is_a_rule(because: &Because) -> bool {
    matches!(because, Because::Rule(_) | Because::Limited(_) | Because::Mode(..))
}

/// Builds the tree from the leaves up; ids grow along a thread only mostly (clocks differ), so nothing here counts on
/// their order. A post that (by a lying clock or a lying server) answers its own descendant hangs nowhere and is left
/// out.
fn grow(parent: Option<i64>, children: &mut HashMap<Option<i64>, Vec<(i64, Leaf)>>) -> Vec<Branch> {
    let mut branches: Vec<Branch> = Vec::new();
    for (id, leaf) in children.remove(&parent).unwrap_or_default() {
        let replies = grow(Some(id), children);
        if let (Leaf::Hole(hole), Some(Branch { leaf: Leaf::Hole(before), replies: nothing })) = (&leaf, branches.last_mut())
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
