//! Stamps as other servers see them: at their address, in an Accept, and their end in a Reject.

use axum::extract::State;
use comity_policy::{Party, Subject, Thing, Way};
use comity_vocab::build::{self, AnswerOut};
use comity_vocab::{Consented, Iri, Stamp, Visibility};
use http::request::Parts;
use serde_json::Value;

use super::{StampRow, address, store};
use crate::accounts::{Account, stored_iri};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Here, Path, Reply};
use crate::inbox;
use crate::statuses::{self, Status};

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
        to: stamp.permits()?,
        id: stored_iri(&format!("{}#accepts/{number}", me.iri))?,
        actor: me.iri.clone(),
        replier: replier.clone(),
        object: stored_iri(&stamp.object_iri)?,
        target: target.clone(),
        request: stamp.request.as_deref().map(stored_iri).transpose()?,
        result: Some(result),
    };
    Ok(build::answer("Accept", &answer))
}

/// A no.
pub(crate) fn reject(
    me: &Account,
    to: Consented,
    object: &Iri,
    request: Option<Iri>,
    replier: &Iri,
    target: &Iri,
    number: i64,
) -> Result<Value> {
    let answer = AnswerOut {
        to,
        id: stored_iri(&format!("{}#rejects/{number}", me.iri))?,
        actor: me.iri.clone(),
        replier: replier.clone(),
        object: object.clone(),
        target: target.clone(),
        request,
        result: None,
    };
    Ok(build::answer("Reject", &answer))
}

/// A yes to a quote is taken back.
pub(crate) fn gone(me: &Account, stamp: i64) -> Result<Value> {
    let stamp = address(me, stamp)?;
    let id = stored_iri(&format!("{stamp}#delete"))?;
    Ok(build::stamp_gone(&id, &me.iri, &stamp, Consented::Quote))
}

/// `GET /users/{name}/stamps/{id}`, for whoever may see what is answered and the answer, and for the server of the answer.
/// A stamp that was taken back, one that is not for this viewer and one that never was are answered alike (L26, L29).
pub async fn show(
    State(app): State<App>,
    Here(community): Here,
    Path((name, id)): Path<(String, i64)>,
    parts: Parts,
) -> Result<Reply> {
    let viewer = inbox::signed_viewer(&app, &community, &parts).await?;
    let stamp = store::by_id(&app.db, id).await?.ok_or(Error::NotFound)?;
    let object = stored_iri(&stamp.object_iri)?;
    let is_at_home = viewer.domain() == Some(&object.domain());
    if !is_at_home && !may_hear_of(&app, &viewer, &object).await? {
        return Err(Error::NotFound);
    }
    let target = Stamped {
        status: statuses::load_one(&app, stamp.target_id).await?,
        is_at_home,
    };
    let target = app.gate.show(&viewer, Way::Fetch, target).await??;
    let target = &target.status;
    let author = &target.author;
    let is_theirs = author.community_id == Some(community.id)
        && author.id == stamp.account_id
        && author.username.to_lowercase() == name.to_lowercase();
    if !is_theirs {
        return Err(Error::NotFound);
    }
    Ok(Reply::activity(build::stamp(&Stamp {
        id: address(author, stamp.id)?,
        permits: stamp.permits()?,
        author: author.iri.clone(),
        object,
        target: target.iri.clone(),
    })))
}

/// The stamp names the answer, so it is for nobody who may not see that. What was written elsewhere we show to no other
/// server: of that, the address of what is for everybody is no secret.
async fn may_hear_of(app: &App, viewer: &Party, answer: &Iri) -> Result<bool> {
    let Some(id) = statuses::find_by_iri(app, answer).await? else {
        return Ok(false);
    };
    let answer = statuses::load_one(app, id).await?;
    if !answer.author.is_local() {
        return Ok(matches!(
            answer.visibility,
            Visibility::Public | Visibility::Unlisted
        ));
    }
    Ok(app.gate.show(viewer, Way::Fetch, answer).await?.is_ok())
}

/// What is answered, for whoever reads the stamp.
struct Stamped {
    status: Status,
    /// The server of the answer asks. It was told of the yes with both addresses, and reads the stamp as a server, which
    /// sees nothing that is for some people only: for the stamp, rules decide and what the post is kept from.
    is_at_home: bool,
}

impl Subject for Stamped {
    fn thing(&self) -> Thing {
        let thing = self.status.thing();
        let visibility = match thing.visibility {
            Visibility::Private | Visibility::Direct if self.is_at_home => Visibility::Public,
            other => other,
        };
        Thing {
            visibility,
            ..thing
        }
    }
}
