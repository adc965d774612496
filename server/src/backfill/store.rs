//! SQL of `backfills`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{BackfillRow, Run, Walk};
use crate::error::Result;

const OF_STATUS: Sql<BackfillRow> = sql!(
    row: BackfillRow,
    "SELECT status_id, community_id, token, began_at, ended_at, round, found, walk
       FROM backfills
      WHERE status_id = $1 AND community_id = $2"
);
const BY_TOKEN: Sql<BackfillRow> = sql!(
    row: BackfillRow,
    "SELECT status_id, community_id, token, began_at, ended_at, round, found, walk
       FROM backfills
      WHERE token = $1"
);

/// The last one of this status for this community.
pub async fn of_status(db: &Db, status_id: i64, community_id: i64) -> Result<Option<BackfillRow>> {
    Ok(db.opt(OF_STATUS, params![status_id, community_id]).await?)
}

/// The one that goes by this token.
pub async fn by_token(db: &Db, token: &str) -> Result<Option<BackfillRow>> {
    Ok(db.opt(BY_TOKEN, params![token]).await?)
}

const BEGIN: Sql = sql!(
    "INSERT INTO backfills (status_id, community_id, token, began_at, ended_at, round, found, walk)
     VALUES ($1, $2, $3, $4, NULL, $5, $6, $7)
     ON CONFLICT (status_id, community_id) DO UPDATE
        SET token = excluded.token, began_at = excluded.began_at, ended_at = NULL, round = excluded.round,
            found = excluded.found, walk = excluded.walk
      WHERE (backfills.ended_at IS NOT NULL AND backfills.began_at <= $8)
         OR backfills.began_at <= $9"
);

/// Begins one, or undoes the whole transaction where one of this status goes on for this community that began after `dead`, or
/// one ended that began after `again`.
pub fn begin(tx: &mut Tx, row: &BackfillRow, again: i64, dead: i64) {
    tx.must(
        BEGIN,
        params![
            row.status_id,
            row.community_id,
            row.token.as_str(),
            row.began_at,
            row.round,
            row.found.as_str(),
            row.walk.as_str(),
            again,
            dead,
        ],
    );
}

const GO_ON: Sql = sql!(
    "UPDATE backfills
        SET round = round + 1, found = $5, walk = $6
      WHERE status_id = $1 AND community_id = $2 AND began_at = $3 AND round = $4 AND ended_at IS NULL"
);
const END: Sql = sql!(
    "UPDATE backfills
        SET found = $5, walk = '', ended_at = $6
      WHERE status_id = $1 AND community_id = $2 AND began_at = $3 AND round = $4 AND ended_at IS NULL"
);
const GIVE_UP: Sql = sql!(
    "UPDATE backfills
        SET walk = '', ended_at = $5
      WHERE status_id = $1 AND community_id = $2 AND began_at = $3 AND round = $4 AND ended_at IS NULL"
);

/// Keeps how far it is after this run, or undoes the whole transaction where another run did so before.
pub fn go_on(tx: &mut Tx, run: &Run, walk: &Walk) -> Result<()> {
    let (found, written) = (
        serde_json::to_string(&walk.found)?,
        serde_json::to_string(walk)?,
    );
    tx.must(
        GO_ON,
        params![run.status, run.community, run.at, run.round, found, written],
    );
    Ok(())
}

/// It is over with this run.
pub async fn end(db: &Db, run: &Run, walk: &Walk, now_ms: i64) -> Result<()> {
    let found = serde_json::to_string(&walk.found)?;
    let values = params![run.status, run.community, run.at, run.round, found, now_ms];
    db.exec(END, values).await?;
    Ok(())
}

/// It is over with what the runs before this one found.
pub async fn give_up(db: &Db, run: &Run, now_ms: i64) -> Result<()> {
    let values = params![run.status, run.community, run.at, run.round, now_ms];
    db.exec(GIVE_UP, values).await?;
    Ok(())
}

/// Counts on `backfills_by_start`.
const FORGET: Sql = sql!(
    "DELETE FROM backfills
      WHERE token IN (SELECT token FROM backfills WHERE began_at < $1 ORDER BY began_at LIMIT $2)"
);

/// Forgets up to `most` that began before this, and says how many it were.
pub async fn forget(db: &Db, before: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET, params![before, most]).await?)
}
