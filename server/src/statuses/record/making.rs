//! A status from what a member wrote, or from what the gate admitted; and one that shares another.

use std::sync::Arc;

use comity_policy::{Admitted, Circle, Conditions};
use comity_vocab::{Iri, Note, NoteKind, Visibility};

use super::{NewStatus, Parent};
use crate::accounts::Account;
use crate::app::App;
use crate::error::Result;
use crate::id;
use crate::statuses::model::{Status, StatusRow, Text};
use crate::statuses::policy::{self, Terms};
use crate::statuses::wishes;

/// 1 January 2008: no server that speaks to others is older.
const EARLIEST_MS: i64 = 1_199_145_600_000;

impl NewStatus {
    /// What a member wrote.
    pub(in crate::statuses) fn local(
        app: &App,
        author: Arc<Account>,
        visibility: Visibility,
        parent: Option<&Parent>,
        text: Text,
        mentions: Vec<Arc<Account>>,
        terms: Terms,
    ) -> Result<NewStatus> {
        let now = app.now_ms();
        let id = app.ids.at(now);
        let tags = text.tags.clone();
        let poll = text.poll.clone();
        let kind = match poll {
            Some(_) => NoteKind::Question,
            None => NoteKind::Note,
        };
        let row = StatusRow {
            iri: format!("{}/statuses/{id}", author.iri.as_str()),
            url: author.url.as_ref().map(|profile| format!("{profile}/{id}")),
            kept_from: terms.patterns_json()?,
            wishes: wishes::of_member(terms.quotes)?,
            replies_freely: terms.replies.freely.as_str().to_owned(),
            replies_asking: terms.replies.asking.as_str().to_owned(),
            ..row(id, &author, kind, visibility, parent, text, now)?
        };
        Ok(NewStatus {
            mentions,
            tags,
            within: parent.map(|parent| parent.author.clone()),
            poll,
            ..NewStatus::of(row, visibility, author, terms)
        })
    }

    /// What somebody elsewhere wrote, as their server sent it and the gate admitted it.
    pub(in crate::statuses) fn remote(
        app: &App,
        note: &Admitted<Note>,
        author: Arc<Account>,
        parent: Option<&Parent>,
        text: Text,
        mentions: Vec<Arc<Account>>,
    ) -> Result<NewStatus> {
        let now = app.now_ms();
        // A date ahead of our clock would hold the top of every timeline.
        let published = note.published.unwrap_or(now).clamp(0, now);
        // The id decides the place in lists. A date that cannot be true, or one before what is answered, would let
        // anybody stand before everything that was said.
        let placed_at = match parent {
            Some(parent) => published.max(id::time_of(parent.id) + 1).min(now),
            None if published < EARLIEST_MS => now,
            None => published,
        };
        let visibility = note.visibility(author.followers_iri.as_ref());
        // It carries on what it answers, and so do the answers to it.
        let terms = Terms {
            kept_from: parent
                .map(|parent| parent.kept_from.clone())
                .unwrap_or_default(),
            ..Terms::default()
        };
        let tags = text.tags.clone();
        let poll = text.poll.clone();
        let mut row = StatusRow {
            iri: note.id.as_str().to_owned(),
            url: note.url.as_ref().map(|url| url.as_str().to_owned()),
            limited: note.conditions().contains(Conditions::LIMITED),
            kept_from: terms.patterns_json()?,
            wishes: wishes::stored(note, &author)?,
            reply_stamp: note
                .reply_authorization
                .as_ref()
                .map(|iri| iri.as_str().to_owned()),
            edited_at: note
                .updated
                .map(|at| at.clamp(published, now))
                .filter(|at| *at > published),
            ..row(
                app.ids.at(placed_at),
                &author,
                note.kind,
                visibility,
                parent,
                text,
                published,
            )?
        };
        if row.in_reply_to_iri.is_none() {
            row.in_reply_to_iri = note.in_reply_to.as_ref().map(|iri| iri.as_str().to_owned());
        }
        Ok(NewStatus {
            mentions,
            tags,
            within: parent.map(|parent| parent.author.clone()),
            poll,
            ..NewStatus::of(row, visibility, author, terms)
        })
    }

    /// Somebody here shares `original`.
    pub(crate) fn local_reblog(
        app: &App,
        by: Arc<Account>,
        original: &Status,
        visibility: Visibility,
    ) -> Result<NewStatus> {
        let now = app.now_ms();
        let id = app.ids.at(now);
        let iri = format!("{}/statuses/{id}/activity", by.iri.as_str());
        NewStatus::reblog(id, iri, by, original, visibility, now)
    }

    /// Somebody elsewhere shares `original`; `announce` is the admitted activity that says so.
    pub(crate) fn remote_reblog(
        app: &App,
        announce: &Admitted<comity_vocab::Activity>,
        iri: &Iri,
        by: Arc<Account>,
        original: &Status,
        visibility: Visibility,
    ) -> Result<NewStatus> {
        let now = app.now_ms();
        let published = announce.published.unwrap_or(now).clamp(0, now);
        let placed_at = published.max(id::time_of(original.id) + 1).min(now);
        let mut new = NewStatus::reblog(
            app.ids.at(placed_at),
            iri.as_str().to_owned(),
            by,
            original,
            visibility,
            published,
        )?;
        new.row.limited = announce.conditions().contains(Conditions::LIMITED);
        Ok(new)
    }

    fn reblog(
        id: i64,
        iri: String,
        by: Arc<Account>,
        original: &Status,
        visibility: Visibility,
        at_ms: i64,
    ) -> Result<NewStatus> {
        let terms = Terms::default().within(original)?;
        let row = StatusRow {
            iri,
            kind: "reblog".to_owned(),
            reblog_of_id: Some(original.id),
            kept_from: terms.patterns_json()?,
            ..row(
                id,
                &by,
                NoteKind::Note,
                visibility,
                None,
                Text::default(),
                at_ms,
            )?
        };
        Ok(NewStatus {
            within: Some(original.author.clone()),
            carried: original.bound_by(),
            ..NewStatus::of(row, visibility, by, terms)
        })
    }

    /// It names nobody, and nobody is asked about it.
    fn of(row: StatusRow, visibility: Visibility, author: Arc<Account>, terms: Terms) -> NewStatus {
        NewStatus {
            row,
            visibility,
            author,
            mentions: Vec::new(),
            tags: Vec::new(),
            within: None,
            carried: Vec::new(),
            terms,
            is_awaited: false,
            asked: Vec::new(),
            quote: None,
            poll: None,
        }
    }
}

fn row(
    id: i64,
    author: &Account,
    kind: NoteKind,
    visibility: Visibility,
    parent: Option<&Parent>,
    text: Text,
    created_at: i64,
) -> Result<StatusRow> {
    Ok(StatusRow {
        id,
        iri: String::new(),
        url: None,
        account_id: author.id,
        community_id: author.community_id,
        kind: kind.as_str().to_owned(),
        visibility: visibility.as_str().to_owned(),
        in_reply_to_id: parent.map(|parent| parent.id),
        in_reply_to_iri: parent.map(|parent| parent.iri.clone()),
        in_reply_to_account_id: parent.map(|parent| parent.author.id),
        conversation_id: parent.map_or(id, |parent| parent.conversation_id),
        reblog_of_id: None,
        tags: serde_json::to_string(&text.tags)?,
        attachments: serde_json::to_string(&text.attachments)?,
        emojis: serde_json::to_string(&text.emojis)?,
        title: text.title,
        spoiler_text: text.spoiler_text,
        content: text.content,
        source: text.source,
        format: text.format.as_str().to_owned(),
        language: text.language,
        sensitive: text.sensitive,
        limited: false,
        created_at,
        edited_at: None,
        replies_count: 0,
        reblogs_count: 0,
        favourites_count: 0,
        kept_from: "[]".to_owned(),
        replies_freely: Circle::Everyone.as_str().to_owned(),
        replies_asking: Circle::Everyone.as_str().to_owned(),
        approval: policy::STANDS.to_owned(),
        wishes: String::new(),
        reply_stamp: None,
        quoted_iri: None,
        quoted_id: None,
        quoted_account_id: None,
        quote_state: None,
        quote_stamp: None,
        quote_request: None,
    })
}
