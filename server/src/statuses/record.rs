//! The one place where a status comes into being, from either side of the border.

mod quoting;
mod searching;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Admitted, Circle, Conditions, ListId, Pattern, PersonId, Thing};
use comity_vocab::{Iri, Note, NoteKind, Visibility};

use super::model::{Attached, Status, StatusRow, Text};
use super::policy::{self, Terms};
use super::store;
use super::wishes;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::contacts::{self, Asked};
use crate::conversations;
use crate::error::Result;
use crate::hashtags;
use crate::id;
use crate::notifications::{self, Kind};
use crate::polls::{self, Poll};
use crate::quotes::{self, NewQuote, State};
use crate::streaming::{self, Event};
use crate::{text, timelines};

/// 1 January 2008: no server that speaks to others is older.
const EARLIEST_MS: i64 = 1_199_145_600_000;

/// What is older when it comes is no news: it is fetched to complete something.
const NEWS_FOR_MS: i64 = 6 * 3_600_000;

/// A status about to be born. There is no third constructor: nothing unadmitted can be stored.
pub(crate) struct NewStatus {
    row: StatusRow,
    visibility: Visibility,
    author: Arc<Account>,
    /// Everybody it names, here and elsewhere.
    mentions: Vec<Arc<Account>>,
    /// Hashtags without `#`.
    tags: Vec<String>,
    /// Whom it answers or shares.
    within: Option<Arc<Account>>,
    /// Whom the status that it shares answers or quotes.
    carried: Vec<Arc<Account>>,
    terms: Terms,
    /// Whether answers to it came before it.
    is_awaited: bool,
    /// Members who are asked about its author first: they are told nothing yet.
    asked: Vec<Asked>,
    /// What it quotes.
    quote: Option<NewQuote>,
    /// What it asks.
    poll: Option<Poll>,
}

/// What a new status answers.
pub(super) struct Parent {
    pub id: i64,
    pub iri: String,
    pub author: Arc<Account>,
    pub conversation_id: i64,
    pub kept_from: Vec<Pattern>,
}

impl Parent {
    pub fn of(status: &Status) -> Parent {
        Parent {
            id: status.id,
            iri: status.iri.as_str().to_owned(),
            author: status.author.clone(),
            conversation_id: status.conversation_id,
            kept_from: status.kept_from.clone(),
        }
    }
}

impl NewStatus {
    /// What a member wrote.
    pub(super) fn local(
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
            row,
            visibility,
            author,
            mentions,
            tags,
            within: parent.map(|parent| parent.author.clone()),
            carried: Vec::new(),
            terms,
            is_awaited: false,
            asked: Vec::new(),
            quote: None,
            poll,
        })
    }

    /// What somebody elsewhere wrote, as their server sent it and the gate admitted it.
    pub(super) fn remote(
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
            row,
            visibility,
            author,
            mentions,
            tags,
            within: parent.map(|parent| parent.author.clone()),
            carried: Vec::new(),
            terms,
            is_awaited: false,
            asked: Vec::new(),
            quote: None,
            poll,
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
            row,
            visibility,
            author: by,
            mentions: Vec::new(),
            tags: Vec::new(),
            within: Some(original.author.clone()),
            carried: original.bound_by(),
            terms,
            is_awaited: false,
            asked: Vec::new(),
            quote: None,
            poll: None,
        })
    }

    /// These members are asked about its author first, and are named only once they say yes. If it `waits`, whom it
    /// answers is asked, and nobody else sees it before.
    pub(super) fn asking(mut self, asked: Vec<Asked>, waits: bool) -> NewStatus {
        let is_asked = |id: i64| asked.iter().any(|asked| asked.account_id == id);
        self.mentions.retain(|account| !is_asked(account.id));
        if waits {
            policy::WAITS.clone_into(&mut self.row.approval);
        }
        self.asked = asked;
        self
    }

    /// Whether anybody is asked first.
    pub(super) fn asks(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Answers to it are here already.
    pub(super) fn awaited(self) -> NewStatus {
        NewStatus {
            is_awaited: true,
            ..self
        }
    }

    /// The id it will have.
    pub(crate) fn id(&self) -> i64 {
        self.row.id
    }

    /// The conversation that it goes into, if it answers something.
    pub(super) fn joins(&self) -> Option<i64> {
        self.row
            .in_reply_to_id
            .map(|_answered| self.row.conversation_id)
    }

    /// Everybody it names.
    pub(super) fn mentions(&self) -> &[Arc<Account>] {
        &self.mentions
    }

    /// Everybody it names, and whom it answers or asks about a quote.
    pub(super) fn people(&self) -> Vec<i64> {
        let quoted = self.quote.as_ref();
        let quoted = quoted.and_then(|new| new.quote.asks_elsewhere());
        let named = self.mentions.iter().chain(&self.within).chain(quoted);
        named.map(|account| account.id).collect()
    }

    /// What policy has to know of it before it is stored; what is stored says the same.
    pub(super) fn thing(&self) -> Thing {
        Thing {
            visibility: self.visibility,
            addressed: self
                .mentions
                .iter()
                .map(|account| PersonId(account.id))
                .collect(),
            within: self
                .within
                .iter()
                .chain(&self.carried)
                .chain(self.quote.as_ref().and_then(|new| new.quote.bound_by()))
                .map(|account| account.person())
                .collect(),
            kept_from: self.terms.kept_from.clone(),
            replies: self.terms.replies,
            ..Thing::of(self.author.person())
        }
    }

    /// The lists from which it is kept.
    pub(super) fn lists(&self) -> impl Iterator<Item = ListId> {
        self.terms.lists()
    }

    /// What it asks.
    pub(super) fn poll(&self) -> Option<&Poll> {
        self.poll.as_ref()
    }

    /// The files it brings along.
    pub(super) fn files(&self) -> Vec<Attached> {
        serde_json::from_str(&self.row.attachments).unwrap_or_default()
    }

    /// Who may see it.
    pub(super) fn visibility(&self) -> Visibility {
        self.visibility
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

/// Whether an answer to something of this member's, which they are asked about first, speaks to them: what is for a few
/// and does not name them is none of their business, and has no place that they would see.
pub(super) fn speaks_to(member: i64, visibility: Visibility, asked: &[Asked]) -> bool {
    is_counted(visibility)
        || asked
            .iter()
            .any(|asked| asked.account_id == member && asked.is_named)
}

/// Whether a status is in the numbers that everybody reads: a number must not tell of what is not for everybody.
pub(super) fn is_counted(visibility: Visibility) -> bool {
    matches!(visibility, Visibility::Public | Visibility::Unlisted)
}

/// Writes a new status into `tx`, places it in timelines and tells those it concerns. The caller adds what else must
/// happen at the same moment (the delivery of a local one) and commits with `App::commit`.
pub(crate) fn record(app: &App, tx: &mut Tx, new: &NewStatus, original: Option<&Status>) {
    let NewStatus {
        row,
        visibility,
        author,
        mentions,
        tags,
        is_awaited,
        asked,
        quote,
        poll,
        ..
    } = new;
    store::insert(tx, row);
    if row.reblog_of_id.is_none() {
        new.index(tx);
    }
    if let Some(poll) = poll {
        polls::keep(tx, row.id, poll);
    }
    if let Some(NewQuote { quote, .. }) = quote {
        quotes::keep(tx, row.id, quote);
    }
    for account in mentions {
        store::mention(tx, row.id, account.id);
    }
    let holder = quote.as_ref().and_then(|new| new.holder.as_ref());
    for asked in asked.iter().chain(holder) {
        contacts::hold(tx, *asked, row.id, author.id, app.now_ms());
    }
    if let Some(NewQuote { quote, .. }) = quote
        && let Some(quoted) = &quote.author
        && quote.state == State::Stands
    {
        quotes::tell(app, tx, quoted, author, row.id);
    }
    if *is_awaited {
        store::adopt(tx, row);
    }
    let visibility = *visibility;
    hashtags::place(tx, row.id, author.id, visibility, tags);
    let stands = is_counted(visibility) && row.approval == policy::STANDS;
    if let Some(parent_id) = row.in_reply_to_id.filter(|_| stands) {
        store::add_reply(tx, parent_id, 1);
    }
    if let Some(original_id) = row.reblog_of_id {
        store::add_reblog(tx, original_id, 1);
    }
    if is_counted(visibility) {
        accounts::add_to_statuses(tx, author.id, 1, row.created_at);
    }
    timelines::insert(
        tx,
        &timelines::Entry {
            status_id: row.id,
            author_id: author.id,
            community_id: author.community_id,
            visibility,
            in_reply_to_account_id: row.in_reply_to_account_id,
            is_reblog: row.reblog_of_id.is_some(),
            language: text::language::first_part(row.language.as_deref()),
            topics: hashtags::listed(visibility, tags),
        },
    );
    if visibility == Visibility::Direct {
        let named = mentions.iter().map(|account| account.id);
        let people: Vec<i64> = named.chain([author.id]).collect();
        conversations::place(tx, row.id, &people);
    }
    let now = app.now_ms();
    if now - id::time_of(row.id) < NEWS_FOR_MS {
        streaming::announce(tx, &Event::Placed(row.id));
        let answers_others =
            row.in_reply_to_iri.is_some() && row.in_reply_to_account_id != Some(author.id);
        if row.reblog_of_id.is_none() && visibility != Visibility::Direct && !answers_others {
            notifications::promise_new(tx, app.ids.at(now), row.id, author.id, now);
        }
    }
    for account in mentions.iter().filter(|account| account.is_local()) {
        notifications::notify(
            tx,
            app.ids.round_at(now),
            account.id,
            Kind::Mention,
            author.id,
            Some(row.id),
            now,
        );
    }
    if let Some(original) = original.filter(|original| original.author.is_local()) {
        notifications::notify(
            tx,
            app.ids.round_at(now),
            original.author.id,
            Kind::Reblog,
            author.id,
            Some(original.id),
            now,
        );
    }
}
