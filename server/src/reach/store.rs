//! SQL of `reached`.

pub mod asked;

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::clock::DAY_MS;
use crate::error::Result;

/// An installation knows fewer servers than this; the fediverse has some ten thousand.
const MOST_SERVERS: i64 = 100_000;

/// How long late news of a status whose end was sent is left out.
const ENDED_KEPT_MS: i64 = DAY_MS;

// The deliveries are still there: this stands in the transaction that ends them, before it does.
const DELIVERED: Sql = sql!(
    sqlite: "INSERT INTO reached (status_id, way, domain, inbox, because, first_at, last_at, times)
             SELECT o.status_id, 'delivered', d.domain, d.inbox, '', $2, $2, count(*)
               FROM deliveries d
               JOIN outgoing o ON o.id = d.outgoing_id
              WHERE d.id IN (SELECT value FROM json_each($1))
                AND o.status_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM reached e WHERE e.status_id = o.status_id AND e.way = 'ended')
              GROUP BY o.status_id, d.domain, d.inbox
             ON CONFLICT (status_id, way, domain, inbox) DO UPDATE
                SET last_at = excluded.last_at, times = reached.times + excluded.times",
    pg: "INSERT INTO reached (status_id, way, domain, inbox, because, first_at, last_at, times)
         SELECT o.status_id, 'delivered', d.domain, d.inbox, '', CAST($2 AS BIGINT), CAST($2 AS BIGINT), count(*)
           FROM deliveries d
           JOIN outgoing o ON o.id = d.outgoing_id
          WHERE d.id = ANY($1)
            AND o.status_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM reached e WHERE e.status_id = o.status_id AND e.way = 'ended')
          GROUP BY o.status_id, d.domain, d.inbox
         ON CONFLICT (status_id, way, domain, inbox) DO UPDATE
            SET last_at = excluded.last_at, times = reached.times + excluded.times"
);

pub fn delivered(tx: &mut Tx, delivery_ids: Vec<i64>, now_ms: i64) {
    tx.exec(DELIVERED, params![delivery_ids, now_ms]);
}

/// `$1` is a JSON list of `[status, domain, first, last, times]`, each status and domain once.
const FETCHED: Sql = sql!(
    sqlite: "INSERT INTO reached (status_id, way, domain, inbox, because, first_at, last_at, times)
             SELECT f.value ->> 0, 'fetched', f.value ->> 1, '', '', f.value ->> 2, f.value ->> 3, f.value ->> 4
               FROM json_each($1) f
              WHERE NOT EXISTS (SELECT 1 FROM reached e WHERE e.status_id = f.value ->> 0 AND e.way = 'ended')
             ON CONFLICT (status_id, way, domain, inbox) DO UPDATE
                SET last_at = excluded.last_at, times = reached.times + excluded.times",
    pg: "INSERT INTO reached (status_id, way, domain, inbox, because, first_at, last_at, times)
         SELECT (f.value ->> 0)::BIGINT, 'fetched', f.value ->> 1, '', '', (f.value ->> 2)::BIGINT,
                (f.value ->> 3)::BIGINT, (f.value ->> 4)::BIGINT
           FROM json_array_elements($1::JSON) AS f (value)
          WHERE NOT EXISTS (SELECT 1 FROM reached e WHERE e.status_id = (f.value ->> 0)::BIGINT AND e.way = 'ended')
         ON CONFLICT (status_id, way, domain, inbox) DO UPDATE
            SET last_at = excluded.last_at, times = reached.times + excluded.times"
);

/// One server that asked for one status, since the last time this was written.
pub struct FetchedRow<'a> {
    pub status_id: i64,
    pub domain: &'a str,
    pub first_at: i64,
    pub last_at: i64,
    pub times: i64,
}

pub fn fetched(tx: &mut Tx, rows: &[FetchedRow<'_>]) -> Result<()> {
    let list: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.status_id,
                row.domain,
                row.first_at,
                row.last_at,
                row.times,
            )
        })
        .collect();
    tx.exec(FETCHED, params![json(&list)?]);
    Ok(())
}

/// `$2` is a JSON list of `[domain, because, rule]`.
const REFUSED: Sql = sql!(
    sqlite: "INSERT INTO reached (status_id, way, domain, inbox, because, rule_id, first_at, last_at, times)
             SELECT $1, 'refused', value ->> 0, '', value ->> 1, value ->> 2, $3, $3, 1
               FROM json_each($2)
              WHERE true
             ON CONFLICT (status_id, way, domain, inbox) DO UPDATE
                SET because = excluded.because, rule_id = excluded.rule_id, last_at = excluded.last_at,
                    times = reached.times + 1",
    pg: "INSERT INTO reached (status_id, way, domain, inbox, because, rule_id, first_at, last_at, times)
         SELECT CAST($1 AS BIGINT), 'refused', r.value ->> 0, '', r.value ->> 1, (r.value ->> 2)::BIGINT,
                CAST($3 AS BIGINT), CAST($3 AS BIGINT), 1
           FROM json_array_elements($2::JSON) AS r (value)
         ON CONFLICT (status_id, way, domain, inbox) DO UPDATE
            SET because = excluded.because, rule_id = excluded.rule_id, last_at = excluded.last_at,
                times = reached.times + 1"
);

/// Counts on the primary key.
const COUNT_REFUSED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT domain FROM reached WHERE status_id = $1 AND way = 'refused' LIMIT $2) kept"
);

/// How many servers did not get a status, counted up to `most`.
pub async fn count_refused(db: &Db, status_id: i64, most: i64) -> Result<i64> {
    Ok(db.one(COUNT_REFUSED, params![status_id, most]).await?.0)
}

pub fn refused(
    tx: &mut Tx,
    status_id: i64,
    rows: &[(&str, &str, Option<i64>)],
    now_ms: i64,
) -> Result<()> {
    tx.exec(REFUSED, params![status_id, json(rows)?, now_ms]);
    Ok(())
}

fn json(list: &(impl serde::Serialize + ?Sized)) -> Result<String> {
    Ok(serde_json::to_string(list)?)
}

// The end

const FORGET: Sql = sql!("DELETE FROM reached WHERE status_id = $1 AND way <> 'ended'");
const ENDED: Sql = sql!(
    "INSERT INTO reached (status_id, way, domain, inbox, because, first_at, last_at, times)
     VALUES ($1, 'ended', '', '', '', $2, $2, 1)
     ON CONFLICT (status_id, way, domain, inbox) DO NOTHING"
);
/// Counts on `reached_ended`.
const FORGET_ENDED: Sql = sql!(
    "DELETE FROM reached
      WHERE way = 'ended'
        AND status_id IN (SELECT status_id FROM reached WHERE way = 'ended' AND last_at < $1 ORDER BY last_at LIMIT 500)"
);
const FORGET_REBLOGS: Sql = sql!(
    "DELETE FROM reached WHERE status_id IN (SELECT id FROM statuses WHERE reblog_of_id = $1)"
);

/// Its end goes out in this transaction; nothing more is written down of it.
pub fn end(tx: &mut Tx, status_id: i64, now_ms: i64) {
    tx.exec(FORGET, params![status_id]);
    asked::forget(tx, status_id);
    tx.exec(ENDED, params![status_id, now_ms]);
    tx.exec(FORGET_ENDED, params![now_ms - ENDED_KEPT_MS]);
}

/// Boosts of a status go with it, and no end of their own is sent.
pub fn forget_reblogs(tx: &mut Tx, status_id: i64) {
    asked::forget_reblogs(tx, status_id);
    tx.exec(FORGET_REBLOGS, params![status_id]);
}

// Reading

const SINCE: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT after_status_id FROM reached_since WHERE id = 1");

/// The last status of which it was not written down where it went.
pub async fn began_after(db: &Db) -> Result<i64> {
    let (status_id,) = db.one(SINCE, params![]).await?;
    Ok(status_id)
}

const ARRIVED: Sql<(String, String)> = sql!(
    row: (String, String),
    "SELECT domain, inbox
       FROM reached
      WHERE status_id = $1 AND way IN ('delivered', 'fetched')
      ORDER BY way, domain, inbox
      LIMIT $2"
);

/// (domain, inbox), the delivered ones first; the inbox is empty where it was fetched.
pub async fn arrived(db: &Db, status_id: i64) -> Result<Vec<(String, String)>> {
    Ok(db.all(ARRIVED, params![status_id, MOST_SERVERS]).await?)
}

const UNSETTLED: Sql<(String, String)> = sql!(
    row: (String, String),
    "SELECT d.domain, d.inbox
       FROM outgoing o
       JOIN deliveries d ON d.outgoing_id = o.id
      WHERE o.status_id = $1 AND (d.run_at > d.created_at OR d.attempts > 0)
      ORDER BY d.domain, d.inbox
      LIMIT $2"
);

/// Deliveries that were begun and of which nobody knows yet whether they arrived.
pub async fn unsettled(db: &Db, status_id: i64) -> Result<Vec<(String, String)>> {
    Ok(db.all(UNSETTLED, params![status_id, MOST_SERVERS]).await?)
}

const SHARED_INBOX_AT: Sql<(String, Option<String>)> = sql!(
    row: (String, Option<String>),
    "SELECT inbox, shared_inbox
       FROM accounts
      WHERE host = $1 AND community_id IS NULL AND gone_at IS NULL AND shared_inbox IS NOT NULL
      LIMIT 1"
);
/// A server's own actor may have no inbox that works; people have.
const INBOX_AT: Sql<(String, Option<String>)> = sql!(
    row: (String, Option<String>),
    "SELECT inbox, shared_inbox
       FROM accounts
      WHERE host = $1 AND community_id IS NULL AND gone_at IS NULL
      ORDER BY kind IN ('application', 'service'), id
      LIMIT 1"
);

/// An inbox of a server that we know somebody of, and the one that its people share, if any of them has one.
pub async fn inbox_at(db: &Db, host: &str) -> Result<Option<(String, Option<String>)>> {
    match db.opt(SHARED_INBOX_AT, params![host]).await? {
        Some(found) => Ok(Some(found)),
        None => Ok(db.opt(INBOX_AT, params![host]).await?),
    }
}

row! {
    /// One server and one way, for people.
    #[derive(Debug)]
    pub struct ServerRow {
        pub domain: String,
        pub way: String,
        pub because: String,
        pub rule_id: Option<i64>,
        pub first_at: i64,
        pub last_at: i64,
    }
}

const SERVERS: Sql<ServerRow> = sql!(
    row: ServerRow,
    "SELECT domain, way, min(because) AS because, min(rule_id) AS rule_id, min(first_at) AS first_at,
            max(last_at) AS last_at
       FROM reached
      WHERE status_id = $1 AND way = $2 AND domain > $3
      GROUP BY domain, way
      ORDER BY domain
      LIMIT $4"
);

pub async fn servers(
    db: &Db,
    status_id: i64,
    way: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<ServerRow>> {
    Ok(db
        .all(SERVERS, params![status_id, way, after, limit])
        .await?)
}

const COUNTS: Sql<(String, i64)> = sql!(
    row: (String, i64),
    "SELECT way, count(DISTINCT domain)
       FROM reached
      WHERE status_id = $1
      GROUP BY way"
);

pub async fn counts(db: &Db, status_id: i64) -> Result<Vec<(String, i64)>> {
    Ok(db.all(COUNTS, params![status_id]).await?)
}
