//! SQL of `stamps`.

use comity_db::{Db, Sql, Tx, params, row, sql};
use comity_vocab::Consented;

use crate::error::{Error, Result};

row! {
    /// A yes that a member gave.
    #[derive(Debug, Clone)]
    pub struct StampRow {
        pub id: i64,
        pub account_id: i64,
        pub target_id: i64,
        pub object_iri: String,
        pub request: Option<String>,
        pub permits: String,
    }
}

impl StampRow {
    /// What it is a yes to.
    pub fn permits(&self) -> Result<Consented> {
        read(&self.permits)
    }
}

/// The word of the column. Members here say yes to answers and to quotes, and to nothing else one by one.
pub fn word(permits: Consented) -> Result<&'static str> {
    match permits {
        Consented::Reply => Ok("reply"),
        Consented::Quote => Ok("quote"),
        Consented::Like | Consented::Announce => Err(Error::internal(
            "a stamp is for an answer or a quote".to_owned(),
        )),
    }
}

/// Reads [`word`].
pub fn read(word: &str) -> Result<Consented> {
    match word {
        "reply" => Ok(Consented::Reply),
        "quote" => Ok(Consented::Quote),
        other => Err(Error::internal(format!("a stamp permits {other:?}"))),
    }
}

const BY_ID: Sql<StampRow> = sql!(
    row: StampRow,
    "SELECT id, account_id, target_id, object_iri, request, permits FROM stamps WHERE id = $1"
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<StampRow>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

/// Counts on `stamps_once`.
const OF: Sql<StampRow> = sql!(
    row: StampRow,
    "SELECT id, account_id, target_id, object_iri, request, permits
       FROM stamps
      WHERE target_id = $1 AND object_iri = $2 AND permits = $3"
);

/// The yes to this answer or quote.
pub async fn of(
    db: &Db,
    target_id: i64,
    object_iri: &str,
    permits: Consented,
) -> Result<Option<StampRow>> {
    Ok(db
        .opt(OF, params![target_id, object_iri, word(permits)?])
        .await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO stamps (id, account_id, target_id, object_iri, request, permits, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (target_id, object_iri, permits) DO UPDATE
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
            row.permits.as_str(),
            now_ms,
        ],
    );
}

const DELETE: Sql =
    sql!("DELETE FROM stamps WHERE target_id = $1 AND object_iri = $2 AND permits = $3");

pub fn delete(tx: &mut Tx, target_id: i64, object_iri: &str, permits: &str) {
    tx.exec(DELETE, params![target_id, object_iri, permits]);
}
