//! What people are told, and what they are not.
#![allow(clippy::unwrap_used)]

mod world;

use comity_policy::*;
use comity_vocab::Visibility;
use world::*;

fn reasoned(scope: Scope, stance: Stance) -> Rule {
    Rule {
        reason_public: Some("it answers no reports".into()),
        reason_members: Some("it answers no reports, and we asked three times".into()),
        reason_moderators: Some("see the case of Ines".into()),
        ..rule(12, scope, about("bücher.example"), stance)
    }
}

fn verdict(book: &RuleBook) -> Verdict {
    let stranger = account(person(40, "s", "xn--bcher-kva.example", None));
    ask(
        book,
        &Ties::none(),
        &stranger,
        Act::Follow,
        Way::Inbox,
        &post(alice()),
    )
}

const ALICE: Listener = Listener::Member(PersonId(1), HARBOUR);

#[test]
fn a_rule_is_told_in_plain_words_and_with_the_reason_meant_for_the_listener() {
    let book = book(vec![reasoned(Scope::Community(HARBOUR), Stance::Refused)]);
    let verdict = verdict(&book);
    let start = "harbour.example refuses bücher.example (rule 12, since 3 May 2026): ";
    let told = |listener| verdict.sentence_for(&book, listener);
    assert_eq!(
        verdict.sentence(&book),
        format!("{start}it answers no reports")
    );
    assert_eq!(
        told(ALICE),
        format!("{start}it answers no reports, and we asked three times")
    );
    assert_eq!(
        told(Listener::Moderator(HARBOUR, None)),
        format!("{start}see the case of Ines")
    );
    // Meadow's people are the public here.
    for listener in [
        Listener::Moderator(MEADOW, None),
        Listener::Member(PersonId(3), MEADOW),
    ] {
        assert_eq!(told(listener), format!("{start}it answers no reports"));
    }
}

#[test]
fn what_one_member_laid_down_is_told_to_nobody_else() {
    let alices = Scope::Member(alice().id.unwrap(), HARBOUR);
    let book = book(vec![reasoned(alices, Stance::Refused)]);
    let verdict = verdict(&book);
    assert_eq!(verdict.sentence(&book), "It is not available.");
    let bobs = Listener::Member(PersonId(2), HARBOUR);
    assert_eq!(verdict.sentence_for(&book, bobs), "It is not available.");
    let own = "You refuse bücher.example (rule 12, since 3 May 2026): see the case of Ines";
    assert_eq!(verdict.sentence_for(&book, ALICE), own);
    // Moderators and the log hear that there is a rule, and nothing of why.
    for who in [None, Some(PersonId(2))] {
        assert_eq!(
            verdict.sentence_for(&book, Listener::Moderator(HARBOUR, who)),
            "A member refuses bücher.example (rule 12, since 3 May 2026)."
        );
    }
    let moderator = Listener::Moderator(HARBOUR, alice().id);
    assert_eq!(verdict.sentence_for(&book, moderator), own);
}

#[test]
fn who_blocks_whom_is_between_them() {
    let book = book(vec![]);
    let ties = blocks(&alice(), &bob());
    let verdict = ask(
        &book,
        &ties,
        &member(bob()),
        Act::Read,
        Way::Page,
        &post(alice()),
    );
    let bobs = Listener::Member(PersonId(2), HARBOUR);
    assert_eq!(verdict.sentence_for(&book, bobs), "It is not available.");
    assert_eq!(verdict.sentence_for(&book, ALICE), "You block them.");
}

#[test]
fn every_stance_and_mode_has_its_words() {
    let mut told = Vec::new();
    for stance in Stance::ALL {
        let book = book(vec![rule(
            12,
            Scope::Community(HARBOUR),
            about("bigcorp.example"),
            stance,
        )]);
        let thing = thing(alice(), Visibility::Private);
        let act = if stance == Stance::Withheld {
            Act::Receive
        } else {
            Act::Follow
        };
        let rex = account(rex());
        let verdict = ask(&book, &Ties::none(), &rex, act, Way::Inbox, &thing);
        told.push(verdict.sentence(&book));
    }
    for mode in [Mode::Cautious, Mode::AllowList] {
        let book = book_in(mode, vec![]);
        told.push(verdict(&book).sentence(&book));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    harbour.example welcomes bigcorp.example (rule 12, since 3 May 2026).
    harbour.example meets bigcorp.example as is decided otherwise (rule 12, since 3 May 2026).
    harbour.example shows what comes from bigcorp.example only to people who follow its author (rule 12, since 3 May 2026).
    harbour.example asks first whether bigcorp.example may make contact (rule 12, since 3 May 2026).
    harbour.example gives bigcorp.example only what is public, and sends it nothing (rule 12, since 3 May 2026).
    harbour.example refuses bigcorp.example (rule 12, since 3 May 2026).
    harbour.example does not know this server yet, and first contact waits for a yes.
    harbour.example exchanges only with servers it chose, and this one is not among them.
    ");
}

#[test]
fn what_a_rule_only_adds_is_said_beside_what_is_decided_otherwise() {
    let adds = |scope, conditions| Rule {
        conditions,
        ..rule(12, scope, about("bücher.example"), Stance::Unchanged)
    };
    let of_harbour = adds(Scope::Community(HARBOUR), Conditions::MARK_SENSITIVE);
    let free = book(vec![of_harbour.clone()]);
    assert_eq!(
        verdict(&free).sentence(&free),
        "harbour.example meets bücher.example as is decided otherwise, and adds to it (mark sensitive) (rule 12, since 3 May 2026)."
    );
    let own = Scope::Member(alice().id.unwrap(), HARBOUR);
    let free = book(vec![adds(own, Conditions::MARK_SENSITIVE)]);
    assert_eq!(
        verdict(&free).sentence_for(&free, ALICE),
        "You meet bücher.example as is decided otherwise, and add to it (mark sensitive) (rule 12, since 3 May 2026)."
    );
    // What decided is told, and not what was added to it.
    let cautious = book_in(Mode::Cautious, vec![of_harbour]);
    assert_eq!(
        verdict(&cautious).sentence(&cautious),
        "harbour.example does not know this server yet, and first contact waits for a yes."
    );
    // Where it refuses by what it adds, that is what decided.
    let free = book(vec![adds(
        Scope::Community(HARBOUR),
        Conditions::REJECT_REPORTS,
    )]);
    let stranger = account(person(40, "s", "xn--bcher-kva.example", None));
    let report = ask(
        &free,
        &Ties::none(),
        &stranger,
        Act::Report,
        Way::Inbox,
        &post(alice()),
    );
    assert_eq!(
        report.sentence(&free),
        "harbour.example sets limits to bücher.example (reject reports) (rule 12, since 3 May 2026)."
    );
}

#[test]
fn a_list_goes_by_its_name_and_by_what_it_says_of_them() {
    let list = ListEntries {
        id: ListId(3),
        owner: Scope::Community(HARBOUR),
        name: "leaky".into(),
        entries: vec![about("bücher.example")],
    };
    let rule = Rule {
        pattern: Pattern::List(ListId(3)),
        ..reasoned(Scope::Community(HARBOUR), Stance::Refused)
    };
    let named = book(vec![rule.clone()]).with_lists(vec![list]);
    assert_eq!(
        verdict(&named).sentence(&named),
        "harbour.example refuses everybody on the list “leaky” (rule 12, since 3 May 2026; the list \
         names bücher.example): it answers no reports"
    );
    // A list that is gone names nobody.
    let gone = book(vec![rule.clone()]);
    assert_eq!(verdict(&gone).because, Because::Nothing);
    assert_eq!(gone.whom(&rule.pattern), "everybody on a list that is gone");
}
