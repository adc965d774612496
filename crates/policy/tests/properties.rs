//! What holds for every set of rules, whoever asks. `PROPTEST_CASES` raises the number of trials.
#![allow(clippy::unwrap_used)]

mod world;

use std::sync::LazyLock;

use comity_policy::*;
use comity_vocab::{Domain, Visibility};
use proptest::prelude::*;
use proptest::sample::select;
use world::*;

fn scopes() -> Vec<Scope> {
    vec![
        Scope::Operator,
        Scope::Community(HARBOUR),
        Scope::Community(MEADOW),
        Scope::Member(PersonId(1), HARBOUR),
        Scope::Member(PersonId(2), HARBOUR),
        Scope::Member(PersonId(3), MEADOW),
    ]
}

fn patterns() -> Vec<Pattern> {
    vec![
        about("bigcorp.example"),
        about("sub.bigcorp.example"),
        about("friendly.example"),
        about("harbour.example"),
        about("meadow.example"),
        Pattern::Host(domain("bigcorp.example")),
        Pattern::Account(rex().iri),
        Pattern::Account(alice().iri),
        Pattern::Everything,
        Pattern::List(FRIENDS_OF_BIGCORP),
        Pattern::List(ALICES_OWN),
        Pattern::FirstSeen { days: 30 },
        Pattern::Software {
            name: "leaky".into(),
            before: Version::parse("1.2"),
        },
    ]
}

const FRIENDS_OF_BIGCORP: ListId = ListId(7);
const ALICES_OWN: ListId = ListId(8);

fn lists() -> Vec<ListEntries> {
    vec![
        ListEntries {
            id: FRIENDS_OF_BIGCORP,
            owner: Scope::Community(HARBOUR),
            name: "friends of bigcorp".into(),
            entries: vec![about("bigcorp.example"), Pattern::Account(fay().iri)],
        },
        ListEntries {
            id: ALICES_OWN,
            owner: Scope::Member(PersonId(1), HARBOUR),
            name: "my own".into(),
            entries: vec![
                about("sub.bigcorp.example"),
                Pattern::Host(domain("bigcorp.example")),
                about("friendly.example:8443"),
                Pattern::Account(rex().iri),
            ],
        },
    ]
}

fn people() -> Vec<Person> {
    let split = Person {
        alias_domain: Some(domain("bigcorp.example")),
        ..fay()
    };
    let below = person(11, "sue", "sub.bigcorp.example", None);
    let unknown = Person { id: None, ..rex() };
    vec![alice(), bob(), mia(), rex(), fay(), split, below, unknown]
}

fn parties() -> Vec<Party> {
    let named = people().into_iter().map(|person| match person.community {
        Some(_) => Party::Member(person),
        None => Party::Account(person),
    });
    named
        .chain([
            Party::Anonymous(HARBOUR),
            Party::Instance(domain("bigcorp.example")),
            Party::Instance(domain("friendly.example:8443")),
            Party::Service(domain("relay.example")),
        ])
        .collect()
}

prop_compose! {
    fn any_rule()(
        id in 1..1000_i64,
        scope in select(scopes()),
        pattern in select(patterns()),
        stance in select(Stance::ALL.to_vec()),
        bits in prop_oneof![3 => Just(0_u32), 1 => 0..1024_u32],
    ) -> Rule {
        let conditions = Conditions::from_bits(bits).unwrap();
        Rule { conditions, ..rule(id, scope, pattern, stance) }
    }
}

prop_compose! {
    fn any_rules()(mut rules in proptest::collection::vec(any_rule(), 0..6)) -> Vec<Rule> {
        for (number, rule) in (1..).zip(&mut rules) {
            rule.id = RuleId(number);
        }
        rules
    }
}

prop_compose! {
    fn any_replies()(
        freely in select(CIRCLES.to_vec()), asking in select(CIRCLES.to_vec()),
    ) -> Replies {
        Replies { freely, asking }
    }
}

const CIRCLES: [Circle; 5] = [
    Circle::Everyone,
    Circle::Everyone,
    Circle::Followers,
    Circle::Mentioned,
    Circle::Nobody,
];

prop_compose! {
    fn any_thing()(
        owner in select(people()),
        visibility in select(vec![
            Visibility::Public,
            Visibility::Public,
            Visibility::Unlisted,
            Visibility::Private,
            Visibility::Direct,
            Visibility::Local,
        ]),
        addressed in proptest::collection::vec(select(vec![1, 2, 3, 10, 20]).prop_map(PersonId), 0..2),
        within in proptest::collection::vec(select(people()), 0..3),
        community in select(vec![None, Some(HARBOUR), Some(MEADOW)]),
        kept_from in prop_oneof![4 => Just(vec![]), 1 => select(patterns()).prop_map(|one| vec![one])],
        replies in any_replies(),
        approval in select(vec![
            Approval::Stands,
            Approval::Stands,
            Approval::Stands,
            Approval::Waits { on: PersonId(1) },
            Approval::Removed { by: PersonId(1) },
        ]),
    ) -> Thing {
        let community = owner.community.or(community);
        Thing { community, visibility, addressed, within, kept_from, replies, approval, ..Thing::of(owner) }
    }
}

prop_compose! {
    fn any_ties()(
        ties in proptest::collection::vec(
            (select(vec![1, 2, 3, 10, 11, 20]), select(vec![1, 2, 3, 10, 11, 20]), 0..8_u8), 0..6)
    ) -> Ties {
        let mut all = Ties::none();
        for (from, to, bits) in ties {
            // Most people do not block: following is the common tie.
            let tie = Tie { follows: bits < 5, blocks: bits == 5, mutes: bits == 6, hears: false, welcomes: bits == 7 };
            all.insert(PersonId(from), PersonId(to), tie);
        }
        all
    }
}

prop_compose! {
    fn any_peer()(
        known_days in select(vec![None, Some(0), Some(29), Some(400)]),
        software in select(vec![None, Some("leaky"), Some("sound")]),
        version in select(vec!["1.1", "1.2", "nonsense"]),
        is_known in any::<bool>(),
    ) -> Option<Peer> {
        is_known.then(|| Peer {
            known_days,
            software: software.map(Into::into),
            version: Version::parse(version),
        })
    }
}

/// A question that owns what it is about.
#[derive(Clone, Debug)]
struct Question {
    party: Party,
    act: Act,
    way: Way,
    thing: Thing,
    ties: Ties,
    mode: Mode,
    own_mode: Mode,
    gate_is_closed: bool,
}

/// What every book has, read once and not in each of a hundred thousand cases.
static SERVED: LazyLock<[Hosted; 2]> = LazyLock::new(|| {
    let harbour = Hosted {
        actor: Some(HARBOURS_VOICE),
        ..Hosted::new(HARBOUR, domain("harbour.example"), Mode::Open)
    };
    [
        harbour,
        Hosted::new(MEADOW, domain("meadow.example"), Mode::Open),
    ]
});
static LISTS: LazyLock<Vec<ListEntries>> = LazyLock::new(lists);
static ADDRESSES: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let people = people().into_iter();
    people.map(|person| Pattern::Account(person.iri)).collect()
});
static SPLIT: LazyLock<(Domain, Domain)> =
    LazyLock::new(|| (domain("friendly.example"), domain("bigcorp.example")));

impl Question {
    fn book(&self, rules: Vec<Rule>) -> RuleBook {
        let mut served = SERVED.to_vec();
        served[0].mode = self.mode;
        served[0].gate_until = self.gate_is_closed.then_some(NOW + 1);
        RuleBook::new(7, NOW, served, rules)
            .with_lists(LISTS.clone())
            .with_member_modes([(PersonId(1), self.own_mode)])
            .with_split_domains([SPLIT.clone()])
    }

    fn asked(&self, rules: Vec<Rule>) -> Verdict {
        let book = self.book(rules);
        ask(
            &book,
            &self.ties,
            &self.party,
            self.act,
            self.way,
            &self.thing,
        )
    }
}

prop_compose! {
    fn any_question()(
        party in select(parties()),
        act in select(Act::ALL.to_vec()),
        way in select(Way::ALL.to_vec()),
        thing in any_thing(),
        ties in any_ties(),
        mode in select(vec![Mode::Open, Mode::Open, Mode::Cautious, Mode::AllowList]),
        own_mode in select(vec![Mode::Open, Mode::Open, Mode::Cautious, Mode::AllowList]),
        peer in any_peer(),
        gate_is_closed in proptest::bool::weighted(0.2),
    ) -> Question {
        let mut ties = ties;
        if let Some(peer) = peer {
            ties.know(SPLIT.1.clone(), peer);
        }
        Question { party, act, way, thing, ties, mode, own_mode, gate_is_closed }
    }
}

fn is_no_wider(now: &Verdict, before: &Verdict) -> bool {
    now.outcome >= before.outcome && now.conditions.contains(before.conditions)
}

/// Of what policy.md promises for every set of rules: as many as continuous integration does in half a minute, with this
/// crate optimised by `[profile.dev.package]`.
const TRIALS: u32 = 100_000;
/// Of the rest.
const FEWER: u32 = 10_000;

fn trials(unless_raised: u32) -> ProptestConfig {
    let raised = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let cases = raised.unwrap_or(unless_raised);
    ProptestConfig {
        cases,
        max_global_rejects: cases.saturating_mul(10),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(trials(TRIALS))]

    #[test]
    fn a_further_rule_never_widens(question in any_question(), rules in any_rules(), more in any_rule()) {
        prop_assume!(more.stance != Stance::Open);
        let before = question.asked(rules.clone());
        let more = Rule { id: RuleId(999), ..more };
        let now = question.asked(rules.into_iter().chain([more]).collect());
        prop_assert!(is_no_wider(&now, &before), "{before:?} became {now:?}");
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        question in any_question(), (rules, shuffled) in any_rules()
            .prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
    ) {
        prop_assert_eq!(question.asked(rules), question.asked(shuffled));
    }

    #[test]
    fn the_explanation_replays_to_the_same_answer(question in any_question(), rules in any_rules()) {
        let verdict = question.asked(rules.clone());
        let considered = rules
            .into_iter()
            .filter(|rule| {
                verdict.considered.contains(&rule.id) || verdict.set_aside.contains(&rule.id)
            })
            .collect();
        prop_assert_eq!(question.asked(considered), verdict);
    }

    /// ADR 6: what a scope opened by name at least as narrowly as its list names it is met as if the list's rule
    /// were not there, and the rule is told as set aside.
    #[test]
    fn what_is_opened_by_name_is_met_as_if_the_list_had_no_rule(
        question in any_question(), rules in any_rules(), by_list in any_rule(),
        (list, scope) in select(vec![
            (FRIENDS_OF_BIGCORP, Scope::Community(HARBOUR)),
            (ALICES_OWN, Scope::Member(PersonId(1), HARBOUR)),
        ]),
    ) {
        let by_list = Rule { id: RuleId(998), scope, pattern: Pattern::List(list), ..by_list };
        prop_assume!(by_list.stance != Stance::Open);
        let entries = LISTS.iter().filter(|known| known.id == list).flat_map(|known| &known.entries);
        // Whoever has an address is opened by that; a handle is opened by its domain only.
        let opened = (900..).zip(entries.chain(&*ADDRESSES).cloned());
        let opened = opened.map(|(id, entry)| rule(id, scope, entry, Stance::Open));
        let rules: Vec<Rule> = rules.into_iter().chain(opened).collect();
        let without = question.asked(rules.clone());
        let with = question.asked(rules.into_iter().chain([by_list.clone()]).collect());
        prop_assert_eq!((with.outcome, with.conditions, with.because), (without.outcome, without.conditions, without.because));
        prop_assert!(!with.considered.contains(&by_list.id));
    }

    /// A rule says the same however its host is written, and of an account at home there however its address is.
    #[test]
    fn no_spelling_in_a_rule_or_an_address_changes_an_answer(
        question in any_question(), rules in any_rules(), more in any_rule(), whole in any::<bool>(),
        spelling in select(vec![
            "BIGCORP.Example", "bigcorp.example.", "bigcorp.example:443", "bigcorp。example", "ｂｉｇｃｏｒｐ.example",
            "big%63orp.example", "bigcorp.example.:0443",
        ]),
    ) {
        let about = |text: &str| {
            let host = Domain::parse(text).unwrap();
            let pattern = if whole { Pattern::Domain(host) } else { Pattern::Host(host) };
            Rule { id: RuleId(999), pattern, ..more.clone() }
        };
        let by = |text: &str| {
            let iri = iri(&format!("https://{text}/users/rex"));
            let person = Person { id: rex().id, ..Person::stranger(iri) };
            Question { party: Party::Account(person), ..question.clone() }
        };
        let with = |text: &str| rules.iter().cloned().chain([about(text)]).collect::<Vec<_>>();
        let plain = by("bigcorp.example").asked(with("bigcorp.example"));
        prop_assert_eq!(&by(spelling).asked(with("bigcorp.example")), &plain);
        prop_assert_eq!(&by("bigcorp.example").asked(with(spelling)), &plain);
    }

    /// A closed gate, a stricter mode and keeping a thing from somebody only take away.
    #[test]
    fn what_closes_never_widens(question in any_question(), rules in any_rules(), kept in select(patterns())) {
        let open = Question {
            mode: Mode::Open, own_mode: Mode::Open, gate_is_closed: false, ..question.clone()
        };
        let before = open.asked(rules.clone());
        let mut kept_from = open.clone();
        kept_from.thing.kept_from.push(kept);
        for narrower in [
            Question { gate_is_closed: true, ..open.clone() },
            Question { mode: question.mode, ..open.clone() },
            Question { own_mode: question.own_mode, ..open.clone() },
            kept_from,
        ] {
            let now = narrower.asked(rules.clone());
            prop_assert!(is_no_wider(&now, &before), "{before:?} became {now:?}");
        }
    }

    #[test]
    fn l48_no_spelling_of_a_host_changes_an_answer(
        question in any_question(), rules in any_rules(),
        (host, spelling) in select(vec![
            ("bigcorp.example", "BIGCORP.Example"),
            ("bigcorp.example", "bigcorp.example."),
            ("bigcorp.example", "bigcorp.example:443"),
            ("bigcorp.example", "bigcorp。example"),
            ("xn--bcher-kva.example", "Bücher.example"),
            ("friendly.example:8443", "FRIENDLY.example:8443"),
        ]),
    ) {
        let from = |text: &str| Question {
            party: Party::Instance(Domain::parse(text).unwrap()), ..question.clone()
        };
        prop_assert_eq!(from(host).asked(rules.clone()), from(spelling).asked(rules));
    }
}

proptest! {
    #![proptest_config(trials(FEWER))]

    /// A rule that only adds opens nothing that another rule, a list, a mode or a gate closes; and what it adds is all that
    /// it changes.
    #[test]
    fn what_only_adds_opens_nothing(question in any_question(), rules in any_rules(), more in any_rule()) {
        let before = question.asked(rules.clone());
        let more = Rule { id: RuleId(999), stance: Stance::Unchanged, ..more };
        let with = |more: Rule| question.asked(rules.iter().cloned().chain([more]).collect());
        let now: Verdict = with(more.clone());
        prop_assert!(is_no_wider(&now, &before), "{before:?} became {now:?}");
        let others: Vec<RuleId> = now.set_aside.iter().copied().filter(|id| *id != more.id).collect();
        prop_assert_eq!(&others, &before.set_aside);
        let bare = with(Rule { conditions: Conditions::NONE, ..more });
        prop_assert_eq!((bare.outcome, bare.conditions), (before.outcome, before.conditions));
    }

    /// Open gives back the default of its own scope, and what lists took there from whom it names
    /// (ADR 6); nothing else. Only communities and members have a default, besides the member's yes
    /// to who republishes.
    #[test]
    fn an_open_rule_lifts_the_default_of_its_own_scope_only(
        question in any_question(), rules in any_rules(), open in any_rule(),
    ) {
        let open = Rule { id: RuleId(999), stance: Stance::Open, ..open };
        // At most as wide as without the rules about lists of its own scope; and those stand where
        // it names nobody in particular.
        let names = matches!(open.pattern, Pattern::Domain(_) | Pattern::Host(_) | Pattern::Account(_));
        let gives_way = |rule: &Rule| {
            names && rule.scope == open.scope && matches!(rule.pattern, Pattern::List(_))
        };
        let others: Vec<Rule> = rules.iter().filter(|rule| !gives_way(rule)).cloned().collect();
        let before = question.asked(others.clone());
        let now = question.asked(rules.iter().cloned().chain([open.clone()]).collect());
        let lifts = match open.scope {
            Scope::Community(HARBOUR) => question.mode != Mode::Open || question.gate_is_closed,
            Scope::Member(PersonId(1), _) if question.own_mode != Mode::Open => true,
            Scope::Member(..) => {
                matches!(question.party, Party::Service(_)) || question.way == Way::Relay
            }
            _ => false,
        };
        if !lifts {
            prop_assert!(is_no_wider(&now, &before), "{before:?} became {now:?}");
        }
        // And never beyond what an open community would answer.
        let widest = Question {
            mode: Mode::Open, own_mode: Mode::Open, gate_is_closed: false, ..question
        }
        .asked(others);
        if !matches!(open.scope, Scope::Member(..)) {
            prop_assert!(is_no_wider(&now, &widest), "{now:?} is wider than {widest:?}");
        }
    }

    /// Whatever refuses a domain refuses what lies below it, on every port.
    #[test]
    fn what_lies_below_fares_no_better(
        question in any_question(), rules in any_rules(), below in select(vec![
            "a.bigcorp.example", "a.b.bigcorp.example", "bigcorp.example:8443",
        ]),
    ) {
        // A host alone, or on a list, says nothing of what lies below it, and what one server runs nothing of another.
        let is_of_one = |pattern: &Pattern| {
            matches!(pattern, Pattern::Host(_) | Pattern::Software { .. } | Pattern::List(ALICES_OWN))
        };
        let rules: Vec<Rule> = rules
            .into_iter()
            .filter(|rule| !is_of_one(&rule.pattern))
            .collect();
        let mut question = question;
        // What is kept from one person is kept from their own server.
        let is_of_one = |pattern: &Pattern| is_of_one(pattern) || matches!(pattern, Pattern::Account(_));
        question.thing.kept_from.retain(|pattern| !is_of_one(pattern));
        let from = |host: &str| Question {
            party: Party::Instance(domain(host)), ..question.clone()
        };
        let (parent, child) = (from("bigcorp.example").asked(rules.clone()), from(below).asked(rules));
        // An account opened by name opens contact with its own host, and not with those below.
        prop_assume!(question.act != Act::Contact);
        prop_assert!(is_no_wider(&child, &parent), "{parent:?} and below {child:?}");
    }

    #[test]
    fn a_block_parts_both(
        act in select(Act::ALL.to_vec()), way in select(Way::ALL.to_vec()),
        (one, other) in (select(people()), select(people())),
        visibility in select(vec![Visibility::Public, Visibility::Private]),
        rules in any_rules(),
    ) {
        prop_assume!(one.id.is_some() && other.id.is_some() && one.id != other.id);
        // A report goes to moderators, and one may look at whom one blocks.
        prop_assume!(act != Act::Report && act != Act::Find);
        let book = book(rules);
        let party = |person: &Person| match person.community {
            Some(_) => Party::Member(person.clone()),
            None => Party::Account(person.clone()),
        };
        let ties = blocks(&one, &other);
        for (asking, owner) in [(&one, &other), (&other, &one)] {
            let thing = thing(owner.clone(), visibility);
            let verdict = ask(&book, &ties, &party(asking), act, way, &thing);
            prop_assert_eq!(verdict.outcome, Outcome::Refuse);
        }
    }

    /// A thing about several people is shown to nobody to whom one of them would not be shown.
    #[test]
    fn several_people_allow_what_each_of_them_allows(
        question in any_question(), rules in any_rules(), more in select(people()),
    ) {
        let before = question.asked(rules.clone());
        let mut wider = question.clone();
        wider.thing.within.push(more);
        let now = wider.asked(rules);
        prop_assert!(is_no_wider(&now, &before), "{before:?} became {now:?}");
    }

    #[test]
    fn every_answer_has_a_sentence_free_of_jargon(question in any_question(), rules in any_rules()) {
        let book = question.book(rules.clone());
        let verdict = question.asked(rules);
        for listener in [
            Listener::Public,
            Listener::Member(PersonId(1), HARBOUR),
            Listener::Moderator(HARBOUR, None),
        ] {
            let sentence = verdict.sentence_for(&book, listener).to_lowercase();
            prop_assert!(!sentence.is_empty());
            for jargon in ["actor", "inbox", "activit", "fetch", "instance", "signature", "fep", "http:"] {
                prop_assert!(!sentence.contains(jargon), "{sentence}");
            }
        }
    }

    /// What a dry run decides by is what would decide: a supposed rule answers as the same rule in force.
    #[test]
    fn a_supposed_rule_decides_as_if_it_were_in_force(
        question in any_question(), rules in any_rules(), more in any_rule(),
    ) {
        let more = Rule { id: RuleId(999), ..more };
        let is_replaced = |rule: &Rule| rule.scope == more.scope && rule.pattern == more.pattern;
        // Of one scope there is at most one rule for a pattern.
        prop_assume!(rules.iter().filter(|rule| is_replaced(rule)).count() < 2);
        let by = |book: &RuleBook| {
            ask(book, &question.ties, &question.party, question.act, question.way, &question.thing)
        };
        let supposed = question.book(rules.clone()).supposing(more.clone());
        let others = rules.iter().filter(|rule| !is_replaced(rule)).cloned();
        let in_force = question.book(others.chain([more.clone()]).collect());
        prop_assert_eq!(by(&supposed), by(&in_force));
        prop_assert_eq!(supposed.rule(RuleId(999)), Some(&more));
    }

    #[test]
    fn a_book_without_a_rule_decides_as_if_it_had_never_been_set(
        question in any_question(), rules in any_rules(), place in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!rules.is_empty());
        let gone = rules[place.index(rules.len())].id;
        let by = |book: &RuleBook| {
            ask(book, &question.ties, &question.party, question.act, question.way, &question.thing)
        };
        let without = question.book(rules.clone()).without(gone);
        let others = rules.into_iter().filter(|rule| rule.id != gone).collect();
        prop_assert_eq!(by(&without), by(&question.book(others)));
        prop_assert_eq!(without.rule(gone), None);
    }
}
