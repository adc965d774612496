//! A conversation laid out as a thread: faces are beads, and a line runs from each to what answers it.
//!
//! An answer that is the only one is set straight below what it answers, so that a long exchange of two
//! people does not walk off the page; only where several answer the same post are they moved inwards.

use super::StatusView;

/// From this level on, the answers are folded until asked for, and nothing is moved further inwards.
/// Six levels leave half the column for words; a phone shows four of them (see the style).
const FOLD_AT: usize = 6;

/// What stands at one place of a conversation.
#[derive(Clone, Debug)]
pub enum NodeBody {
    /// A post.
    Post(Box<StatusView>),
    /// Posts that are not shown.
    Hole(HoleView),
}

/// What stands above the post a conversation page is about; the first of all on top.
pub type Above = NodeBody;

/// A gap where posts are withheld from this viewer by a rule.
#[derive(Clone, Debug)]
pub struct HoleView {
    /// "Three replies from bigcorp.example are not shown. You refuse that server; Harbour limits it."
    pub sentence: String,
    /// Where the rule is explained, if the viewer may know.
    pub why_url: Option<String>,
}

/// A place of a conversation with what answers it.
#[derive(Clone, Debug)]
pub struct Node {
    /// What stands there.
    pub body: NodeBody,
    /// What answers it, in the order to be shown.
    pub children: Vec<Node>,
}

/// What the page writes next. Opens and closes are always balanced.
#[derive(Clone, Debug)]
pub enum Step {
    /// Begin a list of answers.
    Open {
        /// How far inwards: the class `level-N`. A straight list keeps the level of what it answers.
        level: usize,
        /// The only answer, straight below.
        straight: bool,
        /// The fold's sentence, if the list is folded.
        fold: Option<String>,
    },
    /// A post, within an item that stays open until `EndItem`.
    Post {
        /// The post.
        status: Box<StatusView>,
        /// Answers follow, so the line leaves its face.
        leads: bool,
    },
    /// A hole, likewise.
    Hole(HoleView),
    /// End of an item.
    EndItem,
    /// End of a list of answers.
    Close {
        /// The list was folded.
        folded: bool,
    },
}

/// Lays the answers to a post out as steps. Works without recursion, so that a conversation of any depth is safe.
pub fn lay_out(nodes: Vec<Node>) -> Vec<Step> {
    let mut steps = Vec::new();
    // What is still to be written, last first.
    let mut left = Vec::new();
    begin(
        &mut steps,
        &mut left,
        nodes,
        List {
            level: 0,
            straight: false,
            fold: None,
            folded_above: false,
        },
    );
    while let Some(next) = left.pop() {
        match next {
            Left::Step(step) => steps.push(step),
            Left::Node {
                node,
                level,
                folded_above,
            } => {
                let Node { body, mut children } = node;
                let leads = !children.is_empty();
                match body {
                    NodeBody::Post(status) => steps.push(Step::Post { status, leads }),
                    NodeBody::Hole(hole) => {
                        steps.push(Step::Hole(hole));
                        // Nobody is shown there, so there is no face for a line to leave from.
                        children.clear();
                    }
                }
                left.push(Left::Step(Step::EndItem));
                if children.is_empty() {
                    continue;
                }
                let straight = matches!(
                    children.as_slice(),
                    [Node {
                        body: NodeBody::Post(_),
                        ..
                    }]
                );
                let deeper = if straight { level } else { level + 1 };
                let too_deep = deeper >= FOLD_AT && !straight && !folded_above;
                let fold = too_deep.then(|| more_replies(count(&children)));
                let folded_above = folded_above || too_deep;
                begin(
                    &mut steps,
                    &mut left,
                    children,
                    List {
                        level: deeper.min(FOLD_AT),
                        straight,
                        fold,
                        folded_above,
                    },
                );
            }
        }
    }
    steps
}

/// What is still to be written.
enum Left {
    Step(Step),
    Node {
        node: Node,
        level: usize,
        folded_above: bool,
    },
}

/// A list about to be begun.
struct List {
    level: usize,
    straight: bool,
    fold: Option<String>,
    folded_above: bool,
}

fn begin(steps: &mut Vec<Step>, left: &mut Vec<Left>, nodes: Vec<Node>, list: List) {
    let List {
        level,
        straight,
        fold,
        folded_above,
    } = list;
    if nodes.is_empty() {
        return;
    }
    left.push(Left::Step(Step::Close {
        folded: fold.is_some(),
    }));
    steps.push(Step::Open {
        level,
        straight,
        fold,
    });
    left.extend(nodes.into_iter().rev().map(|node| Left::Node {
        node,
        level,
        folded_above,
    }));
}

/// How many posts are in these branches.
fn count(nodes: &[Node]) -> usize {
    let mut waiting: Vec<&Node> = nodes.iter().collect();
    let mut posts = 0;
    while let Some(node) = waiting.pop() {
        posts += usize::from(matches!(node.body, NodeBody::Post(_)));
        waiting.extend(&node.children);
    }
    posts
}

fn more_replies(posts: usize) -> String {
    match posts {
        1 => "1 more reply in this branch".to_owned(),
        _ => format!("{posts} more replies in this branch"),
    }
}

#[cfg(test)]
mod tests {
    use super::{FOLD_AT, HoleView, Node, NodeBody, Step, lay_out};

    fn post(children: Vec<Node>) -> Node {
        Node {
            body: NodeBody::Post(Box::default()),
            children,
        }
    }

    fn hole() -> Node {
        let hole = HoleView {
            sentence: "Not shown.".to_owned(),
            why_url: None,
        };
        Node {
            body: NodeBody::Hole(hole),
            children: Vec::new(),
        }
    }

    /// The lists that were begun, in order: their level, or "straight", and "folded" where they are.
    fn lists(steps: &[Step]) -> Vec<String> {
        let begun = steps.iter().filter_map(|step| match step {
            Step::Open { straight: true, .. } => Some("straight".to_owned()),
            Step::Open {
                level,
                fold: Some(_),
                ..
            } => Some(format!("{level} folded")),
            Step::Open { level, .. } => Some(level.to_string()),
            _ => None,
        });
        begun.collect()
    }

    #[test]
    fn an_only_answer_stands_straight_below_and_several_move_inwards() {
        let steps = lay_out(vec![post(vec![post(vec![
            post(Vec::new()),
            post(Vec::new()),
        ])])]);
        assert_eq!(lists(&steps), ["0", "straight", "1"]);
    }

    #[test]
    fn a_lone_hole_moves_inwards_for_it_has_no_face() {
        assert_eq!(lists(&lay_out(vec![post(vec![hole()])])), ["0", "1"]);
    }

    #[test]
    fn what_is_too_deep_is_folded_once_and_moved_no_further() {
        let mut deep = post(Vec::new());
        for _ in 0..FOLD_AT + 2 {
            deep = post(vec![deep, post(Vec::new())]);
        }
        let steps = lay_out(vec![deep]);
        assert_eq!(
            lists(&steps),
            ["0", "1", "2", "3", "4", "5", "6 folded", "6", "6"]
        );
    }

    #[test]
    fn lists_and_items_are_balanced_at_any_depth() {
        let mut deep = hole();
        for _ in 0..10_000 {
            deep = post(vec![deep]);
        }
        let steps = lay_out(vec![deep, hole()]);
        let opened = steps
            .iter()
            .filter(|step| matches!(step, Step::Open { .. }))
            .count();
        let closed = steps
            .iter()
            .filter(|step| matches!(step, Step::Close { .. }))
            .count();
        let ended = steps
            .iter()
            .filter(|step| matches!(step, Step::EndItem))
            .count();
        assert_eq!((opened, closed, ended), (10_001, 10_001, 10_002));
    }

    #[test]
    fn nothing_makes_nothing() {
        assert!(lay_out(Vec::new()).is_empty());
    }
}
