//! A change of a list that rules name, or of a community's mode: written down in its own transaction, so that members can
//! be told of it as of a rule. Who was put on a list is read from the list itself, by the moment.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_db::{Db, Tx};
use comity_policy::{CommunityId, ListEntries, ListId, Mode, Pattern, PersonId, Scope};

use super::store::changes::{self, ChangeRow};
use super::{Change, concerned, notices};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::follows::Side;
use crate::lists;

/// How long a change is kept that nobody was told of. Every job that might tell of it has long been done or given up.
const KEPT_DAYS: i64 = 30;

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// Names were put on a list, or one was taken off.
    List {
        /// Whose.
        owner: Scope,
        /// Which.
        list: ListId,
        /// Who was taken off.
        removed: Option<String>,
        /// When, in unix milliseconds.
        at: i64,
    },
    /// How a community meets whom no rule of it names.
    Mode {
        /// Which community.
        community: CommunityId,
        /// Before.
        from: Mode,
        /// Since then.
        to: Mode,
    },
}

/// A list is changed in this transaction: names are put on it at `now_ms`, or this one is taken off. Told to whom it binds,
/// but not to the owner of a list who did it; nothing is written where no rule names the list.
pub(crate) fn of_list(
    tx: &mut Tx,
    app: &App,
    list: &lists::List,
    removed: Option<&str>,
    by: Option<i64>,
    now_ms: i64,
) -> Result<()> {
    let saw_it = list.account_id.is_some() && list.account_id == by;
    if saw_it || lists::rule_about(app, list).is_none() {
        return Ok(());
    }
    let id = app.next_id();
    changes::insert(
        tx,
        &ChangeRow {
            id,
            community_id: list.community_id,
            account_id: list.account_id,
            list_id: Some(list.id),
            removed: removed.map(str::to_owned),
            mode_from: None,
            mode_to: None,
            at: now_ms,
        },
    );
    notices::of_change(tx, app, id)
}

/// Whether a rule names this list, and anybody whom it binds follows whom this entry names, or is followed by them. Asked
/// before an entry is taken off: entries go one by one, and each that is told of costs work that reads the whole list.
pub(crate) async fn concerns_somebody(
    app: &App,
    list: &lists::List,
    entry: &Pattern,
) -> Result<bool> {
    if lists::rule_about(app, list).is_none() {
        return Ok(false);
    }
    let (id, owner) = (ListId(list.id), list.scope());
    let book = app.gate.book();
    let names = book.with_list(ListEntries {
        id,
        owner,
        name: list.name.clone(),
        entries: vec![entry.clone()],
    });
    let change = Change {
        before: book.clone(),
        after: book,
        scope: owner,
        pattern: Pattern::List(id),
        names: Some(Arc::new(names)),
    };
    let hosts = concerned::hosts(app, &change).await?.all;
    for side in [Side::Following, Side::Follower] {
        let follows = concerned::follows(app, &change, &hosts, side, 0, 1).await?;
        if !follows.all.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets changes of which no notification tells.
pub(crate) async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    changes::forget_untold(db, now_ms - KEPT_DAYS * DAY_MS, most).await
}

/// A community's mode is changed in this transaction.
pub(crate) fn of_mode(tx: &mut Tx, app: &App, community: i64, from: Mode, to: Mode) -> Result<()> {
    if from == to {
        return Ok(());
    }
    let id = app.next_id();
    changes::insert(
        tx,
        &ChangeRow {
            id,
            community_id: community,
            account_id: None,
            list_id: None,
            removed: None,
            mode_from: Some(from.as_str().to_owned()),
            mode_to: Some(to.as_str().to_owned()),
            at: app.now_ms(),
        },
    );
    notices::of_change(tx, app, id)
}

/// The changes of these numbers; what else has such a number is left out.
pub(super) async fn by_ids(app: &App, ids: Vec<i64>) -> Result<HashMap<i64, Changed>> {
    let rows = changes::by_ids(&app.db, ids).await?.into_iter();
    rows.map(|row| Ok((row.id, row.changed()?))).collect()
}

/// The rules as they are, and as they would be without this change; `None` where it does not stand any more.
pub(super) async fn made(app: &App, id: i64) -> Result<Option<Change>> {
    match by_ids(app, vec![id]).await?.remove(&id) {
        Some(Changed::Mode {
            community,
            from,
            to,
        }) => Ok(of_mode_change(app, community, from, to)),
        Some(Changed::List {
            owner,
            list,
            removed,
            at,
        }) => of_list_change(app, owner, list, removed.as_deref(), at).await,
        None => Ok(None),
    }
}

fn of_mode_change(app: &App, community: CommunityId, from: Mode, to: Mode) -> Option<Change> {
    let book = app.gate.book();
    if book.mode_of(community) != Some(to) {
        return None;
    }
    Some(Change {
        before: Arc::new(book.with_mode(community, from)),
        after: book,
        scope: Scope::Community(community),
        pattern: Pattern::Everything,
        names: None,
    })
}

async fn of_list_change(
    app: &App,
    owner: Scope,
    id: ListId,
    removed: Option<&str>,
    at: i64,
) -> Result<Option<Change>> {
    let list = match lists::find(app, &[owner], id.0).await {
        Ok(list) => list,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let read = |text: &str| lists::stored(&list, text);
    let all = lists::all_entries(app, &list).await?;
    let (changed, before): (HashSet<Pattern>, Vec<Pattern>) = match removed {
        Some(removed) => {
            if all.iter().any(|entry| entry.pattern == removed) {
                return Ok(None); // it is there again
            }
            let there = all.iter().map(|entry| entry.pattern.as_str());
            let before = there.chain([removed]).map(read).collect::<Result<_>>()?;
            (HashSet::from([read(removed)?]), before)
        }
        None => {
            let (new, before): (Vec<_>, Vec<_>) =
                all.iter().partition(|entry| entry.added_at == at);
            let read = |entries: Vec<&lists::Entry>| -> Result<Vec<Pattern>> {
                entries.iter().map(|entry| read(&entry.pattern)).collect()
            };
            (read(new)?.into_iter().collect(), read(before)?)
        }
    };
    let book = app.gate.book();
    let naming = |entries| {
        let name = list.name.clone();
        Arc::new(book.with_list(ListEntries {
            id,
            owner,
            name,
            entries,
        }))
    };
    Ok(Some(Change {
        before: naming(before),
        names: Some(naming(changed.into_iter().collect())),
        after: book.clone(),
        scope: owner,
        pattern: Pattern::List(id),
    }))
}

impl ChangeRow {
    fn changed(self) -> Result<Changed> {
        let community = CommunityId(self.community_id);
        let mode = |word: &Option<String>| {
            let word = word.as_deref().and_then(Mode::parse);
            word.ok_or_else(|| Error::internal(format!("change {} has no mode", self.id)))
        };
        Ok(match self.list_id {
            Some(list) => Changed::List {
                owner: match self.account_id {
                    Some(member) => Scope::Member(PersonId(member), community),
                    None => Scope::Community(community),
                },
                list: ListId(list),
                removed: self.removed,
                at: self.at,
            },
            None => Changed::Mode {
                community,
                from: mode(&self.mode_from)?,
                to: mode(&self.mode_to)?,
            },
        })
    }
}
