//! What a single status says of who may have and answer it, between the columns and the gate.

use comity_policy::{Approval, Circle, Pattern, PersonId, Replies};

use crate::error::{Error, Result};
use crate::rules::parse_pattern;

/// From whom a status is kept, as stored.
pub(super) fn patterns(json: &str) -> Result<Vec<Pattern>> {
    if json == "[]" {
        return Ok(Vec::new());
    }
    let damaged = || Error::internal(format!("a status is kept from {json:?}"));
    let typed: Vec<String> = serde_json::from_str(json).map_err(|_| damaged())?;
    typed
        .iter()
        .map(|text| parse_pattern(text).map_err(|_| damaged()))
        .collect()
}

/// Who may answer, as stored.
pub(super) fn replies(freely: &str, asking: &str) -> Result<Replies> {
    let circle = |word: &str| {
        Circle::parse(word).ok_or_else(|| Error::internal(format!("a status lets {word:?} answer")))
    };
    Ok(Replies {
        freely: circle(freely)?,
        asking: circle(asking)?,
    })
}

/// Whether an answer stands where it is, as stored. Whose yes it takes is whom it answers.
pub(super) fn approval(word: &str, answered: Option<i64>) -> Result<Approval> {
    match (word, answered) {
        ("waits", Some(on)) => Ok(Approval::Waits { on: PersonId(on) }),
        ("removed", Some(by)) => Ok(Approval::Removed { by: PersonId(by) }),
        // Whom it answered is gone: nobody is left to say yes or no.
        ("stands" | "waits" | "removed", _) => Ok(Approval::Stands),
        _ => Err(Error::internal(format!(
            "a status has the approval {word:?}"
        ))),
    }
}
