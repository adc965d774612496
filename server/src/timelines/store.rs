//! SQL of `home_entries`, and the readings of `statuses` that timelines are.

use comity_db::{Db, Sql, Tx, params, sql};

use super::Entry;
use crate::error::Result;
use crate::window::{Edge, Ids, edge_in, ids_in};

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
        AND (f.reblogs OR NOT $4)
        AND (f.languages = '' OR CAST($5 AS TEXT) = '' OR f.languages LIKE '% ' || CAST($5 AS TEXT) || ' %')
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
            entry.in_reply_to_account_id,
            entry.is_reblog,
            entry.language.as_str()
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

/// Counts on `followed_tags_by_name`.
const INSERT_BY_TAG: Sql = sql!(
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT t.account_id, $1, $2
       FROM followed_tags t
      WHERE t.name = $3
     ON CONFLICT DO NOTHING"
);
const BACKFILL_TAG: Sql = sql!(
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT $1, s.id, s.account_id
       FROM hashtag_entries e
       JOIN statuses s ON s.id = e.status_id
      WHERE e.name = $2
      ORDER BY e.status_id DESC
      LIMIT $3
     ON CONFLICT DO NOTHING"
);
/// What neither its author nor another topic brought.
const WITHDRAW_TAG: Sql = sql!(
    "DELETE FROM home_entries
      WHERE account_id = $1
        AND author_id <> $1
        AND status_id IN (SELECT e.status_id FROM hashtag_entries e WHERE e.name = $2)
        AND NOT EXISTS (SELECT 1
                          FROM follows f
                         WHERE f.account_id = $1
                           AND f.target_id = home_entries.author_id
                           AND f.state = 'accepted')
        AND NOT EXISTS (SELECT 1
                          FROM hashtag_entries o
                          JOIN followed_tags t ON t.account_id = $1 AND t.name = o.name
                         WHERE o.status_id = home_entries.status_id)"
);

pub fn insert_by_tag(tx: &mut Tx, entry: &Entry, name: &str) {
    tx.exec(
        INSERT_BY_TAG,
        params![entry.status_id, entry.author_id, name],
    );
}

/// After a topic is followed: the newest posts that name it join the follower's home.
pub fn backfill_tag(tx: &mut Tx, follower_id: i64, name: &str) {
    tx.exec(BACKFILL_TAG, params![follower_id, name, BACKFILL]);
}

/// After it is followed no longer: they leave it again.
pub fn withdraw_tag(tx: &mut Tx, follower_id: i64, name: &str) {
    tx.exec(WITHDRAW_TAG, params![follower_id, name]);
}

const HOLDERS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT h.account_id,
                    CASE WHEN h.author_id = h.account_id
                           OR NOT EXISTS (SELECT 1
                                            FROM reading_list_entries e
                                            JOIN reading_lists l ON l.id = e.list_id
                                           WHERE e.account_id = h.account_id AND e.target_id = h.author_id AND l.exclusive
                                             AND EXISTS (SELECT 1
                                                           FROM follows f
                                                          WHERE f.account_id = h.account_id AND f.target_id = h.author_id AND f.state = 'accepted'))
                         THEN 1 ELSE 0 END AS is_shown
               FROM home_entries h
              WHERE h.status_id = $1 AND h.account_id IN (SELECT value FROM json_each($2))
              ORDER BY h.account_id
              LIMIT 10000",
    pg: "SELECT h.account_id,
                CAST(CASE WHEN h.author_id = h.account_id
                            OR NOT EXISTS (SELECT 1
                                             FROM reading_list_entries e
                                             JOIN reading_lists l ON l.id = e.list_id
                                            WHERE e.account_id = h.account_id AND e.target_id = h.author_id AND l.exclusive
                                             AND EXISTS (SELECT 1
                                                           FROM follows f
                                                          WHERE f.account_id = h.account_id AND f.target_id = h.author_id AND f.state = 'accepted'))
                          THEN 1 ELSE 0 END AS BIGINT) AS is_shown
           FROM home_entries h
          WHERE h.status_id = $1 AND h.account_id = ANY($2)
          ORDER BY h.account_id
          LIMIT 10000",
);

/// Those of these members into whose home this status came, each with whether [`HOME`] shows it: a list may keep it out.
pub async fn holders(db: &Db, status_id: i64, among: Vec<i64>) -> Result<Vec<(i64, bool)>> {
    let rows = db.all(HOLDERS, params![status_id, among]).await?;
    let each = rows.into_iter();
    Ok(each
        .map(|(account_id, is_shown)| (account_id, is_shown != 0))
        .collect())
}

/// What stands in no exclusive list of `$4`.
macro_rules! is_in_home {
    () => {
        "(h.author_id = $4
          OR NOT EXISTS (SELECT 1
                           FROM reading_list_entries e
                           JOIN reading_lists l ON l.id = e.list_id
                          WHERE e.account_id = $4 AND e.target_id = h.author_id AND l.exclusive
                            AND EXISTS (SELECT 1
                                          FROM follows f
                                         WHERE f.account_id = $4 AND f.target_id = h.author_id AND f.state = 'accepted')))"
    };
}

/// Of the first `$5` entries in a window. PostgreSQL keeps the order of a list within a list, and stops when it has enough;
/// SQLite would read that to its end, and has a bound on the numbers instead, where a member has an exclusive list.
macro_rules! home {
    ($order:literal, $within:literal, $all:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT h.status_id
                   FROM home_entries h
                  WHERE h.account_id = $4 AND h.status_id < $1 AND h.status_id > $2
                    AND h.status_id ",
                $within,
                "   COALESCE(CASE WHEN EXISTS (SELECT 1
                                                 FROM reading_lists l
                                                WHERE l.account_id = $4 AND l.exclusive)
                                  THEN (SELECT o.status_id
                                          FROM home_entries o
                                         WHERE o.account_id = $4 AND o.status_id < $1 AND o.status_id > $2
                                         ORDER BY o.status_id ",
                $order,
                "                        LIMIT 1 OFFSET $5 - 1)
                              END, ",
                $all,
                ") AND ",
                is_in_home!(),
                " ORDER BY h.status_id ",
                $order,
                " LIMIT $3"
            ),
            pg: concat!(
                "SELECT h.status_id
                   FROM (SELECT o.status_id, o.author_id
                           FROM home_entries o
                          WHERE o.account_id = $4 AND o.status_id < $1 AND o.status_id > $2
                          ORDER BY o.status_id ",
                $order,
                "         LIMIT $5) h
                  WHERE ",
                is_in_home!(),
                " ORDER BY h.status_id ",
                $order,
                " LIMIT $3"
            ),
        )
    };
}

/// Of one member, without the people of their exclusive lists whom they follow: what a topic brought of others stands nowhere else.
pub const HOME: Ids = Ids {
    newest: home!("DESC", ">=", "0"),
    oldest: home!("ASC", "<=", "9223372036854775807"),
};
/// How far a home is looked through. Counts on the key.
pub const EDGE_OF_HOME: Edge = edge_in!(
    "status_id",
    "SELECT status_id FROM home_entries WHERE account_id = $4"
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
/// The same that has files. Counts on `statuses_files_by_home`.
pub const FILES_OF_COMMUNITY: Ids = ids_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_files_by_home
              WHERE community_id = $4
                AND attachments <> '[]'
                AND visibility IN ('public', 'local')
                AND (in_reply_to_id IS NULL OR in_reply_to_account_id = account_id)",
    pg: "SELECT id
           FROM statuses
          WHERE community_id = $4
            AND attachments <> '[]'
            AND visibility IN ('public', 'local')
            AND (in_reply_to_id IS NULL OR in_reply_to_account_id = account_id)"
);
/// Without answers to others, also to what is not known here. Counts on `statuses_public`, as [`EDGE_OF_PUBLIC`].
pub const PUBLIC: Ids = ids_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_public
              WHERE visibility = 'public'
                AND reblog_of_id IS NULL
                AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)",
    pg: "SELECT id
           FROM statuses
          WHERE visibility = 'public'
            AND reblog_of_id IS NULL
            AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)"
);
/// The same that has files. Counts on `statuses_files_public`, as [`EDGE_OF_PUBLIC_FILES`].
pub const PUBLIC_FILES: Ids = ids_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_files_public
              WHERE visibility = 'public'
                AND attachments <> '[]'
                AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)",
    pg: "SELECT id
           FROM statuses
          WHERE visibility = 'public'
            AND attachments <> '[]'
            AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)"
);
/// Of those, what was written elsewhere than in one community (`$4`). Counts on `statuses_public`, as [`EDGE_OF_PUBLIC`].
pub const ELSEWHERE: Ids = ids_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_public
              WHERE visibility = 'public'
                AND reblog_of_id IS NULL
                AND (community_id IS NULL OR community_id <> $4)
                AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)",
    pg: "SELECT id
           FROM statuses
          WHERE visibility = 'public'
            AND reblog_of_id IS NULL
            AND (community_id IS NULL OR community_id <> $4)
            AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)"
);
/// How far the public posts are looked through for those.
pub const EDGE_OF_PUBLIC: Edge = edge_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_public
              WHERE visibility = 'public' AND reblog_of_id IS NULL",
    pg: "SELECT id
           FROM statuses
          WHERE visibility = 'public' AND reblog_of_id IS NULL"
);
/// What was written elsewhere and has files. Counts on `statuses_files_public`, as [`EDGE_OF_PUBLIC_FILES`].
pub const ELSEWHERE_FILES: Ids = ids_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_files_public
              WHERE visibility = 'public'
                AND attachments <> '[]'
                AND (community_id IS NULL OR community_id <> $4)
                AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)",
    pg: "SELECT id
           FROM statuses
          WHERE visibility = 'public'
            AND attachments <> '[]'
            AND (community_id IS NULL OR community_id <> $4)
            AND (in_reply_to_iri IS NULL OR in_reply_to_account_id = account_id)"
);
/// How far the public posts with files are looked through for those.
pub const EDGE_OF_PUBLIC_FILES: Edge = edge_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_files_public
              WHERE visibility = 'public' AND attachments <> '[]'",
    pg: "SELECT id
           FROM statuses
          WHERE visibility = 'public' AND attachments <> '[]'"
);

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM home_entries
          WHERE account_id = $1 AND status_id IN (SELECT status_id FROM home_entries WHERE account_id = $1 LIMIT $2)"
    ),
];
