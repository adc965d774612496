//! Pins as other servers see them: Add and Remove, and the collection `featured`.

use axum::extract::State;
use comity_policy::{Visible, Way};
use comity_vocab::{Iri, build};
use http::request::Parts;
use serde_json::Value;

use crate::accounts::{self, Account, stored_iri};
use crate::aliases;
use crate::app::App;
use crate::error::Result;
use crate::http::{Here, Path, Reply};
use crate::statuses::{self, Status};

/// Somebody here pins a post of theirs. `number` makes the activity one of its kind.
pub(crate) fn add(status: &Visible<Status>, number: i64) -> Result<Value> {
    let me = &status.author;
    let id = stored_iri(&format!("{}#pins/{number}", me.iri))?;
    Ok(build::add(&id, &me.iri, &status.iri, &featured_of(me)?))
}

/// They unpin it.
pub(crate) fn remove(me: &Account, number: i64, status: &Iri) -> Result<Value> {
    let id = stored_iri(&format!("{}#unpins/{number}", me.iri))?;
    Ok(build::remove(&id, &me.iri, status, &featured_of(me)?))
}

fn featured_of(member: &Account) -> Result<Iri> {
    stored_iri(&format!("{}/featured", member.iri))
}

/// `GET /users/{name}/featured`: what is pinned, each post cleared for this viewer by itself, and made anew for each
/// request (L22).
pub async fn featured(
    State(app): State<App>,
    Here(community): Here,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Reply> {
    let (viewer, account) =
        accounts::activity::collection_of(&app, &community, &name, &parts).await?;
    let pinned = super::list(&app, &viewer, Way::Collection, account.id).await?;
    let canary = aliases::of_viewer(&app, &community, &viewer).await?;
    let items = pinned
        .iter()
        .map(|shown| statuses::activity::note_with(&app, &shown.status, canary.as_ref()))
        .collect::<Result<_>>()?;
    let id = featured_of(&account)?;
    Ok(Reply::activity(build::collection_of(&id, items)))
}
