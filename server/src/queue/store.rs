//! SQL for `jobs`.

use comity_db::{Sql, Tx, Value, params, row, sql};

use super::job::Job;
use crate::error::Result;

row! {
    /// A job as its worker takes it.
    #[derive(Debug)]
    pub struct JobRow {
        pub id: i64,
        pub payload: String,
        pub attempts: i64,
    }
}

pub const PUSH: Sql = sql!(
    "INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
     VALUES ($1, $2, $3, $4, $5, 0, $5)"
);

/// Only where a member asked to be told of each post of `$5`. Counts on `follows_notify`.
pub const PUSH_IF_ASKED: Sql = sql!(
    "INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
     SELECT $1, $2, $3, $4, $4, 0, $4
      WHERE EXISTS (SELECT 1 FROM follows f WHERE f.target_id = $5 AND f.notify)"
);

/// Only where a member boosted `$5`. Counts on `statuses_by_reblog`.
pub const PUSH_IF_BOOSTED: Sql = sql!(
    "INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
     SELECT $1, $2, $3, $4, $4, 0, $4
      WHERE EXISTS (SELECT 1
                      FROM statuses s
                      JOIN members m ON m.account_id = s.account_id
                     WHERE s.reblog_of_id = $5)"
);

/// Only where a member quotes `$5`. Counts on `quotes_by_quoted`.
pub const PUSH_IF_QUOTED: Sql = sql!(
    "INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
     SELECT $1, $2, $3, $4, $4, 0, $4
      WHERE EXISTS (SELECT 1
                      FROM quotes q
                      JOIN statuses s ON s.id = q.status_id
                      JOIN members m ON m.account_id = s.account_id
                     WHERE q.quoted_id = $5 AND q.state = 'stands')"
);

/// Only where `$5` has a device that wants to be woken, and that number tells them of this (`$6` to `$8`) and not of something
/// older. Where a job has it already, that one wakes for the same.
pub const PUSH_TO_DEVICES: Sql = sql!(
    "INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
     SELECT $1, $2, $3, $4, $4, 0, $4
      WHERE EXISTS (SELECT 1 FROM push_subscriptions WHERE account_id = $5)
        AND EXISTS (SELECT 1
                      FROM notifications n
                     WHERE n.id = $1 AND n.account_id = $5 AND n.kind = $6 AND n.from_account_id = $7
                       AND COALESCE(n.status_id, n.collection_id, n.rule_id, n.report_id, n.applicant_id, n.action_id, 0) = $8)
     ON CONFLICT (id) DO NOTHING"
);

/// It may run from `now_ms` on; `turn_ms` is its place among others that may.
pub fn push_params(id: i64, job: &Job, turn_ms: i64, now_ms: i64) -> Result<Vec<Value>> {
    let payload = serde_json::to_string(job)?;
    Ok(params![id, job.kind(), payload, turn_ms, now_ms])
}

/// Leases up to `$3` jobs until `$1` whose turn is not after `$4`. Counts on `jobs_by_turn`; it passes over what is leased
/// and what is postponed for less than a turn can be ahead. On PostgreSQL two nodes never wait for each other.
pub const CLAIM: Sql<JobRow> = sql!(
    row: JobRow,
    sqlite: "UPDATE jobs
             SET run_at = $1, attempts = attempts + 1
             WHERE id IN (SELECT id FROM jobs WHERE turn <= $4 AND run_at <= $2 ORDER BY turn, id LIMIT $3)
             RETURNING id, payload, attempts",
    pg: "UPDATE jobs
         SET run_at = $1, attempts = attempts + 1
         WHERE id IN (SELECT id
                        FROM jobs
                       WHERE turn <= $4 AND run_at <= $2
                       ORDER BY turn, id
                       LIMIT $3
                         FOR UPDATE SKIP LOCKED)
         RETURNING id, payload, attempts"
);

/// The same for what we ourselves promised, when what others sent fills the worker. Counts on `jobs_of_ours`.
pub const CLAIM_OWN: Sql<JobRow> = sql!(
    row: JobRow,
    sqlite: "UPDATE jobs
             SET run_at = $1, attempts = attempts + 1
             WHERE id IN (SELECT id
                            FROM jobs
                           WHERE kind = 'address' AND turn <= $4 AND run_at <= $2
                           ORDER BY turn, id
                           LIMIT $3)
             RETURNING id, payload, attempts",
    pg: "UPDATE jobs
         SET run_at = $1, attempts = attempts + 1
         WHERE id IN (SELECT id
                        FROM jobs
                       WHERE kind = 'address' AND turn <= $4 AND run_at <= $2
                       ORDER BY turn, id
                       LIMIT $3
                         FOR UPDATE SKIP LOCKED)
         RETURNING id, payload, attempts"
);

/// Its turn stays behind those that it had before it, and is not before it may run.
const PUT_BACK: Sql = sql!(
    "UPDATE jobs
        SET run_at = $2, turn = CASE WHEN turn < $2 THEN $2 ELSE turn END, attempts = attempts - 1
      WHERE id = $1"
);

/// What waits for its turn only: leased and postponed jobs run after it.
const FORGIVE: Sql = sql!("UPDATE jobs SET turn = run_at WHERE turn > $1 AND run_at < turn");

const DELETE: Sql = sql!(
    sqlite: "DELETE FROM jobs WHERE id IN (SELECT value FROM json_each($1))",
    pg: "DELETE FROM jobs WHERE id = ANY($1)"
);

const POSTPONE: Sql = sql!("UPDATE jobs SET run_at = $2, turn = $2 WHERE id = $1");

/// Ends jobs that are done or given up.
pub fn delete(tx: &mut Tx, ids: Vec<i64>) {
    tx.exec(DELETE, params![ids]);
}

/// Puts a job back until `run_at` that was claimed and not tried.
pub fn put_back(tx: &mut Tx, id: i64, run_at: i64) {
    tx.exec(PUT_BACK, params![id, run_at]);
}

/// Puts a job back until `run_at`.
pub fn postpone(tx: &mut Tx, id: i64, run_at: i64) {
    tx.exec(POSTPONE, params![id, run_at]);
}

/// Lets all jobs have their turn when they came. For a start: it is not known any more who sent how much, and what a
/// server sends from now on must not come before what it sent then.
pub fn forgive(tx: &mut Tx, now_ms: i64) {
    tx.exec(FORGIVE, params![now_ms]);
}

/// The first that wait. Counts on `jobs_by_turn`.
pub const WAITING: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT payload FROM jobs WHERE kind = 'process_activity' AND turn > $1 ORDER BY turn, id LIMIT $2"
);
