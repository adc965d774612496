//! SQL of `notifications`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// A notification before anybody asked whether it is shown.
    #[derive(Debug)]
    pub struct NotificationRow {
        pub id: i64,
        pub kind: String,
        pub from_account_id: i64,
        pub status_id: Option<i64>,
        pub created_at: i64,
    }
}

/// Only members have any: for accounts elsewhere nothing is written.
const INSERT: Sql = sql!(
    "INSERT INTO notifications (id, account_id, kind, from_account_id, status_id, created_at)
     SELECT $1, m.account_id, $3, $4, $5, $6
       FROM members m
      WHERE m.account_id = $2
     ON CONFLICT DO NOTHING"
);
const DELETE: Sql = sql!(
    "DELETE FROM notifications
      WHERE account_id = $1 AND kind = $2 AND from_account_id = $3 AND status_id IS NOT DISTINCT FROM $4"
);
const NEWEST: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    "SELECT id, kind, from_account_id, status_id, created_at
       FROM notifications
      WHERE account_id = $1 AND id < $2
      ORDER BY id DESC
      LIMIT $3"
);
const NEWER: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM notifications
      WHERE account_id = $1 AND id > $2
      ORDER BY id
      LIMIT 1"
);

pub fn insert(
    tx: &mut Tx,
    id: i64,
    to: i64,
    kind: &str,
    from: i64,
    status: Option<i64>,
    now_ms: i64,
) {
    tx.exec(INSERT, params![id, to, kind, from, status, now_ms]);
}

pub fn delete(tx: &mut Tx, to: i64, kind: &str, from: i64, status: Option<i64>) {
    tx.exec(DELETE, params![to, kind, from, status]);
}

pub async fn newest(
    db: &Db,
    account_id: i64,
    max_id: i64,
    limit: i64,
) -> Result<Vec<NotificationRow>> {
    Ok(db.all(NEWEST, params![account_id, max_id, limit]).await?)
}

pub async fn any_newer(db: &Db, account_id: i64, than_id: i64) -> Result<bool> {
    Ok(db.opt(NEWER, params![account_id, than_id]).await?.is_some())
}
