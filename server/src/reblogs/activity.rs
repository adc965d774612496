//! Boosts as other servers see them: Announce and its Undo. Only the address of what is shared travels.

use comity_policy::Visible;
use comity_vocab::{Iri, PUBLIC, build};
use serde_json::Value;

use crate::accounts::stored_iri;
use crate::error::{Error, Result};
use crate::statuses::Status;

/// Somebody here shares `original`. Its author is named, so that they hear of it.
pub(crate) fn announce(boost: &Visible<Status>, original: &Iri) -> Result<Value> {
    let followers = boost
        .author
        .followers_iri
        .as_ref()
        .ok_or_else(|| Error::internal("a member has no followers"))?;
    let author: Vec<Iri> = boost
        .reblog_of
        .iter()
        .map(|(_, author)| author.iri.clone())
        .collect();
    let (to, cc) = build::note_addressing(boost.visibility, followers, &author);
    Ok(build::announce(
        &boost.iri,
        &boost.author.iri,
        original,
        boost.created_at,
        &to,
        &cc,
    ))
}

/// They take it back.
pub(crate) fn undo(me: &Iri, announce: &Iri, original: &Iri) -> Result<Value> {
    undo_as(&format!("{announce}#undo"), me, announce, original)
}

/// The same to one server only, while the boost stands: a name of its own, so that its end can still be told there.
pub(crate) fn ask_back(me: &Iri, announce: &Iri, original: &Iri, number: i64) -> Result<Value> {
    undo_as(&format!("{announce}#undo-{number}"), me, announce, original)
}

fn undo_as(id: &str, me: &Iri, announce: &Iri, original: &Iri) -> Result<Value> {
    let to = [PUBLIC.to_owned()];
    let inner = build::announce(announce, me, original, i64::MIN, &to, &[]);
    Ok(build::undo(&stored_iri(id)?, me, inner))
}
