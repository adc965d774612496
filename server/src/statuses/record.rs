//! The one place where a status comes into being, from either side of the border.

mod making;
mod quoting;
mod searching;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{ListId, Pattern, PersonId, Thing};
use comity_vocab::Visibility;

use super::model::{Attached, Status, StatusRow};
use super::policy::{self, Terms};
use super::store;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::contacts::{self, Asked};
use crate::conversations;
use crate::hashtags;
use crate::id;
use crate::notifications::{self, Kind};
use crate::polls::{self, Poll};
use crate::quotes::{self, NewQuote, State};
use crate::streaming::{self, Event};
use crate::{text, timelines};

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
