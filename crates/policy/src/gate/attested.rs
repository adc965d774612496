//! What somebody truly said: the gate's raw material.

use comity_vocab::{Activity, Actor, Collection, Document, Domain, Iri, Note};

use super::{Admitted, Claim};
use crate::{CommunityId, Person, RuleBook, Verdict};

/// Who truly said it, as far as a signature or the address it came from can tell.
///
/// It says nothing about whether they may. Only the crate that checks signatures makes these; it
/// is not evidence and opens nothing.
#[must_use = "what was attested has to be admitted before it counts"]
pub struct Attested<T> {
    by: Iri,
    how: How,
    said: T,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Signature,
    Origin,
}

impl<T> Attested<T> {
    /// Said under a verified signature of `actor`.
    pub fn by_signature(actor: Iri, said: T) -> Attested<T> {
        Attested {
            by: actor,
            how: How::Signature,
            said,
        }
    }

    /// Found at the address `from`, as its own server gave it.
    pub fn by_origin(from: Iri, said: T) -> Attested<T> {
        Attested {
            by: from,
            how: How::Origin,
            said,
        }
    }

    /// The actor who signed, or the address it was fetched from.
    pub fn by(&self) -> &Iri {
        &self.by
    }

    /// The domain that vouches for it.
    pub fn domain(&self) -> Domain {
        self.by.domain()
    }

    /// A look at it, to find out what to ask the gate.
    pub fn peek(&self) -> &T {
        &self.said
    }

    fn narrowed<U>(self, narrow: impl FnOnce(T) -> Option<U>) -> Option<Attested<U>> {
        Some(Attested {
            by: self.by,
            how: self.how,
            said: narrow(self.said)?,
        })
    }
}

impl Attested<Document> {
    /// If it is an activity.
    pub fn into_activity(self) -> Option<Attested<Activity>> {
        self.narrowed(|document| match document {
            Document::Activity(activity) => Some(activity),
            _ => None,
        })
    }

    /// If it is an actor.
    pub fn into_actor(self) -> Option<Attested<Actor>> {
        self.narrowed(|document| match document {
            Document::Actor(actor) => Some(actor),
            _ => None,
        })
    }

    /// If it is something written.
    pub fn into_note(self) -> Option<Attested<Note>> {
        self.narrowed(|document| match document {
            Document::Note(note) => Some(note),
            _ => None,
        })
    }

    /// If it is a collection.
    pub fn into_collection(self) -> Option<Attested<Collection>> {
        self.narrowed(|document| match document {
            Document::Collection(collection) => Some(collection),
            _ => None,
        })
    }
}

impl<T: Claim> Attested<T> {
    /// Whether whoever attested it can speak for it, and `sender` is who it speaks of.
    pub(super) fn vouched(
        &self,
        sender: &Person,
        into: CommunityId,
        book: &RuleBook,
    ) -> Result<(), &'static str> {
        if sender.domain != sender.iri.domain() {
            return Err("the sender is not at home where they claim");
        }
        // What is ours does not come in from outside (an object that claims a local id).
        if sender.community == Some(into) {
            return Err("it claims to come from here");
        }
        if sender.community.is_none() && book.community_at(&sender.domain).is_some() {
            return Err("it claims to come from here");
        }
        match self.said.speaker() {
            Some(speaker) if *speaker != sender.iri => return Err("somebody else sent it"),
            None if !self.by.same_origin(&sender.iri) => return Err("somebody else sent it"),
            _ => {}
        }
        match self.how {
            How::Signature if self.by != sender.iri => return Err("somebody else signed it"),
            _ => {}
        }
        self.said.claims_its_own(&self.by)
    }

    pub(super) fn admitted(self, verdict: &Verdict, home: Domain) -> Admitted<T> {
        Admitted {
            thing: self.said,
            by: self.by,
            conditions: verdict.conditions,
            because: verdict.because,
            epoch: verdict.epoch,
            home,
        }
    }
}
