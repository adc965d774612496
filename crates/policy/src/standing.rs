//! How two sides stand to each other: the rules of each about the other.

use comity_vocab::Domain;

use crate::about::About;
use crate::decide::{Narrowing, step};
use crate::row::{self, Facts, Heading};
use crate::{
    Act, Because, CommunityId, Conditions, Exchange, Listed, Outcome, Party, Pattern, Person,
    PersonId, Rule, RuleBook, Scope, Stance, Ties, Way,
};

/// One side of an exchange, with the community that speaks for it.
struct Side<'a> {
    community: CommunityId,
    person: Option<&'a Person>,
}

/// Narrows by the rules that stand between the party and `person`, who owns the thing (`author`)
/// or something that it answers, boosts or quotes.
pub(crate) fn narrow(
    rules: &RuleBook,
    ties: &Ties,
    exchange: &Exchange<'_>,
    person: &Person,
    author: bool,
    narrowing: &mut Narrowing,
) {
    let Exchange {
        party,
        act,
        way,
        thing,
    } = *exchange;
    let (theirs, partys) = if act.is_inward() {
        (Heading::In, Heading::Out)
    } else {
        (Heading::Out, Heading::In)
    };
    let id = person.id;
    let party_id = party.person().and_then(|asking| asking.id);
    let (there, back) = (ties.between(id, party_id), ties.between(party_id, id));
    let tied = there.follows || back.follows;
    let facts = |heading, follows, (own, of_community): (bool, bool)| Facts {
        heading,
        act,
        way,
        visibility: thing.visibility,
        said_yes: own || of_community || tied,
        own_yes: own || tied,
        follows,
        anonymous: matches!(party, Party::Anonymous(_)),
        author,
    };

    // The person's side about the party. What comes in for nobody in particular is measured by
    // the community it comes into.
    let in_rooms = match (author, party.community()) {
        (true, None) => thing.community,
        _ => None,
    };
    let second = in_rooms.filter(|rooms| Some(*rooms) != person.community);
    // A visitor is met as a guest of the community that shows them around.
    let home = match party {
        Party::Anonymous(host) => rules.domain_of(*host),
        _ => party.domain(),
    };
    let mut agreed = false;
    for community in [person.community, second].into_iter().flatten() {
        let Some(home) = home else { break };
        let side = Side {
            community,
            person: Some(person).filter(|_| person.community.is_some()),
        };
        let account_only = is_house(rules, community, party.community(), home, party.person());
        if account_only && act == Act::Contact {
            narrowing.refuse(Because::Ourselves, step::ASKER);
        }
        let mut ask_about = |alias| {
            let about = About {
                account_only,
                contact: act == Act::Contact,
                ..About::server(rules, home, alias, ties)
                    .with_account(rules, party.person().map(|asking| &asking.iri))
            };
            let yes = (there.welcomes, welcomed(rules, ties, community, party_id));
            let facts = facts(theirs, there.follows, yes);
            agreed |= ask(rules, &side, &about, facts, true, narrowing);
        };
        match party.person() {
            Some(asking) => ask_about(asking.alias_domain.as_ref()),
            // A server asks for everybody at home there, whatever their handles say.
            None => {
                ask_about(None);
                // To contact it is another matter: one host may serve the handles of many, and
                // each of them is asked about by name when something is meant for them.
                if act != Act::Contact {
                    for handles in rules.handles_at(home) {
                        ask_about(Some(handles));
                    }
                }
            }
        }
    }

    // What republishes needs the owner's own yes, and gets only what is for everybody.
    if author && act.is_outward() && exchange.republishes() && !agreed {
        narrowing.refuse(Because::NeedsYes, step::AUDIENCE);
    }

    // The party's side about the person. Visitors are spoken for by whoever shows them around.
    let host = match party {
        Party::Anonymous(host) => Some(*host),
        _ => party.community(),
    };
    if let Some(community) = host {
        let side = Side {
            community,
            person: party.person(),
        };
        let about = About {
            account_only: is_house(
                rules,
                community,
                person.community,
                &person.domain,
                Some(person),
            ),
            ..About::person(rules, person, ties)
        };
        let yes = (back.welcomes, welcomed(rules, ties, community, id));
        let facts = facts(partys, back.follows, yes);
        ask(rules, &side, &about, facts, false, narrowing);
    }
}

/// What the moderators of a member say of all that they write goes along with it, to whomever it goes.
pub(crate) fn carry(rules: &RuleBook, exchange: &Exchange<'_>, narrowing: &mut Narrowing) {
    if !exchange.act.is_outward() {
        return;
    }
    for rule in rules.of_own_community(&exchange.thing.owner) {
        if rule.conditions.contains(Conditions::MARK_SENSITIVE) {
            narrowing.considered.push(rule.id);
            narrowing.conditions |= Conditions::MARK_SENSITIVE;
        }
    }
}

/// Whether the moderators of a community said yes to this person.
fn welcomed(
    rules: &RuleBook,
    ties: &Ties,
    community: CommunityId,
    person: Option<PersonId>,
) -> bool {
    ties.between(rules.actor_of(community), person).welcomes
}

/// Whether the other side is of this very community, where rules about domains say nothing: a
/// rule that names one's own domain must not part its members from each other. What it says of one
/// of its members by name, it says.
fn is_house(
    rules: &RuleBook,
    community: CommunityId,
    other: Option<CommunityId>,
    domain: &Domain,
    person: Option<&Person>,
) -> bool {
    match (other, person) {
        (Some(other), _) => other == community,
        (None, None) => rules.community_at(domain) == Some(community),
        (None, Some(_)) => false,
    }
}

/// Asks each scope of one side about the other: every rule that matches, unless it matches by a
/// list and its scope opened to them by name, and the default where no explicit Open lifts it.
/// Says whether the person of this side opened explicitly.
fn ask(
    rules: &RuleBook,
    side: &Side<'_>,
    about: &About<'_>,
    facts: Facts,
    secret: bool,
    narrowing: &mut Narrowing,
) -> bool {
    let Some(mode) = rules.mode_of(side.community) else {
        // Rules that are not at hand cannot be said to allow (L58).
        narrowing.refuse_secretly(Because::NobodyHere, step::ASKER);
        return false;
    };
    let member = side.person.and_then(|person| person.id);
    // What a community says of its own member holds in its rooms. Every server asks in nobody's name where somebody is,
    // and whoever was sent a post for its files.
    let from_outside = facts.way == Way::WebFinger || (facts.anonymous && facts.act == Act::Media);
    let scopes = [
        Some(Scope::Operator).filter(|_| !about.account_only),
        Some(Scope::Community(side.community)).filter(|_| !(about.account_only && from_outside)),
        member.map(|member| Scope::Member(member, side.community)),
    ];
    let mut lifted = [false; 3];
    let mut by_list = Vec::new();
    let mut opened: [Vec<(&Rule, bool)>; 3] = Default::default();
    rules.each_rule(scopes, about, |scope, rule, lifts| {
        if rule.stance == Stance::Open {
            lifted[scope] |= lifts;
            opened[scope].push((rule, lifts));
        }
        match rule.pattern {
            Pattern::List(list) => by_list.push((rule, list, scope)),
            _ => apply(rule, facts, secret, narrowing),
        }
    });
    for (rule, list, scope) in by_list {
        if rules.opened_by_name(&opened[scope], list, about) {
            narrowing.set_aside.push(rule.id);
        } else {
            apply(rule, facts, secret, narrowing);
        }
        let entries = rules.listed(list, about).into_iter();
        let rule = rule.id;
        narrowing
            .listed
            .extend(entries.map(|entry| Listed { rule, entry }));
    }

    // Others are asked about as they come; what goes out to them stays as it was.
    let wave = member.filter(|_| facts.heading == Heading::In);
    let takes_back = facts.act == Act::Contact && facts.way == Way::FollowerDelivery;
    // Defaults are further rows, each of its own scope.
    let defaults = [
        (
            rules.default_of(side.community),
            Because::Mode(side.community, mode),
            lifted[1],
        ),
        (
            // What takes something back goes out all the same, and carries no words: closed for
            // some hours, the gate must not leave it standing for ever.
            rules.gate_of(side.community).filter(|_| !takes_back),
            Because::EmergencyGate(side.community),
            lifted[1],
        ),
        match member {
            Some(member) => (
                rules.default_of_member(member, side.community),
                Because::OwnMode(member, rules.mode_of_member(member)),
                lifted[2],
            ),
            None => (None, Because::Nothing, true),
        },
        match wave {
            Some(member) => (rules.wave_of(member), Because::Wave(member), lifted[2]),
            None => (None, Because::Nothing, true),
        },
    ];
    for (default, because, is_lifted) in defaults {
        let Some(default) = default.filter(|_| !about.account_only && !is_lifted) else {
            continue;
        };
        let known = about.peer.and_then(|peer| peer.known_days);
        let trusted = default
            .unless_known_days
            .is_some_and(|days| known.is_some_and(|known| known >= u32::from(days)));
        if trusted {
            continue;
        }
        let facts = match because {
            Because::OwnMode(..) | Because::Wave(_) => facts.of_member(),
            _ => facts,
        };
        let row = row::stance(default.stance, facts);
        let step = match row.outcome {
            Outcome::Allow => step::PASSED + 20,
            _ => step::MODE,
        };
        narrowing.conditions |= row.conditions;
        narrowing.secret |= secret && row.outcome == Outcome::Refuse;
        narrowing.narrow(row.outcome, because, (step, side.community.0));
    }
    lifted[2]
}

/// Narrows by one rule that speaks of them.
fn apply(rule: &Rule, facts: Facts, secret: bool, narrowing: &mut Narrowing) {
    let facts = match rule.scope {
        Scope::Member(..) => facts.of_member(),
        _ => facts,
    };
    narrowing.considered.push(rule.id);
    let stance = row::stance(rule.stance, facts);
    let added = row::conditions(rule.conditions, facts);
    let outcome = stance.outcome.max(added.outcome);
    let conditions = stance.conditions | added.conditions;
    let because = if row::limits(rule.stance, rule.conditions, facts) {
        Because::Limited(rule.id)
    } else {
        Because::Rule(rule.id)
    };
    let breadth = rule.scope.breadth();
    let step = match (outcome, rule.stance) {
        (Outcome::Allow, Stance::Open) => step::PASSED + 10 + breadth,
        (Outcome::Allow, Stance::Unchanged) => step::ADDED + breadth,
        (Outcome::Allow, _) => step::PASSED + breadth,
        _ => step::RULE + breadth,
    };
    narrowing.conditions |= conditions;
    narrowing.secret |= secret && outcome == Outcome::Refuse;
    narrowing.narrow(outcome, because, (step, rule.id.0));
}
