//! With which app a post was written. Its author is told; others where the author lets them be.

use std::collections::HashMap;

use comity_db::{Db, Sql, Tx, params, row, sql};
use serde_json::{Value, json};

use crate::error::Result;

/// As the app called itself then.
const NOTE: Sql = sql!(
    "INSERT INTO status_apps (status_id, name, website)
     SELECT $1, p.name, p.website
       FROM apps p
      WHERE p.id = $2
     ON CONFLICT DO NOTHING"
);

/// Writes down with which app a post is written, in the transaction that records it.
pub(super) fn note(tx: &mut Tx, status_id: i64, app_id: i64) {
    tx.exec(NOTE, params![status_id, app_id]);
}

row! {
    /// An app beside a post.
    #[derive(Debug)]
    pub struct WrittenRow {
        pub status_id: i64,
        pub account_id: i64,
        pub name: String,
        pub website: Option<String>,
        pub shows_app: bool,
    }
}

const OF: Sql<WrittenRow> = sql!(
    row: WrittenRow,
    sqlite: "SELECT w.status_id, s.account_id, w.name, w.website, m.shows_app
               FROM status_apps w
               JOIN statuses s ON s.id = w.status_id
               JOIN members m ON m.account_id = s.account_id
              WHERE w.status_id IN (SELECT value FROM json_each($1))
              LIMIT 1000",
    pg: "SELECT w.status_id, s.account_id, w.name, w.website, m.shows_app
           FROM status_apps w
           JOIN statuses s ON s.id = w.status_id
           JOIN members m ON m.account_id = s.account_id
          WHERE w.status_id = ANY($1)
          LIMIT 1000",
);

/// The apps with which these were written, as far as this member, or a visitor, is told.
pub(super) async fn of(
    db: &Db,
    reader: Option<i64>,
    status_ids: Vec<i64>,
) -> Result<HashMap<i64, Value>> {
    let rows = db.all(OF, params![status_ids]).await?;
    let told = rows
        .into_iter()
        .filter(|row| row.shows_app || reader == Some(row.account_id));
    let entity = |row: WrittenRow| {
        (
            row.status_id,
            json!({ "name": row.name, "website": row.website }),
        )
    };
    Ok(told.map(entity).collect())
}
