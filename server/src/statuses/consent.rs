//! The yes of others to answers: whether one is needed, whether a stamp is good, and what becomes of an answer when its
//! yes or no comes in. What members here say to answers of others is in `held` and in `stamps`.

use comity_db::Tx;
use comity_policy::{Act, Admitted, Approval, Outcome, Standing};
use comity_vocab::{Activity, ActivityKind, Consented, Document, Iri, Object, Visibility};

use super::model::Status;
use super::{held, load, policy, store};
use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::inbox::{Arrival, resolve};

/// Whether an answer by `author` to something from elsewhere has its place only by a yes. Who is let by name, or with
/// everybody, needs none; who is let as a follower does, since nobody else can see who follows (GoToSocial, *Validating
/// presence in a Followers / Following collection*).
pub(crate) fn needs_yes(parent: &Status, author: &Account) -> bool {
    if parent.author.is_local() || parent.author.id == author.id {
        return false;
    }
    let standing = Standing {
        iri: &author.iri,
        follows: false,
        followed: false,
        // As the gate has it: whom the parent answers without naming them asks as everybody does.
        is_addressed: parent.mentions.iter().any(|named| named.id == author.id),
    };
    parent.wishes.answer(Act::Reply, standing) != Outcome::Allow
}

/// Whether at this address the author of `parent` says yes to this very answer, now (attack 15).
pub(super) async fn is_stamped(
    app: &App,
    community: &Community,
    stamp: &Iri,
    answer: &Iri,
    parent: &Status,
) -> Result<bool> {
    let author = &parent.author.iri;
    if !stamp.same_origin(author) {
        return Ok(false);
    }
    let to = (Consented::Reply, answer, &parent.iri);
    Ok(signer(app, community, stamp, to).await?.as_ref() == Some(author))
}

/// Who says yes at this address to this very answer or quote, of this very post, now: somebody at home there, or nobody. It
/// is read anew each time: what was taken back is not there. Whose the post is, is for the caller to compare.
pub(crate) async fn signer(
    app: &App,
    community: &Community,
    stamp: &Iri,
    (permits, object, target): (Consented, &Iri, &Iri),
) -> Result<Option<Iri>> {
    let fetched = match resolve::fetch(app, community, stamp).await {
        Ok(fetched) => fetched,
        Err(Error::Gone | Error::NotFound | Error::Forbidden(_) | Error::Refused(_)) => {
            return Ok(None);
        }
        Err(other) => return Err(other),
    };
    let signer = match fetched.peek() {
        Document::Stamp(said) => {
            let is_it = said.id == *stamp
                && said.permits == permits
                && said.object == *object
                && said.target == *target;
            is_it.then_some(&said.author)
        }
        // Before 0.20 GoToSocial served the Accept itself.
        Document::Activity(accept) => {
            let is_it = permits == Consented::Reply
                && accept.id.as_ref() == Some(stamp)
                && accept.kind == ActivityKind::Accept
                && accept.object.id() == Some(object);
            is_it.then_some(&accept.actor)
        }
        _ => None,
    };
    Ok(signer.filter(|signer| signer.same_origin(stamp)).cloned())
}

/// The answer that an Accept or a Reject is about, where it is one: with the request for it, or by itself.
pub(crate) fn answer_in(activity: &Activity) -> Option<&Iri> {
    match &activity.object {
        Object::Embedded(document) => match document.as_ref() {
            Document::Activity(request) if request.kind == ActivityKind::ReplyRequest => {
                request.instrument.as_ref()
            }
            Document::Activity(_) => None,
            other => other.id(),
        },
        Object::Iri(iri) => Some(iri),
        Object::None | Object::Many(_) => None,
    }
}

/// Somebody elsewhere says yes to an answer to them. Whether they did is read at the stamp, and whose it is asked of what
/// we hold: only whom it answers can say it.
pub(crate) async fn receive_yes(
    app: &App,
    arrival: &Arrival,
    accept: &Admitted<Activity>,
    answer: i64,
) -> Result<()> {
    let Some((status, parent)) = answer_to(app, arrival, answer).await? else {
        return Ok(());
    };
    let Some(stamp) = accept.result.as_ref().or(accept.id.as_ref()) else {
        return Ok(());
    };
    if status.approval == Approval::Stands && status.reply_stamp.is_some() {
        return Ok(());
    }
    // Each change is told to all who have the answer. A no always counts, and is none without a yes before it.
    let is_again = matches!(status.approval, Approval::Removed { .. });
    if is_again && app.limits.check(Kind::Yes, &status.id.to_string()).is_err() {
        return Err(Error::Forbidden(format!(
            "{} says yes to {} again and again",
            arrival.sender.iri, status.iri
        )));
    }
    if !is_stamped(app, &arrival.community, stamp, &status.iri, &parent).await? {
        return Err(Error::Forbidden(format!(
            "{stamp} is no yes to {}",
            status.iri
        )));
    }
    let mut tx = Tx::new();
    store::set_reply_stamp(&mut tx, status.id, Some(stamp.as_str()));
    match status.approval {
        Approval::Stands if status.author.is_local() => update(&mut tx, app, &status)?,
        Approval::Stands => {}
        _ => held::stand(app, &mut tx, &status, status.approval_word).await?,
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// They say no, or take their yes back.
pub(crate) async fn receive_no(app: &App, arrival: &Arrival, answer: i64) -> Result<()> {
    let Some((status, _)) = answer_to(app, arrival, answer).await? else {
        return Ok(());
    };
    let mut tx = Tx::new();
    match status.approval {
        Approval::Waits { .. } if status.approval_word == policy::WAITS => {
            store::set_approval(&mut tx, status.id, policy::WAITS, policy::DECLINED);
        }
        Approval::Stands => {
            store::set_approval(&mut tx, status.id, policy::STANDS, policy::REMOVED);
            held::count_reply(&mut tx, &status, -1);
            if status.author.is_local() {
                store::set_reply_stamp(&mut tx, status.id, None);
                update(&mut tx, app, &status)?;
            }
        }
        _ => return Ok(()),
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Somebody elsewhere deletes a yes of theirs to an answer, which is the same as a no. Says whether anything stood by it.
pub(crate) async fn receive_end(app: &App, arrival: &Arrival, stamp: &Iri) -> Result<bool> {
    let mut after = 0;
    loop {
        let ids = store::stamped(&app.db, stamp.as_str(), arrival.sender.id, after).await?;
        for id in &ids {
            receive_no(app, arrival, *id).await?;
        }
        match ids.last() {
            Some(last) => after = *last,
            None => return Ok(after > 0),
        }
    }
}

/// An answer that we hold to something by whoever sent this, with what it answers.
async fn answer_to(app: &App, arrival: &Arrival, id: i64) -> Result<Option<(Status, Status)>> {
    let status = load::load_one(app, id).await?;
    if !status.answers(arrival.sender.id) || status.author.id == arrival.sender.id {
        return Err(Error::Forbidden(format!(
            "{} does not answer {}",
            status.iri, arrival.sender.iri
        )));
    }
    let Some(parent_id) = status.in_reply_to_id else {
        return Ok(None);
    };
    Ok(load::load(app, &[parent_id])
        .await?
        .pop()
        .map(|parent| (status, parent)))
}

/// Those who have it hear that it has a stamp now, or none any more.
fn update(tx: &mut Tx, app: &App, status: &Status) -> Result<()> {
    if status.visibility == Visibility::Local {
        return Ok(());
    }
    let update = Outgoing::Update { status: status.id };
    delivery::queue(tx, app, status.author.id, &update)
}

/// Its author elsewhere shows a stamp for an answer that waited without one.
pub(super) async fn restamp(
    app: &App,
    community: &Community,
    status: &Status,
    stamp: &Iri,
) -> Result<()> {
    let waits = matches!(status.approval, Approval::Waits { .. });
    let Some(parent_id) = status.in_reply_to_id.filter(|_| waits) else {
        return Ok(());
    };
    let Some(parent) = load::load(app, &[parent_id]).await?.pop() else {
        return Ok(());
    };
    if parent.author.is_local() || !is_stamped(app, community, stamp, &status.iri, &parent).await? {
        return Ok(());
    }
    let mut tx = Tx::new();
    store::set_reply_stamp(&mut tx, status.id, Some(stamp.as_str()));
    held::stand(app, &mut tx, status, status.approval_word).await?;
    app.commit(tx).await?;
    Ok(())
}
