//! SQL of `link_entries`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::window::{Ids, ids_in};

const INSERT: Sql = sql!(
    "INSERT INTO link_entries (url, status_id)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);
const WITHDRAW: Sql = sql!("DELETE FROM link_entries WHERE status_id = $1");

/// Statuses that link to this address; nobody is cleared to see them yet.
pub const LINKING: Ids = ids_in!(
    "status_id",
    "SELECT status_id
       FROM link_entries
      WHERE url = $4"
);

/// Counts on `link_entries_by_status`.
const RECENT: Sql<(String, i64, i64)> = sql!(
    row: (String, i64, i64),
    "SELECT newest.url, newest.status_id, s.account_id
       FROM (SELECT url, status_id
               FROM link_entries
              WHERE status_id > $1
              ORDER BY status_id DESC
              LIMIT $2) newest
       JOIN statuses s ON s.id = newest.status_id
      ORDER BY newest.status_id DESC
      LIMIT $2"
);

pub fn insert(tx: &mut Tx, url: &str, status_id: i64) {
    tx.exec(INSERT, params![url, status_id]);
}

pub fn withdraw(tx: &mut Tx, status_id: i64) {
    tx.exec(WITHDRAW, params![status_id]);
}

/// Addresses, the statuses that link to them and their authors, the newest first.
pub async fn recent(db: &Db, above: i64, most: i64) -> Result<Vec<(String, i64, i64)>> {
    Ok(db.all(RECENT, params![above, most]).await?)
}
