//! What peers send, and how much of it they can speak for (FEP-fe34; attacks 1, 8, 10, 12, 13).
// These tests stand in for whatever checks signatures.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod world;

use comity_policy::testing::Facts;
use comity_policy::*;
use comity_vocab::{Activity, Document, Note, read};
use world::*;

fn document(json: &str) -> Document {
    read(json.as_bytes()).unwrap()
}

fn activity(json: &str) -> Activity {
    match document(json) {
        Document::Activity(activity) => activity,
        other => panic!("not an activity: {other:?}"),
    }
}

fn create(note: &str) -> Activity {
    activity(&format!(
        r#"{{"id":"https://bigcorp.example/a/1","type":"Create","actor":"https://bigcorp.example/users/rex",
            "to":["https://www.w3.org/ns/activitystreams#Public"],"object":{note}}}"#
    ))
}

fn note(id: &str, author: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"Note","attributedTo":"{author}","content":"hello",
            "to":["https://www.w3.org/ns/activitystreams#Public"]{more}}}"#
    )
}

const REX: &str = "https://bigcorp.example/users/rex";

async fn admit<T: Claim>(said: Attested<T>, rules: Vec<Rule>) -> Result<Admitted<T>, Refusal> {
    let gate = Gate::new(Facts::new(), book(rules));
    gate.admit(said, HARBOUR, &rex(), Act::Deliver, Way::SharedInbox, None)
        .await
        .unwrap()
}

async fn signed(activity: Activity) -> Result<Admitted<Activity>, Refusal> {
    admit(Attested::by_signature(iri(REX), activity), vec![]).await
}

fn is_forged<T>(answer: Result<Admitted<T>, Refusal>) -> bool {
    answer.is_err_and(|no| matches!(no.because(), Because::Forged(_)))
}

#[tokio::test]
async fn ones_own_note_is_held() {
    let sent = signed(create(&note("https://bigcorp.example/n/1", REX, "")))
        .await
        .unwrap();
    let part: Admitted<Note> = sent.note().held().unwrap();
    assert_eq!((part.content.as_str(), part.by()), ("hello", &iri(REX)));
}

#[tokio::test]
async fn a_note_of_another_origin_is_fetched_and_one_of_another_author_is_forged() {
    let elsewhere = note(
        "https://friendly.example/n/1",
        "https://friendly.example/users/fay",
        "",
    );
    let sent = signed(create(&elsewhere)).await.unwrap();
    assert!(
        matches!(sent.note(), Part::Elsewhere(id) if id == iri("https://friendly.example/n/1"))
    );
    let neighbour = note(
        "https://bigcorp.example/n/1",
        "https://bigcorp.example/users/mallory",
        "",
    );
    let sent = signed(create(&neighbour)).await.unwrap();
    assert!(matches!(sent.note(), Part::Forged(_)));
}

#[tokio::test]
async fn what_a_boost_wraps_is_never_believed() {
    let wrapped = note(
        "https://bigcorp.example/n/1",
        "https://bigcorp.example/users/other",
        "",
    );
    let boost = activity(&format!(
        r#"{{"id":"https://bigcorp.example/a/2","type":"Announce","actor":"{REX}","object":{wrapped}}}"#
    ));
    assert!(matches!(
        signed(boost).await.unwrap().note(),
        Part::Elsewhere(_)
    ));
}

#[tokio::test]
async fn l31_a_boost_or_quote_of_a_refused_server_stays_outside() {
    let evil = || vec![harbour(about("evil.example"), Stance::Refused)];
    let boost = activity(&format!(
        r#"{{"id":"https://bigcorp.example/a/2","type":"Announce","actor":"{REX}","object":"https://sub.evil.example/n/1"}}"#
    ));
    let no = admit(Attested::by_signature(iri(REX), boost), evil())
        .await
        .unwrap_err();
    assert_eq!(*no.because(), Because::Rule(RuleId(12)));
    let quote = note(
        "https://bigcorp.example/n/1",
        REX,
        r#","quote":"https://evil.example/n/1""#,
    );
    let no = admit(Attested::by_signature(iri(REX), create(&quote)), evil())
        .await
        .unwrap_err();
    assert_eq!(*no.because(), Because::Rule(RuleId(12)));
    // An answer to somebody there is its own author's words.
    let reply = note(
        "https://bigcorp.example/n/1",
        REX,
        r#","inReplyTo":"https://evil.example/n/1""#,
    );
    assert!(
        admit(Attested::by_signature(iri(REX), create(&reply)), evil())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn l13_nobody_moves_to_a_refused_server() {
    let moved = activity(&format!(
        r#"{{"id":"https://bigcorp.example/a/3","type":"Move","actor":"{REX}","object":"{REX}","target":"https://evil.example/users/rex"}}"#
    ));
    let evil = vec![harbour(about("evil.example"), Stance::Refused)];
    assert!(
        admit(Attested::by_signature(iri(REX), moved), evil)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn who_signed_is_who_acts() {
    let sent = create(&note("https://bigcorp.example/n/1", REX, ""));
    let other = iri("https://bigcorp.example/users/mallory");
    assert!(is_forged(
        admit(Attested::by_signature(other, sent), vec![]).await
    ));
}

#[tokio::test]
async fn one_changes_removes_and_undoes_ones_own_only() {
    for (kind, object) in [
        ("Delete", r#""https://friendly.example/n/1""#),
        ("Update", r#""https://friendly.example/users/fay""#),
        ("Undo", r#""https://friendly.example/a/1""#),
        ("Move", r#""https://bigcorp.example/users/other""#),
        (
            "Undo",
            r#"{"id":"https://bigcorp.example/a/9","type":"Like","actor":"https://friendly.example/users/fay","object":"https://harbour.example/1"}"#,
        ),
    ] {
        let sent = activity(&format!(
            r#"{{"id":"https://bigcorp.example/a/4","type":"{kind}","actor":"{REX}","object":{object}}}"#
        ));
        assert!(is_forged(signed(sent).await), "{kind} {object}");
    }
}

#[tokio::test]
async fn an_answer_is_to_something_of_ours_or_theirs() {
    let accept = |id: &str| {
        activity(&format!(
            r#"{{"id":"https://bigcorp.example/a/5","type":"Accept","actor":"{REX}",
                "object":{{"id":"{id}","type":"Follow","actor":"https://harbour.example/users/alice","object":"{REX}"}}}}"#
        ))
    };
    let ours = signed(accept("https://harbour.example/follows/1"))
        .await
        .unwrap();
    assert!(matches!(ours.inner(), Part::Held(inner) if inner.actor == alice().iri));
    let others = signed(accept("https://friendly.example/follows/1"))
        .await
        .unwrap();
    assert!(matches!(others.inner(), Part::Forged(_)));
}

#[tokio::test]
async fn a_profile_is_changed_by_its_owner_and_keeps_its_inbox_at_home() {
    let update = |id: &str, inbox: &str| {
        activity(&format!(
            r#"{{"id":"https://bigcorp.example/a/6","type":"Update","actor":"{REX}","object":{{
                "id":"{id}","type":"Person","preferredUsername":"rex","inbox":"{inbox}","outbox":"{id}/outbox"}}}}"#
        ))
    };
    let at_home = "https://bigcorp.example/users/rex/inbox";
    assert!(
        signed(update(REX, at_home))
            .await
            .unwrap()
            .actor()
            .held()
            .is_some()
    );
    let other = signed(update("https://bigcorp.example/users/other", at_home))
        .await
        .unwrap();
    assert!(matches!(other.actor(), Part::Forged(_)));
    let away = signed(update(REX, "https://victim.example/inbox"))
        .await
        .unwrap();
    assert!(matches!(away.actor(), Part::Forged(_)));
}

#[tokio::test]
async fn what_is_fetched_speaks_for_its_own_origin() {
    let fetched = |from: &str, json: &str| {
        Attested::by_origin(iri(from), document(json))
            .into_note()
            .unwrap()
    };
    let own = note("https://bigcorp.example/n/1", REX, "");
    assert!(
        admit(fetched("https://bigcorp.example/n/1", &own), vec![])
            .await
            .is_ok()
    );
    assert!(is_forged(
        admit(fetched("https://evil.example/n/1", &own), vec![]).await
    ));
    let foreign = note("https://evil.example/n/1", REX, "");
    assert!(is_forged(
        admit(fetched("https://evil.example/n/1", &foreign), vec![]).await
    ));
}

#[tokio::test]
async fn nothing_from_outside_claims_to_be_from_here() {
    let gate = Gate::new(Facts::new(), book(vec![]));
    let ghost = Person::stranger(iri("https://harbour.example/users/ghost"));
    let sent = activity(
        r#"{"id":"https://harbour.example/a/1","type":"Like","actor":"https://harbour.example/users/ghost","object":"https://harbour.example/1"}"#,
    );
    let said = Attested::by_signature(ghost.iri.clone(), sent);
    let answer = gate
        .admit(
            said,
            HARBOUR,
            &ghost,
            Act::Favourite,
            Way::Inbox,
            Some(&alice()),
        )
        .await;
    assert!(is_forged(answer.unwrap()));
}

#[tokio::test]
async fn a_direct_note_is_refused_where_direct_messages_are() {
    let direct = format!(
        r#"{{"id":"https://bigcorp.example/n/1","type":"Note","attributedTo":"{REX}","content":"psst",
            "to":["https://harbour.example/users/alice"],
            "tag":[{{"type":"Mention","href":"https://harbour.example/users/alice"}}]}}"#
    );
    let gate = Gate::new(
        Facts::new(),
        book(vec![Rule {
            conditions: Conditions::NO_DIRECT,
            ..harbour(about("bigcorp.example"), Stance::Open)
        }]),
    );
    for act in [Act::Deliver, Act::Mention, Act::Reply] {
        let said = Attested::by_signature(iri(REX), create(&direct));
        let answer = gate
            .admit(said, HARBOUR, &rex(), act, Way::Inbox, Some(&alice()))
            .await;
        assert!(answer.unwrap().is_err(), "{act:?}");
    }
    let public = create(&note("https://bigcorp.example/n/1", REX, ""));
    let said = Attested::by_signature(iri(REX), public);
    let answer = gate
        .admit(
            said,
            HARBOUR,
            &rex(),
            Act::Mention,
            Way::Inbox,
            Some(&alice()),
        )
        .await;
    assert!(answer.unwrap().is_ok());
}

#[tokio::test]
async fn what_must_wait_is_admitted_as_held() {
    let gate = Gate::new(Facts::new(), book_in(Mode::Cautious, vec![]));
    let follow = activity(&format!(
        r#"{{"id":"https://bigcorp.example/a/7","type":"Follow","actor":"{REX}","object":"https://harbour.example/users/alice"}}"#
    ));
    let said = Attested::by_signature(iri(REX), follow);
    let answer = gate
        .admit(
            said,
            HARBOUR,
            &rex(),
            Act::Follow,
            Way::Inbox,
            Some(&alice()),
        )
        .await;
    let held = answer.unwrap().unwrap();
    assert!(
        held.is_held()
            && held
                .conditions()
                .contains(Conditions::FOLLOWS_NEED_APPROVAL)
    );
}

#[test]
fn admission_can_wait_on_any_thread() {
    fn waits<T: Send>(_: T) {}
    let (rex, gate) = (rex(), Gate::new(Facts::new(), book(vec![])));
    let said = Attested::by_signature(
        iri(REX),
        create(&note("https://bigcorp.example/n/1", REX, "")),
    );
    waits(gate.admit(said, HARBOUR, &rex, Act::Deliver, Way::SharedInbox, None));
}
