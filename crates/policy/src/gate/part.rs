//! The closed set of narrowings: from an admitted activity to what is in it.
//!
//! There is no `map`. A closure could put anything in place of what was admitted and keep the
//! stamp, so each way inwards is written here and checks that the sender can speak for the part.

use comity_vocab::{Activity, ActivityKind, Actor, Document, Iri, Note, Object};

use super::Admitted;

/// What an admitted activity is about.
#[must_use]
pub enum Part<T> {
    /// The sender's own, included whole.
    Held(Admitted<T>),
    /// Not for the sender to tell: fetch it from its own server.
    Elsewhere(Iri),
    /// Nothing of this sort is in it.
    Missing,
    /// The sender claims what is not theirs; the text says what, for the log.
    Forged(String),
}

impl<T> Part<T> {
    /// What is held, if it is.
    pub fn held(self) -> Option<Admitted<T>> {
        match self {
            Part::Held(part) => Some(part),
            Part::Elsewhere(_) | Part::Missing | Part::Forged(_) => None,
        }
    }

    fn forged(why: &str) -> Part<T> {
        Part::Forged(why.to_owned())
    }
}

impl Admitted<Activity> {
    /// The status it is about. Held only if it is the actor's own and lies at their origin;
    /// a boosted one is somebody else's, and has to be fetched.
    pub fn note(&self) -> Part<Note> {
        let note = match &self.thing.object {
            Object::Iri(iri) => return Part::Elsewhere(iri.clone()),
            Object::None | Object::Many(_) => return Part::Missing,
            Object::Embedded(document) => match document.as_ref() {
                Document::Note(note) => note,
                _ => return Part::Missing,
            },
        };
        let actor = &self.thing.actor;
        if !note.id.same_origin(actor) {
            return Part::Elsewhere(note.id.clone());
        }
        if note.author == *actor {
            return Part::Held(self.part(note.clone()));
        }
        match self.thing.kind {
            ActivityKind::Create | ActivityKind::Update => {
                Part::forged("the author is not who sent it")
            }
            _ => Part::Elsewhere(note.id.clone()),
        }
    }

    /// The profile it changes: its sender's own and nobody else's.
    pub fn actor(&self) -> Part<Actor> {
        let sender = &self.thing.actor;
        match &self.thing.object {
            Object::Iri(iri) if iri == sender => Part::Elsewhere(iri.clone()),
            Object::Embedded(document) => match document.as_ref() {
                Document::Actor(actor) if actor.id != *sender => {
                    Part::forged("the profile is not the sender's own")
                }
                Document::Actor(actor) => {
                    match super::claim::sealed::Sealed::claims_its_own(actor, sender) {
                        Ok(()) => Part::Held(self.part(actor.clone())),
                        Err(why) => Part::forged(why),
                    }
                }
                _ => Part::Missing,
            },
            Object::Iri(_) | Object::None | Object::Many(_) => Part::Missing,
        }
    }

    /// What it undoes, accepts or rejects. What is undone is the sender's own; what is accepted
    /// or rejected lies at the sender's origin or is ours. Whether it ever happened, and who did
    /// it, is for whoever remembers it.
    pub fn inner(&self) -> Part<Activity> {
        let undoes = match self.thing.kind {
            ActivityKind::Undo => true,
            ActivityKind::Accept | ActivityKind::Reject | ActivityKind::TentativeAccept => false,
            _ => return Part::Missing,
        };
        let actor = &self.thing.actor;
        if let Some(id) = self.thing.object.id() {
            let ours = !undoes && id.domain() == self.home;
            if !ours && !id.same_origin(actor) {
                return Part::forged("it answers what is of another origin");
            }
        }
        match &self.thing.object {
            Object::Iri(iri) => Part::Elsewhere(iri.clone()),
            Object::None | Object::Many(_) => Part::Missing,
            Object::Embedded(document) => match document.as_ref() {
                Document::Activity(inner) if undoes && inner.actor != *actor => {
                    Part::forged("somebody else did what it undoes")
                }
                Document::Activity(inner) => Part::Held(self.part(inner.clone())),
                _ => document
                    .id()
                    .cloned()
                    .map_or(Part::Missing, Part::Elsewhere),
            },
        }
    }

    fn part<U>(&self, thing: U) -> Admitted<U> {
        Admitted {
            thing,
            by: self.by.clone(),
            conditions: self.conditions,
            because: self.because,
            epoch: self.epoch,
            home: self.home.clone(),
        }
    }
}
