//! SQL of `dismissed_suggestions`, `rejected_trends` and `trend_decisions`, and readings of other tables that lists of people and numbers are.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::{Order, WEEK_MS};
use crate::accounts::is_of_people;
use crate::error::Result;

/// Who of these accounts wants to be found.
macro_rules! wants_to_be_found {
    ($of:literal) => {
        concat!(
            $of,
            ".discoverable AND ",
            $of,
            ".gone_at IS NULL AND ",
            is_of_people!($of)
        )
    };
}

/// Counts on `accounts_listed_by_activity`.
const ACTIVE: Sql<(i64,)> = sql!(
    row: (i64,),
    concat!(
        "SELECT a.id
           FROM accounts a
          WHERE ",
        wants_to_be_found!("a"),
        "   AND a.last_status_at IS NOT NULL
            AND (NOT $1 OR a.community_id = $2)
          ORDER BY a.last_status_at DESC
          LIMIT $3 OFFSET $4"
    )
);
/// Counts on `accounts_listed_by_age`.
const NEW: Sql<(i64,)> = sql!(
    row: (i64,),
    concat!(
        "SELECT a.id
           FROM accounts a
          WHERE ",
        wants_to_be_found!("a"),
        "   AND a.created_at > 0
            AND (NOT $1 OR a.community_id = $2)
          ORDER BY a.created_at DESC
          LIMIT $3 OFFSET $4"
    )
);

/// People who want to be found.
pub async fn listed(
    db: &Db,
    order: Order,
    local: bool,
    community_id: i64,
    skip: i64,
    most: i64,
) -> Result<Vec<i64>> {
    let statement = match order {
        Order::Active => ACTIVE,
        Order::New => NEW,
    };
    let values = params![local, community_id, most, skip];
    Ok(db.column(statement, values).await?)
}

/// Whom a member (`$1`) has nothing to do with yet, of the accounts `a`.
macro_rules! is_new_to {
    () => {
        "a.id <> $1
         AND NOT EXISTS (SELECT 1 FROM follows m WHERE m.account_id = $1 AND m.target_id = a.id)
         AND NOT EXISTS (SELECT 1 FROM mutes u WHERE u.account_id = $1 AND u.target_id = a.id)
         AND NOT EXISTS (SELECT 1
                           FROM dismissed_suggestions d
                          WHERE d.account_id = $1 AND d.target_id = a.id)"
    };
}

/// Who keeps to themself whom they follow is not asked, and who follows somebody that keeps it is not told.
const FRIENDS_OF_FRIENDS: Sql<(i64,)> = sql!(
    row: (i64,),
    concat!(
        "SELECT a.id
           FROM (SELECT f.target_id
                   FROM follows f
                  WHERE f.account_id = $1 AND f.state = 'accepted'
                  ORDER BY f.created_at DESC
                  LIMIT $2) mine
           JOIN accounts friend ON friend.id = mine.target_id AND NOT friend.hide_collections
           JOIN follows g ON g.account_id = friend.id AND g.state = 'accepted'
           JOIN accounts a ON a.id = g.target_id AND NOT a.hide_collections
          WHERE ",
        wants_to_be_found!("a"),
        " AND ",
        is_new_to!(),
        " GROUP BY a.id
          ORDER BY count(*) DESC, a.id DESC
          LIMIT $3"
    )
);

pub async fn friends_of_friends(
    db: &Db,
    account_id: i64,
    asked: i64,
    most: i64,
) -> Result<Vec<i64>> {
    let values = params![account_id, asked, most];
    Ok(db.column(FRIENDS_OF_FRIENDS, values).await?)
}

/// Of the `$4` whom most follow: who follows all of these is suggested nobody for that. Counts on
/// `accounts_listed_by_followers`.
const MOST_FOLLOWED: Sql<(i64,)> = sql!(
    row: (i64,),
    concat!(
        "SELECT a.id
           FROM (SELECT o.id, o.followers_count
                   FROM accounts o
                  WHERE o.community_id = $2 AND ",
        wants_to_be_found!("o"),
        "         ORDER BY o.followers_count DESC
                  LIMIT $4) a
          WHERE ",
        is_new_to!(),
        " ORDER BY a.followers_count DESC
          LIMIT $3"
    )
);

pub async fn most_followed(
    db: &Db,
    account_id: i64,
    community_id: i64,
    among: i64,
    most: i64,
) -> Result<Vec<i64>> {
    let values = params![account_id, community_id, most, among];
    Ok(db.column(MOST_FOLLOWED, values).await?)
}

const DISMISS: Sql = sql!(
    "INSERT INTO dismissed_suggestions (account_id, target_id)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);

pub async fn dismiss(db: &Db, account_id: i64, target_id: i64) -> Result<()> {
    db.exec(DISMISS, params![account_id, target_id]).await?;
    Ok(())
}

/// Counts on `statuses_of_community`.
const WRITTEN: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    "SELECT CAST((s.created_at - $3) / $4 AS BIGINT) AS week, count(*) AS statuses,
            count(DISTINCT s.account_id) AS writers
       FROM statuses s
      WHERE s.community_id = $1 AND s.reblog_of_id IS NULL AND s.id > $2 AND s.created_at >= $3
        AND s.visibility IN ('public', 'unlisted')
      GROUP BY 1
      ORDER BY 1
      LIMIT 20"
);

/// (week from the first on, posts, who wrote them)
pub async fn written(
    db: &Db,
    community_id: i64,
    above: i64,
    first_ms: i64,
) -> Result<Vec<(i64, i64, i64)>> {
    let values = params![community_id, above, first_ms, WEEK_MS];
    Ok(db.all(WRITTEN, values).await?)
}

const JOINED: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT CAST((m.created_at - $2) / $3 AS BIGINT) AS week, count(*) AS members
       FROM members m
      WHERE m.community_id = $1 AND m.created_at >= $2
      GROUP BY 1
      ORDER BY 1
      LIMIT 20"
);

/// (week from the first on, new members)
pub async fn joined(db: &Db, community_id: i64, first_ms: i64) -> Result<Vec<(i64, i64)>> {
    let values = params![community_id, first_ms, WEEK_MS];
    Ok(db.all(JOINED, values).await?)
}

/// Counts on `statuses_public`; looks at the newest `$2` alone.
const LIKED: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT newest.id, newest.account_id
       FROM (SELECT s.id, s.account_id, s.reblogs_count * 2 + s.favourites_count AS weight
               FROM statuses s
              WHERE s.visibility = 'public' AND s.reblog_of_id IS NULL AND s.id > $1
              ORDER BY s.id DESC
              LIMIT $2) newest
      WHERE newest.weight > 1
      ORDER BY newest.weight DESC, newest.id DESC
      LIMIT $3"
);

/// Public posts above a number that others favourited or boosted and their authors, those first with which most was done.
pub async fn liked(db: &Db, above: i64, among: i64, most: i64) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(LIKED, params![above, among, most]).await?)
}

const REJECTED: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT name
       FROM rejected_trends
      WHERE community_id = $1 AND kind = $2
      ORDER BY name
      LIMIT $3"
);

/// What a community keeps out of what is talked about.
pub async fn rejected(db: &Db, community_id: i64, kind: &str, most: i64) -> Result<Vec<String>> {
    Ok(db
        .column(REJECTED, params![community_id, kind, most])
        .await?)
}

const REJECT: Sql = sql!(
    "INSERT INTO rejected_trends (community_id, kind, name, rejected_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING"
);

pub fn reject(tx: &mut Tx, community_id: i64, kind: &str, name: &str, now_ms: i64) {
    tx.exec(REJECT, params![community_id, kind, name, now_ms]);
}

const APPROVE: Sql =
    sql!("DELETE FROM rejected_trends WHERE community_id = $1 AND kind = $2 AND name = $3");

pub fn approve(tx: &mut Tx, community_id: i64, kind: &str, name: &str) {
    tx.exec(APPROVE, params![community_id, kind, name]);
}

const FORGET_POSTS: Sql = sql!(
    "DELETE FROM rejected_trends WHERE community_id = $1 AND kind = 'status' AND rejected_at < $2"
);

/// Posts that were rejected before this moment are none of those that are talked about lately.
pub fn forget_rejected_posts(tx: &mut Tx, community_id: i64, before_ms: i64) {
    tx.exec(FORGET_POSTS, params![community_id, before_ms]);
}

row! {
    /// One row of `trend_decisions`.
    pub struct DecisionRow {
        pub id: i64,
        pub account_id: i64,
        pub kind: String,
        pub name: String,
        pub decision: String,
        pub created_at: i64,
    }
}

const INSERT_DECISION: Sql = sql!(
    "INSERT INTO trend_decisions (id, community_id, account_id, kind, name, decision, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)"
);

pub fn insert_decision(tx: &mut Tx, community_id: i64, row: DecisionRow) {
    tx.exec(
        INSERT_DECISION,
        params![
            row.id,
            community_id,
            row.account_id,
            row.kind,
            row.name,
            row.decision,
            row.created_at
        ],
    );
}

/// Counts on `trend_decisions_of_community`.
const DECISIONS: Sql<DecisionRow> = sql!(
    row: DecisionRow,
    "SELECT id, account_id, kind, name, decision, created_at
       FROM trend_decisions
      WHERE community_id = $1 AND id < $2
      ORDER BY id DESC
      LIMIT $3"
);

/// The newest decisions that are older than a number.
pub async fn decisions(
    db: &Db,
    community_id: i64,
    below: i64,
    most: i64,
) -> Result<Vec<DecisionRow>> {
    Ok(db
        .all(DECISIONS, params![community_id, below, most])
        .await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM dismissed_suggestions
          WHERE account_id = $1 AND target_id IN (SELECT target_id FROM dismissed_suggestions WHERE account_id = $1 LIMIT $2)"
    ),
];
