//! SQL of `account_notes`.

use std::collections::HashMap;

use comity_db::{Db, Sql, params, sql};

use crate::error::Result;

const SAVE: Sql = sql!(
    "INSERT INTO account_notes (account_id, target_id, comment)
     VALUES ($1, $2, $3)
     ON CONFLICT (account_id, target_id) DO UPDATE SET comment = excluded.comment"
);
const DELETE: Sql = sql!("DELETE FROM account_notes WHERE account_id = $1 AND target_id = $2");
const COUNT: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM account_notes WHERE account_id = $1");
const AMONG: Sql<(i64, String)> = sql!(
    row: (i64, String),
    sqlite: "SELECT target_id, comment
               FROM account_notes
              WHERE account_id = $1 AND target_id IN (SELECT value FROM json_each($2))",
    pg: "SELECT target_id, comment
           FROM account_notes
          WHERE account_id = $1 AND target_id = ANY($2)",
);

pub async fn save(db: &Db, account_id: i64, target_id: i64, comment: &str) -> Result<()> {
    db.exec(SAVE, params![account_id, target_id, comment])
        .await?;
    Ok(())
}

pub async fn delete(db: &Db, account_id: i64, target_id: i64) -> Result<()> {
    db.exec(DELETE, params![account_id, target_id]).await?;
    Ok(())
}

pub async fn count(db: &Db, account_id: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![account_id]).await?.0)
}

pub async fn among(db: &Db, account_id: i64, targets: Vec<i64>) -> Result<HashMap<i64, String>> {
    let among = db.all(AMONG, params![account_id, targets]).await?;
    Ok(among.into_iter().collect())
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM account_notes
          WHERE account_id = $1 AND target_id IN (SELECT target_id FROM account_notes WHERE account_id = $1 LIMIT $2)"
    ),
];
