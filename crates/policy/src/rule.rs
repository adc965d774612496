//! What a person, a community or the operator laid down about somebody else.

use std::fmt;

use comity_vocab::{Domain, Iri};

use crate::{CommunityId, Conditions, PersonId, RuleId};

/// Whose rule it is, and so whom it binds. The strictest answer of all scopes wins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// The whole installation.
    Operator,
    /// One community.
    Community(CommunityId),
    /// One member, in their community.
    Member(PersonId, CommunityId),
    /// One status, by its id.
    Status(i64),
}

impl Scope {
    /// Wide before narrow: of several reasons, the one that binds most people is told.
    pub(crate) fn breadth(self) -> u8 {
        match self {
            Scope::Operator => 0,
            Scope::Community(_) => 1,
            Scope::Member(..) => 2,
            Scope::Status(_) => 3,
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
    /// Everybody elsewhere.
    Everything,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Domain(domain) | Pattern::Host(domain) => f.write_str(&domain.unicode()),
            Pattern::Account(iri) => f.write_str(iri.as_str()),
            Pattern::Everything => f.write_str("everybody elsewhere"),
        }
    }
}

/// How a party is met. The order is only for showing: each stance that matches is asked, and the
/// answer is what all of them allow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Stance {
    /// Nothing is different. Lifts the default of its own scope, and nothing else.
    Open,
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
    pub const ALL: [Stance; 5] = [
        Stance::Open,
        Stance::Limited,
        Stance::Ask,
        Stance::Withheld,
        Stance::Refused,
    ];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Stance::Open => "open",
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

/// How a community meets whoever no rule of its own opens to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Mode {
    /// As an open party.
    Open,
    /// As one who is asked about.
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
    /// Where it came from: a person, a list and its version, a proposal.
    pub source: String,
}
