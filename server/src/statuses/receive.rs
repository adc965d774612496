//! Somebody elsewhere wrote, and the gate admitted it.

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Admitted, Conditions};
use comity_vocab::{Iri, Note, NoteKind};

use super::load;
use super::model::{Attached, Text};
use super::record::{self, NewStatus, Parent};
use super::store;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::inbox::{Arrival, resolve};
use crate::queue::{self, Job};
use crate::text;

/// Names beyond this many in one status are a hellthread: the rest is not notified.
const MOST_MENTIONS: usize = 100;
/// Attachments beyond these are left out; Mastodon shows four, Pixelfed sends up to twenty.
const MOST_ATTACHMENTS: usize = 20;

/// Stores a status and returns its id; a second copy returns the id of the first. `None` when its author deleted it
/// before.
pub async fn receive(app: &App, arrival: &Arrival, note: Admitted<Note>) -> Result<Option<i64>> {
    if let Some(id) = store::id_by_iri(&app.db, note.id.as_str()).await? {
        return Ok(Some(id));
    }
    if store::is_buried(&app.db, note.id.as_str()).await? {
        return Ok(None);
    }
    let author = author_of(app, arrival, &note.author).await?;
    let parent = match &note.in_reply_to {
        Some(iri) => match store::id_by_iri(&app.db, iri.as_str()).await? {
            Some(id) => Some(Parent::of(&load::load_one(app, id).await?)),
            None => None,
        },
        None => None,
    };
    let mentions = named(app, &note).await?;
    let new = NewStatus::remote(app, &note, author, parent.as_ref(), words(&note), mentions)?;
    let mut tx = Tx::new();
    record::record(app, &mut tx, &new, None).await?;
    if parent.is_none() && note.in_reply_to.is_some() {
        queue::push(
            &mut tx,
            app,
            &Job::FetchParent {
                community: arrival.community.id,
                status: new.id(),
            },
        )?;
    }
    if app.commit(tx).await? {
        app.wake.ring();
        return Ok(Some(new.id()));
    }
    store::id_by_iri(&app.db, note.id.as_str()).await
}

async fn author_of(app: &App, arrival: &Arrival, iri: &Iri) -> Result<Arc<Account>> {
    let author = if arrival.sender.iri == *iri {
        arrival.sender.clone()
    } else {
        resolve::account(app, &arrival.community, iri).await?
    };
    if author.is_local() {
        return Err(Error::Conflict(format!(
            "{iri} lives here and writes here only"
        )));
    }
    Ok(author)
}

/// The people it names that we know. Unknown ones are not fetched: a post must not make us call a hundred servers.
async fn named(app: &App, note: &Admitted<Note>) -> Result<Vec<Arc<Account>>> {
    let mut people = Vec::new();
    let addressed = note.to.iter().chain(&note.cc);
    for iri in note
        .mentions
        .iter()
        .map(|mention| &mention.href)
        .chain(addressed)
        .take(MOST_MENTIONS)
    {
        if let Some(account) = accounts::find_by_iri(app, iri).await?
            && !people
                .iter()
                .any(|known: &Arc<Account>| known.id == account.id)
        {
            people.push(account);
        }
    }
    Ok(people)
}

/// What it says, made safe, under the conditions it was admitted with.
pub(super) fn words(note: &Admitted<Note>) -> Text {
    let conditions = note.conditions();
    let title = note
        .name
        .as_deref()
        .map(text::plain::line)
        .unwrap_or_default();
    let summary = note
        .summary
        .as_deref()
        .map(text::plain::block)
        .unwrap_or_default();
    let mut content = text::sanitize::html(&note.content);
    // Articles, videos and events put a description into `summary` and a heading into `name`; only a Note's or a
    // Question's summary is a warning (Mastodon's convention).
    let spoiler_text = match note.kind {
        NoteKind::Note | NoteKind::Question => summary,
        _ if content.is_empty() && !summary.is_empty() => {
            content = text::render::simple(&summary);
            String::new()
        }
        _ => String::new(),
    };
    let attachments = if conditions.contains(Conditions::DROP_MEDIA) {
        Vec::new()
    } else {
        note.attachments
            .iter()
            .take(MOST_ATTACHMENTS)
            .map(Attached::of)
            .collect()
    };
    Text {
        title,
        spoiler_text,
        content,
        source: String::new(),
        language: note.language.clone(),
        sensitive: note.sensitive || conditions.contains(Conditions::MARK_SENSITIVE),
        tags: note.hashtags.clone(),
        attachments,
    }
}
