//! Takes jobs, runs them, and writes down how they ended.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use comity_db::Tx;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::backoff::backoff_ms;
use super::claim::{Held, LEASE_MS, MOST_ATTEMPTS, MOST_WAITING, claim, forgive, let_in, put_back};
use super::crowd::Crowd;
use super::dispatch::{LONGEST_RUN, attempt};
use super::job::Outcome;
use super::store;
use crate::app::App;

/// How many claimed jobs are held in memory, running or waiting in their lane. Most that run wait, for the database or
/// for another server.
const MOST_HELD: usize = 384;

/// How many jobs one claim takes, and the fewest it is worth the asking for.
const BATCH: usize = 128;
const SMALL_BATCH: usize = 32;

/// How many jobs of our own are held besides, when what others sent takes all of [`MOST_HELD`]: a member's post goes out
/// whoever floods us.
const OWN_HELD: usize = 64;

/// How many of those one claim takes, and how often.
const OWN_BATCH: usize = 32;
const OWN_EVERY_MS: i64 = 200;

/// How soon more is looked for while one server crowds us.
const SOON: Duration = Duration::from_millis(SOON_MS.unsigned_abs());
const SOON_MS: i64 = 100;

/// How often other nodes' and postponed jobs are looked for.
const POLL: Duration = Duration::from_secs(1);

/// How long running jobs are waited for at shut-down.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a sender points at is asked for so many times: with the usual waits half an hour.
const MOST_REACHES: i64 = 5;

/// How a held job ended.
struct Ended {
    id: i64,
    attempts: i64,
    lane: String,
    host: Option<String>,
    outcome: Outcome,
}

/// Works until `shutdown` turns true.
pub async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    let mut running: JoinSet<Ended> = JoinSet::new();
    // A lane is present while one of its jobs runs; what follows in it waits here.
    let mut lanes: HashMap<String, VecDeque<Held>> = HashMap::new();
    let mut held = 0_usize;
    let mut held_own = 0_usize;
    let mut crowd = Crowd::default();
    // What waits for some of its server's jobs to end, which takes a moment.
    let mut waiting: Vec<Held> = Vec::new();
    let mut ended: Vec<Ended> = Vec::new();
    let mut claimed_at_ms = 0;
    let mut own_at_ms = 0;
    forgive(&app).await;

    while !*shutdown.borrow() {
        let mut took = 0;
        let mut crowded = false;
        let batch = BATCH.min(MOST_HELD.saturating_sub(held));
        let now_ms = app.now_ms();
        let is_due = waiting.len() < MOST_WAITING || now_ms - claimed_at_ms >= SOON_MS;
        let room = batch >= SMALL_BATCH && is_due;
        let own_due = now_ms - own_at_ms >= OWN_EVERY_MS;
        let over = settle(&app, std::mem::take(&mut ended));
        if room || (own_due && held_own + OWN_BATCH <= OWN_HELD) {
            let claiming = if room {
                claimed_at_ms = now_ms;
                claim(&app, store::CLAIM, batch)
            } else {
                own_at_ms = now_ms;
                claim(&app, store::CLAIM_OWN, OWN_BATCH)
            };
            // At the same time, so that they share a commit.
            let (claimed, ()) = tokio::join!(claiming, over);
            took = claimed.len();
            waiting.extend(claimed);
        } else {
            over.await;
        }
        if !waiting.is_empty() {
            let came = let_in(&mut crowd, std::mem::take(&mut waiting), app.now_ms());
            waiting = came.in_a_moment;
            crowded = !came.refused.is_empty();
            put_back(&app, came.refused).await;
            for job in came.taken {
                if job.host.is_some() {
                    held += 1;
                } else {
                    held_own += 1;
                }
                match lanes.get_mut(&job.lane) {
                    Some(lane) => lane.push_back(job),
                    None => start(&app, &mut running, &mut lanes, job),
                }
            }
        }
        let poll = if crowded || !room || !waiting.is_empty() {
            SOON
        } else {
            POLL
        };
        let first = if room && took == batch && waiting.len() < MOST_WAITING {
            running.try_join_next()
        } else {
            tokio::select! {
                ended = running.join_next(), if !running.is_empty() => ended,
                () = app.wake.jobs_rung(), if room => None,
                () = tokio::time::sleep(poll) => None,
                changed = shutdown.changed() => {
                    if changed.is_err() {
                        break; // whoever could have told us to stop is gone
                    }
                    None
                }
            }
        };
        collect(first, &mut ended);
        while let Some(next) = running.try_join_next() {
            collect(Some(next), &mut ended);
        }
        for end in &ended {
            let mut over = vec![(end.id, end.host.clone())];
            let let_go = advance(&app, &mut running, &mut lanes, &end.lane);
            over.extend(let_go.into_iter().map(|job| (job.id, job.host)));
            for (id, host) in over {
                match host {
                    Some(host) => {
                        held -= 1;
                        crowd.release(&host, id, app.now_ms());
                    }
                    None => held_own -= 1,
                }
            }
        }
    }

    let finish = async {
        while let Some(next) = running.join_next().await {
            collect(Some(next), &mut ended);
        }
    };
    if tokio::time::timeout(PATIENCE, finish).await.is_err() {
        warn!("some jobs did not end in time; they will run again when their lease ends");
    }
    settle(&app, ended).await;
    let now_ms = app.now_ms();
    let untried = lanes.into_values().flatten().chain(waiting);
    put_back(&app, untried.map(|job| (job, now_ms)).collect()).await;
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
            host,
            job,
            ..
        } = held;
        let outcome = attempt(&app, job).await;
        Ended {
            id,
            attempts,
            lane,
            host,
            outcome,
        }
    });
}

/// Starts what waits next in a lane, or closes the lane. Gives the waiting jobs that were let go because their lease is
/// about to end: they come back by themselves.
fn advance(
    app: &App,
    running: &mut JoinSet<Ended>,
    lanes: &mut HashMap<String, VecDeque<Held>>,
    lane: &str,
) -> Vec<Held> {
    let longest_ms = i64::try_from(LONGEST_RUN.as_millis()).unwrap_or(LEASE_MS);
    let now_ms = app.now_ms();
    let mut let_go = Vec::new();
    loop {
        match lanes.get_mut(lane).and_then(VecDeque::pop_front) {
            Some(next) if next.leased_until - now_ms < longest_ms => let_go.push(next),
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
        ..
    } in ended
    {
        match outcome {
            Outcome::Done => over.push(id),
            Outcome::Abandon { why } => {
                info!(id, %lane, %why, "abandoned a job");
                over.push(id);
            }
            Outcome::Unreachable { why } if attempts >= MOST_REACHES => {
                info!(id, %lane, attempts, %why, "gave up what somebody points at");
                over.push(id);
            }
            Outcome::Unreachable { why } => {
                let failures = u32::try_from(attempts).unwrap_or(u32::MAX);
                let wait_ms = backoff_ms(failures, id.unsigned_abs());
                info!(id, %lane, attempts, wait_ms, %why, "a job will be tried again");
                store::postpone(&mut tx, id, now_ms + wait_ms);
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
