//! Which facts a question needs, and the questions about showing and sending.

use std::sync::Arc;

use super::{Recipient, Visible};
use crate::{
    Act, Exchange, Party, Person, PersonId, Refusal, RuleBook, Subject, Thing, Ties, Verdict, Way,
    decide,
};

pub(super) fn party_of(person: &Person) -> Party {
    match person.community {
        Some(_) => Party::Member(person.clone()),
        None => Party::Account(person.clone()),
    }
}

/// The pairs whose ties can matter: the party with everybody involved, in both directions.
pub(super) fn pairs_of(party: &Party, thing: &Thing) -> Vec<(PersonId, PersonId)> {
    pairs_between(party, std::iter::once(&thing.owner).chain(&thing.within))
}

pub(super) fn pairs_between<'a>(
    party: &Party,
    people: impl IntoIterator<Item = &'a Person>,
) -> Vec<(PersonId, PersonId)> {
    let Some(asking) = party.person().and_then(|person| person.id) else {
        return Vec::new();
    };
    people
        .into_iter()
        .filter_map(|person| person.id)
        .filter(|id| *id != asking)
        .flat_map(|id| [(asking, id), (id, asking)])
        .collect()
}

pub(super) fn shown<T: Subject>(
    book: &RuleBook,
    ties: &Ties,
    viewer: &Arc<Party>,
    way: Way,
    item: T,
    thing: &Thing,
) -> Result<Visible<T>, Refusal> {
    let act = item.seen_by();
    let verdict = decide(
        book,
        ties,
        &Exchange {
            party: viewer,
            act,
            way,
            thing,
        },
    );
    if !verdict.is_allowed() {
        return Err(Refusal::new(verdict, viewer, act, way, book));
    }
    Ok(Visible {
        item,
        viewer: Arc::clone(viewer),
        conditions: verdict.conditions,
        because: verdict.because,
        epoch: verdict.epoch,
    })
}

pub(super) fn receives(
    book: &RuleBook,
    ties: &Ties,
    way: Way,
    thing: &Thing,
    recipient: &Recipient,
    party: &Party,
) -> Verdict {
    let mut verdict = decide(
        book,
        ties,
        &Exchange {
            party,
            act: Act::Receive,
            way,
            thing,
        },
    );
    for inbox in [Some(&recipient.inbox), recipient.shared_inbox.as_ref()]
        .into_iter()
        .flatten()
    {
        let elsewhere = inbox.domain();
        if elsewhere == recipient.person.domain {
            continue;
        }
        let person = Person {
            domain: elsewhere,
            ..recipient.person.clone()
        };
        let party = party_of(&person);
        let there = Exchange {
            party: &party,
            act: Act::Receive,
            way,
            thing,
        };
        verdict = verdict.and(decide(book, ties, &there));
    }
    verdict
}
