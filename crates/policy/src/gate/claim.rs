//! Who can speak for what (FEP-fe34): the closed list of things that can be admitted.

use comity_vocab::{
    Activity, ActivityKind, Actor, Collection, Iri, Note, Object, PUBLIC, Visibility,
};

use crate::Person;

/// Something that a peer can claim. Implemented for the documents of `comity-vocab` and for
/// nothing else.
pub trait Claim: sealed::Sealed {}

impl Claim for Activity {}
impl Claim for Actor {}
impl Claim for Note {}
impl Claim for Collection {}

pub(super) mod sealed {
    use comity_vocab::{Iri, Visibility};

    use crate::Person;

    /// What the gate asks of a claim. Out of reach outside, so the list stays closed.
    pub trait Sealed {
        /// Whose words it is.
        fn speaker(&self) -> Option<&Iri>;
        /// Whether everything it claims lies where `by` can speak for it.
        fn claims_its_own(&self, by: &Iri) -> Result<(), &'static str>;
        /// Things of others that come in with it.
        fn carries(&self) -> Vec<Iri>;
        /// For whom it was sent, seen from whom it reaches.
        fn sent_to(&self, target: Option<&Person>) -> Visibility;
    }
}

use sealed::Sealed;

fn ensure(holds: bool, why: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(why) }
}

fn at_home(iri: Option<&Iri>, by: &Iri) -> bool {
    iri.is_none_or(|iri| iri.same_origin(by))
}

impl Sealed for Activity {
    fn speaker(&self) -> Option<&Iri> {
        Some(&self.actor)
    }

    fn claims_its_own(&self, by: &Iri) -> Result<(), &'static str> {
        ensure(self.actor.same_origin(by), "its actor is at home elsewhere")?;
        ensure(at_home(self.id.as_ref(), by), "its id is of another origin")?;
        match self.kind {
            // One changes and removes one's own. Of two people on one server this cannot tell
            // who owns what; whoever holds the thing compares its author.
            ActivityKind::Delete | ActivityKind::Update => ensure(
                ids(&self.object)
                    .iter()
                    .all(|id| id.same_origin(&self.actor)),
                "it changes what is of another origin",
            ),
            ActivityKind::Undo => {
                let inner = self.object.activity();
                ensure(
                    inner.is_none_or(|inner| inner.actor == self.actor)
                        && at_home(self.object.id(), &self.actor),
                    "it undoes what somebody else did",
                )
            }
            ActivityKind::Move => ensure(
                self.object.id().is_none_or(|moved| *moved == self.actor),
                "it moves somebody else",
            ),
            ActivityKind::Add | ActivityKind::Remove => ensure(
                at_home(self.target.as_ref(), &self.actor),
                "it changes a collection of another origin",
            ),
            ActivityKind::QuoteRequest
            | ActivityKind::ReplyRequest
            | ActivityKind::LikeRequest
            | ActivityKind::AnnounceRequest => ensure(
                at_home(self.instrument.as_ref(), &self.actor),
                "it asks for somebody else",
            ),
            _ => Ok(()),
        }
    }

    fn carries(&self) -> Vec<Iri> {
        match self.kind {
            ActivityKind::Announce | ActivityKind::Add => ids(&self.object),
            ActivityKind::Move => self.target.iter().cloned().collect(),
            _ => self.object.note().map(Sealed::carries).unwrap_or_default(),
        }
    }

    fn sent_to(&self, target: Option<&Person>) -> Visibility {
        match self.object.note() {
            Some(note) => note.sent_to(target),
            None => sent(&self.to, &self.cc, |iri| {
                Some(iri) == target.map(|target| &target.iri)
            }),
        }
    }
}

impl Sealed for Actor {
    fn speaker(&self) -> Option<&Iri> {
        Some(&self.id)
    }

    fn claims_its_own(&self, by: &Iri) -> Result<(), &'static str> {
        ensure(self.id.same_origin(by), "its id is of another origin")?;
        // An inbox elsewhere would let an actor point our deliveries at a stranger, or at a
        // server that is refused.
        ensure(
            self.inbox.same_origin(&self.id),
            "its inbox is of another origin",
        )?;
        let shared = self.shared_inbox.as_ref();
        ensure(
            at_home(shared, &self.id),
            "its shared inbox is of another origin",
        )?;
        ensure(
            at_home(self.followers.as_ref(), &self.id),
            "its followers are of another origin",
        )?;
        let keys = self.keys.iter();
        ensure(
            keys.clone()
                .all(|key| key.owner == self.id && key.id.same_origin(&self.id)),
            "it shows a key that is not its own",
        )
    }

    fn carries(&self) -> Vec<Iri> {
        Vec::new()
    }

    fn sent_to(&self, _target: Option<&Person>) -> Visibility {
        Visibility::Public
    }
}

impl Sealed for Note {
    fn speaker(&self) -> Option<&Iri> {
        Some(&self.author)
    }

    fn claims_its_own(&self, by: &Iri) -> Result<(), &'static str> {
        ensure(self.id.same_origin(by), "its id is of another origin")?;
        ensure(
            self.author.same_origin(&self.id),
            "its author is at home elsewhere",
        )
    }

    fn carries(&self) -> Vec<Iri> {
        // What it answers is not carried: a reply to a refused server is its own author's words.
        self.quote.iter().cloned().collect()
    }

    fn sent_to(&self, target: Option<&Person>) -> Visibility {
        sent(&self.to, &self.cc, |iri| {
            self.mentions.iter().any(|mention| mention.href == *iri)
                || Some(iri) == target.map(|target| &target.iri)
        })
    }
}

impl Sealed for Collection {
    fn speaker(&self) -> Option<&Iri> {
        None
    }

    fn claims_its_own(&self, by: &Iri) -> Result<(), &'static str> {
        for page in [&self.id, &self.first, &self.next, &self.part_of] {
            ensure(
                at_home(page.as_ref(), by),
                "a part of it is of another origin",
            )?;
        }
        Ok(())
    }

    fn carries(&self) -> Vec<Iri> {
        // Its items are pointers; each is asked for when it is fetched.
        Vec::new()
    }

    fn sent_to(&self, _target: Option<&Person>) -> Visibility {
        Visibility::Public
    }
}

fn ids(object: &Object) -> Vec<Iri> {
    match object {
        Object::Many(ids) => ids.clone(),
        one => one.id().into_iter().cloned().collect(),
    }
}

/// The visibility that addresses spell to somebody who does not know the sender's followers
/// collection: an address that names nobody stands for a crowd.
fn sent(to: &[Iri], cc: &[Iri], names_somebody: impl Fn(&Iri) -> bool) -> Visibility {
    let public = |iri: &Iri| iri.as_str() == PUBLIC;
    if to.iter().any(public) {
        Visibility::Public
    } else if cc.iter().any(public) {
        Visibility::Unlisted
    } else if to.iter().chain(cc).all(names_somebody) {
        Visibility::Direct
    } else {
        Visibility::Private
    }
}
