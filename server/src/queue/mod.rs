//! Work that was promised: rows of `jobs`, written in the transaction that made the promise.
//!
//! A worker takes jobs by moving their `run_at` into the future, which is a lease: a node that dies loses nothing,
//! its jobs come back when the lease ends. A job holds ids, is safe to run twice, and asks the gate again.
//! Jobs of one sender run in the order they came; different senders do not wait for each other. Who sends more than
//! others has the machine while nobody else waits, and otherwise their share of it: `turns` gives each job its place.

mod backoff;
mod claim;
mod crowd;
mod dispatch;
mod forget;
mod job;
mod store;
mod turns;
mod worker;

use comity_db::{Sql, Tx, params};
use comity_vocab::{Domain, Iri};
use tokio::sync::{Notify, watch};

pub use backoff::backoff_ms;
pub use job::{Job, Outcome};

use crate::app::App;
use crate::delivery;
use crate::error::Result;
use crate::notifications::Matter;
use crate::{lists, media};
use turns::Turns;

/// Promises `job` in the caller's transaction. After the transaction is written, ring [`Wake::ring`].
pub fn push(tx: &mut Tx, app: &App, job: &Job) -> Result<()> {
    let now_ms = app.now_ms();
    tx.exec(
        store::PUSH,
        store::push_params(app.next_id(), job, now_ms, now_ms)?,
    );
    Ok(())
}

/// The same, not before `at_ms`.
pub fn push_at(tx: &mut Tx, app: &App, job: &Job, at_ms: i64) -> Result<()> {
    tx.exec(
        store::PUSH,
        store::push_params(app.next_id(), job, at_ms, at_ms)?,
    );
    Ok(())
}

/// The same, if this member has a device that wants to be woken; `id` is the notification that it is woken for, if it was
/// written down and tells of this.
pub(crate) fn push_to_devices(
    tx: &mut Tx,
    id: i64,
    account_id: i64,
    matter: &Matter,
    job: &Job,
    now_ms: i64,
) -> Result<()> {
    let payload = serde_json::to_string(job)?;
    let mut values = params![id, job.kind(), payload, now_ms, account_id];
    values.extend(matter.values());
    tx.exec(store::PUSH_TO_DEVICES, values);
    Ok(())
}

/// The same, if a member asked to be told of each post of this author.
pub(crate) fn push_if_asked(
    tx: &mut Tx,
    id: i64,
    author_id: i64,
    job: &Job,
    now_ms: i64,
) -> Result<()> {
    push_if(tx, store::PUSH_IF_ASKED, id, author_id, job, now_ms)
}

/// The same, if a member boosted this status.
pub(crate) fn push_if_boosted(
    tx: &mut Tx,
    id: i64,
    status_id: i64,
    job: &Job,
    now_ms: i64,
) -> Result<()> {
    push_if(tx, store::PUSH_IF_BOOSTED, id, status_id, job, now_ms)
}

/// The same, if a member quotes this status.
pub(crate) fn push_if_quoted(
    tx: &mut Tx,
    id: i64,
    status_id: i64,
    job: &Job,
    now_ms: i64,
) -> Result<()> {
    push_if(tx, store::PUSH_IF_QUOTED, id, status_id, job, now_ms)
}

/// One of the statements that promise a job only where somebody waits for what it is about.
fn push_if(tx: &mut Tx, statement: Sql, id: i64, about: i64, job: &Job, now_ms: i64) -> Result<()> {
    let payload = serde_json::to_string(job)?;
    tx.exec(statement, params![id, job.kind(), payload, now_ms, about]);
    Ok(())
}

/// Promises one job by itself, at the turn of the server whose work it is. On SQLite such lone writes share a commit,
/// so thousands a second cost little.
pub async fn push_now(app: &App, job: &Job) -> Result<()> {
    let now_ms = app.now_ms();
    let turn_ms = match job.host() {
        Some(host) => app.wake.turns.next(&host, now_ms),
        None => now_ms,
    };
    app.db
        .exec(
            store::PUSH,
            store::push_params(app.next_id(), job, turn_ms, now_ms)?,
        )
        .await?;
    app.wake.ring();
    Ok(())
}

/// Works until `shutdown` turns true: jobs, deliveries, and what is due every so often. What runs then is given ten
/// seconds to end; the rest comes back by its lease.
pub async fn run(app: App, shutdown: watch::Receiver<bool>) {
    tokio::join!(
        worker::run(app.clone(), shutdown.clone()),
        delivery::run(app.clone(), shutdown.clone()),
        lists::sources::run(app.clone(), shutdown.clone()),
        media::run(app.clone(), shutdown.clone()),
        forget::run(app, shutdown),
    );
}

/// Tells the workers of this process that there is something to do, and whose turn is when; workers of other nodes look
/// every second.
#[derive(Debug, Default)]
pub struct Wake {
    turns: Turns,
    jobs: Notify,
    deliveries: Notify,
}

impl Wake {
    /// Nobody is waiting yet.
    pub fn new() -> Wake {
        Wake::default()
    }

    /// Something was promised. A ring that nobody hears yet is remembered.
    pub fn ring(&self) {
        self.jobs.notify_one();
    }

    /// Deliveries were written.
    pub(crate) fn ring_deliveries(&self) {
        self.deliveries.notify_one();
    }

    pub(crate) async fn deliveries_rung(&self) {
        self.deliveries.notified().await;
    }

    async fn jobs_rung(&self) {
        self.jobs.notified().await;
    }
}

/// Jobs looked at for a question: each is an activity to be read.
const MOST_LOOKED_AT: i64 = 2_000;

/// How many activities that these hosts brought wait to be looked at, for a community or for all; whether there are more.
pub(crate) async fn waiting_from(
    app: &App,
    hosts: &[&Domain],
    community: Option<i64>,
) -> Result<(usize, bool)> {
    if hosts.is_empty() {
        return Ok((0, false));
    }
    let params = comity_db::params![i64::MIN, MOST_LOOKED_AT + 1];
    let mut waiting: Vec<String> = app.db.column(store::WAITING, params).await?;
    let most = usize::try_from(MOST_LOOKED_AT).unwrap_or(usize::MAX);
    let more = waiting.len() > most;
    waiting.truncate(most);
    let is_theirs = |payload: &String| match serde_json::from_str(payload) {
        Ok(Job::ProcessActivity {
            community: into,
            signer,
            ..
        }) => {
            let host = Iri::parse(&signer).map(|iri| iri.domain());
            community.is_none_or(|only| only == into)
                && host.is_ok_and(|host| hosts.contains(&&host))
        }
        _ => false,
    };
    let count = waiting.iter().filter(|payload| is_theirs(payload)).count();
    Ok((count, more && count > 0))
}
