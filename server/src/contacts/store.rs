//! SQL for `contacts` and `welcomes`.

use std::collections::HashMap;

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// A post that waits.
    #[derive(Debug, Clone, Copy)]
    pub struct ContactRow {
        pub status_id: i64,
        pub sender_id: i64,
        pub is_named: bool,
    }
}

const HOLD: Sql = sql!(
    "INSERT INTO contacts (account_id, status_id, sender_id, is_named, created_at)
     SELECT m.account_id, $2, $3, $4, $5
       FROM members m
      WHERE m.account_id = $1
     ON CONFLICT DO NOTHING"
);

/// Nothing waits for the account that speaks for a community: it is no member.
pub fn hold(
    tx: &mut Tx,
    account_id: i64,
    status_id: i64,
    sender_id: i64,
    is_named: bool,
    now_ms: i64,
) {
    tx.exec(
        HOLD,
        params![account_id, status_id, sender_id, is_named, now_ms],
    );
}

/// Counted up to a bound. Counts on `contacts_newest` and `contacts_by_sender`.
const HELD: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT (SELECT count(*) FROM (SELECT c.status_id FROM contacts c WHERE c.account_id = $1 LIMIT $3) every_one),
            (SELECT count(*)
               FROM (SELECT c.status_id FROM contacts c WHERE c.account_id = $1 AND c.sender_id = $2 LIMIT $3) theirs)"
);

/// How many posts wait for this member, and how many of those are by this sender.
pub async fn held(db: &Db, account_id: i64, sender_id: i64, most: i64) -> Result<(i64, i64)> {
    Ok(db.one(HELD, params![account_id, sender_id, most]).await?)
}

/// Counts on `contacts_newest`.
const NEWEST: Sql<ContactRow> = sql!(
    row: ContactRow,
    "SELECT status_id, sender_id, is_named
       FROM contacts
      WHERE account_id = $1
      ORDER BY created_at DESC, status_id DESC
      LIMIT $2"
);

pub async fn newest(db: &Db, account_id: i64, most: i64) -> Result<Vec<ContactRow>> {
    Ok(db.all(NEWEST, params![account_id, most]).await?)
}

const FIND: Sql<ContactRow> = sql!(
    row: ContactRow,
    "SELECT status_id, sender_id, is_named FROM contacts WHERE account_id = $1 AND status_id = $2"
);

pub async fn find(db: &Db, account_id: i64, status_id: i64) -> Result<Option<ContactRow>> {
    Ok(db.opt(FIND, params![account_id, status_id]).await?)
}

const BY_SENDER: Sql<ContactRow> = sql!(
    row: ContactRow,
    "SELECT status_id, sender_id, is_named
       FROM contacts
      WHERE account_id = $1 AND sender_id = $2
      ORDER BY status_id
      LIMIT $3"
);

pub async fn by_sender(
    db: &Db,
    account_id: i64,
    sender_id: i64,
    most: i64,
) -> Result<Vec<ContactRow>> {
    Ok(db
        .all(BY_SENDER, params![account_id, sender_id, most])
        .await?)
}

/// People who ask to follow, and people whose posts wait: each once.
const COUNT_PEOPLE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT account_id AS who FROM follows WHERE target_id = $1 AND state = 'requested'
              UNION
             SELECT sender_id FROM contacts WHERE account_id = $1
              LIMIT $2) people"
);

pub async fn count_people(db: &Db, account_id: i64, most: i64) -> Result<i64> {
    Ok(db.one(COUNT_PEOPLE, params![account_id, most]).await?.0)
}

const RELEASE: Sql = sql!("DELETE FROM contacts WHERE account_id = $1 AND status_id = $2");

/// Or undoes the whole transaction when it does not wait (any more).
pub fn release(tx: &mut Tx, account_id: i64, status_id: i64) {
    tx.must(RELEASE, params![account_id, status_id]);
}

const WELCOME: Sql = sql!(
    "INSERT INTO welcomes (account_id, target_id, set_by, created_at)
     VALUES ($1, $2, $1, $3)
     ON CONFLICT DO NOTHING"
);

pub fn welcome(tx: &mut Tx, account_id: i64, target_id: i64, now_ms: i64) {
    tx.exec(WELCOME, params![account_id, target_id, now_ms]);
}

const WELCOMED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT target_id FROM welcomes WHERE account_id = $1 ORDER BY target_id DESC LIMIT $2"
);

pub async fn welcomed(db: &Db, account_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(WELCOMED, params![account_id, most]).await?)
}

const UNWELCOME: Sql = sql!("DELETE FROM welcomes WHERE account_id = $1 AND target_id = $2");

pub fn unwelcome(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.must(UNWELCOME, params![account_id, target_id]);
}

/// Counts on `follows_by_target`.
const FOLLOWED_BY: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT CAST(e.value AS INTEGER),
                    (SELECT count(*)
                       FROM (SELECT f.account_id
                               FROM follows f
                               JOIN accounts a ON a.id = f.account_id
                              WHERE f.target_id = CAST(e.value AS INTEGER) AND f.state = 'accepted' AND a.community_id = $2
                              LIMIT $3) members_of_it)
               FROM json_each($1) e",
    pg: "SELECT e.id,
                (SELECT count(*)
                   FROM (SELECT f.account_id
                           FROM follows f
                           JOIN accounts a ON a.id = f.account_id
                          WHERE f.target_id = e.id AND f.state = 'accepted' AND a.community_id = $2
                          LIMIT $3) members_of_it)
           FROM unnest(CAST($1 AS BIGINT[])) AS e (id)"
);

/// How many members of a community follow each of these people, counted up to `most`.
pub async fn followed_by(
    db: &Db,
    accounts: Vec<i64>,
    community_id: i64,
    most: i64,
) -> Result<HashMap<i64, i64>> {
    let rows = db.all(FOLLOWED_BY, params![accounts, community_id, most]);
    Ok(rows.await?.into_iter().collect())
}

/// Counts on `contacts_by_age`.
const OLD: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT account_id, status_id FROM contacts WHERE created_at < $1 ORDER BY created_at LIMIT $2"
);

/// Member and post of what waits since before then.
pub async fn old(db: &Db, before_ms: i64, most: i64) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(OLD, params![before_ms, most]).await?)
}

row! {
    /// Somebody who waits for members of a community.
    #[derive(Debug, Clone, Copy)]
    pub struct WaitingRow {
        pub sender_id: i64,
        pub posts: i64,
        pub members: i64,
    }
}

/// On the key of `members` by community, `contacts_newest` and `follows_by_target`.
const WAITING_IN: Sql<WaitingRow> = sql!(
    row: WaitingRow,
    "SELECT who.sender_id, count(who.status_id) AS posts, count(DISTINCT who.account_id) AS members
       FROM (SELECT c.sender_id, c.account_id, c.status_id, c.created_at
               FROM members m
               JOIN contacts c ON c.account_id = m.account_id
              WHERE m.community_id = $1
              UNION ALL
             SELECT f.account_id, f.target_id, NULL, f.created_at
               FROM members m
               JOIN follows f ON f.target_id = m.account_id
              WHERE m.community_id = $1
                AND f.state = 'requested') AS who
      GROUP BY who.sender_id
      ORDER BY max(who.created_at) DESC, who.sender_id DESC
      LIMIT $2 OFFSET $3"
);

/// Who waits for members of a community with a post or a follow, who came last first.
pub async fn waiting_in(
    db: &Db,
    community_id: i64,
    most: i64,
    from: i64,
) -> Result<Vec<WaitingRow>> {
    let waiting = db.all(WAITING_IN, params![community_id, most, from]);
    Ok(waiting.await?)
}

const MEMBERS_ASKED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT c.account_id
       FROM members m
       JOIN contacts c ON c.account_id = m.account_id
      WHERE m.community_id = $1 AND c.sender_id = $2
      UNION
     SELECT f.target_id
       FROM members m
       JOIN follows f ON f.target_id = m.account_id
      WHERE m.community_id = $1 AND f.account_id = $2 AND f.state = 'requested'
      LIMIT $3"
);

/// The members of a community for whom something of this sender waits.
pub async fn members_asked(
    db: &Db,
    community_id: i64,
    sender_id: i64,
    most: i64,
) -> Result<Vec<i64>> {
    let asked = db.column(MEMBERS_ASKED, params![community_id, sender_id, most]);
    Ok(asked.await?)
}

const WELCOME_TO: Sql = sql!(
    "INSERT INTO welcomes (account_id, target_id, set_by, created_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING"
);

/// A yes of the account that speaks for a community, said by somebody else.
pub fn welcome_to(tx: &mut Tx, account_id: i64, target_id: i64, by: i64, now_ms: i64) {
    tx.exec(WELCOME_TO, params![account_id, target_id, by, now_ms]);
}

const WELCOMED_BY: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT target_id, set_by
       FROM welcomes
      WHERE account_id = $1
      ORDER BY created_at DESC, target_id DESC
      LIMIT $2"
);

/// Whom this account said yes to, newest first, and who said it in its name.
pub async fn welcomed_by(db: &Db, account_id: i64, most: i64) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(WELCOMED_BY, params![account_id, most]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM contacts
          WHERE account_id = $1 AND status_id IN (SELECT status_id FROM contacts WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM welcomes
          WHERE account_id = $1 AND target_id IN (SELECT target_id FROM welcomes WHERE account_id = $1 LIMIT $2)"
    ),
];
