//! One match: from the kind of an activity to the feature it is about.

use comity_policy::{Admitted, Part};
use comity_vocab::{Activity, ActivityKind, Document, Iri, Object, visibility};

use super::{Arrival, relevance, resolve};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::{
    favourites, follows, pins, polls, quotes, reactions, reblogs, relations, reports, statuses,
};

/// What became of an activity.
pub(super) enum Came {
    /// It had its effect, or had had it before.
    Done,
    /// It brought the post that is here now: a second copy of it changes nothing, and need not be remembered.
    Stored,
    /// It changes nothing here, for this reason.
    Ignored(&'static str),
}

/// Carries out an admitted activity.
pub(super) async fn dispatch(
    app: &App,
    arrival: &Arrival,
    activity: Admitted<Activity>,
) -> Result<Came> {
    match activity.kind {
        ActivityKind::Create => create(app, arrival, &activity).await,
        ActivityKind::Update => update(app, arrival, &activity).await,
        ActivityKind::Delete => delete(app, arrival, &activity).await,
        ActivityKind::Announce => announce(app, arrival, &activity).await,
        ActivityKind::Like | ActivityKind::EmojiReact => like(app, arrival, &activity).await,
        ActivityKind::Follow => follow(app, arrival, &activity).await,
        ActivityKind::Accept | ActivityKind::TentativeAccept | ActivityKind::Reject => {
            answer(app, arrival, &activity).await
        }
        ActivityKind::Block => block(app, arrival, &activity).await,
        ActivityKind::Undo => undo(app, arrival, &activity).await,
        ActivityKind::Flag => {
            let why = reports::receive(app, arrival, &activity).await?;
            Ok(why.map_or(Came::Done, Came::Ignored))
        }
        ActivityKind::Move => Ok(Came::Ignored("moves are not followed")),
        ActivityKind::Add => add(app, arrival, &activity).await,
        ActivityKind::Remove => remove(app, arrival, &activity).await,
        ActivityKind::Dislike => Ok(Came::Ignored("dislikes are not counted")),
        ActivityKind::QuoteRequest | ActivityKind::ReplyRequest => {
            request(app, arrival, &activity).await
        }
        ActivityKind::LikeRequest | ActivityKind::AnnounceRequest => {
            Ok(Came::Ignored("favourites and boosts need no leave here"))
        }
        ActivityKind::Other(_) => Ok(Came::Ignored("this kind has no meaning here")),
    }
}

async fn create(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    match activity.note() {
        Part::Held(note) => {
            if note.is_vote() {
                let why = polls::receive(app, arrival, &note).await?;
                return Ok(why.map_or(Came::Done, Came::Ignored));
            }
            if !relevance::concerns_us(app, arrival, &note).await? {
                return Ok(Came::Ignored("concerns nobody here"));
            }
            // Its author may have deleted it before: then nothing here tells of it.
            let id = statuses::receive(app, arrival, note).await?;
            Ok(id.map_or(Came::Done, |_| Came::Stored))
        }
        Part::Elsewhere(iri) => {
            if !relevance::boosts_concern_us(app, arrival, None).await? {
                return Ok(Came::Ignored("concerns nobody here"));
            }
            resolve::status(app, &arrival.community, &iri).await?;
            Ok(Came::Done)
        }
        Part::Missing => Ok(Came::Ignored("creates nothing that is shown here")),
        Part::Forged(why) => Err(Error::Forbidden(why)),
    }
}

async fn update(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    match activity.actor() {
        Part::Held(actor) => {
            let known = accounts::find_by_iri(app, &actor.id).await?;
            let domain = resolve::home_of(app, &arrival.community, &actor, known.as_deref()).await;
            accounts::record(app, actor, domain).await?;
            return Ok(Came::Done);
        }
        Part::Elsewhere(iri) => {
            resolve::account_anew(app, &arrival.community, &iri).await?;
            return Ok(Came::Done);
        }
        Part::Forged(why) => return Err(Error::Forbidden(why)),
        Part::Missing => {}
    }
    match activity.note() {
        Part::Held(note) => {
            if statuses::find_by_iri(app, &note.id).await?.is_some() {
                statuses::receive_edit(app, arrival, &note).await?;
                return Ok(Came::Done);
            }
            // The edit may come before the post, or to somebody whom it names only now.
            if note.is_vote() || !relevance::concerns_us(app, arrival, &note).await? {
                return Ok(Came::Ignored("changes what is not here"));
            }
            statuses::receive(app, arrival, note).await?;
            Ok(Came::Done)
        }
        Part::Elsewhere(iri) => {
            if statuses::find_by_iri(app, &iri).await?.is_none() {
                return Ok(Came::Ignored("changes what is not here"));
            }
            resolve::status_anew(app, &arrival.community, &iri).await?;
            Ok(Came::Done)
        }
        Part::Missing => Ok(Came::Ignored("changes nothing that is shown here")),
        Part::Forged(why) => Err(Error::Forbidden(why)),
    }
}

async fn delete(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let Some(iri) = activity.object.id() else {
        return Ok(Came::Ignored("deletes nothing"));
    };
    if *iri == activity.actor {
        accounts::mark_gone(app, &arrival.sender).await?;
        statuses::delete_all_of(app, &arrival.sender).await?;
        return Ok(Came::Done);
    }
    // A yes to an answer or a quote, taken back by whoever gave it.
    if quotes::ended(app, arrival, iri).await? || statuses::receive_end(app, arrival, iri).await? {
        return Ok(Came::Done);
    }
    statuses::receive_delete(app, arrival, activity, iri).await?;
    Ok(Came::Done)
}

async fn announce(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let Some(id) = &activity.id else {
        return Ok(Came::Ignored("a boost without an id cannot be taken back"));
    };
    let shared = match announced(activity) {
        Announced::Status(iri) => iri,
        Announced::Changed(iri) => {
            if statuses::find_by_iri(app, iri).await?.is_none() {
                return Ok(Came::Ignored("changes what is not here"));
            }
            resolve::status_anew(app, &arrival.community, iri).await?;
            return Ok(Came::Done);
        }
        Announced::Nothing(why) => return Ok(Came::Ignored(why)),
    };
    let known = statuses::find_by_iri(app, shared).await?;
    if !relevance::boosts_concern_us(app, arrival, known).await? {
        return Ok(Came::Ignored("concerns nobody here"));
    }
    let status = match known {
        Some(status) => status,
        // Never what is embedded: its origin tells what it says (boundaries L31).
        None => resolve::status(app, &arrival.community, shared).await?,
    };
    let seen_by = visibility(
        &activity.to,
        &activity.cc,
        arrival.sender.followers_iri.as_ref(),
    );
    reblogs::receive(app, arrival, activity, id, status, seen_by).await?;
    Ok(Came::Done)
}

/// What an Announce is about.
enum Announced<'a> {
    /// A status to share.
    Status(&'a Iri),
    /// A status that its author changed.
    Changed(&'a Iri),
    /// Nothing of use, for this reason.
    Nothing(&'static str),
}

/// Groups (FEP-1b12: Lemmy, Mbin, PieFed) announce whole activities of their members. Only the address of what these
/// are about is taken from them; the rest is for its own server to tell.
fn announced(activity: &Activity) -> Announced<'_> {
    let nothing = Announced::Nothing("boosts nothing");
    match &activity.object {
        Object::Iri(iri) => Announced::Status(iri),
        Object::Embedded(document) => match document.as_ref() {
            Document::Activity(inner) => match (&inner.kind, inner.object.id()) {
                (ActivityKind::Create, Some(iri)) => Announced::Status(iri),
                (ActivityKind::Update, Some(iri)) => Announced::Changed(iri),
                _ => Announced::Nothing("a group passes on what is not kept here"),
            },
            other => other.id().map_or(nothing, Announced::Status),
        },
        Object::None | Object::Many(_) => nothing,
    }
}

async fn like(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let Some(iri) = activity.object.id() else {
        return Ok(Came::Ignored("likes nothing"));
    };
    let Some(status) = statuses::find_by_iri(app, iri).await? else {
        return Ok(Came::Ignored("likes what is not here"));
    };
    favourites::receive(app, arrival, activity, status).await?;
    Ok(Came::Done)
}

async fn follow(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let Some(iri) = activity.object.id() else {
        return Ok(Came::Ignored("follows nobody"));
    };
    let Some(target) = accounts::find_by_iri(app, iri).await? else {
        return Ok(Came::Ignored("follows somebody who is not here"));
    };
    follows::receive(app, arrival, activity, &target).await?;
    Ok(Came::Done)
}

/// Somebody asks whether their answer to something of ours may stand (GoToSocial), or their quote of it (FEP-044f). It is
/// read at their server.
async fn request(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let (Some(request), Some(target), Some(object)) = (
        &activity.id,
        activity.object.id(),
        activity.instrument.as_ref(),
    ) else {
        return Ok(Came::Ignored("asks for nothing"));
    };
    let Some(target) = statuses::find_by_iri(app, target).await? else {
        return Ok(Came::Ignored("asks about what is not here"));
    };
    if activity.kind == ActivityKind::QuoteRequest {
        quotes::receive_request(app, arrival, request, target, object).await?;
    } else {
        statuses::receive_request(app, arrival, request, target, object).await?;
    }
    Ok(Came::Done)
}

/// A yes or no to an answer to the sender, or to a quote of them. Whom it answers or quotes is asked of what we hold, not of
/// the sender.
async fn answer_to_reply(
    app: &App,
    arrival: &Arrival,
    activity: &Admitted<Activity>,
) -> Result<Option<Came>> {
    if let Some(iri) = quotes::claims(activity) {
        let Some(id) = statuses::find_by_iri(app, &iri).await? else {
            return Ok(Some(Came::Ignored(
                "answers about a quote that is not here",
            )));
        };
        if activity.kind == ActivityKind::Reject {
            quotes::receive_no(app, arrival, id).await?;
        } else {
            quotes::receive_yes(app, arrival, activity, id).await?;
        }
        return Ok(Some(Came::Done));
    }
    let Some(iri) = statuses::answer_in(activity) else {
        return Ok(None);
    };
    let Some(id) = statuses::find_by_iri(app, iri).await? else {
        return Ok(None);
    };
    if activity.kind == ActivityKind::Reject {
        statuses::receive_no(app, arrival, id).await?;
    } else {
        statuses::receive_yes(app, arrival, activity, id).await?;
    }
    Ok(Some(Came::Done))
}

/// A yes or no to a Follow of somebody here. Whether they asked at all is looked up by `follows` (attack 14).
async fn answer(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    if let Some(came) = answer_to_reply(app, arrival, activity).await? {
        return Ok(came);
    }
    let follower = match activity.inner() {
        Part::Held(inner) if inner.kind == ActivityKind::Follow => {
            accounts::find_by_iri(app, &inner.actor).await?
        }
        Part::Held(_) => return Ok(Came::Ignored("answers something else than a follow")),
        Part::Elsewhere(iri) => match follows::parties_of(app, &iri).await? {
            Some((follower, followed)) if followed == arrival.sender.id => {
                Some(accounts::find(app, follower).await?)
            }
            _ => None,
        },
        Part::Missing => return Ok(Came::Ignored("answers nothing")),
        Part::Forged(why) => return Err(Error::Forbidden(why)),
    };
    let Some(follower) = follower.filter(|follower| follower.is_local()) else {
        return Ok(Came::Ignored("answers a follow that is not ours"));
    };
    if activity.kind == ActivityKind::Reject {
        follows::receive_reject(app, arrival, activity, &follower).await?;
    } else {
        follows::receive_accept(app, arrival, activity, &follower).await?;
    }
    Ok(Came::Done)
}

async fn block(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let Some(iri) = activity.object.id() else {
        return Ok(Came::Ignored("blocks nobody"));
    };
    let Some(target) = accounts::find_by_iri(app, iri).await? else {
        return Ok(Came::Ignored("blocks somebody who is not here"));
    };
    relations::receive_block(app, arrival, activity, &target).await?;
    Ok(Came::Done)
}

/// Of what others put on show, what they pin of their own is kept: nothing else is theirs to show.
async fn add(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let Some(iri) = pinned(arrival, activity) else {
        return Ok(Came::Ignored("puts on show what is not kept"));
    };
    let known = statuses::find_by_iri(app, iri).await?;
    if !relevance::boosts_concern_us(app, arrival, known).await? {
        return Ok(Came::Ignored("concerns nobody here"));
    }
    let status = match known {
        Some(status) => status,
        None => resolve::status(app, &arrival.community, iri).await?,
    };
    pins::receive(app, arrival, activity, status).await?;
    Ok(Came::Done)
}

async fn remove(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let Some(iri) = pinned(arrival, activity) else {
        return Ok(Came::Ignored("takes down what is not kept"));
    };
    let Some(status) = statuses::find_by_iri(app, iri).await? else {
        return Ok(Came::Ignored("takes down what is not here"));
    };
    pins::receive_removal(app, arrival, activity, status).await?;
    Ok(Came::Done)
}

/// The post that a sender puts on their own profile, or takes down from there. Its author is looked up by `pins`.
fn pinned<'a>(arrival: &Arrival, activity: &'a Activity) -> Option<&'a Iri> {
    let iri = activity.object.id()?;
    let theirs = pins::is_on_top_of(&arrival.sender, activity.target.as_ref());
    (theirs && iri.same_origin(&arrival.sender.iri)).then_some(iri)
}

async fn undo(app: &App, arrival: &Arrival, activity: &Admitted<Activity>) -> Result<Came> {
    let inner = match activity.inner() {
        Part::Held(inner) => inner,
        Part::Elsewhere(iri) => return undo_by_id(app, arrival, activity, &iri).await,
        Part::Missing => return Ok(Came::Ignored("undoes nothing")),
        Part::Forged(why) => return Err(Error::Forbidden(why)),
    };
    match (&inner.kind, inner.object.id()) {
        (ActivityKind::Announce, _) => {
            let Some(id) = &inner.id else {
                return Ok(Came::Ignored("takes back a boost without an id"));
            };
            reblogs::receive_undo(app, arrival, activity, id).await?;
        }
        (ActivityKind::Like | ActivityKind::EmojiReact, Some(object)) => {
            let Some(status) = statuses::find_by_iri(app, object).await? else {
                return Ok(Came::Ignored("takes back a like of what is not here"));
            };
            favourites::receive_undo_of(app, arrival, activity, &inner, status).await?;
        }
        (ActivityKind::Follow, Some(object)) => {
            let Some(target) = accounts::find_by_iri(app, object).await? else {
                return Ok(Came::Ignored("leaves somebody who is not here"));
            };
            follows::receive_undo(app, arrival, activity, &target).await?;
        }
        (ActivityKind::Block, Some(object)) => {
            let Some(target) = accounts::find_by_iri(app, object).await? else {
                return Ok(Came::Ignored("unblocks somebody who is not here"));
            };
            relations::receive_unblock(app, arrival, activity, &target).await?;
        }
        _ => return Ok(Came::Ignored("undoes what has no effect here")),
    }
    Ok(Came::Done)
}

/// An Undo that names only the id of what it undoes: whoever remembers that id says what it was.
async fn undo_by_id(
    app: &App,
    arrival: &Arrival,
    activity: &Admitted<Activity>,
    iri: &Iri,
) -> Result<Came> {
    if let Some((follower, followed)) = follows::parties_of(app, iri).await? {
        if follower != arrival.sender.id {
            return Err(Error::Forbidden(format!(
                "{iri} is not by {}",
                arrival.sender.iri
            )));
        }
        let target = accounts::find(app, followed).await?;
        follows::receive_undo(app, arrival, activity, &target).await?;
        return Ok(Came::Done);
    }
    if let Some(status) = favourites::status_of(app, &arrival.sender, iri).await? {
        favourites::receive_undo(app, arrival, activity, status).await?;
        return Ok(Came::Done);
    }
    if reactions::receive_undo_by_id(app, arrival.sender.id, iri).await? {
        return Ok(Came::Done);
    }
    if statuses::find_by_iri(app, iri).await?.is_some() {
        reblogs::receive_undo(app, arrival, activity, iri).await?;
        return Ok(Came::Done);
    }
    if let Some(blocked) = relations::blocked_by(app, &arrival.sender, iri).await? {
        let target = accounts::find(app, blocked).await?;
        relations::receive_unblock(app, arrival, activity, &target).await?;
        return Ok(Came::Done);
    }
    Ok(Came::Ignored("undoes what is not here"))
}
