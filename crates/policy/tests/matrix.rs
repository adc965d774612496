//! The whole of the policy as one printed table, `matrix.txt`, which a person who does not program
//! can review. `UPDATE_MATRIX=1 cargo test -p comity-policy --test matrix` writes it anew.
#![allow(clippy::unwrap_used)]

mod world;

use std::fmt::Write as _;

use comity_policy::*;
use comity_vocab::Visibility;
use world::*;

const VISIBILITIES: [Visibility; 5] = [
    Visibility::Public,
    Visibility::Unlisted,
    Visibility::Private,
    Visibility::Direct,
    Visibility::Local,
];

/// Somebody in a role, and the ties that make it one.
struct Role {
    name: &'static str,
    party: Party,
    ties: Ties,
    addressed: bool,
}

fn role(name: &'static str, party: Party) -> Role {
    Role {
        name,
        party,
        ties: Ties::none(),
        addressed: false,
    }
}

/// Those who may want something of alice@harbour.
fn towards_alice() -> Vec<Role> {
    vec![
        role("visitor", Party::Anonymous(HARBOUR)),
        role("alice herself", member(alice())),
        role("member of harbour", member(bob())),
        Role {
            ties: follows(&bob(), &alice()),
            ..role("member, follows alice", member(bob()))
        },
        Role {
            addressed: true,
            ..role("member, addressed", member(bob()))
        },
        role("neighbour at meadow", member(mia())),
        Role {
            ties: follows(&mia(), &alice()),
            ..role("neighbour, follows alice", member(mia()))
        },
        role("stranger at bigcorp", account(rex())),
        Role {
            ties: follows(&rex(), &alice()),
            ..role("stranger, follows alice", account(rex()))
        },
        Role {
            ties: follows(&alice(), &rex()),
            ..role("stranger, alice follows", account(rex()))
        },
        Role {
            addressed: true,
            ..role("stranger, addressed", account(rex()))
        },
        Role {
            ties: welcomes(alice().id.unwrap(), &rex()),
            ..role("stranger alice said yes to", account(rex()))
        },
        Role {
            ties: welcomes(HARBOURS_VOICE, &rex()),
            ..role("stranger harbour said yes", account(rex()))
        },
        Role {
            ties: known(&rex(), 400),
            ..role("stranger long known", account(rex()))
        },
        role(
            "bigcorp's server",
            Party::Instance(domain("bigcorp.example")),
        ),
        role(
            "a relay at bigcorp",
            Party::Service(domain("bigcorp.example")),
        ),
    ]
}

/// Those here who may want something of rex@bigcorp.
fn towards_rex() -> Vec<Role> {
    vec![
        role("visitor", Party::Anonymous(HARBOUR)),
        role("member of harbour", member(alice())),
        Role {
            ties: follows(&alice(), &rex()),
            ..role("member, follows rex", member(alice()))
        },
        Role {
            ties: follows(&rex(), &alice()),
            ..role("member, rex follows", member(alice()))
        },
        Role {
            addressed: true,
            ..role("member, addressed", member(alice()))
        },
    ]
}

/// Strangers by what their server says it runs, and since when it is known.
fn leaky_and_sound() -> Vec<Role> {
    let running = |name, software: &str, version, known_days| {
        let mut ties = follows(&rex(), &alice());
        let peer = Peer {
            known_days,
            software: Some(software.into()),
            version: Version::parse(version),
        };
        ties.know(rex().domain, peer);
        Role {
            ties,
            ..role(name, account(rex()))
        }
    };
    vec![
        running("follower, leaky 1.1, new", "leaky", "1.1", Some(0)),
        running("follower, leaky 1.1, known", "leaky", "1.1", Some(400)),
        running("follower, leaky 1.2, known", "leaky", "1.2", Some(400)),
        running("follower, leaky, no version", "leaky", "?", Some(400)),
        running("follower, sound 1.1, new", "sound", "1.1", Some(29)),
        role("follower's server, unknown", Party::Instance(rex().domain)),
    ]
}

fn between_people() -> Vec<Role> {
    vec![
        Role {
            ties: blocks(&alice(), &bob()),
            ..role("member alice blocks", member(bob()))
        },
        Role {
            ties: blocks(&bob(), &alice()),
            ..role("member who blocks alice", member(bob()))
        },
        Role {
            ties: blocks(&alice(), &rex()),
            ..role("stranger alice blocks", account(rex()))
        },
        Role {
            ties: blocks(&rex(), &alice()),
            ..role("stranger who blocks alice", account(rex()))
        },
        Role {
            ties: mutes(&alice(), &bob()),
            ..role("member alice mutes", member(bob()))
        },
        Role {
            ties: mutes(&bob(), &alice()),
            ..role("member who mutes alice", member(bob()))
        },
    ]
}

/// One cell: the answer, the letters of its conditions, and the word for the reason of a no.
fn cell(book: &RuleBook, role: &Role, act: Act, way: Way, thing: &Thing) -> String {
    let verdict = ask(book, &role.ties, &role.party, act, way, thing);
    let letters = verdict.conditions.letters();
    match verdict.outcome {
        Outcome::Allow => format!("✔{letters}"),
        Outcome::Hold => format!("?{letters}"),
        Outcome::Refuse => format!("✘ {}", reason(verdict.because)),
    }
}

fn reason(because: Because) -> &'static str {
    match because {
        Because::Rule(_) => "rule",
        Because::Limited(_) => "limited",
        Because::Mode(..) => "mode",
        Because::OwnMode(..) => "own-mode",
        Because::EmergencyGate(_) => "gate",
        Because::Wave(_) => "wave",
        Because::KeptFrom => "kept-from",
        Because::Replies => "replies",
        Because::Waits => "waits",
        Because::Removed => "removed",
        Because::Block { .. } => "block",
        Because::Mute { .. } => "mute",
        Because::Audience => "audience",
        Because::LocalOnly => "local",
        Because::NotListed => "unlisted",
        Because::Unsigned => "unsigned",
        Because::MembersOnly => "members",
        Because::NotAPerson => "person",
        Because::NeedsYes => "needs-yes",
        Because::NotOurs => "not-ours",
        Because::NobodyHere => "nobody",
        Because::Ourselves => "ourselves",
        Because::Forged(_) => "forged",
        Because::Wishes(_) => "wishes",
        Because::Nothing => "nothing",
    }
}

/// What the author of a thing laid down about it.
type Chosen = fn(Thing) -> Thing;

/// What a section speaks of.
struct Situation<'a> {
    book: RuleBook,
    owner: Person,
    roles: &'a [Role],
    within: Vec<Person>,
    /// What the owner chose for this thing.
    chosen: Chosen,
    /// How much of a cell counts when it is compared with another situation's.
    compared: fn(&str) -> String,
}

fn as_it_is(thing: Thing) -> Thing {
    thing
}

fn whole(cell: &str) -> String {
    cell.to_owned()
}

/// Yes, no or wait, whatever the conditions and the reason.
fn mark(cell: &str) -> String {
    cell.chars().take(1).collect()
}

/// An act with the ways it goes by.
type ByWays = (Act, Vec<Way>);

/// A table of one situation; with a `base`, only of what differs from it. Ways by which an act
/// has the same answers for everybody share a paragraph, roles with the same answers a mark.
fn table(now: &Situation<'_>, base: Option<&Situation<'_>>) -> String {
    let mut paragraphs: Vec<(Vec<ByWays>, String)> = Vec::new();
    for act in Act::ALL {
        for way in Way::ALL {
            if !goes_together(act, way) {
                continue;
            }
            let lines = lines(now, base, act, way);
            if lines.is_empty() {
                continue;
            }
            match paragraphs.iter_mut().find(|paragraph| paragraph.1 == lines) {
                None => paragraphs.push((vec![(act, vec![way])], lines)),
                Some((acts, _)) => match acts.iter_mut().find(|(named, _)| *named == act) {
                    Some((_, ways)) => ways.push(way),
                    None => acts.push((act, vec![way])),
                },
            }
        }
    }
    if paragraphs.is_empty() {
        return "  no difference\n\n".into();
    }
    let mut text = String::new();
    for (acts, lines) in paragraphs {
        // Acts with the same list of ways are named together.
        let mut titles: Vec<(Vec<&str>, Vec<Way>)> = Vec::new();
        for (act, ways) in acts {
            match titles.iter_mut().find(|title| title.1 == ways) {
                Some(title) => title.0.push(act.as_str()),
                None => titles.push((vec![act.as_str()], ways)),
            }
        }
        for (acts, ways) in titles {
            let ways: Vec<&str> = ways.into_iter().map(Way::as_str).collect();
            writeln!(text, "  {} / {}", acts.join(", "), ways.join(" ")).unwrap();
        }
        writeln!(text, "{lines}").unwrap();
    }
    text
}

/// What is done to us comes in or is done here; what is seen of us goes out or is seen here. The
/// rest of the square is nonsense that nobody would read.
fn goes_together(act: Act, way: Way) -> bool {
    let inward = matches!(
        way,
        Way::Inbox | Way::SharedInbox | Way::Relay | Way::Forwarding | Way::Boost | Way::Backfill
    );
    let push = matches!(
        way,
        Way::FollowerDelivery | Way::DirectDelivery | Way::Relay | Way::Push
    );
    match act {
        Act::Contact => matches!(way, Way::Fetch | Way::FollowerDelivery),
        Act::Receive => push,
        act if act.is_outward() => !inward && (!push || way == Way::Push),
        _ => inward || matches!(way, Way::Rest | Way::Notification),
    }
}

fn cells(situation: &Situation<'_>, role: &Role, act: Act, way: Way) -> Vec<String> {
    let cell_of = |visibility| {
        let mut thing = thing(situation.owner.clone(), visibility);
        thing.within.clone_from(&situation.within);
        if role.addressed {
            thing
                .addressed
                .extend(role.party.person().and_then(|person| person.id));
        }
        let thing = (situation.chosen)(thing);
        cell(&situation.book, role, act, way, &thing)
    };
    VISIBILITIES.into_iter().map(cell_of).collect()
}

fn lines(now: &Situation<'_>, base: Option<&Situation<'_>>, act: Act, way: Way) -> String {
    let mut lines: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for role in now.roles {
        // Requests are made of servers.
        if act == Act::Contact && !matches!(role.party, Party::Instance(_) | Party::Service(_)) {
            continue;
        }
        let row = cells(now, role, act, way);
        let compared = |row: &[String]| -> Vec<String> {
            row.iter().map(|cell| (now.compared)(cell)).collect()
        };
        if base.is_some_and(|base| compared(&cells(base, role, act, way)) == compared(&row)) {
            continue;
        }
        match lines.iter_mut().find(|line| line.1 == row) {
            Some(line) => line.0.push(role.name),
            None => lines.push((vec![role.name], row)),
        }
    }
    let mut text = String::new();
    for (names, row) in lines {
        let row = row
            .iter()
            .fold(String::new(), |row, cell| row + &format!("{cell:<13}"));
        for (place, name) in names.iter().enumerate() {
            let row = if place == 0 { row.trim_end() } else { "〃" };
            writeln!(text, "    {name:<26}{row}").unwrap();
        }
    }
    text
}

/// Both domains that are not harbour's, so that the neighbour is measured like the stranger.
fn everywhere(scope: Scope, stance: Stance, conditions: Conditions) -> RuleBook {
    let about = |id, host| Rule {
        conditions,
        ..rule(id, scope, about(host), stance)
    };
    book(vec![
        about(1, "bigcorp.example"),
        about(2, "meadow.example"),
    ])
}

fn by_marks(situation: Situation<'_>) -> Situation<'_> {
    Situation {
        compared: mark,
        ..situation
    }
}

fn matrix() -> String {
    let (outside, inside, people) = (towards_alice(), towards_rex(), between_people());
    let ours = |book| Situation {
        book,
        owner: alice(),
        roles: &outside,
        within: vec![],
        chosen: as_it_is,
        compared: whole,
    };
    let theirs = |book| Situation {
        book,
        owner: rex(),
        roles: &inside,
        within: vec![],
        chosen: as_it_is,
        compared: whole,
    };
    let by_harbour = |stance| everywhere(Scope::Community(HARBOUR), stance, Conditions::NONE);
    let alices = Scope::Member(alice().id.unwrap(), HARBOUR);
    let mut text = String::from(HEAD);
    let mut section = |title: &str, table: String| {
        let line = "=".repeat(title.chars().count());
        writeln!(text, "{title}\n{line}\n{COLUMNS}\n\n{table}").unwrap();
    };

    section(
        "OPEN: a thing of alice@harbour",
        table(&ours(book(vec![])), None),
    );
    section(
        "OPEN: a thing of rex@bigcorp",
        table(&theirs(book(vec![])), None),
    );
    let free = book(vec![]);
    let among = Situation {
        book: free,
        owner: alice(),
        roles: &people,
        within: vec![],
        chosen: as_it_is,
        compared: whole,
    };
    section(
        "OPEN, BLOCKED AND MUTED: a thing of alice@harbour",
        table(&among, None),
    );

    for stance in Stance::ALL.into_iter().skip(1) {
        let name = stance.as_str().to_uppercase();
        section(
            &format!("{name} BY HARBOUR: a thing of alice@harbour, where it differs from open"),
            table(&ours(by_harbour(stance)), Some(&ours(book(vec![])))),
        );
        section(
            &format!("{name} BY HARBOUR: a thing of rex@bigcorp, where it differs from open"),
            table(&theirs(by_harbour(stance)), Some(&theirs(book(vec![])))),
        );
        for (scope, whose) in [(Scope::Operator, "THE OPERATOR"), (alices, "ALICE ALONE")] {
            let of = || everywhere(scope, stance, Conditions::NONE);
            section(
                &format!("{name} BY {whose}: a thing of alice, where it differs from by harbour"),
                table(&ours(of()), Some(&ours(by_harbour(stance)))),
            );
            section(
                &format!("{name} BY {whose}: a thing of rex, where it differs from by harbour"),
                table(&theirs(of()), Some(&theirs(by_harbour(stance)))),
            );
        }
    }
    let listed = |stance, opened: Option<Pattern>| {
        let list = ListEntries {
            id: ListId(3),
            owner: Scope::Community(HARBOUR),
            name: "leaky".into(),
            entries: vec![about("bigcorp.example"), about("meadow.example")],
        };
        let opened = opened.map(|pattern| rule(1, list.owner, pattern, Stance::Open));
        let by_list = harbour(Pattern::List(list.id), stance);
        book(opened.into_iter().chain([by_list]).collect()).with_lists(vec![list])
    };
    for stance in Stance::ALL.into_iter().skip(1) {
        let name = stance.as_str().to_uppercase();
        let with_it = || by_marks(ours(listed(stance, None)));
        section(
            &format!(
                "{name} BY A LIST OF HARBOUR: a thing of alice, where it differs from {} by name",
                stance.as_str()
            ),
            table(&with_it(), Some(&ours(by_harbour(stance)))),
        );
        section(
            &format!(
                "{name} BY A LIST OF HARBOUR: a thing of rex, where it differs from {} by name",
                stance.as_str()
            ),
            table(
                &by_marks(theirs(listed(stance, None))),
                Some(&theirs(by_harbour(stance))),
            ),
        );
        section(
            &format!(
                "{name} BY A LIST, BIGCORP OPENED: a thing of alice, where it differs from by the list"
            ),
            table(
                &by_marks(ours(listed(stance, Some(about("bigcorp.example"))))),
                Some(&with_it()),
            ),
        );
        section(
            &format!(
                "{name} BY A LIST, REX OPENED: a thing of alice, where it differs from by the list"
            ),
            table(
                &by_marks(ours(listed(stance, Some(Pattern::Account(rex().iri))))),
                Some(&with_it()),
            ),
        );
    }
    // One stance is enough: which rules speak of somebody does not depend on it.
    let alices_list = || {
        let list = ListEntries {
            id: ListId(4),
            owner: alices,
            name: "my own".into(),
            entries: vec![about("bigcorp.example"), about("meadow.example")],
        };
        let by_list = rule(1, alices, Pattern::List(list.id), Stance::Refused);
        book(vec![by_list]).with_lists(vec![list])
    };
    let by_alice = || everywhere(alices, Stance::Refused, Conditions::NONE);
    section(
        "REFUSED BY A LIST OF ALICE: a thing of alice, where it differs from by alice alone",
        table(&ours(alices_list()), Some(&ours(by_alice()))),
    );
    section(
        "REFUSED BY A LIST OF ALICE: a thing of rex, where it differs from by alice alone",
        table(&theirs(alices_list()), Some(&theirs(by_alice()))),
    );
    for mode in [Mode::Cautious, Mode::AllowList] {
        let (name, stance) = (mode.as_str().to_uppercase(), mode.stance());
        section(
            &format!(
                "{name} HARBOUR: a thing of alice, where a yes or no differs from {}",
                stance.as_str()
            ),
            table(
                &by_marks(ours(book_in(mode, vec![]))),
                Some(&ours(by_harbour(stance))),
            ),
        );
        section(
            &format!(
                "{name} HARBOUR: a thing of rex, where a yes or no differs from {}",
                stance.as_str()
            ),
            table(
                &by_marks(theirs(book_in(mode, vec![]))),
                Some(&theirs(by_harbour(stance))),
            ),
        );
    }
    for mode in [Mode::Cautious, Mode::AllowList] {
        let added = vec![harbour(about("bigcorp.example"), Stance::Unchanged)];
        section(
            &format!(
                "{} HARBOUR, BIGCORP UNCHANGED: a thing of alice, where a yes or no differs from {} harbour",
                mode.as_str().to_uppercase(),
                mode.as_str()
            ),
            table(
                &by_marks(ours(book_in(mode, added))),
                Some(&ours(book_in(mode, vec![]))),
            ),
        );
    }
    let alice_is = |mode| book(vec![]).with_member_modes([(alice().id.unwrap(), mode)]);
    for mode in [Mode::Cautious, Mode::AllowList] {
        section(
            &format!(
                "{} FOR ALICE ALONE: a thing of alice, where a yes or no differs from {} harbour",
                mode.as_str().to_uppercase(),
                mode.as_str()
            ),
            table(
                &by_marks(ours(alice_is(mode))),
                Some(&ours(book_in(mode, vec![]))),
            ),
        );
    }
    for mode in [Mode::Cautious, Mode::AllowList] {
        section(
            &format!(
                "{} FOR ALICE ALONE: a thing of rex, where a yes or no differs from {} harbour",
                mode.as_str().to_uppercase(),
                mode.as_str()
            ),
            table(
                &by_marks(theirs(alice_is(mode))),
                Some(&theirs(book_in(mode, vec![]))),
            ),
        );
    }
    let leaky = leaky_and_sound();
    let servers = |book| Situation {
        roles: &leaky,
        ..ours(book)
    };
    for (name, pattern) in [
        (
            "LEAKY BEFORE 1.2",
            Pattern::Software {
                name: "leaky".into(),
                before: Version::parse("1.2"),
            },
        ),
        ("FIRST SEEN WITHIN 30 DAYS", Pattern::FirstSeen { days: 30 }),
    ] {
        section(
            &format!(
                "{name} REFUSED BY HARBOUR: a thing of alice, where a yes or no differs from open"
            ),
            table(
                &by_marks(servers(book(vec![harbour(pattern, Stance::Refused)]))),
                Some(&servers(book(vec![]))),
            ),
        );
    }
    let closed = |rules| {
        let harbour = Hosted {
            gate_until: Some(NOW + 1),
            ..Hosted::new(HARBOUR, domain("harbour.example"), Mode::Open)
        };
        let meadow = Hosted::new(MEADOW, domain("meadow.example"), Mode::Open);
        RuleBook::new(7, NOW, vec![harbour, meadow], rules)
    };
    section(
        "EMERGENCY GATE OF HARBOUR: a thing of alice, where it differs from open",
        table(&ours(closed(vec![])), Some(&ours(book(vec![])))),
    );
    section(
        "EMERGENCY GATE OF HARBOUR: a thing of rex, where it differs from open",
        table(&theirs(closed(vec![])), Some(&theirs(book(vec![])))),
    );
    let opened = || closed(vec![harbour(about("bigcorp.example"), Stance::Open)]);
    section(
        "EMERGENCY GATE OF HARBOUR, BIGCORP OPENED: a thing of alice, where it differs from open",
        table(&ours(opened()), Some(&ours(book(vec![])))),
    );
    let wave = || book(vec![]).with_waves(NOW, [(alice().id.unwrap(), NOW + 1)]);
    section(
        "A WAVE AT ALICE: a thing of alice, where a yes or no differs from open",
        table(&by_marks(ours(wave())), Some(&ours(book(vec![])))),
    );
    let choices: [(&str, Chosen); 7] = [
        ("KEPT FROM BIGCORP", |thing| Thing {
            kept_from: vec![about("bigcorp.example")],
            ..thing
        }),
        ("REPLIES BY FOLLOWERS", |thing| {
            replies(thing, Circle::Followers, Circle::Followers)
        }),
        ("REPLIES BY THOSE IT NAMES", |thing| {
            replies(thing, Circle::Mentioned, Circle::Mentioned)
        }),
        ("REPLIES BY NOBODY", |thing| {
            replies(thing, Circle::Nobody, Circle::Nobody)
        }),
        ("REPLIES BY FOLLOWERS, OTHERS ASK", |thing| {
            replies(thing, Circle::Followers, Circle::Everyone)
        }),
        ("AN ANSWER THAT WAITS FOR BOB", |thing| Thing {
            approval: Approval::Waits {
                on: bob().id.unwrap(),
            },
            ..thing
        }),
        ("AN ANSWER THAT BOB REMOVED", |thing| Thing {
            approval: Approval::Removed {
                by: bob().id.unwrap(),
            },
            ..thing
        }),
    ];
    for (name, chosen) in choices {
        section(
            &format!("{name}: a thing of alice, where it differs from open"),
            table(
                &Situation {
                    chosen,
                    ..ours(book(vec![]))
                },
                Some(&ours(book(vec![]))),
            ),
        );
    }
    for condition in CONDITIONS {
        let of = || everywhere(Scope::Community(HARBOUR), Stance::Open, condition);
        let words: String = condition.words().collect();
        let name = words.to_uppercase();
        section(
            &format!("{name}: a thing of alice, where a yes or no differs from open"),
            table(&by_marks(ours(of())), Some(&ours(book(vec![])))),
        );
    }
    for condition in [
        Conditions::DROP_MEDIA,
        Conditions::DROP_PREVIEWS,
        Conditions::LIMITED,
        Conditions::NO_DIRECT,
    ] {
        let of = || everywhere(Scope::Community(HARBOUR), Stance::Open, condition);
        let words: String = condition.words().collect();
        section(
            &format!(
                "{}: a thing of rex, where a yes or no differs from open",
                words.to_uppercase()
            ),
            table(&by_marks(theirs(of())), Some(&theirs(book(vec![])))),
        );
    }
    let within = |stance| Situation {
        within: vec![rex()],
        owner: bob(),
        ..theirs(by_harbour(stance))
    };
    for stance in [Stance::Limited, Stance::Refused] {
        section(
            &format!(
                "{} BY HARBOUR: a thing of bob@harbour about one of rex, where it differs from open",
                stance.as_str().to_uppercase()
            ),
            table(&within(stance), Some(&within(Stance::Open))),
        );
    }
    text
}

fn replies(thing: Thing, freely: Circle, asking: Circle) -> Thing {
    Thing {
        replies: Replies { freely, asking },
        ..thing
    }
}

const CONDITIONS: [Conditions; 5] = [
    Conditions::NO_BOOSTS,
    Conditions::NO_DIRECT,
    Conditions::REJECT_REPORTS,
    Conditions::REPLIES_NEED_APPROVAL,
    Conditions::FOLLOWS_NEED_APPROVAL,
];

const COLUMNS: &str =
    "                              public       unlisted     private      direct       local";

const HEAD: &str = "\
Who may do what: every answer of the gate, printed. A change in this file is a change of policy.

Each paragraph names acts / and the ways they go by; each line somebody, and the answer for a thing
of each visibility. A thing of alice@harbour is ours, a thing of rex@bigcorp is from elsewhere;
meadow is another community of our own installation, and is met like any other server.
  ✔ yes    ✘ no, and why    ? waits for somebody's yes    〃 as the line above
Letters after a yes are its conditions:
  L limited (marked, for followers of its author)    M muted    F folded    H held
  f follows need approval   r replies need approval   b no boosts   c no reports   d no direct
The words after a no:
  rule, limited, mode   a rule, a rule that limits, or the way the community meets the unknown
  own-mode, gate        the way alice meets the unknown; harbour's emergency gate is closed
  wave                  so many strangers speak to alice at once that she is asked about each
  kept-from, replies    its owner keeps this one from them; chose who may answer
  waits, removed        whom it answers has not said yes; took it out of the conversation
  block, mute           between the two people
  audience, local       its owner did not choose them; it never leaves its community
  unlisted              its owner keeps it out of public places
  unsigned, members     nobody can tell who asks; only members can do this
  person, needs-yes     a server does what only people do; who republishes needs the owner's own yes
  ourselves             we make no requests to ourselves

";

/// The answers that are checked in.
const REVIEWED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix.txt");

#[test]
fn the_table_is_as_reviewed() {
    let text = matrix();
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(REVIEWED, &text).unwrap();
        return;
    }
    let reviewed = std::fs::read_to_string(REVIEWED).unwrap_or_default();
    if let Some((place, (now, was))) = text
        .lines()
        .zip(reviewed.lines())
        .enumerate()
        .find(|(_, (now, was))| now != was)
    {
        panic!(
            "line {} of matrix.txt differs.\n was: {was}\n now: {now}",
            place + 1
        );
    }
    assert_eq!(
        text.len(),
        reviewed.len(),
        "matrix.txt is longer or shorter than reviewed"
    );
}
