//! Two communities with some hundred members, their rules and lists, and what is asked of them.

use std::collections::HashMap;

use comity_policy::{
    CommunityId, Conditions, Hosted, ListEntries, ListId, Mode, Pattern, Peer, PersonId, Rule,
    RuleBook, RuleId, Scope, Stance, Tie, Ties, Version,
};
use comity_vocab::{Domain, Iri, Malformed};

pub(super) const HARBOUR: CommunityId = CommunityId(1);
pub(super) const MEADOW: CommunityId = CommunityId(2);
/// Members who have rules of their own.
const MEMBERS: i64 = 300;
/// Lists that the communities keep, and the members who keep one.
const LISTS_OF_COMMUNITIES: i64 = 8;
const LISTS_OF_MEMBERS: i64 = 12;
/// The member whose pages are drawn: with rules, a list and a mode of their own.
pub(super) const VIEWER: i64 = 1;

/// What there is, before it is arranged.
pub(super) struct World {
    rules: Vec<Rule>,
    lists: Vec<ListEntries>,
    pub(super) ties: Ties,
    pub(super) peers: HashMap<Domain, Peer>,
}

/// What a book is made of.
pub(super) type Parts = (Vec<Hosted>, Vec<Rule>, Vec<ListEntries>);

impl World {
    /// So many rules, and so many entries in all lists together.
    pub(super) fn new(rules: usize, listed: usize) -> Result<World, Malformed> {
        let mut made = Vec::with_capacity(rules + 100);
        for number in 0..i64::try_from(rules).unwrap_or(i64::MAX) {
            made.push(rule(
                number,
                scope(number),
                pattern(number)?,
                stance(number),
            ));
        }
        let mut id = 1_000_000;
        let mut add = |scope, pattern, stance| {
            id += 1;
            made.push(rule(id, scope, pattern, stance));
        };
        for number in 0..LISTS_OF_COMMUNITIES {
            let stance = [Stance::Refused, Stance::Limited, Stance::Withheld]
                [usize::try_from(number % 3).unwrap_or(0)];
            add(list_owner(number), Pattern::List(ListId(number)), stance);
        }
        for number in LISTS_OF_COMMUNITIES..LISTS_OF_COMMUNITIES + LISTS_OF_MEMBERS {
            add(
                list_owner(number),
                Pattern::List(ListId(number)),
                Stance::Refused,
            );
        }
        for community in [HARBOUR, MEADOW] {
            for name in ["leaky", "holey", "ajar", "draughty"] {
                let leaky = Pattern::Software {
                    name: name.into(),
                    before: Version::parse("1.2"),
                };
                add(Scope::Community(community), leaky, Stance::Withheld);
            }
            add(
                Scope::Community(community),
                Pattern::FirstSeen { days: 3 },
                Stance::Ask,
            );
        }
        // Opened by name, which beats the lists.
        add(
            Scope::Community(HARBOUR),
            domain("entry0.example")?,
            Stance::Open,
        );
        add(
            Scope::Member(PersonId(VIEWER), HARBOUR),
            domain("entry0.example")?,
            Stance::Open,
        );
        add(Scope::Operator, domain("worst.example")?, Stance::Refused);
        add(
            Scope::Member(PersonId(VIEWER), HARBOUR),
            account("pest.example", "rude")?,
            Stance::Refused,
        );
        Ok(World {
            rules: made,
            lists: lists(listed)?,
            ties: ties()?,
            peers: peers()?,
        })
    }

    pub(super) fn rules(&self) -> usize {
        self.rules.len()
    }

    pub(super) fn parts(&self) -> Parts {
        let mut harbour = Hosted::new(HARBOUR, here("harbour.example"), Mode::Open);
        harbour.actor = Some(PersonId(9_001));
        let mut meadow = Hosted::new(MEADOW, here("meadow.example"), Mode::Cautious);
        meadow.actor = Some(PersonId(9_002));
        (
            vec![harbour, meadow],
            self.rules.clone(),
            self.lists.clone(),
        )
    }

    pub(super) fn book((communities, rules, lists): Parts) -> RuleBook {
        RuleBook::new(1, 0, communities, rules)
            .with_lists(lists)
            .with_member_modes([
                (PersonId(VIEWER), Mode::Cautious),
                (PersonId(7), Mode::AllowList),
            ])
            .with_split_domains([(here("host.split.example"), here("split.example"))])
    }

    pub(super) fn booked(&self) -> RuleBook {
        World::book(self.parts())
    }
}

fn scope(number: i64) -> Scope {
    match number % 10 {
        0 => Scope::Operator,
        1 | 2 => Scope::Community(HARBOUR),
        3 => Scope::Community(MEADOW),
        // The viewer has more rules than others.
        4 => Scope::Member(PersonId(VIEWER), HARBOUR),
        _ => Scope::Member(PersonId(number % MEMBERS), HARBOUR),
    }
}

fn pattern(number: i64) -> Result<Pattern, Malformed> {
    match number % 7 {
        0 | 1 => account(&format!("host{number}.example"), "a"),
        2 => Ok(Pattern::Host(Domain::parse(&format!(
            "host{number}.example"
        ))?)),
        3 => domain(&format!("deep.below.domain{number}.example")),
        4 => domain(&format!("domain{number}.co.uk")),
        _ => domain(&format!("domain{number}.example")),
    }
}

fn stance(number: i64) -> Stance {
    // What only adds costs what an open rule costs; with these five, measures of before can be compared.
    let stances = [
        Stance::Open,
        Stance::Limited,
        Stance::Ask,
        Stance::Withheld,
        Stance::Refused,
    ];
    stances[usize::try_from(number % 5).unwrap_or(0)]
}

fn list_owner(list: i64) -> Scope {
    if list >= LISTS_OF_COMMUNITIES {
        return Scope::Member(PersonId(list - LISTS_OF_COMMUNITIES + VIEWER), HARBOUR);
    }
    Scope::Community(if list % 4 == 3 { MEADOW } else { HARBOUR })
}

/// Shared lists name much the same servers: an entry stands on two or three of them.
fn lists(entries: usize) -> Result<Vec<ListEntries>, Malformed> {
    let count = LISTS_OF_COMMUNITIES + LISTS_OF_MEMBERS;
    let mut lists: Vec<ListEntries> = (0..count)
        .map(|number| ListEntries {
            id: ListId(number),
            owner: list_owner(number),
            name: format!("list {number}"),
            entries: Vec::new(),
        })
        .collect();
    for number in 0..entries {
        let of_a_member = number % 10 == 9;
        let place = if of_a_member {
            8 + number / 10 % 12
        } else {
            number % 8
        };
        let name = if number < 3 { 0 } else { number / 2 * 2 };
        let entry = if number % 20 == 19 {
            account(&format!("entry{name}.example"), "listed")?
        } else {
            domain(&format!("entry{name}.example"))?
        };
        lists[place].entries.push(entry);
    }
    Ok(lists)
}

/// The viewer follows everybody whose posts are on the page, and everybody follows them.
fn ties() -> Result<Ties, Malformed> {
    let mut ties = Ties::none();
    let follows = Tie {
        follows: true,
        ..Tie::default()
    };
    for id in 2_001..2_030 {
        ties.insert(PersonId(VIEWER), PersonId(id), follows);
        ties.insert(PersonId(id), PersonId(VIEWER), follows);
    }
    for (host, peer) in peers()? {
        ties.know(host, peer);
    }
    Ok(ties)
}

fn peers() -> Result<HashMap<Domain, Peer>, Malformed> {
    let known = |software: &str, days| Peer {
        known_days: Some(days),
        software: Some(software.into()),
        version: Version::parse("1.1"),
    };
    let mut peers = HashMap::new();
    for host in [
        "sound.example",
        "one.example",
        "b.two.example",
        "three.example",
        "a.b.c.d.four.example",
        "four.example",
        "worst.example",
        "pest.example",
        "entry0.example",
        "a.b.entry16.example",
        "x.entry88.example",
        "a.b.c.d.e.nobody.example",
        "host.split.example",
        "split.example",
    ] {
        peers.insert(Domain::parse(host)?, known("sound", 400));
    }
    for number in 0..25 {
        peers.insert(
            Domain::parse(&format!("town{number}.example"))?,
            known("sound", 400),
        );
        peers.insert(
            Domain::parse(&format!("sub.town{number}.example"))?,
            known("sound", 400),
        );
    }
    peers.insert(Domain::parse("leaky.example")?, known("leaky", 400));
    peers.insert(Domain::parse("fresh.example")?, known("sound", 0));
    Ok(peers)
}

fn domain(text: &str) -> Result<Pattern, Malformed> {
    Ok(Pattern::Domain(Domain::parse(text)?))
}

fn account(host: &str, name: &str) -> Result<Pattern, Malformed> {
    Ok(Pattern::Account(Iri::parse(&format!(
        "https://{host}/users/{name}"
    ))?))
}

/// A name written in this file.
pub(super) fn here(text: &str) -> Domain {
    Domain::parse(text).expect("is a domain")
}

fn rule(id: i64, scope: Scope, pattern: Pattern, stance: Stance) -> Rule {
    Rule {
        id: RuleId(id),
        scope,
        pattern,
        stance,
        conditions: Conditions::NONE,
        reason_public: Some("Sends what nobody asked for.".into()),
        reason_members: None,
        reason_moderators: None,
        set_by: None,
        set_at: 0,
        expires_at: None,
        review_at: None,
        evidence: None,
        source: "a person".into(),
    }
}
