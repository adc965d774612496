//! SQL of `annual_reports`, and what is counted of a member's own posts and follows. Each reads so many rows at most.

use comity_db::{Db, Sql, params, row, sql};

use super::{Data, Report};
use crate::error::Result;

row! {
    /// One row of `annual_reports`.
    #[derive(Debug)]
    pub struct ReportRow {
        pub year: i64,
        pub data: String,
    }
}

impl ReportRow {
    /// As it was counted.
    pub fn read(self) -> Result<Report> {
        Ok(Report {
            year: self.year,
            data: serde_json::from_str(&self.data)?,
        })
    }
}

const UNREAD: Sql<ReportRow> = sql!(
    row: ReportRow,
    "SELECT year, data
       FROM annual_reports
      WHERE account_id = $1 AND read_at IS NULL
      ORDER BY year DESC
      LIMIT $2"
);
const FIND: Sql<ReportRow> = sql!(
    row: ReportRow,
    "SELECT year, data FROM annual_reports WHERE account_id = $1 AND year = $2"
);
const MARK_READ: Sql = sql!(
    "UPDATE annual_reports
        SET read_at = coalesce(read_at, $3)
      WHERE account_id = $1 AND year = $2"
);
const INSERT: Sql = sql!(
    "INSERT INTO annual_reports (account_id, year, data, made_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING"
);

pub async fn unread(db: &Db, account_id: i64, most: i64) -> Result<Vec<ReportRow>> {
    Ok(db.all(UNREAD, params![account_id, most]).await?)
}

pub async fn find(db: &Db, account_id: i64, year: i64) -> Result<Option<ReportRow>> {
    Ok(db.opt(FIND, params![account_id, year]).await?)
}

pub async fn mark_read(db: &Db, account_id: i64, year: i64, now_ms: i64) -> Result<u64> {
    let values = params![account_id, year, now_ms];
    Ok(db.exec(MARK_READ, values).await?)
}

pub async fn insert(db: &Db, account_id: i64, year: i64, data: &Data, now_ms: i64) -> Result<()> {
    let data = serde_json::to_string(data)?;
    let values = params![account_id, year, data.as_str(), now_ms];
    db.exec(INSERT, values).await?;
    Ok(())
}

/// The newest `$4` of what `$1` wrote from the id `$2` on and below `$3`. Counts on `statuses_by_author`, which holds all that
/// is asked for first: SQLite would go through everybody's posts of the year otherwise.
macro_rules! written {
    () => {
        "(SELECT id
            FROM statuses
           WHERE account_id = $1 AND id >= $2 AND id < $3
           ORDER BY id DESC
           LIMIT $4) n
          JOIN statuses s ON s.id = n.id"
    };
}

row! {
    /// How many posts there were of each kind.
    #[derive(Debug)]
    pub struct Kinds {
        /// That answer nobody else, polls with them.
        pub own: i64,
        /// To somebody else.
        pub answers: i64,
        /// Of other posts.
        pub boosts: i64,
        /// Polls.
        pub polls: i64,
    }
}

const KINDS: Sql<Kinds> = sql!(
    row: Kinds,
    concat!(
        "SELECT count(CASE WHEN s.reblog_of_id IS NULL
                            AND (s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id = $1) THEN 1 END) AS own,
                count(CASE WHEN s.reblog_of_id IS NULL
                            AND s.in_reply_to_account_id <> $1 THEN 1 END) AS answers,
                count(s.reblog_of_id) AS boosts,
                count(CASE WHEN s.kind = 'question' THEN 1 END) AS polls
           FROM ",
        written!()
    )
);

pub async fn kinds(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
) -> Result<Kinds> {
    let values = params![account_id, from, until, most];
    Ok(db.one(KINDS, values).await?)
}

const HAS_WRITTEN: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM statuses
      WHERE account_id = $1 AND id >= $2 AND id < $3
      LIMIT 1"
);

pub async fn has_written(db: &Db, account_id: i64, (from, until): (i64, i64)) -> Result<bool> {
    let values = params![account_id, from, until];
    Ok(db.opt_column(HAS_WRITTEN, values).await?.is_some())
}

/// Days since 1970, of which a year has 366 at most, and how many posts each had.
const DAYS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    concat!(
        "SELECT s.created_at / 86400000, count(*)
           FROM ",
        written!(),
        " GROUP BY 1
          ORDER BY 1
          LIMIT 366"
    )
);

pub async fn days(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
) -> Result<Vec<(i64, i64)>> {
    let values = params![account_id, from, until, most];
    Ok(db.all(DAYS, values).await?)
}

/// The same of follows of which they (`$1`) are one side, among `$4` of these.
macro_rules! began {
    ($side:literal) => {
        sql!(
            row: (i64, i64),
            concat!(
                "SELECT f.created_at / 86400000, count(*)
                   FROM (SELECT created_at
                           FROM follows
                          WHERE ",
                $side,
                " = $1 AND state = 'accepted'
                          LIMIT $4) f
                  WHERE f.created_at >= $2 AND f.created_at < $3
                  GROUP BY 1
                  ORDER BY 1
                  LIMIT 366"
            )
        )
    };
}

/// Whom they began to follow.
const FOLLOWING: Sql<(i64, i64)> = began!("account_id");
/// Who began to follow them. Counts on `follows_by_target`.
const FOLLOWERS: Sql<(i64, i64)> = began!("target_id");

pub async fn following(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
) -> Result<Vec<(i64, i64)>> {
    let values = params![account_id, from, until, most];
    Ok(db.all(FOLLOWING, values).await?)
}

pub async fn followers(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
) -> Result<Vec<(i64, i64)>> {
    let values = params![account_id, from, until, most];
    Ok(db.all(FOLLOWERS, values).await?)
}

/// Counts on `hashtag_entries_by_status`.
const TAGS: Sql<(String, i64)> = sql!(
    row: (String, i64),
    concat!(
        "SELECT e.name, count(*)
           FROM ",
        written!(),
        " JOIN hashtag_entries e ON e.status_id = s.id
          GROUP BY e.name
         HAVING count(*) > 1
          ORDER BY count(*) DESC, e.name
          LIMIT $5"
    )
);

pub async fn tags(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
    limit: i64,
) -> Result<Vec<(String, i64)>> {
    let values = params![account_id, from, until, most, limit];
    Ok(db.all(TAGS, values).await?)
}

/// The public post with the most of something, and with some of it.
macro_rules! most_of {
    ($count:literal, $others:literal) => {
        sql!(
            row: (i64,),
            concat!(
                "SELECT s.id
                   FROM ",
                written!(),
                " WHERE s.visibility = 'public' AND s.reblog_of_id IS NULL AND ",
                $count,
                " > 0",
                $others,
                " ORDER BY ",
                $count,
                " DESC, s.id DESC
                  LIMIT 1"
            )
        )
    };
}

const MOST_REBLOGGED: Sql<(i64,)> = most_of!("s.reblogs_count", "");
const MOST_FAVOURITED: Sql<(i64,)> =
    most_of!("s.favourites_count", " AND s.id <> $5 AND s.id <> $6");
const MOST_ANSWERED: Sql<(i64,)> = most_of!("s.replies_count", " AND s.id <> $5 AND s.id <> $6");

pub async fn most_reblogged(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
) -> Result<Option<i64>> {
    let values = params![account_id, from, until, most];
    Ok(db.opt_column(MOST_REBLOGGED, values).await?)
}

/// Of those that are none of `but`.
pub async fn most_favourited(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
    but: [i64; 2],
) -> Result<Option<i64>> {
    let values = params![account_id, from, until, most, but[0], but[1]];
    Ok(db.opt_column(MOST_FAVOURITED, values).await?)
}

/// Of those that are none of `but`.
pub async fn most_answered(
    db: &Db,
    account_id: i64,
    (from, until): (i64, i64),
    most: i64,
    but: [i64; 2],
) -> Result<Option<i64>> {
    let values = params![account_id, from, until, most, but[0], but[1]];
    Ok(db.opt_column(MOST_ANSWERED, values).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "DELETE FROM annual_reports
      WHERE account_id = $1 AND year IN (SELECT year FROM annual_reports WHERE account_id = $1 LIMIT $2)"
)];
