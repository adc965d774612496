//! SQL for `seen_activities`, and whether anybody here cares.

use comity_db::{Db, Sql, params, sql};

use crate::clock::DAY_MS;
use crate::error::Result;

/// How long we know an activity again. Peers try for days; a signature itself is accepted for minutes only.
const ACTIVITIES_KEPT_MS: i64 = 14 * DAY_MS;

const SEEN: Sql<(i64,)> = sql!(row: (i64,), "SELECT seen_at FROM seen_activities WHERE iri = $1");

pub async fn is_seen(db: &Db, iri: &str) -> Result<bool> {
    Ok(db.opt(SEEN, params![iri]).await?.is_some())
}

const REMEMBER: Sql = sql!(
    "INSERT INTO seen_activities (iri, seen_at)
     VALUES ($1, $2)
     ON CONFLICT (iri) DO NOTHING"
);

pub async fn remember(db: &Db, iri: &str, now_ms: i64) -> Result<()> {
    db.exec(REMEMBER, params![iri, now_ms]).await?;
    Ok(())
}

const FORGET_OLD: Sql = sql!(
    "DELETE FROM seen_activities
      WHERE iri IN (SELECT iri FROM seen_activities WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)"
);

/// Forgets up to `most` activities that nobody brings any more, and says how many it were.
pub async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    let before = now_ms - ACTIVITIES_KEPT_MS;
    Ok(db.exec(FORGET_OLD, params![before, most]).await?)
}
