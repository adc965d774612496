//! Find, or fetch from its origin, the person or status that an address or a handle names.
//!
//! Every hop asks the gate for its own permit, so a refused server is never contacted, whoever points at it. One
//! address is fetched once at a time, and what could not be had is not asked for again within a minute: a storm of
//! unknown keys costs nothing. Fetching an actor fetches its WebFinger answer and nothing else of it.

mod accounts_of;
mod lookups;

use std::sync::Arc;

use comity_policy::{Act, Admitted, Attested, Contact, Way};
use comity_vocab::{Document, Domain, Handle, Iri, Note, PublicKey};
use comity_wire::{Fetched, WireError};

pub(super) use accounts_of::home_of;
pub use accounts_of::{account, account_anew, author, handle, handle_for};
pub(crate) use lookups::Lookups;

use super::Arrival;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::backfill::Turn;
use crate::communities::{self, Community};
use crate::error::{Error, Result};
use crate::queue::Outcome;
use crate::statuses;

/// Redirects from one domain to another that are followed.
const MOST_HOPS: usize = 3;

/// Requests to the server of an author who is not known: their document, and whose name it is.
const REQUESTS_FOR_AUTHOR: u32 = 2;

/// How far up a thread is fetched from the first reply that reached us.
const MOST_ANCESTORS: u32 = 20;

/// What a link led to.
pub enum Found {
    /// Somebody.
    Account(Arc<Account>),
    /// Something written.
    Status(i64),
}

/// The status with this address: ours, known, or fetched from its origin and recorded, with its author. *Gone* when
/// its author deleted it.
pub async fn status(app: &App, community: &Arc<Community>, iri: &Iri) -> Result<i64> {
    status_if(app, community, iri, |_| true).await
}

/// The same for what `author` says is their answer to `target`: nothing else that is found there is taken in.
pub async fn answer(
    app: &App,
    community: &Arc<Community>,
    iri: &Iri,
    author: &Iri,
    target: &Iri,
) -> Result<i64> {
    let is_theirs =
        |note: &Note| note.author == *author && note.in_reply_to.as_ref() == Some(target);
    status_if(app, community, iri, is_theirs).await
}

/// The same for what `author` says quotes `target`.
pub async fn quoting(
    app: &App,
    community: &Arc<Community>,
    iri: &Iri,
    author: &Iri,
    target: &Iri,
) -> Result<i64> {
    let is_theirs = |note: &Note| note.author == *author && note.quote.as_ref() == Some(target);
    status_if(app, community, iri, is_theirs).await
}

async fn status_if(
    app: &App,
    community: &Arc<Community>,
    iri: &Iri,
    is_meant: impl Fn(&Note) -> bool,
) -> Result<i64> {
    if let Some(id) = statuses::find_by_iri(app, iri).await? {
        return Ok(id);
    }
    refuse_ours(app, iri)?;
    let _turn = app.hosts.lookups.turn(iri).await;
    if let Some(id) = statuses::find_by_iri(app, iri).await? {
        return Ok(id); // somebody else fetched it meanwhile
    }
    let note = fetch(app, community, iri).await?.into_note();
    let note = note.ok_or_else(|| Error::Forbidden(format!("{iri} is not a status")))?;
    if !is_meant(note.peek()) {
        return Err(Error::Forbidden(format!(
            "{iri} is not what it was said to be"
        )));
    }
    take(app, community, note, Way::Backfill).await
}

/// A post of a conversation elsewhere, as it was read there.
pub(crate) struct Read {
    /// Our number for it.
    pub id: i64,
    /// Its author's name for it.
    pub iri: Iri,
    /// It was not here.
    pub is_new: bool,
    /// Where answers to it are listed, as its server says.
    pub replies: Option<Iri>,
}

/// Reads a post at its origin where `is_one` says, of its address and what it answers, that it is one of a conversation, and
/// takes it in where it is not here. Whoever is asked has to have a turn.
pub(crate) async fn of_conversation(
    app: &App,
    community: &Arc<Community>,
    iri: &Iri,
    is_one: impl Fn(&Iri, Option<&Iri>) -> bool,
) -> Result<Read> {
    refuse_ours(app, iri)?;
    let document = {
        let _turn = app.hosts.lookups.turn(iri).await;
        fetch_in_turn(app, community, iri).await?
    };
    let note = document.into_note();
    let note = note.ok_or_else(|| Error::Forbidden(format!("{iri} is not a status")))?;
    let (own, replies) = (note.peek().id.clone(), note.peek().replies.clone());
    let known = statuses::find_by_iri(app, &own).await?;
    let parent = match known {
        // What it answers was settled when it came, whatever its server says now.
        Some(id) => {
            let parent = statuses::load_one(app, id).await?.in_reply_to_iri;
            parent.as_deref().map(accounts::stored_iri).transpose()?
        }
        None => note.peek().in_reply_to.clone(),
    };
    if !is_one(&own, parent.as_ref()) {
        return Err(Error::Forbidden(format!(
            "{iri} answers nothing of the conversation"
        )));
    }
    let id = match known {
        Some(id) => id,
        None => {
            refuse_forged(note.peek())?;
            meet_in_turn(app, community, &note.peek().author).await?;
            take(app, community, note, Way::Backfill).await?
        }
    };
    Ok(Read {
        id,
        iri: own,
        is_new: known.is_none(),
        replies,
    })
}

/// Asks for whoever wrote what a walk came by, where they are not known.
async fn meet_in_turn(app: &App, community: &Arc<Community>, author: &Iri) -> Result<()> {
    if accounts_of::is_fresh(app, author).await? {
        return Ok(());
    }
    refuse_ours(app, author)?;
    app.hosts
        .pace
        .note_besides(&author.domain(), REQUESTS_FOR_AUTHOR, app.now_ms());
    let _turn = app.hosts.lookups.turn(author).await;
    let met = async {
        let document = fetch_in_turn(app, community, author).await?;
        accounts_of::take(app, community, document).await
    };
    match met.await {
        Ok(_) => Ok(()),
        Err(why @ Error::Internal(_)) => Err(why),
        // Who is known already goes on as they were.
        Err(why) => match accounts::find_by_iri(app, author).await? {
            Some(_) => Ok(()),
            None => Err(why),
        },
    }
}

/// Reads a status that we hold again from its origin: somebody says that it changed.
pub(super) async fn status_anew(app: &App, community: &Arc<Community>, iri: &Iri) -> Result<()> {
    refuse_ours(app, iri)?;
    let note = fetch(app, community, iri).await?.into_note();
    let note = note.ok_or_else(|| Error::Forbidden(format!("{iri} is not a status")))?;
    let (arrival, admitted) = admit(app, community, note, Way::Backfill).await?;
    statuses::receive_edit(app, &arrival, &admitted).await
}

/// What a pasted link or address leads to.
pub async fn link(app: &App, community: &Arc<Community>, text: &str) -> Result<Found> {
    let iri = Iri::parse(text.trim())?;
    if let Some(id) = statuses::find_by_iri(app, &iri).await? {
        return Ok(Found::Status(id));
    }
    if let Some(account) = accounts::find_by_iri(app, &iri).await? {
        return Ok(Found::Account(account));
    }
    if let Some(found) = page_of_ours(app, &iri).await? {
        return Ok(found);
    }
    refuse_ours(app, &iri)?;
    let document = fetch(app, community, &iri).await?;
    // A page's address leads to a document with another id, which may be here already.
    let id = document.peek().id().cloned();
    if let Some(id) = id
        && let Some(known) = statuses::find_by_iri(app, &id).await?
    {
        return Ok(Found::Status(known));
    }
    match document.peek() {
        Document::Note(_) => match document.into_note() {
            Some(note) => Ok(Found::Status(
                take(app, community, note, Way::Lookup).await?,
            )),
            None => Err(Error::NotFound),
        },
        Document::Actor(_) => Ok(Found::Account(
            accounts_of::take(app, community, document).await?,
        )),
        _ => Err(Error::NotFound),
    }
}

/// What one of our own pages is about: `/@ines`, `/@ines/7`, `/@maren@meadow.example/8`.
async fn page_of_ours(app: &App, iri: &Iri) -> Result<Option<Found>> {
    let communities = app.communities.load();
    let Some(here) = communities.by_domain(&iri.domain()) else {
        return Ok(None);
    };
    let path = iri.as_str().strip_prefix(here.origin.as_str());
    let Some(path) = path.and_then(|path| path.strip_prefix("/@")) else {
        return Ok(None);
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Ok(match path.split_once('/') {
        Some((_, id)) => id.parse().ok().map(Found::Status),
        None => {
            let handle = Handle::parse(path)?;
            let domain = handle.domain.as_ref().unwrap_or(&here.domain);
            let known = accounts::find_by_handle(app, &handle.username, domain).await?;
            known.map(Found::Account)
        }
    })
}

/// The key with this id and its owner, fetched anew from its origin because of a request from `neighbourhood`. The
/// owner must show the key as their own.
pub async fn key(
    app: &App,
    community: &Arc<Community>,
    id: &Iri,
    neighbourhood: Option<&str>,
) -> Result<(Arc<PublicKey>, Arc<Account>)> {
    app.hosts
        .lookups
        .count_key_fetch(&id.domain(), neighbourhood, app.now_ms())?;
    refuse_ours(app, id)?;
    let document = {
        let _turn = app.hosts.lookups.turn(id).await;
        fetch(app, community, id).await?
    };
    let owner = match document.peek() {
        Document::Key(key) => {
            let owner = key.owner.clone();
            // A key document alone proves nothing about its owner (attack 1).
            account_anew(app, community, &owner).await?
        }
        _ => accounts_of::take(app, community, document).await?,
    };
    match accounts::public_key(app, id).await? {
        Some((key, account_id)) if account_id == owner.id => Ok((key, owner)),
        _ => Err(Error::Forbidden(format!(
            "{} does not show the key {id}",
            owner.iri
        ))),
    }
}

/// The job: fetches what a status answers. Recording that promises the next one further up.
pub(crate) async fn parent(app: &App, community: i64, status_id: i64) -> Outcome {
    match try_parent(app, community, status_id).await {
        Ok(()) => Outcome::Done,
        // A thread without its beginning is shown with a hole; it is not worth days of asking.
        Err(Error::Elsewhere(why)) => Outcome::Abandon { why },
        Err(error) => error.into(),
    }
}

async fn try_parent(app: &App, community: i64, status_id: i64) -> Result<()> {
    let community = communities::find(app, community)?;
    let status = statuses::load_one(app, status_id).await?;
    if status.in_reply_to_id.is_some() {
        return Ok(());
    }
    let Some(iri) = status.in_reply_to_iri.as_deref() else {
        return Ok(());
    };
    let iri = accounts::stored_iri(iri)?;
    let height = app.hosts.lookups.height(&status.iri);
    if height >= MOST_ANCESTORS {
        return Ok(());
    }
    app.hosts.lookups.climbed(&iri, height + 1);
    let parent = self::status(app, &community, &iri).await?;
    statuses::adopt_answers(app, &community, parent).await
}

/// Records a fetched status, whose author is found first.
async fn take(
    app: &App,
    community: &Arc<Community>,
    note: Attested<Note>,
    way: Way,
) -> Result<i64> {
    refuse_forged(note.peek())?;
    let (arrival, admitted) = admit(app, community, note, way).await?;
    statuses::receive(app, &arrival, admitted)
        .await?
        .ok_or(Error::Gone)
}

/// What an address cannot vouch for is refused before anybody is asked about it (FEP-fe34).
fn refuse_forged(note: &Note) -> Result<()> {
    if !note.author.same_origin(&note.id) || note.author == note.id {
        return Err(Error::Forbidden(format!(
            "{} names an author of another origin",
            note.id
        )));
    }
    Ok(())
}

/// Finds the author of a fetched status, and asks the gate whether it may come from them.
async fn admit(
    app: &App,
    community: &Arc<Community>,
    note: Attested<Note>,
    way: Way,
) -> Result<(Arrival, Admitted<Note>)> {
    let sender = account(app, community, &note.peek().author).await?;
    let admitted = app
        .gate
        .admit(
            note,
            community.policy_id(),
            &sender.person(),
            Act::Deliver,
            way,
            None,
        )
        .await??;
    let arrival = Arrival {
        community: community.clone(),
        sender,
        way,
    };
    Ok((arrival, admitted))
}

/// Fetches a document, signed by the community's own actor, hop by hop, each with its own permit.
pub(crate) async fn fetch(
    app: &App,
    community: &Community,
    iri: &Iri,
) -> Result<Attested<Document>> {
    fetch_led(app, community, iri, |_: &Domain| Ok(())).await
}

/// The same on a walk through a conversation. Whoever is asked first had a turn for it; whom they lead to has to have one, too.
pub(crate) async fn fetch_in_turn(
    app: &App,
    community: &Community,
    iri: &Iri,
) -> Result<Attested<Document>> {
    let may_lead_to = |host: &Domain| match app.hosts.pace.turn(host, app.now_ms()) {
        Turn::Now => Ok(()),
        Turn::Later | Turn::Never => Err(Error::TooMany { after_s: 60 }),
    };
    fetch_led(app, community, iri, may_lead_to).await
}

async fn fetch_led(
    app: &App,
    community: &Community,
    iri: &Iri,
    may_lead_to: impl Fn(&Domain) -> Result<()>,
) -> Result<Attested<Document>> {
    app.hosts.lookups.check(iri)?;
    let came = fetch_hops(app, community, iri, may_lead_to).await;
    if let Err(error) = &came {
        app.hosts.lookups.note_failure(iri, error);
    }
    came
}

async fn fetch_hops(
    app: &App,
    community: &Community,
    iri: &Iri,
    may_lead_to: impl Fn(&Domain) -> Result<()>,
) -> Result<Attested<Document>> {
    let key = accounts::signing_key(app, community.actor_id).await?;
    let mut address = iri.clone();
    for _ in 0..=MOST_HOPS {
        let permitted = app
            .gate
            .permit(community.policy_id(), &address.domain(), Contact::Fetch)
            .await??;
        match app
            .wire
            .fetch(permitted, &address, &key, app.now_ms())
            .await
        {
            Ok(Fetched::Document(document)) => return Ok(document),
            Ok(Fetched::Moved(to)) => {
                refuse_ours(app, &to)?;
                may_lead_to(&to.domain())?;
                address = to;
            }
            Err(error) => return Err(failed(iri, error)),
        }
    }
    Err(Error::Forbidden(format!(
        "{iri} leads from server to server"
    )))
}

/// What a failed request means for whoever asked for it.
fn failed(iri: &Iri, error: WireError) -> Error {
    match error {
        WireError::Gone
        | WireError::GiveUp {
            status: Some(404 | 410),
            ..
        } => Error::Gone,
        WireError::Retry { why, .. } => Error::Elsewhere(format!("{iri}: {why}")),
        WireError::GiveUp { .. } | WireError::Distrust(_) | WireError::NotPermitted(_) => {
            Error::Forbidden(format!("{iri}: {error}"))
        }
    }
}

/// What is ours is in the store or nowhere; we do not ask ourselves (attack 10).
fn refuse_ours(app: &App, iri: &Iri) -> Result<()> {
    match app.communities.load().by_domain(&iri.domain()) {
        Some(_) => Err(Error::NotFound),
        None => Ok(()),
    }
}

/// The domain a handle belongs to, when it is served here.
fn is_ours(app: &App, domain: &Domain) -> bool {
    app.communities.load().by_domain(domain).is_some()
}

/// What `@name@domain` is written to when it cannot be found.
fn unknown(handle: &Handle) -> Error {
    Error::Elsewhere(format!("{handle} could not be found"))
}
