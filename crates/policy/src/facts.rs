//! What the decision has to know, and where it is asked.

use std::collections::HashMap;
use std::future::Future;

use comity_vocab::{Domain, Visibility};

use crate::{Act, CommunityId, Pattern, Person, PersonId, Version, Wishes};

/// What policy must know of a thing; never what is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thing {
    /// Whose it is. For a profile, the person themselves.
    pub owner: Person,
    /// The community in whose rooms it is. Where the owner is a member here, theirs; for what
    /// comes from elsewhere, the community it comes into.
    pub community: Option<CommunityId>,
    /// Who may see it, as its owner chose. A profile is public.
    pub visibility: Visibility,
    /// Who is mentioned.
    pub addressed: Vec<PersonId>,
    /// The owners of what it answers, boosts and quotes. Each is asked as well, and the answer is
    /// what they all allow. What is *inside* a boost or a quote is a thing of its own, and is
    /// shown by its own evidence.
    pub within: Vec<Person>,
    /// From whom its owner keeps this one thing.
    pub kept_from: Vec<Pattern>,
    /// Who may answer it, as its owner chose.
    pub replies: Replies,
    /// What else its owner says of who may do what with it.
    pub wishes: Wishes,
    /// Whether it has its place under what it answers.
    pub approval: Approval,
}

impl Thing {
    /// A thing of `owner` that is for everybody, answers nothing and names nobody: what is known
    /// of a profile. The community is the owner's.
    pub fn of(owner: Person) -> Thing {
        Thing {
            community: owner.community,
            owner,
            visibility: Visibility::Public,
            addressed: Vec::new(),
            within: Vec::new(),
            kept_from: Vec::new(),
            replies: Replies::default(),
            wishes: Wishes::default(),
            approval: Approval::default(),
        }
    }
}

/// Some of those who may see a thing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Circle {
    /// Nobody but its owner.
    Nobody,
    /// Those it names.
    Mentioned,
    /// Those, and followers of its owner.
    Followers,
    /// Whoever may see it.
    Everyone,
}

impl Circle {
    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Circle::Nobody => "nobody",
            Circle::Mentioned => "mentioned",
            Circle::Followers => "followers",
            Circle::Everyone => "everyone",
        }
    }

    /// Reads the word that [`as_str`](Circle::as_str) writes.
    pub fn parse(text: &str) -> Option<Circle> {
        [
            Circle::Nobody,
            Circle::Mentioned,
            Circle::Followers,
            Circle::Everyone,
        ]
        .into_iter()
        .find(|circle| circle.as_str() == text)
    }
}

/// Who may answer a thing. Wider circles hold the narrower ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replies {
    /// Their answers stand at once.
    pub freely: Circle,
    /// Their answers wait for its owner's yes; nobody else may answer at all.
    pub asking: Circle,
}

impl Default for Replies {
    fn default() -> Replies {
        Replies {
            freely: Circle::Everyone,
            asking: Circle::Everyone,
        }
    }
}

/// Whether an answer has its place in the conversation of what it answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Approval {
    /// It stands there, or answers nothing.
    #[default]
    Stands,
    /// It waits for this person's yes. They and its owner see it.
    Waits {
        /// Whose thing it answers.
        on: PersonId,
    },
    /// This person took it out of their conversation. It stays its owner's own.
    Removed {
        /// Whose thing it answers.
        by: PersonId,
    },
}

/// Whatever can be shown or sent: it tells policy what must be known of it.
pub trait Subject {
    /// What policy must know.
    fn thing(&self) -> Thing;

    /// What seeing it means. A profile answers [`Act::Find`], so that a person may still look at
    /// the profile of somebody they block.
    fn seen_by(&self) -> Act {
        Act::Read
    }
}

/// What one person has to do with another, in one direction.
#[allow(clippy::struct_excessive_bools)] // Independent facts, a row of its own each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tie {
    /// The follow was accepted.
    pub follows: bool,
    /// They want nothing to do with them.
    pub blocks: bool,
    /// They do not want to see them.
    pub mutes: bool,
    /// Of a mute: they still want to be told what these do to them.
    pub hears: bool,
    /// They were asked whether this one may make contact, and said yes.
    pub welcomes: bool,
}

/// What is known here of another server.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Peer {
    /// For how many whole days something was heard of it. `None`: nothing was, yet.
    pub known_days: Option<u32>,
    /// What it says it runs, in lower case.
    pub software: Option<String>,
    /// The version of that.
    pub version: Option<Version>,
}

/// The ties between those involved in one question, and what is known of their servers. An
/// absent pair has no tie, an absent server is unknown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ties {
    people: HashMap<(PersonId, PersonId), Tie>,
    peers: HashMap<Domain, Peer>,
}

impl Ties {
    /// No ties at all.
    pub fn none() -> Ties {
        Ties::default()
    }

    /// What `from` has to do with `to`.
    pub fn get(&self, from: PersonId, to: PersonId) -> Tie {
        self.people.get(&(from, to)).copied().unwrap_or_default()
    }

    /// Notes what `from` has to do with `to`, in place of what was noted before.
    pub fn insert(&mut self, from: PersonId, to: PersonId, tie: Tie) {
        self.people.insert((from, to), tie);
    }

    /// What is known of a server; what was noted of it, if anything.
    pub fn peer(&self, domain: &Domain) -> Option<&Peer> {
        self.peers.get(domain)
    }

    /// Notes what is known of a server.
    pub fn know(&mut self, domain: Domain, peer: Peer) {
        self.peers.insert(domain, peer);
    }

    /// The tie between two people who may not be stored; those who are not have none.
    pub(crate) fn between(&self, from: Option<PersonId>, to: Option<PersonId>) -> Tie {
        match (from, to) {
            (Some(from), Some(to)) => self.get(from, to),
            _ => Tie::default(),
        }
    }
}

/// Where ties are stored. The gate asks once per question, for all pairs together.
pub trait FactSource: Send + Sync + 'static {
    /// The ties of these pairs, each read as (from, to). Pairs without a tie may be left out.
    fn ties(
        &self,
        pairs: &[(PersonId, PersonId)],
    ) -> impl Future<Output = Result<Ties, FactError>> + Send;

    /// What is known of these servers. Asked only while a rule or a mode depends on it; those of
    /// which nothing is known may be left out.
    fn peers(
        &self,
        domains: &[Domain],
    ) -> impl Future<Output = Result<Vec<(Domain, Peer)>, FactError>> + Send;
}

/// The facts could not be had. Whoever gets this must not go on as if the answer were yes.
#[derive(Debug, thiserror::Error)]
#[error("could not learn who follows or blocks whom")]
pub struct FactError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl FactError {
    /// Keeps the cause for the log.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> FactError {
        FactError(cause.into())
    }
}
