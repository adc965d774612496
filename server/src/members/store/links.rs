//! SQL of `letter_links`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// One row of `letter_links`.
    #[derive(Debug)]
    pub struct LinkRow {
        pub subject_id: i64,
        pub email: String,
    }
}

const DROP_ONE: Sql = sql!("DELETE FROM letter_links WHERE subject_id = $1 AND purpose = $2");
const INSERT: Sql = sql!(
    "INSERT INTO letter_links (token_hash, subject_id, purpose, email, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6)"
);

/// The one link of this purpose; earlier ones end.
pub fn replace(
    tx: &mut Tx,
    token_hash: Vec<u8>,
    subject_id: i64,
    purpose: &'static str,
    email: &str,
    times: (i64, i64),
) {
    tx.exec(DROP_ONE, params![subject_id, purpose]);
    tx.exec(
        INSERT,
        params![token_hash, subject_id, purpose, email, times.0, times.1],
    );
}

pub fn drop_one(tx: &mut Tx, subject_id: i64, purpose: &'static str) {
    tx.exec(DROP_ONE, params![subject_id, purpose]);
}

const FIND: Sql<LinkRow> = sql!(
    row: LinkRow,
    "SELECT subject_id, email
       FROM letter_links
      WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3"
);

pub async fn find(
    db: &Db,
    token_hash: Vec<u8>,
    purpose: &'static str,
    now_ms: i64,
) -> Result<Option<LinkRow>> {
    Ok(db.opt(FIND, params![token_hash, purpose, now_ms]).await?)
}

const USE: Sql = sql!("DELETE FROM letter_links WHERE token_hash = $1");

/// Rolls everything back when somebody used it first.
pub fn use_up(tx: &mut Tx, token_hash: Vec<u8>) {
    tx.must(USE, params![token_hash]);
}

const DROP_ALL: Sql = sql!("DELETE FROM letter_links WHERE subject_id = $1");

pub fn drop_all(tx: &mut Tx, subject_id: i64) {
    tx.exec(DROP_ALL, params![subject_id]);
}

const FORGET: Sql = sql!(
    "DELETE FROM letter_links
      WHERE token_hash IN (SELECT token_hash FROM letter_links WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)"
);

/// Forgets up to `most` links that have expired, and says how many it were.
pub async fn forget(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET, params![now_ms, most]).await?)
}
