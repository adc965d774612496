//! Blocks as other servers see them, where the member chose to tell: Block and its Undo.

use comity_vocab::{Iri, build};
use serde_json::Value;

use crate::accounts::stored_iri;
use crate::error::Result;

/// Somebody here blocks.
pub(crate) fn block(me: &Iri, id: &Iri, target: &Iri) -> Value {
    build::block(id, me, target)
}

/// They take it back.
pub(crate) fn undo(me: &Iri, block: &Iri, target: &Iri) -> Result<Value> {
    Ok(build::undo(
        &stored_iri(&format!("{block}/undo"))?,
        me,
        build::block(block, me, target),
    ))
}
