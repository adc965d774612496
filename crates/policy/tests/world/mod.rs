//! The people all these tests speak of, and short ways to set rules about them.
//!
//! Harbour and Meadow are two communities of one installation. Bigcorp and Friendly are elsewhere.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use comity_policy::*;
use comity_vocab::{Domain, Iri, Visibility};

pub const HARBOUR: CommunityId = CommunityId(1);
pub const MEADOW: CommunityId = CommunityId(2);
/// The account that speaks for Harbour.
pub const HARBOURS_VOICE: PersonId = PersonId(90);
pub const NOW: i64 = 1_777_777_777_000;
/// 3 May 2026, noon.
pub const SET_AT: i64 = 1_777_809_600_000;

pub fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

pub fn iri(text: &str) -> Iri {
    Iri::parse(text).unwrap()
}

pub fn person(id: i64, name: &str, host: &str, community: Option<CommunityId>) -> Person {
    Person {
        id: Some(PersonId(id)),
        iri: iri(&format!("https://{host}/users/{name}")),
        domain: domain(host),
        alias_domain: None,
        community,
    }
}

pub fn alice() -> Person {
    person(1, "alice", "harbour.example", Some(HARBOUR))
}

pub fn bob() -> Person {
    person(2, "bob", "harbour.example", Some(HARBOUR))
}

pub fn mia() -> Person {
    person(3, "mia", "meadow.example", Some(MEADOW))
}

pub fn rex() -> Person {
    person(10, "rex", "bigcorp.example", None)
}

pub fn fay() -> Person {
    person(20, "fay", "friendly.example", None)
}

pub fn member(person: Person) -> Party {
    Party::Member(person)
}

pub fn account(person: Person) -> Party {
    Party::Account(person)
}

pub fn thing(owner: Person, visibility: Visibility) -> Thing {
    Thing {
        visibility,
        ..Thing::of(owner)
    }
}

pub fn post(owner: Person) -> Thing {
    thing(owner, Visibility::Public)
}

pub fn rule(id: i64, scope: Scope, pattern: Pattern, stance: Stance) -> Rule {
    Rule {
        id: RuleId(id),
        scope,
        pattern,
        stance,
        conditions: Conditions::NONE,
        reason_public: None,
        reason_members: None,
        reason_moderators: None,
        set_by: None,
        set_at: SET_AT,
        expires_at: None,
        review_at: None,
        evidence: None,
        source: "a person".into(),
    }
}

pub fn about(host: &str) -> Pattern {
    Pattern::Domain(domain(host))
}

pub fn book_in(mode: Mode, rules: Vec<Rule>) -> RuleBook {
    let communities = vec![
        Hosted {
            actor: Some(HARBOURS_VOICE),
            ..Hosted::new(HARBOUR, domain("harbour.example"), mode)
        },
        Hosted::new(MEADOW, domain("meadow.example"), Mode::Open),
    ];
    RuleBook::new(7, NOW, communities, rules)
}

pub fn book(rules: Vec<Rule>) -> RuleBook {
    book_in(Mode::Open, rules)
}

pub fn harbour(pattern: Pattern, stance: Stance) -> Rule {
    rule(12, Scope::Community(HARBOUR), pattern, stance)
}

pub fn follows(from: &Person, to: &Person) -> Ties {
    tie(
        from,
        to,
        Tie {
            follows: true,
            ..Tie::default()
        },
    )
}

pub fn welcomes(from: PersonId, to: &Person) -> Ties {
    let mut ties = Ties::none();
    let yes = Tie {
        welcomes: true,
        ..Tie::default()
    };
    ties.insert(from, to.id.unwrap(), yes);
    ties
}

/// The server of this person was heard of for so many days.
pub fn known(person: &Person, days: u32) -> Ties {
    let mut ties = Ties::none();
    let peer = Peer {
        known_days: Some(days),
        ..Peer::default()
    };
    ties.know(person.domain.clone(), peer);
    ties
}

pub fn blocks(from: &Person, to: &Person) -> Ties {
    tie(
        from,
        to,
        Tie {
            blocks: true,
            ..Tie::default()
        },
    )
}

pub fn mutes(from: &Person, to: &Person) -> Ties {
    tie(
        from,
        to,
        Tie {
            mutes: true,
            ..Tie::default()
        },
    )
}

fn tie(from: &Person, to: &Person, tie: Tie) -> Ties {
    let mut ties = Ties::none();
    ties.insert(from.id.unwrap(), to.id.unwrap(), tie);
    ties
}

pub fn ask(
    book: &RuleBook,
    ties: &Ties,
    party: &Party,
    act: Act,
    way: Way,
    thing: &Thing,
) -> Verdict {
    decide(
        book,
        ties,
        &Exchange {
            party,
            act,
            way,
            thing,
        },
    )
}
