//! SQL of `filters`, `filter_keywords` and `filter_statuses`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::{MOST, MOST_KEYWORDS, MOST_STATUSES};
use crate::error::Result;

row! {
    /// One row of `filters`.
    #[derive(Debug)]
    pub struct FilterRow {
        pub id: i64,
        pub title: String,
        pub contexts: String,
        pub action: String,
        pub expires_at: Option<i64>,
    }
}

row! {
    /// One row of `filter_keywords`.
    #[derive(Debug)]
    pub struct KeywordRow {
        pub id: i64,
        pub filter_id: i64,
        pub keyword: String,
        pub whole_word: bool,
    }
}

const OF: Sql<FilterRow> = sql!(
    row: FilterRow,
    "SELECT id, title, contexts, action, expires_at
       FROM filters
      WHERE account_id = $1
      ORDER BY id
      LIMIT $2"
);
const KEYWORDS_OF: Sql<KeywordRow> = sql!(
    row: KeywordRow,
    "SELECT k.id, k.filter_id, k.keyword, k.whole_word
       FROM filters f
       JOIN filter_keywords k ON k.filter_id = f.id
      WHERE f.account_id = $1
      ORDER BY k.id
      LIMIT $2"
);
const STATUSES_OF: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    "SELECT l.id, l.filter_id, l.status_id
       FROM filters f
       JOIN filter_statuses l ON l.filter_id = f.id
      WHERE f.account_id = $1
      ORDER BY l.id
      LIMIT $2"
);

pub async fn of(db: &Db, account_id: i64) -> Result<Vec<FilterRow>> {
    Ok(db.all(OF, params![account_id, MOST]).await?)
}

pub async fn keywords_of(db: &Db, account_id: i64) -> Result<Vec<KeywordRow>> {
    Ok(db
        .all(KEYWORDS_OF, params![account_id, MOST_KEYWORDS])
        .await?)
}

/// (id, filter, status)
pub async fn statuses_of(db: &Db, account_id: i64) -> Result<Vec<(i64, i64, i64)>> {
    Ok(db
        .all(STATUSES_OF, params![account_id, MOST_STATUSES])
        .await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO filters (id, account_id, title, contexts, action, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6)"
);
const CHANGE: Sql = sql!(
    "UPDATE filters SET title = $2, contexts = $3, action = $4, expires_at = $5 WHERE id = $1"
);
const DELETE: Sql = sql!("DELETE FROM filters WHERE id = $1");

pub fn insert(tx: &mut Tx, account_id: i64, row: FilterRow) {
    tx.exec(
        INSERT,
        params![
            row.id,
            account_id,
            row.title,
            row.contexts,
            row.action,
            row.expires_at
        ],
    );
}

pub fn change(tx: &mut Tx, row: FilterRow) {
    tx.must(
        CHANGE,
        params![row.id, row.title, row.contexts, row.action, row.expires_at],
    );
}

pub fn delete(tx: &mut Tx, id: i64) {
    tx.exec(DELETE, params![id]);
}

const SAVE_KEYWORD: Sql = sql!(
    "INSERT INTO filter_keywords (id, filter_id, keyword, whole_word)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET keyword = excluded.keyword, whole_word = excluded.whole_word"
);
const DELETE_KEYWORD: Sql = sql!("DELETE FROM filter_keywords WHERE id = $1");

pub fn save_keyword(tx: &mut Tx, row: KeywordRow) {
    tx.exec(
        SAVE_KEYWORD,
        params![row.id, row.filter_id, row.keyword, row.whole_word],
    );
}

pub fn delete_keyword(tx: &mut Tx, id: i64) {
    tx.exec(DELETE_KEYWORD, params![id]);
}

const INSERT_STATUS: Sql = sql!(
    "INSERT INTO filter_statuses (id, filter_id, status_id)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);
const DELETE_STATUS: Sql = sql!("DELETE FROM filter_statuses WHERE id = $1");

/// Undoes the whole transaction when it is there already.
pub fn insert_status(tx: &mut Tx, id: i64, filter_id: i64, status_id: i64) {
    tx.must(INSERT_STATUS, params![id, filter_id, status_id]);
}

pub fn delete_status(tx: &mut Tx, id: i64) {
    tx.exec(DELETE_STATUS, params![id]);
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "DELETE FROM filters
          WHERE account_id = $1 AND id IN (SELECT id FROM filters WHERE account_id = $1 LIMIT $2)"
)];
