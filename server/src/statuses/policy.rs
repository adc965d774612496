//! What a single status says of who may have and answer it, between the columns and the gate.

use comity_policy::{
    Approval, Circle, CommunityId, Leave, ListId, Pattern, PersonId, Replies, RuleBook, Scope, Whom,
};
use comity_vocab::Domain;

use super::model::Status;
use crate::accounts::Account;
use crate::error::{Error, Result};
use crate::rules::{self, parse_pattern, typed_pattern};

/// Whom a member may name in one post.
pub const MOST_NAMED: usize = 20;
/// Bytes of each: longer than any host, and than the addresses that servers give people.
const LONGEST_PATTERN: usize = 300;
/// Whom a post may be kept from in all: an answer is kept from those from whom what it answers is kept.
const MOST_PATTERNS: usize = 200;

/// What its author lays down about one status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Who is not to have it, beyond what the rules say.
    pub kept_from: Vec<Pattern>,
    /// Who may answer it.
    pub replies: Replies,
    /// Who may quote it.
    pub quotes: Quoting,
}

/// Who may quote, as members choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quoting {
    /// Whoever may see it.
    Everyone,
    /// Followers.
    Followers,
    /// Each quote waits for the author's yes.
    Asking,
    /// Nobody but the author.
    #[default]
    Nobody,
}

impl Quoting {
    /// All four, in the order in which they are offered.
    pub const ALL: [Quoting; 4] = [
        Quoting::Everyone,
        Quoting::Followers,
        Quoting::Asking,
        Quoting::Nobody,
    ];

    /// The word that forms and columns have for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Quoting::Everyone => "everyone",
            Quoting::Followers => "followers",
            Quoting::Asking => "asking",
            Quoting::Nobody => "nobody",
        }
    }

    /// Reads [`Quoting::as_str`].
    pub fn parse(word: &str) -> Option<Quoting> {
        Quoting::ALL
            .into_iter()
            .find(|quoting| quoting.as_str() == word)
    }

    /// The same for the gate.
    pub fn leave(self) -> Leave {
        let (freely, asking) = match self {
            Quoting::Everyone => (vec![Whom::Everyone], Vec::new()),
            Quoting::Followers => (vec![Whom::Followers], Vec::new()),
            Quoting::Asking => (Vec::new(), vec![Whom::Everyone]),
            Quoting::Nobody => (Vec::new(), Vec::new()),
        };
        Leave { freely, asking }
    }
}

/// Who may answer, as members choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// Whoever may see it.
    Everyone,
    /// Followers, and whom it names.
    Followers,
    /// Whom it names.
    Mentioned,
    /// Whom it names; everybody else's answers wait for the author's yes.
    Asking,
    /// Nobody but the author.
    Nobody,
}

impl Answering {
    /// All five, in the order in which they are offered.
    pub const ALL: [Answering; 5] = [
        Answering::Everyone,
        Answering::Followers,
        Answering::Mentioned,
        Answering::Asking,
        Answering::Nobody,
    ];

    /// The word that forms and columns have for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Answering::Everyone => "everyone",
            Answering::Followers => "followers",
            Answering::Mentioned => "mentioned",
            Answering::Asking => "asking",
            Answering::Nobody => "nobody",
        }
    }

    /// Reads [`Answering::as_str`].
    pub fn parse(word: &str) -> Option<Answering> {
        Answering::ALL
            .into_iter()
            .find(|answering| answering.as_str() == word)
    }

    /// The same for the gate.
    pub fn replies(self) -> Replies {
        let both = |circle| Replies {
            freely: circle,
            asking: circle,
        };
        match self {
            Answering::Everyone => both(Circle::Everyone),
            Answering::Followers => both(Circle::Followers),
            Answering::Mentioned => both(Circle::Mentioned),
            Answering::Asking => Replies {
                freely: Circle::Mentioned,
                asking: Circle::Everyone,
            },
            Answering::Nobody => both(Circle::Nobody),
        }
    }
}

impl Terms {
    /// What a member asks for is bounded.
    pub(super) fn check(&self) -> Result<()> {
        if self.kept_from.len() > MOST_NAMED {
            return Err(Error::invalid(
                "kept_from",
                format!(
                    "names {}; {MOST_NAMED} fit, and a rule of your own keeps servers from everything you write",
                    self.kept_from.len()
                ),
            ));
        }
        if let Some(long) = self
            .kept_from
            .iter()
            .map(typed_pattern)
            .find(|typed| typed.len() > LONGEST_PATTERN)
        {
            return Err(Error::invalid(
                "kept_from",
                format!(
                    "has a name of {} characters; {LONGEST_PATTERN} fit",
                    long.len()
                ),
            ));
        }
        if self
            .kept_from
            .iter()
            .any(|pattern| matches!(pattern, Pattern::Everything))
        {
            return Err(Error::invalid(
                "kept_from",
                "names everybody; choose a narrower audience instead",
            ));
        }
        Ok(())
    }

    /// A post is kept from lists that its author keeps, or their community does.
    pub(super) fn check_lists(&self, book: &RuleBook, author: &Account) -> Result<()> {
        let own = rules::of_member(author)?;
        let community = author.community_id.map(CommunityId).map(Scope::Community);
        let theirs = [Some(own), community];
        for list in self.lists() {
            let owner = book.list_owner(list);
            if owner.is_none() || !theirs.contains(&owner) {
                return Err(Error::invalid(
                    "kept_from",
                    "names a list that you do not keep",
                ));
            }
        }
        Ok(())
    }

    /// The lists from which it is kept.
    pub(super) fn lists(&self) -> impl Iterator<Item = ListId> {
        self.kept_from.iter().filter_map(|pattern| match pattern {
            Pattern::List(id) => Some(*id),
            _ => None,
        })
    }

    /// Whether it is kept from everybody there.
    pub(super) fn names(&self, server: &Domain, book: &RuleBook) -> bool {
        self.kept_from.iter().any(|pattern| match pattern {
            Pattern::Domain(domain) => server.is_within(domain),
            Pattern::Host(domain) => server == domain,
            Pattern::List(list) => book.list_names_server(*list, server),
            _ => false,
        })
    }

    /// An answer or a boost carries a thing further, so it stays away from whom that thing is kept from.
    pub(super) fn within(mut self, carried: &Status) -> Result<Terms> {
        for pattern in &carried.kept_from {
            if !self.kept_from.contains(pattern) {
                self.kept_from.push(pattern.clone());
            }
        }
        if self.kept_from.len() > MOST_PATTERNS {
            return Err(Error::Forbidden(format!(
                "this conversation is kept from more than {MOST_PATTERNS} servers and people; begin another one"
            )));
        }
        Ok(self)
    }

    /// For storing; [`patterns`] reads it.
    pub(super) fn patterns_json(&self) -> Result<String> {
        let typed: Vec<String> = self.kept_from.iter().map(typed_pattern).collect();
        Ok(serde_json::to_string(&typed)?)
    }
}

/// From whom a status is kept, as stored.
pub(super) fn patterns(json: &str) -> Result<Vec<Pattern>> {
    if json == "[]" {
        return Ok(Vec::new());
    }
    let damaged = || Error::internal(format!("a status is kept from {json:?}"));
    let typed: Vec<String> = serde_json::from_str(json).map_err(|_| damaged())?;
    let stored = |text: &String| {
        // The list of suffixes changes: a name that was one server's when it was typed is still meant.
        parse_pattern(text)
            .or_else(|_| Domain::parse(text).map(Pattern::Host))
            .map_err(|_| damaged())
    };
    typed.iter().map(stored).collect()
}

/// Who may answer, as stored.
pub(super) fn replies(freely: &str, asking: &str) -> Result<Replies> {
    let circle = |word: &str| {
        Circle::parse(word).ok_or_else(|| Error::internal(format!("a status lets {word:?} answer")))
    };
    Ok(Replies {
        freely: circle(freely)?,
        asking: circle(asking)?,
    })
}

/// How the column says whether an answer stands where it is.
pub(super) const STANDS: &str = "stands";
pub(super) const WAITS: &str = "waits";
pub(super) const REMOVED: &str = "removed";
/// Whom it answers, elsewhere, said no while it waited: it goes on waiting, and its author knows.
pub(super) const DECLINED: &str = "declined";

/// No account has this number.
const NOBODY: PersonId = PersonId(0);

/// Whether an answer stands where it is, as stored. Whose yes it takes is whom it answers.
pub(super) fn approval(word: &str, answered: Option<i64>) -> Result<Approval> {
    match (word, answered) {
        (WAITS | DECLINED, Some(on)) => Ok(Approval::Waits { on: PersonId(on) }),
        (REMOVED, Some(by)) => Ok(Approval::Removed { by: PersonId(by) }),
        // Whom it answered is gone: nobody is left to say yes, and what nobody said yes to does not come out by that.
        (WAITS | DECLINED, None) => Ok(Approval::Waits { on: NOBODY }),
        (STANDS, _) | (REMOVED, None) => Ok(Approval::Stands),
        _ => Err(Error::internal(format!(
            "a status has the approval {word:?}"
        ))),
    }
}

/// The word in the column, as one of the four.
pub(super) fn approval_word(word: &str) -> &'static str {
    [WAITS, REMOVED, DECLINED]
        .into_iter()
        .find(|known| *known == word)
        .unwrap_or(STANDS)
}
