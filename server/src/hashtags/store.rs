//! SQL of `hashtag_entries`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;

const INSERT: Sql = sql!(
    "INSERT INTO hashtag_entries (name, status_id)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);
const WITHDRAW: Sql = sql!("DELETE FROM hashtag_entries WHERE status_id = $1");
const IDS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id
       FROM hashtag_entries
      WHERE name = $1 AND status_id < $2
      ORDER BY status_id DESC
      LIMIT $3"
);

pub fn insert(tx: &mut Tx, name: &str, status_id: i64) {
    tx.exec(INSERT, params![name, status_id]);
}

pub fn withdraw(tx: &mut Tx, status_id: i64) {
    tx.exec(WITHDRAW, params![status_id]);
}

/// Statuses that name it (folded), newest first; nobody is cleared to see them yet.
pub async fn ids(db: &Db, name: &str, max_id: i64, limit: i64) -> Result<Vec<i64>> {
    Ok(db.column(IDS, params![name, max_id, limit]).await?)
}
