//! SQL of `gate_closings`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::Closing;
use crate::error::Result;

const INSERT: Sql = sql!(
    "INSERT INTO gate_closings (id, community_id, reason, closed_by, closed_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6)"
);

pub fn insert(
    tx: &mut Tx,
    id: i64,
    community_id: i64,
    reason: &str,
    by: Option<i64>,
    now_ms: i64,
    until_ms: i64,
) {
    tx.exec(
        INSERT,
        params![id, community_id, reason, by, now_ms, until_ms],
    );
}

const END_STANDING: Sql = sql!(
    "UPDATE gate_closings
        SET opened_by = $2, opened_at = $3
      WHERE community_id = $1
        AND opened_at IS NULL
        AND until_at > $3"
);

/// The one that stands, if one does.
pub fn end_standing(tx: &mut Tx, community_id: i64, by: Option<i64>, now_ms: i64) {
    tx.exec(END_STANDING, params![community_id, by, now_ms]);
}

const CLOSINGS: Sql<Closing> = sql!(
    row: Closing,
    "SELECT id, reason, closed_by, closed_at, until_at, opened_by, opened_at
       FROM gate_closings
      WHERE community_id = $1
      ORDER BY id DESC
      LIMIT $2"
);

pub async fn closings(db: &Db, community_id: i64, limit: i64) -> Result<Vec<Closing>> {
    Ok(db.all(CLOSINGS, params![community_id, limit]).await?)
}

const COMMUNITY_OF: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT community_id FROM gate_closings WHERE id = $1");

pub async fn community_of(db: &Db, id: i64) -> Result<Option<i64>> {
    let found = db.opt(COMMUNITY_OF, params![id]).await?;
    Ok(found.map(|(community,)| community))
}

/// The one that stands. Counts on `gate_closings_of_community`.
const STANDING: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM gate_closings
      WHERE community_id = $1 AND opened_at IS NULL AND until_at > $2
      ORDER BY id DESC
      LIMIT 1"
);

pub async fn standing(db: &Db, community_id: i64, now_ms: i64) -> Result<Option<i64>> {
    let found = db.opt(STANDING, params![community_id, now_ms]).await?;
    Ok(found.map(|(id,)| id))
}
