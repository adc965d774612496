//! What each stance allows: the table, one row after the other.
//!
//! A new stance or condition is a new row here. Every rule that matches is asked, and the answer
//! is what all of them allow, so a row can only narrow.

use comity_vocab::Visibility;

use crate::{Act, Conditions, Outcome, Stance, Way};

/// Seen from the side whose rule it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heading {
    /// They do something to us, or we get something of theirs.
    In,
    /// We do something to them, or they get something of ours.
    Out,
}

/// What a row may depend on besides the stance.
#[derive(Clone, Copy, Debug)]
// Each is a fact of its own; no two of them make one choice.
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Facts {
    pub(crate) heading: Heading,
    pub(crate) act: Act,
    pub(crate) way: Way,
    pub(crate) visibility: Visibility,
    /// One of the two follows the other, or the person or their community said yes.
    pub(crate) said_yes: bool,
    /// The same without the community: what one asked for oneself, only oneself answers.
    pub(crate) own_yes: bool,
    /// Whose rule it is follows whom it is about.
    pub(crate) follows: bool,
    /// The viewer is not logged in: for them every place is a public one.
    pub(crate) anonymous: bool,
    /// The rule is about who made the thing, not about somebody within it.
    pub(crate) author: bool,
}

impl Facts {
    /// As a rule of the member sees them, or a mode of theirs.
    pub(crate) fn of_member(self) -> Facts {
        Facts {
            said_yes: self.own_yes,
            ..self
        }
    }
}

/// What a row says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) outcome: Outcome,
    pub(crate) conditions: Conditions,
}

impl Row {
    const ALLOW: Row = Row {
        outcome: Outcome::Allow,
        conditions: Conditions::NONE,
    };
    const HOLD: Row = Row {
        outcome: Outcome::Hold,
        conditions: Conditions::HELD,
    };
    const REFUSE: Row = Row {
        outcome: Outcome::Refuse,
        conditions: Conditions::NONE,
    };

    fn allow_if(yes: bool) -> Row {
        if yes { Row::ALLOW } else { Row::REFUSE }
    }

    fn and(self, other: Row) -> Row {
        Row {
            outcome: self.outcome.max(other.outcome),
            conditions: self.conditions | other.conditions,
        }
    }
}

/// The row of a stance.
pub(crate) fn stance(stance: Stance, facts: Facts) -> Row {
    match (stance, facts.heading) {
        (Stance::Open | Stance::Unchanged, _) | (Stance::Limited, Heading::Out) => Row::ALLOW,
        (Stance::Limited | Stance::Withheld, Heading::In) => limited(facts),
        (Stance::Ask, Heading::In) => first_contact(facts),
        (Stance::Ask, Heading::Out) => said_yes_or_public(facts),
        (Stance::Withheld, Heading::Out) => only_when_fetched(facts),
        (Stance::Refused, _) => Row::REFUSE,
    }
}

/// The rows of the conditions that a rule adds to its stance.
pub(crate) fn conditions(added: Conditions, facts: Facts) -> Row {
    if added.is_empty() {
        return Row::ALLOW;
    }
    let mut row = Row {
        outcome: Outcome::Allow,
        conditions: match facts.heading {
            Heading::In if facts.author => added.inward(),
            Heading::In => added.inward().without_content(),
            Heading::Out if facts.author => added.outward(),
            Heading::Out => added.outward().without_content(),
        },
    };
    let bound = row.conditions;
    let refused = match facts.act {
        Act::Reblog => bound.contains(Conditions::NO_BOOSTS),
        Act::Report => bound.contains(Conditions::REJECT_REPORTS),
        Act::Media => bound.contains(Conditions::DROP_MEDIA),
        Act::Preview => bound.contains(Conditions::DROP_PREVIEWS),
        _ => false,
    };
    // What was said before the rule stays readable here; nothing new is said.
    let speaks = match facts.heading {
        Heading::In => matches!(facts.act, Act::Deliver | Act::Mention),
        Heading::Out => facts.act.is_outward() || facts.act == Act::Mention,
    };
    let direct =
        speaks && facts.visibility == Visibility::Direct && bound.contains(Conditions::NO_DIRECT);
    if refused || direct {
        row = row.and(Row::REFUSE);
    }
    if facts.act == Act::Reply && bound.contains(Conditions::REPLIES_NEED_APPROVAL) {
        row = row.and(Row::HOLD);
    }
    if limits(Stance::Open, added, facts) {
        row = row.and(limited(facts));
    }
    row
}

/// Whether a rule of this stance and these conditions limits in this direction.
pub(crate) fn limits(stance: Stance, added: Conditions, facts: Facts) -> bool {
    facts.heading == Heading::In
        && (matches!(stance, Stance::Limited | Stance::Withheld)
            || added.contains(Conditions::LIMITED))
}

/// Accepted, and kept out of sight of whoever does not follow them.
fn limited(facts: Facts) -> Row {
    let shown = match facts.way {
        // Moderators hear of every report that is taken.
        _ if facts.act == Act::Report => true,
        way if way.is_public_place() => false,
        Way::HomeTimeline | Way::Stream => facts.follows,
        // Somebody else's answer to them still reaches whom it mentions, and its page stays.
        _ if !facts.author => true,
        Way::Notification | Way::Push => facts.follows,
        // Whoever goes and looks finds it, marked. A visitor is no follower of anybody.
        _ => !facts.anonymous,
    };
    let row = Row::allow_if(shown);
    if !facts.author {
        return row;
    }
    let follow = match facts.act {
        Act::Follow => Conditions::FOLLOWS_NEED_APPROVAL,
        _ => Conditions::NONE,
    };
    // Followers asked for it; others come upon it, and choose.
    let fold = match facts.way {
        Way::Conversation if !facts.follows => Conditions::FOLDED,
        _ => Conditions::NONE,
    };
    Row {
        conditions: Conditions::LIMITED | follow | fold,
        ..row
    }
}

/// First contact waits: follows, and whatever speaks to a person here.
fn first_contact(facts: Facts) -> Row {
    if facts.said_yes {
        return Row::ALLOW;
    }
    match facts.act {
        Act::Follow => Row {
            outcome: Outcome::Hold,
            conditions: Conditions::HELD | Conditions::FOLLOWS_NEED_APPROVAL,
        },
        // A quote speaks to the quoted as a reply does.
        Act::Mention | Act::Reply | Act::Quote => Row::HOLD,
        Act::Deliver if facts.visibility == Visibility::Direct => Row::HOLD,
        _ => Row::ALLOW,
    }
}

/// What is public, and the rest only where somebody said yes.
fn said_yes_or_public(facts: Facts) -> Row {
    let sends = facts.act.is_outward() || facts.act == Act::Mention;
    Row::allow_if(!sends || facts.said_yes || is_public(facts.visibility))
}

/// What is public, if they come for it; nothing is pushed, so a mention could not arrive.
fn only_when_fetched(facts: Facts) -> Row {
    Row::allow_if(match facts.act {
        Act::Receive | Act::Mention => false,
        act if act.is_outward() => facts.way.is_pull() && is_public(facts.visibility),
        _ => true,
    })
}

/// Anybody may see it.
pub(crate) fn is_public(visibility: Visibility) -> bool {
    matches!(visibility, Visibility::Public | Visibility::Unlisted)
}
