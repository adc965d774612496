//! How long one decision takes with 10,000 rules of members and communities and a list of 100,000
//! domains. `cargo run --release -p comity-policy --example decide`
// What is measured is the machine's own time.
#![allow(clippy::disallowed_methods)]

use std::hint::black_box;
use std::time::Instant;

use comity_policy::{
    Act, CommunityId, Conditions, Exchange, Hosted, Mode, Party, Pattern, Person, PersonId, Rule,
    RuleBook, RuleId, Scope, Stance, Thing, Tie, Ties, Way, decide,
};
use comity_vocab::{Domain, Iri, Malformed};

const HERE: CommunityId = CommunityId(1);
const RULES: i64 = 10_000;
const LISTED: i64 = 100_000;
const ROUNDS: u32 = 1_000_000;

fn main() -> Result<(), Malformed> {
    let mut rules = Vec::new();
    for number in 0..RULES {
        let scope = match number % 3 {
            0 => Scope::Community(HERE),
            _ => Scope::Member(PersonId(number % 500), HERE),
        };
        let pattern = match number % 5 {
            0 => Pattern::Account(Iri::parse(&format!("https://host{number}.example/u/a"))?),
            1 => Pattern::Host(Domain::parse(&format!("host{number}.example"))?),
            _ => Pattern::Domain(Domain::parse(&format!("domain{number}.example"))?),
        };
        rules.push(rule(number, scope, pattern, Stance::Limited));
    }
    for number in RULES..RULES + LISTED {
        let listed = Pattern::Domain(Domain::parse(&format!("listed{number}.example"))?);
        rules.push(rule(number, Scope::Operator, listed, Stance::Refused));
    }
    let began = Instant::now();
    let communities = vec![Hosted::new(
        HERE,
        Domain::parse("harbour.example")?,
        Mode::Open,
    )];
    let book = RuleBook::new(1, 0, communities, rules);
    println!(
        "book of {} rules arranged in {:?}",
        RULES + LISTED,
        began.elapsed()
    );

    let alice = person(1, "harbour.example", Some(HERE))?;
    let free = person(1001, "a.b.friendly.example", None)?;
    let listed = person(1002, "sub.listed50000.example", None)?;
    let mut ties = Ties::none();
    ties.insert(
        PersonId(1001),
        PersonId(1),
        Tie {
            follows: true,
            ..Tie::default()
        },
    );
    let thing = |owner: &Person, within: &[&Person]| Thing {
        within: within.iter().map(|person| (*person).clone()).collect(),
        ..Thing::of(owner.clone())
    };
    let post = thing(&alice, &[]);
    let theirs = thing(&free, &[]);
    let boost = thing(&free, &[&listed]);
    let (to_free, to_listed) = (Party::Account(free.clone()), Party::Account(listed.clone()));
    let member = Party::Member(alice.clone());
    for (name, party, act, way, thing) in [
        (
            "deliver to a follower",
            &to_free,
            Act::Receive,
            Way::FollowerDelivery,
            &post,
        ),
        (
            "deliver to a listed domain",
            &to_listed,
            Act::Receive,
            Way::FollowerDelivery,
            &post,
        ),
        (
            "home timeline",
            &member,
            Act::Read,
            Way::HomeTimeline,
            &theirs,
        ),
        (
            "home timeline, boost of a listed",
            &member,
            Act::Read,
            Way::HomeTimeline,
            &boost,
        ),
        (
            "visitor on a page",
            &Party::Anonymous(CommunityId(1)),
            Act::Read,
            Way::Page,
            &post,
        ),
    ] {
        let began = Instant::now();
        for _ in 0..ROUNDS {
            let exchange = Exchange {
                party: black_box(party),
                act,
                way,
                thing,
            };
            black_box(decide(&book, &ties, &exchange));
        }
        println!("{name:<34} {:>5} ns", (began.elapsed() / ROUNDS).as_nanos());
    }
    Ok(())
}

fn rule(id: i64, scope: Scope, pattern: Pattern, stance: Stance) -> Rule {
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
        set_at: 0,
        expires_at: None,
        review_at: None,
        evidence: None,
        source: "measurement".into(),
    }
}

fn person(id: i64, host: &str, community: Option<CommunityId>) -> Result<Person, Malformed> {
    Ok(Person {
        id: Some(PersonId(id)),
        community,
        ..Person::stranger(Iri::parse(&format!("https://{host}/u/{id}"))?)
    })
}
