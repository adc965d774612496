//! Our activities. What is embedded hands its context up to the activity around it.

use serde_json::{Value, json};

use super::note::{EmojiOut, emoji};
use super::{ACTIVITYSTREAMS, Fields, time, without_context};
use crate::{Iri, PUBLIC};

/// A new status. It is addressed as the status is.
pub fn create(activity_id: &Iri, actor: &Iri, published: i64, note: Value) -> Value {
    let mut fields = around("Create", activity_id, actor, note);
    fields.set_if("published", time(published));
    fields.done()
}

/// A changed status, or a changed actor, which is addressed to everybody and their followers.
pub fn update(activity_id: &Iri, actor: &Iri, published: i64, object: Value) -> Value {
    let followers = object["followers"].as_str().map(str::to_owned);
    let is_addressed = object.get("to").is_some();
    let mut fields = around("Update", activity_id, actor, object);
    if !is_addressed {
        fields.set("to", json!([PUBLIC]));
        fields.set("cc", followers.into_iter().collect::<Vec<_>>());
    }
    fields.set_if("published", time(published));
    fields.done()
}

/// A status is gone. Nothing of it is repeated.
pub fn delete(activity_id: &Iri, actor: &Iri, object: &Iri, to: &[String], cc: &[String]) -> Value {
    let mut fields = bare("Delete", activity_id, actor);
    fields.set(
        "object",
        json!({ "id": object.as_str(), "type": "Tombstone" }),
    );
    fields.set("to", to);
    fields.set("cc", cc);
    fields.done()
}

/// An actor is gone, and with them all that was theirs. Some compare the object with the actor, so it is an address alone.
pub fn delete_actor(activity_id: &Iri, actor: &Iri) -> Value {
    let mut delete = pointing("Delete", activity_id, actor, actor);
    delete["to"] = json!([PUBLIC]);
    delete
}

/// A boost. Only the address travels: what it says is for its own server to tell.
pub fn announce(
    activity_id: &Iri,
    actor: &Iri,
    object: &Iri,
    published: i64,
    to: &[String],
    cc: &[String],
) -> Value {
    let mut fields = bare("Announce", activity_id, actor);
    fields.set("object", object.as_str());
    fields.set_if("published", time(published));
    fields.set("to", to);
    fields.set("cc", cc);
    fields.done()
}

/// A favourite.
pub fn like(activity_id: &Iri, actor: &Iri, object: &Iri) -> Value {
    pointing("Like", activity_id, actor, object)
}

/// What a reaction says.
#[derive(Clone, Debug)]
pub struct ReactionOut {
    /// An emoji of Unicode, or a code between colons.
    pub content: String,
    /// The emoji of the code.
    pub emoji: Option<EmojiOut>,
}

/// A favourite that says an emoji, in the words of Misskey, which Pleroma reads too; others read the favourite.
pub fn reaction(activity_id: &Iri, actor: &Iri, object: &Iri, said: &ReactionOut) -> Value {
    let mut reaction = pointing("Like", activity_id, actor, object);
    reaction["@context"] = json!([
        ACTIVITYSTREAMS,
        {
            "toot": "http://joinmastodon.org/ns#",
            "misskey": "https://misskey-hub.net/ns#",
            "Emoji": "toot:Emoji",
            "_misskey_reaction": "misskey:_misskey_reaction",
        },
    ]);
    reaction["content"] = json!(said.content);
    reaction["_misskey_reaction"] = json!(said.content);
    if let Some(used) = &said.emoji {
        reaction["tag"] = json!([emoji(used)]);
    }
    reaction
}

/// A wish to follow.
pub fn follow(activity_id: &Iri, actor: &Iri, object: &Iri) -> Value {
    let mut follow = pointing("Follow", activity_id, actor, object);
    follow["to"] = json!([object.as_str()]);
    follow
}

/// A block, where the person chose to tell the blocked server.
pub fn block(activity_id: &Iri, actor: &Iri, object: &Iri) -> Value {
    pointing("Block", activity_id, actor, object)
}

/// A follow is granted. The whole follow is repeated: some know it by id, some by its ends.
pub fn accept(activity_id: &Iri, actor: &Iri, follow: Value) -> Value {
    answering("Accept", activity_id, actor, follow)
}

/// A follow is not granted, or no longer.
pub fn reject(activity_id: &Iri, actor: &Iri, follow: Value) -> Value {
    answering("Reject", activity_id, actor, follow)
}

/// A status is put on top of its author's profile. It is addressed to everybody, as that is.
pub fn add(activity_id: &Iri, actor: &Iri, object: &Iri, featured: &Iri) -> Value {
    placing("Add", activity_id, actor, object, featured)
}

/// It is taken down from there.
pub fn remove(activity_id: &Iri, actor: &Iri, object: &Iri, featured: &Iri) -> Value {
    placing("Remove", activity_id, actor, object, featured)
}

/// Takes back an activity of the same actor, addressed as that was.
pub fn undo(activity_id: &Iri, actor: &Iri, inner: Value) -> Value {
    around("Undo", activity_id, actor, inner).done()
}

fn bare(kind: &str, id: &Iri, actor: &Iri) -> Fields {
    let mut fields = Fields::new(json!(ACTIVITYSTREAMS), kind);
    fields.set("id", id.as_str());
    fields.set("actor", actor.as_str());
    fields
}

fn pointing(kind: &str, id: &Iri, actor: &Iri, object: &Iri) -> Value {
    let mut fields = bare(kind, id, actor);
    fields.set("object", object.as_str());
    fields.done()
}

fn placing(kind: &str, id: &Iri, actor: &Iri, object: &Iri, target: &Iri) -> Value {
    let mut placing = pointing(kind, id, actor, object);
    placing["target"] = json!(target.as_str());
    placing["to"] = json!([PUBLIC]);
    placing
}

fn answering(kind: &str, id: &Iri, actor: &Iri, follow: Value) -> Value {
    let (follow, _) = without_context(follow);
    let follower = follow["actor"].as_str().map(str::to_owned);
    let mut fields = bare(kind, id, actor);
    fields.set_if("to", follower.map(|follower| vec![follower]));
    fields.set("object", follow);
    fields.done()
}

fn around(kind: &str, id: &Iri, actor: &Iri, object: Value) -> Fields {
    let (object, context) = without_context(object);
    let mut fields = Fields::new(context, kind);
    fields.set("id", id.as_str());
    fields.set("actor", actor.as_str());
    for key in ["to", "cc"] {
        fields.set_if(key, object.get(key).cloned());
    }
    fields.set("object", object);
    fields
}
