//! Documents made to be misread. Each is refused for the right reason, or read without its sting.

#![allow(clippy::unwrap_used)] // All of this file is tests.

use std::fmt::Write as _;
use std::time::Duration;

use comity_vocab::{Document, Note, Object, read};
use proptest::prelude::*;
use serde_json::{Value, json};

fn refusal(text: &str) -> String {
    match read(text.as_bytes()) {
        Ok(document) => panic!("was read: {document:?}"),
        Err(why) => why.to_string(),
    }
}

fn note_with(fields: &Value) -> Note {
    let mut note = json!({
        "type": "Note",
        "id": "https://peer.example/notes/1",
        "attributedTo": "https://peer.example/users/eve",
    });
    for (key, value) in fields.as_object().unwrap() {
        note[key] = value.clone();
    }
    match read(&serde_json::to_vec(&note).unwrap()) {
        Ok(Document::Note(note)) => note,
        other => panic!("{other:?}"),
    }
}

#[test]
fn attack_13_two_readings_of_one_document_are_refused() {
    for (text, why) in [
        (
            r#"{"type":"Like","actor":"https://a.example/","actor":"https://b.example/"}"#,
            "actor: is given twice",
        ),
        (
            r#"{"type":"Like","actor":"https://a.example/","\u0061ctor":"https://b.example/"}"#,
            "actor: is given twice",
        ),
        (
            r#"{"type":"Create","actor":"https://a.example/","object":{"id":"x","id":"y"}}"#,
            "id: is given twice",
        ),
        (
            r#"{"type":"Like","actor":["https://a.example/","https://b.example/"],"object":"https://c.example/"}"#,
            "actor: names more than one",
        ),
        (
            r#"{"type":"Like","actor":[{"id":"https://a.example/"},"https://b.example/"]}"#,
            "actor: names more than one",
        ),
        (
            r#"{"type":"Tombstone","id":"https://a.example/1","@id":"https://b.example/1"}"#,
            "id: is given under two names",
        ),
        (
            r#"{"type":"Note","@type":"Person","id":"https://a.example/1"}"#,
            "type: is given under two names",
        ),
        (
            r#"{"type":"Tombstone","@id":"https://a.example/1"}"#,
            "id: is missing",
        ),
        (
            r#"{"type":"Tombstone","id":["https://a.example/1"]}"#,
            "id: is not text",
        ),
        (r#"{"type":"Tombstone","id":7}"#, "id: is not text"),
        (
            r#"{"type":"Tombstone","id":"https://a.example/1\u0000"}"#,
            "id: has a control character or a backslash",
        ),
        (
            r#"{"type":"Tombstone","id":"https://user@a.example/1"}"#,
            "id: has a user name or password",
        ),
        (
            r#"{"type":"Tombstone","id":"https://a.example/1"} {}"#,
            "document: is not valid JSON",
        ),
        (
            r#"{"type":"Tombstone","id":"https://a.example/1",}"#,
            "document: is not valid JSON",
        ),
        ("[]", "document: is not a JSON object"),
        ("", "document: is not valid JSON"),
        ("\"\\ud800\"", "document: is not valid JSON"),
        (
            r#"{"type":"Follow","object":"https://a.example/"}"#,
            "actor: is missing",
        ),
        (r#"{"type":"Follow","actor":[]}"#, "actor: is missing"),
        (
            r#"{"type":"Follow","actor":7}"#,
            "actor: is not an http(s) address",
        ),
        (
            r#"{"type":"Like","actor":"https://a.example/","object":7}"#,
            "object: is neither text nor object",
        ),
        (
            r#"{"type":"Like","actor":"https://a.example/","object":"javascript:alert(1)"}"#,
            "object: is not an http(s) address",
        ),
    ] {
        assert_eq!(refusal(text), why, "{text}");
    }
}

#[test]
fn the_same_actor_twice_is_one_actor() {
    let text = r#"{"type":"Like","actor":["https://a.example/u","https://A.example:443/u"],"object":"https://c.example/"}"#;
    assert!(matches!(read(text.as_bytes()), Ok(Document::Activity(_))));
}

#[test]
fn attacks_6_13_aliases_of_json_ld_are_not_followed() {
    let text = r#"{"@type":"Create","@id":"https://a.example/1","as:actor":"https://a.example/","@graph":[{"type":"Note"}]}"#;
    let expected = Document::Unknown {
        id: None,
        kind: String::new(),
    };
    assert_eq!(read(text.as_bytes()), Ok(expected));
}

#[test]
fn bounds_hold() {
    let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
    assert_eq!(refusal(&deep), "document: is nested more than 32 deep");
    let endless = "[".repeat(900_000);
    assert_eq!(refusal(&endless), "document: is nested more than 32 deep");
    let long = format!("[{}0]", "0,".repeat(1000));
    assert_eq!(
        refusal(&long),
        "document: has a list of more than 1000 items"
    );
    let row = format!("[{}0]", "0,".repeat(998));
    let wide = format!("[{}{row}]", format!("{row},").repeat(70));
    assert_eq!(refusal(&wide), "document: has more than 65536 values");
    let many: String = (0..257).fold(String::new(), |mut text, key| {
        write!(text, "\"{key}\":0,").unwrap();
        text
    });
    let object = format!("{{{many}\"x\":0}}");
    assert_eq!(
        refusal(&object),
        "document: has an object of more than 256 properties"
    );
    let large = format!("\"{}\"", "a".repeat(1024 * 1024));
    assert_eq!(refusal(&large), "document: is larger than 1 MiB");
}

#[test]
fn hellthreads_are_refused() {
    let tag: Vec<Value> = (0..1001)
        .map(|n| json!({ "type": "Mention", "href": format!("https://a.example/{n}") }))
        .collect();
    let note = json!({ "type": "Note", "id": "https://a.example/1", "attributedTo": "https://a.example/", "tag": tag });
    assert_eq!(
        refusal(&note.to_string()),
        "document: has a list of more than 1000 items"
    );
}

#[test]
fn the_largest_documents_are_read_or_refused_at_once() {
    let keys: String = (0..255).fold(String::new(), |mut text, key| {
        write!(text, "\"key{key:03}\":0,").unwrap();
        text
    });
    let object = format!("{{{keys}\"x\":0}},");
    let mentions = r#"{"type":"Mention","href":"https://a.example/users/somebody"},"#.repeat(900);
    let documents = [
        format!("[{}0]", object.repeat(250)),
        format!(
            r#"{{"type":"Note","id":"https://a.example/1","attributedTo":"https://a.example/","tag":[{mentions}0]}}"#
        ),
        format!(
            "[{}",
            "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],".repeat(20_000)
        ),
        format!(
            r#"{{"type":"Note","id":"https://a.example/1","content":"{}"}}"#,
            "\\u0000".repeat(170_000)
        ),
    ];
    for document in documents {
        assert!(document.len() <= 1024 * 1024 || document.len() < 1_100_000);
        let took = timed(|| drop(read(document.as_bytes())));
        assert!(
            took < Duration::from_secs(1),
            "{took:?} for {}",
            &document[..40]
        );
    }
}

#[allow(clippy::disallowed_methods)] // A test may look at the clock.
fn timed(act: impl FnOnce()) -> Duration {
    let start = std::time::Instant::now();
    act();
    start.elapsed()
}

#[test]
fn control_characters_do_not_come_through() {
    let note = note_with(&json!({
        "content": "a\u{0}b\u{8}c\u{1b}d\u{7f}e\n\tf",
        "name": "x\u{202e}y\u{2066}z\n\r w\u{0}",
        "summary": "\u{0}",
    }));
    assert_eq!(note.content, "abcde\n\tf");
    assert_eq!(note.name.as_deref(), Some("xyz   w"));
    assert_eq!(note.summary, None);
}

#[test]
fn dates_that_cannot_be_meant_are_absent() {
    for (text, expected) in [
        (json!("2026-01-01T00:00:00Z"), Some(1_767_225_600_000)),
        (
            json!("2026-01-01T00:00:00.5+01:00"),
            Some(1_767_222_000_500),
        ),
        (json!("2026-01-01T00:00:00"), Some(1_767_225_600_000)),
        (json!("2026-01-01 00:00:00"), Some(1_767_225_600_000)),
        (json!("2026-01-01"), Some(1_767_225_600_000)),
        (json!("9999-12-31T23:59:59Z"), None),
        (json!("0001-01-01T00:00:00Z"), None),
        (json!("+275760-09-13T00:00:00Z"), None),
        (json!("yesterday"), None),
        (json!(""), None),
        (json!(1_767_225_600), None),
        (json!({ "@value": "2026-01-01T00:00:00Z" }), None),
    ] {
        let note = note_with(&json!({ "published": text, "updated": text }));
        assert_eq!(
            (note.published, note.updated),
            (expected, expected),
            "{text}"
        );
    }
}

#[test]
fn unsafe_addresses_are_left_out() {
    let note = note_with(&json!({
        "url": "javascript:alert(1)",
        "inReplyTo": "gopher://127.0.0.1/1",
        "attachment": [
            { "type": "Image", "url": "file:///etc/passwd" },
            { "type": "Image", "url": "data:image/svg+xml,<svg/onload=alert(1)>" },
            { "type": "Image", "url": "https://peer.example/a.png", "mediaType": "text/html\r\nX: y" },
        ],
        "tag": [
            { "type": "Emoji", "name": ":../../etc/passwd:", "icon": { "url": "https://peer.example/e.png" } },
            { "type": "Mention", "href": "javascript:alert(1)" },
        ],
    }));
    assert_eq!((&note.url, &note.in_reply_to), (&None, &None));
    assert_eq!(note.attachments.len(), 1);
    assert_eq!(note.attachments[0].media_type, None);
    assert!(note.emojis.is_empty() && note.mentions.is_empty());
}

#[test]
fn polls_count_like_people() {
    let note = note_with(&json!({
        "type": "Question",
        "oneOf": [
            { "name": "a", "replies": { "totalItems": -5 } },
            { "name": "b", "replies": { "totalItems": 1e308 } },
            { "name": "b" },
            { "name": 7 },
            "c",
        ],
        "endTime": "yesterday",
        "votersCount": u64::MAX,
    }));
    let poll = note.poll.unwrap();
    let votes: Vec<u64> = poll.options.iter().map(|option| option.votes).collect();
    assert_eq!(votes, [0, 9_007_199_254_740_991]);
    assert_eq!((poll.ends_at, poll.closed), (None, false));
}

#[test]
fn an_embedded_thing_that_cannot_be_read_is_pointed_at() {
    let undo = |object: Value| {
        let undo = json!({ "type": "Undo", "actor": "https://a.example/", "object": object });
        match read(undo.to_string().as_bytes()) {
            Ok(Document::Activity(activity)) => activity.object,
            other => panic!("{other:?}"),
        }
    };
    let follow = undo(json!({ "type": "Follow", "id": "https://a.example/follows/1" }));
    assert!(matches!(follow, Object::Iri(_)));
    let nameless = undo(json!({ "type": "Follow" }));
    assert!(
        matches!(nameless, Object::Embedded(inner) if matches!(*inner, Document::Unknown { .. }))
    );
    let create = r#"{"type":"Create","actor":"https://a.example/","object":{"type":"Note"}}"#;
    assert_eq!(refusal(create), "object.id: is missing");
}

#[test]
fn what_is_created_without_an_author_is_by_the_actor() {
    let text = r#"{"type":"Create","actor":"https://a.example/u","object":{"type":"Note","id":"https://a.example/1"}}"#;
    let Ok(Document::Activity(create)) = read(text.as_bytes()) else {
        panic!("is a Create");
    };
    assert_eq!(create.object.note().unwrap().author, create.actor);
    let alone = r#"{"type":"Note","id":"https://a.example/1"}"#;
    assert_eq!(refusal(alone), "attributedTo: is missing");
    let unclear = r#"{"type":"Create","actor":"https://a.example/u","object":{"type":"Note","id":"https://a.example/1","attributedTo":"https://x@b.example/"}}"#;
    assert_eq!(refusal(unclear), "object.attributedTo: names nobody");
}

const SAMPLES: [&str; 6] = [
    include_str!("../fixtures/mastodon/create.json"),
    include_str!("../fixtures/mastodon/actor.json"),
    include_str!("../fixtures/mastodon/question_update.json"),
    include_str!("../fixtures/lemmy/announce_create_page.json"),
    include_str!("../fixtures/peertube/video.json"),
    include_str!("../fixtures/mitra/actor.json"),
];

/// Puts `replacement` in place of the `target`-th value, counted depth first.
fn replace(value: &mut Value, target: &mut usize, replacement: &Value) {
    if *target == 0 {
        *value = replacement.clone();
    }
    *target = target.wrapping_sub(1);
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace(item, target, replacement)),
        Value::Object(fields) => {
            fields
                .values_mut()
                .for_each(|field| replace(field, target, replacement));
        }
        _ => {}
    }
}

fn odd_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "https://[a-z.]{1,12}/[a-z]{0,5}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("id|type|href|name|url|@id|[a-z]{2}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Reading it again must not differ, and describing it must not fail either.
fn read_and_describe(bytes: &[u8]) {
    if let Ok(document) = read(bytes) {
        let _ = comity_vocab::describe(&document);
    }
    let _ = comity_vocab::Jrd::read(bytes);
    let _ = comity_vocab::nodeinfo::read(bytes);
    let _ = comity_vocab::nodeinfo::read_links(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_and_describe(&bytes);
    }

    #[test]
    fn changed_bytes_do_no_harm(
        sample in prop::sample::select(&SAMPLES[..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = sample.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_and_describe(&bytes);
        read_and_describe(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn changed_values_do_no_harm(
        sample in prop::sample::select(&SAMPLES[..]),
        changes in prop::collection::vec((0_usize..60, odd_value()), 1..4),
    ) {
        let mut value: Value = serde_json::from_str(sample).unwrap();
        for (at, replacement) in changes {
            replace(&mut value, &mut at.clone(), &replacement);
        }
        read_and_describe(&serde_json::to_vec(&value).unwrap());
    }

    #[test]
    fn odd_documents_do_no_harm(mut value in odd_value(), kind in "Note|Create|Person|Question|Undo|Collection|Key") {
        if let Value::Object(fields) = &mut value {
            fields.insert("type".to_owned(), json!(kind));
        }
        read_and_describe(&serde_json::to_vec(&value).unwrap());
    }
}
