//! SQL of `quotes` and `quotes_refused`. Statuses are read together with what they quote (`statuses/store.rs`).

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{Quote, State};
use crate::error::Result;
use crate::window::{Ids, ids_in};

/// One yes is for one quote. Others may claim it as well; so many are looked at in one go.
pub const BATCH: i64 = 20;

const KEEP: Sql = sql!(
    "INSERT INTO quotes (status_id, quoted_iri, quoted_id, quoted_account_id, state, stamp, request)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (status_id) DO NOTHING"
);

/// Keeps what a status quotes that quoted nothing, or undoes the whole transaction when it quotes by now.
pub fn keep(tx: &mut Tx, status_id: i64, quote: &Quote) {
    tx.must(
        KEEP,
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

const REPLACE: Sql = sql!(
    "UPDATE quotes
        SET quoted_iri = $5, quoted_id = $6, quoted_account_id = $7, state = $8, stamp = $9, request = $10
      WHERE status_id = $1 AND quoted_iri = $2 AND state = $3 AND stamp IS NOT DISTINCT FROM $4"
);

/// Puts one quote of a status in the place of another, or undoes the whole transaction when that is not (any more) what it
/// was read as: much may be said of it while a yes is fetched.
pub fn replace(tx: &mut Tx, status_id: i64, was: &Quote, now: &Quote) {
    tx.must(
        REPLACE,
        params![
            status_id,
            was.iri.as_str(),
            was.state.as_str(),
            was.stamp.as_deref(),
            now.iri.as_str(),
            now.id,
            now.author.as_ref().map(|author| author.id),
            now.state.as_str(),
            now.stamp.as_deref(),
            now.request.as_deref(),
        ],
    );
}

const CHANGE: Sql = sql!(
    "UPDATE quotes SET state = $4, stamp = $5 WHERE status_id = $1 AND quoted_iri = $2 AND state = $3"
);

/// Changes whether it may be shown, or undoes the whole transaction when that, or what is quoted, was changed meanwhile.
pub fn change(tx: &mut Tx, status_id: i64, was: &Quote, to: State, stamp: Option<&str>) {
    tx.must(
        CHANGE,
        params![
            status_id,
            was.iri.as_str(),
            was.state.as_str(),
            to.as_str(),
            stamp
        ],
    );
}

const DROP: Sql =
    sql!("DELETE FROM quotes WHERE status_id = $1 AND quoted_iri = $2 AND state = $3");

/// It quotes nothing any more; undoes the whole transaction when its quote was changed meanwhile.
pub fn drop_of(tx: &mut Tx, status_id: i64, was: &Quote) {
    tx.must(
        DROP,
        params![status_id, was.iri.as_str(), was.state.as_str()],
    );
}

/// Counts on `quotes_by_stamp`.
const BY_STAMP: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id
       FROM quotes
      WHERE stamp = $1 AND quoted_account_id = $2 AND state = 'stands' AND status_id > $3
      ORDER BY status_id
      LIMIT $4"
);

/// What quotes this account by this yes, with numbers above `after`.
pub async fn by_stamp(db: &Db, stamp: &str, account_id: i64, after: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(BY_STAMP, params![stamp, account_id, after, BATCH])
        .await?)
}

/// Counts on `quotes_by_stamp`.
const UNCLAIM: Sql = sql!(
    "UPDATE quotes
        SET stamp = NULL
      WHERE stamp = $1 AND state = 'claimed' AND (quoted_account_id IS NULL OR quoted_account_id = $2)"
);

/// A yes by this account that is no more is claimed no more, either: one that is read just now is read in vain. How many
/// claimed it.
pub async fn unclaim(db: &Db, stamp: &str, account_id: i64) -> Result<u64> {
    Ok(db.exec(UNCLAIM, params![stamp, account_id]).await?)
}

const REFUSE: Sql = sql!(
    "INSERT INTO quotes_refused (quoted_id, quoting_iri, state)
     VALUES ($1, $2, $3)
     ON CONFLICT (quoted_id, quoting_iri) DO UPDATE
        SET state = excluded.state"
);

/// Remembers that whoever is quoted said no to this, whatever the other server says later of what it quotes.
pub fn refuse(tx: &mut Tx, quoted_id: i64, quoting: &str, state: State) {
    tx.exec(REFUSE, params![quoted_id, quoting, state.as_str()]);
}

const REFUSED: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT state FROM quotes_refused WHERE quoted_id = $1 AND quoting_iri = $2"
);

/// The no of whoever is quoted, if they said one.
pub async fn refused(db: &Db, quoted_id: i64, quoting: &str) -> Result<Option<State>> {
    let word = db.opt(REFUSED, params![quoted_id, quoting]).await?;
    word.map(|(word,)| State::parse(&word)).transpose()
}

/// What quotes a status, with its author's yes. Counts on `quotes_by_quoted`.
pub const QUOTING: Ids = ids_in!(
    "status_id",
    "SELECT status_id
       FROM quotes
      WHERE quoted_id = $4 AND state = 'stands'"
);

const COUNTS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT COALESCE(quoted_id, 0), count(*)
               FROM quotes
              WHERE quoted_id IN (SELECT value FROM json_each($1)) AND state = 'stands'
              GROUP BY quoted_id",
    pg: "SELECT COALESCE(quoted_id, 0), count(*)
           FROM quotes
          WHERE quoted_id = ANY($1) AND state = 'stands'
          GROUP BY quoted_id",
);

/// How many quote each of these, with its author's yes.
pub async fn counts(db: &Db, ids: Vec<i64>) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(COUNTS, params![ids]).await?)
}
