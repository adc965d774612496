//! SQL of `leaving_inboxes`.

use comity_db::{Db, Sql, Tx, params, sql};
use comity_vocab::Iri;

use crate::error::Result;

const NOTE: Sql = sql!(
    "INSERT INTO leaving_inboxes (account_id, inbox)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);
const SOME: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT inbox FROM leaving_inboxes WHERE account_id = $1 ORDER BY inbox LIMIT $2"
);
const TOLD: Sql = sql!("DELETE FROM leaving_inboxes WHERE account_id = $1 AND inbox = $2");

/// Something of theirs is there.
pub fn note(tx: &mut Tx, account_id: i64, inbox: &Iri) {
    tx.exec(NOTE, params![account_id, inbox.as_str()]);
}

/// Some of those that were not told yet.
pub async fn some(db: &Db, account_id: i64, most: i64) -> Result<Vec<String>> {
    Ok(db.column(SOME, params![account_id, most]).await?)
}

/// The word is on its way there.
pub fn told(tx: &mut Tx, account_id: i64, inbox: &Iri) {
    tx.exec(TOLD, params![account_id, inbox.as_str()]);
}
