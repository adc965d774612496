//! Letters: each kind that there is goes out, and all of them are read by whoever they went to, as pages are.

use std::collections::BTreeSet;
use std::time::Duration;

use comity::communities::{Invites, SignUp};
use comity::mail::command::{MailCommand, command};
use serde_json::json;
use tokio::time::sleep;

use super::cast::{Cast, word};
use super::desk::MODERATES;
use super::{Crawl, VIEWERS, words_in};
use crate::kept::App;
use crate::oauth::Registered;
use crate::post::Came;
use crate::town::{Browser, PASSWORD};
use crate::{passkeys, second_step, sign_ups};

/// Every kind of letter: what it is called here, its errand first; how its subject ends; and what stands in its text and in
/// that of no other with this subject.
#[rustfmt::skip]
const KINDS: [(&str, &str, &str); 19] = [
    ("Reset", "a new password", ""),
    ("Address", "is this your address?", "says that letters to this address reach them"),
    ("PasswordChanged", "your password was changed", ""),
    ("ConfirmSignUp", "is this your address?", "wants to join"),
    ("LetIn", "you are in", ""),
    ("TurnedDown", "not taken in", ""),
    ("SecondStep on", "your second step is on", ""),
    ("SecondStep off", "your second step is off", ""),
    ("Passkey Added", "you have a new passkey", ""),
    ("Passkey Removed", "a passkey was removed", ""),
    ("Passkey Refused", "a passkey may have been copied", ""),
    ("Leaving", "your account is to be deleted", ""),
    ("Decided warn", "a word for you", ""),
    ("Decided freeze", "you cannot sign in for now", ""),
    ("Decided suspend", "your account is suspended", ""),
    ("Decided limit", "your account is limited", ""),
    ("Decided mark", "your files are marked as sensitive", ""),
    ("AddressChanged", "your address was changed", ""),
    ("a trial of an operator's", "a trial", ""),
];

/// What sounds as if it were a letter and is none, and why. Nobody has a letter of a report that is made, answered or sent on
/// to another server either: those are notifications, and activities.
#[rustfmt::skip]
const NOT_SENT: [(&str, &str); 6] = [
    ("Forgotten", "it looks up whose name that is, and promises them a Reset"),
    ("Decided note", "it is a line in the record of those who moderate"),
    ("Decided admit", "a member is told of what is taken from them, and not of what is given back"),
    ("Decided unlimit", "as Decided admit"),
    ("Decided unmark", "as Decided admit"),
    ("Decided lift", "as Decided admit"),
];

/// The address that `mentioned` wants instead of theirs.
const WANTED: &str = "mentioned@post.example";

/// Addresses that no member has, or none before they showed that they read what is sent there.
const OUTSIDE: [&str; 4] = [
    WANTED,
    "jonas@post.example",
    "wilma@post.example",
    "operator@post.example",
];

/// In whose name a letter to this address is read.
fn reader_of(address: &str) -> Option<&'static str> {
    if OUTSIDE.contains(&address) {
        return Some("outsider");
    }
    let name = address.strip_suffix("@mail.example")?;
    let mut viewers = VIEWERS.into_iter();
    viewers.find(|&viewer| name_of(viewer) == name)
}

/// What a member is called in the harbour.
fn name_of(viewer: &'static str) -> &'static str {
    if viewer == "moderator" {
        "warden"
    } else {
        viewer
    }
}

/// What kind of letter that is.
fn kind_of(came: &Came) -> Option<&'static str> {
    let (subject, words) = (came.header("subject"), came.words());
    let mut kinds = KINDS.into_iter();
    let kind = kinds
        .find(|(_, about, says)| subject.ends_with(&format!(": {about}")) && words.contains(*says));
    kind.map(|(name, _, _)| name)
}

/// Whether one of each kind came.
fn are_all(came: &[Came]) -> bool {
    let heard: BTreeSet<_> = came.iter().filter_map(kind_of).collect();
    KINDS.iter().all(|(name, _, _)| heard.contains(name))
}

impl Crawl {
    /// One letter. Whoever it went to reads it, head and all, and it names neither anybody else nor an address of theirs.
    fn letter(&mut self, handles: &[String], came: &Came) {
        let (subject, words) = (came.header("subject"), came.words());
        if let Some(kind) = kind_of(came) {
            self.letters.insert(kind);
        } else {
            let wrong = format!("nobody knows what kind of letter {subject:?} is");
            self.wrong.insert(wrong);
        }
        let Some(reader) = reader_of(&came.to) else {
            let wrong = format!("nobody knows who reads {subject:?} at {}", came.to);
            self.wrong.insert(wrong);
            return;
        };
        let asked = format!("the letter {subject:?}");
        self.words(reader, '@', &asked, words_in(&words));
        let own = came.to.split('@').next();
        let handles = handles.iter();
        let handles = handles.filter(|handle| handle.split('@').next() != own);
        let addresses = VIEWERS.map(|viewer| format!("{}@mail.example", name_of(viewer)));
        let addresses = addresses.into_iter().chain(OUTSIDE.map(str::to_owned));
        let addresses = addresses.filter(|address| *address != came.to);
        for other in handles.map(|handle| format!("@{handle}")).chain(addresses) {
            if words.contains(&other) {
                let wrong = format!("{reader} is told of {other} in {asked}");
                self.wrong.insert(wrong);
            }
        }
    }

    /// A letter of each kind came to somebody.
    fn posted(&mut self) {
        for (kind, _, _) in KINDS {
            if !self.letters.contains(kind) {
                let wrong = format!("nobody was sent a letter of the kind {kind}");
                self.wrong.insert(wrong);
            }
        }
    }
}

/// Has each kind of letter sent, and reads all that came since the beginning. Some end what a member has here, so nothing
/// else is asked after this.
pub(super) async fn sent(cast: &mut Cast, crawl: &mut Crawl) {
    // What was tried before counts no more, and those browsers are signed out.
    cast.town.wait_s(3_601);
    for viewer in ["mentioned", "stranger", "deaf", "muted", "moderator"] {
        let mut browser = cast.browser("visitor");
        let form = [("name", name_of(viewer)), ("password", PASSWORD)];
        browser.post("/sign-in", &form).await.leads("/");
        cast.member(viewer).browser = browser;
    }
    Box::pin(forget_and_move(cast)).await;
    Box::pin(guard_their_doors(cast)).await;
    Box::pin(join(cast)).await;
    Box::pin(are_decided_about(cast)).await;
    let leave = [("password", PASSWORD)];
    let left = cast.member("muted").post("/settings/leave", &leave).await;
    left.leads("/");
    let trial = MailCommand::Test {
        address: "operator@post.example".to_owned(),
        community: Some("harbour.localhost".to_owned()),
    };
    Box::pin(command(&cast.town.app, trial)).await.unwrap();

    // One that somebody should not have been sent goes at the time of those that are waited for.
    let mut came = cast.mail.all();
    for _ in 0..200 {
        sleep(Duration::from_millis(100)).await;
        let before = came.len();
        came = cast.mail.all();
        if came.len() == before && are_all(&came) {
            break;
        }
    }
    for one in &came {
        crawl.letter(&cast.handles, one);
    }
    crawl.posted();
}

/// What the newest letter to an address opens a door with, at an address of ours that begins so.
async fn key_in(cast: &Cast, to: &str, beginning: &str) -> String {
    for _ in 0..1_000 {
        let came = cast.mail.all();
        let mut to_them = came.iter().rev().filter(|one| one.to == to);
        let key = to_them.find_map(|one| {
            let words = one.words();
            let (_, rest) = words.split_once(beginning)?;
            rest.split_whitespace().next().map(str::to_owned)
        });
        if let Some(key) = key {
            return key;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("no letter to {to} leads to {beginning}");
}

/// Says that an address is theirs, and is led there.
async fn confirms(cast: &Cast, browser: &mut Browser, address: &str, leads_to: &str) {
    let key = key_in(cast, address, "/confirm/").await;
    let form = [("token", key.as_str())];
    browser.post("/confirm", &form).await.leads(leads_to);
}

/// The follower forgot their password, and `mentioned` has another address.
async fn forget_and_move(cast: &mut Cast) {
    let mut browser = cast.browser("visitor");
    let form = [("name", "follower")];
    browser.post("/forgotten", &form).await.is(200);
    let key = key_in(cast, "follower@mail.example", "/reset/").await;
    let form = [("token", key.as_str()), ("password", PASSWORD)];
    browser.post("/reset", &form).await.leads("/sign-in");

    let form = [("email", WANTED), ("password", PASSWORD)];
    let mentioned = cast.member("mentioned");
    let wanted = mentioned.post("/settings/email", &form).await;
    wanted.leads("/settings/email");
    confirms(cast, &mut browser, WANTED, "/").await;
}

/// The stranger turns a second step on and off, and `deaf` has a passkey until they lose it.
async fn guard_their_doors(cast: &mut Cast) {
    let stranger = cast.members.get_mut("stranger").unwrap();
    second_step::turn_on(&cast.town, stranger).await;
    let form = [("proof", PASSWORD)];
    let off = stranger.post("/settings/second-step/off", &form).await;
    off.leads("/settings/second-step");

    let deaf = cast.members.get_mut("deaf").unwrap();
    let id = deaf.account.id;
    passkeys::is_copied(&cast.town, deaf, &word("passkey")).await;
    let removed = comity::passkeys::remove_all(&cast.town.app, id).await;
    assert_eq!(removed.unwrap(), 1);
}

/// Two people want to join; the moderator takes one of them.
async fn join(cast: &mut Cast) {
    sign_ups::set(&cast.town, SignUp::Approval, Invites::Moderators).await;
    let turned_down = word("turneddown");
    let said = [("word", turned_down.as_str())];
    for (name, decision, said) in [
        ("jonas", "approve", &said[..0]),
        ("wilma", "reject", &said[..]),
    ] {
        let email = format!("{name}@post.example");
        let form = [
            ("username", name),
            ("email", email.as_str()),
            ("password", PASSWORD),
            ("reason", "Boats"),
        ];
        let mut browser = cast.browser("visitor");
        browser.post("/sign-up", &form).await.is(303);
        confirms(cast, &mut browser, &email, "/about").await;
        let queue = cast.member("moderator").get("/sign-ups").await.is(200);
        let id = queue.number_after("/sign-ups/").unwrap();
        let answer = format!("/sign-ups/{id}/{decision}");
        let answered = cast.member("moderator").post(&answer, said).await;
        answered.leads("/sign-ups");
    }
}

/// The moderator decides something of each kind, and one thing because of the report: who complained, and of what, is nothing
/// that the author is written.
async fn are_decided_about(cast: &mut Cast) {
    let mut ours = Registered::new(&cast.town, MODERATES).await;
    let token = ours.let_in(cast.member("moderator"), MODERATES).await;
    let browser = ours.browser;
    let mut app = App { browser, token };
    let report = cast.kept["report"][0].to_string();
    for (viewer, decision, report) in [
        ("author", "none", Some(report)),
        ("muted", "sensitive", None),
        ("stranger", "silence", None),
        ("deaf", "disable", None),
        ("blocked", "suspend", None),
    ] {
        let id = cast.members[viewer].account.id;
        let at = format!("/api/v1/admin/accounts/{id}/action");
        let mut act = json!({ "type": decision, "text": word("reasontold") });
        if let Some(report) = report {
            act["report_id"] = json!(report);
        }
        app.post(&at, &act).await.is(200);
    }
}

mod tests {
    use std::fs::read_to_string;
    use std::path::{Path, PathBuf};

    use comity::moderation::Action;

    use super::*;
    use crate::catalogue::sources;

    /// What the variants of an enum are called, as its source has them.
    fn variants(source: &str, name: &str) -> Vec<String> {
        let (_, rest) = source.split_once(&format!("pub enum {name} {{\n")).unwrap();
        let (body, _) = rest.split_once("\n}\n").unwrap();
        let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
        let named = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
        named
            .map(|line| {
                let letters = line.chars().take_while(char::is_ascii_alphanumeric);
                letters.collect::<String>()
            })
            .collect()
    }

    /// Whether something is called so here, or begins so in words of which this is the first.
    fn is_known(name: &str) -> bool {
        let sent = KINDS.iter().map(|(kind, _, _)| *kind);
        let mut all = sent.chain(NOT_SENT.iter().map(|(kind, _)| *kind));
        all.any(|kind| kind == name || kind.split(' ').next() == Some(name))
    }

    #[test]
    fn every_letter_that_is_made_is_known_here() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let source = read_to_string(root.join("members/letters.rs")).unwrap();
        let errands = variants(&source, "Errand");
        assert!(errands.len() > 10, "{errands:?} are not all");
        let passkeys = variants(&source, "OfPasskey");
        assert_eq!(passkeys.len(), 3, "{passkeys:?}");
        let passkeys = passkeys.iter().map(|what| format!("Passkey {what}"));
        let decisions = Action::ALL.map(|action| format!("Decided {}", action.as_str()));
        for name in errands.into_iter().chain(passkeys).chain(decisions) {
            assert!(is_known(&name), "no letter of the kind {name} is sent here");
        }
        // Whatever else hands letters to the mail server has kinds of its own.
        let mut files = Vec::new();
        sources(&root, &mut files);
        let hands_over = |file: &&PathBuf| {
            let text = read_to_string(file).unwrap();
            text.contains("mail::send(") || text.contains("try_out(")
        };
        let mut found: Vec<_> = files
            .iter()
            .filter(hands_over)
            .map(|file| file.strip_prefix(&root).unwrap().to_str().unwrap())
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            ["mail/command.rs", "mail/mod.rs", "members/letters.rs"]
        );
    }

    fn letter(to: &str, about: &str, coded: &str, text: &str) -> Came {
        Came {
            to: to.to_owned(),
            whole: format!(
                "To: {to}\r\nSubject: Harbour: {about}\r\nContent-Transfer-Encoding: {coded}\r\n\r\n{text}\r\n"
            ),
        }
    }

    const LIMITED: &str = "your account is limited";

    /// What is wrong with a letter, where nothing else was read.
    fn wrong(to: &str, about: &str, coded: &str, text: &str) -> Vec<String> {
        let mut crawl = Crawl::new();
        let handles = [
            "author@harbour.localhost",
            "blocked@harbour.localhost",
            "mentioned@harbour.localhost",
        ];
        let came = letter(to, about, coded, text);
        crawl.letter(&handles.map(str::to_owned), &came);
        crawl.wrong.into_iter().collect()
    }

    #[test]
    fn one_word_too_many_in_a_letter_is_noticed() {
        let to = "blocked@mail.example";
        let told = format!(
            "This is about @blocked@harbour.localhost. {}",
            word("reasontold")
        );
        assert!(wrong(to, LIMITED, "7bit", &told).is_empty());
        let found = "blocked reads private at the letter \"Harbour: your account is limited\" (@)";
        let private = word("private");
        assert_eq!(wrong(to, LIMITED, "7bit", &private), [found]);
        // Servers break what is long, and write it in letters that say nothing to whoever looks for a word.
        let (half, rest) = private.split_at(9);
        let broken = format!("They wrote: {half}=\r\n{rest} =C3=A9");
        assert_eq!(wrong(to, LIMITED, "quoted-printable", &broken), [found]);
        let packed = "Y2FuYXJ5cHJp\r\ndmF0ZWJpcmQ=";
        assert_eq!(wrong(to, LIMITED, "base64", packed), [found]);
    }

    #[test]
    fn a_letter_to_somebody_else_or_about_them_is_noticed() {
        let author = "author@mail.example";
        let told = "By @mentioned@harbour.localhost";
        assert_eq!(
            wrong(author, LIMITED, "7bit", told),
            [
                "author is told of @mentioned@harbour.localhost in the letter \"Harbour: your account is limited\""
            ]
        );
        // An address that somebody wants is told nothing of the one that they have.
        let changed = "is this your address?";
        let text = format!("says that letters to this address reach them {author}");
        assert_eq!(
            wrong(WANTED, changed, "7bit", &text),
            [
                "outsider is told of author@mail.example in the letter \"Harbour: is this your address?\"",
                "outsider reads mail at the letter \"Harbour: is this your address?\" (@)"
            ]
        );
        assert_eq!(
            wrong("boss@mail.example", LIMITED, "7bit", ""),
            ["nobody knows who reads \"Harbour: your account is limited\" at boss@mail.example"]
        );
        assert_eq!(
            wrong(author, "the weather", "7bit", ""),
            ["nobody knows what kind of letter \"Harbour: the weather\" is"]
        );
    }

    #[test]
    fn a_kind_of_letter_that_nobody_was_sent_is_noticed() {
        let mut crawl = Crawl::new();
        for (kind, about, says) in KINDS {
            if kind != "Decided limit" {
                crawl.letter(&[], &letter("deaf@mail.example", about, "7bit", says));
            }
        }
        crawl.posted();
        let wrong: Vec<_> = crawl.wrong.into_iter().collect();
        assert_eq!(
            wrong,
            ["nobody was sent a letter of the kind Decided limit"]
        );
    }
}
