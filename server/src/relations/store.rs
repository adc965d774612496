//! SQL of `blocks` and `mutes`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::Telling;
use crate::error::Result;

const INSERT_BLOCK: Sql = sql!(
    "INSERT INTO blocks (account_id, target_id, iri, told, created_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING"
);
const DELETE_BLOCK: Sql = sql!("DELETE FROM blocks WHERE account_id = $1 AND target_id = $2");
const BLOCK: Sql<(String, bool)> = sql!(row: (String, bool), "SELECT iri, told FROM blocks WHERE account_id = $1 AND target_id = $2");
const TARGET_BY_IRI: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT target_id FROM blocks WHERE iri = $2 AND account_id = $1");
const INSERT_MUTE: Sql = sql!(
    "INSERT INTO mutes (account_id, target_id, expires_at, created_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, target_id) DO UPDATE SET expires_at = excluded.expires_at"
);
const DELETE_MUTE: Sql = sql!("DELETE FROM mutes WHERE account_id = $1 AND target_id = $2");
const AMONG: Sql<(i64, bool)> = sql!(
    row: (i64, bool),
    sqlite: "SELECT target_id, TRUE
               FROM blocks
              WHERE account_id = $1 AND target_id IN (SELECT value FROM json_each($2))
              UNION ALL
             SELECT target_id, FALSE
               FROM mutes
              WHERE account_id = $1
                AND target_id IN (SELECT value FROM json_each($2))
                AND (expires_at IS NULL OR expires_at > $3)
              LIMIT $4",
    pg: "SELECT target_id, TRUE
           FROM blocks
          WHERE account_id = $1 AND target_id = ANY($2)
          UNION ALL
         SELECT target_id, FALSE
           FROM mutes
          WHERE account_id = $1 AND target_id = ANY($2) AND (expires_at IS NULL OR expires_at > $3)
          LIMIT $4",
);

/// Whom of these the account holds something against; `true` for a block, `false` for a mute.
pub async fn among(
    db: &Db,
    account_id: i64,
    others: Vec<i64>,
    now_ms: i64,
) -> Result<Vec<(i64, bool)>> {
    let most = i64::try_from(others.len() * 2).unwrap_or(i64::MAX);
    Ok(db
        .all(AMONG, params![account_id, others, now_ms, most])
        .await?)
}

pub fn insert_block(
    tx: &mut Tx,
    account_id: i64,
    target_id: i64,
    iri: &str,
    telling: Telling,
    now_ms: i64,
) {
    tx.exec(
        INSERT_BLOCK,
        params![
            account_id,
            target_id,
            iri,
            telling == Telling::TheirServer,
            now_ms
        ],
    );
}

pub fn delete_block(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(DELETE_BLOCK, params![account_id, target_id]);
}

/// The id of the Block, and whether the other side's server was sent it.
pub async fn block(db: &Db, account_id: i64, target_id: i64) -> Result<Option<(String, bool)>> {
    Ok(db.opt(BLOCK, params![account_id, target_id]).await?)
}

pub async fn target_by_iri(db: &Db, account_id: i64, iri: &str) -> Result<Option<i64>> {
    Ok(db
        .opt_column(TARGET_BY_IRI, params![account_id, iri])
        .await?)
}

pub fn insert_mute(
    tx: &mut Tx,
    account_id: i64,
    target_id: i64,
    expires_at: Option<i64>,
    now_ms: i64,
) {
    tx.exec(
        INSERT_MUTE,
        params![account_id, target_id, expires_at, now_ms],
    );
}

pub fn delete_mute(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(DELETE_MUTE, params![account_id, target_id]);
}
