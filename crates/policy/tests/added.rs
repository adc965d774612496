//! Rules that only add: what they say is added to whatever else decides, and they open nothing.
#![allow(clippy::unwrap_used)]

mod world;

use comity_policy::*;
use world::*;

const ADDS: RuleId = RuleId(12);

/// Harbour's rule about rex by his account: with this stance, and what he writes is marked.
fn marks(stance: Stance) -> Rule {
    Rule {
        conditions: Conditions::MARK_SENSITIVE,
        ..harbour(Pattern::Account(rex().iri), stance)
    }
}

fn of_rex(book: &RuleBook, act: Act, way: Way) -> Verdict {
    ask(
        book,
        &Ties::none(),
        &account(rex()),
        act,
        way,
        &post(alice()),
    )
}

fn brought(book: &RuleBook) -> Verdict {
    of_rex(book, Act::Deliver, Way::Inbox)
}

#[test]
fn where_nothing_else_stands_against_them_it_is_the_conditions_that_are_added() {
    let book = book(vec![marks(Stance::Unchanged)]);
    let verdict = brought(&book);
    assert!(verdict.is_allowed());
    assert_eq!(verdict.conditions, Conditions::MARK_SENSITIVE);
    assert_eq!(verdict.because, Because::Rule(ADDS));
    // What somebody else there writes is as it was.
    let other = account(person(32, "o", "bigcorp.example", None));
    let verdict = ask(
        &book,
        &Ties::none(),
        &other,
        Act::Deliver,
        Way::Inbox,
        &post(alice()),
    );
    assert_eq!(
        (verdict.conditions, verdict.because),
        (Conditions::NONE, Because::Nothing)
    );
}

#[test]
fn it_lets_nobody_in_by_an_allow_list_nor_makes_contact_with_their_server() {
    let server = Party::Instance(rex().domain);
    let contact = |book: &RuleBook| {
        let thing = post(alice());
        ask(
            book,
            &Ties::none(),
            &server,
            Act::Contact,
            Way::Fetch,
            &thing,
        )
    };
    let closed = book_in(Mode::AllowList, vec![marks(Stance::Unchanged)]);
    let by_mode = Because::Mode(HARBOUR, Mode::AllowList);
    assert_eq!(brought(&closed).because, by_mode);
    assert_eq!(of_rex(&closed, Act::Read, Way::Fetch).because, by_mode);
    assert_eq!(contact(&closed).because, by_mode);
    let theirs = ask(
        &closed,
        &Ties::none(),
        &member(alice()),
        Act::Read,
        Way::Rest,
        &post(rex()),
    );
    assert_eq!(theirs.because, by_mode);
    assert!(
        theirs.conditions.contains(Conditions::MARK_SENSITIVE),
        "what is added counts for what came before as well"
    );
    let opened = book_in(Mode::AllowList, vec![marks(Stance::Open)]);
    assert!(brought(&opened).is_allowed() && contact(&opened).is_allowed());
}

#[test]
fn nobody_is_known_by_it_to_a_cautious_community_nor_to_a_closed_gate() {
    let cautious = |stance| book_in(Mode::Cautious, vec![marks(stance)]);
    let follow = of_rex(&cautious(Stance::Unchanged), Act::Follow, Way::Inbox);
    assert_eq!(follow.outcome, Outcome::Hold);
    assert_eq!(follow.because, Because::Mode(HARBOUR, Mode::Cautious));
    assert!(of_rex(&cautious(Stance::Open), Act::Follow, Way::Inbox).is_allowed());
    // What the mode lets pass is told by the mode.
    let passed = brought(&cautious(Stance::Unchanged));
    assert!(passed.is_allowed() && passed.conditions.contains(Conditions::MARK_SENSITIVE));
    assert_eq!(passed.because, Because::Mode(HARBOUR, Mode::Cautious));

    let closed = |stance| {
        let gated = Hosted {
            gate_until: Some(NOW + 1),
            ..Hosted::new(HARBOUR, domain("harbour.example"), Mode::Open)
        };
        RuleBook::new(7, NOW, vec![gated], vec![marks(stance)])
    };
    let verdict = brought(&closed(Stance::Unchanged));
    assert_eq!(verdict.because, Because::EmergencyGate(HARBOUR));
    assert!(brought(&closed(Stance::Open)).is_allowed());
}

#[test]
fn it_takes_nobody_off_a_list_and_a_list_that_it_names_vouches_for_nobody() {
    let list = |entry| ListEntries {
        id: ListId(3),
        owner: Scope::Community(HARBOUR),
        name: "known".into(),
        entries: vec![entry],
    };
    let of_list = |stance| Rule {
        id: RuleId(13),
        ..harbour(Pattern::List(ListId(3)), stance)
    };
    let refused = |stance| {
        let rules = vec![marks(stance), of_list(Stance::Refused)];
        book(rules).with_lists(vec![list(Pattern::Account(rex().iri))])
    };
    let verdict = brought(&refused(Stance::Unchanged));
    assert_eq!(verdict.because, Because::Rule(RuleId(13)));
    assert!(verdict.set_aside.is_empty());
    let verdict = brought(&refused(Stance::Open));
    assert!(verdict.is_allowed());
    assert_eq!(verdict.set_aside, [RuleId(13)]);

    let vouched = |stance| {
        book_in(Mode::AllowList, vec![of_list(stance)])
            .with_lists(vec![list(about("bigcorp.example"))])
    };
    let verdict = brought(&vouched(Stance::Unchanged));
    assert_eq!(verdict.because, Because::Mode(HARBOUR, Mode::AllowList));
    assert!(brought(&vouched(Stance::Open)).is_allowed());
}

#[test]
fn a_members_own_is_no_yes_to_who_passes_things_on() {
    let own = Scope::Member(alice().id.unwrap(), HARBOUR);
    let relay = Party::Service(domain("bigcorp.example"));
    let receives = |stance| {
        let book = book(vec![rule(12, own, about("bigcorp.example"), stance)]);
        let thing = post(alice());
        ask(
            &book,
            &Ties::none(),
            &relay,
            Act::Receive,
            Way::Relay,
            &thing,
        )
    };
    assert_eq!(receives(Stance::Unchanged).because, Because::NeedsYes);
    assert!(receives(Stance::Open).is_allowed());
}
