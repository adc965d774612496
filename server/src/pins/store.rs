//! SQL of `pins`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;

const INSERT: Sql = sql!(
    "INSERT INTO pins (account_id, status_id, created_at)
     SELECT $1, $2, $3
      WHERE (SELECT count(*) FROM pins WHERE account_id = $1) < $4
     ON CONFLICT (account_id, status_id) DO NOTHING"
);
const DELETE: Sql = sql!("DELETE FROM pins WHERE account_id = $1 AND status_id = $2");
const OF: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id
       FROM pins
      WHERE account_id = $1
      ORDER BY created_at DESC, status_id DESC
      LIMIT $2"
);

/// Undoes the whole transaction when it is there already, or when there are `most`.
pub fn insert(tx: &mut Tx, account_id: i64, status_id: i64, most: i64, now_ms: i64) {
    tx.must(INSERT, params![account_id, status_id, now_ms, most]);
}

/// Undoes the whole transaction when there is none.
pub fn delete(tx: &mut Tx, account_id: i64, status_id: i64) {
    tx.must(DELETE, params![account_id, status_id]);
}

/// Newest first.
pub async fn of(db: &Db, account_id: i64, limit: i64) -> Result<Vec<i64>> {
    Ok(db.column(OF, params![account_id, limit]).await?)
}
