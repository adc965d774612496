//! People of whom a member was not told, by their policy, and people about whom they are asked first: one list, and one
//! yes. A yes is a *welcome*, the same that the page of first contacts says.

use std::collections::HashMap;
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Party, Visible, Way};

use super::Doer;
use super::store::requests::{self as store, RequestRow};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::contacts;
use crate::error::{Error, Result};
use crate::statuses::{self, Status};
use crate::streaming::{self, Event};
use crate::window::Window;

/// People whose requests are counted.
const MOST_COUNTED: i64 = 100;

/// What waits of one person.
pub struct Request {
    /// Who; their number is the request's.
    pub sender: Arc<Visible<Doer>>,
    /// So many notifications, or posts that wait for a yes.
    pub told: i64,
    /// The newest post that speaks to the member.
    pub status: Option<Visible<Status>>,
    /// When it began, in unix milliseconds,
    pub first_at: i64,
    /// and when the last came.
    pub last_at: i64,
}

/// Some of them, the greatest number first, and where it goes on to smaller ones.
pub async fn list(
    app: &App,
    me: &Account,
    window: Window,
    limit: i64,
) -> Result<(Vec<Request>, Option<i64>)> {
    let mut rows = store::within(&app.db, me.id, window, limit).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|len| len >= limit);
    if window.from_below {
        rows.reverse();
    }
    let older = rows.last().map(|row| row.sender_id);
    let older = older.filter(|_| full || window.from_below);
    Ok((cleared(app, me, rows).await?, older))
}

async fn cleared(app: &App, me: &Account, rows: Vec<RequestRow>) -> Result<Vec<Request>> {
    let party = Party::Member(me.person());
    let people = accounts::find_many(app, rows.iter().map(|row| row.sender_id).collect()).await?;
    let doers = people.into_values().map(Doer).collect();
    let heard = app
        .gate
        .show_all(&party, Way::Notification, doers)
        .await?
        .into_iter()
        .flatten();
    let senders: HashMap<i64, Arc<Visible<Doer>>> =
        heard.map(|doer| (doer.0.id, Arc::new(doer))).collect();
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.status_id).collect();
    let shown = statuses::find_many(app, &party, Way::Page, &ids).await?;
    let mut posts: HashMap<i64, Visible<Status>> = shown
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Request {
                sender: senders.get(&row.sender_id)?.clone(),
                told: row.told,
                status: row.status_id.and_then(|id| posts.remove(&id)),
                first_at: row.first_at,
                last_at: row.last_at,
            })
        })
        .collect())
}

/// What waits of this person. *Not found* where nothing does.
pub async fn find(app: &App, me: &Account, sender_id: i64) -> Result<Request> {
    let window = Window {
        below: sender_id.saturating_add(1),
        above: sender_id.saturating_sub(1),
        from_below: false,
    };
    let found = list(app, me, window, 1).await?.0.pop();
    found.ok_or(Error::NotFound)
}

/// How many people wait, and how many notifications of theirs; counted up to a hundred people.
pub async fn count(app: &App, me: &Account) -> Result<(usize, i64)> {
    let window = Window::older_than(i64::MAX);
    let (all, _) = list(app, me, window, MOST_COUNTED).await?;
    Ok((all.len(), all.iter().map(|request| request.told).sum()))
}

/// `me` wants to hear this person, now and from now on. What waits of them with the first contacts comes in as well;
/// where moderators answer those, it is refused.
pub async fn accept(app: &App, me: &Arc<Account>, sender_id: i64) -> Result<()> {
    let request = find(app, me, sender_id).await?;
    let sender_id = request.sender.id;
    if contacts::waits(app, me, sender_id).await? {
        contacts::welcome(app, me, sender_id).await?;
    } else {
        contacts::check_member_may_answer(app, me, sender_id).await?;
    }
    let mut tx = Tx::new();
    contacts::permit(&mut tx, app, me, sender_id);
    store::merge(&mut tx, me.id, sender_id);
    streaming::announce(&mut tx, &Event::Merged(me.id));
    app.commit(tx).await?;
    Ok(())
}

/// `me` does not want what waits of this person: it is forgotten. What they do next is answered by the policy again.
pub async fn dismiss(app: &App, me: &Account, sender_id: i64) -> Result<()> {
    let any = store::any_aside(&app.db, me.id, sender_id).await?;
    if !any && !contacts::waits(app, me, sender_id).await? {
        return Err(Error::NotFound);
    }
    store::forget(&app.db, me.id, sender_id).await?;
    contacts::dismiss_all(app, me, sender_id).await
}
