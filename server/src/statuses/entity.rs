//! Statuses as apps read them, in Mastodon's words. What an app is told of a status is what the page tells: words only
//! from [`Visible`], quotes and people cleared for the viewer by the same way.

mod quoting;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_policy::{Act, Conditions, Verdict, Visible, Way};
use comity_vocab::Visibility;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use quoting::{WrittenQuote, within_quoted};

use super::web::{quoted_by, spoiler, with_title};
use super::{Marks, Quoting, Shown, Status, Text, find_many, is_sensitive, text};
use crate::accounts::Account;
use crate::accounts::entity::{Faces, acct, page};
use crate::app::App;
use crate::cards::{self, Card};
use crate::communities::Community;
use crate::emojis::Shown as Emoji;
use crate::emojis::entity::entities;
use crate::error::Result;
use crate::filters::Matcher;
use crate::hashtags::entity::{Named, named};
use crate::http::Caller;
use crate::media::address::{Addresses, RemotePart};
use crate::reactions::Chosen;
use crate::text::hashtag;
use crate::web::time;
use crate::{media, polls, quotes, reactions};

/// A visibility in Mastodon's words. It has none for what stays in a community: apps that meet a word they do not know
/// fail, so that is said beside it (`local_only`).
pub fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Unlisted | Visibility::Local => "unlisted",
        Visibility::Private => "private",
        Visibility::Direct => "direct",
    }
}

/// Who may quote, in Mastodon's words. It has none for asking first, which is nearest to followers: they wait as well.
pub fn quote_policy(quoting: Quoting) -> &'static str {
    match quoting {
        Quoting::Everyone => "public",
        Quoting::Followers | Quoting::Asking => "followers",
        Quoting::Nobody => "nobody",
    }
}

/// Reads [`quote_policy`].
pub fn read_quote_policy(word: &str) -> Option<Quoting> {
    match word {
        "public" => Some(Quoting::Everyone),
        "followers" => Some(Quoting::Followers),
        "nobody" => Some(Quoting::Nobody),
        _ => Quoting::parse(word),
    }
}

/// The emoji in a status, for readers of `here`; none where a rule drops pictures.
pub fn emojis(status: &Visible<Status>, here: &Community) -> Vec<Emoji> {
    emojis_in(text(status), status, here)
}

/// The same in one version of its words. Of those from elsewhere only the newest are known.
pub fn emojis_in(words: &Text, status: &Visible<Status>, here: &Community) -> Vec<Emoji> {
    if status.conditions().contains(Conditions::DROP_MEDIA) {
        return Vec::new();
    }
    let codes = words.with_codes();
    let came = &text(status).emojis;
    let reader = (status.viewer(), here);
    here.emojis.used(&status.author, came, reader, &codes)
}

/// A status as apps are told of it: Mastodon's `Status`, with what we add. What only a member is told is not there for others.
/// Its fields are in the order of their names, as in a tree: to Mastodon.py, what comes in another order is another status.
#[derive(Clone, Serialize)]
pub struct Written<'a> {
    account: Option<&'a RawValue>,
    application: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bookmarked: Option<bool>,
    card: Value,
    content: String,
    created_at: String,
    edited_at: Option<String>,
    emojis: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    favourited: Option<bool>,
    favourites_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    filtered: Option<Vec<Value>>,
    id: String,
    in_reply_to_account_id: Option<String>,
    in_reply_to_id: Option<String>,
    language: Option<String>,
    local_only: bool,
    media_attachments: Vec<Value>,
    mentions: Vec<Mention>,
    #[serde(skip_serializing_if = "Option::is_none")]
    muted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned: Option<bool>,
    pleroma: Pleroma,
    poll: Value,
    quote: Option<WrittenQuote<'a>>,
    quote_approval: QuoteApproval,
    quotes_count: i64,
    reactions: Value,
    reblog: Option<Box<Written<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reblogged: Option<bool>,
    reblogs_count: i64,
    replies_count: i64,
    sensitive: bool,
    spoiler_text: String,
    tags: Vec<Named>,
    uri: String,
    url: String,
    visibility: &'static str,
}

/// Somebody whom a status names, or an announcement.
#[derive(Clone, Serialize)]
pub struct Mention {
    acct: String,
    id: String,
    url: String,
    username: String,
}

/// Who may quote a status, and whether whoever asks may.
#[derive(Clone, Serialize)]
struct QuoteApproval {
    automatic: Vec<&'static str>,
    current_user: &'static str,
    manual: Vec<&'static str>,
}

/// Reactions under the name that other apps look for.
#[derive(Clone, Serialize)]
struct Pleroma {
    emoji_reactions: Value,
}

/// What telling the statuses of one answer needs to know of whoever asks: looked up once for all of them.
pub struct Entities {
    app: App,
    here: Arc<Community>,
    me: Option<i64>,
    faces: Faces,
    /// Whoever wrote or boosted these, as they are told: written once, however often they stand in an answer.
    authors: HashMap<i64, Box<RawValue>>,
    marks: Marks,
    filters: Matcher,
    quotes: HashMap<i64, i64>,
    votes: HashMap<i64, Vec<i64>>,
    quoted: HashMap<i64, Visible<Status>>,
    /// What those quote themselves, as far as whoever asks may see it.
    within_quoted: HashSet<i64>,
    may_quote: HashMap<i64, Verdict>,
    written_with: HashMap<i64, Value>,
    reactions: HashMap<i64, Vec<Chosen>>,
    cards: HashMap<i64, Card>,
}

impl Entities {
    /// For these, as they were cleared by this way.
    pub async fn of(
        app: &App,
        caller: &Caller,
        way: Way,
        statuses: &[&Visible<Status>],
    ) -> Result<Entities> {
        let party = caller.party();
        let me = caller.account_id();
        let quoted: HashMap<i64, Visible<Status>> = match quoted_by(me, statuses) {
            ids if ids.is_empty() => HashMap::new(),
            ids => find_many(app, &party, way, &ids)
                .await?
                .into_iter()
                .map(|status| (status.id, status))
                .collect(),
        };
        let within_quoted = within_quoted(app, &party, way, &quoted).await?;
        let all = || statuses.iter().copied().chain(quoted.values());
        let ids: Vec<i64> = all().map(|status| status.id).collect();
        let told: Vec<&Visible<Status>> = all().collect();
        let cards = cards::of(app, &told).await?;
        let writers = cards.values().filter_map(|card| card.author_id);
        let writers: Vec<i64> = writers.collect();
        let here = &caller.community;
        let faces = Faces::of_authors(app, &party, way, here, &told, &writers).await?;
        let asks = all().filter(|status| text(status).poll.is_some());
        let mut authors = HashMap::new();
        for status in all() {
            if let Entry::Vacant(place) = authors.entry(status.author.id) {
                place.insert(faces.written(&status.author, &caller.community)?);
            }
        }
        let votes = match me {
            Some(me) => polls::own(&app.db, me, asks.map(|status| status.id).collect()).await?,
            None => HashMap::new(),
        };
        let quotes = if ids.is_empty() {
            Vec::new()
        } else {
            quotes::counts(&app.db, ids.clone()).await?
        };
        let local = all().filter(|status| status.author.is_local());
        let written_with = match local.map(|status| status.id).collect::<Vec<i64>>() {
            none if none.is_empty() => HashMap::new(),
            local => super::written_with::of(&app.db, me, local).await?,
        };
        let reactions = reactions::of(app, &party, me, ids.clone()).await?;
        let threads = all().map(|status| status.conversation_id).collect();
        let (marks, filters) = match me {
            Some(me) if !ids.is_empty() => (
                Marks::of(&app.db, me, ids.clone(), threads).await?,
                Matcher::of(app, me).await?,
            ),
            _ => Default::default(),
        };
        let may_quote = match me {
            Some(_) => {
                let asked: Vec<(Act, &Visible<Status>)> = all()
                    .filter(|status| super::may_be_quoted(status))
                    .map(|status| (Act::Quote, status))
                    .collect();
                let verdicts = app.gate.may_all_seen(way, &asked).await?;
                let ids = asked.iter().map(|(_, status)| status.id);
                ids.zip(verdicts).collect()
            }
            None => HashMap::new(),
        };
        Ok(Entities {
            app: app.clone(),
            here: caller.community.clone(),
            me,
            faces,
            authors,
            marks,
            filters,
            quotes: quotes.into_iter().collect(),
            votes,
            quoted,
            within_quoted,
            may_quote,
            written_with,
            reactions,
            cards,
        })
    }

    /// A list, as a timeline has it.
    pub async fn list(app: &App, caller: &Caller, way: Way, list: &[Shown]) -> Result<Vec<Value>> {
        let entities = Entities::of_shown(app, caller, way, list).await?;
        Ok(list
            .iter()
            .map(|shown| json!(entities.shown(shown)))
            .collect())
    }

    /// The same as JSON, for an answer that is nothing else: as a tree in memory it takes longer to make.
    pub async fn as_json(app: &App, caller: &Caller, way: Way, list: &[Shown]) -> Result<String> {
        let entities = Entities::of_shown(app, caller, way, list).await?;
        let told: Vec<Written<'_>> = list.iter().map(|shown| entities.shown(shown)).collect();
        Ok(serde_json::to_string(&told)?)
    }

    /// For the entries of a list.
    pub async fn of_shown(
        app: &App,
        caller: &Caller,
        way: Way,
        list: &[Shown],
    ) -> Result<Entities> {
        let statuses: Vec<&Visible<Status>> = list
            .iter()
            .flat_map(|shown| std::iter::once(&shown.status).chain(shown.reblog.as_ref()))
            .collect();
        Entities::of(app, caller, way, &statuses).await
    }

    /// Statuses by their ids, in this order, without those that whoever asks may not see.
    pub async fn named(app: &App, caller: &Caller, way: Way, ids: &[i64]) -> Result<Vec<Value>> {
        let statuses = find_many(app, &caller.party(), way, ids).await?;
        let shown: Vec<&Visible<Status>> = statuses.iter().collect();
        let entities = Entities::of(app, caller, way, &shown).await?;
        Ok(shown.iter().map(|status| entities.status(status)).collect())
    }

    /// The same as JSON, for an answer that is nothing else.
    pub async fn named_as_json(
        app: &App,
        caller: &Caller,
        way: Way,
        ids: &[i64],
    ) -> Result<String> {
        let statuses = find_many(app, &caller.party(), way, ids).await?;
        let shown: Vec<&Visible<Status>> = statuses.iter().collect();
        let entities = Entities::of(app, caller, way, &shown).await?;
        let told: Vec<Written<'_>> = shown.iter().map(|one| entities.written(one)).collect();
        Ok(serde_json::to_string(&told)?)
    }

    /// One status by itself.
    pub async fn one(
        app: &App,
        caller: &Caller,
        way: Way,
        status: &Visible<Status>,
    ) -> Result<Value> {
        let entities = Entities::of(app, caller, way, &[status]).await?;
        Ok(entities.status(status))
    }

    /// An entry of a list: a boost is around what it shares.
    pub fn shown(&self, shown: &Shown) -> Written<'_> {
        let status = self.written(&shown.status);
        match &shown.reblog {
            Some(reblog) => self.wrapped(reblog, status),
            None => status,
        }
    }

    fn wrapped<'a>(&'a self, reblog: &Visible<Status>, status: Written<'a>) -> Written<'a> {
        Written {
            id: reblog.id.to_string(),
            created_at: time::iso_ms(reblog.created_at),
            uri: reblog.iri.to_string(),
            url: reblog.iri.to_string(),
            account: self.authors.get(&reblog.author.id).map(|told| &**told),
            visibility: visibility(reblog.visibility),
            edited_at: None,
            // Apps that show a quote would show it twice (Hollo's 480).
            quote: None,
            reblog: Some(Box::new(status.clone())),
            ..status
        }
    }

    /// A status, as a tree.
    pub fn status(&self, status: &Visible<Status>) -> Value {
        json!(self.written(status))
    }

    /// A status.
    pub fn written(&self, status: &Visible<Status>) -> Written<'_> {
        Written {
            quote: self.quote(status),
            ..self.bare(status)
        }
    }

    fn bare(&self, status: &Visible<Status>) -> Written<'_> {
        let words = text(status);
        let bound = status.conditions();
        let id = status.id;
        let member = self.me.is_some();
        let own = self.me == Some(status.author.id);
        let warning = spoiler(&words.spoiler_text, bound);
        let mentions = status.mentions.iter();
        let mentions = mentions.map(|account| mention(account, &self.here));
        let emojis = emojis(status, &self.here);
        let reactions = self.reactions.get(&id).map_or(&[][..], Vec::as_slice);
        let reactions = reactions::entity::entities(reactions, status.viewer(), &self.here);
        Written {
            id: id.to_string(),
            created_at: time::iso_ms(status.created_at),
            in_reply_to_id: status.in_reply_to_id.map(|id| id.to_string()),
            in_reply_to_account_id: status.in_reply_to.as_ref().map(|to| to.id.to_string()),
            sensitive: is_sensitive(status) || warning.is_some(),
            spoiler_text: warning.unwrap_or_default(),
            visibility: visibility(status.visibility),
            local_only: status.visibility == Visibility::Local,
            language: words.language.clone(),
            uri: status.iri.to_string(),
            url: match &status.url {
                Some(url) => url.clone(),
                None => status.iri.to_string(),
            },
            replies_count: status.replies_count,
            reblogs_count: status.reblogs_count,
            favourites_count: status.favourites_count,
            quotes_count: self.quotes.get(&id).copied().unwrap_or(0),
            edited_at: status.edited_at.map(time::iso_ms),
            content: with_title(&words.title, &words.content),
            reblog: None,
            application: self.written_with.get(&id),
            account: self.authors.get(&status.author.id).map(|told| &**told),
            media_attachments: media::entity::attachments(&self.app, status),
            mentions: mentions.collect(),
            tags: self.tags(&words.tags),
            emojis: entities(&emojis),
            card: self.card(status),
            poll: self.poll(status, &emojis),
            quote: None,
            quote_approval: self.quote_approval(status),
            pleroma: Pleroma {
                emoji_reactions: reactions.clone(),
            },
            reactions,
            favourited: member.then(|| self.marks.favourited.contains(&id)),
            reblogged: member.then(|| self.marks.reblogged.contains(&id)),
            bookmarked: member.then(|| self.marks.bookmarked.contains(&id)),
            muted: member.then(|| self.marks.left.contains(&status.conversation_id)),
            filtered: member.then(|| self.filters.results(status)),
            pinned: own.then(|| self.marks.pinned.contains(&id)),
        }
    }

    /// What the page says to which it links, with our copy of its picture.
    fn card(&self, status: &Visible<Status>) -> Value {
        let Some(card) = self.cards.get(&status.id) else {
            return Value::Null;
        };
        let shows = !status.conditions().contains(Conditions::DROP_MEDIA);
        let image = card.page.image.as_ref().filter(|_| shows);
        let picture = image.and_then(|_| Addresses::of_card(&self.app, status, RemotePart::Small));
        let account = card.author_id.and_then(|id| self.faces.get(id));
        cards::entity::entity(card, picture.as_deref(), account.as_ref())
    }

    fn tags(&self, names: &[String]) -> Vec<Named> {
        let names = names.iter().map(|name| hashtag::folded(name));
        names.map(|name| named(name, &self.here)).collect()
    }

    fn poll(&self, status: &Visible<Status>, emojis: &[Emoji]) -> Value {
        let Some(poll) = &text(status).poll else {
            return Value::Null;
        };
        let own = self.votes.get(&status.id).map_or(&[][..], Vec::as_slice);
        let own = self.me.map(|_| own);
        let is_own = self.me == Some(status.author.id);
        polls::entity::entity(status.id, poll, own, is_own, emojis)
    }
}

/// Somebody who is named, as apps at `here` are told of them.
pub(crate) fn mention(account: &Account, here: &Community) -> Mention {
    Mention {
        acct: acct(account, here),
        id: account.id.to_string(),
        url: page(account, here),
        username: account.username.clone(),
    }
}
