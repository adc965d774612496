//! The decision, told as what happens to people. Stances, modes and people.
#![allow(clippy::unwrap_used)]

mod world;

use comity_policy::*;
use comity_vocab::Visibility;
use world::*;

fn reads(book: &RuleBook, ties: &Ties, party: &Party, way: Way, thing: &Thing) -> Verdict {
    ask(book, ties, party, Act::Read, way, thing)
}

#[test]
fn a_refused_server_gets_nothing_and_brings_nothing() {
    let book = book(vec![harbour(about("bigcorp.example"), Stance::Refused)]);
    for (act, way) in [
        (Act::Deliver, Way::SharedInbox),
        (Act::Follow, Way::Inbox),
        (Act::Read, Way::Fetch),
        (Act::Receive, Way::FollowerDelivery),
        (Act::Find, Way::WebFinger),
    ] {
        let verdict = ask(
            &book,
            &Ties::none(),
            &account(rex()),
            act,
            way,
            &post(alice()),
        );
        assert_eq!(verdict.outcome, Outcome::Refuse, "{act:?}");
        assert_eq!(verdict.because, Because::Rule(RuleId(12)));
        assert_eq!(verdict.considered, [RuleId(12)]);
    }
    let fay = ask(
        &book,
        &Ties::none(),
        &account(fay()),
        Act::Follow,
        Way::Inbox,
        &post(alice()),
    );
    assert_eq!(fay.because, Because::Nothing);
}

#[test]
fn a_rule_that_names_ones_own_domain_parts_nobody_at_home() {
    let all = [
        rule(
            1,
            Scope::Operator,
            about("harbour.example"),
            Stance::Refused,
        ),
        rule(
            2,
            Scope::Community(HARBOUR),
            about("harbour.example"),
            Stance::Refused,
        ),
        rule(
            3,
            Scope::Community(HARBOUR),
            Pattern::Everything,
            Stance::Refused,
        ),
        rule(
            4,
            Scope::Member(bob().id.unwrap(), HARBOUR),
            Pattern::Everything,
            Stance::Refused,
        ),
    ];
    let book = book_in(Mode::AllowList, all.to_vec());
    assert!(
        reads(
            &book,
            &Ties::none(),
            &member(bob()),
            Way::HomeTimeline,
            &post(alice())
        )
        .is_allowed()
    );
    // A member's rule about one account counts at home as well.
    let bobs = Scope::Member(bob().id.unwrap(), HARBOUR);
    let one = rule(9, bobs, Pattern::Account(alice().iri), Stance::Refused);
    let book = world::book(vec![one]);
    let verdict = reads(
        &book,
        &Ties::none(),
        &member(bob()),
        Way::HomeTimeline,
        &post(alice()),
    );
    assert_eq!(verdict.because, Because::Rule(RuleId(9)));
}

#[test]
fn two_communities_of_one_installation_meet_like_servers() {
    let book = book(vec![harbour(about("meadow.example"), Stance::Refused)]);
    let harbours = reads(
        &book,
        &Ties::none(),
        &member(mia()),
        Way::Page,
        &post(alice()),
    );
    let meadows = reads(
        &book,
        &Ties::none(),
        &member(alice()),
        Way::Page,
        &post(mia()),
    );
    assert_eq!(harbours.because, Because::Rule(RuleId(12)));
    assert_eq!(meadows.because, Because::Rule(RuleId(12)));
}

#[test]
fn an_allow_list_lets_in_whom_it_names_and_only_its_own_yes_counts() {
    let alices = Scope::Member(alice().id.unwrap(), HARBOUR);
    let members_yes = rule(1, alices, about("bigcorp.example"), Stance::Open);
    let operators_yes = rule(2, Scope::Operator, about("bigcorp.example"), Stance::Open);
    let closed = book_in(Mode::AllowList, vec![members_yes, operators_yes]);
    for (party, thing) in [
        (account(rex()), post(alice())),
        (member(alice()), post(rex())),
    ] {
        let verdict = reads(&closed, &Ties::none(), &party, Way::Rest, &thing);
        assert_eq!(verdict.because, Because::Mode(HARBOUR, Mode::AllowList));
    }
    let open = book_in(
        Mode::AllowList,
        vec![harbour(about("bigcorp.example"), Stance::Open)],
    );
    for (party, thing) in [
        (account(rex()), post(alice())),
        (member(alice()), post(rex())),
    ] {
        assert!(reads(&open, &Ties::none(), &party, Way::Rest, &thing).is_allowed());
    }
    // A milder rule is no yes.
    let limited = book_in(
        Mode::AllowList,
        vec![harbour(about("bigcorp.example"), Stance::Limited)],
    );
    let verdict = reads(
        &limited,
        &Ties::none(),
        &account(rex()),
        Way::Fetch,
        &post(alice()),
    );
    assert_eq!(verdict.outcome, Outcome::Refuse);
}

#[test]
fn an_open_rule_takes_nothing_back_from_a_stricter_one() {
    let book = book(vec![
        rule(
            1,
            Scope::Community(HARBOUR),
            about("bigcorp.example"),
            Stance::Refused,
        ),
        rule(
            2,
            Scope::Community(HARBOUR),
            about("nice.bigcorp.example"),
            Stance::Open,
        ),
        rule(
            3,
            Scope::Member(alice().id.unwrap(), HARBOUR),
            about("bigcorp.example"),
            Stance::Open,
        ),
    ]);
    let nice = account(person(31, "n", "nice.bigcorp.example", None));
    let verdict = reads(&book, &Ties::none(), &nice, Way::Fetch, &post(alice()));
    assert_eq!(verdict.because, Because::Rule(RuleId(1)));
    assert_eq!(verdict.considered, [RuleId(1), RuleId(2), RuleId(3)]);
}

#[test]
fn limited_is_for_followers_and_marked_where_one_looks() {
    let book = book(vec![harbour(about("bigcorp.example"), Stance::Limited)]);
    let (me, theirs) = (member(alice()), post(rex()));
    let follower = follows(&alice(), &rex());
    for way in [Way::HomeTimeline, Way::Notification, Way::Stream, Way::Push] {
        assert!(
            !reads(&book, &Ties::none(), &me, way, &theirs).is_allowed(),
            "{way:?}"
        );
        assert!(
            reads(&book, &follower, &me, way, &theirs).is_allowed(),
            "{way:?}"
        );
    }
    for way in [Way::LocalTimeline, Way::PublicTimeline, Way::Search] {
        assert!(
            !reads(&book, &follower, &me, way, &theirs).is_allowed(),
            "{way:?}"
        );
    }
    for way in [Way::Conversation, Way::Page, Way::Rest] {
        let verdict = reads(&book, &Ties::none(), &me, way, &theirs);
        assert!(verdict.is_allowed() && verdict.conditions.contains(Conditions::LIMITED));
        assert_eq!(verdict.because, Because::Limited(RuleId(12)));
    }
    // Nor by other people's boosts.
    let boost = Thing {
        within: vec![rex()],
        ..post(bob())
    };
    assert!(!reads(&book, &Ties::none(), &me, Way::HomeTimeline, &boost).is_allowed());
    // But an answer to them still reaches whom it mentions.
    assert!(reads(&book, &Ties::none(), &me, Way::Notification, &boost).is_allowed());
    let follow = ask(
        &book,
        &Ties::none(),
        &account(rex()),
        Act::Follow,
        Way::Inbox,
        &post(alice()),
    );
    assert!(
        follow.is_allowed()
            && follow
                .conditions
                .contains(Conditions::FOLLOWS_NEED_APPROVAL)
    );
}

#[test]
fn ask_holds_first_contact_until_somebody_says_yes() {
    let book = book_in(Mode::Cautious, vec![]);
    for act in [Act::Follow, Act::Mention, Act::Reply] {
        let first = ask(
            &book,
            &Ties::none(),
            &account(rex()),
            act,
            Way::Inbox,
            &post(alice()),
        );
        assert_eq!(first.outcome, Outcome::Hold);
        assert!(first.conditions.contains(Conditions::HELD));
        let said_yes = follows(&rex(), &alice());
        assert!(
            ask(
                &book,
                &said_yes,
                &account(rex()),
                act,
                Way::Inbox,
                &post(alice())
            )
            .is_allowed()
        );
    }
    let private = Thing {
        addressed: vec![rex().id.unwrap()],
        ..thing(alice(), Visibility::Private)
    };
    let receives = |ties| {
        ask(
            &book,
            &ties,
            &account(rex()),
            Act::Receive,
            Way::DirectDelivery,
            &private,
        )
    };
    assert!(!receives(Ties::none()).is_allowed());
    assert!(receives(follows(&rex(), &alice())).is_allowed());
}

#[test]
fn withheld_gets_what_is_public_if_they_come_for_it() {
    let book = book(vec![harbour(about("bigcorp.example"), Stance::Withheld)]);
    let ties = follows(&rex(), &alice());
    let gets = |act, way, visibility| {
        ask(
            &book,
            &ties,
            &account(rex()),
            act,
            way,
            &thing(alice(), visibility),
        )
        .is_allowed()
    };
    assert!(gets(Act::Read, Way::Fetch, Visibility::Public));
    assert!(!gets(Act::Read, Way::Fetch, Visibility::Private));
    assert!(!gets(
        Act::Receive,
        Way::FollowerDelivery,
        Visibility::Public
    ));
    let mention = ask(
        &book,
        &ties,
        &member(alice()),
        Act::Mention,
        Way::Rest,
        &post(rex()),
    );
    assert_eq!(
        mention.because,
        Because::Rule(RuleId(12)),
        "it could not arrive"
    );
}

#[test]
fn a_mute_that_lets_notifications_through_hides_the_rest() {
    let whole = mutes(&alice(), &rex());
    let mut ties = Ties::none();
    let heard = Tie {
        mutes: true,
        hears: true,
        ..Tie::default()
    };
    ties.insert(alice().id.unwrap(), rex().id.unwrap(), heard);
    let book = book(vec![]);
    for way in Way::ALL {
        let of = |ties: &Ties| reads(&book, ties, &member(alice()), way, &post(rex()));
        let told = matches!(way, Way::Notification | Way::Push);
        assert_eq!(of(&ties) == of(&whole), !told, "{way:?}");
        assert!(!told || of(&ties).is_allowed(), "{way:?}");
    }
}

#[test]
fn a_mute_hides_from_the_muter_and_shows_the_muted_nothing() {
    let ties = mutes(&alice(), &rex());
    let book = book(vec![]);
    for way in [Way::HomeTimeline, Way::PublicTimeline, Way::Notification] {
        let verdict = reads(&book, &ties, &member(alice()), way, &post(rex()));
        assert_eq!(
            verdict.because,
            Because::Mute {
                by: alice().id.unwrap()
            }
        );
    }
    let folded = reads(
        &book,
        &ties,
        &member(alice()),
        Way::Conversation,
        &post(rex()),
    );
    assert!(folded.is_allowed() && folded.conditions.contains(Conditions::MUTED));
    for act in Act::ALL.into_iter().filter(|act| *act != Act::Contact) {
        for way in [
            Way::Inbox,
            Way::Fetch,
            Way::FollowerDelivery,
            Way::Page,
            Way::Conversation,
        ] {
            let muted = ask(&book, &ties, &account(rex()), act, way, &post(alice()));
            let free = ask(
                &book,
                &Ties::none(),
                &account(rex()),
                act,
                way,
                &post(alice()),
            );
            assert_eq!(muted, free, "{act:?} by {way:?}");
        }
    }
}

#[test]
fn who_blocks_may_look_at_the_profile_and_who_is_blocked_may_not() {
    let ties = blocks(&alice(), &bob());
    let find = |party, owner| {
        ask(
            &book(vec![]),
            &ties,
            &party,
            Act::Find,
            Way::Page,
            &post(owner),
        )
    };
    assert!(find(member(alice()), bob()).is_allowed());
    assert!(!find(member(bob()), alice()).is_allowed());
    let report = ask(
        &book(vec![]),
        &ties,
        &member(bob()),
        Act::Report,
        Way::Rest,
        &post(alice()),
    );
    assert!(report.is_allowed(), "a block does not prevent a report");
}

#[test]
fn what_is_mine_is_mine_to_see() {
    let book = book(vec![harbour(about("bigcorp.example"), Stance::Refused)]);
    let reply = Thing {
        within: vec![rex()],
        ..thing(alice(), Visibility::Private)
    };
    let ties = blocks(&rex(), &alice());
    assert!(reads(&book, &ties, &member(alice()), Way::HomeTimeline, &reply).is_allowed());
    assert!(reads(&book, &ties, &member(alice()), Way::Export, &reply).is_allowed());
    assert!(!reads(&book, &ties, &member(alice()), Way::PublicTimeline, &reply).is_allowed());
}

#[test]
fn conditions_bind_what_they_name() {
    let with = |conditions| {
        book(vec![Rule {
            conditions,
            ..harbour(about("bigcorp.example"), Stance::Open)
        }])
    };
    let does = |conditions, act| {
        ask(
            &with(conditions),
            &Ties::none(),
            &account(rex()),
            act,
            Way::Inbox,
            &post(alice()),
        )
        .outcome
    };
    assert_eq!(does(Conditions::NO_BOOSTS, Act::Reblog), Outcome::Refuse);
    assert_eq!(
        does(Conditions::REJECT_REPORTS, Act::Report),
        Outcome::Refuse
    );
    assert_eq!(
        does(Conditions::REPLIES_NEED_APPROVAL, Act::Reply),
        Outcome::Hold
    );
    assert_eq!(does(Conditions::NO_BOOSTS, Act::Reply), Outcome::Allow);
    let book = with(Conditions::DROP_MEDIA | Conditions::APPEND_NOTICE);
    let seen = reads(
        &book,
        &Ties::none(),
        &member(alice()),
        Way::Page,
        &post(rex()),
    );
    assert_eq!(seen.conditions, Conditions::DROP_MEDIA);
    let sent = ask(
        &book,
        &Ties::none(),
        &account(rex()),
        Act::Receive,
        Way::FollowerDelivery,
        &post(alice()),
    );
    assert_eq!(sent.conditions, Conditions::APPEND_NOTICE);
    let media = ask(
        &book,
        &Ties::none(),
        &member(alice()),
        Act::Media,
        Way::Page,
        &post(rex()),
    );
    assert_eq!(media.outcome, Outcome::Refuse);
}

#[test]
fn rules_end_by_themselves() {
    let ends = |at| Rule {
        expires_at: Some(at),
        ..harbour(about("bigcorp.example"), Stance::Refused)
    };
    assert_eq!(
        book(vec![ends(NOW)])
            .rules_of(Scope::Community(HARBOUR))
            .count(),
        0
    );
    let book = book(vec![
        ends(NOW + 5),
        Rule {
            id: RuleId(13),
            ..ends(NOW + 3)
        },
    ]);
    assert_eq!(book.next_expiry(), Some(NOW + 3));
    assert_eq!(book.rules_of(Scope::Community(HARBOUR)).count(), 2);
}

/// Of this server these things are known.
fn peer(days: Option<u32>, software: &str, version: &str) -> Peer {
    Peer {
        known_days: days,
        software: Some(software.into()),
        version: Version::parse(version),
    }
}

#[test]
fn a_yes_to_first_contact_lets_in_whom_it_names() {
    let book = book_in(Mode::Cautious, vec![]);
    let follow = |ties: &Ties, by: Person| {
        ask(
            &book,
            ties,
            &account(by),
            Act::Follow,
            Way::Inbox,
            &post(alice()),
        )
        .outcome
    };
    assert_eq!(follow(&Ties::none(), rex()), Outcome::Hold);
    for from in [alice().id.unwrap(), HARBOURS_VOICE] {
        assert_eq!(follow(&welcomes(from, &rex()), rex()), Outcome::Allow);
        assert_eq!(follow(&welcomes(from, &rex()), fay()), Outcome::Hold);
    }
    // Bob's yes is Bob's.
    let bobs = welcomes(bob().id.unwrap(), &rex());
    assert_eq!(follow(&bobs, rex()), Outcome::Hold);
}

#[test]
fn what_a_member_asks_for_themself_is_answered_by_nobody_else() {
    let own = Scope::Member(alice().id.unwrap(), HARBOUR);
    let asks = || vec![rule(4, own, about("bigcorp.example"), Stance::Ask)];
    let alice_is = |mode| book(vec![]).with_member_modes([(alice().id.unwrap(), mode)]);
    let in_wave = book(vec![]).with_waves(NOW, [(alice().id.unwrap(), NOW + 1)]);
    for book in [book(asks()), alice_is(Mode::Cautious), in_wave] {
        let said = |ties: &Ties, act, visibility| {
            let thing = Thing {
                visibility,
                ..post(alice())
            };
            ask(&book, ties, &account(rex()), act, Way::Inbox, &thing).outcome
        };
        let communitys = welcomes(HARBOURS_VOICE, &rex());
        let hers = welcomes(alice().id.unwrap(), &rex());
        for act in [Act::Follow, Act::Mention, Act::Reply] {
            assert_eq!(said(&communitys, act, Visibility::Public), Outcome::Hold);
            assert_eq!(said(&hers, act, Visibility::Public), Outcome::Allow);
        }
    }
    // Neither does it send them what is not public.
    let direct = Thing {
        visibility: Visibility::Direct,
        addressed: vec![rex().id.unwrap()],
        ..post(alice())
    };
    let sent = |ties: &Ties| {
        let way = Way::DirectDelivery;
        ask(
            &book(asks()),
            ties,
            &account(rex()),
            Act::Receive,
            way,
            &direct,
        )
        .outcome
    };
    assert_eq!(sent(&welcomes(HARBOURS_VOICE, &rex())), Outcome::Refuse);
    assert_eq!(sent(&welcomes(alice().id.unwrap(), &rex())), Outcome::Allow);
}

#[test]
fn a_cautious_community_comes_to_trust_a_server_in_time() {
    let book = book_in(Mode::Cautious, vec![]);
    let follow = |days| {
        let follow = account(rex());
        ask(
            &book,
            &known(&rex(), days),
            &follow,
            Act::Follow,
            Way::Inbox,
            &post(alice()),
        )
        .outcome
    };
    assert_eq!(follow(29), Outcome::Hold);
    assert_eq!(follow(30), Outcome::Allow);
    // An allow-list does not come to trust anybody.
    let closed = book_in(Mode::AllowList, vec![]);
    let verdict = ask(
        &closed,
        &known(&rex(), 4_000),
        &account(rex()),
        Act::Follow,
        Way::Inbox,
        &post(alice()),
    );
    assert_eq!(verdict.outcome, Outcome::Refuse);
}

#[test]
fn a_members_own_mode_binds_them_alone_and_their_yes_lifts_it() {
    let alices = Scope::Member(alice().id.unwrap(), HARBOUR);
    let rules = vec![rule(4, alices, about("friendly.example"), Stance::Open)];
    let book = book(rules).with_member_modes([(alice().id.unwrap(), Mode::AllowList)]);
    let reads = |by: Person, owner: Person| {
        let verdict = reads(&book, &Ties::none(), &account(by), Way::Fetch, &post(owner));
        verdict.because
    };
    let own = Because::OwnMode(alice().id.unwrap(), Mode::AllowList);
    assert_eq!(reads(rex(), alice()), own);
    assert_eq!(reads(rex(), bob()), Because::Nothing);
    assert_eq!(reads(fay(), alice()), Because::Rule(RuleId(4)));
}

#[test]
fn l39_rules_on_software_go_by_version_and_never_open() {
    let leaky = |before: Option<&str>| Pattern::Software {
        name: "leaky".into(),
        before: before.map(|text| Version::parse(text).unwrap()),
    };
    let answer = |pattern: Pattern, stance, peer: Option<Peer>| {
        let mut ties = Ties::none();
        if let Some(peer) = peer {
            ties.know(domain("bigcorp.example"), peer);
        }
        let book = book_in(Mode::Open, vec![harbour(pattern, stance)]);
        reads(&book, &ties, &account(rex()), Way::Fetch, &post(alice())).outcome
    };
    let old = || Some(peer(Some(400), "leaky", "1.1"));
    let fixed = || Some(peer(Some(400), "leaky", "1.2"));
    let mute = || Some(peer(Some(400), "leaky", "main"));
    assert_eq!(
        answer(leaky(Some("1.2")), Stance::Refused, old()),
        Outcome::Refuse
    );
    assert_eq!(
        answer(leaky(Some("1.2")), Stance::Refused, fixed()),
        Outcome::Allow
    );
    // Who does not say its version may be an old one; who says nothing at all is not accused.
    assert_eq!(
        answer(leaky(Some("1.2")), Stance::Refused, mute()),
        Outcome::Refuse
    );
    assert_eq!(answer(leaky(None), Stance::Refused, None), Outcome::Allow);
    // What a server says of itself opens nothing.
    let mut ties = Ties::none();
    ties.know(domain("bigcorp.example"), peer(None, "leaky", "1.2"));
    let book = book_in(Mode::AllowList, vec![harbour(leaky(None), Stance::Open)]);
    let verdict = reads(&book, &ties, &account(rex()), Way::Fetch, &post(alice()));
    assert_eq!(verdict.outcome, Outcome::Refuse);
}

#[test]
fn rules_on_the_new_count_days_since_a_server_was_first_heard_of() {
    let new = harbour(Pattern::FirstSeen { days: 30 }, Stance::Refused);
    let book = book(vec![new]);
    let reads = |ties: &Ties, viewer: Party| {
        reads(&book, ties, &viewer, Way::Fetch, &post(alice())).outcome
    };
    assert_eq!(reads(&Ties::none(), account(rex())), Outcome::Refuse);
    assert_eq!(reads(&known(&rex(), 29), account(rex())), Outcome::Refuse);
    assert_eq!(reads(&known(&rex(), 30), account(rex())), Outcome::Allow);
    let server = Party::Instance(domain("bigcorp.example"));
    assert_eq!(reads(&known(&rex(), 29), server), Outcome::Refuse);
}

fn list_of(entries: Vec<Pattern>) -> ListEntries {
    ListEntries {
        id: ListId(3),
        owner: Scope::Community(HARBOUR),
        name: "leaky".into(),
        entries,
    }
}

#[test]
fn a_list_speaks_of_whom_it_names() {
    let list = list_of(vec![about("bigcorp.example"), Pattern::Account(fay().iri)]);
    let refused = harbour(Pattern::List(ListId(3)), Stance::Refused);
    let book = book(vec![refused]).with_lists(vec![list]);
    let reads =
        |viewer: Party| reads(&book, &Ties::none(), &viewer, Way::Fetch, &post(alice())).outcome;
    assert_eq!(reads(account(rex())), Outcome::Refuse);
    assert_eq!(reads(account(fay())), Outcome::Refuse);
    let below = Party::Instance(domain("a.bigcorp.example"));
    assert_eq!(reads(below), Outcome::Refuse);
    let other = person(21, "fred", "friendly.example", None);
    assert_eq!(reads(account(other)), Outcome::Allow);
}

/// Harbour refuses everybody on a list with these entries, and opens to these.
fn read_beside_a_list(
    entries: Vec<Pattern>,
    opened: Vec<(Scope, Pattern)>,
    viewer: &Party,
) -> Verdict {
    let refused = harbour(Pattern::List(ListId(3)), Stance::Refused);
    let opened = (20..)
        .zip(opened)
        .map(|(id, (scope, pattern))| rule(id, scope, pattern, Stance::Open));
    let rules = std::iter::once(refused).chain(opened).collect();
    let book = book(rules).with_lists(vec![list_of(entries)]);
    reads(&book, &Ties::none(), viewer, Way::Fetch, &post(alice()))
}

#[test]
fn an_open_rule_of_the_same_scope_beats_what_a_list_says_of_the_same_or_of_more() {
    let here = Scope::Community(HARBOUR);
    let server = |host: &str| Party::Instance(domain(host));
    let (corp, sub) = (about("bigcorp.example"), about("sub.bigcorp.example"));
    let host = Pattern::Host(domain("bigcorp.example"));
    let rexs = Pattern::Account(rex().iri);
    let cases = [
        // On the list, opened, who asks, whether they get it.
        (corp.clone(), corp.clone(), server("bigcorp.example"), true),
        (corp.clone(), host.clone(), server("bigcorp.example"), true),
        (host, corp.clone(), server("bigcorp.example"), true),
        (
            corp.clone(),
            sub.clone(),
            server("sub.bigcorp.example"),
            true,
        ),
        (corp.clone(), sub.clone(), server("bigcorp.example"), false),
        (sub, corp.clone(), server("sub.bigcorp.example"), false),
        (corp.clone(), rexs.clone(), account(rex()), true),
        (corp.clone(), rexs.clone(), server("bigcorp.example"), false),
        (rexs.clone(), rexs.clone(), account(rex()), true),
        (rexs, corp.clone(), account(rex()), false),
        // Whoever opens to everybody had nobody in mind.
        (corp, Pattern::Everything, server("bigcorp.example"), false),
    ];
    for (listed, opened, viewer, gets_it) in cases {
        let told = format!("{listed} listed, {opened} opened, {viewer:?}");
        let verdict = read_beside_a_list(vec![listed.clone()], vec![(here, opened)], &viewer);
        assert_eq!(verdict.is_allowed(), gets_it, "{told}");
        assert_eq!(verdict.set_aside == [RuleId(12)], gets_it, "{told}");
        assert_eq!(verdict.entry_of(RuleId(12)), Some(&listed), "{told}");
    }
}

#[test]
fn a_list_gives_way_to_its_own_scope_only_and_for_each_of_its_entries() {
    let (here, corp) = (Scope::Community(HARBOUR), about("bigcorp.example"));
    let viewer = account(rex());
    for other in [Scope::Operator, Scope::Member(PersonId(1), HARBOUR)] {
        let opened = vec![(other, corp.clone())];
        assert!(!read_beside_a_list(vec![corp.clone()], opened, &viewer).is_allowed());
    }
    // Who is on it twice has to be opened to as the narrower of the two.
    let entries = vec![corp.clone(), Pattern::Account(rex().iri)];
    let opened = |pattern| vec![(here, pattern)];
    assert!(!read_beside_a_list(entries.clone(), opened(corp.clone()), &viewer).is_allowed());
    let by_name = opened(Pattern::Account(rex().iri));
    assert!(read_beside_a_list(entries, by_name, &viewer).is_allowed());
    // A plain rule does not give way.
    let mut rules = vec![harbour(corp.clone(), Stance::Refused)];
    rules.push(rule(20, here, corp, Stance::Open));
    let verdict = reads(
        &book(rules),
        &Ties::none(),
        &viewer,
        Way::Fetch,
        &post(alice()),
    );
    assert!(!verdict.is_allowed());
}

#[test]
fn a_listed_handle_is_opened_by_its_own_name_and_not_by_its_servers() {
    let split = Person {
        alias_domain: Some(domain("bigcorp.example")),
        ..fay()
    };
    let here = Scope::Community(HARBOUR);
    let reads = |opened: Pattern| {
        let entries = vec![about("bigcorp.example")];
        read_beside_a_list(entries, vec![(here, opened)], &account(split.clone())).is_allowed()
    };
    assert!(!reads(about("friendly.example")));
    assert!(reads(about("bigcorp.example")));
    assert!(reads(Pattern::Account(fay().iri)));
}

#[test]
fn a_list_that_is_opened_lets_in_whom_it_names_and_makes_their_servers_reachable() {
    let open = harbour(Pattern::List(ListId(3)), Stance::Open);
    let list = list_of(vec![about("bigcorp.example"), Pattern::Account(fay().iri)]);
    let book = book_in(Mode::AllowList, vec![open]).with_lists(vec![list]);
    let asks = |party: &Party, act| {
        ask(&book, &Ties::none(), party, act, Way::Fetch, &post(alice())).is_allowed()
    };
    assert!(asks(&account(rex()), Act::Read));
    assert!(asks(&account(fay()), Act::Read));
    let friendly = Party::Instance(domain("friendly.example"));
    assert!(!asks(&friendly, Act::Read));
    assert!(asks(&friendly, Act::Contact));
}

#[test]
fn l49_a_server_that_asks_for_everybody_is_met_by_the_rules_about_every_handle_at_home_there() {
    let refused = harbour(about("brand.example"), Stance::Refused);
    let book = book(vec![refused])
        .with_split_domains([(domain("ap.host.example"), domain("brand.example"))]);
    let reads = |host: &str| {
        let server = Party::Instance(domain(host));
        reads(&book, &Ties::none(), &server, Way::Fetch, &post(alice())).outcome
    };
    assert_eq!(reads("ap.host.example"), Outcome::Refuse);
    assert_eq!(reads("friendly.example"), Outcome::Allow);
    // Others may be at home there, too: the host itself may be contacted.
    let host = Party::Instance(domain("ap.host.example"));
    let contact = ask(
        &book,
        &Ties::none(),
        &host,
        Act::Contact,
        Way::Fetch,
        &post(alice()),
    );
    assert_eq!(contact.outcome, Outcome::Allow);
}

#[test]
fn an_emergency_gate_lets_pass_whom_one_knows_and_whom_one_chose() {
    let hosted = |gate_until| Hosted {
        gate_until,
        ..Hosted::new(HARBOUR, domain("harbour.example"), Mode::Open)
    };
    let chosen = harbour(about("friendly.example"), Stance::Open);
    let book = RuleBook::new(7, NOW, vec![hosted(Some(NOW + 1))], vec![chosen]);
    let delivers = |ties: &Ties, by: Person| {
        let thing = post(alice());
        ask(&book, ties, &account(by), Act::Deliver, Way::Inbox, &thing).because
    };
    let gate = Because::EmergencyGate(HARBOUR);
    assert_eq!(delivers(&Ties::none(), rex()), gate);
    assert_eq!(delivers(&known(&rex(), 6), rex()), gate);
    assert_eq!(delivers(&known(&rex(), 7), rex()), Because::Nothing);
    assert_eq!(delivers(&Ties::none(), fay()), Because::Rule(RuleId(12)));
    // It ends by itself.
    assert_eq!(book.next_expiry(), Some(NOW + 1));
    let over = RuleBook::new(7, NOW, vec![hosted(Some(NOW))], vec![]);
    let verdict = ask(
        &over,
        &Ties::none(),
        &account(rex()),
        Act::Deliver,
        Way::Inbox,
        &post(alice()),
    );
    assert_eq!(verdict.because, Because::Nothing);
}

#[test]
fn in_a_wave_a_member_is_asked_about_strangers_first() {
    let alices = Scope::Member(alice().id.unwrap(), HARBOUR);
    let rules = vec![rule(4, alices, about("friendly.example"), Stance::Open)];
    let book = book(rules).with_waves(NOW, [(alice().id.unwrap(), NOW + 1)]);
    let comes = |ties: &Ties, by: Person, act, to: Person| {
        let verdict = ask(&book, ties, &account(by), act, Way::Inbox, &post(to));
        (verdict.outcome, verdict.because)
    };
    let wave = Because::Wave(alice().id.unwrap());
    let none = Ties::none();
    for act in [Act::Reply, Act::Mention, Act::Follow, Act::Quote] {
        assert_eq!(comes(&none, rex(), act, alice()), (Outcome::Hold, wave));
        assert_eq!(comes(&none, rex(), act, bob()).0, Outcome::Allow);
        // Whom she follows, and whom she opened to, are no strangers; a server known for long may be full of them.
        let knows = follows(&alice(), &rex());
        assert_eq!(comes(&knows, rex(), act, alice()).0, Outcome::Allow);
        assert_eq!(comes(&none, fay(), act, alice()).0, Outcome::Allow);
        assert_eq!(comes(&known(&rex(), 4_000), rex(), act, alice()).1, wave);
    }
    assert_eq!(
        comes(&none, rex(), Act::Favourite, alice()).0,
        Outcome::Allow
    );
    // What is hers goes out as before, and a neighbour speaks to her as before.
    let party = account(rex());
    let read = reads(&book, &none, &party, Way::Fetch, &post(alice()));
    assert_eq!(read.outcome, Outcome::Allow);
    let neighbour = ask(
        &book,
        &none,
        &member(bob()),
        Act::Reply,
        Way::Page,
        &post(alice()),
    );
    assert_eq!(neighbour.outcome, Outcome::Allow);
    // It ends by itself.
    assert_eq!(book.next_expiry(), Some(NOW + 1));
}

#[test]
fn one_post_is_kept_from_whom_its_author_names() {
    let secret = Thing {
        kept_from: vec![about("bigcorp.example"), Pattern::Account(fay().iri)],
        ..post(alice())
    };
    let book = book(vec![]);
    let reads = |party: Party| reads(&book, &Ties::none(), &party, Way::Fetch, &secret).because;
    assert_eq!(reads(account(rex())), Because::KeptFrom);
    assert_eq!(reads(account(fay())), Because::KeptFrom);
    assert_eq!(
        reads(Party::Instance(domain("x.bigcorp.example"))),
        Because::KeptFrom
    );
    assert_eq!(
        reads(account(person(21, "fred", "friendly.example", None))),
        Because::Nothing
    );
    assert_eq!(reads(member(alice())), Because::Nothing);
}

#[test]
fn one_post_is_kept_from_whom_a_list_names_and_from_everybody_when_the_list_is_lost() {
    let kept = Thing {
        kept_from: vec![Pattern::List(ListId(3))],
        ..post(alice())
    };
    let list = list_of(vec![about("bigcorp.example"), Pattern::Account(fay().iri)]);
    let with_list = book(vec![]).with_lists(vec![list]);
    let because = |book: &RuleBook, party: Party| {
        reads(book, &Ties::none(), &party, Way::Fetch, &kept).because
    };
    let fred = || account(person(21, "fred", "other.example", None));
    assert_eq!(because(&with_list, account(rex())), Because::KeptFrom);
    assert_eq!(because(&with_list, account(fay())), Because::KeptFrom);
    // A server shows what it gets to whom it likes.
    let fays = Party::Instance(fay().domain);
    assert_eq!(because(&with_list, fays), Because::KeptFrom);
    assert_eq!(because(&with_list, fred()), Because::Nothing);
    let without = book(vec![]);
    assert_eq!(because(&without, fred()), Because::KeptFrom);
    assert_eq!(because(&without, member(alice())), Because::Nothing);
}

#[test]
fn who_may_answer_is_the_authors_choice() {
    use Circle::{Everyone, Followers, Mentioned, Nobody};
    let answers = |freely, asking, by: Person, ties: &Ties| {
        let thing = Thing {
            replies: Replies { freely, asking },
            addressed: vec![fay().id.unwrap()],
            ..post(alice())
        };
        ask(
            &book(vec![]),
            ties,
            &account(by),
            Act::Reply,
            Way::Inbox,
            &thing,
        )
        .outcome
    };
    let (no_ties, rex_follows) = (Ties::none(), follows(&rex(), &alice()));
    assert_eq!(answers(Everyone, Everyone, rex(), &no_ties), Outcome::Allow);
    assert_eq!(
        answers(Followers, Followers, rex(), &no_ties),
        Outcome::Refuse
    );
    assert_eq!(
        answers(Followers, Followers, rex(), &rex_follows),
        Outcome::Allow
    );
    assert_eq!(
        answers(Mentioned, Mentioned, rex(), &rex_follows),
        Outcome::Refuse
    );
    assert_eq!(
        answers(Mentioned, Mentioned, fay(), &no_ties),
        Outcome::Allow
    );
    assert_eq!(answers(Nobody, Nobody, fay(), &no_ties), Outcome::Refuse);
    assert_eq!(answers(Followers, Everyone, rex(), &no_ties), Outcome::Hold);
    assert_eq!(answers(Nobody, Mentioned, fay(), &no_ties), Outcome::Hold);
    assert_eq!(answers(Nobody, Mentioned, rex(), &no_ties), Outcome::Refuse);
}

#[test]
fn what_answers_somebody_suspended_stays_its_authors_to_see() {
    let book = book(vec![]).with_suspended(bob().id);
    let answer = Thing {
        within: vec![bob()],
        ..post(alice())
    };
    let sees = |by: Person, thing: &Thing| {
        reads(&book, &Ties::none(), &member(by), Way::Page, thing).because
    };
    assert_eq!(sees(alice(), &answer), Because::Nothing);
    assert_eq!(sees(mia(), &answer), Because::NobodyHere);
    assert_eq!(sees(alice(), &post(bob())), Because::NobodyHere);
    assert_eq!(sees(bob(), &post(bob())), Because::NobodyHere);
}

#[test]
fn an_answer_that_waits_is_between_the_two_and_one_taken_out_is_its_authors() {
    let sees = |approval, by: Person, way| {
        let answer = Thing {
            approval,
            within: vec![bob()],
            ..post(alice())
        };
        reads(&book(vec![]), &Ties::none(), &member(by), way, &answer).because
    };
    let waits = Approval::Waits {
        on: bob().id.unwrap(),
    };
    assert_eq!(sees(waits, mia(), Way::Page), Because::Waits);
    assert_eq!(sees(waits, bob(), Way::Conversation), Because::Nothing);
    assert_eq!(
        sees(waits, bob(), Way::HomeTimeline),
        Because::Waits,
        "he goes and looks; it does not come to him"
    );
    assert_eq!(sees(waits, alice(), Way::Conversation), Because::Nothing);
    let removed = Approval::Removed {
        by: bob().id.unwrap(),
    };
    assert_eq!(sees(removed, mia(), Way::Conversation), Because::Removed);
    assert_eq!(sees(removed, mia(), Way::Page), Because::Nothing);
    assert_eq!(sees(removed, alice(), Way::Conversation), Because::Nothing);
}
