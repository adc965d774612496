//! What an installation still has to do. Shared by the test programs that wait for it to come to rest.

use comity_db::{Db, Sql, sql};

const PROMISES: Sql<(i64,)> = sql!(
    row: (i64,), full_scan: "a test's own question",
    "SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM deliveries)"
);

/// Jobs and deliveries that wait.
pub async fn left(db: &Db) -> i64 {
    db.one(PROMISES, Vec::new()).await.unwrap().0
}
