//! SQL of `hashtag_entries`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::window::{Ids, ids_in};

const INSERT: Sql = sql!(
    "INSERT INTO hashtag_entries (name, status_id)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);
const WITHDRAW: Sql = sql!("DELETE FROM hashtag_entries WHERE status_id = $1");
/// Statuses that name one of these (folded); nobody is cleared to see them yet.
pub const NAMED: Ids = ids_in!(
    "status_id",
    sqlite: "SELECT DISTINCT status_id
               FROM hashtag_entries
              WHERE name IN (SELECT value FROM json_each($4))",
    pg: "SELECT DISTINCT status_id
           FROM hashtag_entries
          WHERE name = ANY($4)"
);

/// On PostgreSQL by `hashtag_entries_by_letters`: letters are ordered as bytes, whatever order the database has.
const BEGINNING: Sql<(String,)> = sql!(
    row: (String,),
    sqlite: "SELECT DISTINCT name
               FROM hashtag_entries
              WHERE name >= $1 AND name < $2
              ORDER BY name
              LIMIT $3",
    pg: "SELECT DISTINCT name COLLATE \"C\" AS name
           FROM hashtag_entries
          WHERE name COLLATE \"C\" >= $1 AND name COLLATE \"C\" < $2
          ORDER BY 1
          LIMIT $3",
);

/// Names (folded) that begin so, at most `limit`.
pub async fn beginning(db: &Db, prefix: &str, limit: i64) -> Result<Vec<String>> {
    let after = format!("{prefix}\u{10FFFF}");
    Ok(db.column(BEGINNING, params![prefix, after, limit]).await?)
}

/// Counts on `hashtag_entries_by_status`.
const RECENT: Sql<(String, i64, i64)> = sql!(
    row: (String, i64, i64),
    "SELECT newest.name, newest.status_id, s.account_id
       FROM (SELECT name, status_id
               FROM hashtag_entries
              WHERE status_id > $1
              ORDER BY status_id DESC
              LIMIT $2) newest
       JOIN statuses s ON s.id = newest.status_id
      ORDER BY newest.status_id DESC
      LIMIT $2"
);

/// Names, the statuses that name them and their authors, the newest first.
pub async fn recent(db: &Db, above: i64, most: i64) -> Result<Vec<(String, i64, i64)>> {
    Ok(db.all(RECENT, params![above, most]).await?)
}

pub fn insert(tx: &mut Tx, name: &str, status_id: i64) {
    tx.exec(INSERT, params![name, status_id]);
}

pub fn withdraw(tx: &mut Tx, status_id: i64) {
    tx.exec(WITHDRAW, params![status_id]);
}
