//! A vote as other servers read it: a note that names a choice and says nothing.

use comity_vocab::{Iri, build};
use serde_json::{Value, json};

use crate::accounts::stored_iri;
use crate::error::Result;

/// Somebody here chose `title` in the poll of `status`, which is by `asker`.
pub(crate) fn vote(
    me: &Iri,
    number: i64,
    title: &str,
    status: &Iri,
    asker: &Iri,
    at_ms: i64,
) -> Result<Value> {
    let id = stored_iri(&format!("{me}#votes/{number}"))?;
    let activity = stored_iri(&format!("{me}#votes/{number}/activity"))?;
    let note = json!({
        "id": id.as_str(),
        "type": "Note",
        "name": title,
        "attributedTo": me.as_str(),
        "inReplyTo": status.as_str(),
        "to": [asker.as_str()],
    });
    Ok(build::create(&activity, me, at_ms, note))
}
