//! Quotes: a status shows another, once whoever wrote that said yes to it (FEP-044f).
//!
//! The yes is a stamp at its author's server, and nothing else is one: a quote that nobody let is shown as if it were none
//! (L34). Where the yes comes from elsewhere it is read at its origin (`receive`); where members here give it, it is one of
//! `stamps`. What is quoted is shown by evidence of its own, to nobody who may not see it.

pub(crate) mod activity;
pub mod api;
mod model;
mod receive;
mod store;
pub mod web;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Conditions, Outcome, Party, Visible, Way};
use comity_vocab::{Consented, Visibility};

pub use model::{NewQuote, Quote, Seen, State};
pub(crate) use receive::{
    claims, ended, job, look, needs_look, of_note, receive_no, receive_request, receive_yes,
    requote,
};
pub use store::counts;
pub(crate) use store::keep;

use crate::accounts::{Account, stored_iri};
use crate::app::App;
use crate::contacts;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::notifications::{self, Kind};
use crate::rules;
use crate::stamps::{self, Answer, Telling};
use crate::statuses::{self, Status};

/// Whether what has this visibility can be quoted, and can quote: whoever is quoted is asked, and the yes is for everybody
/// to read.
pub fn is_open(visibility: Visibility) -> bool {
    matches!(visibility, Visibility::Public | Visibility::Unlisted)
}

/// What `author` chose to quote, as they may see it, and what it takes.
///
/// Refused with the reason: what they may not see or quote, and what is by somebody who could not be asked.
pub(crate) async fn choose(
    app: &App,
    author: &Account,
    id: i64,
) -> Result<(Visible<Status>, NewQuote)> {
    let me = Party::Member(author.person());
    let quoted = statuses::find(app, &me, Way::Page, id).await?;
    if quoted.reblog_of.is_some() {
        return Err(Error::invalid(
            "quote_id",
            "is a boost; quote the post itself",
        ));
    }
    if !is_open(quoted.visibility) {
        return Err(Error::Forbidden(
            "its author did not write it for everyone".to_owned(),
        ));
    }
    if quoted.conditions().contains(Conditions::NO_BOOSTS) {
        return Err(Error::Forbidden(
            "a boundary says that what its author writes is neither boosted nor quoted here"
                .to_owned(),
        ));
    }
    let verdict = statuses::may(app, &me, Act::Quote, &quoted).await?;
    let is_own = quoted.author.id == author.id;
    let mut holder = None;
    let state = if is_own {
        State::Stands
    } else if !quoted.author.is_local() {
        // They have to be asked: who may not write to them cannot.
        rules::may(app, &me, Act::Mention, Way::Page, &*quoted.author).await?;
        State::Waits
    } else if verdict.outcome == Outcome::Hold {
        let mut asked = Vec::new();
        contacts::ask(app, &mut asked, quoted.author.id, false, author).await?;
        holder = asked.pop().filter(|asked| asked.has_room);
        if holder.is_none() {
            return Err(Error::Forbidden(format!(
                "too much waits for a yes of {} already; they would never hear of it",
                quoted.author.handle()
            )));
        }
        State::Waits
    } else {
        State::Stands
    };
    let quote = Quote {
        iri: quoted.iri.clone(),
        id: Some(quoted.id),
        author: Some(quoted.author.clone()),
        state,
        stamp: None,
        request: None,
    };
    Ok((quoted, NewQuote { quote, holder }))
}

/// A quote, as stamps call it; what is quoted has to be a member's, and somebody else's.
fn as_answer<'a>(status: &'a Status, quote: &'a Quote) -> Option<Answer<'a>> {
    let quoted = quote.author.as_ref()?;
    (quoted.is_local() && quoted.id != status.author.id).then_some(Answer {
        what: Consented::Quote,
        iri: &status.iri,
        author: &status.author,
        target_id: quote.id?,
        answered: quoted,
    })
}

/// Whoever is quoted, a member, is told.
pub(crate) fn tell(app: &App, tx: &mut Tx, quoted: &Account, by: &Account, status_id: i64) {
    if quoted.is_local() {
        let now = app.now_ms();
        let id = app.ids.round_at(now);
        notifications::notify(tx, id, quoted.id, Kind::Quote, by.id, Some(status_id), now);
    }
}

/// Those who have a post of ours hear what became of its quote.
fn update(app: &App, tx: &mut Tx, status: &Status) -> Result<()> {
    if !status.author.is_local() || status.visibility == Visibility::Local {
        return Ok(());
    }
    let update = Outgoing::Update { status: status.id };
    delivery::queue(tx, app, status.author.id, &update)
}

/// Its member says yes, in the caller's transaction.
async fn stand(
    app: &App,
    tx: &mut Tx,
    status: &Status,
    quote: &Quote,
    request: Option<&str>,
) -> Result<()> {
    let Some(answer) = as_answer(status, quote) else {
        return Ok(());
    };
    let request = request.map(stored_iri).transpose()?;
    let stamp = stamps::give(app, tx, answer, request.as_ref(), Telling::Them).await?;
    if quote.state == State::Stands {
        return Ok(());
    }
    let stamp = stamp.as_ref().map(comity_vocab::Iri::as_str);
    store::change(tx, status.id, quote, State::Stands, stamp);
    tell(app, tx, answer.answered, &status.author, status.id);
    update(app, tx, status)
}

/// A status that waited for `me` was let in, in the caller's transaction: its quote stands, if it waited for that. What
/// they did not see it quote does not come in: the other server may change that under their click.
pub(crate) async fn let_in(
    app: &App,
    tx: &mut Tx,
    me: &Arc<Account>,
    status: &Status,
    seen: Seen,
) -> Result<()> {
    let quote = status.quote.as_ref().filter(|quote| quote.waits_for(me.id));
    if let Seen::Quoting(id) = seen
        && quote.is_some_and(|quote| quote.id != id)
    {
        return Err(Error::Conflict(
            "what it quotes of yours is not what you saw; look at it again".to_owned(),
        ));
    }
    match quote {
        Some(quote) => stand(app, tx, status, quote, quote.request.as_deref()).await,
        None => Ok(()),
    }
}

/// Whether a quote waits for this member because of what they laid down of the post itself, whoever asks. A rule or a mode
/// may have held it as well.
pub(crate) async fn waits_by_wish(app: &App, status: &Status, member_id: i64) -> Result<bool> {
    let quote = status.quote.as_ref();
    let Some(id) = quote
        .filter(|quote| quote.waits_for(member_id))
        .and_then(|quote| quote.id)
    else {
        return Ok(false);
    };
    let quoted = statuses::load_one(app, id).await?;
    Ok(statuses::lets_quote_by_asking(&quoted))
}

/// This member does not want it, in the caller's transaction. Whoever asked hears of it where they knew that quotes wait,
/// and may see what they asked about; of rules they hear nothing (L29).
pub(crate) async fn turn_down(
    app: &App,
    tx: &mut Tx,
    account_id: i64,
    status: &Status,
) -> Result<()> {
    let Some(quote) = &status.quote else {
        return Ok(());
    };
    if !quote.waits_for(account_id) {
        return Ok(());
    }
    store::change(tx, status.id, quote, State::Declined, None);
    update(app, tx, status)?;
    let Some(answer) = as_answer(status, quote) else {
        return Ok(());
    };
    store::refuse(tx, answer.target_id, status.iri.as_str(), State::Declined);
    let quoted = statuses::load_one(app, answer.target_id).await?;
    if status.author.is_local()
        || !statuses::lets_quote_by_asking(&quoted)
        || !statuses::is_seen(app, &status.author, quoted.id).await?
    {
        return Ok(());
    }
    let request = quote.request.as_deref().map(stored_iri).transpose()?;
    stamps::refuse(app, tx, answer, request.as_ref(), Telling::Them).await
}

/// `me` takes a post of theirs out of what quotes it. The other post stays its author's own, without the quote.
pub async fn take_out(app: &App, me: &Arc<Account>, status_id: i64) -> Result<()> {
    let status = statuses::load_one(app, status_id).await?;
    let quote = status.quote.as_ref().filter(|quote| quote.is_of(me.id));
    let (Some(quote), false) = (quote, status.author.id == me.id) else {
        return Err(Error::NotFound);
    };
    if quote.state != State::Stands {
        return Ok(());
    }
    let mut tx = Tx::new();
    store::change(&mut tx, status.id, quote, State::Removed, None);
    if let Some(answer) = as_answer(&status, quote) {
        store::refuse(
            &mut tx,
            answer.target_id,
            status.iri.as_str(),
            State::Removed,
        );
        stamps::refuse(app, &mut tx, answer, None, Telling::Everybody).await?;
    }
    update(app, &mut tx, &status)?;
    // Undone where it was taken out a moment ago.
    app.commit_and_ring(tx).await?;
    Ok(())
}
