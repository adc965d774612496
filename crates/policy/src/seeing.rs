//! What the owner chose: who may see a thing, and where it may be listed.

use comity_vocab::{Domain, Visibility};

use crate::about::About;
use crate::decide::{Narrowing, step};
use crate::row::is_public;
use crate::{
    Act, Approval, Because, Circle, Exchange, Outcome, Party, Pattern, RuleBook, Standing, Ties,
    Way,
};

/// Narrows to those who may see the thing. Acting on a thing asks the same: what one cannot see
/// one cannot favourite, answer or vote in (L55).
pub(crate) fn narrow(
    rules: &RuleBook,
    ties: &Ties,
    exchange: &Exchange<'_>,
    narrowing: &mut Narrowing,
) {
    let Exchange {
        party,
        act,
        way,
        thing,
    } = *exchange;
    if !act.needs_seeing() {
        return;
    }
    let person = party.person();
    let is_owner = person.is_some_and(|person| person.is(&thing.owner));
    let is_addressed = person
        .and_then(|person| person.id)
        .is_some_and(|id| thing.addressed.contains(&id));
    let same_community = party.community().is_some() && party.community() == thing.owner.community;

    // Where: public timelines hold what is public, and what is the community's own. Search finds
    // the rest only for those it is addressed to.
    let listed = match (way, thing.visibility) {
        (Way::LocalTimeline, _) if thing.owner.community.is_none() => false,
        (Way::LocalTimeline | Way::PublicTimeline, visibility) => {
            matches!(visibility, Visibility::Public | Visibility::Local)
        }
        (Way::Search, Visibility::Unlisted | Visibility::Private | Visibility::Direct) => {
            is_owner || is_addressed
        }
        _ => true,
    };
    if !listed {
        narrowing.refuse_secretly(Because::NotListed, step::PLACE);
    }

    // Onwards: nobody but its owner carries a thing to people whom the owner did not choose.
    if act.spreads() && !is_public(thing.visibility) && !is_owner {
        narrowing.refuse_secretly(Because::Audience, step::AUDIENCE);
    }

    // Who: the owner always.
    if is_owner {
        return;
    }
    if is_kept_from(rules, ties, exchange) {
        narrowing.refuse_secretly(Because::KeptFrom, step::AUDIENCE);
    }
    let asking = person.and_then(|person| person.id);
    match thing.approval {
        Approval::Stands => {}
        Approval::Waits { on } => {
            // Whose yes it takes finds it in their queue, and where they look for it.
            if asking != Some(on) || way.comes_by_itself() {
                narrowing.refuse_secretly(Because::Waits, step::AUDIENCE);
            }
        }
        // It is its owner's own still; only its place in that conversation is gone.
        Approval::Removed { .. } => {
            if way == Way::Conversation {
                narrowing.refuse_secretly(Because::Removed, step::AUDIENCE);
            }
        }
    }
    if act == Act::Reply {
        let follows = ties.between(asking, thing.owner.id).follows;
        let within = |circle| match circle {
            Circle::Nobody => false,
            Circle::Mentioned => is_addressed,
            Circle::Followers => is_addressed || follows,
            Circle::Everyone => true,
        };
        if !within(thing.replies.freely) {
            if within(thing.replies.asking) {
                narrowing.hold(Because::Replies, step::AUDIENCE);
            } else {
                narrowing.refuse(Because::Replies, step::AUDIENCE);
            }
        }
    }
    if let Some(person) = person {
        let standing = Standing {
            iri: &person.iri,
            follows: ties.between(asking, thing.owner.id).follows,
            followed: ties.between(thing.owner.id, asking).follows,
            is_addressed,
        };
        match thing.wishes.answer(act, standing) {
            Outcome::Allow => {}
            Outcome::Hold => narrowing.hold(Because::Wishes(act), step::AUDIENCE),
            Outcome::Refuse => narrowing.refuse(Because::Wishes(act), step::AUDIENCE),
        }
    }
    match thing.visibility {
        // Not for a machine that lists what it gets.
        Visibility::Unlisted if act.is_outward() && exchange.republishes() => {
            narrowing.refuse_secretly(Because::Audience, step::AUDIENCE);
        }
        Visibility::Public | Visibility::Unlisted => {}
        // A server may not be told what is for some of its people only (L19): without a person,
        // nobody follows and nobody is addressed.
        Visibility::Private | Visibility::Direct => {
            let follows = ties
                .between(person.and_then(|person| person.id), thing.owner.id)
                .follows;
            let follower = follows && thing.visibility == Visibility::Private;
            if !follower && !is_addressed {
                narrowing.refuse_secretly(Because::Audience, step::AUDIENCE);
            }
        }
        Visibility::Local => {
            if !same_community {
                narrowing.refuse_secretly(Because::LocalOnly, step::AUDIENCE);
            }
        }
    }
}

/// Whether the owner keeps this one thing from the party: by their address or handle, or by where
/// the server is that asks, or whose rooms the visitor is in.
fn is_kept_from(rules: &RuleBook, ties: &Ties, exchange: &Exchange<'_>) -> bool {
    let patterns = &exchange.thing.kept_from;
    if patterns.is_empty() {
        return false;
    }
    // From whom, nobody can tell any more: then it is for nobody but its owner.
    let is_lost =
        |pattern: &Pattern| matches!(pattern, Pattern::List(id) if rules.list_owner(*id).is_none());
    if patterns.iter().any(is_lost) {
        return true;
    }
    let is_named = |about: &About<'_>| {
        patterns
            .iter()
            .any(|pattern| rules.speaks_of(pattern, about).is_some())
    };
    // A server shows what it gets to whom it likes: what is kept from one of its people is not
    // brought to it, nor given to it when it asks in nobody's name (L02, L19).
    let is_at_home_of_one = |server: &Domain| {
        patterns.iter().any(|pattern| match pattern {
            Pattern::Account(iri) => iri.domain() == *server,
            Pattern::List(id) => rules.list_names_somebody_at(*id, server),
            _ => false,
        })
    };
    let server = |home, alias| About::server(rules, home, alias, ties);
    match exchange.party {
        Party::Member(person) => is_named(&About::person(rules, person, ties)),
        Party::Account(person) => {
            is_named(&About::person(rules, person, ties))
                || (exchange.act == Act::Receive && is_at_home_of_one(&person.domain))
        }
        Party::Instance(domain) | Party::Service(domain) => {
            let handles = rules.handles_at(domain).iter();
            is_at_home_of_one(domain)
                || is_named(&server(domain, None))
                || handles
                    .map(Some)
                    .any(|alias| is_named(&server(domain, alias)))
        }
        Party::Anonymous(host) => rules
            .domain_of(*host)
            .is_some_and(|domain| is_named(&server(domain, None))),
    }
}
