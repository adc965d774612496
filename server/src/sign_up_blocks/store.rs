//! SQL of `sign_up_blocks`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::model::{Block, Kind, Severity};
use crate::error::Result;

row! {
    /// One row of `sign_up_blocks`.
    pub struct BlockRow {
        pub id: i64,
        pub kind: String,
        pub pattern: String,
        pub severity: String,
        pub comment: String,
        pub set_by: i64,
        pub created_at: i64,
        pub expires_at: Option<i64>,
    }
}

impl BlockRow {
    /// `None` for a row that a later version wrote.
    fn block(self) -> Option<Block> {
        Some(Block {
            id: self.id,
            kind: Kind::parse(&self.kind)?,
            pattern: self.pattern,
            severity: Severity::parse(&self.severity)?,
            comment: self.comment,
            set_by: self.set_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }
}

const ALL: Sql<BlockRow> = sql!(
    row: BlockRow,
    "SELECT id, kind, pattern, severity, comment, set_by, created_at, expires_at
       FROM sign_up_blocks
      WHERE community_id = $1 AND (expires_at IS NULL OR expires_at > $2)
      ORDER BY id DESC
      LIMIT $3"
);

/// Those in force, newest first.
pub async fn all(db: &Db, community_id: i64, now_ms: i64, most: i64) -> Result<Vec<Block>> {
    let rows = db.all(ALL, params![community_id, now_ms, most]).await?;
    Ok(rows.into_iter().filter_map(BlockRow::block).collect())
}

const DROP_EXPIRED: Sql =
    sql!("DELETE FROM sign_up_blocks WHERE community_id = $1 AND expires_at <= $2");
const INSERT: Sql = sql!(
    "INSERT INTO sign_up_blocks (id, community_id, kind, pattern, severity, comment, set_by, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);

/// Conflicts where there is one with this pattern. Those that are over make room.
pub fn insert(tx: &mut Tx, community_id: i64, block: &Block) {
    tx.exec(DROP_EXPIRED, params![community_id, block.created_at]);
    tx.exec(
        INSERT,
        params![
            block.id,
            community_id,
            block.kind.as_str(),
            block.pattern.as_str(),
            block.severity.as_str(),
            block.comment.as_str(),
            block.set_by,
            block.created_at,
            block.expires_at,
        ],
    );
}

const CHANGE: Sql = sql!(
    "UPDATE sign_up_blocks SET pattern = $3, severity = $4, comment = $5, expires_at = $6
      WHERE id = $1 AND community_id = $2"
);

/// Conflicts where there is another with this pattern; undoes the whole transaction where it was taken back meanwhile.
pub fn change(tx: &mut Tx, community_id: i64, block: &Block, now_ms: i64) {
    tx.exec(DROP_EXPIRED, params![community_id, now_ms]);
    tx.must(
        CHANGE,
        params![
            block.id,
            community_id,
            block.pattern.as_str(),
            block.severity.as_str(),
            block.comment.as_str(),
            block.expires_at,
        ],
    );
}

const DELETE: Sql = sql!("DELETE FROM sign_up_blocks WHERE id = $1 AND community_id = $2");

pub fn delete(tx: &mut Tx, community_id: i64, id: i64) {
    tx.exec(DELETE, params![id, community_id]);
}
