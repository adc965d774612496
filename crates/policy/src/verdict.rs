//! The answer, and its form when it is no.

use std::fmt;

use crate::{
    Act, CommunityId, Conditions, Epoch, Listed, Mode, Party, Pattern, PersonId, RuleBook, RuleId,
    Scope, Way,
};

/// What may happen, from wide to narrow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// It may, under the conditions.
    Allow,
    /// It waits for somebody's yes.
    Hold,
    /// It may not.
    Refuse,
}

/// What decided. Of several reasons, the one that binds most people.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Because {
    /// A rule.
    Rule(RuleId),
    /// A rule that limits: out of sight here, not out of reach.
    Limited(RuleId),
    /// The way a community meets the unknown.
    Mode(CommunityId, Mode),
    /// The way a member meets the unknown.
    OwnMode(PersonId, Mode),
    /// The community closed its emergency gate to servers it has not known for long.
    EmergencyGate(CommunityId),
    /// Many strangers speak to this member at once, and each is asked about first (L57).
    Wave(PersonId),
    /// Somebody blocks the other.
    Block {
        /// Who blocks.
        by: PersonId,
    },
    /// The viewer muted somebody in it.
    Mute {
        /// Who mutes.
        by: PersonId,
    },
    /// It is not for them.
    Audience,
    /// Its owner keeps this one thing from them.
    KeptFrom,
    /// Its owner chose who may answer, and they are not among them; or their answer has to wait.
    Replies,
    /// Its owner chose who may do this with it, and they are not among them; or it has to wait for a yes.
    Wishes(Act),
    /// It answers something whose owner has not said yes to it yet.
    Waits,
    /// The owner of what it answers took it out of their conversation.
    Removed,
    /// It is for the members of its own community.
    LocalOnly,
    /// Its author keeps it out of public places.
    NotListed,
    /// Nobody can tell who asks.
    Unsigned,
    /// This way is for members.
    MembersOnly,
    /// A server does what only a person can do.
    NotAPerson,
    /// What passes things on beyond our sight needs its owner's explicit yes (L06, L36).
    NeedsYes,
    /// It is not ours to give.
    NotOurs,
    /// No community here can answer for it.
    NobodyHere,
    /// We do not make requests to ourselves.
    Ourselves,
    /// The sender cannot speak for it; the text says why, for the log.
    Forged(&'static str),
    /// Nothing stood against it.
    Nothing,
}

/// The answer to one exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// May it?
    pub outcome: Outcome,
    /// Under which conditions.
    pub conditions: Conditions,
    /// What decided.
    pub because: Because,
    /// Every rule that spoke of those involved, in the order of their numbers.
    pub considered: Vec<RuleId>,
    /// Rules about lists that spoke of them as well and did not count, because an open rule of
    /// the same scope names them.
    pub set_aside: Vec<RuleId>,
    /// Of the rules about lists, by which entries they spoke of those involved.
    pub listed: Vec<Listed>,
    /// The state of the rules under which this was decided.
    pub epoch: Epoch,
    /// Whether something besides `because` refuses that the asker must not learn of.
    pub(crate) secret: bool,
}

impl Verdict {
    /// Whether it may happen now.
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allow
    }

    /// What both allow.
    pub(crate) fn and(mut self, other: Verdict) -> Verdict {
        if other.outcome > self.outcome {
            self.outcome = other.outcome;
            self.because = other.because;
        }
        self.conditions |= other.conditions;
        self.secret |= other.secret;
        self.considered.extend(other.considered);
        self.set_aside.extend(other.set_aside);
        self.listed.extend(other.listed);
        self.sort();
        self
    }

    /// In the order of their numbers, each once; what counted anywhere was not set aside.
    pub(crate) fn sort(&mut self) {
        self.considered.sort_unstable();
        self.considered.dedup();
        self.set_aside.sort_unstable();
        self.set_aside.dedup();
        self.set_aside
            .retain(|id| self.considered.binary_search(id).is_err());
        if self.listed.len() > 1 {
            self.listed
                .sort_by(|one, other| one.rank().cmp(&other.rank()));
            self.listed.dedup();
        }
    }

    /// What the list of a rule says of those involved, if the rule is about one.
    pub fn entry_of(&self, rule: RuleId) -> Option<&Pattern> {
        let listed = self.listed.iter().find(|listed| listed.rule == rule)?;
        Some(&listed.entry)
    }

    /// A no that needs no rule.
    pub(crate) fn refusing(because: Because, epoch: Epoch) -> Verdict {
        Verdict {
            outcome: Outcome::Refuse,
            conditions: Conditions::NONE,
            because,
            considered: Vec::new(),
            set_aside: Vec::new(),
            listed: Vec::new(),
            epoch,
            secret: true,
        }
    }
}

impl Because {
    /// Whether `party` decided this, or the community that speaks for them: then they may know.
    pub fn is_their_own(self, party: &Party, rules: &RuleBook) -> bool {
        let Party::Member(member) = party else {
            return false;
        };
        match self {
            Because::Rule(id) | Because::Limited(id) => {
                match rules.rule(id).map(|rule| rule.scope) {
                    Some(Scope::Operator) => true,
                    Some(Scope::Community(community)) => member.community == Some(community),
                    Some(Scope::Member(person, _)) => member.id == Some(person),
                    None => false,
                }
            }
            Because::Mode(community, _) | Because::EmergencyGate(community) => {
                member.community == Some(community)
            }
            Because::OwnMode(person, _) | Because::Wave(person) => member.id == Some(person),
            Because::Block { by } | Because::Mute { by } => member.id == Some(by),
            _ => false,
        }
    }

    /// The words for a log: no names, no reasons.
    fn brief(self) -> &'static str {
        match self {
            Because::Rule(_) => "a rule refuses it",
            Because::Limited(_) => "a rule limits it",
            Because::Mode(..) => "the community does not know them",
            Because::OwnMode(..) => "a member does not know them",
            Because::EmergencyGate(_) => "the emergency gate is closed",
            Because::Wave(_) => "many strangers come at once",
            Because::KeptFrom => "its owner keeps it from them",
            Because::Replies => "its owner chose who may answer",
            Because::Wishes(_) => "its owner chose who may do this with it",
            Because::Waits => "it waits for a yes",
            Because::Removed => "it was taken out of the conversation",
            Because::Block { .. } => "one blocks the other",
            Because::Mute { .. } => "they muted it",
            Because::Audience => "it is not addressed to them",
            Because::LocalOnly => "it does not leave its community",
            Because::NotListed => "it is not for public places",
            Because::Unsigned => "nobody proved who asks",
            Because::MembersOnly => "this way is for members",
            Because::NotAPerson => "only a person can do this",
            Because::NeedsYes => "its owner did not agree to have it passed on",
            Because::NotOurs => "it is not ours to give",
            Because::NobodyHere => "no community here answers for it",
            Because::Ourselves => "it is here already",
            Because::Forged(why) => why,
            Because::Nothing => "nothing stands against it",
        }
    }
}

/// A no (or, where only a yes will do, a not yet). It carries the answer and nothing of the thing.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The answer.
    pub verdict: Verdict,
    /// What was asked for.
    pub act: Act,
    /// By which way.
    pub way: Way,
    told: bool,
}

impl Refusal {
    pub(crate) fn new(
        verdict: Verdict,
        party: &Party,
        act: Act,
        way: Way,
        rules: &RuleBook,
    ) -> Refusal {
        let told = !verdict.secret && verdict.because.is_their_own(party, rules);
        Refusal {
            verdict,
            act,
            way,
            told,
        }
    }

    /// What decided.
    pub fn because(&self) -> &Because {
        &self.verdict.because
    }

    /// Whether whoever asked must get the answer they would get if the thing did not exist (or,
    /// having sent something, if it had been accepted). False only towards a member here, about
    /// what they or their own community decided, and where that alone stood against it: a
    /// different answer would be an oracle (L29).
    pub fn hides_existence(&self) -> bool {
        !self.told
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} by {} refused: {}",
            self.act.as_str(),
            self.way.as_str(),
            self.verdict.because.brief()
        )
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Refusal({self}, considered {:?})",
            self.verdict.considered
        )
    }
}

impl std::error::Error for Refusal {}
