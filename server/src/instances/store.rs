//! SQL for `instances`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::Health;
use crate::error::Result;

/// Servers remembered at start: twice as many as the whole fediverse has. What is beyond is learned anew by trying.
const MOST_SERVERS: i64 = 50_000;

const SOFTWARE: Sql<(Option<String>, Option<String>)> = sql!(row: (Option<String>, Option<String>), "SELECT software, version FROM instances WHERE domain = $1");

pub async fn software(db: &Db, domain: &str) -> Result<Option<(Option<String>, Option<String>)>> {
    Ok(db.opt(SOFTWARE, params![domain]).await?)
}

row! {
    /// What is known of a server.
    #[derive(Debug)]
    pub struct PeerRow {
        pub domain: String,
        pub software: Option<String>,
        pub version: Option<String>,
        pub first_seen_at: i64,
    }
}

const PEERS: Sql<PeerRow> = sql!(
    row: PeerRow,
    sqlite: "SELECT domain, software, version, first_seen_at
               FROM instances
              WHERE domain IN (SELECT value FROM json_each($1))",
    pg: "SELECT domain, software, version, first_seen_at
           FROM instances
          WHERE domain = ANY($1)"
);

pub async fn peers(db: &Db, domains: Vec<String>) -> Result<Vec<PeerRow>> {
    Ok(db.all(PEERS, params![domains]).await?)
}

const FAILING: Sql<(String, i64, Option<i64>, i64)> = sql!(row: (String, i64, Option<i64>, i64), "SELECT domain, failures, failing_since, retry_at FROM instances WHERE failures > 0 ORDER BY domain LIMIT $1");

pub async fn failing(db: &Db) -> Result<Vec<(String, i64, Option<i64>, i64)>> {
    Ok(db.all(FAILING, params![MOST_SERVERS]).await?)
}

const SAVE_HEALTH: Sql = sql!(
    "INSERT INTO instances (domain, first_seen_at, learned_at, failures, failing_since, retry_at)
     VALUES ($1, $2, 0, $3, $4, $5)
     ON CONFLICT (domain) DO UPDATE
        SET failures = excluded.failures, failing_since = excluded.failing_since, retry_at = excluded.retry_at"
);

pub fn save_health(tx: &mut Tx, domain: &str, health: &Health, now_ms: i64) {
    tx.exec(
        SAVE_HEALTH,
        params![
            domain,
            now_ms,
            health.failures,
            health.failing_since,
            health.retry_at
        ],
    );
}

const SAVE_RECOVERY: Sql =
    sql!("UPDATE instances SET failures = 0, failing_since = NULL, retry_at = 0 WHERE domain = $1");

pub fn save_recovery(tx: &mut Tx, domain: &str) {
    tx.exec(SAVE_RECOVERY, params![domain]);
}

const SAVE_SCHEME: Sql = sql!(
    "INSERT INTO instances (domain, signature_scheme, first_seen_at, learned_at, failures, retry_at)
     VALUES ($1, $2, $3, 0, 0, 0)
     ON CONFLICT (domain) DO UPDATE
        SET signature_scheme = excluded.signature_scheme"
);

pub fn save_scheme(tx: &mut Tx, domain: &str, scheme: &str, now_ms: i64) {
    tx.exec(SAVE_SCHEME, params![domain, scheme, now_ms]);
}

/// What is not the default of the wire need not be told to it.
const SCHEMES: Sql<(String, String)> = sql!(row: (String, String), "SELECT domain, signature_scheme FROM instances WHERE signature_scheme IS NOT NULL ORDER BY domain LIMIT $1");

pub async fn schemes(db: &Db) -> Result<Vec<(String, String)>> {
    Ok(db.all(SCHEMES, params![MOST_SERVERS]).await?)
}

const MEET: Sql = sql!(
    "INSERT INTO instances (domain, first_seen_at, learned_at, failures, retry_at)
     VALUES ($1, $2, $2, 0, 0)
     ON CONFLICT (domain) DO UPDATE
        SET learned_at = excluded.learned_at
      WHERE instances.learned_at < $3"
);

/// Whether the server is new, or it was last asked what it runs before `before`; then it counts as asked now.
pub async fn meet(db: &Db, domain: &str, now_ms: i64, before: i64) -> Result<bool> {
    Ok(db.exec(MEET, params![domain, now_ms, before]).await? > 0)
}

const SAVE_SOFTWARE: Sql =
    sql!("UPDATE instances SET software = $2, version = $3 WHERE domain = $1");

pub async fn save_software(db: &Db, domain: &str, name: &str, version: &str) -> Result<()> {
    db.exec(SAVE_SOFTWARE, params![domain, name, version])
        .await?;
    Ok(())
}

const COUNT: Sql<(i64,)> = sql!(
    row: (i64,),
    full_scan: "one row a server, and it is asked for once when an app signs in",
    "SELECT count(*) FROM instances"
);

/// Servers that were ever heard of.
pub async fn count(db: &Db) -> Result<i64> {
    Ok(db.one(COUNT, params![]).await?.0)
}

const KNOWN: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT domain FROM instances ORDER BY domain LIMIT $1"
);

/// Servers that were met, by name.
pub async fn known(db: &Db) -> Result<Vec<String>> {
    Ok(db.column(KNOWN, params![MOST_SERVERS]).await?)
}
