//! SQL of `drafts`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::Draft;
use crate::error::Result;

row! {
    /// One row of `drafts`.
    #[derive(Debug)]
    pub struct DraftRow {
        pub id: i64,
        pub sent: String,
        pub created_at: i64,
        pub updated_at: i64,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO drafts (id, account_id, sent, created_at, updated_at)
     SELECT $1, $2, $3, $4, $4
      WHERE (SELECT count(*) FROM drafts WHERE account_id = $2) < $5"
);
const CHANGE: Sql = sql!(
    "UPDATE drafts
        SET sent = $3, updated_at = $4
      WHERE account_id = $1 AND id = $2 AND updated_at = $5"
);
const DELETE: Sql =
    sql!("DELETE FROM drafts WHERE account_id = $1 AND id = $2 AND updated_at = $3");
const FIND: Sql<DraftRow> = sql!(
    row: DraftRow,
    "SELECT id, sent, created_at, updated_at FROM drafts WHERE account_id = $1 AND id = $2"
);
/// Counts on `drafts_by_account`.
const OF: Sql<DraftRow> = sql!(
    row: DraftRow,
    "SELECT id, sent, created_at, updated_at
       FROM drafts
      WHERE account_id = $1
      ORDER BY updated_at DESC, id DESC
      LIMIT $2"
);

/// Undoes the whole transaction where there are `most`.
pub fn insert(tx: &mut Tx, account_id: i64, draft: &Draft, text: &str, most: i64) {
    tx.must(
        INSERT,
        params![draft.id, account_id, text, draft.created_at, most],
    );
}

/// Undoes the whole transaction where it is none of theirs, or was changed since it was read: its last change then was
/// at `was_ms`.
pub fn change(tx: &mut Tx, account_id: i64, draft: &Draft, text: &str, was_ms: i64) {
    tx.must(
        CHANGE,
        params![account_id, draft.id, text, draft.updated_at, was_ms],
    );
}

/// Undoes the whole transaction where it is none of theirs, or was changed since it was read: its last change then was
/// at `was_ms`.
pub fn delete(tx: &mut Tx, account_id: i64, id: i64, was_ms: i64) {
    tx.must(DELETE, params![account_id, id, was_ms]);
}

pub async fn find(db: &Db, account_id: i64, id: i64) -> Result<Option<DraftRow>> {
    Ok(db.opt(FIND, params![account_id, id]).await?)
}

pub async fn of(db: &Db, account_id: i64, most: i64) -> Result<Vec<DraftRow>> {
    Ok(db.all(OF, params![account_id, most]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "DELETE FROM drafts
      WHERE account_id = $1 AND id IN (SELECT id FROM drafts WHERE account_id = $1 LIMIT $2)"
)];
