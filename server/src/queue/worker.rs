//! Takes jobs, runs them, and writes down how they ended.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use comity_db::{Tx, params};
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::backoff::backoff_ms;
use super::job::{Job, Outcome};
use super::store::{self, JobRow};
use crate::app::App;
use crate::{delivery, follows, inbox, instances};

/// How long a job may run; nothing here waits longer than a few requests to other servers.
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// How long a claimed job belongs to this node: twice the longest run, so that it may wait in its lane before.
const LEASE_MS: i64 = 120_000;

/// How many claimed jobs are held in memory, running or waiting in their lane. Most that run wait, for the database or
/// for another server.
const MOST_HELD: usize = 384;

/// How many jobs one claim takes.
const BATCH: usize = 128;

/// How often other nodes' and postponed jobs are looked for.
const POLL: Duration = Duration::from_secs(1);

/// How long running jobs are waited for at shut-down.
const PATIENCE: Duration = Duration::from_secs(10);

/// A job is given up after so many tries: with the usual waits that is about three days.
const MOST_ATTEMPTS: i64 = 16;

/// A job this node has leased.
struct Held {
    id: i64,
    attempts: i64,
    leased_until: i64,
    job: Job,
    lane: String,
}

/// How a held job ended.
struct Ended {
    id: i64,
    attempts: i64,
    lane: String,
    outcome: Outcome,
}

/// Works until `shutdown` turns true.
pub async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    let mut running: JoinSet<Ended> = JoinSet::new();
    // A lane is present while one of its jobs runs; what follows in it waits here.
    let mut lanes: HashMap<String, VecDeque<Held>> = HashMap::new();
    let mut held = 0_usize;

    while !*shutdown.borrow() {
        let mut took = 0;
        let room = held + BATCH <= MOST_HELD;
        if room {
            let claimed = claim(&app).await;
            took = claimed.len();
            held += took;
            for job in claimed {
                match lanes.get_mut(&job.lane) {
                    Some(waiting) => waiting.push_back(job),
                    None => start(&app, &mut running, &mut lanes, job),
                }
            }
        }
        let first = if took == BATCH {
            running.try_join_next()
        } else {
            tokio::select! {
                ended = running.join_next(), if !running.is_empty() => ended,
                () = app.wake.jobs_rung(), if room => None,
                () = tokio::time::sleep(POLL), if room => None,
                changed = shutdown.changed() => {
                    if changed.is_err() {
                        break; // whoever could have told us to stop is gone
                    }
                    None
                }
            }
        };
        let mut ended = Vec::new();
        collect(first, &mut ended);
        while let Some(next) = running.try_join_next() {
            collect(Some(next), &mut ended);
        }
        for end in &ended {
            held -= 1;
            held -= advance(&app, &mut running, &mut lanes, &end.lane);
        }
        settle(&app, ended).await;
    }

    let mut ended = Vec::new();
    let finish = async {
        while let Some(next) = running.join_next().await {
            collect(Some(next), &mut ended);
        }
    };
    if tokio::time::timeout(PATIENCE, finish).await.is_err() {
        warn!("some jobs did not end in time; they will run again when their lease ends");
    }
    settle(&app, ended).await;
}

/// Leases what is due, oldest first. Trouble with the database is logged and tried again at the next look.
async fn claim(app: &App) -> Vec<Held> {
    let now_ms = app.now_ms();
    let leased_until = now_ms + LEASE_MS;
    let rows = match app
        .db
        .returning(
            store::CLAIM,
            params![
                leased_until,
                now_ms,
                i64::try_from(BATCH).unwrap_or(i64::MAX)
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
    for JobRow {
        id,
        payload,
        attempts,
    } in rows
    {
        match serde_json::from_str::<Job>(&payload) {
            Ok(job) => claimed.push(Held {
                id,
                attempts,
                leased_until,
                lane: job.lane(),
                job,
            }),
            // A newer version wrote it, or a person did: it stays for the version that can read it.
            Err(error) => error!(id, %error, "could not read a job; left for another version"),
        }
    }
    claimed.sort_unstable_by_key(|job| job.id);
    claimed
}

fn start(
    app: &App,
    running: &mut JoinSet<Ended>,
    lanes: &mut HashMap<String, VecDeque<Held>>,
    held: Held,
) {
    lanes.entry(held.lane.clone()).or_default();
    let app = app.clone();
    running.spawn(async move {
        let Held {
            id,
            attempts,
            lane,
            job,
            ..
        } = held;
        let outcome = attempt(&app, job).await;
        Ended {
            id,
            attempts,
            lane,
            outcome,
        }
    });
}

/// Starts what waits next in a lane, or closes the lane. Says how many waiting jobs were let go because their lease is
/// about to end: they come back by themselves.
fn advance(
    app: &App,
    running: &mut JoinSet<Ended>,
    lanes: &mut HashMap<String, VecDeque<Held>>,
    lane: &str,
) -> usize {
    let longest_ms = i64::try_from(LONGEST_RUN.as_millis()).unwrap_or(LEASE_MS);
    let now_ms = app.now_ms();
    let mut let_go = 0;
    loop {
        match lanes.get_mut(lane).and_then(VecDeque::pop_front) {
            Some(next) if next.leased_until - now_ms < longest_ms => let_go += 1,
            Some(next) => {
                start(app, running, lanes, next);
                return let_go;
            }
            None => {
                lanes.remove(lane);
                return let_go;
            }
        }
    }
}

/// One try.
async fn attempt(app: &App, job: Job) -> Outcome {
    let work = async {
        match job {
            Job::ProcessActivity {
                community,
                signer,
                body,
                shared,
            } => Box::pin(inbox::process(app, community, &signer, &body, shared)).await,
            Job::Address { outgoing, .. } => Box::pin(delivery::address(app, outgoing)).await,
            Job::FetchNodeInfo { community, domain } => {
                Box::pin(instances::learn(app, community, &domain)).await
            }
            Job::FetchParent { community, status } => {
                Box::pin(inbox::resolve::parent(app, community, status)).await
            }
            Job::SynchronizeFollowers {
                community,
                actor,
                url,
                digest,
            } => Box::pin(follows::synchronize(app, community, &actor, &url, &digest)).await,
        }
    };
    // Caught, so that the lane goes on: one bad document must not stop all that follows from its sender.
    let work = AssertUnwindSafe(work).catch_unwind();
    match tokio::time::timeout(LONGEST_RUN, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::Retry {
            after_ms: None,
            why: "panicked".to_owned(),
        },
        Err(_) => Outcome::Retry {
            after_ms: None,
            why: "took longer than a minute".to_owned(),
        },
    }
}

fn collect(next: Option<Result<Ended, tokio::task::JoinError>>, ended: &mut Vec<Ended>) {
    match next {
        Some(Ok(end)) => ended.push(end),
        Some(Err(error)) => {
            error!(%error, "a job was torn away; it will run again when its lease ends");
        }
        None => {}
    }
}

/// Writes down how jobs ended, all in one transaction.
async fn settle(app: &App, ended: Vec<Ended>) {
    if ended.is_empty() {
        return;
    }
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    let mut over = Vec::with_capacity(ended.len());
    for Ended {
        id,
        attempts,
        lane,
        outcome,
    } in ended
    {
        match outcome {
            Outcome::Done => over.push(id),
            Outcome::Abandon { why } => {
                info!(id, %lane, %why, "abandoned a job");
                over.push(id);
            }
            Outcome::Retry { why, .. } if attempts >= MOST_ATTEMPTS => {
                warn!(id, %lane, attempts, %why, "gave a job up");
                over.push(id);
            }
            Outcome::Retry { after_ms, why } => {
                let failures = u32::try_from(attempts).unwrap_or(u32::MAX);
                let wait_ms = after_ms.unwrap_or_else(|| backoff_ms(failures, id.unsigned_abs()));
                info!(id, %lane, attempts, wait_ms, %why, "a job will be tried again");
                store::postpone(&mut tx, id, now_ms + wait_ms);
            }
        }
    }
    if !over.is_empty() {
        store::delete(&mut tx, over);
    }
    if let Err(error) = app.db.write(tx).await {
        // Their leases end and they run again; each is safe to run twice.
        error!(%error, "could not write down finished jobs");
    }
}
