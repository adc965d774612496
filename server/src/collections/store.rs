//! SQL of `collections` and `collection_items`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{CollectionRow, ItemRow, Words};
use crate::error::Result;

const INSERT: Sql = sql!(
    "INSERT INTO collections
            (id, account_id, name, description, language, tag, sensitive, discoverable, created_at, updated_at)
     SELECT $1, $2, $3, $4, CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS BOOLEAN), CAST($8 AS BOOLEAN), $9, $9
      WHERE (SELECT count(*) FROM collections WHERE account_id = $2) < $10"
);
const CHANGE: Sql = sql!(
    "UPDATE collections
        SET name = $3, description = $4, language = $5, tag = $6, sensitive = $7, discoverable = $8, updated_at = $9
      WHERE account_id = $1 AND id = $2"
);
const DELETE: Sql = sql!("DELETE FROM collections WHERE account_id = $1 AND id = $2");

/// Undoes the whole transaction where there are `most`.
pub fn insert(
    tx: &mut Tx,
    (id, account_id): (i64, i64),
    words: &Words,
    discoverable: bool,
    now_ms: i64,
    most: i64,
) {
    let values = params![
        id,
        account_id,
        words.name.as_str(),
        words.description.as_str(),
        words.language.clone(),
        words.tag.clone(),
        words.sensitive,
        discoverable,
        now_ms,
        most
    ];
    tx.must(INSERT, values);
}

/// Undoes the whole transaction where it is none of theirs.
pub fn change(
    tx: &mut Tx,
    (id, account_id): (i64, i64),
    words: &Words,
    discoverable: bool,
    now_ms: i64,
) {
    let values = params![
        account_id,
        id,
        words.name.as_str(),
        words.description.as_str(),
        words.language.clone(),
        words.tag.clone(),
        words.sensitive,
        discoverable,
        now_ms
    ];
    tx.must(CHANGE, values);
}

/// Undoes the whole transaction where it is none of theirs. Who is in it goes with it.
pub fn delete(tx: &mut Tx, account_id: i64, id: i64) {
    tx.must(DELETE, params![account_id, id]);
}

/// The columns of [`CollectionRow`], in its order.
macro_rules! select_collection {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, name, description, language, tag, sensitive, discoverable, created_at,
                    updated_at
               FROM collections ",
            $rest
        )
    };
}

/// Counts on `collections_by_account`.
const OF: Sql<CollectionRow> = sql!(
    row: CollectionRow,
    select_collection!(
        "WHERE account_id = $1
         ORDER BY id DESC
         LIMIT $2"
    )
);
const BY_IDS: Sql<CollectionRow> = sql!(
    row: CollectionRow,
    sqlite: select_collection!("WHERE id IN (SELECT value FROM json_each($1))"),
    pg: select_collection!("WHERE id = ANY(CAST($1 AS BIGINT[]))"),
);
/// Counts on `collection_items_by_account`.
const WITH: Sql<CollectionRow> = sql!(
    row: CollectionRow,
    "SELECT c.id, c.account_id, c.name, c.description, c.language, c.tag, c.sensitive, c.discoverable, c.created_at,
            c.updated_at
       FROM collection_items i
       JOIN collections c ON c.id = i.collection_id
      WHERE i.account_id = $1 AND i.state = 'accepted'
      ORDER BY i.id DESC
      LIMIT $2 OFFSET $3"
);

/// Those of one account, newest first.
pub async fn of(db: &Db, account_id: i64, most: i64) -> Result<Vec<CollectionRow>> {
    Ok(db.all(OF, params![account_id, most]).await?)
}

/// Those of these that exist, in no order.
pub async fn by_ids(db: &Db, ids: Vec<i64>) -> Result<Vec<CollectionRow>> {
    Ok(db.all(BY_IDS, params![ids]).await?)
}

/// Those that this account is in, by when it was put in, newest first.
pub async fn with(db: &Db, account_id: i64, most: i64, skip: i64) -> Result<Vec<CollectionRow>> {
    Ok(db.all(WITH, params![account_id, most, skip]).await?)
}

const PUT_IN: Sql = sql!(
    "INSERT INTO collection_items (id, collection_id, account_id, state, created_at)
     SELECT $1, $2, $3, 'accepted', $4
      WHERE (SELECT count(*) FROM collection_items WHERE collection_id = $2 AND state = 'accepted') < $5
     ON CONFLICT DO NOTHING"
);
const TAKE_OUT: Sql = sql!(
    "DELETE FROM collection_items WHERE collection_id = $1 AND id = $2 AND state = 'accepted'"
);
const REVOKE: Sql = sql!(
    "UPDATE collection_items
        SET state = 'revoked'
      WHERE collection_id = $1 AND id = $2 AND account_id = $3 AND state = 'accepted'"
);

/// Undoes the whole transaction where they are in it, have taken themselves out, or there are `most`.
pub fn put_in(
    tx: &mut Tx,
    id: i64,
    (collection_id, account_id): (i64, i64),
    now_ms: i64,
    most: i64,
) {
    tx.must(PUT_IN, params![id, collection_id, account_id, now_ms, most]);
}

/// Undoes the whole transaction where there is no such item any more.
pub fn take_out(tx: &mut Tx, collection_id: i64, id: i64) {
    tx.must(TAKE_OUT, params![collection_id, id]);
}

/// They are in it no more, and will not be again. Undoes the whole transaction where the item is not theirs.
pub fn revoke(tx: &mut Tx, collection_id: i64, id: i64, account_id: i64) {
    tx.must(REVOKE, params![collection_id, id, account_id]);
}

/// Counts on `collection_items_by_account`.
const REVOKE_ALL: Sql = sql!(
    "UPDATE collection_items
        SET state = 'revoked'
      WHERE account_id = $1 AND state = 'accepted'
        AND collection_id IN (SELECT c.id FROM collections c WHERE c.account_id = $2)"
);
/// Counts on `collection_items_by_account`.
const DROP_ALL: Sql = sql!(
    "DELETE FROM collection_items
      WHERE account_id = $1 AND state = 'accepted'
        AND collection_id IN (SELECT c.id FROM collections c WHERE c.account_id = $2)"
);

/// The first blocks the second: they are in none of the other's collections any more, nor the other in theirs.
pub fn part(tx: &mut Tx, blocking: i64, blocked: i64) {
    tx.exec(REVOKE_ALL, params![blocking, blocked]);
    tx.exec(DROP_ALL, params![blocked, blocking]);
}

const ITEMS: Sql<ItemRow> = sql!(
    row: ItemRow,
    sqlite: "SELECT id, collection_id, account_id, state, created_at
               FROM collection_items
              WHERE collection_id IN (SELECT value FROM json_each($1)) AND state = 'accepted'
              ORDER BY collection_id, id
              LIMIT $2",
    pg: "SELECT id, collection_id, account_id, state, created_at
           FROM collection_items
          WHERE collection_id = ANY(CAST($1 AS BIGINT[])) AND state = 'accepted'
          ORDER BY collection_id, id
          LIMIT $2",
);
const ITEM: Sql<ItemRow> = sql!(
    row: ItemRow,
    "SELECT id, collection_id, account_id, state, created_at
       FROM collection_items
      WHERE collection_id = $1 AND id = $2"
);
const ITEM_OF: Sql<ItemRow> = sql!(
    row: ItemRow,
    "SELECT id, collection_id, account_id, state, created_at
       FROM collection_items
      WHERE collection_id = $1 AND account_id = $2"
);

/// Who is in these: of each, by when they were put in.
pub async fn items(db: &Db, collections: Vec<i64>, most: i64) -> Result<Vec<ItemRow>> {
    Ok(db.all(ITEMS, params![collections, most]).await?)
}

pub async fn item(db: &Db, collection_id: i64, id: i64) -> Result<Option<ItemRow>> {
    Ok(db.opt(ITEM, params![collection_id, id]).await?)
}

pub async fn item_of(db: &Db, collection_id: i64, account_id: i64) -> Result<Option<ItemRow>> {
    Ok(db.opt(ITEM_OF, params![collection_id, account_id]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM collection_items
          WHERE account_id = $1 AND id IN (SELECT id FROM collection_items WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM collections
          WHERE account_id = $1 AND id IN (SELECT id FROM collections WHERE account_id = $1 LIMIT $2)"
    ),
];
