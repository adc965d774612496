//! What a person, a community or the operator laid down about somebody else.

use std::fmt;

use comity_vocab::{Domain, Iri};

use crate::{CommunityId, Conditions, ListId, Person, PersonId, RuleId, Version};

/// Whose rule it is, and so whom it binds. The strictest answer of all scopes wins. The fourth
/// scope, a single status, travels with the status itself: [`Thing::kept_from`](crate::Thing) and
/// [`Thing::replies`](crate::Thing).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// The whole installation.
    Operator,
    /// One community.
    Community(CommunityId),
    /// One member, in their community.
    Member(PersonId, CommunityId),
}

impl Scope {
    /// Whether rules of this scope are rules of this person: the installation's, their community's or their own.
    pub(crate) fn binds(self, person: &Person) -> bool {
        match self {
            Scope::Operator => true,
            Scope::Community(community) => person.community == Some(community),
            Scope::Member(member, _) => person.id == Some(member),
        }
    }

    /// Wide before narrow: of several reasons, the one that binds most people is told.
    pub(crate) fn breadth(self) -> u8 {
        match self {
            Scope::Operator => 0,
            Scope::Community(_) => 1,
            Scope::Member(..) => 2,
        }
    }
}

/// Whom a rule speaks of.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Pattern {
    /// A domain and all below it. Without a port, on every port.
    Domain(Domain),
    /// This host and none below it. Without a port, on every port.
    Host(Domain),
    /// One account.
    Account(Iri),
    /// Whoever is on a list that the rule's owner keeps.
    List(ListId),
    /// Servers that say they run this. What a server says of itself is easily said, so such a
    /// rule never opens what is closed.
    Software {
        /// As in their NodeInfo, in lower case.
        name: String,
        /// Only versions before this one; `None` for all of them.
        before: Option<Version>,
    },
    /// Servers of which nothing was heard here until less than so many days ago.
    FirstSeen {
        /// How many.
        days: u16,
    },
    /// Everybody elsewhere.
    Everything,
}

impl Pattern {
    /// Whether it takes facts about their server to say whom it speaks of.
    pub(crate) fn asks_of_peers(&self) -> bool {
        matches!(self, Pattern::Software { .. } | Pattern::FirstSeen { .. })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Domain(domain) | Pattern::Host(domain) => f.write_str(&domain.unicode()),
            Pattern::Account(iri) => f.write_str(iri.as_str()),
            Pattern::List(ListId(number)) => write!(f, "list {number}"),
            Pattern::Software { name, before: None } => write!(f, "servers that run {name}"),
            Pattern::Software {
                name,
                before: Some(version),
            } => write!(f, "servers that run {name} before {version}"),
            Pattern::FirstSeen { days: 1 } => f.write_str("servers first seen today"),
            Pattern::FirstSeen { days } => {
                write!(f, "servers first seen less than {days} days ago")
            }
            Pattern::Everything => f.write_str("everybody elsewhere"),
        }
    }
}

/// How a party is met. The order is only for showing: each stance that matches is asked, and the
/// answer is what all of them allow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Stance {
    /// Nothing is different. Lifts the default of its own scope, and what lists say there of whom
    /// it names; nothing else.
    Open,
    /// As whatever else there is decides. It lifts nothing, and what its rule adds is added to that.
    Unchanged,
    /// In, but shown to followers of the author only.
    Limited,
    /// First contact waits for a yes.
    Ask,
    /// They get what is public, if they come for it.
    Withheld,
    /// Nothing in, nothing out, no contact.
    Refused,
}

impl Stance {
    /// Every stance, from mild to strict.
    pub const ALL: [Stance; 6] = [
        Stance::Open,
        Stance::Unchanged,
        Stance::Limited,
        Stance::Ask,
        Stance::Withheld,
        Stance::Refused,
    ];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Stance::Open => "open",
            Stance::Unchanged => "unchanged",
            Stance::Limited => "limited",
            Stance::Ask => "ask",
            Stance::Withheld => "withheld",
            Stance::Refused => "refused",
        }
    }

    /// Reads the word that [`as_str`](Stance::as_str) writes.
    pub fn parse(text: &str) -> Option<Stance> {
        Stance::ALL
            .into_iter()
            .find(|stance| stance.as_str() == text)
    }
}

/// How a community, or a member for themself, meets whoever no rule of theirs opens to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Mode {
    /// As an open party.
    Open,
    /// As one who is asked about, until their server is known for long enough.
    Cautious,
    /// As a refused one.
    AllowList,
}

impl Mode {
    /// The stance this mode takes towards the unknown.
    pub fn stance(self) -> Stance {
        match self {
            Mode::Open => Stance::Open,
            Mode::Cautious => Stance::Ask,
            Mode::AllowList => Stance::Refused,
        }
    }

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Open => "open",
            Mode::Cautious => "cautious",
            Mode::AllowList => "allow-list",
        }
    }

    /// Reads the word that [`as_str`](Mode::as_str) writes.
    pub fn parse(text: &str) -> Option<Mode> {
        match text {
            "open" => Some(Mode::Open),
            "cautious" => Some(Mode::Cautious),
            "allow-list" => Some(Mode::AllowList),
            _ => None,
        }
    }
}

/// One rule, with what it remembers. Rules are superseded, never changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its number.
    pub id: RuleId,
    /// Whose rule.
    pub scope: Scope,
    /// About whom.
    pub pattern: Pattern,
    /// How they are met.
    pub stance: Stance,
    /// What is added to that.
    pub conditions: Conditions,
    /// The reason, for everybody.
    pub reason_public: Option<String>,
    /// The reason, for members of the community.
    pub reason_members: Option<String>,
    /// The reason, for its moderators.
    pub reason_moderators: Option<String>,
    /// Who set it.
    pub set_by: Option<PersonId>,
    /// When, in unix milliseconds.
    pub set_at: i64,
    /// When it ends by itself, in unix milliseconds.
    pub expires_at: Option<i64>,
    /// When somebody wants to look at it again, in unix milliseconds.
    pub review_at: Option<i64>,
    /// What was seen that led to it, for moderators: links and quotations.
    pub evidence: Option<String>,
    /// Where it came from: a person, a list and its version, a proposal.
    pub source: String,
}

impl Rule {
    /// Whether it wants a notice under what is sent to whom it is about.
    pub fn appends_notice(&self) -> bool {
        self.conditions.contains(Conditions::APPEND_NOTICE)
    }
}
