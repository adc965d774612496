//! SQL of `stamps`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// A yes that a member gave.
    #[derive(Debug, Clone)]
    pub struct StampRow {
        pub id: i64,
        pub account_id: i64,
        pub target_id: i64,
        pub object_iri: String,
        pub request: Option<String>,
    }
}

const BY_ID: Sql<StampRow> = sql!(
    row: StampRow,
    "SELECT id, account_id, target_id, object_iri, request FROM stamps WHERE id = $1"
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<StampRow>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

/// Counts on `stamps_once`.
const OF: Sql<StampRow> = sql!(
    row: StampRow,
    "SELECT id, account_id, target_id, object_iri, request
       FROM stamps
      WHERE target_id = $1 AND object_iri = $2"
);

/// The yes to this answer.
pub async fn of(db: &Db, target_id: i64, object_iri: &str) -> Result<Option<StampRow>> {
    Ok(db.opt(OF, params![target_id, object_iri]).await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO stamps (id, account_id, target_id, object_iri, request, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (target_id, object_iri) DO UPDATE
        SET request = excluded.request"
);

pub fn insert(tx: &mut Tx, row: &StampRow, now_ms: i64) {
    tx.exec(
        INSERT,
        params![
            row.id,
            row.account_id,
            row.target_id,
            row.object_iri.as_str(),
            row.request.as_deref(),
            now_ms,
        ],
    );
}

const DELETE: Sql = sql!("DELETE FROM stamps WHERE target_id = $1 AND object_iri = $2");

pub fn delete(tx: &mut Tx, target_id: i64, object_iri: &str) {
    tx.exec(DELETE, params![target_id, object_iri]);
}
