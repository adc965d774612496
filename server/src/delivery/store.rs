//! SQL for `outgoing` and `deliveries`.
//!
//! A delivery's `run_at` is the time it was written, or, while a worker holds it, the end of the lease. A host is
//! leased whole: while any of its deliveries is, no other worker takes more of it, and so what goes to one host goes
//! in order. A host that failed rests by `instances.retry_at`; its deliveries stay as they are.

use comity_db::{Db, Sql, Tx, params, row, sql};
use comity_vocab::{Domain, Iri};

use crate::clock::DAY_MS;
use crate::error::Result;
use crate::id;

row! {
    /// An activity of ours.
    #[derive(Debug)]
    pub struct OutgoingRow {
        pub account_id: i64,
        pub activity: String,
    }
}

row! {
    /// A delivery as its worker takes it.
    #[derive(Debug, Clone)]
    pub struct DeliveryRow {
        pub id: i64,
        pub outgoing_id: i64,
        pub inbox: String,
        pub domain: String,
        pub attempts: i64,
        pub created_at: i64,
    }
}

const INSERT_OUTGOING: Sql = sql!(
    "INSERT INTO outgoing (id, account_id, activity, status_id, created_at)
     VALUES ($1, $2, $3, $4, $5)"
);

/// `status_id` is the status that it brings along, if it does.
pub fn insert_outgoing(
    tx: &mut Tx,
    id: i64,
    account_id: i64,
    activity: String,
    status_id: Option<i64>,
    now_ms: i64,
) {
    tx.exec(
        INSERT_OUTGOING,
        params![id, account_id, activity, status_id, now_ms],
    );
}

const OUTGOING: Sql<OutgoingRow> =
    sql!(row: OutgoingRow, "SELECT account_id, activity FROM outgoing WHERE id = $1");

pub async fn outgoing(db: &Db, id: i64) -> Result<Option<OutgoingRow>> {
    Ok(db.opt(OUTGOING, params![id]).await?)
}

/// An activity of ours that nobody waits for is kept a day: its job may not have run yet.
const OUTGOING_KEPT_MS: i64 = DAY_MS;

const FORGET_OLD: Sql = sql!(
    "DELETE FROM outgoing
      WHERE id IN (SELECT o.id
                     FROM outgoing o
                    WHERE o.id < $1 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outgoing_id = o.id)
                    ORDER BY o.id
                    LIMIT $2)"
);

/// Forgets up to `most` activities of ours that nobody waits for, and says how many it were.
pub async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    let before = id::first_at(now_ms - OUTGOING_KEPT_MS);
    Ok(db.exec(FORGET_OLD, params![before, most]).await?)
}

/// `$2` is a JSON list of `[id, inbox, domain]`: one statement for many rows, on both engines.
const INSERT_DELIVERIES: Sql = sql!(
    sqlite: "INSERT INTO deliveries (id, outgoing_id, inbox, domain, run_at, attempts, created_at)
             SELECT value ->> 0, $1, value ->> 1, value ->> 2, $3, 0, $3
               FROM json_each($2)
              WHERE true
             ON CONFLICT (outgoing_id, inbox) DO NOTHING",
    pg: "INSERT INTO deliveries (id, outgoing_id, inbox, domain, run_at, attempts, created_at)
         SELECT (each.value ->> 0)::BIGINT, $1, each.value ->> 1, each.value ->> 2, $3, 0, $3
           FROM json_array_elements($2::JSON) AS each (value)
         ON CONFLICT (outgoing_id, inbox) DO NOTHING"
);

/// Rows of one statement: enough to be cheap, little enough to be parsed without a pause.
const CHUNK: usize = 500;

/// Promises a delivery to each inbox; promising again changes nothing.
pub fn insert_deliveries(
    tx: &mut Tx,
    outgoing_id: i64,
    rows: &[(i64, Iri, Domain)],
    now_ms: i64,
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let list: Vec<(i64, &str, &str)> = chunk
            .iter()
            .map(|(id, inbox, domain)| (*id, inbox.as_str(), domain.as_str()))
            .collect();
        let json = serde_json::to_string(&list)?;
        tx.exec(INSERT_DELIVERIES, params![outgoing_id, json, now_ms]);
    }
    Ok(())
}

/// Leases until `$1`, of the hosts after `$5` in the alphabet, up to `$3` that are free at `$2`, the first `$4`
/// deliveries each. Hosts are stepped through by `deliveries_by_domain`, so that a host with a million deliveries
/// costs what one with a single delivery costs.
///
/// The outer condition on `run_at` is looked at again when two nodes meet at a row: the second gets nothing.
const CLAIM: Sql<DeliveryRow> = sql!(
    row: DeliveryRow,
    "WITH RECURSIVE hosts (domain) AS (
       SELECT min(domain) FROM deliveries WHERE domain > $5
       UNION ALL
       SELECT (SELECT min(d.domain) FROM deliveries d WHERE d.domain > hosts.domain)
         FROM hosts
        WHERE hosts.domain IS NOT NULL
     ),
     free (domain) AS (
       SELECT h.domain
         FROM hosts h
        WHERE h.domain IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.domain = h.domain AND d.run_at > $2)
          AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.domain = h.domain AND i.retry_at > $2)
        LIMIT $3
     )
     UPDATE deliveries
        SET run_at = $1
      WHERE run_at <= $2
        AND id IN (SELECT d.id
                     FROM free f
                     JOIN deliveries d
                       ON d.id IN (SELECT x.id
                                     FROM deliveries x
                                    WHERE x.domain = f.domain AND x.run_at <= $2
                                    ORDER BY x.run_at, x.id
                                    LIMIT $4))
     RETURNING id, outgoing_id, inbox, domain, attempts, created_at"
);

/// What one claim may take.
pub struct Claim<'a> {
    pub now_ms: i64,
    pub leased_until: i64,
    pub hosts: i64,
    pub each: i64,
    pub after: &'a str,
}

pub async fn claim(db: &Db, claim: &Claim<'_>) -> Result<Vec<DeliveryRow>> {
    let Claim {
        now_ms,
        leased_until,
        hosts,
        each,
        after,
    } = claim;
    let mut rows = db
        .returning(
            CLAIM,
            params![*leased_until, *now_ms, *hosts, *each, *after],
        )
        .await?;
    rows.sort_unstable_by_key(|row| row.id);
    Ok(rows)
}

const DELETE: Sql = sql!(
    sqlite: "DELETE FROM deliveries WHERE id IN (SELECT value FROM json_each($1))",
    pg: "DELETE FROM deliveries WHERE id = ANY($1)"
);

/// Ends deliveries that arrived or were given up.
pub fn delete(tx: &mut Tx, ids: Vec<i64>) {
    tx.exec(DELETE, params![ids]);
}

/// Counts on `outgoing_by_status`. A lease moves `run_at` on, and a try that failed is counted.
const DROP_UNTRIED: Sql = sql!(
    "DELETE FROM deliveries
      WHERE outgoing_id IN (SELECT o.id FROM outgoing o WHERE o.status_id = $1)
        AND run_at <= created_at
        AND attempts = 0"
);

/// Ends deliveries of a status that nobody has begun.
pub fn drop_untried(tx: &mut Tx, status_id: i64) {
    tx.exec(DROP_UNTRIED, params![status_id]);
}

const RELEASE: Sql = sql!(
    sqlite: "UPDATE deliveries
                SET run_at = created_at, attempts = attempts + $2
              WHERE id IN (SELECT value FROM json_each($1))",
    pg: "UPDATE deliveries
            SET run_at = created_at, attempts = attempts + $2
          WHERE id = ANY($1)"
);

/// Gives leases back; `tries` counts as so many attempts.
pub fn release(tx: &mut Tx, ids: Vec<i64>, tries: i64) {
    tx.exec(RELEASE, params![ids, tries]);
}

const DROP_HOST: Sql = sql!("DELETE FROM deliveries WHERE domain = $1");

/// Gives up everything that waits for a host.
pub fn drop_host(tx: &mut Tx, domain: &str) {
    tx.exec(DROP_HOST, params![domain]);
}

/// Counts on `deliveries_by_domain`.
const WAITING_FOR: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT count(*)
               FROM (SELECT d.id
                       FROM deliveries d
                       JOIN outgoing o ON o.id = d.outgoing_id
                       JOIN accounts m ON m.id = o.account_id
                      WHERE d.domain IN (SELECT value FROM json_each($1))
                        AND (CAST($2 AS BIGINT) IS NULL OR m.community_id = CAST($2 AS BIGINT))
                        AND (CAST($3 AS BIGINT) IS NULL OR m.id = CAST($3 AS BIGINT))
                      LIMIT $4) AS waiting",
    pg: "SELECT count(*)
           FROM (SELECT d.id
                   FROM deliveries d
                   JOIN outgoing o ON o.id = d.outgoing_id
                   JOIN accounts m ON m.id = o.account_id
                  WHERE d.domain = ANY($1)
                    AND (CAST($2 AS BIGINT) IS NULL OR m.community_id = CAST($2 AS BIGINT))
                    AND (CAST($3 AS BIGINT) IS NULL OR m.id = CAST($3 AS BIGINT))
                  LIMIT $4) AS waiting"
);

/// How many deliveries to these hosts wait, of a community or of one account of it, up to `most`.
pub async fn waiting_for(
    db: &Db,
    hosts: Vec<String>,
    community: Option<i64>,
    account: Option<i64>,
    most: i64,
) -> Result<i64> {
    let (count,) = db
        .one(WAITING_FOR, params![hosts, community, account, most])
        .await?;
    Ok(count)
}
