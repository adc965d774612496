//! SQL of `quotes`. Statuses are read together with what they quote (`statuses/store.rs`).

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{Quote, State};
use crate::error::Result;

/// One yes is for one quote. Others may claim it as well; beyond these nobody looks.
const MOST_BY_STAMP: i64 = 20;

const CLAIM: Sql = sql!(
    "INSERT INTO quotes (status_id, quoted_iri, quoted_id, quoted_account_id, state, stamp, request)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (status_id) DO UPDATE
        SET quoted_iri = excluded.quoted_iri, quoted_id = excluded.quoted_id,
            quoted_account_id = excluded.quoted_account_id, state = excluded.state,
            stamp = excluded.stamp, request = excluded.request"
);

/// Keeps what a status quotes, in place of what it quoted before.
pub fn keep(tx: &mut Tx, status_id: i64, quote: &Quote) {
    tx.exec(
        CLAIM,
        params![
            status_id,
            quote.iri.as_str(),
            quote.id,
            quote.author.as_ref().map(|author| author.id),
            quote.state.as_str(),
            quote.stamp.as_deref(),
            quote.request.as_deref(),
        ],
    );
}

const CHANGE: Sql =
    sql!("UPDATE quotes SET state = $3, stamp = $4 WHERE status_id = $1 AND state = $2");

/// Changes whether it may be shown, or undoes the whole transaction when that was changed meanwhile.
pub fn change(tx: &mut Tx, status_id: i64, from: State, to: State, stamp: Option<&str>) {
    tx.must(
        CHANGE,
        params![status_id, from.as_str(), to.as_str(), stamp],
    );
}

const DROP: Sql = sql!("DELETE FROM quotes WHERE status_id = $1");

/// It quotes nothing any more.
pub fn drop_of(tx: &mut Tx, status_id: i64) {
    tx.exec(DROP, params![status_id]);
}

/// Counts on `quotes_by_stamp`.
const BY_STAMP: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id
       FROM quotes
      WHERE stamp = $1 AND quoted_account_id = $2 AND state = 'stands'
      LIMIT $3"
);

/// What quotes this account by this yes.
pub async fn by_stamp(db: &Db, stamp: &str, account_id: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(BY_STAMP, params![stamp, account_id, MOST_BY_STAMP])
        .await?)
}
