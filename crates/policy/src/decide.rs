//! The decision. Pure: all it knows is handed in.
//!
//! It begins with everything allowed and narrows. Nothing that comes later gives back what was
//! taken before, so neither the order of rules nor the order of steps can change an answer, and
//! a further rule can only take away.

use std::cmp::Reverse;

use crate::{
    Act, Because, Conditions, Exchange, Listed, Mode, Outcome, Party, Person, RuleBook, RuleId,
    Ties, Verdict, Way,
};
use crate::{relation, seeing, standing};

/// Answers one exchange.
pub fn decide(rules: &RuleBook, ties: &Ties, exchange: &Exchange<'_>) -> Verdict {
    let mut narrowing = Narrowing::new();

    // Who asks? Some ways are not open to those who do not say, and some acts need a person.
    asker(rules, exchange, &mut narrowing);

    // Whom their community suspended: neither they nor what is theirs is here for anybody.
    suspended(rules, exchange, &mut narrowing);

    // What is mine is mine to see, whomever it answers. Everybody else is measured against each
    // person involved: the owner, then those whom the thing answers, boosts or quotes.
    let own = exchange.act.is_outward() && is_party(exchange.party, &exchange.thing.owner);
    if !own {
        let owner = std::iter::once((&exchange.thing.owner, true));
        let within = exchange.thing.within.iter().map(|person| (person, false));
        for (person, author) in owner.chain(within) {
            // Following or reporting somebody has nothing to do with whom a thing answers.
            if !author && !exchange.act.needs_seeing() {
                continue;
            }
            if is_party(exchange.party, person) {
                continue;
            }
            // Rules: theirs about the party, and the party's about them.
            standing::narrow(rules, ties, exchange, person, author, &mut narrowing);
            // Blocks and mutes between the two.
            relation::narrow(ties, exchange, person, author, &mut narrowing);
        }
        standing::carry(rules, exchange, &mut narrowing);
    }

    // Last, what its owner chose: who may see it, and where.
    seeing::narrow(rules, ties, exchange, &mut narrowing);

    narrowing.into_verdict(rules)
}

/// What is still allowed, and the best reason so far.
pub(crate) struct Narrowing {
    outcome: Outcome,
    because: Because,
    /// Of equal outcomes, the lower step is told; of equal steps, the lower number.
    rank: (u8, i64),
    pub(crate) conditions: Conditions,
    pub(crate) considered: Vec<RuleId>,
    pub(crate) set_aside: Vec<RuleId>,
    pub(crate) listed: Vec<Listed>,
    pub(crate) secret: bool,
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
    /// Plus the breadth: a rule that only adds to what let it pass, which is told before it.
    pub(crate) const ADDED: u8 = 90;
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
            set_aside: Vec::new(),
            listed: Vec::new(),
            secret: false,
        }
    }

    pub(crate) fn refuse(&mut self, because: Because, step: u8) {
        self.narrow(Outcome::Refuse, because, (step, 0));
    }

    /// Not yet: it waits for a yes.
    pub(crate) fn hold(&mut self, because: Because, step: u8) {
        self.conditions |= Conditions::HELD;
        self.narrow(Outcome::Hold, because, (step, 0));
    }

    /// A refusal of which the asker must not learn even beside another one.
    pub(crate) fn refuse_secretly(&mut self, because: Because, step: u8) {
        self.secret = true;
        self.refuse(because, step);
    }

    pub(crate) fn narrow(&mut self, outcome: Outcome, because: Because, rank: (u8, i64)) {
        if (outcome, Reverse(rank)) > (self.outcome, Reverse(self.rank)) {
            self.outcome = outcome;
            self.because = because;
            self.rank = rank;
        }
    }

    fn into_verdict(self, rules: &RuleBook) -> Verdict {
        let mut verdict = Verdict {
            outcome: self.outcome,
            conditions: self.conditions,
            because: self.because,
            considered: self.considered,
            set_aside: self.set_aside,
            listed: self.listed,
            epoch: rules.epoch(),
            secret: self.secret,
        };
        verdict.sort();
        verdict
    }
}

/// A report is the one thing that is still done to somebody who is suspended: moderators hear it. What somebody else wrote
/// stays theirs to see, whomever it answers.
fn suspended(rules: &RuleBook, exchange: &Exchange<'_>, narrowing: &mut Narrowing) {
    let thing = exchange.thing;
    let carried = exchange.act.needs_seeing() && !is_party(exchange.party, &thing.owner);
    let people = std::iter::once(&thing.owner)
        .filter(|_| exchange.act != Act::Report)
        .chain(thing.within.iter().filter(|_| carried))
        .chain(exchange.party.person());
    if people
        .filter_map(|person| person.id)
        .any(|id| rules.is_suspended(id))
    {
        narrowing.refuse_secretly(Because::NobodyHere, step::ASKER);
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
        Party::Anonymous(host) => {
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
            // Whoever shows strangers around, and whose the thing is: both have to be open.
            let owners = thing.owner.community.filter(|owners| owners != host);
            for community in std::iter::once(*host).chain(owners) {
                match rules.mode_of(community) {
                    Some(Mode::Open | Mode::Cautious) => {}
                    Some(mode) => narrowing.refuse(Because::Mode(community, mode), step::MODE),
                    None => narrowing.refuse(Because::NobodyHere, step::ASKER),
                }
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
    let anonymous = matches!(party, Party::Anonymous(_));
    let ours = thing.owner.community.is_some()
        || (thing.community.is_some() && !act.is_outward() && act != Act::Contact);
    if !anonymous && party.community().is_none() && !ours {
        narrowing.refuse(Because::NotOurs, step::ASKER);
    }
}
