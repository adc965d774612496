//! The job: what a member has here is deleted, a piece at a time. Each piece is a transaction of its own, and what is
//! left says by itself where to go on, so it may be stopped anywhere.

use std::collections::BTreeSet;

use comity_db::{Sql, Tx, params};
use comity_vocab::Iri;
use tracing::warn;

use super::store;
use crate::accounts::{self, Account, stored_iri};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::delivery::{self, Outgoing};
use crate::error::Result;
use crate::members::{self, Member};
use crate::queue::{self, Job, Outcome};
use crate::statuses::{self, Status};
use crate::{
    account_notes, announcements, annual_reports, antennas, bookmarks, collections, contacts,
    conversations, discovery, drafts, endorsements, favourites, featured_tags, filters,
    followed_tags, follows, invitations, lists, markers, media, notifications, oauth, passkeys,
    polls, push, reach, reading_lists, relations, reports, rules, scheduled, second_step, sign_ups,
    timelines, waves,
};

/// Posts that go in one piece.
const POSTS: usize = 20;
/// Rows of anything else that go in one piece.
const ROWS: i64 = 500;
/// Follows or favourites that go in one piece: each is counted anew at its other end.
const TIES: i64 = 50;
/// Pieces of one run of the job, which may take a minute at most; the rest is promised anew.
const PIECES: usize = 20;
/// Inboxes that are told in one piece.
const TOLD: i64 = 200;
/// For so long after servers that do not answer are given up, the word that goes to them is still signed.
const KEYS_KEPT_LONGER_MS: i64 = 23 * DAY_MS;
/// A run ends after so long; the queue ends one after a minute.
const RUN_MS: i64 = 20_000;
/// How long after trouble.
const AGAIN_MS: i64 = 3_600_000;

/// What is left of a run.
#[derive(PartialEq, Eq)]
enum Left {
    /// Something.
    More,
    /// Nothing.
    Nothing,
}

/// The time has come that `account_id` wanted, unless they took it back. Trouble never ends it: it is tried again.
pub(crate) async fn run(app: &App, account_id: i64, at: i64) -> Outcome {
    match go(app, account_id, at).await {
        Ok(()) => Outcome::Done,
        Err(error) => match again(app, account_id, at).await {
            Ok(()) => {
                warn!(account_id, %error, "a deletion stopped; it goes on in an hour");
                Outcome::Done
            }
            Err(_) => Outcome::Retry {
                after_ms: None,
                why: error.to_string(),
            },
        },
    }
}

/// Promises it anew: what is tried too often is given up by the queue, and this must not be.
async fn again(app: &App, account_id: i64, at: i64) -> Result<()> {
    let job = Job::Leave {
        account: account_id,
        at,
    };
    let mut tx = Tx::new();
    queue::push_at(&mut tx, app, &job, app.now_ms() + AGAIN_MS)?;
    app.commit(tx).await?;
    Ok(())
}

fn keys_kept_ms(app: &App) -> i64 {
    i64::from(app.config.federation.give_up_days) * DAY_MS + KEYS_KEPT_LONGER_MS
}

async fn go(app: &App, account_id: i64, at: i64) -> Result<()> {
    let account = accounts::find(app, account_id).await?;
    let member = match members::find(app, account_id).await {
        Ok(member) => Some(member),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error),
    };
    match &member {
        Some(member) if member.leaves_at != Some(at) => return Ok(()),
        Some(_) if account.gone_at.is_none() => accounts::mark_gone(app, &account).await?,
        // All is done, long since: the last of it is what their end was signed with.
        None if account.is_local() => {
            return accounts::forget_keys(app, &account, keys_kept_ms(app)).await;
        }
        // Only while every community here wants it so.
        None if !rules::all_refuse(app, &account.iri) => return Ok(()),
        _ => {}
    }
    let until = app.now_ms() + RUN_MS;
    for _ in 0..PIECES {
        if app.now_ms() > until {
            break;
        }
        let left = match &member {
            Some(member) => piece(app, &account, member).await?,
            None => posts(app, &account).await?,
        };
        if left == Left::Nothing {
            return Ok(());
        }
    }
    let job = Job::Leave {
        account: account_id,
        at,
    };
    queue::push_now(app, &job).await
}

/// Deletes one piece of what is left, in this order: what others have of theirs is looked at before it goes.
async fn piece(app: &App, account: &Account, member: &Member) -> Result<Left> {
    if posts(app, account).await? == Left::More
        || ties(app, account).await? == Left::More
        || liked(app, account).await? == Left::More
        || rows(app, account.id).await? == Left::More
        || tell(app, account).await? == Left::More
    {
        return Ok(Left::More);
    }
    finish(app, account.id, member).await?;
    Ok(Left::Nothing)
}

async fn posts(app: &App, account: &Account) -> Result<Left> {
    let oldest = statuses::oldest_of(app, account.id, POSTS).await?;
    if oldest.is_empty() {
        return Ok(Left::Nothing);
    }
    for status in &oldest {
        let mut tx = Tx::new();
        if account.is_local() {
            for inbox in holders(app, status).await? {
                store::note(&mut tx, account.id, &inbox);
            }
            reach::end(&mut tx, status.id, app.now_ms());
        }
        statuses::remove(&mut tx, status, app.now_ms());
        app.commit(tx).await?;
    }
    Ok(Left::More)
}

/// By which inboxes the servers are reached that have this post.
async fn holders(app: &App, status: &Status) -> Result<BTreeSet<Iri>> {
    let mut inboxes: BTreeSet<Iri> = reach::arrived_at(app, status.id)
        .await?
        .into_iter()
        .collect();
    // Followers are looked at by themselves; of posts older than the ledger it is known whom they named.
    let reached = statuses::reached(&app.db, status.id).await?;
    let people = accounts::find_many(app, reached).await?;
    inboxes.extend(people.values().filter_map(|account| inbox(account)));
    Ok(inboxes)
}

/// The inbox of somebody's server, where they live elsewhere. Another host than their own was not cleared with them.
fn inbox(account: &Account) -> Option<Iri> {
    if account.is_local() || account.gone_at.is_some() {
        return None;
    }
    let own = &account.inbox;
    let shared = account.shared_inbox.as_ref();
    let shared = shared.filter(|shared| shared.domain() == own.domain());
    Some(shared.unwrap_or(own).clone())
}

/// Who follows them, and whom they follow.
async fn ties(app: &App, account: &Account) -> Result<Left> {
    let found = follows::some_of(app, account.id, TIES).await?;
    if found.is_empty() {
        return Ok(Left::Nothing);
    }
    let others = found.iter().flat_map(|(from, to)| [*from, *to]);
    let people = accounts::find_many(app, others.collect()).await?;
    let mut tx = Tx::new();
    for inbox in people.values().filter_map(|other| inbox(other)) {
        store::note(&mut tx, account.id, &inbox);
    }
    for (from, to) in found {
        follows::drop_one(&mut tx, from, to);
    }
    for id in people.keys() {
        accounts::count_follows(&mut tx, *id);
    }
    app.commit(tx).await?;
    Ok(Left::More)
}

async fn liked(app: &App, account: &Account) -> Result<Left> {
    let ids = favourites::some_of(app, account.id, TIES).await?;
    if ids.is_empty() {
        return Ok(Left::Nothing);
    }
    let mut tx = Tx::new();
    for status in statuses::load(app, &ids).await? {
        if let Some(inbox) = inbox(&status.author) {
            store::note(&mut tx, account.id, &inbox);
        }
    }
    for id in ids {
        favourites::drop_one(&mut tx, account.id, id);
    }
    app.commit(tx).await?;
    Ok(Left::More)
}

/// What nobody else hears of.
fn of_member() -> impl Iterator<Item = &'static Sql> {
    [
        account_notes::OF_MEMBER,
        announcements::OF_MEMBER,
        annual_reports::OF_MEMBER,
        antennas::OF_MEMBER,
        bookmarks::OF_MEMBER,
        collections::OF_MEMBER,
        contacts::OF_MEMBER,
        conversations::OF_MEMBER,
        discovery::OF_MEMBER,
        drafts::OF_MEMBER,
        endorsements::OF_MEMBER,
        featured_tags::OF_MEMBER,
        filters::OF_MEMBER,
        followed_tags::OF_MEMBER,
        lists::OF_MEMBER,
        markers::OF_MEMBER,
        media::OF_MEMBER,
        members::OF_MEMBER,
        notifications::OF_MEMBER,
        oauth::OF_MEMBER,
        passkeys::OF_MEMBER,
        polls::OF_MEMBER,
        push::OF_MEMBER,
        reading_lists::OF_MEMBER,
        relations::OF_MEMBER,
        rules::OF_MEMBER,
        scheduled::OF_MEMBER,
        second_step::OF_MEMBER,
        sign_ups::OF_MEMBER,
        timelines::OF_MEMBER,
        waves::OF_MEMBER,
    ]
    .into_iter()
    .flatten()
}

async fn rows(app: &App, account_id: i64) -> Result<Left> {
    for statement in of_member() {
        let went = app.db.exec(*statement, params![account_id, ROWS]).await?;
        if i64::try_from(went).is_ok_and(|went| went >= ROWS) {
            return Ok(Left::More);
        }
    }
    Ok(Left::Nothing)
}

async fn tell(app: &App, account: &Account) -> Result<Left> {
    let some = store::some(&app.db, account.id, TOLD).await?;
    if some.is_empty() {
        return Ok(Left::Nothing);
    }
    let inboxes = some
        .iter()
        .map(|inbox| stored_iri(inbox))
        .collect::<Result<BTreeSet<Iri>>>()?;
    let mut tx = Tx::new();
    delivery::bring(&mut tx, app, account.id, &Outgoing::DeleteActor, &inboxes)?;
    for inbox in &inboxes {
        store::told(&mut tx, account.id, inbox);
    }
    app.commit(tx).await?;
    app.wake.ring_deliveries();
    Ok(Left::More)
}

/// What stays says that there was somebody of this name, so that nobody takes it again, and what the record of moderators
/// and rules refers to.
async fn finish(app: &App, account_id: i64, member: &Member) -> Result<()> {
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    members::end(&mut tx, account_id);
    invitations::end_all_of(&mut tx, account_id, now_ms);
    reports::unassign_all_of(&mut tx, account_id);
    rules::advance_epoch(&mut tx);
    let at = now_ms + keys_kept_ms(app);
    let keys = Job::Leave {
        account: account_id,
        at,
    };
    queue::push_at(&mut tx, app, &keys, at)?;
    if app.commit(tx).await? {
        tracing::info!(
            account_id,
            community_id = member.community_id,
            "a member left"
        );
    }
    rules::reload(app).await
}
