//! SQL of `custom_emojis` and `emoji_version`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::Change;
use super::model::Emoji;
use crate::error::Result;

/// The columns of [`Emoji`], in its order.
macro_rules! select_emoji {
    ($rest:literal) => {
        concat!(
            "SELECT id, community_id, shortcode, category, file_key, file_type, still_type, bytes, is_listed, is_on,
                    created_at, updated_at
               FROM custom_emojis ",
            $rest
        )
    };
}

const VERSION: Sql<(i64,)> = sql!(row: (i64,), "SELECT version FROM emoji_version WHERE id = 1");
const ADVANCE: Sql = sql!("UPDATE emoji_version SET version = version + 1 WHERE id = 1");

pub async fn version(db: &Db) -> Result<i64> {
    let (version,) = db.one(VERSION, params![]).await?;
    Ok(version)
}

/// In the transaction of each change.
pub fn advance_version(tx: &mut Tx) {
    tx.must(ADVANCE, params![]);
}

const ALL: Sql<Emoji> = sql!(row: Emoji, select_emoji!("ORDER BY id LIMIT $1"));

pub async fn all(db: &Db, most: i64) -> Result<Vec<Emoji>> {
    Ok(db.all(ALL, params![most]).await?)
}

/// Counts on the unique key.
const OF_COMMUNITY: Sql<Emoji> = sql!(
    row: Emoji,
    select_emoji!("WHERE community_id = $1 ORDER BY shortcode LIMIT $2")
);

pub async fn of_community(db: &Db, community_id: i64, most: i64) -> Result<Vec<Emoji>> {
    Ok(db.all(OF_COMMUNITY, params![community_id, most]).await?)
}

const BY_ID: Sql<Emoji> = sql!(
    row: Emoji,
    select_emoji!("WHERE id = $1 AND community_id = $2")
);

pub async fn by_id(db: &Db, community_id: i64, id: i64) -> Result<Option<Emoji>> {
    Ok(db.opt(BY_ID, params![id, community_id]).await?)
}

const BY_KEY: Sql<Emoji> = sql!(row: Emoji, select_emoji!("WHERE file_key = $1"));

pub async fn by_key(db: &Db, key: &str) -> Result<Option<Emoji>> {
    Ok(db.opt(BY_KEY, params![key]).await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO custom_emojis (id, community_id, shortcode, category, file_key, file_type, still_type, bytes, is_listed,
                                is_on, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT DO NOTHING"
);

/// Inserts, or undoes the whole transaction where the code is taken.
pub fn insert(tx: &mut Tx, emoji: &Emoji) {
    tx.must(
        INSERT,
        params![
            emoji.id,
            emoji.community_id,
            emoji.shortcode.as_str(),
            emoji.category.as_str(),
            emoji.file_key.as_str(),
            emoji.file_type.as_str(),
            emoji.still_type.as_str(),
            emoji.bytes,
            emoji.is_listed,
            emoji.is_on,
            emoji.created_at,
            emoji.updated_at,
        ],
    );
}

const CHANGE: Sql = sql!(
    "UPDATE custom_emojis
        SET category = $3, is_listed = $4, is_on = $5, updated_at = $6
      WHERE id = $1 AND community_id = $2"
);

/// Changes it, or undoes the whole transaction where it is not there.
pub fn change(tx: &mut Tx, community_id: i64, id: i64, change: &Change, now_ms: i64) {
    tx.must(
        CHANGE,
        params![
            id,
            community_id,
            change.category.as_str(),
            change.is_listed,
            change.is_on,
            now_ms,
        ],
    );
}

const DELETE: Sql = sql!("DELETE FROM custom_emojis WHERE id = $1 AND community_id = $2");

pub fn delete(tx: &mut Tx, community_id: i64, id: i64) {
    tx.exec(DELETE, params![id, community_id]);
}
