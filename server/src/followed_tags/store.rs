//! SQL of `followed_tags`.

use std::collections::HashSet;

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::window::Window;

const INSERT: Sql = sql!(
    "INSERT INTO followed_tags (id, account_id, name)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);
const DELETE: Sql = sql!("DELETE FROM followed_tags WHERE account_id = $1 AND name = $2");
const COUNT: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM followed_tags WHERE account_id = $1");
const AMONG: Sql<(String,)> = sql!(
    row: (String,),
    sqlite: "SELECT name
               FROM followed_tags
              WHERE account_id = $1 AND name IN (SELECT value FROM json_each($2))",
    pg: "SELECT name
           FROM followed_tags
          WHERE account_id = $1 AND name = ANY($2)",
);
/// Counts on `followed_tags_newest`.
const NEWEST: Sql<(i64, String)> = sql!(
    row: (i64, String),
    "SELECT id, name
       FROM followed_tags
      WHERE account_id = $1 AND id < $2 AND id > $3
      ORDER BY id DESC
      LIMIT $4"
);
const OLDEST: Sql<(i64, String)> = sql!(
    row: (i64, String),
    "SELECT id, name
       FROM followed_tags
      WHERE account_id = $1 AND id < $2 AND id > $3
      ORDER BY id
      LIMIT $4"
);

pub fn insert(tx: &mut Tx, id: i64, account_id: i64, name: &str) {
    tx.exec(INSERT, params![id, account_id, name]);
}

pub fn delete(tx: &mut Tx, account_id: i64, name: &str) {
    tx.exec(DELETE, params![account_id, name]);
}

pub async fn count(db: &Db, account_id: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![account_id]).await?.0)
}

pub async fn among(db: &Db, account_id: i64, names: Vec<String>) -> Result<HashSet<String>> {
    let among = db.column(AMONG, params![account_id, names]).await?;
    Ok(among.into_iter().collect())
}

/// Newest first.
pub async fn list(
    db: &Db,
    account_id: i64,
    window: Window,
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    let values = params![account_id, window.below, window.above, limit];
    if !window.from_below {
        return Ok(db.all(NEWEST, values).await?);
    }
    let mut rows = db.all(OLDEST, values).await?;
    rows.reverse();
    Ok(rows)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM followed_tags
          WHERE account_id = $1 AND id IN (SELECT id FROM followed_tags WHERE account_id = $1 LIMIT $2)"
    ),
];
