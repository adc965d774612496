//! Documents of the whole known world, one line of outcome each.
//!
//! The payloads are not part of the source: they lie beside the work tree and come from the
//! public test suites of some forty servers. Read the snapshot as a table; an ordinary document
//! that turns `Unknown` or is refused in a diff is a defect.

#![allow(clippy::unwrap_used)] // All of this file is tests.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use comity_vocab::{Document, Iri, Object, PUBLIC, describe, nodeinfo, read};
use serde_json::{Value, json};

#[test]
fn every_payload_is_understood_or_refused_for_a_reason() {
    let Some(root) = fixtures("activitypub") else {
        return;
    };
    let mut lines = String::new();
    for file in files(&root) {
        let bytes = std::fs::read(&file).unwrap();
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        writeln!(lines, "{name} -> {}", outcome(&bytes)).unwrap();
    }
    snapshot("payloads", &lines);
}

#[test]
fn every_variation_of_a_note_is_understood_or_refused_for_a_reason() {
    let Some(root) = fixtures("activitypub-inputs") else {
        return;
    };
    let mut lines = String::new();
    for file in files(&root) {
        let group: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for (index, example) in group["examples"].as_array().unwrap().iter().enumerate() {
            let bytes = serde_json::to_vec(&create_with(example)).unwrap();
            let group = group["group"].as_str().unwrap();
            writeln!(lines, "{group} {index} -> {}", details(&bytes)).unwrap();
        }
    }
    snapshot("variations", &lines);
}

fn fixtures(folder: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/fixtures")
        .join(folder);
    if root.is_dir() {
        return Some(root);
    }
    println!("left out: {} is not here", root.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn snapshot(name: &str, lines: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, lines));
}

fn outcome(bytes: &[u8]) -> String {
    if let Ok(software) = nodeinfo::read(bytes) {
        return format!("NodeInfo of {} {}", software.name, software.version);
    }
    match read(bytes) {
        Ok(Document::Unknown { id: None, kind }) if kind.is_empty() => {
            match comity_vocab::Jrd::read(bytes) {
                Ok(jrd) => format!(
                    "WebFinger of {} = {}",
                    jrd.subject
                        .as_ref()
                        .map_or("?".to_owned(), ToString::to_string),
                    jrd.self_links.first().map_or("?", Iri::as_str),
                ),
                Err(_) => "unknown".to_owned(),
            }
        }
        Ok(document) => line(&document),
        Err(why) => format!("refused: {why}"),
    }
}

fn line(document: &Document) -> String {
    let host = |iri: Option<&Iri>| iri.map_or("-".to_owned(), |iri| iri.domain().to_string());
    let told = describe(document);
    let told = |key: &str| told[key].as_str().unwrap_or("-").to_owned();
    match document {
        Document::Activity(activity) => {
            let object = match &activity.object {
                Object::None => "nothing".to_owned(),
                Object::Iri(iri) => iri.domain().to_string(),
                Object::Many(iris) => format!("{} things", iris.len()),
                Object::Embedded(inner) => format!("[{}]", line(inner)),
            };
            format!(
                "{} {} by {} {} of {object}",
                told("kind"),
                host(activity.id.as_ref()),
                host(Some(&activity.actor)),
                told("visibility"),
            )
        }
        Document::Actor(actor) => format!(
            "{} {} @{} keys {} origin {}",
            told("kind"),
            host(Some(&actor.id)),
            actor.username,
            actor.keys.len(),
            told("origin"),
        ),
        Document::Note(note) => format!(
            "{} {} by {} {} {}",
            told("kind"),
            host(Some(&note.id)),
            host(Some(&note.author)),
            told("visibility"),
            contents(note),
        ),
        Document::Collection(collection) => format!(
            "{} {} items {} of {}",
            told("kind"),
            host(collection.id.as_ref()),
            collection.items.len(),
            collection
                .total
                .map_or("?".to_owned(), |total| total.to_string()),
        ),
        Document::Stamp(stamp) => {
            format!("{} {}", stamp.permits.stamp_type(), host(Some(&stamp.id)))
        }
        Document::Tombstone(tombstone) => format!("Tombstone {}", host(Some(&tombstone.id))),
        Document::Key(key) => format!("Key {} of {}", host(Some(&key.id)), host(Some(&key.owner))),
        Document::Unknown { id, kind } => format!("Unknown {kind:?} {}", host(id.as_ref())),
    }
}

/// What came along, as `text 12 media 1 reply`.
fn contents(note: &comity_vocab::Note) -> String {
    let counted = [
        ("text", note.content.len()),
        ("title", note.name.as_ref().map_or(0, String::len)),
        ("summary", note.summary.as_ref().map_or(0, String::len)),
        ("mentions", note.mentions.len()),
        ("hashtags", note.hashtags.len()),
        ("emojis", note.emojis.len()),
        ("media", note.attachments.len()),
        (
            "options",
            note.poll.as_ref().map_or(0, |poll| poll.options.len()),
        ),
    ];
    let flags = [
        ("sensitive", note.sensitive),
        ("dated", note.published.is_some()),
        ("edited", note.updated.is_some()),
        ("url", note.url.is_some()),
        ("link", note.link.is_some()),
        ("reply", note.in_reply_to.is_some()),
        ("quote", note.quote.is_some()),
        ("source", note.source.is_some()),
        ("replies", note.replies.is_some()),
    ];
    let mut words: Vec<String> = counted
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    words.extend(
        flags
            .iter()
            .filter(|(_, is)| *is)
            .map(|(word, _)| (*word).to_owned()),
    );
    words.extend(note.language.clone());
    words.join(" ")
}

fn create_with(example: &Value) -> Value {
    let mut note = json!({
        "type": "Note",
        "id": "http://one.example/notes/1",
        "attributedTo": "http://one.example/actor",
        "to": [PUBLIC],
        "published": "2023-11-28T11:38:15Z",
    });
    for (key, value) in example.as_object().unwrap() {
        note[key] = value.clone();
    }
    json!({
        "type": "Create",
        "id": "http://one.example/creates/1",
        "actor": "http://one.example/actor",
        "to": [PUBLIC],
        "object": note,
    })
}

/// For variations of one note the interesting part is what was read from it.
fn details(bytes: &[u8]) -> String {
    let activity = match read(bytes) {
        Ok(Document::Activity(activity)) => activity,
        other => return format!("{other:?}"),
    };
    let Some(note) = activity.object.note() else {
        return format!("{:?}", activity.object);
    };
    let told = describe(&Document::Note(note.clone()));
    let mut told = told.as_object().unwrap().clone();
    for key in ["id", "author", "published", "same_origin"] {
        told.remove(key);
    }
    told.retain(|_, value| *value != json!(false) && *value != json!("public"));
    let media: Vec<_> = note
        .attachments
        .iter()
        .map(|media| {
            format!(
                "{} {:?}",
                media.media_type.as_deref().unwrap_or("?"),
                media.name
            )
        })
        .collect();
    if !media.is_empty() {
        told.insert("media".to_owned(), json!(media));
    }
    serde_json::to_string(&told).unwrap()
}
