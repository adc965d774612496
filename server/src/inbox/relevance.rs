//! Whether anybody here could care: what nobody asked for is not stored.

use comity_policy::{Act, Exchange, Outcome, Party, Thing, Way};
use comity_vocab::{Iri, Note};

use super::Arrival;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::Result;
use crate::{follows, statuses};

/// Addresses looked up in one status; a status that names more people is a hellthread, and the first tell enough.
const MOST_LOOKED_AT: usize = 50;

/// Whether a status that was brought to us concerns somebody here: its author is followed here by a follow that works, it
/// answers or is answered by something we hold, or it is addressed to somebody who lives here.
pub(super) async fn concerns_us(app: &App, arrival: &Arrival, note: &Note) -> Result<bool> {
    if names_somebody_here(app, arrival, note).await?
        || follows::is_followed_here(app, &arrival.sender).await?
    {
        return Ok(true);
    }
    if let Some(parent) = &note.in_reply_to
        && statuses::find_by_iri(app, parent).await?.is_some()
    {
        return Ok(true);
    }
    let known = statuses::known(&app.db, note.id.as_str()).await?;
    Ok(known.awaited)
}

/// Whether somebody's boosts are looked at here: a boost by a stranger of something we do not hold is none of our
/// business.
pub(super) async fn boosts_concern_us(
    app: &App,
    arrival: &Arrival,
    status: Option<i64>,
) -> Result<bool> {
    Ok(status.is_some() || follows::is_followed_here(app, &arrival.sender).await?)
}

async fn names_somebody_here(app: &App, arrival: &Arrival, note: &Note) -> Result<bool> {
    let communities = app.communities.load();
    let is_here = |iri: &&Iri| communities.by_domain(&iri.domain()).is_some();
    let mentioned = note.mentions.iter().map(|mention| &mention.href);
    for iri in mentioned
        .chain(&note.to)
        .chain(&note.cc)
        .filter(is_here)
        .take(MOST_LOOKED_AT)
    {
        if let Some(account) = accounts::find_by_iri(app, iri).await?
            && account.is_local()
            && naming(app, &arrival.sender, arrival.way, note, &account).await? != Outcome::Refuse
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether somebody here may be named by `author` in this, or is to be asked first: their own rules and blocks say so, and
/// are nobody else's.
pub(crate) async fn naming(
    app: &App,
    author: &Account,
    way: Way,
    note: &Note,
    named: &Account,
) -> Result<Outcome> {
    let thing = Thing {
        visibility: note.visibility(author.followers_iri.as_ref()),
        ..Thing::of(named.person())
    };
    let verdict = app
        .gate
        .judge(&Exchange {
            party: &Party::Account(author.person()),
            act: Act::Mention,
            way,
            thing: &thing,
        })
        .await?;
    Ok(verdict.outcome)
}
