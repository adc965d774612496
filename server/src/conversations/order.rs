//! Which post of a thread hangs below which, as one viewer may see them. Each step is taken once, however long the thread
//! is, and nothing here goes deeper than its caller: threads may be as deep as a lying server makes them.

use std::collections::{HashMap, HashSet};

use comity_policy::{Because, Party, Refusal, Visible, Way};
use comity_vocab::Domain;

use crate::app::App;
use crate::error::Result;
use crate::statuses::{self, Status};

/// A post, as far as its place is concerned.
pub(super) struct Place {
    pub id: i64,
    pub parent: Option<i64>,
    pub server: Domain,
}

impl Place {
    fn of(status: &Status) -> Place {
        Place {
            id: status.id,
            parent: status.in_reply_to_id,
            server: status.author.domain.clone(),
        }
    }
}

/// What the gate says of a post.
pub(super) type Cleared = Result<Visible<Status>, Refusal>;

/// These posts, each with what the gate says of it to this viewer.
pub(super) async fn judged(
    app: &App,
    viewer: &Party,
    ids: &[i64],
    focus: i64,
) -> Result<Vec<(Place, Cleared)>> {
    let all = statuses::load(app, ids).await?;
    let places: Vec<Place> = all.iter().map(Place::of).collect();
    let mut answers = app.gate.show_all(viewer, Way::Conversation, all).await?;
    // Whoever asks for a post that has no place in its conversation has it all the same: it is its author's own.
    if let Some(at) = places.iter().position(|place| place.id == focus)
        && answers[at].as_ref().is_err_and(is_out)
        && let Some(alone) = statuses::load(app, &[focus]).await?.pop()
    {
        answers[at] = app.gate.show(viewer, Way::Page, alone).await?;
    }
    Ok(places.into_iter().zip(answers).collect())
}

/// What hangs below what. What leaves no mark is passed over: its answers hang where it hung.
pub(super) struct Order {
    here: HashSet<i64>,
    /// Of each post that is passed over, where its answers hang.
    passed: HashMap<i64, Option<i64>>,
    /// What has no place, with all that is below it.
    out: HashSet<i64>,
}

impl Order {
    pub fn of(thread: &[(Place, Cleared)], focus: i64) -> Order {
        let out = below_what_is_out(thread, focus);
        let is_passed = |place: &Place, cleared: &Cleared| {
            out.contains(&place.id) || cleared.as_ref().is_err_and(|refusal| !leaves_mark(refusal))
        };
        let above: HashMap<i64, Option<i64>> = thread
            .iter()
            .filter(|(place, cleared)| is_passed(place, cleared))
            .map(|(place, _)| (place.id, place.parent))
            .collect();
        // What answers itself by a ring hangs nowhere.
        let passed = ends(above.keys().copied(), None, |id| match above.get(&id) {
            None => Step::End(Some(id)),
            Some(None) => Step::End(None),
            Some(Some(parent)) => Step::Up(*parent),
        });
        Order {
            here: thread.iter().map(|(place, _)| place.id).collect(),
            passed,
            out,
        }
    }

    /// Whether it is left out, mark and all.
    pub fn leaves_out(&self, id: i64) -> bool {
        self.out.contains(&id)
    }

    /// What it hangs below.
    pub fn parent(&self, place: &Place) -> Option<i64> {
        let parent = place.parent?;
        let standing = self.passed.get(&parent).copied().unwrap_or(Some(parent));
        standing.filter(|id| self.here.contains(id))
    }
}

/// Only what the viewer or their own community decided, and only where that alone stood against it.
pub(super) fn leaves_mark(refusal: &Refusal) -> bool {
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
fn below_what_is_out(thread: &[(Place, Cleared)], focus: i64) -> HashSet<i64> {
    let out: HashSet<i64> = thread
        .iter()
        .filter(|(_, cleared)| cleared.as_ref().is_err_and(is_out))
        .map(|(place, _)| place.id)
        .collect();
    if out.is_empty() {
        return out;
    }
    let above: HashMap<i64, Option<i64>> = thread
        .iter()
        .map(|(place, _)| (place.id, place.parent))
        .collect();
    let is_below = ends(above.keys().copied(), true, |id| {
        if id == focus {
            return Step::End(false);
        }
        if out.contains(&id) {
            return Step::End(true);
        }
        match above.get(&id) {
            Some(Some(parent)) => Step::Up(*parent),
            _ => Step::End(false),
        }
    });
    let below = is_below.into_iter().filter(|(_, is_below)| *is_below);
    below.map(|(id, _)| id).collect()
}

/// One step of a walk up.
enum Step<T> {
    End(T),
    Up(i64),
}

/// Where the walks up from each of these end. A lying server can make posts answer each other in a ring: of what leads
/// into one, `of_rings` is said.
fn ends<T: Copy>(
    ids: impl Iterator<Item = i64>,
    of_rings: T,
    step: impl Fn(i64) -> Step<T>,
) -> HashMap<i64, T> {
    let mut found: HashMap<i64, T> = HashMap::new();
    for start in ids {
        let mut way = Vec::new();
        let mut at = start;
        let end = loop {
            if let Some(known) = found.get(&at) {
                break *known;
            }
            match step(at) {
                Step::End(end) => {
                    // What is beyond those that were asked about is none of them.
                    if at == start {
                        way.push(at);
                    }
                    break end;
                }
                Step::Up(above) => {
                    // Whoever comes by it again on this walk goes in a ring.
                    found.insert(at, of_rings);
                    way.push(at);
                    at = above;
                }
            }
        };
        for id in way {
            found.insert(id, end);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(above: &[(i64, Option<i64>)]) -> HashMap<i64, Option<i64>> {
        let above: HashMap<i64, Option<i64>> = above.iter().copied().collect();
        ends(above.keys().copied(), None, |id| match above.get(&id) {
            None => Step::End(Some(id)),
            Some(None) => Step::End(None),
            Some(Some(parent)) => Step::Up(*parent),
        })
    }

    #[test]
    fn each_walk_ends_above_all_that_is_passed_over() {
        let found = walk(&[(4, Some(3)), (3, Some(2)), (7, None), (8, Some(7))]);
        assert_eq!(found[&4], Some(2));
        assert_eq!(found[&3], Some(2));
        assert_eq!((found[&7], found[&8]), (None, None));
        assert!(!found.contains_key(&2), "it is not passed over itself");
    }

    #[test]
    fn what_leads_into_a_ring_hangs_nowhere() {
        let found = walk(&[(1, Some(3)), (2, Some(1)), (3, Some(2)), (9, Some(2))]);
        for id in [1, 2, 3, 9] {
            assert_eq!(found[&id], None, "{id}");
        }
    }

    #[test]
    fn a_chain_as_long_as_may_be_is_walked_once() {
        let above: Vec<(i64, Option<i64>)> = (1..100_000).map(|id| (id, Some(id - 1))).collect();
        let found = walk(&above);
        assert_eq!(found[&99_999], Some(0));
        assert_eq!(found.len(), above.len());
    }
}
