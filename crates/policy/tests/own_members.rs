//! What moderators say of a member of their own community, by name.
#![allow(clippy::unwrap_used)]

mod world;

use comity_policy::*;
use comity_vocab::Visibility;
use world::*;

const OF_ALICE: RuleId = RuleId(12);

fn of_alice(stance: Stance, conditions: Conditions) -> RuleBook {
    let pattern = Pattern::Account(alice().iri);
    book(vec![Rule {
        conditions,
        ..harbour(pattern, stance)
    }])
}

fn limited() -> RuleBook {
    of_alice(Stance::Limited, Conditions::NONE)
}

fn marked() -> RuleBook {
    of_alice(Stance::Unchanged, Conditions::MARK_SENSITIVE)
}

#[test]
fn a_limited_member_is_shown_to_who_follows_them_and_in_no_public_place() {
    let (book, follows) = (limited(), follows(&bob(), &alice()));
    let reads = |ties: &Ties, way| ask(&book, ties, &member(bob()), Act::Read, way, &post(alice()));
    for way in [Way::LocalTimeline, Way::PublicTimeline, Way::Search] {
        for ties in [&Ties::none(), &follows] {
            let verdict = reads(ties, way);
            assert_eq!(verdict.because, Because::Limited(OF_ALICE), "{way:?}");
        }
    }
    for way in [Way::HomeTimeline, Way::Stream, Way::Notification, Way::Push] {
        assert!(!reads(&Ties::none(), way).is_allowed(), "{way:?}");
        assert!(reads(&follows, way).is_allowed(), "{way:?}");
    }
    // Whoever goes and looks finds it, marked.
    let page = reads(&Ties::none(), Way::Page);
    assert!(page.is_allowed() && page.conditions.contains(Conditions::LIMITED));
    let folded = reads(&Ties::none(), Way::Conversation).conditions;
    assert!(folded.contains(Conditions::FOLDED));
    let visitor = Party::Anonymous(HARBOUR);
    for way in [Way::Page, Way::Feed, Way::PublicTimeline] {
        let verdict = ask(
            &book,
            &Ties::none(),
            &visitor,
            Act::Read,
            way,
            &post(alice()),
        );
        assert!(!verdict.is_allowed(), "{way:?}");
    }
}

#[test]
fn who_they_are_to_others_stays_as_it_was() {
    let book = limited();
    let none = Ties::none();
    let own = ask(
        &book,
        &none,
        &member(alice()),
        Act::Read,
        Way::PublicTimeline,
        &post(alice()),
    );
    assert_eq!(
        (own.outcome, own.conditions),
        (Outcome::Allow, Conditions::NONE)
    );
    let theirs = ask(
        &book,
        &none,
        &member(alice()),
        Act::Read,
        Way::HomeTimeline,
        &post(bob()),
    );
    assert!(theirs.is_allowed());
    // Other communities and servers go by their own rules.
    for (party, act, way) in [
        (member(mia()), Act::Read, Way::PublicTimeline),
        (account(rex()), Act::Receive, Way::FollowerDelivery),
        (account(rex()), Act::Read, Way::Fetch),
    ] {
        let verdict = ask(&book, &none, &party, act, way, &post(alice()));
        assert_eq!(verdict.because, Because::Nothing, "{way:?}");
    }
    // Where somebody is, and the files of what was sent, are asked for in nobody's name.
    let visitor = Party::Anonymous(HARBOUR);
    for (act, way) in [(Act::Find, Way::WebFinger), (Act::Media, Way::Rest)] {
        assert!(
            ask(&book, &none, &visitor, act, way, &post(alice())).is_allowed(),
            "{way:?}"
        );
    }
}

#[test]
fn a_limited_members_follow_needs_a_yes_and_their_report_is_taken() {
    let book = limited();
    let asks = |act, way| {
        ask(
            &book,
            &Ties::none(),
            &member(alice()),
            act,
            way,
            &post(bob()),
        )
    };
    let follow = asks(Act::Follow, Way::Rest);
    assert!(follow.is_allowed());
    assert!(
        follow
            .conditions
            .contains(Conditions::FOLLOWS_NEED_APPROVAL)
    );
    assert!(asks(Act::Report, Way::Rest).is_allowed());
    assert!(!asks(Act::Mention, Way::Notification).is_allowed());
}

#[test]
fn the_mark_goes_along_to_everybody_but_the_member() {
    let (book, none) = (marked(), Ties::none());
    for (party, act, way) in [
        (Party::Anonymous(HARBOUR), Act::Read, Way::Page),
        (member(bob()), Act::Read, Way::PublicTimeline),
        (member(mia()), Act::Read, Way::HomeTimeline),
        (account(rex()), Act::Receive, Way::FollowerDelivery),
        (account(rex()), Act::Read, Way::Fetch),
    ] {
        let verdict = ask(&book, &none, &party, act, way, &post(alice()));
        assert!(verdict.is_allowed(), "{way:?}");
        assert!(
            verdict.conditions.contains(Conditions::MARK_SENSITIVE),
            "{way:?}"
        );
        assert_eq!(verdict.considered, [OF_ALICE]);
    }
    let own = ask(
        &book,
        &none,
        &member(alice()),
        Act::Read,
        Way::HomeTimeline,
        &post(alice()),
    );
    assert!(own.conditions.is_empty());
    let answer = Thing {
        within: vec![alice()],
        ..thing(bob(), Visibility::Public)
    };
    let answer = ask(
        &book,
        &none,
        &account(rex()),
        Act::Read,
        Way::Fetch,
        &answer,
    );
    assert!(answer.conditions.is_empty(), "what others answer is theirs");
}

#[test]
fn a_list_that_names_a_member_parts_nobody_at_home() {
    let list = ListEntries {
        id: ListId(7),
        owner: Scope::Community(HARBOUR),
        name: "taken in".into(),
        entries: vec![Pattern::Account(alice().iri)],
    };
    let refused = harbour(Pattern::List(ListId(7)), Stance::Refused);
    let book = book(vec![refused]).with_lists(vec![list]);
    let verdict = ask(
        &book,
        &Ties::none(),
        &member(bob()),
        Act::Read,
        Way::Page,
        &post(alice()),
    );
    assert_eq!(verdict.because, Because::Nothing);
}
