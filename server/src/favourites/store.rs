//! SQL of `favourites`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::window::{Entries, Ids, entries_in, ids_in};

const INSERT: Sql = sql!(
    "INSERT INTO favourites (id, account_id, status_id, iri, created_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING"
);
const DELETE: Sql = sql!("DELETE FROM favourites WHERE account_id = $1 AND status_id = $2");
const IRI_OF: Sql<(String,)> =
    sql!(row: (String,), "SELECT iri FROM favourites WHERE account_id = $1 AND status_id = $2");
const STATUS_BY_IRI: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT status_id FROM favourites WHERE iri = $2 AND account_id = $1");
/// A plain favourite came to one that was there as the reaction of the same person: it gets this address, and the reaction
/// keeps its own.
const SET_APART: Sql = sql!(
    "UPDATE favourites
        SET iri = $3
      WHERE account_id = $1 AND status_id = $2
        AND EXISTS (SELECT 1
                      FROM reactions r
                     WHERE r.account_id = $1 AND r.status_id = $2 AND r.iri <> '' AND r.iri = favourites.iri)"
);
/// What is left of a favourite is the reaction that came by itself: it has that one's address from now on.
const LEAVE_REACTION: Sql = sql!(
    "UPDATE favourites
        SET iri = (SELECT r.iri FROM reactions r WHERE r.account_id = $1 AND r.status_id = $2)
      WHERE account_id = $1 AND status_id = $2
        AND EXISTS (SELECT 1
                      FROM reactions r
                     WHERE r.account_id = $1 AND r.status_id = $2 AND r.iri <> '' AND r.iri <> favourites.iri)"
);
/// Who favourited a status. Counts on `favourites_by_status`.
pub const BY: Ids = ids_in!(
    "account_id",
    "SELECT account_id FROM favourites WHERE status_id = $4"
);
/// Statuses that an account favourited; nobody is cleared to see them yet. Counts on `favourites_newest`.
pub const BY_ACCOUNT: Entries = entries_in!(
    "id",
    "SELECT id, status_id
       FROM favourites
      WHERE account_id = $4"
);

const SOME_OF: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id FROM favourites WHERE account_id = $1 ORDER BY status_id LIMIT $2"
);

/// Some of what an account favourited.
pub async fn some_of(db: &Db, account_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(SOME_OF, params![account_id, most]).await?)
}

/// Undoes the whole transaction when it is there already.
pub fn insert(tx: &mut Tx, id: i64, account_id: i64, status_id: i64, iri: &str, now_ms: i64) {
    tx.must(INSERT, params![id, account_id, status_id, iri, now_ms]);
}

/// Undoes the whole transaction when there is none.
pub fn delete(tx: &mut Tx, account_id: i64, status_id: i64) {
    tx.must(DELETE, params![account_id, status_id]);
}

/// A favourite that was a reaction alone is known by this address as well as by the reaction's. Changes nothing where it is
/// another.
pub fn set_apart(tx: &mut Tx, account_id: i64, status_id: i64, iri: &str) {
    tx.exec(SET_APART, params![account_id, status_id, iri]);
}

/// The favourite is taken back, and the reaction beside it is not. Undoes the whole transaction where no reaction came from
/// elsewhere by itself.
pub fn leave_reaction(tx: &mut Tx, account_id: i64, status_id: i64) {
    tx.must(LEAVE_REACTION, params![account_id, status_id]);
}

pub async fn iri_of(db: &Db, account_id: i64, status_id: i64) -> Result<Option<String>> {
    Ok(db
        .opt_column(IRI_OF, params![account_id, status_id])
        .await?)
}

pub async fn status_by_iri(db: &Db, account_id: i64, iri: &str) -> Result<Option<i64>> {
    Ok(db
        .opt_column(STATUS_BY_IRI, params![account_id, iri])
        .await?)
}
