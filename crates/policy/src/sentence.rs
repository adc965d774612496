//! Every answer in words for people, and to each only the reasons meant for them.

use crate::{
    Act, Because, CommunityId, Conditions, Mode, Outcome, Pattern, PersonId, Rule, RuleBook,
    RuleId, Scope, Stance, Verdict, Visible,
};

/// Who is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listener {
    /// Anybody: hears that there is a rule of the community, and its public reason.
    Public,
    /// A member: hears the reasons meant for members of their community, and their own rules.
    Member(PersonId, CommunityId),
    /// A moderator of that community, or its log. Who it is, where it is one person: they hear of their own rules,
    /// too.
    Moderator(CommunityId, Option<PersonId>),
}

impl Listener {
    /// Whether this person is the one who listens.
    fn is(self, person: PersonId) -> bool {
        match self {
            Listener::Member(own, _) | Listener::Moderator(_, Some(own)) => own == person,
            Listener::Public | Listener::Moderator(_, None) => false,
        }
    }
}

impl Verdict {
    /// Why, in words that anybody may read.
    pub fn sentence(&self, rules: &RuleBook) -> String {
        self.sentence_for(rules, Listener::Public)
    }

    /// Why, in the words and with the reasons meant for this listener. Who blocks or mutes whom,
    /// and what one member laid down for themself, is told to nobody else.
    pub fn sentence_for(&self, rules: &RuleBook, listener: Listener) -> String {
        match self.because {
            Because::Rule(id) | Because::Limited(id) => rule_sentence(self, rules, id, listener),
            Because::Mode(community, mode) => mode_sentence(rules, community, mode),
            Because::OwnMode(person, mode) => own_mode_sentence(person, mode, listener).into(),
            Because::EmergencyGate(community) => format!(
                "{} is closed for a while to servers it has not known for long.",
                name(rules, community)
            ),
            Because::Wave(person) if listener.is(person) => {
                "Many people you do not know speak to you at once, so you are asked about each first.".into()
            }
            Because::KeptFrom => "Its author keeps this post from them.".into(),
            Because::Replies | Because::Wishes(Act::Reply) => {
                "Its author chose who may answer.".into()
            }
            Because::Wishes(Act::Reblog) => "Its author chose who may boost it.".into(),
            Because::Wishes(Act::Quote) => "Its author chose who may quote it.".into(),
            Because::Wishes(_) => "Its author chose who may react to it.".into(),
            Because::Waits => "It waits for a yes of whom it answers.".into(),
            Because::Removed => "It was taken out of the conversation by whom it answers.".into(),
            Because::Block { by } => match listener {
                _ if listener.is(by) => "You block them.".into(),
                Listener::Moderator(..) => "One of the two blocks the other.".into(),
                _ => UNAVAILABLE.into(),
            },
            Because::Mute { by } if listener.is(by) => "You muted them.".into(),
            Because::Mute { .. } | Because::Wave(_) => UNAVAILABLE.into(),
            Because::Audience => "It is not meant for them.".into(),
            Because::LocalOnly => "It is for the members of its own community only.".into(),
            Because::NotListed => "Its author keeps it out of public places.".into(),
            Because::Unsigned => "Nobody can tell who is asking.".into(),
            Because::MembersOnly => "Only members can do this.".into(),
            Because::NotAPerson => "Only a person can do this, and a server asked.".into(),
            Because::NeedsYes => {
                "It would be passed on to places nobody here can see, and its author did not agree \
                 to that."
                    .into()
            }
            Because::NotOurs => "It is not ours to give.".into(),
            Because::NobodyHere => "No community here answers for it.".into(),
            Because::Ourselves => "It is here already.".into(),
            Because::Forged(_) => "Whoever sent it cannot speak for it.".into(),
            Because::Nothing => "Nothing stands against it.".into(),
        }
    }
}

impl<T> Visible<T> {
    /// Why it is shown as it is (limited, folded), in words for this listener.
    pub fn sentence_for(&self, rules: &RuleBook, listener: Listener) -> String {
        let verdict = Verdict {
            outcome: Outcome::Allow,
            conditions: self.conditions(),
            because: self.because(),
            considered: Vec::new(),
            set_aside: Vec::new(),
            listed: Vec::new(),
            epoch: self.epoch(),
            secret: false,
        };
        verdict.sentence_for(rules, listener)
    }
}

const UNAVAILABLE: &str = "It is not available.";

fn rule_sentence(verdict: &Verdict, rules: &RuleBook, id: RuleId, listener: Listener) -> String {
    let Some(rule) = rules.rule(id) else {
        return format!("Rule {} decided this, and has ended since.", id.0);
    };
    let own = matches!(rule.scope, Scope::Member(owner, _) if listener.is(owner));
    let (who, verb_s) = match rule.scope {
        Scope::Operator => ("This installation".to_owned(), "s"),
        Scope::Community(community) => (name(rules, community), "s"),
        Scope::Member(..) if own => ("You".to_owned(), ""),
        Scope::Member(_, community) if matches!(listener, Listener::Moderator(of, _) if of == community) => {
            ("A member".to_owned(), "s")
        }
        // That somebody here has a rule about them is that person's own business.
        Scope::Member(..) => return UNAVAILABLE.into(),
    };
    // How somebody calls a list of their own is their own business, too.
    let whom = match (rule.scope, &rule.pattern) {
        (Scope::Member(..), Pattern::List(_)) if !own => "whom a list of theirs names".to_owned(),
        (_, pattern) => rules.whom(pattern),
    };
    let does = does(verdict, rule, verb_s).replace("{}", &whom);
    let since = day(rule.set_at);
    let entry = match verdict.entry_of(id) {
        Some(entry) if own || !matches!(rule.scope, Scope::Member(..)) => {
            format!("; the list names {entry}")
        }
        _ => String::new(),
    };
    let reason = match rule.reason_for(listener) {
        Some(reason) => format!(": {reason}"),
        None => ".".to_owned(),
    };
    format!(
        "{who} {does} (rule {}, since {since}{entry}){reason}",
        rule.id.0
    )
}

/// What the rule did to this exchange.
fn does(verdict: &Verdict, rule: &Rule, s: &str) -> String {
    let by_stance = match rule.stance {
        Stance::Open => format!("welcome{s} {{}}"),
        Stance::Unchanged => format!("meet{s} {{}} as is decided otherwise"),
        Stance::Limited => {
            format!("show{s} what comes from {{}} only to people who follow its author")
        }
        Stance::Ask => format!("ask{s} first whether {{}} may make contact"),
        Stance::Withheld => format!("give{s} {{}} only what is public, and send{s} it nothing"),
        Stance::Refused => format!("refuse{s} {{}}"),
    };
    if rule.conditions == Conditions::NONE {
        return by_stance;
    }
    let added = rule.conditions.words().collect::<Vec<_>>().join(", ");
    match (verdict.outcome, rule.stance) {
        // A rule that is otherwise mild decided this by what it adds.
        (Outcome::Refuse | Outcome::Hold, Stance::Open | Stance::Unchanged | Stance::Limited) => {
            format!("set{s} limits to {{}} ({added})")
        }
        (_, Stance::Unchanged) => format!("{by_stance}, and add{s} to it ({added})"),
        _ => by_stance,
    }
}

impl Rule {
    /// The most that this listener may hear of why it was set; `None` where nobody wrote anything down for them.
    pub fn reason_for(&self, listener: Listener) -> Option<&str> {
        let public = written(self.reason_public.as_deref());
        let members = written(self.reason_members.as_deref()).or(public);
        let moderators = written(self.reason_moderators.as_deref()).or(members);
        // Why a member laid something down for themself is theirs to read, all of it, and nobody else's.
        if let Scope::Member(owner, _) = self.scope {
            return moderators.filter(|_| listener.is(owner));
        }
        let inside = |community| match self.scope {
            Scope::Community(of) | Scope::Member(_, of) => of == community,
            Scope::Operator => true,
        };
        match listener {
            Listener::Moderator(community, _) if inside(community) => moderators,
            Listener::Member(_, community) if inside(community) => members,
            _ => public,
        }
    }
}

fn written(reason: Option<&str>) -> Option<&str> {
    reason.map(str::trim).filter(|reason| !reason.is_empty())
}

fn mode_sentence(rules: &RuleBook, community: CommunityId, mode: Mode) -> String {
    let who = name(rules, community);
    match mode {
        Mode::Open => format!("{who} is open to servers it does not know."),
        Mode::Cautious => {
            format!("{who} does not know this server yet, and first contact waits for a yes.")
        }
        Mode::AllowList => {
            format!("{who} exchanges only with servers it chose, and this one is not among them.")
        }
    }
}

fn own_mode_sentence(owner: PersonId, mode: Mode, listener: Listener) -> &'static str {
    match mode {
        _ if !listener.is(owner) => UNAVAILABLE,
        Mode::Open => "You are open to servers you do not know.",
        Mode::Cautious => {
            "You asked to be asked first, and this server is not known here for long yet."
        }
        Mode::AllowList => {
            "You exchange only with servers you chose, and this one is not among them."
        }
    }
}

fn name(rules: &RuleBook, community: CommunityId) -> String {
    match rules.domain_of(community) {
        Some(domain) => domain.unicode(),
        None => "A community".to_owned(),
    }
}

/// `3 May 2026`, in UTC.
fn day(unix_ms: i64) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    // Years are counted from March, so that the leap day is the last of the year, and in eras of
    // 400 years, after which the calendar repeats.
    let days = unix_ms.div_euclid(86_400_000) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    let name = usize::try_from(month).map_or("", |month| MONTHS[month]);
    format!("{day} {name} {year}")
}
