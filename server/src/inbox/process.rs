//! The job: one activity that was let in at the door is read again, asked about again, and carried out.

use comity_policy::{Act, Attested, Person, Way};
use comity_vocab::{Activity, ActivityKind, Document, Iri};
use tracing::{debug, info};

use super::dispatch::{self, Came};
use super::{Arrival, for_stewards, resolve, store, tell_in};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::queue::Outcome;
use crate::{follows, rules, statuses};

/// Carries out an activity that `signer` brought to `community`.
pub(crate) async fn process(
    app: &App,
    community: i64,
    signer: &str,
    body: &str,
    shared: bool,
) -> Outcome {
    match try_process(app, community, signer, body, shared).await {
        Ok(Came::Done | Came::Stored) => Outcome::Done,
        Ok(Came::Ignored(why)) => {
            debug!(%signer, why, "ignored an activity");
            Outcome::Done
        }
        Err(Error::Refused(refusal)) => {
            info!(%signer, %refusal, "refused an activity");
            Outcome::Done
        }
        Err(Error::Elsewhere(why)) => Outcome::Unreachable { why },
        Err(error) => error.into(),
    }
}

async fn try_process(
    app: &App,
    community: i64,
    signer: &str,
    body: &str,
    shared: bool,
) -> Result<Came> {
    rules::catch_up(app).await?;
    let Some(community) = app.communities.load().by_id(community) else {
        return Ok(Came::Ignored("its community is gone"));
    };
    let signer = accounts::stored_iri(signer)?;
    let attested = read_again(signer.clone(), body)?;
    let id = attested.peek().id.clone();
    if let Some(id) = &id
        && store::is_seen(&app.db, id.as_str()).await?
    {
        return Ok(Came::Ignored("was here before"));
    }
    let sender = resolve::account(app, &community, attested.by()).await?;
    let way = if shared { Way::SharedInbox } else { Way::Inbox };
    let (act, target) = question(app, attested.peek()).await?;
    let admitted = app
        .gate
        .admit(
            attested,
            community.policy_id(),
            &sender.person(),
            act,
            way,
            target.as_ref(),
        )
        .await?;
    let activity = match admitted {
        Ok(activity) => activity,
        Err(refusal) => {
            let what = format!("{} by {}", act.as_str(), sender.handle());
            tell_in(
                app,
                &community,
                &sender.host,
                what,
                Err(for_stewards(app, &community, &refusal.verdict)),
            );
            // A rule came while it waited; a follow that it ends is over all the same.
            follows::hear_end(app, &sender, &read_again(signer, body)?).await?;
            return Ok(Came::Ignored("the gate said no"));
        }
    };
    let arrival = Arrival {
        community,
        sender,
        way,
    };
    let came = dispatch::dispatch(app, &arrival, activity).await?;
    // Last: an effect that failed is tried again, and doing it twice changes nothing.
    if let (Came::Done, Some(id)) = (&came, id) {
        store::remember(&app.db, id.as_str(), app.now_ms()).await?;
    }
    Ok(came)
}

/// The body as it was attested at the door; only the door writes such jobs, after it checked the signature.
fn read_again(signer: Iri, body: &str) -> Result<Attested<Activity>> {
    let Document::Activity(activity) = comity_vocab::read(body.as_bytes())? else {
        return Err(Error::invalid("type", "is not an activity"));
    };
    if activity.actor != signer {
        return Err(Error::Forbidden(
            "is not by the actor who signed it".to_owned(),
        ));
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the signature was checked before this was written down"
    )]
    Ok(Attested::by_signature(signer, activity))
}

/// What the gate is to be asked: what would be done, and to whom here.
async fn question(app: &App, activity: &Activity) -> Result<(Act, Option<Person>)> {
    Ok(match activity.kind {
        ActivityKind::Follow => (Act::Follow, local(app, activity.object.id()).await?),
        ActivityKind::Block => (Act::Deliver, local(app, activity.object.id()).await?),
        ActivityKind::Like => (
            Act::Favourite,
            author_here(app, activity.object.id()).await?,
        ),
        ActivityKind::EmojiReact => (Act::React, author_here(app, activity.object.id()).await?),
        ActivityKind::Announce => (Act::Reblog, author_here(app, activity.object.id()).await?),
        ActivityKind::ReplyRequest => (Act::Reply, author_here(app, activity.object.id()).await?),
        ActivityKind::QuoteRequest => (Act::Quote, author_here(app, activity.object.id()).await?),
        ActivityKind::Flag => (Act::Report, None),
        ActivityKind::Move => (Act::Move, None),
        ActivityKind::Create => match activity.object.note() {
            Some(note) => match author_here(app, note.in_reply_to.as_ref()).await? {
                Some(author) => (Act::Reply, Some(author)),
                // It comes to the community; each person it names is asked for on their own.
                None => (Act::Deliver, None),
            },
            None => (Act::Deliver, None),
        },
        _ => (Act::Deliver, None),
    })
}

/// The member of a community here with this address.
async fn local(app: &App, iri: Option<&Iri>) -> Result<Option<Person>> {
    let Some(iri) = iri else { return Ok(None) };
    if app.communities.load().by_domain(&iri.domain()).is_none() {
        return Ok(None);
    }
    let account = accounts::find_by_iri(app, iri).await?;
    Ok(account
        .filter(|account| account.is_local())
        .map(|account| account.person()))
}

/// The author of a status of ours.
async fn author_here(app: &App, iri: Option<&Iri>) -> Result<Option<Person>> {
    let Some(iri) = iri else { return Ok(None) };
    if app.communities.load().by_domain(&iri.domain()).is_none() {
        return Ok(None);
    }
    let Some(id) = statuses::find_by_iri(app, iri).await? else {
        return Ok(None);
    };
    Ok(Some(statuses::load_one(app, id).await?.author.person()))
}
