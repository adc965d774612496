//! Stamps: the yes of a member to an answer from elsewhere. It stands at an address, so that other servers can see for
//! themselves that the answer has its place; it says whose yes it is to what, and nothing of what was said (L26).

pub mod activity;
mod store;

use comity_db::Tx;
use comity_vocab::Iri;

pub(crate) use store::StampRow;

use crate::accounts::Account;
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::Result;

/// Somebody else's answer to something of a member's.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Its address.
    pub iri: &'a Iri,
    /// Who answers.
    pub author: &'a Account,
    /// What is answered.
    pub target_id: i64,
    /// Whose that is: a member.
    pub answered: i64,
}

/// Who hears of a yes or a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Whoever answered.
    Them,
    /// Those who have what is answered, too: they may show the answer.
    Everybody,
}

/// Gives the yes, in the caller's transaction, and tells of it; given before, it is told again.
pub async fn give(
    app: &App,
    tx: &mut Tx,
    answer: Answer<'_>,
    request: Option<&Iri>,
    telling: Telling,
) -> Result<()> {
    let is_ours = answer.author.is_local();
    if is_ours && telling == Telling::Them {
        return Ok(());
    }
    let known = store::of(&app.db, answer.target_id, answer.iri.as_str()).await?;
    let request = request.map(|iri| iri.as_str().to_owned());
    let stamp = StampRow {
        id: known
            .as_ref()
            .map_or_else(|| app.next_id(), |stamp| stamp.id),
        account_id: answer.answered,
        target_id: answer.target_id,
        object_iri: answer.iri.as_str().to_owned(),
        request: request.or_else(|| known.and_then(|stamp| stamp.request)),
    };
    store::insert(tx, &stamp, app.now_ms());
    let accept = |everybody| Outgoing::AcceptReply {
        stamp: stamp.id,
        target: answer.target_id,
        replier: answer.author.id,
        everybody,
    };
    if !is_ours {
        delivery::queue(tx, app, answer.answered, &accept(false))?;
    }
    if telling == Telling::Everybody {
        delivery::queue(tx, app, answer.answered, &accept(true))?;
    }
    Ok(())
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
    let known = store::of(&app.db, answer.target_id, answer.iri.as_str()).await?;
    store::delete(tx, answer.target_id, answer.iri.as_str());
    let request = known
        .and_then(|stamp| stamp.request)
        .or_else(|| request.map(|iri| iri.as_str().to_owned()));
    let reject = |everybody| Outgoing::RejectReply {
        object: answer.iri.as_str().to_owned(),
        request: request.clone(),
        target: answer.target_id,
        replier: answer.author.id,
        everybody,
    };
    if !answer.author.is_local() {
        delivery::queue(tx, app, answer.answered, &reject(false))?;
    }
    if telling == Telling::Everybody {
        delivery::queue(tx, app, answer.answered, &reject(true))?;
    }
    Ok(())
}

/// The yes with this number; `None` when it was taken back.
pub(crate) async fn find(app: &App, id: i64) -> Result<Option<StampRow>> {
    store::by_id(&app.db, id).await
}
