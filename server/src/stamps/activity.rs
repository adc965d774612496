//! Stamps as other servers see them: at their address, in an Accept, and their end in a Reject.

use axum::extract::{Path, State};
use comity_policy::Way;
use comity_vocab::build::{self, AnswerOut};
use comity_vocab::{Consented, Iri, Stamp};
use http::request::Parts;
use serde_json::Value;

use super::{StampRow, store};
use crate::accounts::{Account, stored_iri};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Here, Reply};
use crate::{inbox, statuses};

fn address(me: &Account, id: i64) -> Result<Iri> {
    stored_iri(&format!("{}/stamps/{id}", me.iri))
}

/// A yes. Whoever answered is told with it; with others it says the same.
pub(crate) fn accept(
    me: &Account,
    stamp: &StampRow,
    replier: &Iri,
    target: &Iri,
    number: i64,
) -> Result<Value> {
    let result = address(me, stamp.id)?;
    let answer = AnswerOut {
        id: stored_iri(&format!("{}#accepts/{number}", me.iri))?,
        actor: me.iri.clone(),
        replier: replier.clone(),
        object: stored_iri(&stamp.object_iri)?,
        target: target.clone(),
        request: stamp.request.as_deref().map(stored_iri).transpose()?,
        result: Some(result),
    };
    Ok(build::answer_to_reply("Accept", &answer))
}

/// A no.
pub(crate) fn reject(
    me: &Account,
    object: &Iri,
    request: Option<Iri>,
    replier: &Iri,
    target: &Iri,
    number: i64,
) -> Result<Value> {
    let answer = AnswerOut {
        id: stored_iri(&format!("{}#rejects/{number}", me.iri))?,
        actor: me.iri.clone(),
        replier: replier.clone(),
        object: object.clone(),
        target: target.clone(),
        request,
        result: None,
    };
    Ok(build::answer_to_reply("Reject", &answer))
}

/// `GET /users/{name}/stamps/{id}`, for whoever may see what is answered. A stamp that was taken back, one that is not for
/// this viewer and one that never was are answered alike (L26, L29).
pub async fn show(
    State(app): State<App>,
    Here(community): Here,
    Path((name, id)): Path<(String, i64)>,
    parts: Parts,
) -> Result<Reply> {
    let viewer = inbox::signed_viewer(&app, &community, &parts).await?;
    let stamp = store::by_id(&app.db, id).await?.ok_or(Error::NotFound)?;
    let target = statuses::find(&app, &viewer, Way::Fetch, stamp.target_id).await?;
    let author = &target.author;
    let is_theirs = author.community_id == Some(community.id)
        && author.id == stamp.account_id
        && author.username.to_lowercase() == name.to_lowercase();
    if !is_theirs {
        return Err(Error::NotFound);
    }
    Ok(Reply::activity(build::stamp(&Stamp {
        id: address(author, stamp.id)?,
        permits: Consented::Reply,
        author: author.iri.clone(),
        object: stored_iri(&stamp.object_iri)?,
        target: target.iri.clone(),
    })))
}
