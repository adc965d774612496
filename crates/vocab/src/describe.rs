//! A document in a page of words, for people who want to know what was sent.

use serde_json::{Map, Value, json};

use crate::addressing::is_public;
use crate::{Activity, Actor, Collection, Document, Domain, Iri, KeyMaterial, Note, Object};

/// More than this is counted instead of listed.
const MOST_LISTED: usize = 20;

/// Says what the document is, whose it says it is, who may see it, and what is in it. Text is
/// cut; nothing is hidden by that but length.
pub fn describe(document: &Document) -> Value {
    match document {
        Document::Activity(activity) => describe_activity(activity),
        Document::Actor(actor) => describe_actor(actor),
        Document::Note(note) => describe_note(note),
        Document::Collection(collection) => describe_collection(collection),
        Document::Tombstone(tombstone) => {
            json!({ "kind": "Tombstone", "id": tombstone.id.as_str() })
        }
        Document::Stamp(stamp) => json!({
            "kind": stamp.permits.stamp_type(),
            "id": stamp.id.as_str(),
            "author": stamp.author.as_str(),
            "permits": stamp.object.as_str(),
            "with": stamp.target.as_str(),
        }),
        Document::Key(key) => json!({
            "kind": "Key",
            "id": key.id.as_str(),
            "author": key.owner.as_str(),
            "algorithm": algorithm(&key.key),
        }),
        Document::Unknown { id, kind } => json!({
            "kind": kind,
            "id": id.as_ref().map(Iri::as_str),
            "understood": false,
        }),
    }
}

fn describe_activity(activity: &Activity) -> Value {
    let object = match &activity.object {
        Object::None => Value::Null,
        Object::Iri(iri) => json!(iri.as_str()),
        Object::Many(iris) => list(iris.iter().map(Iri::as_str)),
        Object::Embedded(document) => describe(document),
    };
    concise(json!({
        "kind": activity.kind.as_str(),
        "id": activity.id.as_ref().map(Iri::as_str),
        "author": activity.actor.as_str(),
        "visibility": seen_by(&activity.to, &activity.cc),
        "content": activity.content.as_deref().map(shortened),
        "target": activity.target.as_ref().map(Iri::as_str),
        "linked_data_signature": activity.has_ld_signature.then_some("present, never believed"),
        "object": object,
    }))
}

fn describe_actor(actor: &Actor) -> Value {
    let keys = actor
        .keys
        .iter()
        .map(|key| json!({ "id": key.id.as_str(), "algorithm": algorithm(&key.key) }));
    concise(json!({
        "kind": actor.kind.as_str(),
        "id": actor.id.as_str(),
        "author": actor.id.as_str(),
        "username": actor.username,
        "name": actor.name,
        "summary": actor.summary.as_deref().map(shortened),
        "inbox": actor.inbox.as_str(),
        "shared_inbox": actor.shared_inbox.as_ref().map(Iri::as_str),
        "keys": keys.collect::<Vec<_>>(),
        "locked": actor.locked,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "show_media": actor.show_media,
        "show_media_replies": actor.show_media_replies,
        "show_featured": actor.show_featured,
        "attribution_domains": list(actor.attribution_domains.iter().map(Domain::as_str)),
        "memorial": actor.memorial.then_some(true),
        "also_known_as": list(actor.also_known_as.iter().map(Iri::as_str)),
        "moved_to": actor.moved_to.as_ref().map(Iri::as_str),
        "fields": actor.fields.len(),
        "origin": actor.check_origin().err().map_or("consistent".to_owned(), |why| why.to_string()),
    }))
}

fn describe_note(note: &Note) -> Value {
    concise(json!({
        "kind": note.kind.as_str(),
        "id": note.id.as_str(),
        "author": note.author.as_str(),
        "same_origin": note.id.same_origin(&note.author),
        "visibility": seen_by(&note.to, &note.cc),
        "name": note.name.as_deref().map(shortened),
        "summary": note.summary.as_deref().map(shortened),
        "content": shortened(&note.content),
        "language": note.language,
        "sensitive": note.sensitive,
        "published": note.published.and_then(date),
        "updated": note.updated.and_then(date),
        "in_reply_to": note.in_reply_to.as_ref().map(Iri::as_str),
        "quote": note.quote.as_ref().map(Iri::as_str),
        "mentions": list(note.mentions.iter().map(|mention| mention.href.as_str())),
        "hashtags": list(note.hashtags.iter().map(String::as_str)),
        "emojis": list(note.emojis.iter().map(|emoji| emoji.shortcode.as_str())),
        "attachments": list(note.attachments.iter().map(|attachment| attachment.url.as_str())),
        "poll": note.poll.as_ref().map(|poll| list(poll.options.iter().map(|option| option.name.as_str()))),
    }))
}

fn describe_collection(collection: &Collection) -> Value {
    concise(json!({
        "kind": collection.kind.as_str(),
        "id": collection.id.as_ref().map(Iri::as_str),
        "total": collection.total,
        "first": collection.first.as_ref().map(Iri::as_str),
        "next": collection.next.as_ref().map(Iri::as_str),
        "part_of": collection.part_of.as_ref().map(Iri::as_str),
        "items": list(collection.items.iter().filter_map(Object::id).map(Iri::as_str)),
    }))
}

/// Only what the addressing alone tells: whether an address is somebody's followers collection
/// is not written in it.
fn seen_by(to: &[Iri], cc: &[Iri]) -> &'static str {
    if to.iter().any(is_public) {
        "public"
    } else if cc.iter().any(is_public) {
        "unlisted"
    } else if to.is_empty() && cc.is_empty() {
        "addressed to nobody"
    } else {
        "only those addressed"
    }
}

fn algorithm(key: &KeyMaterial) -> &'static str {
    match key {
        KeyMaterial::Rsa { .. } => "RSA",
        KeyMaterial::Ed25519(_) => "Ed25519",
    }
}

fn date(unix_ms: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(unix_ms).ok()?;
    Some(moment.to_string())
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn list<'a>(items: impl Iterator<Item = &'a str>) -> Value {
    let mut items: Vec<Value> = items.map(Value::from).collect();
    let all = items.len();
    if all > MOST_LISTED {
        items.truncate(MOST_LISTED);
        items.push(json!(format!("and {} more", all - MOST_LISTED)));
    }
    Value::Array(items)
}

/// Leaves out what is not there.
fn concise(value: Value) -> Value {
    let Value::Object(fields) = value else {
        return value;
    };
    let present: Map<String, Value> = fields
        .into_iter()
        .filter(|(_, value)| match value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => true,
        })
        .collect();
    Value::Object(present)
}
