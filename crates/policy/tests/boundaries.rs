//! Each way by which things leak, and that it is closed. Names carry the number of the leak (L01…).
#![allow(clippy::unwrap_used)]

mod world;

use comity_policy::*;
use comity_vocab::Visibility;
use world::*;

fn reads(book: &RuleBook, ties: &Ties, party: &Party, way: Way, thing: &Thing) -> Verdict {
    ask(book, ties, party, Act::Read, way, thing)
}

#[test]
fn l47_a_rule_covers_what_lies_below_and_stops_at_labels() {
    let book = book(vec![harbour(about("bigcorp.example"), Stance::Refused)]);
    let asks = |host: &str| {
        let stranger = account(person(30, "x", host, None));
        reads(&book, &Ties::none(), &stranger, Way::Fetch, &post(alice())).outcome
    };
    assert_eq!(asks("a.b.bigcorp.example"), Outcome::Refuse);
    assert_eq!(asks("bigcorp.example:8443"), Outcome::Refuse);
    assert_eq!(asks("notbigcorp.example"), Outcome::Allow);
    assert_eq!(asks("bigcorp.example.net"), Outcome::Allow);
}

#[test]
fn l47_one_host_is_one_host_and_one_port_one_port() {
    let host = harbour(Pattern::Host(domain("bigcorp.example")), Stance::Refused);
    let port = rule(
        13,
        Scope::Operator,
        about("friendly.example:444"),
        Stance::Refused,
    );
    let book = book(vec![host, port]);
    let asks = |host: &str| {
        reads(
            &book,
            &Ties::none(),
            &Party::Instance(domain(host)),
            Way::Fetch,
            &post(alice()),
        )
        .outcome
    };
    assert_eq!(asks("bigcorp.example"), Outcome::Refuse);
    assert_eq!(asks("bigcorp.example:8443"), Outcome::Refuse);
    assert_eq!(asks("www.bigcorp.example"), Outcome::Allow);
    assert_eq!(asks("friendly.example:444"), Outcome::Refuse);
    assert_eq!(asks("friendly.example"), Outcome::Allow);
}

#[test]
fn l47_who_rents_at_the_same_place_is_a_stranger() {
    let book = book(vec![harbour(about("co.uk"), Stance::Refused)]);
    let tenant = Party::Instance(domain("tenant.co.uk"));
    assert!(reads(&book, &Ties::none(), &tenant, Way::Fetch, &post(alice())).is_allowed());
}

#[test]
fn l49_a_rule_on_either_domain_of_a_person_matches() {
    let split = Person {
        alias_domain: Some(domain("bigcorp.example")),
        ..fay()
    };
    let refused = book(vec![harbour(about("bigcorp.example"), Stance::Refused)]);
    let verdict = reads(
        &refused,
        &Ties::none(),
        &account(split.clone()),
        Way::Fetch,
        &post(alice()),
    );
    assert_eq!(verdict.because, Because::Rule(RuleId(12)));

    // A handle is easier to claim than an address: it opens nothing.
    let open = vec![harbour(about("bigcorp.example"), Stance::Open)];
    let listed = book_in(Mode::AllowList, open);
    let verdict = reads(
        &listed,
        &Ties::none(),
        &account(split),
        Way::Fetch,
        &post(alice()),
    );
    assert_eq!(verdict.because, Because::Mode(HARBOUR, Mode::AllowList));
    assert!(
        reads(
            &listed,
            &Ties::none(),
            &account(rex()),
            Way::Fetch,
            &post(alice())
        )
        .is_allowed()
    );
}

#[test]
fn l03_a_reply_reaches_only_whom_both_sides_allow() {
    let bobs = Scope::Member(bob().id.unwrap(), HARBOUR);
    let book = book(vec![rule(
        5,
        bobs,
        about("bigcorp.example"),
        Stance::Refused,
    )]);
    let plain = post(alice());
    let reply = Thing {
        within: vec![bob()],
        ..post(alice())
    };
    let rex = account(rex());
    let receives = |thing| {
        ask(
            &book,
            &Ties::none(),
            &rex,
            Act::Receive,
            Way::FollowerDelivery,
            thing,
        )
    };
    assert!(receives(&plain).is_allowed());
    assert_eq!(receives(&reply).because, Because::Rule(RuleId(5)));
}

#[test]
fn l05_l65_who_is_blocked_by_anybody_involved_does_not_see_it() {
    let boost = Thing {
        within: vec![fay()],
        ..post(alice())
    };
    let verdict = reads(
        &book(vec![]),
        &blocks(&fay(), &bob()),
        &member(bob()),
        Way::HomeTimeline,
        &boost,
    );
    assert_eq!(
        verdict.because,
        Because::Block {
            by: fay().id.unwrap()
        }
    );
}

#[test]
fn l19_a_server_sees_what_everybody_sees_and_no_more() {
    let server = Party::Instance(domain("friendly.example"));
    let sees = |visibility| {
        reads(
            &book(vec![]),
            &Ties::none(),
            &server,
            Way::Fetch,
            &thing(alice(), visibility),
        )
        .is_allowed()
    };
    assert!(sees(Visibility::Public) && sees(Visibility::Unlisted));
    assert!(!sees(Visibility::Private) && !sees(Visibility::Direct) && !sees(Visibility::Local));
}

#[test]
fn l16_an_unsigned_fetch_gets_nothing() {
    let verdict = reads(
        &book(vec![]),
        &Ties::none(),
        &Party::Anonymous(HARBOUR),
        Way::Fetch,
        &post(alice()),
    );
    assert_eq!(verdict.because, Because::Unsigned);
}

#[test]
fn l55_one_cannot_favourite_what_one_cannot_see() {
    let private = thing(alice(), Visibility::Private);
    let act = |ties| {
        ask(
            &book(vec![]),
            &ties,
            &account(rex()),
            Act::Favourite,
            Way::Inbox,
            &private,
        )
    };
    assert_eq!(act(Ties::none()).because, Because::Audience);
    assert!(act(follows(&rex(), &alice())).is_allowed());
}

#[test]
fn nobody_but_the_owner_carries_on_what_is_not_public() {
    for visibility in [Visibility::Private, Visibility::Direct, Visibility::Local] {
        let mut thing = thing(alice(), visibility);
        thing.addressed = vec![bob().id.unwrap()];
        let by = |party| {
            let ties = follows(&bob(), &alice());
            ask(&book(vec![]), &ties, &party, Act::Reblog, Way::Rest, &thing).is_allowed()
        };
        assert!(!by(member(bob())));
        assert!(by(member(alice())));
    }
}

#[test]
fn local_things_never_leave_even_to_the_neighbours() {
    let local = thing(alice(), Visibility::Local);
    let sees = |party| {
        reads(
            &book(vec![]),
            &follows(&mia(), &alice()),
            &party,
            Way::Page,
            &local,
        )
    };
    assert!(sees(member(bob())).is_allowed());
    assert_eq!(sees(member(mia())).because, Because::LocalOnly);
    assert_eq!(sees(Party::Anonymous(HARBOUR)).because, Because::LocalOnly);
}

#[test]
fn l06_l36_what_republishes_needs_its_owners_own_yes() {
    let relay = Party::Service(domain("relay.example"));
    let receives = |book: &RuleBook, thing: &Thing| {
        ask(book, &Ties::none(), &relay, Act::Receive, Way::Relay, thing).because
    };
    assert_eq!(receives(&book(vec![]), &post(alice())), Because::NeedsYes);
    let communitys = book(vec![harbour(about("relay.example"), Stance::Open)]);
    assert_eq!(receives(&communitys, &post(alice())), Because::NeedsYes);
    let alices = Scope::Member(alice().id.unwrap(), HARBOUR);
    let agreed = book(vec![rule(1, alices, about("relay.example"), Stance::Open)]);
    assert_eq!(receives(&agreed, &post(alice())), Because::Rule(RuleId(1)));
    assert_eq!(
        receives(&agreed, &thing(alice(), Visibility::Unlisted)),
        Because::Audience
    );
    assert_eq!(receives(&agreed, &post(bob())), Because::NeedsYes);
}

#[test]
fn things_of_others_are_not_ours_to_give() {
    let verdict = reads(
        &book(vec![]),
        &Ties::none(),
        &account(fay()),
        Way::Fetch,
        &post(rex()),
    );
    assert_eq!(verdict.because, Because::NotOurs);
    let claimed = Thing {
        community: Some(HARBOUR),
        ..post(rex())
    };
    let verdict = reads(
        &book(vec![]),
        &Ties::none(),
        &account(fay()),
        Way::Fetch,
        &claimed,
    );
    assert_eq!(verdict.because, Because::NotOurs);
}

#[test]
fn l58_what_is_not_known_is_refused() {
    let nowhere = Person {
        community: Some(CommunityId(99)),
        ..alice()
    };
    let verdict = reads(
        &book(vec![]),
        &Ties::none(),
        &account(rex()),
        Way::Fetch,
        &post(nowhere),
    );
    assert_eq!(verdict.because, Because::NobodyHere);
    assert_eq!(Conditions::from_bits(1 << 31), None);
}

#[test]
fn l40_visitors_are_shown_what_the_community_whose_page_it_is_may_show() {
    let sees = |book: &RuleBook, host: CommunityId, thing: &Thing| {
        reads(
            book,
            &Ties::none(),
            &Party::Anonymous(host),
            Way::Conversation,
            thing,
        )
        .because
    };
    assert_eq!(sees(&book(vec![]), HARBOUR, &post(rex())), Because::Nothing);
    let limited = book(vec![harbour(about("bigcorp.example"), Stance::Limited)]);
    let by_rule = Because::Limited(RuleId(12));
    assert_eq!(sees(&limited, HARBOUR, &post(rex())), by_rule);
    // Meadow's page answers to Meadow's rules.
    assert_eq!(sees(&limited, MEADOW, &post(rex())), Because::Nothing);
    let closed = book_in(Mode::AllowList, vec![]);
    let by_mode = Because::Mode(HARBOUR, Mode::AllowList);
    assert_eq!(sees(&closed, HARBOUR, &post(alice())), by_mode);
    assert_eq!(sees(&closed, MEADOW, &post(alice())), by_mode);
    assert_eq!(sees(&closed, MEADOW, &post(mia())), Because::Nothing);
    // Other servers find people here even so, and asking is never signed.
    let find = ask(
        &closed,
        &Ties::none(),
        &Party::Anonymous(HARBOUR),
        Act::Find,
        Way::WebFinger,
        &post(alice()),
    );
    assert!(find.is_allowed());
}

#[test]
fn l40_visitors_of_a_neighbour_are_met_as_that_neighbour_is() {
    let at = |book: &RuleBook, host: CommunityId, owner: Person| {
        let thing = post(owner);
        let visitor = Party::Anonymous(host);
        reads(book, &Ties::none(), &visitor, Way::Page, &thing).because
    };
    // Harbour refuses Meadow: neither shows its visitors what the other wrote.
    let refused = book(vec![harbour(about("meadow.example"), Stance::Refused)]);
    let by_rule = Because::Rule(RuleId(12));
    assert_eq!(at(&refused, MEADOW, alice()), by_rule);
    assert_eq!(at(&refused, HARBOUR, mia()), by_rule);
    assert_eq!(at(&refused, MEADOW, mia()), Because::Nothing);
    assert_eq!(at(&refused, HARBOUR, alice()), Because::Nothing);
    // Alice refuses Meadow for herself, and Bob does not.
    let scope = Scope::Member(alice().id.unwrap(), HARBOUR);
    let hers = book(vec![rule(
        7,
        scope,
        about("meadow.example"),
        Stance::Refused,
    )]);
    assert_eq!(at(&hers, MEADOW, alice()), Because::Rule(RuleId(7)));
    assert_eq!(at(&hers, MEADOW, bob()), Because::Nothing);
}
