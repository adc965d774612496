//! SQL of `home_entries`, and the readings of `statuses` that timelines are.

use comity_db::{Db, Sql, Tx, params, sql};

use super::Entry;
use crate::error::Result;
use crate::window::{Ids, ids_in};

/// A new follower gets this many of the author's newest.
const BACKFILL: i64 = 40;

const INSERT_OWN: Sql = sql!(
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT m.account_id, $1, $2
       FROM members m
      WHERE m.account_id = $2
     ON CONFLICT DO NOTHING"
);
/// Counts on `follows_by_target`; `members` keeps out followers who live elsewhere.
const INSERT_FOLLOWERS: Sql = sql!(
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT f.account_id, $1, $2
       FROM follows f
       JOIN members m ON m.account_id = f.account_id
      WHERE f.target_id = $2
        AND f.state = 'accepted'
        AND (CAST($3 AS BIGINT) IS NULL
             OR CAST($3 AS BIGINT) = $2
             OR CAST($3 AS BIGINT) = f.account_id
             OR EXISTS (SELECT 1
                          FROM follows g
                         WHERE g.account_id = f.account_id
                           AND g.target_id = CAST($3 AS BIGINT)
                           AND g.state = 'accepted'))
     ON CONFLICT DO NOTHING"
);
const BACKFILL_NEWEST: Sql = sql!(
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT $1, s.id, s.account_id
       FROM statuses s
      WHERE s.account_id = $2
        AND s.visibility IN ('public', 'unlisted', 'private')
        AND s.in_reply_to_id IS NULL
      ORDER BY s.id DESC
      LIMIT $3
     ON CONFLICT DO NOTHING"
);
const WITHDRAW: Sql = sql!("DELETE FROM home_entries WHERE account_id = $1 AND author_id = $2");

pub fn insert_own(tx: &mut Tx, entry: &Entry) {
    tx.exec(INSERT_OWN, params![entry.status_id, entry.author_id]);
}

pub fn insert_followers(tx: &mut Tx, entry: &Entry) {
    tx.exec(
        INSERT_FOLLOWERS,
        params![
            entry.status_id,
            entry.author_id,
            entry.in_reply_to_account_id
        ],
    );
}

/// After a new follow: the author's recent statuses join the follower's home.
pub fn backfill(tx: &mut Tx, follower_id: i64, author_id: i64) {
    tx.exec(BACKFILL_NEWEST, params![follower_id, author_id, BACKFILL]);
}

/// After an unfollow or a block: they leave it again.
pub fn withdraw(tx: &mut Tx, follower_id: i64, author_id: i64) {
    tx.exec(WITHDRAW, params![follower_id, author_id]);
}

const HOLDERS: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT account_id
               FROM home_entries
              WHERE status_id = $1 AND account_id IN (SELECT value FROM json_each($2))
              ORDER BY account_id
              LIMIT 10000",
    pg: "SELECT account_id
           FROM home_entries
          WHERE status_id = $1 AND account_id = ANY($2)
          ORDER BY account_id
          LIMIT 10000",
);

/// Those of these members whose home has this status.
pub async fn holders(db: &Db, status_id: i64, among: Vec<i64>) -> Result<Vec<i64>> {
    Ok(db.column(HOLDERS, params![status_id, among]).await?)
}

/// Of one member.
pub const HOME: Ids = ids_in!(
    "status_id",
    "SELECT status_id
       FROM home_entries
      WHERE account_id = $4"
);
/// Counts on `statuses_of_community`.
pub const OF_COMMUNITY: Ids = ids_in!(
    "id",
    "SELECT id
       FROM statuses
      WHERE community_id = $4
        AND reblog_of_id IS NULL
        AND visibility IN ('public', 'local')
        AND (in_reply_to_id IS NULL OR in_reply_to_account_id = account_id)"
);
/// Counts on `statuses_public`.
pub const PUBLIC: Ids = ids_in!(
    "id",
    "SELECT id
       FROM statuses
      WHERE visibility = 'public' AND reblog_of_id IS NULL"
);
