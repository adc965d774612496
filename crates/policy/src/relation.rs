//! What two people have to do with each other: blocks and mutes.

use crate::decide::{Narrowing, step};
use crate::{Act, Because, Conditions, Exchange, Person, Ties, Way};

/// Narrows by what the two have to do with each other as people.
pub(crate) fn narrow(
    ties: &Ties,
    exchange: &Exchange<'_>,
    person: &Person,
    author: bool,
    narrowing: &mut Narrowing,
) {
    let Exchange {
        party, act, way, ..
    } = *exchange;
    let (Some(asking), Some(id)) = (party.person().and_then(|asking| asking.id), person.id) else {
        return;
    };
    let (there, back) = (ties.get(id, asking), ties.get(asking, id));

    // A report goes to moderators, not to whom it is about: no block and no mute prevents it.
    if act == Act::Report {
        return;
    }
    if there.blocks {
        narrowing.refuse_secretly(Because::Block { by: id }, step::BLOCK);
    }
    // Who blocks may still look at the profile: one has to see whom one blocks.
    if back.blocks && act != Act::Find {
        narrowing.refuse(Because::Block { by: asking }, step::BLOCK);
    }

    // A mute takes things out of the muter's sight, and changes nothing for the muted.
    let (tie, muter) = if act.is_inward() {
        (there, id)
    } else {
        (back, asking)
    };
    if !tie.mutes {
        return;
    }
    let hidden = match way {
        // Somebody else's answer to the muted still reaches whom it mentions.
        Way::Notification | Way::Push => author && !tie.hears,
        Way::Stream => true,
        Way::HomeTimeline | Way::LocalTimeline | Way::PublicTimeline => !act.is_inward(),
        _ => false,
    };
    if hidden {
        narrowing.refuse(Because::Mute { by: muter }, step::MUTE);
    } else if way == Way::Conversation && !act.is_inward() {
        narrowing.conditions |= Conditions::MUTED | Conditions::FOLDED;
    }
}
