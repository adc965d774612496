//! SQL of the audit. It writes tables that are others', and only in the copy.

use comity_db::{Db, Sql, Tx, params, sql};
use comity_vocab::Domain;

use crate::error::Result;

const NO_JOBS: Sql = sql!(full_scan: "in a copy, once", "DELETE FROM jobs");
const NO_DELIVERIES: Sql = sql!(full_scan: "in a copy, once", "DELETE FROM deliveries");
/// The hostile peer has keys of its own for everybody elsewhere.
const NO_KEYS: Sql =
    sql!(full_scan: "in a copy, once", "DELETE FROM account_keys WHERE private_key IS NULL");
/// What moderators are told in a copy must wake none of their devices.
const NO_DEVICES: Sql = sql!(full_scan: "in a copy, once", "DELETE FROM push_subscriptions");
const NOBODY_RESTS: Sql = sql!(full_scan: "in a copy, once", "UPDATE instances SET failures = 0, failing_since = NULL, retry_at = 0");
const MEET: Sql = sql!(
    "INSERT INTO instances (domain, software, version, signature_scheme, first_seen_at, learned_at, failures, failing_since, retry_at)
     VALUES ($1, NULL, NULL, NULL, $2, $2, 0, NULL, 0)"
);
/// What is promised for the end of a poll, or of its numbers, waits for minutes.
const PROMISES: Sql<(i64,)> = sql!(
    row: (i64,), full_scan: "in a copy",
    "SELECT (SELECT count(*) FROM jobs WHERE kind NOT IN ('end_poll', 'tell_poll')) + (SELECT count(*) FROM deliveries)"
);

/// Takes out of a copy what was still to be sent, whom it could wake, and what would keep the hostile peer from playing everybody.
pub async fn forget_promises(db: &Db) -> Result<()> {
    let mut tx = Tx::new();
    for statement in [NO_JOBS, NO_DELIVERIES, NO_DEVICES, NO_KEYS, NOBODY_RESTS] {
        tx.exec(statement, params![]);
    }
    db.write(tx).await.map(drop)?;
    Ok(())
}

/// A server that was first heard of then.
pub async fn meet(db: &Db, domain: &Domain, first_seen_ms: i64) -> Result<()> {
    db.exec(MEET, params![domain.as_str(), first_seen_ms])
        .await?;
    Ok(())
}

/// Jobs and deliveries that wait to be done now.
pub async fn promises(db: &Db) -> Result<i64> {
    Ok(db.one(PROMISES, params![]).await?.0)
}
