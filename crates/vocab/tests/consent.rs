//! What we read of consent: policies in both generations of names, and stamps.

#![allow(clippy::unwrap_used)] // All of this file is tests.

use comity_vocab::{Consented, Document, Iri, Note, PUBLIC, Stamp, read};
use serde_json::{Value, json};

fn note_with(policy: &Value) -> Note {
    let id = "https://gts.example/users/grace/statuses/1";
    let note = json!({
        "type": "Note", "id": id, "attributedTo": "https://gts.example/users/grace", "to": [PUBLIC],
        "interactionPolicy": policy,
    });
    match read(note.to_string().as_bytes()).unwrap() {
        Document::Note(note) => note,
        other => panic!("{other:?}"),
    }
}

fn words(iris: &[Iri]) -> Vec<&str> {
    iris.iter().map(Iri::as_str).collect()
}

fn stamp(bytes: &[u8]) -> Stamp {
    match read(bytes).unwrap() {
        Document::Stamp(stamp) => stamp,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_policy_is_read_by_its_older_and_its_newer_names() {
    let followers = "https://gts.example/users/grace/followers";
    for names in [
        ["always", "approvalRequired"],
        ["automaticApproval", "manualApproval"],
    ] {
        let policy =
            note_with(&json!({ "canReply": { names[0]: followers, names[1]: ["as:Public"] } }));
        let reply = policy.interaction_policy.can_reply.unwrap();
        assert_eq!(words(&reply.automatic), [followers]);
        assert_eq!(words(&reply.manual), [PUBLIC]);
        assert_eq!(policy.interaction_policy.can_like, None);
    }
    let both =
        note_with(&json!({ "canQuote": { "automaticApproval": [PUBLIC], "always": [followers] } }));
    let quote = both.interaction_policy.can_quote.unwrap();
    assert_eq!(words(&quote.automatic), [PUBLIC], "the newer counts");
}

#[test]
fn what_says_nothing_is_no_policy_and_what_says_too_much_is_cut() {
    for nothing in [
        json!(null),
        json!({}),
        json!("x"),
        json!({ "canReply": {} }),
        json!({ "canReply": [] }),
    ] {
        assert_eq!(
            *note_with(&nothing).interaction_policy,
            comity_vocab::InteractionPolicy::default()
        );
    }
    let many: Vec<String> = (0..900)
        .map(|n| format!("https://a.example/u/{n}"))
        .collect();
    let policy = note_with(&json!({ "canReply": { "always": many } })).interaction_policy;
    assert_eq!(policy.can_reply.unwrap().automatic.len(), 200);
}

#[test]
fn stamps_are_read_in_both_shapes() {
    let new = stamp(include_bytes!(
        "../fixtures/gotosocial/reply_authorization.json"
    ));
    let old = stamp(include_bytes!(
        "../fixtures/gotosocial/reply_approval_old.json"
    ));
    assert_eq!(
        (new.permits, old.permits),
        (Consented::Reply, Consented::Reply)
    );
    assert_eq!(
        (&new.object, &new.target, &new.author),
        (&old.object, &old.target, &old.author)
    );
    let lacking = json!({ "type": "QuoteAuthorization", "id": "https://a.example/s/1", "attributedTo": "https://a.example/u" });
    assert!(
        read(lacking.to_string().as_bytes()).is_err(),
        "a stamp for nothing is none"
    );
}

#[test]
fn an_answer_of_gotosocial_to_a_request_names_request_reply_and_stamp() {
    let bytes = include_bytes!("../fixtures/gotosocial/reply_accept.json");
    let Document::Activity(accept) = read(bytes).unwrap() else {
        panic!("is an activity");
    };
    let request = accept.object.activity().unwrap();
    assert_eq!(request.kind.as_str(), "ReplyRequest");
    assert_eq!(
        request.instrument.as_ref().unwrap().as_str(),
        "https://ours.example/users/erin/statuses/7"
    );
    assert_eq!(
        accept.result.unwrap().as_str(),
        "https://gts.example/users/grace/authorizations/01ACC"
    );
}

#[test]
fn a_quote_is_asked_for_let_and_ended_as_mastodon_does() {
    let bytes = include_bytes!("../fixtures/mastodon/quote_request.json");
    let Document::Activity(request) = read(bytes).unwrap() else {
        panic!("is an activity");
    };
    assert_eq!(request.kind.as_str(), "QuoteRequest");
    let quoted = "https://ours.example/users/erin/statuses/7";
    assert_eq!(request.object.id().unwrap().as_str(), quoted);
    let quoting = "https://social.example/users/tom/statuses/11";
    assert_eq!(request.instrument.unwrap().as_str(), quoting);

    let bytes = include_bytes!("../fixtures/mastodon/quote_accept.json");
    let Document::Activity(accept) = read(bytes).unwrap() else {
        panic!("is an activity");
    };
    let asked = accept.object.activity().unwrap();
    assert_eq!(asked.kind.as_str(), "QuoteRequest");
    let bytes = include_bytes!("../fixtures/mastodon/quote_authorization.json");
    let good = stamp(bytes);
    assert_eq!(good.permits, Consented::Quote);
    assert_eq!(Some(&good.id), accept.result.as_ref());
    assert_eq!(Some(&good.object), asked.instrument.as_ref());
    assert_eq!(Some(&good.target), asked.object.id());

    let bytes = include_bytes!("../fixtures/mastodon/quote_authorization_delete.json");
    let Document::Activity(end) = read(bytes).unwrap() else {
        panic!("is an activity");
    };
    assert_eq!(end.object.id(), Some(&good.id));
}
