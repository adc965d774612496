//! Follows as other servers see them: Follow, Accept, Reject, Undo.

use comity_vocab::{Iri, build};
use serde_json::Value;

use crate::accounts::stored_iri;
use crate::error::Result;

/// Somebody here asks to follow.
pub(crate) fn follow(me: &Iri, id: &Iri, target: &Iri) -> Value {
    build::follow(id, me, target)
}

/// Somebody here leaves.
pub(crate) fn undo(me: &Iri, follow: &Iri, target: &Iri) -> Result<Value> {
    Ok(build::undo(
        &stored_iri(&format!("{follow}/undo"))?,
        me,
        build::follow(follow, me, target),
    ))
}

/// Somebody here says yes. `number` makes the answer one of its kind.
pub(crate) fn accept(me: &Iri, number: i64, follow: &Iri, follower: &Iri) -> Result<Value> {
    let id = stored_iri(&format!("{me}#accepts/{number}"))?;
    Ok(build::accept(&id, me, build::follow(follow, follower, me)))
}

/// Somebody here says no, or no longer.
pub(crate) fn reject(me: &Iri, number: i64, follow: &Iri, follower: &Iri) -> Result<Value> {
    let id = stored_iri(&format!("{me}#rejects/{number}"))?;
    Ok(build::reject(&id, me, build::follow(follow, follower, me)))
}
