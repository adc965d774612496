//! Our own documents, as JSON with its context.
//!
//! Shapes follow what Mastodon sends, because everybody reads that: lists stay lists even when
//! empty, times are in UTC, `publicKey` is one object. Every term that is neither in the
//! ActivityStreams nor in the security context is defined in the document itself, so that a
//! strict JSON-LD processor needs nothing but those two, which all of them have built in.

mod activity;
mod actor;
mod collection;
mod consent;
mod note;

pub use activity::{
    ReactionOut, accept, add, announce, block, create, delete, delete_actor, follow, like,
    reaction, reject, remove, undo, update,
};
pub use actor::{ActorOut, Picture, actor, actor_stub};
pub use collection::{collection, collection_of, collection_page, tombstone};
pub use consent::{AnswerOut, answer, quote_request, stamp, stamp_gone};
pub use note::{
    EmojiOut, HashtagOut, LeaveOut, NoteOut, QuoteOut, Source, emoji_object, note, note_addressing,
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

const ACTIVITYSTREAMS: &str = "https://www.w3.org/ns/activitystreams";
const SECURITY: &str = "https://w3id.org/security/v1";

/// `2026-08-01T12:00:00Z`. Moments outside of what a date can say are left out by the callers.
fn time(unix_ms: i64) -> Option<String> {
    let moment = Timestamp::from_millisecond(unix_ms).ok()?;
    Some(moment.to_string())
}

/// A document under construction: absent values leave no key behind.
struct Fields(Map<String, Value>);

impl Fields {
    fn new(context: Value, kind: &str) -> Fields {
        let mut fields = Map::new();
        fields.insert("@context".to_owned(), context);
        fields.insert("type".to_owned(), json!(kind));
        Fields(fields)
    }

    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn set_if(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// Takes the context out of a document that becomes a part of another.
fn without_context(mut inner: Value) -> (Value, Value) {
    let context = inner
        .as_object_mut()
        .and_then(|fields| fields.remove("@context"))
        .unwrap_or(json!(ACTIVITYSTREAMS));
    (inner, context)
}
