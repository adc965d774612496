//! Conversations between few people, as apps list them: each with its newest status that the member may see.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Visible, Way};

use super::store;
use crate::accounts::Account;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::statuses::{self, Status};
use crate::window::Window;

/// Statuses looked at together, and how often: nobody scrolls through older conversations than these hold.
const BATCH: i64 = 80;
const MOST_ROUNDS: usize = 10;

/// A conversation as one member has it.
pub struct Direct {
    /// The number of its thread.
    pub id: i64,
    /// Its newest status that the member may see.
    pub last: Visible<Status>,
    /// The others in it.
    pub others: Vec<Arc<Account>>,
    /// There is something in it that the member did not read.
    pub is_unread: bool,
}

/// A new direct status concerns these members, in the transaction that writes it.
pub(crate) fn place(tx: &mut Tx, status_id: i64, people: &[i64]) {
    for account_id in people {
        store::place(tx, *account_id, status_id);
    }
}

/// The member's conversations, newest first.
pub async fn directs(app: &App, me: &Me) -> Result<Vec<Direct>> {
    let mut window = Window::older_than(i64::MAX);
    let mut known: HashSet<i64> = HashSet::new();
    let mut found: Vec<Visible<Status>> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let ids = store::DIRECTS
            .read(&app.db, window, BATCH, comity_db::params![me.account.id])
            .await?;
        let at_end = i64::try_from(ids.len()).is_ok_and(|len| len < BATCH);
        if let Some(last) = ids.last() {
            window.below = *last;
        }
        for status in statuses::find_many(app, &me.party(), Way::Page, &ids).await? {
            if known.insert(status.conversation_id) {
                found.push(status);
            }
        }
        if at_end {
            break;
        }
    }
    let marks: HashMap<i64, (i64, i64)> = store::marks(&app.db, me.account.id)
        .await?
        .into_iter()
        .map(|(id, read, hidden)| (id, (read, hidden)))
        .collect();
    let direct = |last: Visible<Status>| {
        let (read, hidden) = marks
            .get(&last.conversation_id)
            .copied()
            .unwrap_or_default();
        let others = std::iter::once(&last.author)
            .chain(&last.mentions)
            .filter(|account| account.id != me.account.id);
        let mut people: Vec<Arc<Account>> = Vec::new();
        for other in others {
            if people.iter().all(|known| known.id != other.id) {
                people.push(other.clone());
            }
        }
        (last.id > hidden).then(|| Direct {
            id: last.conversation_id,
            is_unread: last.id > read && last.author.id != me.account.id,
            others: people,
            last,
        })
    };
    Ok(found.into_iter().filter_map(direct).collect())
}

/// One of them.
pub async fn direct(app: &App, me: &Me, id: i64) -> Result<Direct> {
    let all = directs(app, me).await?;
    let found = all.into_iter().find(|direct| direct.id == id);
    found.ok_or(Error::NotFound)
}

/// What a member does to a conversation of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// They read it.
    Read,
    /// They want to read it again.
    Unread,
    /// They want to see it once there is something new in it.
    Hidden,
}

/// A member read a conversation up to this status.
pub(crate) async fn read_up_to(
    app: &App,
    me: &Account,
    conversation: i64,
    status_id: i64,
) -> Result<()> {
    store::mark(&app.db, me.id, conversation, Some(status_id), None).await
}

/// Marks a conversation.
pub async fn mark(app: &App, me: &Me, direct: &Direct, mark: Mark) -> Result<()> {
    let newest = direct.last.id;
    let (read, hidden) = match mark {
        Mark::Read => (Some(newest), None),
        Mark::Unread => (Some(0), None),
        Mark::Hidden => (None, Some(newest)),
    };
    store::mark(&app.db, me.account.id, direct.id, read, hidden).await
}
