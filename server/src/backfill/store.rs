//! SQL of `backfills`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{BackfillRow, Walk};
use crate::error::Result;

const OF_STATUS: Sql<BackfillRow> = sql!(
    row: BackfillRow,
    "SELECT status_id, token, began_at, ended_at, found, walk FROM backfills WHERE status_id = $1"
);
const BY_TOKEN: Sql<BackfillRow> = sql!(
    row: BackfillRow,
    "SELECT status_id, token, began_at, ended_at, found, walk FROM backfills WHERE token = $1"
);

/// The last one of this status.
pub async fn of_status(db: &Db, status_id: i64) -> Result<Option<BackfillRow>> {
    Ok(db.opt(OF_STATUS, params![status_id]).await?)
}

/// The one that goes by this token.
pub async fn by_token(db: &Db, token: &str) -> Result<Option<BackfillRow>> {
    Ok(db.opt(BY_TOKEN, params![token]).await?)
}

const BEGIN: Sql = sql!(
    "INSERT INTO backfills (status_id, token, began_at, ended_at, found, walk)
     VALUES ($1, $2, $3, NULL, 0, $4)
     ON CONFLICT (status_id) DO UPDATE
        SET token = excluded.token, began_at = excluded.began_at, ended_at = NULL, found = 0, walk = excluded.walk
      WHERE (backfills.ended_at IS NOT NULL AND backfills.began_at <= $5)
         OR backfills.began_at <= $6"
);

/// Begins one, or undoes the whole transaction where one of this status goes on that began after `dead`, or one ended that began
/// after `again`.
pub fn begin(tx: &mut Tx, row: &BackfillRow, again: i64, dead: i64) {
    tx.must(
        BEGIN,
        params![
            row.status_id,
            row.token.as_str(),
            row.began_at,
            row.walk.as_str(),
            again,
            dead,
        ],
    );
}

const GO_ON: Sql = sql!(
    "UPDATE backfills
        SET found = $3, walk = $4
      WHERE status_id = $1 AND began_at = $2 AND ended_at IS NULL"
);
const END: Sql = sql!(
    "UPDATE backfills
        SET found = $3, walk = '', ended_at = $4
      WHERE status_id = $1 AND began_at = $2 AND ended_at IS NULL"
);

/// Keeps how far the one is that began then, or undoes the whole transaction where it is another by now.
pub fn go_on(tx: &mut Tx, status_id: i64, began_at: i64, walk: &Walk) -> Result<()> {
    let written = serde_json::to_string(walk)?;
    tx.must(GO_ON, params![status_id, began_at, walk.found, written]);
    Ok(())
}

/// The one that began then is over.
pub async fn end(db: &Db, status_id: i64, began_at: i64, found: i64, now_ms: i64) -> Result<()> {
    db.exec(END, params![status_id, began_at, found, now_ms])
        .await?;
    Ok(())
}

/// Counts on `backfills_by_start`.
const FORGET: Sql = sql!(
    "DELETE FROM backfills
      WHERE status_id IN (SELECT status_id FROM backfills WHERE began_at < $1 ORDER BY began_at LIMIT $2)"
);

/// Forgets up to `most` that began before this, and says how many it were.
pub async fn forget(db: &Db, before: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET, params![before, most]).await?)
}
