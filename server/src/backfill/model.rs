//! The walk through the lists of a conversation: what was come by, and what is left to be asked for.

use std::collections::{BTreeSet, VecDeque};

use comity_db::row;
use comity_vocab::{Domain, Iri};
use serde::{Deserialize, Serialize};

use super::pace::Turn;

/// Posts of one conversation that are asked for: Mastodon's is twice as many. Each is a request, and one more where its author
/// is not known.
const MOST_POSTS: usize = 500;
/// Steps down from the post that was asked about.
const DEEPEST: usize = 20;
/// Pages of lists that are read, in all and of one post.
const MOST_PAGES: usize = 100;
const MOST_PAGES_OF_ONE: usize = 10;

row! {
    /// One row of `backfills`.
    #[derive(Debug, Clone)]
    pub struct BackfillRow {
        pub status_id: i64,
        pub token: String,
        pub began_at: i64,
        pub ended_at: Option<i64>,
        pub found: i64,
        pub walk: String,
    }
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    waiting: VecDeque<Step>,
    /// Posts that a list named, each asked for once.
    named: BTreeSet<String>,
    /// Posts that are here, and truly of this conversation: what answers one of them is so as well.
    read: BTreeSet<String>,
    pages: usize,
    /// Posts that were not here.
    pub found: i64,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// For a post.
    Post {
        /// Its address.
        iri: String,
        /// Steps down from the first.
        deep: usize,
    },
    /// For a list of answers, or a page of one.
    Page {
        /// Where it is.
        url: String,
        /// The number of the post that they answer.
        of: i64,
        /// How deep that is.
        deep: usize,
        /// How many pages of its list come before.
        before: usize,
    },
}

impl Step {
    fn address(&self) -> &str {
        match self {
            Step::Post { iri, .. } => iri,
            Step::Page { url, .. } => url,
        }
    }

    /// Who is asked.
    pub fn host(&self) -> Option<Domain> {
        Iri::parse(self.address()).ok().map(|iri| iri.domain())
    }
}

impl Walk {
    /// From this post on.
    pub fn from(first: &Iri) -> Walk {
        let iri = first.as_str().to_owned();
        Walk {
            waiting: VecDeque::from([Step::Post {
                iri: iri.clone(),
                deep: 0,
            }]),
            named: BTreeSet::from([iri]),
            read: BTreeSet::new(),
            pages: 0,
            found: 0,
        }
    }

    /// Nothing is left to be asked for.
    pub fn is_over(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The first step whose turn it is: those of a server that has been asked enough wait, and those of one that does not answer
    /// are left out.
    pub fn next(&mut self, turn: impl Fn(&Domain) -> Turn) -> Option<Step> {
        let mut at = 0;
        while let Some(step) = self.waiting.get(at) {
            match step.host().map(|host| turn(&host)) {
                Some(Turn::Now) => return self.waiting.remove(at),
                Some(Turn::Later) => at += 1,
                Some(Turn::Never) | None => {
                    self.waiting.remove(at);
                }
            }
        }
        None
    }

    /// Whether this is one of the conversation.
    pub fn has(&self, post: &Iri) -> bool {
        self.read.contains(post.as_str())
    }

    /// A post is here and of the conversation; its answers are listed at `replies`.
    pub fn note_read(&mut self, post: &Iri, id: i64, replies: Option<&Iri>, deep: usize) {
        let is_new = self.read.insert(post.as_str().to_owned());
        // Lists of another origin are not the author's to point at.
        let own = replies.filter(|url| url.same_origin(post));
        if let Some(url) = own.filter(|_| is_new && deep < DEEPEST) {
            self.note_page(url, id, deep, 0);
        }
    }

    /// There is more of a list.
    pub fn note_page(&mut self, url: &Iri, of: i64, deep: usize, before: usize) {
        if self.pages >= MOST_PAGES || before >= MOST_PAGES_OF_ONE {
            return;
        }
        self.pages += 1;
        self.waiting.push_back(Step::Page {
            url: url.as_str().to_owned(),
            of,
            deep,
            before,
        });
    }

    /// A list names this post as an answer.
    pub fn note_named(&mut self, post: &Iri, deep: usize) {
        let is_room = self.named.len() < MOST_POSTS;
        if is_room && self.named.insert(post.as_str().to_owned()) {
            self.waiting.push_back(Step::Post {
                iri: post.as_str().to_owned(),
                deep,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iri(text: &str) -> Iri {
        Iri::parse(text).unwrap()
    }

    #[test]
    fn nothing_is_asked_for_twice_and_nothing_without_end() {
        let first = iri("https://a.example/1");
        let mut walk = Walk::from(&first);
        assert!(walk.next(|_| Turn::Now).is_some());
        walk.note_read(&first, 1, Some(&iri("https://a.example/1/replies")), 0);
        walk.note_read(&first, 1, Some(&iri("https://a.example/1/replies")), 0);
        walk.note_read(
            &iri("https://a.example/2"),
            2,
            Some(&iri("https://b.example/list")),
            1,
        );
        assert!(matches!(
            walk.next(|_| Turn::Now),
            Some(Step::Page { of: 1, .. })
        ));
        assert!(
            walk.is_over(),
            "one list was pointed at twice, the other is not theirs"
        );
        for number in 0..2 * MOST_POSTS {
            walk.note_named(&iri(&format!("https://b.example/{number}")), 1);
            walk.note_named(&first, 1);
            walk.note_page(&iri(&format!("https://a.example/page/{number}")), 1, 0, 1);
        }
        assert_eq!(walk.waiting.len(), MOST_POSTS - 1 + MOST_PAGES - 1);
        let same = serde_json::to_string(&walk).unwrap();
        assert_eq!(serde_json::from_str::<Walk>(&same).unwrap(), walk);
    }

    #[test]
    fn a_server_that_was_asked_enough_keeps_no_other_waiting() {
        let mut walk = Walk::from(&iri("https://busy.example/1"));
        walk.note_named(&iri("https://dead.example/2"), 1);
        walk.note_named(&iri("https://calm.example/3"), 1);
        let turn = |host: &Domain| match host.as_str() {
            "busy.example" => Turn::Later,
            "dead.example" => Turn::Never,
            _ => Turn::Now,
        };
        let next = walk.next(turn).unwrap();
        assert_eq!(next.address(), "https://calm.example/3");
        assert_eq!(walk.next(turn), None);
        assert_eq!(walk.waiting.len(), 1);
    }
}
