//! SQL of `markers`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::Marker;
use crate::error::Result;

const OF: Sql<(String, i64, i64, i64)> = sql!(
    row: (String, i64, i64, i64),
    "SELECT timeline, last_read_id, version, updated_at
       FROM markers
      WHERE account_id = $1
      LIMIT 10"
);
const INSERT: Sql = sql!(
    "INSERT INTO markers (account_id, timeline, last_read_id, version, updated_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING"
);
const CHANGE: Sql = sql!(
    "UPDATE markers
        SET last_read_id = $3, version = $4, updated_at = $5
      WHERE account_id = $1 AND timeline = $2 AND version = $6"
);
/// Only ever forwards.
const READ_NOTIFICATIONS: Sql = sql!(
    "INSERT INTO markers (account_id, timeline, last_read_id, version, updated_at)
     VALUES ($1, 'notifications', $2, 0, $3)
     ON CONFLICT (account_id, timeline) DO UPDATE
        SET last_read_id = excluded.last_read_id,
            version = markers.version + 1,
            updated_at = excluded.updated_at
      WHERE markers.last_read_id < excluded.last_read_id"
);

/// (timeline, last read, version, updated)
pub async fn of(db: &Db, account_id: i64) -> Result<Vec<(String, i64, i64, i64)>> {
    Ok(db.all(OF, params![account_id]).await?)
}

/// Undoes the whole transaction when it is there already.
pub fn insert(tx: &mut Tx, account_id: i64, marker: &Marker) {
    tx.must(
        INSERT,
        params![
            account_id,
            marker.timeline.as_str(),
            marker.last_read_id,
            marker.version,
            marker.updated_at
        ],
    );
}

/// Undoes the whole transaction when it is of another version than `before`.
pub fn change(tx: &mut Tx, account_id: i64, marker: &Marker, before: i64) {
    tx.must(
        CHANGE,
        params![
            account_id,
            marker.timeline.as_str(),
            marker.last_read_id,
            marker.version,
            marker.updated_at,
            before
        ],
    );
}

/// Notifications up to this id were seen; those seen before stay seen.
pub async fn read_notifications(db: &Db, account_id: i64, up_to: i64, now_ms: i64) -> Result<()> {
    db.exec(READ_NOTIFICATIONS, params![account_id, up_to, now_ms])
        .await?;
    Ok(())
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM markers
          WHERE account_id = $1 AND timeline IN (SELECT timeline FROM markers WHERE account_id = $1 LIMIT $2)"
    ),
];
