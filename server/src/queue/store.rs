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
    "INSERT INTO jobs (id, kind, payload, run_at, early, attempts, created_at)
     VALUES ($1, $2, $3, $4, CAST($4 AS BIGINT) > CAST($5 AS BIGINT), 0, $5)"
);

/// `turn_ms`: a later one than now is waited for only while others wait.
pub fn push_params(id: i64, job: &Job, turn_ms: i64, now_ms: i64) -> Result<Vec<Value>> {
    let payload = serde_json::to_string(job)?;
    Ok(params![id, job.kind(), payload, turn_ms, now_ms])
}

/// Leases up to `$3` jobs until `$1`: what is due, and after that what could run before its turn. Counts on `jobs_due`
/// and `jobs_early`. On PostgreSQL two nodes never wait for each other.
pub const CLAIM: Sql<JobRow> = sql!(
    row: JobRow,
    sqlite: "UPDATE jobs
             SET run_at = $1, early = FALSE, attempts = attempts + 1
             WHERE id IN (SELECT id
                            FROM (SELECT id FROM jobs WHERE run_at <= $2 ORDER BY run_at, id LIMIT $3)
                           UNION ALL
                          SELECT id
                            FROM (SELECT id FROM jobs WHERE early AND run_at > $2 ORDER BY run_at, id LIMIT $3)
                           LIMIT $3)
             RETURNING id, payload, attempts",
    pg: "UPDATE jobs
         SET run_at = $1, early = FALSE, attempts = attempts + 1
         WHERE id IN (SELECT id
                        FROM (SELECT id
                                FROM jobs
                               WHERE run_at <= $2
                               ORDER BY run_at, id
                               LIMIT $3
                                 FOR UPDATE SKIP LOCKED) AS due
                       UNION ALL
                      SELECT id
                        FROM (SELECT id
                                FROM jobs
                               WHERE early AND run_at > $2
                               ORDER BY run_at, id
                               LIMIT $3
                                 FOR UPDATE SKIP LOCKED) AS before_their_turn
                       LIMIT $3)
         RETURNING id, payload, attempts"
);

/// The same for what we ourselves promised, when what others sent fills the worker.
pub const CLAIM_OWN: Sql<JobRow> = sql!(
    row: JobRow,
    sqlite: "UPDATE jobs
             SET run_at = $1, attempts = attempts + 1
             WHERE id IN (SELECT id FROM jobs WHERE run_at <= $2 AND kind = 'address' ORDER BY run_at, id LIMIT $3)
             RETURNING id, payload, attempts",
    pg: "UPDATE jobs
         SET run_at = $1, attempts = attempts + 1
         WHERE id IN (SELECT id
                        FROM jobs
                       WHERE run_at <= $2 AND kind = 'address'
                       ORDER BY run_at, id
                       LIMIT $3
                         FOR UPDATE SKIP LOCKED)
         RETURNING id, payload, attempts"
);

const PUT_BACK: Sql = sql!("UPDATE jobs SET run_at = $2, attempts = attempts - 1 WHERE id = $1");

const DELETE: Sql = sql!(
    sqlite: "DELETE FROM jobs WHERE id IN (SELECT value FROM json_each($1))",
    pg: "DELETE FROM jobs WHERE id = ANY($1)"
);

const POSTPONE: Sql = sql!("UPDATE jobs SET run_at = $2 WHERE id = $1");

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
