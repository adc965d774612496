//! Which facts a question needs, and the questions about showing and sending.

use std::sync::Arc;

use comity_vocab::Domain;

use super::known::Known;
use super::{Notice, Recipient, Visible};
use crate::{
    Act, CommunityId, Conditions, Exchange, Party, Person, PersonId, Refusal, Rule, RuleBook,
    Subject, Thing, Ties, Verdict, Way, decide,
};

pub(super) fn party_of(person: &Person) -> Party {
    match person.community {
        Some(_) => Party::Member(person.clone()),
        None => Party::Account(person.clone()),
    }
}

/// Everybody whom a thing involves.
pub(super) fn involved(thing: &Thing) -> impl Iterator<Item = &Person> {
    std::iter::once(&thing.owner).chain(&thing.within)
}

/// The pairs whose ties can matter: the party with everybody involved, in both directions.
pub(super) fn pairs_of(party: &Party, thing: &Thing, book: &RuleBook) -> Vec<(PersonId, PersonId)> {
    pairs_between(party, involved(thing), book)
}

pub(super) fn pairs_between<'a>(
    party: &Party,
    people: impl IntoIterator<Item = &'a Person>,
    book: &RuleBook,
) -> Vec<(PersonId, PersonId)> {
    let Some(asking) = party.person().and_then(|person| person.id) else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for person in people {
        let Some(id) = person.id.filter(|id| *id != asking) else {
            continue;
        };
        pairs.extend([(asking, id), (id, asking)]);
        // Where first contact is asked about, a community's yes counts as well.
        if book.asks_first() {
            let yes_of = |community: Option<CommunityId>| book.actor_of(community?);
            pairs.extend(yes_of(person.community).map(|actor| (actor, asking)));
            pairs.extend(yes_of(party.community()).map(|actor| (actor, id)));
        }
    }
    pairs
}

/// The servers of which something may have to be known: that of the party, and theirs of everybody
/// involved.
pub(super) fn servers_of<'a>(
    party: &'a Party,
    people: impl IntoIterator<Item = &'a Person>,
) -> impl Iterator<Item = Domain> {
    let named = |person: &'a Person| [Some(&person.domain), person.alias_domain.as_ref()];
    let partys = match party.person() {
        Some(person) => named(person),
        None => [party.domain(), None],
    };
    let involved = people.into_iter().flat_map(named);
    partys.into_iter().chain(involved).flatten().cloned()
}

pub(super) fn shown<T: Subject>(
    book: &RuleBook,
    known: &Arc<Known>,
    viewer: &Arc<Party>,
    way: Way,
    item: T,
    thing: &Thing,
) -> Result<Visible<T>, Refusal> {
    let act = item.seen_by();
    let verdict = decide(
        book,
        &known.ties,
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
        notices: notices(book, &verdict, &thing.owner),
        epoch: verdict.epoch,
        known: Arc::clone(known),
    })
}

/// What is to be said under a thing of `owner`: what the rules that bind them and decided this want said, the widest
/// scope first. Rules of those whom it answers are not about it.
pub(super) fn notices(book: &RuleBook, verdict: &Verdict, owner: &Person) -> Vec<Notice> {
    if !verdict.conditions.contains(Conditions::APPEND_NOTICE) {
        return Vec::new();
    }
    let rules = verdict.considered.iter().filter_map(|id| book.rule(*id));
    let mut rules: Vec<&Rule> = rules
        .filter(|rule| rule.appends_notice() && rule.scope.binds(owner))
        .collect();
    rules.sort_by_key(|rule| (rule.scope.breadth(), rule.id));
    let notice = |rule: &Rule| Notice {
        scope: rule.scope,
        reason: rule.reason_public.clone(),
    };
    rules.into_iter().map(notice).collect()
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
    for elsewhere in recipient.doors() {
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
