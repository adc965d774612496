//! Bytes to document: the one place where a type decides how the rest is read.

use crate::activity::{ActivityKind, activity};
use crate::actor::{ActorKind, actor};
use crate::collection::{CollectionKind, collection};
use crate::consent::stamp;
use crate::json::{Json, parse};
use crate::key::key;
use crate::lenient::kind_name;
use crate::object::{NoteKind, note};
use crate::{Activity, Actor, Collection, Iri, Malformed, Note, PublicKey, Stamp, Tombstone};

/// Anything another server may send or serve.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// Somebody does something.
    Activity(Activity),
    /// Somebody.
    Actor(Actor),
    /// Something written.
    Note(Note),
    /// Several things.
    Collection(Collection),
    /// A yes to one answer, quote, boost or favourite.
    Stamp(Stamp),
    /// Something that is no more.
    Tombstone(Tombstone),
    /// A key on its own.
    Key(PublicKey),
    /// Well-formed, and of no use to us.
    Unknown {
        /// Its address.
        id: Option<Iri>,
        /// The first of its types; empty if it has none.
        kind: String,
    },
}

impl Document {
    /// Its own word for where it lives. Not to be believed before it was compared with where it
    /// came from.
    pub fn id(&self) -> Option<&Iri> {
        match self {
            Document::Activity(activity) => activity.id.as_ref(),
            Document::Actor(actor) => Some(&actor.id),
            Document::Note(note) => Some(&note.id),
            Document::Collection(collection) => collection.id.as_ref(),
            Document::Stamp(stamp) => Some(&stamp.id),
            Document::Tombstone(tombstone) => Some(&tombstone.id),
            Document::Key(key) => Some(&key.id),
            Document::Unknown { id, .. } => id.as_ref(),
        }
    }
}

/// Reads an ActivityPub document of at most 1 MiB, nested at most 32 deep, with at most 1000
/// items in a list, 256 properties in an object and 65536 values in all.
///
/// Types that are not ours come back as [`Document::Unknown`]. Refused are: what is not JSON or
/// beyond those bounds, any property given twice, and things of a known type that lack what they
/// cannot be without (an id, an actor, an author, an inbox) or name it in two ways.
pub fn read(bytes: &[u8]) -> Result<Document, Malformed> {
    document(&parse(bytes)?, None)
}

/// Reads a document at any depth. `author` stands in where something written names none.
pub(crate) fn document(json: &Json<'_>, author: Option<&Iri>) -> Result<Document, Malformed> {
    if !json.is_map() {
        return Err(Malformed::new("document", "is not a JSON object"));
    }
    if !json.get("@type").is_null() && !json.get("type").is_null() {
        return Err(Malformed::new("type", "is given under two names"));
    }
    for kind in json.types() {
        if let Some(kind) = NoteKind::parse(kind) {
            return note(json, kind, author).map(Document::Note);
        }
        if let Some(kind) = ActivityKind::parse(kind) {
            return activity(json, kind).map(Document::Activity);
        }
        if let Some(kind) = ActorKind::parse(kind) {
            return actor(json, kind).map(Document::Actor);
        }
        if let Some(kind) = CollectionKind::parse(kind) {
            return collection(json, kind).map(Document::Collection);
        }
        if let Some(stamp) = stamp(json, kind) {
            return stamp.map(Document::Stamp);
        }
        match kind {
            "Tombstone" => {
                let id = json.required_id()?;
                return Ok(Document::Tombstone(Tombstone { id }));
            }
            "Key" | "CryptographicKey" | "PublicKey" | "Multikey" => {
                return key(json, None).map(Document::Key);
            }
            _ => {}
        }
    }
    of_foreign_type(json, author)
}

/// Types of extensions, told by what they have.
fn of_foreign_type(json: &Json<'_>, author: Option<&Iri>) -> Result<Document, Malformed> {
    let has = |name: &str| !json.get(name).is_null();
    if has("publicKeyPem") && has("owner") {
        return key(json, None).map(Document::Key);
    }
    let kind = kind_name(json);
    // Without a type it is a reference with some hints, not a thing.
    if kind.is_empty() {
        let id = json.id()?;
        return Ok(Document::Unknown { id, kind });
    }
    if has("actor") && has("object") {
        return activity(json, ActivityKind::Other(kind)).map(Document::Activity);
    }
    // Reviews and quotations of BookWyrm, recipes, podcast episodes.
    if has("id") && has("attributedTo") && (has("content") || has("contentMap")) {
        return note(json, NoteKind::Other, author).map(Document::Note);
    }
    let id = json.id()?;
    Ok(Document::Unknown { id, kind })
}
