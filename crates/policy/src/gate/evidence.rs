//! The four kinds of evidence. Whoever holds one knows that the gate was asked.
//!
//! None can be cloned, compared into being, defaulted, serialised or changed; their fields are
//! private to the gate. Evidence dies where it is dropped: queued work holds ids, and asks again.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use comity_vocab::{Domain, Iri};

use super::known::Known;
use crate::{Because, Conditions, Epoch, Party, Person, Scope, Verdict};

/// A peer sent this, and may. Only what is admitted can become a remote thing here.
#[must_use = "what was admitted is meant to be received"]
pub struct Admitted<T> {
    pub(super) thing: T,
    pub(super) by: Iri,
    pub(super) conditions: Conditions,
    pub(super) because: Because,
    pub(super) epoch: Epoch,
    pub(super) home: Domain,
}

impl<T> Admitted<T> {
    /// What was sent.
    pub fn get(&self) -> &T {
        &self.thing
    }

    /// The actor who signed it, or the address it was fetched from.
    pub fn by(&self) -> &Iri {
        &self.by
    }

    /// What it is bound to; these travel with the thing and are stored with it.
    pub fn conditions(&self) -> Conditions {
        self.conditions
    }

    /// What let it in.
    pub fn because(&self) -> Because {
        self.because
    }

    /// Whether it has to wait for somebody's yes.
    pub fn is_held(&self) -> bool {
        self.conditions.contains(Conditions::HELD)
    }

    /// The state of the rules under which it was admitted.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }
}

impl<T> Deref for Admitted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.thing
    }
}

impl<T> fmt::Debug for Admitted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Admitted(by {}, {:?})", self.by, self.conditions)
    }
}

/// This one viewer may see this, now and by the way that was asked.
#[must_use = "what may be seen is meant to be shown"]
pub struct Visible<T> {
    pub(super) item: T,
    pub(super) viewer: Arc<Party>,
    pub(super) conditions: Conditions,
    pub(super) because: Because,
    pub(super) notices: Vec<Notice>,
    pub(super) epoch: Epoch,
    pub(super) known: Arc<Known>,
}

impl<T> Visible<T> {
    /// Who may see it.
    pub fn viewer(&self) -> &Party {
        &self.viewer
    }

    /// How it is to be shown.
    pub fn conditions(&self) -> Conditions {
        self.conditions
    }

    /// What lets them see it.
    pub fn because(&self) -> Because {
        self.because
    }

    /// What is to be said under it when it is sent to this viewer, widest scope first.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Whether a rule limits who made it: it is shown with a mark.
    pub fn is_limited(&self) -> bool {
        self.conditions.contains(Conditions::LIMITED)
    }

    /// Whether the viewer muted somebody in it.
    pub fn is_muted(&self) -> bool {
        self.conditions.contains(Conditions::MUTED)
    }

    /// Whether it is folded until the viewer asks for it.
    pub fn is_folded(&self) -> bool {
        self.conditions.contains(Conditions::FOLDED)
    }

    /// The state of the rules under which it may be seen. An open stream compares.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }
}

impl<T> Deref for Visible<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T> fmt::Debug for Visible<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Visible({:?})", self.conditions)
    }
}

/// What a rule wants said under what is sent to whom it is about, in the words that stood in it
/// when the gate was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Whose rule it is.
    pub scope: Scope,
    /// Its reason for everybody.
    pub reason: Option<String>,
}

/// These recipients were each cleared for this thing.
#[must_use = "an audience is meant to be delivered to"]
pub struct Audience<T> {
    pub(super) subject: Visible<T>,
    pub(super) cleared: Vec<Recipient>,
    /// Of each of those cleared.
    pub(super) notices: Vec<Vec<Notice>>,
    pub(super) refused: Vec<(Recipient, Verdict)>,
}

impl<T> Audience<T> {
    /// The thing as those cleared may see it. Its viewer is the first of them, or its owner where
    /// nobody was cleared; its conditions are those of all of them.
    pub fn subject(&self) -> &Visible<T> {
        &self.subject
    }

    /// Who may get it.
    pub fn cleared(&self) -> &[Recipient] {
        &self.cleared
    }

    /// Those of them under whose copy something is to be said, with what; widest scope first.
    pub fn noted(&self) -> impl Iterator<Item = (&Recipient, &[Notice])> {
        let each = self
            .cleared
            .iter()
            .zip(self.notices.iter().map(Vec::as_slice));
        each.filter(|(_, notices)| !notices.is_empty())
    }

    /// Who may not, and why: for the ledger.
    pub fn refused(&self) -> &[(Recipient, Verdict)] {
        &self.refused
    }
}

impl<T> fmt::Debug for Audience<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Audience({} cleared, {} refused)",
            self.cleared.len(),
            self.refused.len()
        )
    }
}

/// Somebody a thing is meant for, before clearance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipient {
    /// Who.
    pub person: Person,
    /// Where they receive.
    pub inbox: Iri,
    /// Where everybody on their server receives.
    pub shared_inbox: Option<Iri>,
}

impl Recipient {
    /// The domains of their inboxes.
    pub(super) fn doors(&self) -> impl Iterator<Item = Domain> {
        [Some(&self.inbox), self.shared_inbox.as_ref()]
            .into_iter()
            .flatten()
            .map(Iri::domain)
    }
}

/// What a request to another server is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Contact {
    /// To get something.
    Fetch,
    /// To bring something.
    Deliver,
}

/// One request to this domain may go out now. Whoever sends takes it by value: it is used up.
#[must_use = "a permit is for one request, made now"]
pub struct Permitted {
    pub(super) domain: Domain,
    pub(super) contact: Contact,
    pub(super) epoch: Epoch,
}

impl Permitted {
    /// Where to.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// What for.
    pub fn contact(&self) -> Contact {
        self.contact
    }

    /// The state of the rules under which it was given.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }
}

impl fmt::Debug for Permitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permitted({:?} at {})", self.contact, self.domain)
    }
}
