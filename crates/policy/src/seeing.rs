//! What the owner chose: who may see a thing, and where it may be listed.

use comity_vocab::Visibility;

use crate::decide::{Narrowing, step};
use crate::row::is_public;
use crate::{Because, Exchange, Ties, Way};

/// Narrows to those who may see the thing. Acting on a thing asks the same: what one cannot see
/// one cannot favourite, answer or vote in (L55).
pub(crate) fn narrow(ties: &Ties, exchange: &Exchange<'_>, narrowing: &mut Narrowing) {
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
