//! Favourites as other servers see them: Like and its Undo.

use comity_vocab::{Iri, build};
use serde_json::Value;

use crate::accounts::stored_iri;
use crate::error::Result;

/// Somebody here likes a status.
pub(crate) fn like(me: &Iri, id: &Iri, status: &Iri) -> Value {
    build::like(id, me, status)
}

/// They take it back.
pub(crate) fn undo(me: &Iri, like: &Iri, status: &Iri) -> Result<Value> {
    Ok(build::undo(
        &stored_iri(&format!("{like}/undo"))?,
        me,
        build::like(like, me, status),
    ))
}
