//! Which jobs a worker takes: they are leased, and those of a server that crowds us wait or are put back.

use comity_db::{Sql, Tx, params};
use tracing::{error, warn};

use super::crowd::{Crowd, Crowded};
use super::job::Job;
use super::store::{self, JobRow};
use super::turns::MOST_AHEAD_MS;
use crate::app::App;

/// How long a claimed job belongs to this node: twice [`super::dispatch::LONGEST_RUN`], so that it may wait in its lane before.
pub(super) const LEASE_MS: i64 = 120_000;

/// A job is given up after so many tries: with the usual waits that is about three days.
pub(super) const MOST_ATTEMPTS: i64 = 16;

/// How many jobs wait in memory, because their server holds all it may, before more are claimed only now and then. As
/// many again are then kept waiting, and what is more is put back.
pub(super) const MOST_WAITING: usize = 128;

/// A job this node has leased.
pub(super) struct Held {
    pub id: i64,
    pub attempts: i64,
    pub leased_until: i64,
    pub job: Job,
    pub lane: String,
    pub host: Option<String>,
}

/// See [`store::forgive`].
pub(super) async fn forgive(app: &App) {
    let mut tx = Tx::new();
    store::forgive(&mut tx, app.now_ms());
    if let Err(error) = app.db.write(tx).await {
        error!(%error, "could not let waiting jobs have their turn");
    }
}

/// Leases what is due, oldest first. Trouble with the database is logged and tried again at the next look.
pub(super) async fn claim(app: &App, which: Sql<JobRow>, most: usize) -> Vec<Held> {
    let now_ms = app.now_ms();
    let leased_until = now_ms + LEASE_MS;
    let rows = match app
        .db
        .returning(
            which,
            params![
                leased_until,
                now_ms,
                i64::try_from(most).unwrap_or(i64::MAX),
                now_ms + MOST_AHEAD_MS
            ],
        )
        .await
    {
        Ok(rows) => rows,
        Err(error) => {
            error!(%error, "could not claim jobs");
            return Vec::new();
        }
    };
    let mut claimed: Vec<Held> = Vec::with_capacity(rows.len());
    let mut over = Vec::new();
    for JobRow {
        id,
        payload,
        attempts,
    } in rows
    {
        match serde_json::from_str::<Job>(&payload) {
            Ok(job) if attempts > MOST_ATTEMPTS => {
                // No try of it ever ended: it may be what brings this process down.
                warn!(id, lane = %job.lane(), attempts, "gave a job up that never ends");
                over.push(id);
            }
            Ok(job) => claimed.push(Held {
                id,
                attempts,
                leased_until,
                lane: job.lane(),
                host: job.host(),
                job,
            }),
            // A newer version wrote it, or a person did: it stays for the version that can read it.
            Err(error) => error!(id, %error, "could not read a job; left for another version"),
        }
    }
    if !over.is_empty() {
        let mut tx = Tx::new();
        store::delete(&mut tx, over);
        if let Err(error) = app.db.write(tx).await {
            error!(%error, "could not give jobs up");
        }
    }
    claimed.sort_unstable_by_key(|job| job.id);
    claimed
}

/// What became of jobs that were claimed.
#[derive(Default)]
pub(super) struct Came {
    pub taken: Vec<Held>,
    pub in_a_moment: Vec<Held>,
    /// With when they may be asked for again.
    pub refused: Vec<(Held, i64)>,
}

/// Which of these may be held now, and which not.
pub(super) fn let_in(crowd: &mut Crowd, claimed: Vec<Held>, now_ms: i64) -> Came {
    let mut came = Came::default();
    for job in claimed {
        let host = job.host.as_deref();
        let may_wait = came.in_a_moment.len() < 2 * MOST_WAITING;
        match host.map_or(Ok(()), |host| crowd.take(host, job.id, may_wait, now_ms)) {
            Ok(()) => came.taken.push(job),
            Err(Crowded::ForAMoment) => came.in_a_moment.push(job),
            Err(Crowded::Until(until)) => came.refused.push((job, until)),
        }
    }
    came
}

/// Gives jobs back untried. If that fails, they come back when their lease ends.
pub(super) async fn put_back(app: &App, refused: Vec<(Held, i64)>) {
    if refused.is_empty() {
        return;
    }
    let mut tx = Tx::new();
    for (job, until) in refused {
        store::put_back(&mut tx, job.id, until);
    }
    if let Err(error) = app.db.write(tx).await {
        error!(%error, "could not put jobs back");
    }
}
