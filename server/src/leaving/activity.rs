//! The end of an account, as other servers hear of it.

use comity_vocab::build;
use serde_json::Value;

use crate::accounts::{Account, stored_iri};
use crate::error::Result;

/// Bare: it names who leaves, and nothing of theirs.
pub(crate) fn delete(leaver: &Account) -> Result<Value> {
    let id = stored_iri(&format!("{}#delete", leaver.iri))?;
    Ok(build::delete_actor(&id, &leaver.iri))
}
