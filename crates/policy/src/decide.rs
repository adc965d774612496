//! The decision. Pure: all it knows is handed in.
//!
//! It begins with everything allowed and narrows. Nothing that comes later gives back what was
//! taken before, so neither the order of rules nor the order of steps can change an answer, and
//! a further rule can only take away.

use std::cmp::Reverse;

use crate::book::About;
use crate::row::{self, Facts, Heading};
use crate::seeing;
use crate::{
    Act, Because, CommunityId, Conditions, Exchange, Mode, Outcome, Party, Person, RuleBook,
    RuleId, Scope, Stance, Ties, Verdict, Way,
};

/// Answers one exchange.
pub fn decide(rules: &RuleBook, ties: &Ties, exchange: &Exchange<'_>) -> Verdict {
    let mut narrowing = Narrowing::new();

    // Who asks? Some ways are not open to those who do not say, and some acts need a person.
    asker(rules, exchange, &mut narrowing);

    // What is mine is mine to see, whomever it answers. Everybody else is measured against each
    // person involved: the owner, then those whom the thing answers, boosts or quotes.
    let own = exchange.act.is_outward() && is_party(exchange.party, &exchange.thing.owner);
    if !own {
        let owner = std::iter::once((&exchange.thing.owner, true));
        let within = exchange.thing.within.iter().map(|person| (person, false));
        for (person, author) in owner.chain(within) {
            if is_party(exchange.party, person) {
                continue;
            }
            // Rules: theirs about the party, and the party's about them.
            standing(rules, ties, exchange, person, author, &mut narrowing);
            // Blocks and mutes between the two.
            between(ties, exchange, person, &mut narrowing);
        }
    }

    // Last, what its owner chose: who may see it, and where.
    seeing::narrow(ties, exchange, &mut narrowing);

    narrowing.into_verdict(rules)
}

/// What is still allowed, and the best reason so far.
pub(crate) struct Narrowing {
    outcome: Outcome,
    because: Because,
    /// Of equal outcomes, the lower step is told; of equal steps, the lower number.
    rank: (u8, i64),
    conditions: Conditions,
    considered: Vec<RuleId>,
    secret: bool,
}

/// In which order reasons are told.
pub(crate) mod step {
    pub(crate) const ASKER: u8 = 0;
    /// Plus the breadth of the rule's scope.
    pub(crate) const RULE: u8 = 10;
    pub(crate) const MODE: u8 = 20;
    pub(crate) const BLOCK: u8 = 30;
    pub(crate) const AUDIENCE: u8 = 40;
    pub(crate) const PLACE: u8 = 41;
    pub(crate) const MUTE: u8 = 50;
    /// Plus the breadth: a rule that let something pass.
    pub(crate) const PASSED: u8 = 60;
    pub(crate) const NOTHING: u8 = u8::MAX;
}

impl Narrowing {
    fn new() -> Narrowing {
        Narrowing {
            outcome: Outcome::Allow,
            because: Because::Nothing,
            rank: (step::NOTHING, 0),
            conditions: Conditions::NONE,
            considered: Vec::new(),
            secret: false,
        }
    }

    pub(crate) fn refuse(&mut self, because: Because, step: u8) {
        self.narrow(Outcome::Refuse, because, (step, 0));
    }

    /// A refusal of which the asker must not learn even beside another one.
    pub(crate) fn refuse_secretly(&mut self, because: Because, step: u8) {
        self.secret = true;
        self.refuse(because, step);
    }

    fn narrow(&mut self, outcome: Outcome, because: Because, rank: (u8, i64)) {
        if (outcome, Reverse(rank)) > (self.outcome, Reverse(self.rank)) {
            self.outcome = outcome;
            self.because = because;
            self.rank = rank;
        }
    }

    fn into_verdict(mut self, rules: &RuleBook) -> Verdict {
        self.considered.sort_unstable();
        self.considered.dedup();
        Verdict {
            outcome: self.outcome,
            conditions: self.conditions,
            because: self.because,
            considered: self.considered,
            epoch: rules.epoch(),
            secret: self.secret,
        }
    }
}

fn is_party(party: &Party, person: &Person) -> bool {
    party.person().is_some_and(|asking| asking.is(person))
}

/// Narrows by what the party is: who says nothing of themself gets only what is for everybody,
/// and a server is not a person.
fn asker(rules: &RuleBook, exchange: &Exchange<'_>, narrowing: &mut Narrowing) {
    let Exchange {
        party,
        act,
        way,
        thing,
    } = *exchange;
    match party {
        Party::Anonymous => {
            if !act.is_outward() || act == Act::Receive {
                narrowing.refuse(Because::Unsigned, step::ASKER);
            }
            match way {
                // Every server asks this without a signature, the welcome ones too; the answer
                // is an address and nothing more.
                Way::WebFinger => return,
                Way::Page | Way::Conversation | Way::Rest => {}
                Way::Lookup if act == Act::Find => {}
                // Lists for visitors hold what was written here; other servers' authors did not
                // ask for a second shop window (L35).
                Way::Feed | Way::LocalTimeline | Way::PublicTimeline
                    if thing.owner.community.is_some() => {}
                Way::Search
                | Way::HomeTimeline
                | Way::Notification
                | Way::Stream
                | Way::Push
                | Way::Export
                | Way::Command
                | Way::Feed
                | Way::LocalTimeline
                | Way::PublicTimeline
                | Way::Lookup => {
                    narrowing.refuse(Because::MembersOnly, step::ASKER);
                }
                _ => narrowing.refuse(Because::Unsigned, step::ASKER),
            }
            let mut anybody = false;
            each_host(rules, exchange, |community| {
                anybody = true;
                match rules.mode_of(community) {
                    Some(Mode::Open | Mode::Cautious) => {}
                    Some(mode) => narrowing.refuse(Because::Mode(community, mode), step::MODE),
                    None => narrowing.refuse(Because::NobodyHere, step::ASKER),
                }
            });
            if !anybody {
                narrowing.refuse(Because::NobodyHere, step::ASKER);
            }
        }
        Party::Member(_) | Party::Account(_) => {}
        Party::Instance(_) | Party::Service(_) => {
            if act.is_inward() && !matches!(act, Act::Deliver | Act::Report) {
                narrowing.refuse(Because::NotAPerson, step::ASKER);
            }
        }
    }
    // Nobody here speaks for either side: then it is not ours to give, and nobody asked us.
    let anonymous = matches!(party, Party::Anonymous);
    let ours = thing.owner.community.is_some()
        || (thing.community.is_some() && !act.is_outward() && act != Act::Contact);
    if !anonymous && party.community().is_none() && !ours {
        narrowing.refuse(Because::NotOurs, step::ASKER);
    }
}

/// The communities in whose name an anonymous visitor is shown something.
fn each_host(rules: &RuleBook, exchange: &Exchange<'_>, mut each: impl FnMut(CommunityId)) {
    match exchange.thing.owner.community.or(exchange.thing.community) {
        Some(community) => each(community),
        None => rules.communities().for_each(each),
    }
}

/// One side of an exchange, with the community that speaks for it.
struct Side<'a> {
    community: CommunityId,
    person: Option<&'a Person>,
}

/// Narrows by the rules that stand between the party and `person`, who owns the thing (`author`)
/// or something that it answers, boosts or quotes.
fn standing(
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
    let (theirs, partys) = match act.is_inward() {
        true => (Heading::In, Heading::Out),
        false => (Heading::Out, Heading::In),
    };
    let id = person.id;
    let party_id = party.person().and_then(|asking| asking.id);
    let (there, back) = (ties.between(id, party_id), ties.between(party_id, id));
    let facts = |heading, follows| Facts {
        heading,
        act,
        way,
        visibility: thing.visibility,
        said_yes: there.follows || back.follows,
        follows,
        anonymous: matches!(party, Party::Anonymous),
        author,
    };

    // The person's side about the party. What comes in for nobody in particular is measured by
    // the community it comes into.
    let in_rooms = match (author, party.community()) {
        (true, None) => thing.community,
        _ => None,
    };
    let second = in_rooms.filter(|rooms| Some(*rooms) != person.community);
    let mut agreed = false;
    for community in [person.community, second].into_iter().flatten() {
        let Some(home) = party.domain() else { break };
        let side = Side {
            community,
            person: Some(person).filter(|_| person.community.is_some()),
        };
        let about = About {
            home,
            alias: party
                .person()
                .and_then(|asking| asking.alias_domain.as_ref()),
            account: party.person().map(|asking| &asking.iri),
            account_only: is_house(rules, community, party.community(), home, party.person()),
            contact: act == Act::Contact,
        };
        if about.account_only && act == Act::Contact {
            narrowing.refuse(Because::Ourselves, step::ASKER);
        }
        agreed |= ask(
            rules,
            &side,
            &about,
            &facts(theirs, there.follows),
            true,
            narrowing,
        );
    }

    // What republishes needs the owner's own yes, and gets only what is for everybody.
    let republished = matches!(party, Party::Service(_)) || way == Way::Relay;
    if author && act.is_outward() && republished && !agreed {
        narrowing.refuse(Because::NeedsYes, step::AUDIENCE);
    }

    // The party's side about the person. Visitors are spoken for by whoever shows them around.
    let about = About {
        home: &person.domain,
        alias: person.alias_domain.as_ref(),
        account: Some(&person.iri),
        account_only: false,
        contact: false,
    };
    let mut ask_host = |community, asking: Option<&Person>| {
        let account_only = is_house(
            rules,
            community,
            person.community,
            &person.domain,
            Some(person),
        );
        let side = Side {
            community,
            person: asking,
        };
        let about = About {
            account_only,
            ..about
        };
        ask(
            rules,
            &side,
            &about,
            &facts(partys, back.follows),
            false,
            narrowing,
        );
    };
    match party {
        Party::Anonymous => each_host(rules, exchange, |community| ask_host(community, None)),
        _ => {
            if let Some(community) = party.community() {
                ask_host(community, party.person());
            }
        }
    }
}

/// Whether the other side is of this very community, where rules about domains say nothing: a
/// rule that names one's own domain must not part its members from each other.
fn is_house(
    rules: &RuleBook,
    community: CommunityId,
    other: Option<CommunityId>,
    domain: &comity_vocab::Domain,
    person: Option<&Person>,
) -> bool {
    match (other, person) {
        (Some(other), _) => other == community,
        (None, None) => rules.community_at(domain) == Some(community),
        (None, Some(_)) => false,
    }
}

/// Asks each scope of one side about the other: every rule that matches, and the default where
/// no explicit Open lifts it. Says whether the person of this side opened explicitly.
fn ask(
    rules: &RuleBook,
    side: &Side<'_>,
    about: &About<'_>,
    facts: &Facts,
    secret: bool,
    narrowing: &mut Narrowing,
) -> bool {
    let Some(mode) = rules.mode_of(side.community) else {
        // Rules that are not at hand cannot be said to allow (L58).
        narrowing.refuse_secretly(Because::NobodyHere, step::ASKER);
        return false;
    };
    let member = side.person.and_then(|person| person.id);
    let scopes = [
        Some(Scope::Operator).filter(|_| !about.account_only),
        Some(Scope::Community(side.community)).filter(|_| !about.account_only),
        member.map(|member| Scope::Member(member, side.community)),
    ];
    let mut lifted = [false; 3];
    rules.each_rule(scopes, about, |scope, rule, lifts| {
        narrowing.considered.push(rule.id);
        lifted[scope] |= lifts && rule.stance == Stance::Open;

        let stance = row::stance(rule.stance, facts);
        let added = row::conditions(rule.conditions, facts);
        let outcome = stance.outcome.max(added.outcome);
        let conditions = stance.conditions | added.conditions;
        let because = match conditions.contains(Conditions::LIMITED) {
            true => Because::Limited(rule.id),
            false => Because::Rule(rule.id),
        };
        let breadth = rule.scope.breadth();
        let step = match (outcome, rule.stance) {
            (Outcome::Allow, Stance::Open) => step::PASSED + 10 + breadth,
            (Outcome::Allow, _) => step::PASSED + breadth,
            _ => step::RULE + breadth,
        };
        narrowing.conditions |= conditions;
        narrowing.secret |= secret && outcome == Outcome::Refuse;
        narrowing.narrow(outcome, because, (step, rule.id.0));
    });

    // The default is one more row, of the community's scope.
    if !about.account_only && !lifted[1] && mode != Mode::Open {
        let row = row::stance(mode.stance(), facts);
        let step = match row.outcome {
            Outcome::Allow => step::PASSED + 20,
            _ => step::MODE,
        };
        narrowing.conditions |= row.conditions;
        narrowing.secret |= secret && row.outcome == Outcome::Refuse;
        narrowing.narrow(
            row.outcome,
            Because::Mode(side.community, mode),
            (step, side.community.0),
        );
    }
    lifted[2]
}

/// Narrows by what the two have to do with each other as people.
fn between(ties: &Ties, exchange: &Exchange<'_>, person: &Person, narrowing: &mut Narrowing) {
    let Exchange {
        party, act, way, ..
    } = *exchange;
    let (Some(asking), Some(id)) = (party.person().and_then(|asking| asking.id), person.id) else {
        return;
    };
    let (there, back) = (ties.get(id, asking), ties.get(asking, id));

    // A report goes to moderators, not to whom it is about: a block must not prevent it.
    if act != Act::Report {
        if there.blocks {
            narrowing.refuse_secretly(Because::Block { by: id }, step::BLOCK);
        }
        // Who blocks may still look at the profile: one has to see whom one blocks.
        if back.blocks && act != Act::Find {
            narrowing.refuse(Because::Block { by: asking }, step::BLOCK);
        }
    }

    // A mute takes things out of the muter's sight, and changes nothing for the muted.
    let (mutes, muter) = match act.is_inward() {
        true => (there.mutes, id),
        false => (back.mutes, asking),
    };
    if !mutes {
        return;
    }
    match way {
        Way::Notification | Way::Push | Way::Stream => {
            narrowing.refuse(Because::Mute { by: muter }, step::MUTE);
        }
        Way::HomeTimeline | Way::LocalTimeline | Way::PublicTimeline if !act.is_inward() => {
            narrowing.refuse(Because::Mute { by: muter }, step::MUTE);
        }
        Way::Conversation if !act.is_inward() => narrowing.conditions |= Conditions::MUTED,
        _ => {}
    }
}
