//! What an installation still has to do. Shared by the test programs that wait for it to come to rest.

use comity_db::{Db, Sql, params, sql};

const PROMISES: Sql<(i64,)> = sql!(
    row: (i64,), full_scan: "a test's own question",
    "SELECT (SELECT count(*) FROM jobs WHERE kind NOT IN ('tell_of_rule', 'end_poll', 'tell_poll', 'publish_scheduled', 'leave', 'fetch_card', 'verify_links', 'backfill', 'end_added')
                                         OR turn <= $1)
          + (SELECT count(*) FROM deliveries)"
);

/// Jobs and deliveries that wait; not what has a time of its own that is later than `now_ms`.
pub async fn left(db: &Db, now_ms: i64) -> i64 {
    db.one(PROMISES, params![now_ms]).await.unwrap().0
}
