//! SQL of `endorsements`.

use std::collections::HashSet;

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::window::{Entries, Window, entries_in};

const INSERT: Sql = sql!(
    "INSERT INTO endorsements (id, account_id, target_id)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);
const DELETE: Sql = sql!("DELETE FROM endorsements WHERE account_id = $1 AND target_id = $2");
const COUNT: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM endorsements WHERE account_id = $1");
const AMONG: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT target_id
               FROM endorsements
              WHERE account_id = $1 AND target_id IN (SELECT value FROM json_each($2))",
    pg: "SELECT target_id
           FROM endorsements
          WHERE account_id = $1 AND target_id = ANY($2)",
);
/// Counts on `endorsements_newest`.
const LIST: Entries = entries_in!(
    "id",
    "SELECT id, target_id
       FROM endorsements
      WHERE account_id = $4"
);

pub async fn insert(db: &Db, id: i64, account_id: i64, target_id: i64) -> Result<()> {
    db.exec(INSERT, params![id, account_id, target_id]).await?;
    Ok(())
}

pub async fn delete(db: &Db, account_id: i64, target_id: i64) -> Result<()> {
    db.exec(DELETE, params![account_id, target_id]).await?;
    Ok(())
}

/// Whom one follows no longer one recommends no longer, in the transaction that ends the follow.
pub fn withdraw(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(DELETE, params![account_id, target_id]);
}

pub async fn count(db: &Db, account_id: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![account_id]).await?.0)
}

pub async fn among(db: &Db, account_id: i64, targets: Vec<i64>) -> Result<HashSet<i64>> {
    let among = db.column(AMONG, params![account_id, targets]).await?;
    Ok(among.into_iter().collect())
}

pub async fn list(db: &Db, account_id: i64, window: Window, limit: i64) -> Result<Vec<(i64, i64)>> {
    LIST.rows(db, window, limit, params![account_id]).await
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM endorsements
          WHERE account_id = $1 AND id IN (SELECT id FROM endorsements WHERE account_id = $1 LIMIT $2)"
    ),
];
