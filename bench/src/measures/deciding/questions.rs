//! What is asked beside the mix: the exchanges of a day, and a page.

use comity_policy::{Act, Exchange, Outcome, Party, Person, PersonId, Thing, Way};
use comity_vocab::Iri;

use super::mix::{HARBOUR, MEADOW, VIEWER, here};
use super::{ALLOWED, HELD, REFUSED};

/// A question that owns what it is about, with the answer it must have.
pub(super) struct Question {
    pub(super) name: &'static str,
    party: Party,
    act: Act,
    way: Way,
    thing: Thing,
    pub(super) expected: Outcome,
}

impl Question {
    pub(super) fn exchange(&self) -> Exchange<'_> {
        Exchange {
            party: &self.party,
            act: self.act,
            way: self.way,
            thing: &self.thing,
        }
    }
}

pub(super) fn viewer() -> Person {
    member(VIEWER)
}

/// What the exchanges of a day are: most meet no rule, some meet several.
pub(super) fn questions() -> Vec<Question> {
    let viewer = Party::Member(member(VIEWER));
    let away = |host: &str| Party::Account(stranger(2_000, host));
    let post = Thing::of(member(VIEWER));
    let theirs = |host: &str| Thing {
        community: Some(HARBOUR),
        ..Thing::of(stranger(2_000, host))
    };
    let within = |hosts: &[&str]| Thing {
        within: (3_000..)
            .zip(hosts)
            .map(|(id, host)| stranger(id, host))
            .collect(),
        ..theirs("sound.example")
    };
    let crowd = within(&[
        "one.example",
        "b.two.example",
        "three.example",
        "a.b.c.d.four.example",
    ]);
    let with_listed = within(&[
        "one.example",
        "x.entry88.example",
        "three.example",
        "four.example",
    ]);
    let deep = "a.b.c.d.e.nobody.example";
    let q = |name, party: &Party, act, way, thing: &Thing, expected| Question {
        name,
        party: party.clone(),
        act,
        way,
        thing: thing.clone(),
        expected,
    };
    let (push, inbox) = (Way::FollowerDelivery, Way::Inbox);
    let home = Way::HomeTimeline;
    let visitor = Party::Anonymous(HARBOUR);
    vec![
        q(
            "deliver to whom nothing names",
            &away("sound.example"),
            Act::Receive,
            push,
            &post,
            ALLOWED,
        ),
        q(
            "deliver five labels below",
            &away(deep),
            Act::Receive,
            push,
            &post,
            ALLOWED,
        ),
        q(
            "deliver to whom the operator refuses",
            &away("worst.example"),
            Act::Receive,
            push,
            &post,
            REFUSED,
        ),
        q(
            "deliver below a listed domain",
            &away("a.b.entry16.example"),
            Act::Receive,
            push,
            &post,
            REFUSED,
        ),
        q(
            "deliver to whom a member refuses",
            &away("pest.example"),
            Act::Receive,
            push,
            &post,
            REFUSED,
        ),
        q(
            "opened by name, and on three lists",
            &away("entry0.example"),
            Act::Receive,
            push,
            &post,
            ALLOWED,
        ),
        q(
            "deliver to known bad software",
            &away("leaky.example"),
            Act::Receive,
            push,
            &post,
            REFUSED,
        ),
        q(
            "take in from whom nothing names",
            &away("sound.example"),
            Act::Deliver,
            inbox,
            &post,
            ALLOWED,
        ),
        q(
            "mention by one first seen today",
            &away("fresh.example"),
            Act::Mention,
            inbox,
            &post,
            HELD,
        ),
        q(
            "home timeline",
            &viewer,
            Act::Read,
            home,
            &theirs("sound.example"),
            ALLOWED,
        ),
        q(
            "home timeline, four others within",
            &viewer,
            Act::Read,
            home,
            &crowd,
            ALLOWED,
        ),
        q(
            "home timeline, one of four listed",
            &viewer,
            Act::Read,
            home,
            &with_listed,
            REFUSED,
        ),
        q(
            "split handle",
            &Party::Account(split()),
            Act::Receive,
            push,
            &post,
            ALLOWED,
        ),
        q(
            "a server fetches",
            &Party::Instance(here("host.split.example")),
            Act::Read,
            Way::Fetch,
            &post,
            ALLOWED,
        ),
        q(
            "a visitor on a page",
            &visitor,
            Act::Read,
            Way::Page,
            &post,
            ALLOWED,
        ),
        q(
            "a neighbour",
            &Party::Member(neighbour()),
            Act::Read,
            Way::Page,
            &post,
            ALLOWED,
        ),
    ]
}

/// Statuses as they stand in a home timeline: boosts, answers, several by the same, some refused since.
pub(super) fn page(count: usize) -> Vec<Thing> {
    (0..count)
        .map(|place| {
            let number = i64::try_from(place).unwrap_or(0);
            let host = match place % 10 {
                0 => "a.b.entry16.example".to_owned(),
                1 => "entry0.example".to_owned(),
                _ => format!("town{}.example", place % 25),
            };
            let answered = stranger(4_000 + number, &format!("sub.town{}.example", place % 7));
            Thing {
                community: Some(HARBOUR),
                within: if place % 3 == 0 {
                    vec![answered]
                } else {
                    Vec::new()
                },
                ..Thing::of(stranger(2_000 + number % 25, &host))
            }
        })
        .collect()
}

fn member(id: i64) -> Person {
    Person {
        community: Some(HARBOUR),
        ..stranger(id, "harbour.example")
    }
}

fn neighbour() -> Person {
    Person {
        community: Some(MEADOW),
        ..stranger(5_000, "meadow.example")
    }
}

fn split() -> Person {
    Person {
        alias_domain: Some(here("split.example")),
        ..stranger(2_001, "host.split.example")
    }
}

fn stranger(id: i64, host: &str) -> Person {
    let name = if host == "pest.example" {
        "rude".to_owned()
    } else {
        id.to_string()
    };
    let iri = Iri::parse(&format!("https://{host}/users/{name}")).expect("is an address");
    Person {
        id: Some(PersonId(id)),
        ..Person::stranger(iri)
    }
}
