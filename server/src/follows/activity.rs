//! Follows as other servers see them: Follow, Accept, Reject, Undo, and who of a server follows somebody here.

use axum::extract::State;
use comity_vocab::{Iri, build};
use comity_wire::{FollowersDigest, Synchronization};
use http::request::Parts;
use serde_json::{Value, json};

use crate::accounts::{self, Account, stored_iri};
use crate::app::App;
use crate::delivery;
use crate::error::{Error, Result};
use crate::http::{Here, Path, Reply};
use crate::inbox;

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

/// What a server is told of the followers there (FEP-8fcf).
pub(crate) fn synchronization(
    member: &Account,
    digest: FollowersDigest,
) -> Result<Synchronization> {
    Ok(Synchronization {
        collection: stored_iri(&format!("{}/followers", member.iri))?,
        url: stored_iri(&format!("{}/followers_synchronization", member.iri))?,
        digest,
    })
}

/// `GET /users/{name}/followers_synchronization`: the followers who are at home where the signer is. Nobody hears of
/// another server's, and a follower who may not have what is for followers is left out (L27).
pub async fn followers_synchronization(
    State(app): State<App>,
    Here(community): Here,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Reply> {
    let signer = inbox::signer(&app, &community, &parts).await?;
    let viewer = inbox::viewer_of(&signer);
    let member = accounts::activity::show_named(&app, &community, &name, &viewer).await?;
    let followers = delivery::followers_at(&app, &member, &signer.iri).await?;
    let followers = followers.ok_or(Error::NotFound)?;
    let items = followers.iter().map(|iri| json!(iri.as_str())).collect();
    let id = synchronization(&member, FollowersDigest::default())?.url;
    Ok(Reply::activity(build::collection_of(&id, items)))
}
