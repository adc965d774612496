//! Quotes as they come in: what a post from elsewhere says it quotes, questions to members here, and the yes and no of
//! others.

use comity_db::Tx;
use comity_policy::{Act, Admitted, Because, Outcome, Party, Refusal};
use comity_vocab::{Activity, ActivityKind, Consented, Document, Iri, Note, Object};

use super::activity;
use super::model::{Quote, State};
use super::{as_answer, is_open, stand, store, update};
use crate::accounts::{Account, stored_iri};
use crate::app::App;
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
    let may_stand = is_open(quoted.visibility) && quoted.reblog_of.is_none();
    let stands = may_stand
        && if quoted.author.is_local() {
            stamps::lets_quote(app, id, &note.id).await?
        } else {
            quoted.author.id == author.id
        };
    if stands {
        quote.state = State::Stands;
    }
    quote.id = Some(id);
    quote.author = Some(quoted.author.clone());
    Ok(Some(quote))
}

/// Whether there is something to ask another server: a yes to read, or a post of the author's own that is not here. What
/// shows neither is not even fetched.
pub fn needs_look(app: &App, quote: &Quote, author: &Account) -> bool {
    let is_ours = app
        .communities
        .load()
        .by_domain(&quote.iri.domain())
        .is_some();
    quote.state == State::Claimed
        && !is_ours
        && (quote.stamp.is_some() || quote.iri.same_origin(&author.iri))
}

/// Its author elsewhere says something else now of what it quotes, or shows a yes, or none any more. What members here say
/// of it stays as they said it.
pub async fn requote(app: &App, arrival: &Arrival, status: &Status, note: &Note) -> Result<()> {
    let now = of_note(app, note, &status.author).await?;
    let mut tx = Tx::new();
    match (&status.quote, &now) {
        (None, None) => return Ok(()),
        (Some(_), None) => store::drop_of(&mut tx, status.id),
        (was, Some(now)) => {
            let was = was.as_ref().filter(|was| was.iri == now.iri);
            let is_ours = now.author.as_ref().is_some_and(|author| author.is_local());
            let same = was.is_some_and(|was| {
                was.state == State::Stands && (was.stamp == now.stamp || now.state == State::Stands)
            });
            if same || (was.is_some() && is_ours) {
                return Ok(());
            }
            store::keep(&mut tx, status.id, now);
            let is_heard = was.is_none() || limited(app, status).is_ok();
            if needs_look(app, now, &status.author) && is_heard {
                let job = Job::FetchQuoted {
                    community: arrival.community.id,
                    status: status.id,
                };
                queue::push(&mut tx, app, &job)?;
            }
        }
    }
    app.commit_and_ring(tx).await?;
    Ok(())
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
    let community = app
        .communities
        .load()
        .by_id(community)
        .ok_or(Error::NotFound)?;
    let status = statuses::load_one(app, status_id).await?;
    let Some(quote) = &status.quote else {
        return Ok(());
    };
    if status.author.is_local() || !needs_look(app, quote, &status.author) {
        return Ok(());
    }
    let stamp = quote.stamp.as_deref().map(stored_iri).transpose()?;
    let signer = match &stamp {
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
    let is_let = is_own || signer.as_ref() == Some(&quoted.author.iri);
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
    store::keep(&mut tx, status.id, &settled);
    app.commit(tx).await?;
    Ok(())
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
    // It may have come in before what it quotes was written down as known.
    let quote = &Quote {
        id: Some(quoted.id),
        author: Some(quoted.author.clone()),
        request: Some(request.as_str().to_owned()),
        ..quote.clone()
    };
    let mut tx = Tx::new();
    match quote.state {
        State::Waits => return Ok(()),
        State::Declined | State::Removed => {
            if let Some(answer) = as_answer(&status, quote) {
                stamps::refuse(app, &mut tx, answer, Some(request), Telling::Them).await?;
            }
        }
        State::Claimed if verdict.outcome == Outcome::Hold => {
            let waits = Quote {
                state: State::Waits,
                stamp: None,
                ..quote.clone()
            };
            store::keep(&mut tx, status.id, &waits);
            let mut asked = Vec::new();
            contacts::ask(app, &mut asked, quoted.author.id, false, sender).await?;
            for asked in asked {
                contacts::hold(&mut tx, asked, status.id, sender.id, app.now_ms());
            }
        }
        State::Claimed | State::Stands => {
            store::keep(&mut tx, status.id, quote);
            stand(app, &mut tx, &status, quote, Some(request.as_str())).await?;
        }
    }
    app.commit_and_ring(tx).await?;
    Ok(())
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
                request.instrument.clone()
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
    let signer = statuses::signer(app, &arrival.community, stamp, to).await?;
    if signer.as_ref() != Some(&arrival.sender.iri) {
        return Err(Error::Forbidden(format!(
            "{stamp} is no yes to {}",
            status.iri
        )));
    }
    let mut tx = Tx::new();
    let stamp = Some(stamp.as_str());
    store::change(&mut tx, status.id, quote.state, State::Stands, stamp);
    update(app, &mut tx, &status)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// They say no, or take their yes back.
pub async fn receive_no(app: &App, arrival: &Arrival, status_id: i64) -> Result<()> {
    let (status, quote) = ours(app, arrival, status_id).await?;
    end(app, &status, &quote).await
}

/// A stamp is deleted by whoever gave it. Says whether it was one to a quote that stands here.
pub async fn ended(app: &App, arrival: &Arrival, stamp: &Iri) -> Result<bool> {
    let ids = store::by_stamp(&app.db, stamp.as_str(), arrival.sender.id).await?;
    for id in &ids {
        let status = statuses::load_one(app, *id).await?;
        if let Some(quote) = &status.quote {
            end(app, &status, quote).await?;
        }
    }
    Ok(!ids.is_empty())
}

async fn end(app: &App, status: &Status, quote: &Quote) -> Result<()> {
    let to = match quote.state {
        State::Waits => State::Declined,
        State::Stands => State::Removed,
        State::Claimed | State::Declined | State::Removed => return Ok(()),
    };
    let mut tx = Tx::new();
    store::change(&mut tx, status.id, quote.state, to, None);
    update(app, &mut tx, status)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}
