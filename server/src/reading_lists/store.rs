//! SQL of `reading_lists` and `reading_list_entries`, and the timelines that are read by them.

use comity_db::{Db, Sql, Tx, params, row, sql};

mod entries;

use super::{MOST, ReadingList, Replies};
use crate::error::Result;
use crate::window::{Edge, Entries, Ids, Stretch, Window, entries_in, ids_in};

pub use entries::{ENTRIES_OF_FOLLOWED, ENTRIES_OF_LIST, ENTRIES_WITHOUT_REPLIES};

row! {
    /// One row of `reading_lists`.
    #[derive(Debug)]
    pub struct ListRow {
        pub id: i64,
        pub title: String,
        pub replies_policy: String,
        pub exclusive: bool,
    }
}

impl ListRow {
    fn read(self) -> ReadingList {
        ReadingList {
            id: self.id,
            title: self.title,
            replies: Replies::parse(&self.replies_policy).unwrap_or_default(),
            exclusive: self.exclusive,
        }
    }
}

const OF: Sql<ListRow> = sql!(
    row: ListRow,
    "SELECT id, title, replies_policy, exclusive
       FROM reading_lists
      WHERE account_id = $1
      ORDER BY id
      LIMIT $2"
);
/// Counts on `reading_list_entries_by_target`.
const WITH: Sql<ListRow> = sql!(
    row: ListRow,
    "SELECT l.id, l.title, l.replies_policy, l.exclusive
       FROM reading_list_entries e
       JOIN reading_lists l ON l.id = e.list_id
      WHERE e.account_id = $1 AND e.target_id = $2
      ORDER BY l.id
      LIMIT $3"
);

pub async fn of(db: &Db, account_id: i64) -> Result<Vec<ReadingList>> {
    let rows = db.all(OF, params![account_id, MOST]).await?;
    Ok(rows.into_iter().map(ListRow::read).collect())
}

pub async fn with(db: &Db, account_id: i64, target_id: i64) -> Result<Vec<ReadingList>> {
    let rows = db.all(WITH, params![account_id, target_id, MOST]).await?;
    Ok(rows.into_iter().map(ListRow::read).collect())
}

const INSERT: Sql = sql!(
    "INSERT INTO reading_lists (id, account_id, title, replies_policy, exclusive)
     SELECT $1, $2, $3, $4, $5
      WHERE (SELECT count(*) FROM reading_lists WHERE account_id = $2) < $6"
);
const CHANGE: Sql =
    sql!("UPDATE reading_lists SET title = $2, replies_policy = $3, exclusive = $4 WHERE id = $1");
const DELETE: Sql = sql!("DELETE FROM reading_lists WHERE id = $1");

/// Undoes the whole transaction where there are [`MOST`].
pub fn insert(tx: &mut Tx, account_id: i64, list: &ReadingList) {
    let replies = list.replies.as_str();
    let values = params![
        list.id,
        account_id,
        list.title.as_str(),
        replies,
        list.exclusive,
        MOST
    ];
    tx.must(INSERT, values);
}

pub async fn change(db: &Db, list: &ReadingList) -> Result<()> {
    let replies = list.replies.as_str();
    let values = params![list.id, list.title.as_str(), replies, list.exclusive];
    db.exec(CHANGE, values).await?;
    Ok(())
}

pub async fn delete(db: &Db, id: i64) -> Result<()> {
    db.exec(DELETE, params![id]).await?;
    Ok(())
}

const PUT_IN: Sql = sql!(
    "INSERT INTO reading_list_entries (id, list_id, account_id, target_id)
     SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT)
      WHERE NOT EXISTS (SELECT 1 FROM reading_list_refusals r WHERE r.target_id = $4 AND r.account_id = $3)
         OR EXISTS (SELECT 1 FROM follows f WHERE f.account_id = $3 AND f.target_id = $4 AND f.state = 'accepted')
     ON CONFLICT DO NOTHING"
);
const TAKE_OUT: Sql =
    sql!("DELETE FROM reading_list_entries WHERE list_id = $1 AND target_id = $2");
const WITHDRAW: Sql =
    sql!("DELETE FROM reading_list_entries WHERE account_id = $1 AND target_id = $2");
const COUNT: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM reading_list_entries WHERE list_id = $1");
/// Counts on `reading_list_entries_newest`.
const PEOPLE: Entries = entries_in!(
    "id",
    "SELECT id, target_id
       FROM reading_list_entries
      WHERE list_id = $4"
);

/// Undoes the whole transaction when they are in it already.
pub fn put_in(tx: &mut Tx, id: i64, list_id: i64, account_id: i64, target_id: i64) {
    tx.must(PUT_IN, params![id, list_id, account_id, target_id]);
}

pub fn take_out(tx: &mut Tx, list_id: i64, target_id: i64) {
    tx.exec(TAKE_OUT, params![list_id, target_id]);
}

/// Whom one follows no longer is in no list of one's own, in the transaction that ends the follow.
pub fn withdraw(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(WITHDRAW, params![account_id, target_id]);
}

pub async fn count(db: &Db, list_id: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![list_id]).await?.0)
}

pub async fn people(db: &Db, list_id: i64, window: Window, limit: i64) -> Result<Stretch> {
    PEOPLE.read(db, window, limit, params![list_id]).await
}

/// Whether somebody (`a`, with what they wish, `w`) lets `$reader` read their public posts in a list without following them.
macro_rules! lets {
    ($reader:literal) => {
        concat!(
            "a.gone_at IS NULL
         AND CASE WHEN a.community_id IS NULL THEN a.discoverable AND a.indexable
                  ELSE COALESCE(w.word = 'everyone'
                                OR (w.word = 'followed'
                                    AND EXISTS (SELECT 1
                                                  FROM follows o
                                                 WHERE o.account_id = a.id AND o.target_id = ",
            $reader,
            " AND o.state = 'accepted')),
                                FALSE)
             END
         AND NOT EXISTS (SELECT 1
                           FROM reading_list_refusals r
                          WHERE r.target_id = a.id AND r.account_id = ",
            $reader,
            ")"
        )
    };
}

const LETTING: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: concat!(
        "SELECT a.id
           FROM accounts a
           LEFT JOIN reading_list_wishes w ON w.account_id = a.id
          WHERE a.id IN (SELECT value FROM json_each($1)) AND ",
        lets!("$2"),
        " ORDER BY a.id LIMIT $3"
    ),
    pg: concat!(
        "SELECT a.id
           FROM accounts a
           LEFT JOIN reading_list_wishes w ON w.account_id = a.id
          WHERE a.id = ANY($1) AND ",
        lets!("$2"),
        " ORDER BY a.id LIMIT $3"
    ),
);
/// Counts on `reading_list_entries_newest`.
const STRANGERS: Sql<(i64,)> = sql!(
    row: (i64,),
    concat!(
        "SELECT a.id
           FROM reading_list_entries e
           JOIN accounts a ON a.id = e.target_id
           LEFT JOIN reading_list_wishes w ON w.account_id = a.id
          WHERE e.list_id = $1
            AND a.id <> $2
            AND NOT EXISTS (SELECT 1
                              FROM follows f
                             WHERE f.account_id = $2 AND f.target_id = a.id AND f.state = 'accepted')
            AND ",
        lets!("$2"),
        " ORDER BY a.id LIMIT $3"
    )
);

/// Those of these people who let a member put them into a list without following them.
pub async fn letting(db: &Db, account_id: i64, people: Vec<i64>) -> Result<Vec<i64>> {
    let most = i64::try_from(people.len()).unwrap_or(i64::MAX);
    Ok(db
        .column(LETTING, params![people, account_id, most])
        .await?)
}

/// People in a list of a member whom they do not follow, and who let themselves be read there now.
pub async fn strangers(db: &Db, list_id: i64, account_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(STRANGERS, params![list_id, account_id, most])
        .await?)
}

/// How far what these people wrote is looked through: as far as one of them has so many. Counts on `statuses_by_author`.
macro_rules! edge_of_strangers {
    ($of_each:literal, $of_all:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT s.id
                   FROM json_each($4) t
                  CROSS JOIN statuses s ON s.id = (SELECT o.id
                                                     FROM statuses o
                                                    WHERE o.account_id = t.value AND o.id < $1 AND o.id > $2
                                                    ORDER BY ",
                $of_each,
                "                                   LIMIT 1 OFFSET $3)
                  ORDER BY ",
                $of_all,
                " LIMIT 1"
            ),
            pg: concat!(
                "SELECT s.id
                   FROM unnest(CAST($4 AS BIGINT[])) AS t (value)
                  CROSS JOIN LATERAL (SELECT o.id
                                        FROM statuses o
                                       WHERE o.account_id = t.value AND o.id < $1 AND o.id > $2
                                       ORDER BY ",
                $of_each,
                "                      LIMIT 1 OFFSET $3) s
                  ORDER BY ",
                $of_all,
                " LIMIT 1"
            ),
        )
    };
}

pub const EDGE_OF_STRANGERS: Edge = Edge {
    newest: edge_of_strangers!("o.id DESC", "s.id DESC"),
    oldest: edge_of_strangers!("o.id", "s.id"),
};

/// What people of the list `$5` of `$4` wrote in public, of those that `$6` names. Each is read by themself; counts on
/// `statuses_by_author`.
macro_rules! public_of {
    ($and:literal) => {
        ids_in!(
            "s.id",
            sqlite: concat!(
                "SELECT s.id
                   FROM json_each($6) t
                  CROSS JOIN statuses s ON s.account_id = t.value
                  WHERE t.value IN (SELECT e.target_id FROM reading_list_entries e WHERE e.list_id = $5)
                    AND s.account_id <> $4
                    AND s.visibility = 'public'
                    AND s.reblog_of_id IS NULL",
                $and
            ),
            // OFFSET 0 keeps PostgreSQL from reading everybody's posts by their ids.
            pg: concat!(
                "SELECT s.id
                   FROM unnest(CAST($6 AS BIGINT[])) AS t (value)
                  CROSS JOIN LATERAL (SELECT o.id, o.account_id, o.visibility, o.reblog_of_id, o.in_reply_to_iri,
                                             o.in_reply_to_account_id
                                        FROM statuses o
                                       WHERE o.account_id = t.value AND o.id < $1 AND o.id > $2
                                      OFFSET 0) s
                  WHERE t.value IN (SELECT e.target_id FROM reading_list_entries e WHERE e.list_id = $5)
                    AND s.account_id <> $4
                    AND s.visibility = 'public'
                    AND s.reblog_of_id IS NULL",
                $and
            )
        )
    };
}

/// With answers to everybody who is followed.
pub const PUBLIC_OF_FOLLOWED: Ids = public_of!(
    " AND (s.in_reply_to_iri IS NULL
           OR s.in_reply_to_account_id IN (s.account_id, $4)
           OR EXISTS (SELECT 1
                        FROM follows f
                       WHERE f.account_id = $4 AND f.target_id = s.in_reply_to_account_id AND f.state = 'accepted'))"
);
/// With answers to people in the list, to the reader, and of people to themselves.
pub const PUBLIC_OF_LIST: Ids = public_of!(
    " AND (s.in_reply_to_iri IS NULL
           OR s.in_reply_to_account_id IN (s.account_id, $4)
           OR EXISTS (SELECT 1
                        FROM reading_list_entries a
                       WHERE a.list_id = $5 AND a.target_id = s.in_reply_to_account_id))"
);
/// Without answers, but for those of people to themselves and to the reader.
pub const PUBLIC_WITHOUT_REPLIES: Ids = public_of!(
    " AND (s.in_reply_to_iri IS NULL OR s.in_reply_to_account_id IN (s.account_id, $4))"
);

const WISH_OF: Sql<(String,)> =
    sql!(row: (String,), "SELECT word FROM reading_list_wishes WHERE account_id = $1");
const WISH: Sql = sql!(
    "INSERT INTO reading_list_wishes (account_id, word)
     VALUES ($1, $2)
     ON CONFLICT (account_id) DO UPDATE SET word = excluded.word"
);
const WISH_NOTHING: Sql = sql!("DELETE FROM reading_list_wishes WHERE account_id = $1");

/// Who may put a member into a list without following them; `None` for nobody.
pub async fn wish_of(db: &Db, account_id: i64) -> Result<Option<String>> {
    let word = db.opt(WISH_OF, params![account_id]).await?;
    Ok(word.map(|(word,)| word))
}

pub async fn wish(db: &Db, account_id: i64, word: Option<&str>) -> Result<()> {
    match word {
        Some(word) => db.exec(WISH, params![account_id, word]).await?,
        None => db.exec(WISH_NOTHING, params![account_id]).await?,
    };
    Ok(())
}

/// Counts on `reading_list_entries_of`.
const LISTED_BY: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT DISTINCT e.account_id
       FROM reading_list_entries e
      WHERE e.target_id = $1
        AND e.account_id <> $1
        AND NOT EXISTS (SELECT 1
                          FROM follows f
                         WHERE f.account_id = e.account_id AND f.target_id = $1 AND f.state = 'accepted')
      ORDER BY e.account_id
      LIMIT $2"
);
const REFUSE: Sql = sql!(
    "INSERT INTO reading_list_refusals (target_id, account_id)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);

/// Members who have this one in a list and do not follow them; whoever asks to does not yet.
pub async fn listed_by(db: &Db, account_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(LISTED_BY, params![account_id, most]).await?)
}

/// `target_id` is in no list of this member, and is not put in again.
pub fn refuse(tx: &mut Tx, target_id: i64, account_id: i64) {
    withdraw(tx, account_id, target_id);
    tx.exec(REFUSE, params![target_id, account_id]);
}

/// Counts on the keys of `reading_lists`, `home_entries` and `reading_list_entries`.
macro_rules! having {
    ($among:literal) => {
        concat!(
            "SELECT l.id, l.account_id
               FROM reading_lists l
               JOIN home_entries h ON h.account_id = l.account_id AND h.status_id = $1
               JOIN statuses s ON s.id = h.status_id
               JOIN reading_list_entries e ON e.list_id = l.id AND e.target_id = h.author_id
              WHERE l.id ",
            $among,
            "   AND (h.author_id = h.account_id
                         OR EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = h.account_id AND f.target_id = h.author_id AND f.state = 'accepted'))
                AND (l.replies_policy NOT IN ('list', 'none')
                     OR s.in_reply_to_iri IS NULL
                     OR s.in_reply_to_account_id IN (s.account_id, h.account_id)
                     OR (l.replies_policy = 'list'
                         AND EXISTS (SELECT 1
                                       FROM reading_list_entries a
                                      WHERE a.list_id = l.id AND a.target_id = s.in_reply_to_account_id)))
              LIMIT $3"
        )
    };
}

const HAVING: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: having!("IN (SELECT value FROM json_each($2))"),
    pg: having!("= ANY($2)"),
);

/// Those of these lists that have this status, as their timelines do, each with whose it is.
pub async fn having(db: &Db, status_id: i64, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let values = params![status_id, ids.to_vec(), most];
    Ok(db.all(HAVING, values).await?)
}

/// Whether one of these lists has a public post (`$1`) of somebody whom its owner does not follow, who let themselves be read
/// there. Counts on the keys of `reading_lists` and `reading_list_entries`.
macro_rules! having_public {
    ($among:literal) => {
        concat!(
            "SELECT l.id, l.account_id
               FROM statuses s
               JOIN accounts a ON a.id = s.account_id
               LEFT JOIN reading_list_wishes w ON w.account_id = a.id
               JOIN reading_list_entries e ON e.target_id = a.id
               JOIN reading_lists l ON l.id = e.list_id
              WHERE s.id = $1
                AND s.visibility = 'public'
                AND s.reblog_of_id IS NULL
                AND a.id <> l.account_id
                AND l.id ",
            $among,
            "   AND NOT EXISTS (SELECT 1
                                  FROM follows f
                                 WHERE f.account_id = l.account_id AND f.target_id = a.id AND f.state = 'accepted')
                AND (s.in_reply_to_iri IS NULL
                     OR s.in_reply_to_account_id IN (s.account_id, l.account_id)
                     OR (l.replies_policy = 'list'
                         AND EXISTS (SELECT 1
                                       FROM reading_list_entries x
                                      WHERE x.list_id = l.id AND x.target_id = s.in_reply_to_account_id))
                     OR (l.replies_policy NOT IN ('list', 'none')
                         AND EXISTS (SELECT 1
                                       FROM follows f
                                      WHERE f.account_id = l.account_id
                                        AND f.target_id = s.in_reply_to_account_id
                                        AND f.state = 'accepted')))
                AND ",
            lets!("l.account_id"),
            " LIMIT $3"
        )
    };
}

const HAVING_PUBLIC: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: having_public!("IN (SELECT value FROM json_each($2))"),
    pg: having_public!("= ANY($2)"),
);

/// Those of these lists that have this public status of somebody whom their owner does not follow, each with whose it is.
pub async fn having_public(db: &Db, status_id: i64, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let values = params![status_id, ids.to_vec(), most];
    Ok(db.all(HAVING_PUBLIC, values).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM reading_lists
          WHERE account_id = $1 AND id IN (SELECT id FROM reading_lists WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM reading_list_entries
          WHERE target_id = $1 AND id IN (SELECT id FROM reading_list_entries WHERE target_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM reading_list_wishes
          WHERE account_id IN (SELECT account_id FROM reading_list_wishes WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM reading_list_refusals
          WHERE target_id = $1
            AND account_id IN (SELECT account_id FROM reading_list_refusals WHERE target_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM reading_list_refusals
          WHERE account_id = $1
            AND target_id IN (SELECT target_id FROM reading_list_refusals WHERE account_id = $1 LIMIT $2)"
    ),
];
