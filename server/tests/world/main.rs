//! What the rest of the world sends, and what we would do with it: every document that some forty servers published in
//! their test suites, and the HTML that is passed around to break sanitisers.
//!
//! The payloads lie beside the work tree and are no part of the source; where they are not, that is said and the small
//! ones written down here are read alone. Read the snapshots as tables: an ordinary document that turns into a refusal
//! in a diff is a defect, and so is a hostile one that is no longer refused.

#![allow(clippy::unwrap_used)] // All of this is tests.

mod html;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use comity::inspect::explain;
use comity_vocab::Domain;
use serde_json::{Value, json};

/// The files of a folder of payloads, with their names, in order; none, and a line that says so, where it is not here.
pub fn payloads(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/fixtures")
        .join(folder);
    if !root.is_dir() {
        println!("left out: the payloads of {folder} are not here");
        return Vec::new();
    }
    let mut waiting = vec![root.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    files
        .iter()
        .filter(|path| path.extension().is_none_or(|kind| kind != "md"))
        .map(|path| (name(path), std::fs::read(path).unwrap()))
        .collect()
}

/// What becomes of it, on one line.
async fn outcome(bytes: &[u8]) -> String {
    // Payloads write LOCAL for whoever reads them.
    let text = String::from_utf8_lossy(bytes).replace("//LOCAL/", "//home.example/");
    let bytes = if text.contains('\u{fffd}') {
        bytes.to_vec()
    } else {
        text.into_bytes()
    };
    let told = explain(&bytes, &Domain::parse("home.example").unwrap()).await;
    let word = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
    let line = match (
        told["understood"].as_bool(),
        told["refused"].is_string(),
        told["why"].is_string(),
    ) {
        (Some(false), true, _) => format!("not read: {}", word("refused")),
        (_, true, _) => format!("REFUSED: {}", word("refused")),
        (_, _, true) => format!("ignored: {}", word("why")),
        _ => format!("would {}", word("would")),
    };
    assert!(
        !line.contains('\n') && line.len() < 600,
        "an outcome is one line: {line}"
    );
    line
}

fn compare(name: &str, lines: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, lines);
    });
}

#[tokio::test]
async fn every_document_of_other_servers_comes_to_something() {
    let mut lines = String::new();
    for (name, bytes) in payloads("activitypub")
        .into_iter()
        .filter(|(name, _)| !name.starts_with("synthetic-hostile"))
    {
        writeln!(lines, "{name}: {}", outcome(&bytes).await).unwrap();
    }
    if !lines.is_empty() {
        compare("documents", &lines);
    }
}

#[tokio::test]
async fn every_hostile_document_is_refused_or_does_no_harm() {
    let mut lines = String::new();
    for (name, bytes) in payloads("activitypub")
        .into_iter()
        .filter(|(name, _)| name.starts_with("synthetic-hostile"))
    {
        let name = name.trim_start_matches("synthetic-hostile/synthetic--");
        writeln!(lines, "{name}: {}", outcome(&bytes).await).unwrap();
    }
    if !lines.is_empty() {
        compare("hostile", &lines);
    }
}

/// Each example holds properties of an object: laid over a plain public Note, in a Create.
fn create_with(example: &Value) -> Value {
    let actor = "https://remote.example/users/eve";
    let public = json!(["https://www.w3.org/ns/activitystreams#Public"]);
    let mut object = json!({
        "type": "Note", "id": format!("{actor}/notes/1"), "attributedTo": actor, "to": public, "content": "plain",
    });
    for (key, value) in example.as_object().unwrap() {
        object[key] = value.clone();
    }
    json!({ "type": "Create", "id": format!("{actor}/acts/1"), "actor": actor, "to": public, "object": object })
}

#[tokio::test]
async fn every_variation_of_a_note_comes_to_something() {
    let mut lines = String::new();
    for (_, bytes) in payloads("activitypub-inputs") {
        let group: Value = serde_json::from_slice(&bytes).unwrap();
        for (number, example) in group["examples"].as_array().unwrap().iter().enumerate() {
            let bytes = serde_json::to_vec(&create_with(example)).unwrap();
            writeln!(
                lines,
                "{} {number}: {}",
                group["group"].as_str().unwrap(),
                outcome(&bytes).await
            )
            .unwrap();
        }
    }
    if !lines.is_empty() {
        compare("variations", &lines);
    }
}

/// The same dangers in small, for where the payloads are not: each with what must be said of it.
#[tokio::test]
async fn what_is_hostile_is_refused_for_the_right_reason() {
    let actor = "https://remote.example/users/eve";
    let note = |id: &str, by: &str| json!({ "type": "Note", "id": id, "attributedTo": by, "content": "x", "to": ["as:Public"] });
    let create = |object: Value| json!({ "type": "Create", "id": format!("{actor}#1"), "actor": actor, "object": object });
    let nested = format!("{}1{}", "{\"object\":".repeat(200), "}".repeat(200));
    for (danger, bytes, said) in [
        ("a note of another author", create(note("https://remote.example/1", "https://other.example/users/bob")).to_string(), "REFUSED"),
        ("a note of another server", create(note("https://other.example/1", actor)).to_string(), "fetch https://other.example/1 from its own origin"),
        ("a note of our own", create(note("https://home.example/1", "https://home.example/users/alice")).to_string(), "https://home.example/1 would be ours"),
        ("an activity of another server", json!({ "type": "Like", "id": "https://other.example/1", "actor": actor, "object": "https://home.example/1" }).to_string(), "REFUSED"),
        ("an address that is no web page", json!({ "type": "Like", "id": "file:///etc/passwd", "actor": "file:///etc/passwd", "object": "x" }).to_string(), "not read"),
        ("keys that are there twice", "{\"type\":\"Like\",\"type\":\"Create\",\"actor\":\"https://remote.example/u\"}".to_owned(), "not read"),
        ("depth without end", nested, "not read"),
        ("a bare list", "[1,2,3]".to_owned(), "not read"),
        ("nothing", String::new(), "not read"),
        ("broken letters", "{\"type\":\"Like\u{0}".to_owned(), "not read"),
        ("a stranger's new name", json!({ "type": "Update", "id": format!("{actor}#2"), "actor": actor, "object": {
            "type": "Person", "id": "https://other.example/users/bob", "preferredUsername": "bob", "inbox": "https://other.example/inbox" } }).to_string(), "REFUSED"),
        ("what nobody knows", json!({ "type": "Explode", "id": "https://remote.example/1", "actor": actor }).to_string(), "ignored"),
        ("an honest note", create(note("https://remote.example/users/eve/1", actor)).to_string(), "would keep the public post"),
    ] {
        let line = outcome(bytes.as_bytes()).await;
        assert!(line.contains(said), "{danger}: {line}");
    }
}
