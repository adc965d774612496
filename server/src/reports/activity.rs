//! A report as other servers read it: Flag, as Mastodon sends it. The actor speaks for the community.

use comity_vocab::Iri;
use serde_json::{Value, json};

use crate::accounts::stored_iri;
use crate::error::Result;

/// The first of `objects` is who is reported, the others are posts of theirs.
pub(crate) fn flag(face: &Iri, report: i64, comment: &str, objects: &[Iri]) -> Result<Value> {
    let id = stored_iri(&format!("{face}#reports/{report}"))?;
    let named: Vec<&str> = objects.iter().map(Iri::as_str).collect();
    Ok(json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id.as_str(),
        "type": "Flag",
        "actor": face.as_str(),
        "content": comment,
        "object": named,
        "to": named.first(),
    }))
}
