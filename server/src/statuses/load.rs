//! From ids to statuses, and from statuses to what one viewer may see: a fixed number of queries a page.

use std::collections::HashMap;
use std::sync::Arc;

use comity_policy::{Conditions, Party, PersonId, Replies, Visible, Way};
use comity_vocab::{Iri, NoteKind, Visibility};

use super::model::{Status, StatusRow, Text};
use super::{policy, store, wishes};
use crate::accounts::{self, Account, stored_iri};
use crate::app::App;
use crate::error::{Error, Result};
use crate::polls;
use crate::quotes::{Quote, State};
use crate::text::Format;
use crate::text::hashtag;

/// Statuses looked at together for a page of a collection, and how often: where so many in a row are not for a viewer, the
/// collection ends.
const BATCH: i64 = 80;
const MOST_ROUNDS: usize = 10;

/// These statuses, in this order, without those that are not there. Nobody is cleared to read them yet.
pub async fn load(app: &App, ids: &[i64]) -> Result<Vec<Status>> {
    let (entries, _) = gather(app, ids, Shared::ForRules).await?;
    Ok(entries)
}

/// The same, and each that one of them shares: once, in no order.
async fn load_with_shared(app: &App, ids: &[i64]) -> Result<(Vec<Status>, Vec<Status>)> {
    gather(app, ids, Shared::Whole).await
}

/// What is wanted of what is shared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shared {
    /// Whose rules go along with it.
    ForRules,
    /// All of it.
    Whole,
}

async fn gather(app: &App, ids: &[i64], wanted: Shared) -> Result<(Vec<Status>, Vec<Status>)> {
    if ids.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let rows = store::by_ids(&app.db, ids.to_vec()).await?;
    let shared: Vec<i64> = rows.iter().filter_map(|row| row.reblog_of_id).collect();
    let mut originals = if shared.is_empty() {
        Vec::new()
    } else {
        store::by_ids(&app.db, shared).await?
    };
    let shared: HashMap<i64, Shares> = originals
        .iter()
        .map(|row| Ok((row.id, Shares::of(row)?)))
        .collect::<Result<_>>()?;
    if wanted == Shared::ForRules {
        originals.clear();
    }
    let all = || rows.iter().chain(&originals);
    let addressed = store::addressed_by(&app.db, all().map(|row| row.id).collect()).await?;
    let people = accounts::find_many(
        app,
        all()
            .flat_map(|row| {
                [
                    Some(row.account_id),
                    row.in_reply_to_account_id,
                    row.quoted_account_id,
                ]
            })
            .flatten()
            .chain(addressed.iter().map(|(_, account, _)| *account))
            .chain(shared.values().flat_map(Shares::people))
            .collect(),
    )
    .await?;
    let asks = all().filter(|row| row.kind == NoteKind::Question.as_str());
    let polls = polls::of(&app.db, asks.map(|row| row.id).collect(), app.now_ms()).await?;
    let mut named: HashMap<i64, Named> = HashMap::new();
    for (status, account, waits) in addressed {
        let named = named.entry(status).or_default();
        if waits == 1 {
            named.asked.push(PersonId(account));
        } else if let Some(account) = people.get(&account) {
            named.mentions.push(account.clone());
        }
    }
    let status = |row: StatusRow| -> Result<Status> {
        let shares = row.reblog_of_id.and_then(|id| shared.get(&id));
        let named = named.get(&row.id).cloned().unwrap_or_default();
        let poll = polls.get(&row.id).cloned();
        let mut status = assemble(row, &people, shares, named)?;
        status.text.poll = poll;
        Ok(status)
    };
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        found.insert(row.id, status(row)?);
    }
    let entries = ids.iter().filter_map(|id| found.remove(id)).collect();
    let originals = originals.into_iter().map(status);
    Ok((entries, originals.collect::<Result<_>>()?))
}

/// This status, with nobody cleared to read it yet.
pub async fn load_one(app: &App, id: i64) -> Result<Status> {
    load(app, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// Of a status that is shared: whose it is, and whose rules it carries besides.
struct Shares {
    author: i64,
    carried: Vec<i64>,
}

impl Shares {
    fn of(row: &StatusRow) -> Result<Shares> {
        let state = row.quote_state.as_deref().map(State::parse).transpose()?;
        let binds = state.is_some_and(State::binds);
        let quoted = row.quoted_account_id.filter(|_| binds);
        Ok(Shares {
            author: row.account_id,
            carried: row
                .in_reply_to_account_id
                .into_iter()
                .chain(quoted)
                .collect(),
        })
    }

    fn people(&self) -> impl Iterator<Item = i64> {
        std::iter::once(self.author).chain(self.carried.iter().copied())
    }
}

/// Whom a status is addressed to.
#[derive(Clone, Default)]
struct Named {
    mentions: Vec<Arc<Account>>,
    asked: Vec<PersonId>,
}

fn assemble(
    row: StatusRow,
    people: &HashMap<i64, Arc<Account>>,
    shares: Option<&Shares>,
    named: Named,
) -> Result<Status> {
    let author = people
        .get(&row.account_id)
        .ok_or_else(|| Error::internal(format!("status {} has no author", row.id)))?;
    let sharer = shares.and_then(|shares| people.get(&shares.author));
    let reblog_of = row.reblog_of_id.zip(sharer.cloned());
    let carried = shares.into_iter().flat_map(|shares| &shares.carried);
    let quote = match (row.quoted_iri, row.quote_state) {
        (Some(iri), Some(state)) => Some(Quote {
            iri: stored_iri(&iri)?,
            id: row.quoted_id,
            author: row
                .quoted_account_id
                .and_then(|id| people.get(&id))
                .cloned(),
            state: State::parse(&state)?,
            stamp: row.quote_stamp,
            request: row.quote_request,
        }),
        _ => None,
    };
    Ok(Status {
        id: row.id,
        iri: stored_iri(&row.iri)?,
        url: row.url,
        author: author.clone(),
        kind: NoteKind::parse(&row.kind).unwrap_or(NoteKind::Note),
        visibility: Visibility::parse(&row.visibility)?,
        in_reply_to_id: row.in_reply_to_id,
        in_reply_to_iri: row.in_reply_to_iri,
        in_reply_to: row
            .in_reply_to_account_id
            .and_then(|id| people.get(&id))
            .cloned(),
        conversation_id: row.conversation_id,
        reblog_of,
        carried: carried.filter_map(|id| people.get(id)).cloned().collect(),
        mentions: named.mentions,
        asked: named.asked,
        limited: row.limited,
        kept_from: policy::patterns(&row.kept_from)?,
        replies: policy::replies(&row.replies_freely, &row.replies_asking)?,
        wishes: wishes::read(&row.wishes)?,
        approval: policy::approval(&row.approval, row.in_reply_to_account_id)?,
        approval_word: policy::approval_word(&row.approval),
        reply_stamp: row.reply_stamp,
        quote,
        created_at: row.created_at,
        edited_at: row.edited_at,
        replies_count: row.replies_count,
        reblogs_count: row.reblogs_count,
        favourites_count: row.favourites_count,
        text: Text {
            title: row.title,
            spoiler_text: row.spoiler_text,
            content: row.content,
            source: row.source,
            format: Format::parse(&row.format).unwrap_or_default(),
            language: row.language,
            sensitive: row.sensitive,
            tags: serde_json::from_str(&row.tags).unwrap_or_default(),
            attachments: serde_json::from_str(&row.attachments).unwrap_or_default(),
            emojis: serde_json::from_str(&row.emojis).unwrap_or_default(),
            poll: None,
        },
    })
}

/// The first status of the conversation that an answer to `parent` would stand in, where its author lives here and chose
/// who may answer: that holds for the answers to answers as well. `None` where there is nothing more to ask.
pub(super) async fn first_of(app: &App, parent: &Status) -> Result<Option<Status>> {
    if parent.conversation_id == parent.id {
        return Ok(None);
    }
    let first = load(app, &[parent.conversation_id]).await?.pop();
    Ok(first.filter(|first| first.author.is_local() && first.replies != Replies::default()))
}

/// The id of the status that goes by this iri.
pub async fn find_by_iri(app: &App, iri: &Iri) -> Result<Option<i64>> {
    store::id_by_iri(&app.db, iri.as_str()).await
}

/// This status for this viewer; *not found* when there is none or none for them.
pub async fn find(app: &App, viewer: &Party, way: Way, id: i64) -> Result<Visible<Status>> {
    let status = load_one(app, id).await?;
    Ok(app.gate.show(viewer, way, status).await??)
}

/// What is meant by the id of a status or of a boost, for this viewer: of a boost they may see, what it shares. Apps act on
/// either, as with Mastodon.
pub async fn find_proper(app: &App, viewer: &Party, way: Way, id: i64) -> Result<Visible<Status>> {
    let status = find(app, viewer, way, id).await?;
    match &status.reblog_of {
        Some((shared, _)) => find(app, viewer, way, *shared).await,
        None => Ok(status),
    }
}

/// What somebody who takes something back means by the id of a status or of a boost: of a boost, what it shares, where they may
/// see both or the boost is theirs. Of all else the id itself, so that nothing hidden is told by it.
pub async fn meant_by(app: &App, me: &Account, id: i64) -> Result<i64> {
    match find_proper(app, &Party::Member(me.person()), Way::Page, id).await {
        Ok(status) => Ok(status.id),
        Err(Error::NotFound | Error::Gone | Error::Forbidden(_) | Error::Refused(_)) => {
            store::shared_by(&app.db, id, me.id).await
        }
        Err(why) => Err(why),
    }
}

/// Those of these statuses that this viewer may see, in this order.
pub async fn find_many(
    app: &App,
    viewer: &Party,
    way: Way,
    ids: &[i64],
) -> Result<Vec<Visible<Status>>> {
    let statuses = load(app, ids).await?;
    let shown = app.gate.show_all(viewer, way, statuses).await?;
    Ok(shown
        .into_iter()
        .filter_map(std::result::Result::ok)
        .collect())
}

/// One entry of a list: a status, and who shared it when it is there by a boost.
pub struct Shown {
    /// What is shown.
    pub status: Visible<Status>,
    /// The boost that brought it.
    pub reblog: Option<Visible<Status>>,
}

impl Shown {
    /// The id by which the list is ordered: the boost's where there is one.
    pub fn entry_id(&self) -> i64 {
        self.reblog
            .as_ref()
            .map_or(self.status.id, |reblog| reblog.id)
    }

    /// The same for one entry that was loaded for many viewers.
    pub async fn of(app: &App, viewer: &Party, way: Way, loaded: &Loaded) -> Result<Option<Shown>> {
        let all = std::iter::once(&loaded.entry).chain(&loaded.original);
        let shown = app
            .gate
            .show_all(viewer, way, all.cloned().collect())
            .await?;
        let mut shown = shown.into_iter().map(std::result::Result::ok);
        let Some(entry) = shown.next().flatten() else {
            return Ok(None);
        };
        if entry.reblog_of.is_none() {
            return Ok(Some(Shown {
                status: entry,
                reblog: None,
            }));
        }
        if entry.conditions().contains(Conditions::NO_BOOSTS) {
            return Ok(None);
        }
        Ok(shown.next().flatten().map(|status| Shown {
            status,
            reblog: Some(entry),
        }))
    }

    /// From ids that may be boosts: each boost and what it shares are cleared on their own, in one batch; an entry
    /// stays only when both are.
    pub async fn list(app: &App, viewer: &Party, way: Way, ids: &[i64]) -> Result<Vec<Shown>> {
        let (entries, originals) = load_with_shared(app, ids).await?;
        let count = entries.len();
        let mut answers = app
            .gate
            .show_all(viewer, way, entries.into_iter().chain(originals).collect())
            .await?;
        let mut originals: HashMap<i64, Visible<Status>> = answers
            .split_off(count)
            .into_iter()
            .filter_map(|answer| answer.ok().map(|status| (status.id, status)))
            .collect();
        // A status that stands on the page by itself needs no boost to be there.
        for entry in answers.iter().flatten() {
            originals.remove(&entry.id);
        }
        let mut list = Vec::with_capacity(count);
        for entry in answers.into_iter().filter_map(std::result::Result::ok) {
            match entry.reblog_of.as_ref().map(|(id, _)| *id) {
                None => list.push(Shown {
                    status: entry,
                    reblog: None,
                }),
                Some(_) if entry.conditions().contains(Conditions::NO_BOOSTS) => {}
                // Two boosts of one status on a page: the first shows it.
                Some(id) => list.extend(originals.remove(&id).map(|status| Shown {
                    status,
                    reblog: Some(entry),
                })),
            }
        }
        Ok(list)
    }
}

/// A status and what it shares, read once for many who may see it or not. Nobody is cleared yet.
#[derive(Debug)]
pub struct Loaded {
    entry: Status,
    original: Option<Status>,
}

impl Loaded {
    /// Reads it. `None` where it is not there.
    pub async fn by_id(app: &App, id: i64) -> Result<Option<Loaded>> {
        let (mut entries, mut originals) = load_with_shared(app, &[id]).await?;
        let original = originals.pop();
        let loaded = |entry| Loaded { entry, original };
        Ok(entries.pop().map(loaded))
    }

    /// What may be known of it before anybody is cleared.
    pub fn status(&self) -> &Status {
        &self.entry
    }

    /// Whether public places list it under this topic, by its folded name.
    pub fn is_about(&self, folded: &str) -> bool {
        let tags = &self.entry.text.tags;
        self.entry.visibility == Visibility::Public
            && tags.iter().any(|tag| hashtag::folded(tag) == folded)
    }

    /// Whether files came with it.
    pub fn has_files(&self) -> bool {
        !self.entry.text.attachments.is_empty()
    }
}

/// A page of a collection as this viewer may see it, and the last of it where there is more. `ids` gives those that come
/// after one, at most so many. Where a page ends tells nothing of what they may not see.
pub(crate) async fn collection_page<F>(
    app: &App,
    viewer: &Party,
    mut after: i64,
    most: i64,
    ids: impl Fn(i64, i64) -> F,
) -> Result<(Vec<Visible<Status>>, Option<i64>)>
where
    F: Future<Output = Result<Vec<i64>>>,
{
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut shown = Vec::with_capacity(most);
    for _ in 0..MOST_ROUNDS {
        let found = ids(after, BATCH).await?;
        let at_end = i64::try_from(found.len()).is_ok_and(|len| len < BATCH);
        if let Some(last) = found.last() {
            after = *last;
        }
        shown.extend(find_many(app, viewer, Way::Collection, &found).await?);
        if shown.len() > most {
            shown.truncate(most);
            let last = shown.last().map(|status: &Visible<Status>| status.id);
            return Ok((shown, last));
        }
        if at_end {
            break;
        }
    }
    Ok((shown, None))
}
