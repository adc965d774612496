//! Readings of other tables that numbers are. Each counts up to a bound, or among so many of the newest.

use comity_db::{Db, Sql, params, sql};

use crate::clock::DAY_MS;
use crate::error::Result;
use crate::id;

/// Numbers by days, which are counted from 1 January 1970.
pub(super) type ByDay = Vec<(i64, i64)>;
/// From the first of the two, and before the second.
pub(super) type Range = (i64, i64);

/// Posts of the members with which something can have been done lately: the newest.
const MOST_POSTS: i64 = 50_000;

/// How often something happened on each day (of `$1` milliseconds), of the first `$2` times that are found. When it
/// happened stands in `made_at`.
macro_rules! by_day {
    ($($part:literal),+ $(,)?) => {
        sql!(
            row: (i64, i64),
            concat!(
                "SELECT CAST(counted.made_at / $1 AS BIGINT) AS day, count(*) AS times
                   FROM (",
                $($part,)+
                " LIMIT $2) counted
                  GROUP BY 1
                  ORDER BY 1
                  LIMIT 400"
            )
        )
    };
}

/// What others did with the newest `$7` posts of the members (`$3`) that are older than `$6`, from `$4` to `$5`.
macro_rules! done_with {
    ($table:literal, $matches:literal) => {
        by_day!(
            "SELECT done.created_at AS made_at
               FROM (SELECT s.id, s.account_id
                       FROM statuses s
                      WHERE s.community_id = $3 AND s.reblog_of_id IS NULL AND s.id < $6
                      ORDER BY s.id DESC
                      LIMIT $7) newest
              CROSS JOIN ",
            $table,
            " done
              WHERE done.account_id <> newest.account_id AND done.created_at >= $4 AND done.created_at < $5 AND ",
            $matches
        )
    };
}

/// Follows between people of a server (`$3`) and members (`$6`) from `$4` to `$5`: the column that names the first, and the
/// one that names the second.
macro_rules! followed {
    ($there:literal, $member:literal) => {
        by_day!(
            "SELECT f.created_at AS made_at
               FROM accounts a
              CROSS JOIN follows f
              CROSS JOIN accounts m
              WHERE a.host = $3 AND f.",
            $there,
            " = a.id AND f.state = 'accepted' AND f.created_at >= $4 AND f.created_at < $5
                AND m.id = f.",
            $member,
            " AND m.community_id = $6"
        )
    };
}

/// Counts on `statuses_of_community`.
const WRITERS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT CAST(s.created_at / $1 AS BIGINT) AS day, count(DISTINCT s.account_id) AS members
       FROM (SELECT account_id, created_at
               FROM statuses
              WHERE community_id = $2 AND reblog_of_id IS NULL AND id >= $3 AND id < $4
                AND visibility IN ('public', 'unlisted')
              ORDER BY id DESC
              LIMIT $5) s
      GROUP BY 1
      ORDER BY 1
      LIMIT 400"
);
const ALL_WRITERS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(DISTINCT s.account_id) AS members
       FROM (SELECT account_id
               FROM statuses
              WHERE community_id = $1 AND reblog_of_id IS NULL AND id >= $2 AND id < $3
                AND visibility IN ('public', 'unlisted')
              ORDER BY id DESC
              LIMIT $4) s"
);

/// Members who wrote one of the newest `among` posts that are not for a few, by day.
pub async fn writers(db: &Db, community_id: i64, ids: Range, among: i64) -> Result<ByDay> {
    let values = params![DAY_MS, community_id, ids.0, ids.1, among];
    Ok(db.all(WRITERS, values).await?)
}

/// The same, each of them once for all the days.
pub async fn all_writers(db: &Db, community_id: i64, ids: Range, among: i64) -> Result<i64> {
    let values = params![community_id, ids.0, ids.1, among];
    Ok(db.one(ALL_WRITERS, values).await?.0)
}

const JOINED: Sql<(i64, i64)> = by_day!(
    "SELECT m.created_at AS made_at
       FROM members m
      WHERE m.community_id = $3 AND m.created_at >= $4 AND m.created_at < $5"
);

/// Who became a member, by day.
pub async fn joined(db: &Db, community_id: i64, ms: Range, most: i64) -> Result<ByDay> {
    let values = params![DAY_MS, most, community_id, ms.0, ms.1];
    Ok(db.all(JOINED, values).await?)
}

/// Counts on `favourites_by_status`.
const FAVOURITED: Sql<(i64, i64)> = done_with!("favourites", "done.status_id = newest.id");
/// Counts on `statuses_by_reblog`.
const BOOSTED: Sql<(i64, i64)> = done_with!(
    "statuses",
    "done.reblog_of_id IS NOT NULL AND done.reblog_of_id = newest.id"
);
/// Counts on `statuses_by_parent`.
const ANSWERED: Sql<(i64, i64)> = done_with!(
    "statuses",
    "done.in_reply_to_id IS NOT NULL AND done.in_reply_to_id = newest.id AND done.visibility IN ('public', 'unlisted')"
);

/// Favourites of, boosts of and answers to what members wrote, by others and by day. A day may stand there three times.
pub async fn done_with(db: &Db, community_id: i64, ms: Range, most: i64) -> Result<ByDay> {
    let mut all = Vec::new();
    for statement in [FAVOURITED, BOOSTED, ANSWERED] {
        let below = id::first_at(ms.1);
        let values = params![DAY_MS, most, community_id, ms.0, ms.1, below, MOST_POSTS];
        all.extend(db.all(statement, values).await?);
    }
    Ok(all)
}

/// Counts on `reports_of_community`.
const OPENED: Sql<(i64, i64)> = by_day!(
    "SELECT r.created_at AS made_at
       FROM reports r
      WHERE r.community_id = $3 AND r.id >= $4 AND r.id < $5"
);
/// Counts on `reports_of_community`.
const RESOLVED: Sql<(i64, i64)> = by_day!(
    "SELECT r.resolved_at AS made_at
       FROM reports r
      WHERE r.community_id = $3 AND r.resolved_at >= $4 AND r.resolved_at < $5"
);

/// Reports that came, by day.
pub async fn opened(db: &Db, community_id: i64, ids: Range, most: i64) -> Result<ByDay> {
    let values = params![DAY_MS, most, community_id, ids.0, ids.1];
    Ok(db.all(OPENED, values).await?)
}

/// Reports that were closed and are, by day.
pub async fn resolved(db: &Db, community_id: i64, ms: Range, most: i64) -> Result<ByDay> {
    let values = params![DAY_MS, most, community_id, ms.0, ms.1];
    Ok(db.all(RESOLVED, values).await?)
}

const NAMING: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id
       FROM hashtag_entries
      WHERE name = $1 AND status_id >= $2 AND status_id < $3
      ORDER BY status_id DESC
      LIMIT $4"
);

/// Posts that name a topic (folded), the newest first. Nobody is cleared to see them yet.
pub async fn naming(db: &Db, name: &str, ids: Range, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(NAMING, params![name, ids.0, ids.1, most]).await?)
}

/// Counts on `accounts_by_host`. A number is given out when somebody is met; `$6` of them are a millisecond's.
const MET: Sql<(i64, i64)> = by_day!(
    "SELECT a.id / $6 AS made_at
       FROM accounts a
      WHERE a.host = $3 AND a.community_id IS NULL AND a.id >= $4 AND a.id < $5"
);
/// Counts on `reports_of_community`.
const REPORTED: Sql<(i64, i64)> = by_day!(
    "SELECT r.created_at AS made_at
       FROM reports r
      CROSS JOIN accounts a
      WHERE r.community_id = $6 AND r.id >= $4 AND r.id < $5 AND a.id = r.target_id AND a.host = $3"
);
/// Counts on `accounts_by_host` and `statuses_by_author`.
const WRITTEN_THERE: Sql<(i64, i64)> = by_day!(
    "SELECT s.created_at AS made_at
       FROM accounts a
      CROSS JOIN statuses s
      WHERE a.host = $3 AND a.community_id IS NULL AND s.account_id = a.id AND s.id >= $4 AND s.id < $5 AND s.reblog_of_id IS NULL
        AND s.visibility IN ('public', 'unlisted')"
);
/// Counts on `accounts_by_host` and `follows_by_target`.
const FOLLOWED: Sql<(i64, i64)> = followed!("target_id", "account_id");
/// Counts on `accounts_by_host`.
const FOLLOWING: Sql<(i64, i64)> = followed!("account_id", "target_id");

/// People of a server whom this installation came to know, by day.
pub async fn met(db: &Db, host: &str, ids: Range, most: i64) -> Result<ByDay> {
    let values = params![DAY_MS, most, host, ids.0, ids.1, id::first_at(1)];
    Ok(db.all(MET, values).await?)
}

/// Reports about people of a server, by day.
pub async fn reported(
    db: &Db,
    community_id: i64,
    host: &str,
    ids: Range,
    most: i64,
) -> Result<ByDay> {
    let values = params![DAY_MS, most, host, ids.0, ids.1, community_id];
    Ok(db.all(REPORTED, values).await?)
}

/// Posts by people of a server that are not for a few, by day.
pub async fn written_there(db: &Db, host: &str, ids: Range, most: i64) -> Result<ByDay> {
    let values = params![DAY_MS, most, host, ids.0, ids.1];
    Ok(db.all(WRITTEN_THERE, values).await?)
}

/// People of a server whom members follow, by the day since when.
pub async fn followed(
    db: &Db,
    community_id: i64,
    host: &str,
    ms: Range,
    most: i64,
) -> Result<ByDay> {
    let values = params![DAY_MS, most, host, ms.0, ms.1, community_id];
    Ok(db.all(FOLLOWED, values).await?)
}

/// Members whom people of a server follow, by the day since when.
pub async fn following(
    db: &Db,
    community_id: i64,
    host: &str,
    ms: Range,
    most: i64,
) -> Result<ByDay> {
    let values = params![DAY_MS, most, host, ms.0, ms.1, community_id];
    Ok(db.all(FOLLOWING, values).await?)
}

/// Counts on `statuses_of_community`.
const LANGUAGES: Sql<(String, i64)> = sql!(
    row: (String, i64),
    "SELECT newest.language, count(*) AS posts
       FROM (SELECT COALESCE(s.language, 'und') AS language
               FROM statuses s
              WHERE s.community_id = $1 AND s.reblog_of_id IS NULL AND s.id >= $2 AND s.id < $3
                AND s.visibility IN ('public', 'unlisted')
              ORDER BY s.id DESC
              LIMIT $4) newest
      GROUP BY 1
      ORDER BY 2 DESC, 1
      LIMIT $5"
);

/// Languages of the newest `among` posts of members that are not for a few, the most used first.
pub async fn languages(
    db: &Db,
    community_id: i64,
    ids: Range,
    among: i64,
    most: i64,
) -> Result<Vec<(String, i64)>> {
    let values = params![community_id, ids.0, ids.1, among, most];
    Ok(db.all(LANGUAGES, values).await?)
}

/// Counts on `accounts_by_host` and `statuses_by_author`.
const LANGUAGES_THERE: Sql<(String, i64)> = sql!(
    row: (String, i64),
    "SELECT some_posts.language, count(*) AS posts
       FROM (SELECT COALESCE(s.language, 'und') AS language
               FROM accounts a
              CROSS JOIN statuses s
              WHERE a.host = $1 AND a.community_id IS NULL AND s.account_id = a.id AND s.id >= $2 AND s.id < $3 AND s.reblog_of_id IS NULL
                AND s.visibility IN ('public', 'unlisted')
              LIMIT $4) some_posts
      GROUP BY 1
      ORDER BY 2 DESC, 1
      LIMIT $5"
);

/// Languages of `among` posts from a server that are not for a few, the most used first.
pub async fn languages_there(
    db: &Db,
    host: &str,
    ids: Range,
    among: i64,
    most: i64,
) -> Result<Vec<(String, i64)>> {
    let values = params![host, ids.0, ids.1, among, most];
    Ok(db.all(LANGUAGES_THERE, values).await?)
}

/// Counts on `statuses_public`.
const SERVERS: Sql<(String, i64)> = sql!(
    row: (String, i64),
    "SELECT a.host, count(*) AS posts
       FROM (SELECT s.account_id
               FROM statuses s
              WHERE s.visibility = 'public' AND s.reblog_of_id IS NULL AND s.id >= $1 AND s.id < $2
              ORDER BY s.id DESC
              LIMIT $3) newest
      CROSS JOIN accounts a
      WHERE a.id = newest.account_id AND a.community_id IS NULL
      GROUP BY 1
      ORDER BY 2 DESC, 1
      LIMIT $4"
);

/// From which servers the newest `among` public posts are that lie here, most of them first.
pub async fn servers(db: &Db, ids: Range, among: i64, most: i64) -> Result<Vec<(String, i64)>> {
    let values = params![ids.0, ids.1, among, most];
    Ok(db.all(SERVERS, values).await?)
}

/// Each with how many follows there are of all, as far as `$4` goes. Counts on `accounts_by_host` and `follows_by_target`.
const MOST_FOLLOWED: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    "SELECT p.id, count(*) AS members, CAST(sum(count(*)) OVER () AS BIGINT) AS follows
       FROM (SELECT a.id
               FROM accounts a
              CROSS JOIN follows f
              CROSS JOIN accounts m
              WHERE a.host = $2 AND f.target_id = a.id AND f.state = 'accepted' AND m.id = f.account_id
                AND m.community_id = $1
              LIMIT $4) p
      GROUP BY p.id
      ORDER BY 2 DESC, p.id
      LIMIT $3"
);

/// People of a server and how many members follow them, the most followed first, and how many follows were counted: no more
/// than `among`.
pub async fn most_followed(
    db: &Db,
    community_id: i64,
    host: &str,
    among: i64,
    most: i64,
) -> Result<(Vec<(i64, i64)>, i64)> {
    let values = params![community_id, host, most, among];
    let rows = db.all(MOST_FOLLOWED, values).await?;
    let counted = rows.first().map_or(0, |(_, _, follows)| *follows);
    let people = rows.into_iter().map(|(id, members, _)| (id, members));
    Ok((people.collect(), counted))
}

const NEWCOMERS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT m.account_id, m.created_at
       FROM members m
      WHERE m.community_id = $1 AND m.created_at >= $2 AND m.created_at < $3
      ORDER BY m.created_at
      LIMIT $4"
);

/// Who became a member, and when.
pub async fn newcomers(
    db: &Db,
    community_id: i64,
    ms: Range,
    most: i64,
) -> Result<Vec<(i64, i64)>> {
    let values = params![community_id, ms.0, ms.1, most];
    Ok(db.all(NEWCOMERS, values).await?)
}

/// Each with how many posts. Counts on `statuses_by_author`.
const STAYED: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    "SELECT p.account_id, CAST(p.created_at / $1 AS BIGINT) AS day, count(*) AS posts
       FROM (SELECT s.account_id, s.created_at
               FROM members m
              CROSS JOIN statuses s
              WHERE m.community_id = $2 AND m.created_at >= $3 AND m.created_at < $4
                AND s.account_id = m.account_id AND s.id >= $5 AND s.id < $6 AND s.reblog_of_id IS NULL
                AND s.visibility IN ('public', 'unlisted')
              LIMIT $7) p
      GROUP BY 1, 2
      LIMIT $7"
);

/// On which days those who became members wrote posts that are not for a few, and how many: of at most `most` posts.
pub async fn stayed(
    db: &Db,
    community_id: i64,
    ms: Range,
    ids: Range,
    most: i64,
) -> Result<Vec<(i64, i64, i64)>> {
    let values = params![DAY_MS, community_id, ms.0, ms.1, ids.0, ids.1, most];
    Ok(db.all(STAYED, values).await?)
}
