//! SQL of `boundary_changes`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// A change of a list or of a mode.
    #[derive(Debug)]
    pub struct ChangeRow {
        pub id: i64,
        pub community_id: i64,
        pub account_id: Option<i64>,
        pub list_id: Option<i64>,
        pub removed: Option<String>,
        pub mode_from: Option<String>,
        pub mode_to: Option<String>,
        pub at: i64,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO boundary_changes (id, community_id, account_id, list_id, removed, mode_from, mode_to, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
const BY_IDS: Sql<ChangeRow> = sql!(
    row: ChangeRow,
    sqlite: "SELECT id, community_id, account_id, list_id, removed, mode_from, mode_to, at
               FROM boundary_changes
              WHERE id IN (SELECT value FROM json_each($1))",
    pg: "SELECT id, community_id, account_id, list_id, removed, mode_from, mode_to, at
           FROM boundary_changes
          WHERE id = ANY($1)"
);

pub fn insert(tx: &mut Tx, row: &ChangeRow) {
    tx.exec(
        INSERT,
        params![
            row.id,
            row.community_id,
            row.account_id,
            row.list_id,
            row.removed.as_deref(),
            row.mode_from.as_deref(),
            row.mode_to.as_deref(),
            row.at
        ],
    );
}

pub async fn by_ids(db: &Db, ids: Vec<i64>) -> Result<Vec<ChangeRow>> {
    Ok(db.all(BY_IDS, params![ids]).await?)
}

/// Counts on `boundary_changes_by_age` and `notifications_by_rule`.
const FORGET_UNTOLD: Sql = sql!(
    "DELETE FROM boundary_changes
      WHERE id IN (SELECT c.id
                     FROM boundary_changes c
                    WHERE c.at < $1
                      AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.rule_id = c.id)
                    ORDER BY c.at
                    LIMIT $2)"
);

/// Changes before that moment that no notification names.
pub async fn forget_untold(db: &Db, before_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET_UNTOLD, params![before_ms, most]).await?)
}

/// Changes of a member's own lists and mode (`$1`), at most `$2` at a time: they leave.
pub const OF_MEMBER: Sql = sql!(
    "DELETE FROM boundary_changes
      WHERE account_id = $1 AND id IN (SELECT id FROM boundary_changes WHERE account_id = $1 LIMIT $2)"
);
