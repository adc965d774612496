//! The gate: one look at the facts, evidence for a yes, silence for a no.
#![allow(clippy::unwrap_used)]

mod world;

use comity_policy::testing::Facts;
use comity_policy::*;
use comity_vocab::Visibility;
use world::*;

#[derive(Debug)]
struct Post(Thing);

impl Subject for Post {
    fn thing(&self) -> Thing {
        self.0.clone()
    }
}

fn gate(facts: &Facts, rules: Vec<Rule>) -> Gate<Facts> {
    Gate::new(facts.clone(), book(rules))
}

fn recipient(person: Person) -> Recipient {
    let inbox = iri(&format!("https://{}/inbox", person.domain));
    Recipient {
        person,
        inbox,
        shared_inbox: None,
    }
}

#[tokio::test]
async fn a_page_of_things_costs_one_question() {
    let facts = Facts::new();
    facts.block(rex().id.unwrap(), alice().id.unwrap());
    let gate = gate(&facts, vec![]);
    let items = vec![
        Post(post(rex())),
        Post(post(fay())),
        Post(thing(fay(), Visibility::Private)),
    ];
    let shown = gate
        .show_all(&member(alice()), Way::HomeTimeline, items)
        .await
        .unwrap();
    assert_eq!(
        shown.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(facts.questions(), 1);
}

#[tokio::test]
async fn what_stands_beside_what_was_shown_costs_no_further_question() {
    let facts = Facts::new();
    facts.block(rex().id.unwrap(), alice().id.unwrap());
    let gate = gate(&facts, vec![]);
    let page = vec![Post(post(fay())), Post(post(rex()))];
    let page = gate
        .show_all(&member(alice()), Way::HomeTimeline, page)
        .await
        .unwrap();
    let seen = page[0].as_ref().unwrap();
    let may = gate
        .may_all_seen(Way::HomeTimeline, &[(Act::Reply, seen)])
        .await
        .unwrap();
    assert!(may[0].is_allowed());
    let people = vec![Post(Thing::of(fay())), Post(Thing::of(rex()))];
    let people = gate
        .show_beside(seen, Way::HomeTimeline, people)
        .await
        .unwrap();
    assert!(people[0].is_ok() && people[1].is_err());
    assert_eq!(facts.questions(), 1);
    // Of others nothing is known yet.
    let sam = || person(22, "sam", "friendly.example", None);
    facts.block(sam().id.unwrap(), alice().id.unwrap());
    let others = vec![Post(Thing::of(sam()))];
    let others = gate
        .show_beside(seen, Way::HomeTimeline, others)
        .await
        .unwrap();
    assert!(others[0].is_err());
    assert_eq!(facts.questions(), 2);
}

#[tokio::test]
async fn what_was_shown_to_two_people_is_asked_of_each() {
    let facts = Facts::new();
    let gate = gate(&facts, vec![]);
    let told = || Thing {
        addressed: vec![alice().id.unwrap()],
        replies: Replies {
            freely: Circle::Mentioned,
            asking: Circle::Nobody,
        },
        ..post(fay())
    };
    let shown = |viewer: Person| {
        let (gate, told) = (&gate, told());
        async move {
            let shown = gate.show(&member(viewer), Way::Page, Post(told)).await;
            shown.unwrap().unwrap()
        }
    };
    let (hers, his) = (shown(alice()).await, shown(bob()).await);
    let asked = [(Act::Reply, &hers), (Act::Reply, &his), (Act::Reply, &hers)];
    let may = gate.may_all_seen(Way::Page, &asked).await.unwrap();
    let may: Vec<bool> = may.iter().map(Verdict::is_allowed).collect();
    assert_eq!(may, [true, false, true]);
}

#[tokio::test]
async fn what_was_known_when_something_was_shown_does_not_outlive_the_rules() {
    let facts = Facts::new();
    let gate = gate(&facts, vec![]);
    let page = vec![Post(post(fay()))];
    let page = gate
        .show_all(&member(alice()), Way::Page, page)
        .await
        .unwrap();
    let seen = page[0].as_ref().unwrap();
    facts.block(fay().id.unwrap(), alice().id.unwrap());
    let there = Hosted::new(HARBOUR, domain("harbour.example"), Mode::Open);
    gate.replace(RuleBook::new(8, NOW, vec![there], vec![]));
    let again = vec![Post(post(fay()))];
    let again = gate.show_beside(seen, Way::Page, again).await.unwrap();
    assert!(again[0].is_err());
    assert_eq!(facts.questions(), 2);
}

#[tokio::test]
async fn nobody_is_asked_where_nobody_has_ties() {
    let facts = Facts::new();
    let gate = gate(&facts, vec![]);
    let server = Party::Instance(domain("friendly.example"));
    for viewer in [Party::Anonymous(HARBOUR), server] {
        let _ = gate
            .show(&viewer, Way::Page, Post(post(alice())))
            .await
            .unwrap();
    }
    let _ = gate
        .show(&member(alice()), Way::Page, Post(post(alice())))
        .await
        .unwrap();
    assert_eq!(facts.questions(), 0);
}

#[tokio::test]
async fn l01_l02_each_recipient_is_cleared_and_each_refusal_kept_with_its_reason() {
    let facts = Facts::new();
    facts.block(fay().id.unwrap(), alice().id.unwrap());
    let gate = gate(
        &facts,
        vec![harbour(about("bigcorp.example"), Stance::Refused)],
    );
    let meg = person(21, "meg", "friendly.example", None);
    let all = vec![recipient(rex()), recipient(fay()), recipient(meg.clone())];
    let audience = gate
        .address(Post(post(alice())), Way::FollowerDelivery, all)
        .await
        .unwrap();
    assert_eq!(audience.cleared(), [recipient(meg.clone())]);
    let reasons: Vec<Because> = audience
        .refused()
        .iter()
        .map(|(_, no)| no.because)
        .collect();
    assert_eq!(
        reasons,
        [
            Because::Rule(RuleId(12)),
            Because::Block {
                by: fay().id.unwrap()
            }
        ]
    );
    assert_eq!(audience.subject().viewer(), &account(meg));
    assert_eq!(facts.questions(), 1);
}

#[tokio::test]
async fn a_post_kept_from_software_is_kept_from_it_where_no_rule_speaks_of_any() {
    let facts = Facts::new();
    facts.know(
        rex().domain,
        Peer {
            software: Some("oldmill".to_owned()),
            known_days: Some(100),
            ..Peer::default()
        },
    );
    let kept = Post(Thing {
        kept_from: vec![Pattern::Software {
            name: "oldmill".to_owned(),
            before: None,
        }],
        ..post(alice())
    });
    let gate = gate(&facts, vec![]);
    let audience = gate
        .address(
            kept,
            Way::FollowerDelivery,
            vec![recipient(rex()), recipient(fay())],
        )
        .await
        .unwrap();
    assert_eq!(audience.refused()[0].1.because, Because::KeptFrom);
    assert_eq!(audience.cleared(), [recipient(fay())]);
}

#[tokio::test]
async fn l50_an_inbox_at_a_refused_place_is_refused_with_it() {
    let gate = gate(
        &Facts::new(),
        vec![harbour(about("bigcorp.example"), Stance::Refused)],
    );
    let shared = Some(iri("https://bigcorp.example/inbox"));
    let elsewhere = Recipient {
        shared_inbox: shared,
        ..recipient(fay())
    };
    let audience = gate
        .address(Post(post(alice())), Way::FollowerDelivery, vec![elsewhere])
        .await
        .unwrap();
    assert!(audience.cleared().is_empty());
    assert_eq!(
        audience.subject().viewer(),
        &member(alice()),
        "nobody else may see it"
    );
}

#[tokio::test]
async fn l63_a_refused_domain_is_not_even_contacted() {
    let gate = gate(
        &Facts::new(),
        vec![harbour(about("bigcorp.example"), Stance::Refused)],
    );
    for host in ["bigcorp.example", "media.bigcorp.example"] {
        let no = gate
            .permit(HARBOUR, &domain(host), Contact::Fetch)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(*no.because(), Because::Rule(RuleId(12)));
        assert!(
            gate.permit(MEADOW, &domain(host), Contact::Fetch)
                .await
                .unwrap()
                .is_ok(),
            "not meadow's rule"
        );
    }
    let permit = gate
        .permit(HARBOUR, &domain("friendly.example"), Contact::Deliver)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (permit.domain().as_str(), permit.contact()),
        ("friendly.example", Contact::Deliver)
    );
    let no = gate
        .permit(HARBOUR, &domain("harbour.example"), Contact::Fetch)
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(*no.because(), Because::Ourselves);
    let no = gate
        .permit(CommunityId(9), &domain("friendly.example"), Contact::Fetch)
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(*no.because(), Because::NobodyHere);
}

#[tokio::test]
async fn an_allow_list_contacts_whom_it_names() {
    let named = harbour(Pattern::Account(fay().iri), Stance::Open);
    let gate = Gate::new(Facts::new(), book_in(Mode::AllowList, vec![named]));
    assert!(
        gate.permit(HARBOUR, &domain("bigcorp.example"), Contact::Fetch)
            .await
            .unwrap()
            .is_err()
    );
    // An account opened by name has to be reachable.
    assert!(
        gate.permit(HARBOUR, &domain("friendly.example"), Contact::Fetch)
            .await
            .unwrap()
            .is_ok()
    );
}

#[tokio::test]
async fn l59_a_rule_set_at_noon_binds_what_was_queued_before() {
    let gate = gate(&Facts::new(), vec![]);
    assert!(
        gate.permit(HARBOUR, &domain("bigcorp.example"), Contact::Deliver)
            .await
            .unwrap()
            .is_ok()
    );
    let rules = vec![harbour(about("bigcorp.example"), Stance::Refused)];
    let modes = vec![Hosted::new(HARBOUR, domain("harbour.example"), Mode::Open)];
    gate.replace(RuleBook::new(8, NOW, modes.clone(), rules));
    assert_eq!(gate.epoch(), 8);
    assert!(
        gate.permit(HARBOUR, &domain("bigcorp.example"), Contact::Deliver)
            .await
            .unwrap()
            .is_err()
    );
    // A book that was made before and arrives late changes nothing.
    gate.replace(RuleBook::new(7, NOW, modes, vec![]));
    assert_eq!(gate.epoch(), 8);
}

#[tokio::test]
async fn l29_only_ones_own_decision_is_told_and_only_where_nothing_else_refuses() {
    let refused = harbour(about("bigcorp.example"), Stance::Refused);
    let gate = gate(&Facts::new(), vec![refused]);
    let gate = &gate;
    let no = |viewer: Party, thing: Thing| async move {
        gate.show(&viewer, Way::Rest, Post(thing))
            .await
            .unwrap()
            .unwrap_err()
    };
    assert!(!no(member(alice()), post(rex())).await.hides_existence());
    // A private thing would show by the difference that it exists.
    assert!(
        no(member(alice()), thing(rex(), Visibility::Private))
            .await
            .hides_existence()
    );
    assert!(no(account(rex()), post(alice())).await.hides_existence());
    assert!(
        no(member(bob()), thing(alice(), Visibility::Direct))
            .await
            .hides_existence()
    );
    let refusal = no(member(alice()), post(rex())).await;
    assert_eq!(
        refusal.to_string(),
        "read by rest refused: a rule refuses it"
    );
}

#[tokio::test]
async fn may_answers_for_acts_between_people_here() {
    let facts = Facts::new();
    facts.block(alice().id.unwrap(), bob().id.unwrap());
    let gate = gate(&facts, vec![]);
    let follow = gate
        .may(&member(bob()), Act::Follow, Way::Rest, &Post(post(alice())))
        .await
        .unwrap();
    assert!(follow.unwrap_err().hides_existence());
    let follow = gate
        .may(&member(alice()), Act::Follow, Way::Rest, &Post(post(bob())))
        .await
        .unwrap();
    assert!(
        !follow.unwrap_err().hides_existence(),
        "she knows whom she blocks"
    );
}

#[tokio::test]
async fn a_notice_goes_to_whom_the_rule_is_about_in_the_words_of_its_reason_and_to_nobody_else() {
    let wants = |id, scope, reason: Option<&str>| Rule {
        conditions: Conditions::APPEND_NOTICE,
        reason_public: reason.map(str::to_owned),
        reason_moderators: Some("seen by night".to_owned()),
        ..rule(id, scope, about("bigcorp.example"), Stance::Open)
    };
    let own = Scope::Member(alice().id.unwrap(), HARBOUR);
    let rules = vec![
        wants(11, own, Some("mine")),
        wants(12, Scope::Community(HARBOUR), None),
        // Of another community, and of somebody whom she answers: neither is about what she writes.
        wants(13, Scope::Community(MEADOW), Some("theirs")),
        wants(14, Scope::Member(bob().id.unwrap(), HARBOUR), Some("his")),
    ];
    let gate = gate(&Facts::new(), rules);
    let answer = || {
        Post(Thing {
            within: vec![bob()],
            ..post(alice())
        })
    };
    let said = |seen: &Visible<Post>| -> Vec<_> {
        let all = seen.notices().iter();
        all.map(|notice| (notice.scope, notice.reason.clone()))
            .collect()
    };
    let to_rex = gate
        .show(&account(rex()), Way::Fetch, answer())
        .await
        .unwrap()
        .unwrap();
    let both = vec![
        (Scope::Community(HARBOUR), None),
        (own, Some("mine".to_owned())),
    ];
    assert_eq!(said(&to_rex), both);
    for other in [account(fay()), member(bob()), member(alice())] {
        let seen = gate
            .show(&other, Way::Rest, answer())
            .await
            .unwrap()
            .unwrap();
        assert!(seen.notices().is_empty(), "{other:?}");
    }
    let everybody = vec![recipient(fay()), recipient(rex())];
    let audience = gate
        .address(answer(), Way::FollowerDelivery, everybody)
        .await
        .unwrap();
    assert_eq!(audience.cleared().len(), 2);
    let noted: Vec<_> = audience.noted().collect();
    assert_eq!(noted, [(&recipient(rex()), to_rex.notices())]);
}

#[test]
fn only_rules_that_bind_an_author_make_notices_under_what_they_write_and_only_where_they_may_speak_of_somebody()
 {
    let hosts = ["bigcorp.example", "eu.bigcorp.example", "plaza.example"].map(domain);
    let told = |scope, pattern| {
        let wants = Rule {
            conditions: Conditions::APPEND_NOTICE,
            ..rule(11, scope, pattern, Stance::Open)
        };
        let gate = gate(&Facts::new(), vec![wants]);
        let told = gate.book().with_notices(&alice(), &hosts);
        hosts.iter().filter(|host| told.contains(host)).count()
    };
    let of = |person: Person| Scope::Member(person.id.unwrap(), HARBOUR);
    for scope in [Scope::Operator, Scope::Community(HARBOUR), of(alice())] {
        assert_eq!(told(scope, about("bigcorp.example")), 2, "{scope:?}");
        assert_eq!(told(scope, Pattern::Everything), 3, "{scope:?}");
        assert_eq!(told(scope, about("elsewhere.example")), 0, "{scope:?}");
    }
    for others in [Scope::Community(MEADOW), of(bob())] {
        assert_eq!(told(others, Pattern::Everything), 0, "{others:?}");
    }
}

#[test]
fn what_the_gate_returns_can_wait_on_any_thread() {
    fn waits<T: Send>(_: T) {}
    let gate = gate(&Facts::new(), vec![]);
    let (viewer, owned) = (Party::Anonymous(HARBOUR), post(alice()));
    let exchange = Exchange {
        party: &viewer,
        act: Act::Read,
        way: Way::Page,
        thing: &owned,
    };
    waits(gate.show(&viewer, Way::Page, Post(post(alice()))));
    waits(gate.show_all(&viewer, Way::Page, vec![Post(post(alice()))]));
    waits(gate.address(Post(post(alice())), Way::FollowerDelivery, vec![]));
    waits(gate.judge(&exchange));
}
