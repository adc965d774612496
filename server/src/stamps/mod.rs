//! Stamps: the yes of a member to an answer or a quote. It stands at an address, so that other servers can see for
//! themselves that the answer has its place, or that the quote may be shown; it says whose yes it is to what, and nothing
//! of what was said (L26).

pub mod activity;
mod store;

use comity_db::Tx;
use comity_vocab::{Consented, Iri};

pub(crate) use store::{StampRow, read};

use crate::accounts::{Account, stored_iri};
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::Result;

/// What somebody else does to something of a member's: an answer, or a quote.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Which of the two.
    pub what: Consented,
    /// Its address.
    pub iri: &'a Iri,
    /// Who answers or quotes.
    pub author: &'a Account,
    /// What is answered or quoted.
    pub target_id: i64,
    /// Whose that is: a member.
    pub answered: &'a Account,
}

/// Who hears of a yes or a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Whoever answered or quoted.
    Them,
    /// Those who have what is answered or quoted, too: they may show what was done to it.
    Everybody,
}

/// Gives the yes, in the caller's transaction, and tells of it; given before, it is told again. Says where it is. An answer
/// between people here needs none unless others are told of it; a quote is shown by nobody elsewhere without.
pub async fn give(
    app: &App,
    tx: &mut Tx,
    answer: Answer<'_>,
    request: Option<&Iri>,
    telling: Telling,
) -> Result<Option<Iri>> {
    let is_ours = answer.author.is_local();
    if is_ours && telling == Telling::Them && answer.what == Consented::Reply {
        return Ok(None);
    }
    let known = of(app, answer).await?;
    let request = request.map(|iri| iri.as_str().to_owned());
    let stamp = StampRow {
        id: known
            .as_ref()
            .map_or_else(|| app.next_id(), |stamp| stamp.id),
        account_id: answer.answered.id,
        target_id: answer.target_id,
        object_iri: answer.iri.as_str().to_owned(),
        request: request.or_else(|| known.and_then(|stamp| stamp.request)),
        permits: store::word(answer.what)?.to_owned(),
    };
    store::insert(tx, &stamp, app.now_ms());
    let accept = |everybody| Outgoing::AcceptReply {
        stamp: stamp.id,
        target: answer.target_id,
        replier: answer.author.id,
        everybody,
    };
    if !is_ours {
        delivery::queue(tx, app, answer.answered.id, &accept(false))?;
    }
    if telling == Telling::Everybody {
        delivery::queue(tx, app, answer.answered.id, &accept(true))?;
    }
    address(answer.answered, stamp.id).map(Some)
}

/// Says no, or takes the yes back, in the caller's transaction, and tells of it. `request` is what asked, if that is
/// known.
pub async fn refuse(
    app: &App,
    tx: &mut Tx,
    answer: Answer<'_>,
    request: Option<&Iri>,
    telling: Telling,
) -> Result<()> {
    let known = of(app, answer).await?;
    let permits = store::word(answer.what)?;
    store::delete(tx, answer.target_id, answer.iri.as_str(), permits);
    let stamp = known.as_ref().map(|stamp| stamp.id);
    let request = known
        .and_then(|stamp| stamp.request)
        .or_else(|| request.map(|iri| iri.as_str().to_owned()));
    let reject = |everybody| Outgoing::RejectReply {
        object: answer.iri.as_str().to_owned(),
        request: request.clone(),
        target: answer.target_id,
        replier: answer.author.id,
        everybody,
        permits: permits.to_owned(),
        stamp,
    };
    if !answer.author.is_local() {
        delivery::queue(tx, app, answer.answered.id, &reject(false))?;
    }
    if telling == Telling::Everybody {
        delivery::queue(tx, app, answer.answered.id, &reject(true))?;
    }
    Ok(())
}

/// The yes to this, if it was given and not taken back.
async fn of(app: &App, answer: Answer<'_>) -> Result<Option<StampRow>> {
    store::of(&app.db, answer.target_id, answer.iri.as_str(), answer.what).await
}

/// Whether the yes to this quote of something of a member's stands.
pub(crate) async fn lets_quote(app: &App, quoted: i64, quote: &Iri) -> Result<bool> {
    let stamp = store::of(&app.db, quoted, quote.as_str(), Consented::Quote).await?;
    Ok(stamp.is_some())
}

/// Where a stamp of this member's is.
fn address(of: &Account, id: i64) -> Result<Iri> {
    stored_iri(&format!("{}/stamps/{id}", of.iri))
}

/// The yes with this number; `None` when it was taken back.
pub(crate) async fn find(app: &App, id: i64) -> Result<Option<StampRow>> {
    store::by_id(&app.db, id).await
}
