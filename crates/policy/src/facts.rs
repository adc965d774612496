//! What the decision has to know, and where it is asked.

use std::collections::HashMap;
use std::future::Future;

use comity_vocab::Visibility;

use crate::{Act, CommunityId, Person, PersonId};

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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tie {
    /// The follow was accepted.
    pub follows: bool,
    /// They want nothing to do with them.
    pub blocks: bool,
    /// They do not want to see them.
    pub mutes: bool,
}

/// The ties between those involved in one question. An absent pair has no tie.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ties(HashMap<(PersonId, PersonId), Tie>);

impl Ties {
    /// No ties at all.
    pub fn none() -> Ties {
        Ties::default()
    }

    /// What `from` has to do with `to`.
    pub fn get(&self, from: PersonId, to: PersonId) -> Tie {
        self.0.get(&(from, to)).copied().unwrap_or_default()
    }

    /// Notes what `from` has to do with `to`, in place of what was noted before.
    pub fn insert(&mut self, from: PersonId, to: PersonId, tie: Tie) {
        self.0.insert((from, to), tie);
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
