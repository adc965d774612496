//! Quotes as they come in: what a post from elsewhere says it quotes, questions to members here, and the yes and no of
//! others.

use comity_db::Tx;
use comity_policy::{Act, Admitted, Because, Outcome, Party, Refusal};
use comity_vocab::{Activity, ActivityKind, Consented, Document, Iri, Note, Object};

use super::activity;
use super::model::{Quote, State};
use super::{as_answer, is_open, stand, store, update};
use crate::accounts::Account;
use crate::app::App;
use crate::communities;
use crate::contacts;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::inbox::{Arrival, resolve};
use crate::queue::{self, Job, Outcome as Came};
use crate::stamps::{self, Answer, Telling};
use crate::statuses::{self, Status};

/// What is quoted may quote again. So many steps are fetched from the post that came in; a page shows the first.
const MOST_DEEP: u32 = 2;

/// What a post by somebody elsewhere says it quotes, and whether that stands, as far as it is known without asking anybody.
pub async fn of_note(app: &App, note: &Note, author: &Account) -> Result<Option<Quote>> {
    let Some(iri) = note.quote.as_ref().filter(|iri| **iri != note.id) else {
        return Ok(None);
    };
    let stamp = note.quote_authorization.as_ref();
    let mut quote = Quote {
        iri: iri.clone(),
        id: None,
        author: None,
        state: State::Claimed,
        stamp: stamp.map(|stamp| stamp.as_str().to_owned()),
        request: None,
    };
    let Some(id) = statuses::find_by_iri(app, iri).await? else {
        return Ok(Some(quote));
    };
    let quoted = statuses::load_one(app, id).await?;
    let seen_by = note.visibility(author.followers_iri.as_ref());
    quote.id = Some(id);
    quote.author = Some(quoted.author.clone());
    quote.state = if !is_open(quoted.visibility) || quoted.reblog_of.is_some() {
        State::Claimed
    } else if !quoted.author.is_local() {
        if quoted.author.id == author.id {
            State::Stands
        } else {
            State::Claimed
        }
    } else if let Some(no) = store::refused(&app.db, id, note.id.as_str()).await? {
        no
    } else if is_open(seen_by) && stamps::lets_quote(app, id, &note.id).await? {
        State::Stands
    } else {
        State::Claimed
    };
    Ok(Some(quote))
}

/// Whether there is something to ask another server: a yes to read, or a post of the author's own that is not here. What
/// shows neither is not even fetched, nor a yes at another server than the one that can say it.
pub fn needs_look(app: &App, quote: &Quote, author: &Account) -> bool {
    let is_ours = app
        .communities
        .load()
        .by_domain(&quote.iri.domain())
        .is_some();
    quote.state == State::Claimed
        && !is_ours
        && (yes_of(quote).is_some() || quote.iri.same_origin(&author.iri))
}

/// The yes that it shows, where it is at the server of whoever is quoted.
fn yes_of(quote: &Quote) -> Option<Iri> {
    let stamp = Iri::parse(quote.stamp.as_deref()?).ok()?;
    stamp.same_origin(&quote.iri).then_some(stamp)
}

/// The look at what another server says of this quote.
pub fn job(community: i64, status: i64, quote: &Quote) -> Job {
    Job::FetchQuoted {
        community,
        status,
        domain: quote.iri.domain().to_string(),
    }
}

/// Its author elsewhere says something else now of what it quotes, or shows a yes, or none any more. What members here say
/// of it stays as they said it.
pub async fn requote(app: &App, arrival: &Arrival, status: &Status, note: &Note) -> Result<()> {
    let now = of_note(app, note, &status.author).await?;
    let mut tx = Tx::new();
    match (&status.quote, &now) {
        (None, None) => return Ok(()),
        (Some(was), None) => store::drop_of(&mut tx, status.id, was),
        (was, Some(now)) => {
            let same = was.as_ref().filter(|was| was.iri == now.iri);
            let is_ours = now.author.as_ref().is_some_and(|author| author.is_local());
            let stands = same.is_some_and(|was| {
                was.state == State::Stands && (was.stamp == now.stamp || now.state == State::Stands)
            });
            if stands || (same.is_some() && is_ours) {
                return Ok(());
            }
            match was {
                Some(was) => store::replace(&mut tx, status.id, was, now),
                None => store::keep(&mut tx, status.id, now),
            }
            // What was looked at in vain may be there by now. The look itself waits its turn where there were many.
            let is_new = same.is_none_or(|was| was.stamp != now.stamp);
            let is_heard = is_new || limited(app, status).is_ok();
            if needs_look(app, now, &status.author) && is_heard {
                queue::push(&mut tx, app, &job(arrival.community.id, status.id, now))?;
            }
        }
    }
    commit(app, tx, status).await
}

/// Or the job that brought it runs again: it was decided by what is no longer so.
async fn commit(app: &App, tx: Tx, status: &Status) -> Result<()> {
    if app.commit_and_ring(tx).await? {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "what is said of the quote in {} changed meanwhile",
        status.iri
    )))
}

/// Each further look at one quote is a request to a server that did not ask for it, or is told to many.
fn limited(app: &App, status: &Status) -> Result<()> {
    app.limits.check(Kind::Yes, &format!("quote {}", status.id))
}

/// The job: reads the yes that a quote from elsewhere shows, and then what it quotes.
pub async fn look(app: &App, community: i64, status_id: i64) -> Came {
    match try_look(app, community, status_id).await {
        Ok(()) | Err(Error::NotFound | Error::Gone) => Came::Done,
        // Until then it is shown without.
        Err(Error::Elsewhere(why)) => Came::Unreachable { why },
        Err(error) => error.into(),
    }
}

async fn try_look(app: &App, community: i64, status_id: i64) -> Result<()> {
    let community = communities::find(app, community)?;
    let status = statuses::load_one(app, status_id).await?;
    let Some(quote) = &status.quote else {
        return Ok(());
    };
    if status.author.is_local() || !needs_look(app, quote, &status.author) {
        return Ok(());
    }
    // What shows one thing after the other is read no more often than what stays the same.
    limited(app, &status)?;
    let signer = match &yes_of(quote) {
        Some(stamp) => {
            let to = (Consented::Quote, &status.iri, &quote.iri);
            statuses::signer(app, &community, stamp, to).await?
        }
        None => None,
    };
    // For a yes that is none, nothing is fetched.
    if signer.is_none() && !quote.iri.same_origin(&status.author.iri) {
        return Ok(());
    }
    let quoted = match quote.id {
        Some(id) => id,
        None => {
            let depth = app.hosts.lookups.height(&status.iri);
            if depth >= MOST_DEEP {
                return Ok(());
            }
            app.hosts.lookups.climbed(&quote.iri, depth + 1);
            resolve::status(app, &community, &quote.iri).await?
        }
    };
    let quoted = statuses::load_one(app, quoted).await?;
    let is_own = quoted.author.id == status.author.id;
    // Who cannot read what quotes them could not take it out again.
    let is_let =
        is_own || (is_open(status.visibility) && signer.as_ref() == Some(&quoted.author.iri));
    if !is_let || !is_open(quoted.visibility) || quoted.reblog_of.is_some() {
        return Ok(());
    }
    let settled = Quote {
        id: Some(quoted.id),
        author: Some(quoted.author.clone()),
        state: State::Stands,
        stamp: quote.stamp.clone().filter(|_| !is_own),
        ..quote.clone()
    };
    let mut tx = Tx::new();
    store::replace(&mut tx, status.id, quote, &settled);
    commit(app, tx, &status).await
}

/// Somebody elsewhere asks whether they may quote something of ours. Nothing is fetched for who cannot see what they ask
/// about (L29, attack 19); what they want to show it in is read at their server.
pub async fn receive_request(
    app: &App,
    arrival: &Arrival,
    request: &Iri,
    target: i64,
    quoting: &Iri,
) -> Result<()> {
    let quoted = statuses::load_one(app, target).await?;
    let sender = &arrival.sender;
    if !quoted.author.is_local()
        || sender.is_local()
        || !quoting.same_origin(&sender.iri)
        || !statuses::is_seen(app, sender, target).await?
    {
        return Ok(());
    }
    let party = Party::Account(sender.person());
    let asked = app.gate.may(&party, Act::Quote, arrival.way, &quoted);
    let verdict = match asked.await? {
        Ok(verdict) => verdict,
        Err(refusal) => return refuse(app, arrival, quoting, &quoted, &refusal, request).await,
    };
    let id = resolve::quoting(app, &arrival.community, quoting, &sender.iri, &quoted.iri).await?;
    let status = statuses::load_one(app, id).await?;
    let quote = status
        .quote
        .as_ref()
        .filter(|_| status.author.id == sender.id);
    let Some(quote) = quote.filter(|quote| quote.iri == quoted.iri) else {
        return Err(Error::Forbidden(format!(
            "{quoting} is no quote by {}",
            sender.iri
        )));
    };
    // What its author could not read, they could not take out again, either.
    if !is_open(status.visibility) {
        return Err(Error::Forbidden(format!("{quoting} is not for everybody")));
    }
    let was = quote;
    // It may have come in before what it quotes was written down as known.
    let quote = &Quote {
        id: Some(quoted.id),
        author: Some(quoted.author.clone()),
        request: Some(request.as_str().to_owned()),
        ..quote.clone()
    };
    let mut tx = Tx::new();
    match quote.state {
        State::Declined | State::Removed => {
            if let Some(answer) = as_answer(&status, quote) {
                stamps::refuse(app, &mut tx, answer, Some(request), Telling::Them).await?;
            }
        }
        // Once more, too, where it found no room before.
        State::Waits => {
            hold(app, &mut tx, &status, &quoted.author).await?;
        }
        State::Claimed if verdict.outcome == Outcome::Hold => {
            let waits = Quote {
                state: State::Waits,
                stamp: None,
                ..quote.clone()
            };
            store::replace(&mut tx, status.id, was, &waits);
            if !hold(app, &mut tx, &status, &quoted.author).await? {
                return Ok(());
            }
        }
        State::Claimed | State::Stands => {
            store::replace(&mut tx, status.id, was, quote);
            stand(app, &mut tx, &status, quote, Some(request.as_str())).await?;
        }
    }
    commit(app, tx, &status).await
}

/// Lets it wait among the first contacts of whoever is quoted; says whether there was room.
async fn hold(app: &App, tx: &mut Tx, status: &Status, quoted: &Account) -> Result<bool> {
    let mut asked = Vec::new();
    contacts::ask(app, &mut asked, quoted.id, false, &status.author).await?;
    let has_room = asked.iter().all(|asked| asked.has_room);
    for asked in asked {
        contacts::hold(tx, asked, status.id, status.author.id, app.now_ms());
    }
    Ok(has_room)
}

/// Whoever asked hears a no where who may quote is said to everybody and nothing else stood against them: of rules and
/// blocks they hear nothing (L29).
async fn refuse(
    app: &App,
    arrival: &Arrival,
    quoting: &Iri,
    quoted: &Status,
    refusal: &Refusal,
    request: &Iri,
) -> Result<()> {
    if *refusal.because() != Because::Wishes(Act::Quote) {
        return Ok(());
    }
    // Nobody ends what somebody else was let, and a yes that was given is taken back by who gave it alone.
    if let Some(id) = statuses::find_by_iri(app, quoting).await? {
        let known = statuses::load_one(app, id).await?;
        let of_this = known.quote.as_ref().filter(|quote| quote.iri == quoted.iri);
        let is_heard =
            of_this.is_some_and(|quote| matches!(quote.state, State::Stands | State::Waits));
        if known.author.id != arrival.sender.id || is_heard {
            return Ok(());
        }
    }
    let answer = Answer {
        what: Consented::Quote,
        iri: quoting,
        author: &arrival.sender,
        target_id: quoted.id,
        answered: &quoted.author,
    };
    let mut tx = Tx::new();
    stamps::refuse(app, &mut tx, answer, Some(request), Telling::Them).await?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// The quote that an Accept or a Reject is about, where it is one: with the question, or by the question's address.
pub fn claims(activity: &Activity) -> Option<Iri> {
    match &activity.object {
        Object::Embedded(document) => match document.as_ref() {
            Document::Activity(request) if request.kind == ActivityKind::QuoteRequest => {
                let by_id = || activity::asked_for(request.id.as_ref()?);
                request.instrument.clone().or_else(by_id)
            }
            _ => None,
        },
        Object::Iri(iri) => activity::asked_for(iri),
        Object::None | Object::Many(_) => None,
    }
}

/// A quote of ours of something by whoever sent this.
async fn ours(app: &App, arrival: &Arrival, status_id: i64) -> Result<(Status, Quote)> {
    let status = statuses::load_one(app, status_id).await?;
    let quote = status.quote.clone();
    match quote.filter(|quote| quote.is_of(arrival.sender.id) && status.author.is_local()) {
        Some(quote) if status.author.id != arrival.sender.id => Ok((status, quote)),
        _ => Err(Error::Forbidden(format!(
            "{} does not quote {}",
            status.iri, arrival.sender.iri
        ))),
    }
}

/// Somebody elsewhere says yes to a quote of ours. Whether they did is read at the stamp, and whose it is asked of what we
/// hold (attack 15).
pub async fn receive_yes(
    app: &App,
    arrival: &Arrival,
    accept: &Admitted<Activity>,
    status_id: i64,
) -> Result<()> {
    let (status, quote) = ours(app, arrival, status_id).await?;
    let Some(stamp) = &accept.result else {
        return Ok(());
    };
    let known = quote.stamp.as_deref() == Some(stamp.as_str());
    if quote.state == State::Stands && known {
        return Ok(());
    }
    // A no always counts, and is none without a yes before it.
    if quote.state != State::Waits && limited(app, &status).is_err() {
        return Err(Error::Forbidden(format!(
            "{} says yes to {} again and again",
            arrival.sender.iri, status.iri
        )));
    }
    let to = (Consented::Quote, &status.iri, &quote.iri);
    let signer = if stamp.same_origin(&arrival.sender.iri) {
        statuses::signer(app, &arrival.community, stamp, to).await?
    } else {
        None
    };
    if signer.as_ref() != Some(&arrival.sender.iri) {
        return Err(Error::Forbidden(format!(
            "{stamp} is no yes to {}",
            status.iri
        )));
    }
    let mut tx = Tx::new();
    let stamp = Some(stamp.as_str());
    store::change(&mut tx, status.id, &quote, State::Stands, stamp);
    update(app, &mut tx, &status)?;
    commit(app, tx, &status).await
}

/// They say no, or take their yes back.
pub async fn receive_no(app: &App, arrival: &Arrival, status_id: i64) -> Result<()> {
    let (status, quote) = ours(app, arrival, status_id).await?;
    end(app, &status, &quote).await
}

/// A stamp is deleted by whoever gave it. Says whether it was one to a quote that stands here, or one that is claimed.
pub async fn ended(app: &App, arrival: &Arrival, stamp: &Iri) -> Result<bool> {
    if !stamp.same_origin(&arrival.sender.iri) {
        return Ok(false);
    }
    let claimed = store::unclaim(&app.db, stamp.as_str(), arrival.sender.id).await?;
    let mut after = 0;
    loop {
        let ids = store::by_stamp(&app.db, stamp.as_str(), arrival.sender.id, after).await?;
        for id in &ids {
            let status = statuses::load_one(app, *id).await?;
            if let Some(quote) = &status.quote {
                end(app, &status, quote).await?;
            }
        }
        match ids.last() {
            Some(last) => after = *last,
            None => return Ok(claimed > 0 || after > 0),
        }
    }
}

async fn end(app: &App, status: &Status, quote: &Quote) -> Result<()> {
    let to = match quote.state {
        State::Waits => State::Declined,
        State::Stands => State::Removed,
        State::Claimed | State::Declined | State::Removed => return Ok(()),
    };
    let mut tx = Tx::new();
    store::change(&mut tx, status.id, quote, to, None);
    update(app, &mut tx, status)?;
    commit(app, tx, status).await
}
