//! SQL of `waves` and `wave_limits`.

use comity_db::{Db, Sql, Tx, params, row, sql};
use comity_policy::PersonId;

use crate::error::Result;

row! {
    /// A wave as it is stored. Times are unix milliseconds.
    #[derive(Debug, Clone, Copy)]
    pub struct WaveRow {
        pub id: i64,
        pub began_at: i64,
        pub until_at: i64,
        pub settled_at: Option<i64>,
        pub let_in: bool,
    }
}

/// Strangers who were let through to a member. Counts on `notifications_of_contact`: a storm of favourites hides nothing.
const STRANGERS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT DISTINCT n.from_account_id
               FROM (SELECT from_account_id
                       FROM notifications
                      WHERE account_id = $1 AND id > $2 AND kind IN ('mention', 'follow', 'follow_request')
                      ORDER BY id DESC
                      LIMIT $3) n
               JOIN accounts a ON a.id = n.from_account_id
               JOIN members m ON m.account_id = $1
              WHERE a.community_id IS DISTINCT FROM m.community_id
                AND NOT EXISTS (SELECT 1
                                  FROM follows f
                                 WHERE f.account_id = $1
                                   AND f.target_id = n.from_account_id
                                   AND f.state = 'accepted')
                AND NOT EXISTS (SELECT 1
                                  FROM welcomes w
                                 WHERE w.account_id = $1 AND w.target_id = n.from_account_id)) strangers"
);

/// How many strangers spoke to this member, or asked to follow, with notifications after that id; of the `most` newest.
pub async fn strangers(db: &Db, account_id: i64, after_id: i64, most: i64) -> Result<i64> {
    Ok(db
        .one(STRANGERS, params![account_id, after_id, most])
        .await?
        .0)
}

const LIMIT: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT strangers FROM wave_limits WHERE account_id = $1");

pub async fn limit(db: &Db, account_id: i64) -> Result<Option<i64>> {
    let row = db.opt(LIMIT, params![account_id]).await?;
    Ok(row.map(|(strangers,)| strangers))
}

const SET_LIMIT: Sql = sql!(
    "INSERT INTO wave_limits (account_id, strangers)
     VALUES ($1, $2)
     ON CONFLICT (account_id) DO UPDATE SET strangers = excluded.strangers"
);

pub fn set_limit(tx: &mut Tx, account_id: i64, strangers: i64) {
    tx.exec(SET_LIMIT, params![account_id, strangers]);
}

const NEWEST: Sql<WaveRow> = sql!(
    row: WaveRow,
    "SELECT id, began_at, until_at, settled_at, let_in
       FROM waves
      WHERE account_id = $1
      ORDER BY id DESC
      LIMIT 1"
);

pub async fn newest(db: &Db, account_id: i64) -> Result<Option<WaveRow>> {
    Ok(db.opt(NEWEST, params![account_id]).await?)
}

const STANDING: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT account_id, until_at FROM waves WHERE settled_at IS NULL AND until_at > $1"
);

/// The members at whom a wave stands, and until when.
pub async fn standing(db: &Db, now_ms: i64) -> Result<Vec<(PersonId, i64)>> {
    let rows = db.all(STANDING, params![now_ms]).await?;
    Ok(rows
        .into_iter()
        .map(|(member, until)| (PersonId(member), until))
        .collect())
}

/// Counts on `waves_one_at_a_time`.
const MEMBERS_IN: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM waves w
       JOIN members m ON m.account_id = w.account_id
      WHERE w.settled_at IS NULL AND w.until_at > $2 AND m.community_id = $1"
);

/// At how many members of a community a wave stands.
pub async fn members_in(db: &Db, community_id: i64, now_ms: i64) -> Result<i64> {
    Ok(db.one(MEMBERS_IN, params![community_id, now_ms]).await?.0)
}

const SETTLE_OLD: Sql = sql!(
    "UPDATE waves SET settled_at = until_at WHERE account_id = $1 AND settled_at IS NULL AND until_at <= $2"
);
const BEGIN: Sql = sql!(
    "INSERT INTO waves (id, account_id, began_at, until_at, let_in)
     VALUES ($1, $2, $3, $4, FALSE)
     ON CONFLICT DO NOTHING"
);

/// In place of one that ended by itself. Nothing when another node was quicker.
pub fn begin(tx: &mut Tx, id: i64, account_id: i64, now_ms: i64, until_ms: i64) {
    tx.exec(SETTLE_OLD, params![account_id, now_ms]);
    tx.exec(BEGIN, params![id, account_id, now_ms, until_ms]);
}

const SETTLE: Sql = sql!(
    "UPDATE waves SET settled_at = $3, let_in = $4 WHERE id = $2 AND account_id = $1 AND settled_at IS NULL"
);

/// Or undoes the whole transaction when it is settled already.
pub fn settle(tx: &mut Tx, account_id: i64, wave_id: i64, now_ms: i64, let_in: bool) {
    tx.must(SETTLE, params![account_id, wave_id, now_ms, let_in]);
}

const PROLONG: Sql =
    sql!("UPDATE waves SET until_at = $3 WHERE id = $2 AND account_id = $1 AND settled_at IS NULL");

/// Or undoes the whole transaction when it is settled already.
pub fn prolong(tx: &mut Tx, account_id: i64, wave_id: i64, until_ms: i64) {
    tx.must(PROLONG, params![account_id, wave_id, until_ms]);
}

row! {
    /// What waits because of a wave.
    #[derive(Debug, Clone, Copy)]
    pub struct Held {
        pub posts: i64,
        pub people: i64,
        pub servers: i64,
    }
}

/// Counts on `contacts_newest`; as many rows as may wait for one member.
const HELD: Sql<Held> = sql!(
    row: Held,
    "SELECT count(*) AS posts, count(DISTINCT c.sender_id) AS people, count(DISTINCT a.host) AS servers
       FROM contacts c
       JOIN accounts a ON a.id = c.sender_id
      WHERE c.account_id = $1 AND c.created_at >= $2"
);

pub async fn held(db: &Db, account_id: i64, since_ms: i64) -> Result<Held> {
    Ok(db.one(HELD, params![account_id, since_ms]).await?)
}

const MOST_ANSWERED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT s.in_reply_to_id
       FROM contacts c
       JOIN statuses s ON s.id = c.status_id
      WHERE c.account_id = $1 AND c.created_at >= $2 AND s.in_reply_to_id IS NOT NULL
      GROUP BY s.in_reply_to_id
      ORDER BY count(*) DESC, s.in_reply_to_id
      LIMIT 1"
);

/// The post that most of what waits answers.
pub async fn most_answered(db: &Db, account_id: i64, since_ms: i64) -> Result<Option<i64>> {
    let row = db.opt(MOST_ANSWERED, params![account_id, since_ms]).await?;
    Ok(row.map(|(id,)| id))
}

const POSTS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id
       FROM contacts
      WHERE account_id = $1 AND created_at >= $2 AND created_at <= $3 AND status_id > $4
      ORDER BY status_id
      LIMIT $5"
);

/// What waits of what came between `from_ms` and `to_ms`, in the order of the numbers, behind `after`.
pub async fn posts(
    db: &Db,
    account_id: i64,
    (from_ms, to_ms): (i64, i64),
    after: i64,
    most: i64,
) -> Result<Vec<i64>> {
    let posts = db.column(POSTS, params![account_id, from_ms, to_ms, after, most]);
    Ok(posts.await?)
}

/// Strangers, as they are counted for a wave. Counts on `follows_by_target`.
const REQUESTS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT f.account_id
       FROM follows f
       JOIN accounts a ON a.id = f.account_id
       JOIN members m ON m.account_id = f.target_id
      WHERE f.target_id = $1 AND f.state = 'requested' AND f.created_at >= $2 AND f.created_at <= $3
        AND f.account_id > $4
        AND a.community_id IS DISTINCT FROM m.community_id
        AND NOT EXISTS (SELECT 1
                          FROM follows back
                         WHERE back.account_id = $1 AND back.target_id = f.account_id AND back.state = 'accepted')
        AND NOT EXISTS (SELECT 1 FROM welcomes w WHERE w.account_id = $1 AND w.target_id = f.account_id)
      ORDER BY f.account_id
      LIMIT $5"
);

/// Strangers who asked to follow between then and then, in the order of their numbers, behind `after`.
pub async fn requests(
    db: &Db,
    account_id: i64,
    (from_ms, to_ms): (i64, i64),
    after: i64,
    most: i64,
) -> Result<Vec<i64>> {
    let requests = db.column(REQUESTS, params![account_id, from_ms, to_ms, after, most]);
    Ok(requests.await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM waves
          WHERE account_id = $1 AND id IN (SELECT id FROM waves WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM wave_limits WHERE account_id IN (SELECT account_id FROM wave_limits WHERE account_id = $1 LIMIT $2)"
    ),
];
