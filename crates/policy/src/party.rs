//! Who can stand on the other side of an exchange, and the ids by which we know them.

use comity_vocab::{Domain, Iri};

/// An account we have stored, local or not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PersonId(pub i64);

/// A community served by this installation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CommunityId(pub i64);

/// A rule that was set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct RuleId(pub i64);

/// A list of servers and accounts that somebody here keeps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct ListId(pub i64);

/// Advances with every change of a rule. What was answered under an older epoch asks again.
pub type Epoch = u64;

/// Somebody with a profile, here or elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// `None` while they are not stored: then nobody here follows, blocks or mutes them yet.
    pub id: Option<PersonId>,
    /// Their address, which rules on one account name.
    pub iri: Iri,
    /// The domain of `iri`.
    pub domain: Domain,
    /// The domain of their handle where that is another one (L49). A rule that restricts counts
    /// on either; a rule that opens counts on `domain` only, since a handle is easier to claim.
    pub alias_domain: Option<Domain>,
    /// The community here that they are a member of.
    pub community: Option<CommunityId>,
}

impl Person {
    /// Somebody elsewhere of whom only the address is known.
    pub fn stranger(iri: Iri) -> Person {
        Person {
            id: None,
            domain: iri.domain(),
            iri,
            alias_domain: None,
            community: None,
        }
    }

    /// Whether both are the same person. Addresses decide where one of them is not stored.
    pub fn is(&self, other: &Person) -> bool {
        match (self.id, other.id) {
            (Some(one), Some(two)) => one == two,
            _ => self.iri == other.iri,
        }
    }
}

/// The other side of an exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Party {
    /// Nobody we can name: a visitor who is not signed in, a request without a signature. They
    /// stand in the rooms of this community, which speaks for them: its rules hold for what they
    /// are shown, and a rule of somebody else about its domain is about its visitors too.
    Anonymous(CommunityId),
    /// A member of a community of this installation.
    Member(Person),
    /// An account on another server, which proved to be that.
    Account(Person),
    /// Another server, without saying for whom it asks (L19).
    Instance(Domain),
    /// What passes things on beyond our sight: a relay, a bridge, a push endpoint, a crawler.
    Service(Domain),
}

impl Party {
    /// The person, where there is one.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Party::Member(person) | Party::Account(person) => Some(person),
            Party::Anonymous(_) | Party::Instance(_) | Party::Service(_) => None,
        }
    }

    /// The domain they come from. `None` for a visitor, who may come from anywhere.
    pub fn domain(&self) -> Option<&Domain> {
        match self {
            Party::Anonymous(_) => None,
            Party::Member(person) | Party::Account(person) => Some(&person.domain),
            Party::Instance(domain) | Party::Service(domain) => Some(domain),
        }
    }

    /// The community here that speaks for them.
    pub fn community(&self) -> Option<CommunityId> {
        self.person().and_then(|person| person.community)
    }
}
