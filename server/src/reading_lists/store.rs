//! SQL of `reading_lists`, of who is in them, and of who lets themself be put in.

mod entries;
mod timelines;

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::{MOST, ReadingList, Replies};
use crate::error::Result;
use crate::window::{Entries, Stretch, Window, entries_in};

pub use entries::{ENTRIES_OF_FOLLOWED, ENTRIES_OF_LIST, ENTRIES_WITHOUT_REPLIES};
pub use timelines::{
    EDGE_OF_STRANGERS, PUBLIC_OF_FOLLOWED, PUBLIC_OF_LIST, PUBLIC_WITHOUT_REPLIES, having,
    having_public,
};

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
use lets;

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
