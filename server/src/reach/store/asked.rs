//! SQL of `asked_back` and `asks`, and of what can be asked back.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::MOST_SERVERS;
use crate::error::Result;

const BEGIN: Sql = sql!(
    "INSERT INTO asks (rule_id, ask_id, asked_at)
     VALUES ($1, $2, $3)
     ON CONFLICT (rule_id) DO UPDATE SET ask_id = excluded.ask_id, asked_at = excluded.asked_at"
);

pub fn begin(tx: &mut Tx, rule_id: i64, ask_id: i64, now_ms: i64) {
    tx.exec(BEGIN, params![rule_id, ask_id, now_ms]);
}

const CURRENT: Sql<(i64,)> = sql!(row: (i64,), "SELECT ask_id FROM asks WHERE rule_id = $1");

/// The last ask of a rule.
pub async fn current(db: &Db, rule_id: i64) -> Result<Option<i64>> {
    let found = db.opt(CURRENT, params![rule_id]).await?;
    Ok(found.map(|(ask,)| ask))
}

const ASKED_BY: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT rule_id, asked_at FROM asks WHERE rule_id IN (SELECT value FROM json_each($1))",
    pg: "SELECT rule_id, asked_at FROM asks WHERE rule_id = ANY($1)"
);

/// When each of these rules was asked for last.
pub async fn asked_by(db: &Db, rule_ids: Vec<i64>) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(ASKED_BY, params![rule_ids]).await?)
}

row! {
    /// A post or a boost, as its copies are asked back.
    #[derive(Debug)]
    pub struct PostRow {
        pub id: i64,
        pub iri: String,
        pub visibility: String,
        pub boosted: Option<String>,
    }
}

/// Counts on `statuses_by_author`.
const POSTS: Sql<PostRow> = sql!(
    row: PostRow,
    "SELECT s.id, s.iri, s.visibility, o.iri AS boosted
       FROM statuses s
       LEFT JOIN statuses o ON o.id = s.reblog_of_id
      WHERE s.account_id = $1 AND s.id >= $2
      ORDER BY s.id
      LIMIT $3"
);

/// What an account wrote and boosted, from this one on.
pub async fn posts(db: &Db, account_id: i64, from: i64, limit: i64) -> Result<Vec<PostRow>> {
    Ok(db.all(POSTS, params![account_id, from, limit]).await?)
}

const HOSTS: Sql<(String,)> = sql!(
    row: (String,),
    sqlite: "SELECT domain
               FROM reached
              WHERE status_id IN (SELECT value FROM json_each($1)) AND way IN ('delivered', 'fetched')
             UNION
             SELECT d.domain
               FROM outgoing o
               JOIN deliveries d ON d.outgoing_id = o.id
              WHERE o.status_id IN (SELECT value FROM json_each($1)) AND (d.run_at > d.created_at OR d.attempts > 0)
              LIMIT $2",
    pg: "SELECT domain
           FROM reached
          WHERE status_id = ANY($1) AND way IN ('delivered', 'fetched')
         UNION
         SELECT d.domain
           FROM outgoing o
           JOIN deliveries d ON d.outgoing_id = o.id
          WHERE o.status_id = ANY($1) AND (d.run_at > d.created_at OR d.attempts > 0)
          LIMIT $2"
);

/// Servers that have any of these, or may be getting them in this moment.
pub async fn hosts(db: &Db, status_ids: Vec<i64>) -> Result<Vec<String>> {
    let rows = db.all(HOSTS, params![status_ids, MOST_SERVERS]).await?;
    Ok(rows.into_iter().map(|(domain,)| domain).collect())
}

row! {
    /// What one server has of one status, and when it was asked for it before.
    #[derive(Debug)]
    pub struct CopyRow {
        pub status_id: i64,
        pub domain: String,
        pub last_at: i64,
        pub ask_id: Option<i64>,
        pub asked_at: Option<i64>,
    }
}

const COPIES: Sql<CopyRow> = sql!(
    row: CopyRow,
    sqlite: "SELECT c.status_id, c.domain, c.last_at, a.ask_id, a.asked_at
               FROM (SELECT status_id, domain, max(last_at) AS last_at
                       FROM (SELECT status_id, domain, last_at
                               FROM reached
                              WHERE status_id IN (SELECT value FROM json_each($1)) AND way IN ('delivered', 'fetched')
                             UNION ALL
                             SELECT COALESCE(o.status_id, 0) AS status_id, d.domain, d.created_at
                               FROM outgoing o
                               JOIN deliveries d ON d.outgoing_id = o.id
                              WHERE o.status_id IN (SELECT value FROM json_each($1))
                                AND (d.run_at > d.created_at OR d.attempts > 0)) AS each_way
                      WHERE domain IN (SELECT value FROM json_each($2))
                      GROUP BY status_id, domain) AS c
               LEFT JOIN asked_back a ON a.status_id = c.status_id AND a.domain = c.domain
              WHERE c.status_id > $3 OR (c.status_id = $3 AND c.domain > $4)
              ORDER BY c.status_id, c.domain
              LIMIT $5",
    pg: "SELECT c.status_id, c.domain, c.last_at, a.ask_id, a.asked_at
           FROM (SELECT status_id, domain, max(last_at) AS last_at
                   FROM (SELECT status_id, domain, last_at
                           FROM reached
                          WHERE status_id = ANY($1) AND way IN ('delivered', 'fetched')
                         UNION ALL
                         SELECT COALESCE(o.status_id, 0) AS status_id, d.domain, d.created_at
                           FROM outgoing o
                           JOIN deliveries d ON d.outgoing_id = o.id
                          WHERE o.status_id = ANY($1)
                            AND (d.run_at > d.created_at OR d.attempts > 0)) AS each_way
                  WHERE domain = ANY($2)
                  GROUP BY status_id, domain) AS c
           LEFT JOIN asked_back a ON a.status_id = c.status_id AND a.domain = c.domain
          WHERE c.status_id > $3 OR (c.status_id = $3 AND c.domain > $4)
          ORDER BY c.status_id, c.domain
          LIMIT $5"
);

/// Of these statuses what these servers have, after one status and server, in this order.
pub async fn copies(
    db: &Db,
    status_ids: Vec<i64>,
    domains: Vec<String>,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<CopyRow>> {
    let (status, domain) = after;
    Ok(db
        .all(COPIES, params![status_ids, domains, status, domain, limit])
        .await?)
}

const INBOXES_AT: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT inbox
       FROM reached
      WHERE status_id = $1 AND way IN ('delivered', 'fetched') AND domain = $2
     UNION
     SELECT d.inbox
       FROM outgoing o
       JOIN deliveries d ON d.outgoing_id = o.id
      WHERE o.status_id = $1 AND d.domain = $2 AND (d.run_at > d.created_at OR d.attempts > 0)
      LIMIT $3"
);

/// Where it came to one server; an empty one where it was fetched.
pub async fn inboxes_at(db: &Db, status_id: i64, domain: &str) -> Result<Vec<String>> {
    let rows = db
        .all(INBOXES_AT, params![status_id, domain, MOST_SERVERS])
        .await?;
    Ok(rows.into_iter().map(|(inbox,)| inbox).collect())
}

const ASKED: Sql = sql!(
    "INSERT INTO asked_back (status_id, domain, ask_id, outgoing_id, asked_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (status_id, domain) DO UPDATE
        SET ask_id = excluded.ask_id, outgoing_id = excluded.outgoing_id, asked_at = excluded.asked_at,
            arrived_at = NULL"
);

/// This server is asked for this status in this transaction.
pub fn asked(
    tx: &mut Tx,
    status_id: i64,
    domain: &str,
    ask_id: i64,
    outgoing_id: i64,
    now_ms: i64,
) {
    tx.exec(
        ASKED,
        params![status_id, domain, ask_id, outgoing_id, now_ms],
    );
}

/// Counts on `asked_back_by_outgoing`. The deliveries are still there.
const ARRIVED: Sql = sql!(
    sqlite: "UPDATE asked_back
                SET arrived_at = $2
              WHERE (outgoing_id, domain) IN (SELECT d.outgoing_id, d.domain
                                                FROM deliveries d
                                               WHERE d.id IN (SELECT value FROM json_each($1)))",
    pg: "UPDATE asked_back
            SET arrived_at = $2
          WHERE (outgoing_id, domain) IN (SELECT d.outgoing_id, d.domain FROM deliveries d WHERE d.id = ANY($1))"
);

/// These deliveries arrived: a server took what it was asked, if they asked anything.
pub fn arrived(tx: &mut Tx, delivery_ids: Vec<i64>, now_ms: i64) {
    tx.exec(ARRIVED, params![delivery_ids, now_ms]);
}

row! {
    /// When a server was asked, and when it took that.
    #[derive(Debug)]
    pub struct AskedRow {
        pub domain: String,
        pub asked_at: i64,
        pub arrived_at: Option<i64>,
    }
}

const ASKED_OF: Sql<AskedRow> = sql!(
    row: AskedRow,
    "SELECT domain, asked_at, arrived_at
       FROM asked_back
      WHERE status_id = $1 AND domain > $2
      ORDER BY domain
      LIMIT $3"
);

pub async fn asked_of(db: &Db, status_id: i64, after: &str, limit: i64) -> Result<Vec<AskedRow>> {
    Ok(db.all(ASKED_OF, params![status_id, after, limit]).await?)
}

const FORGET: Sql = sql!("DELETE FROM asked_back WHERE status_id = $1");
const FORGET_REBLOGS: Sql = sql!(
    "DELETE FROM asked_back WHERE status_id IN (SELECT id FROM statuses WHERE reblog_of_id = $1)"
);

/// Its end is told wherever it went.
pub fn forget(tx: &mut Tx, status_id: i64) {
    tx.exec(FORGET, params![status_id]);
}

pub fn forget_reblogs(tx: &mut Tx, status_id: i64) {
    tx.exec(FORGET_REBLOGS, params![status_id]);
}
