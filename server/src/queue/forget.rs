//! What is due every so often: forgetting what nobody needs any more.

use std::time::Duration;

use comity_db::{Sql, params, sql};
use tokio::sync::watch;
use tracing::{error, info};

use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::Result;
use crate::id;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(600);

/// How long we know an activity again. Peers try for days; a signature itself is accepted for minutes only.
const ACTIVITIES_KEPT_MS: i64 = 14 * DAY_MS;

/// How long deleted ids stay known, so that no late copy brings them back.
pub(crate) const TOMBSTONES_KEPT_MS: i64 = 90 * DAY_MS;

/// An activity of ours that nobody waits for is kept a day: its job may not have run yet.
const OUTGOING_KEPT_MS: i64 = DAY_MS;

/// Rows one statement deletes, so that the single writer of SQLite is not held for long.
const BATCH: i64 = 2_000;

const ACTIVITIES: Sql = sql!(
    "DELETE FROM seen_activities
      WHERE iri IN (SELECT iri FROM seen_activities WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)"
);
const TOMBSTONES: Sql = sql!(
    "DELETE FROM tombstones
      WHERE iri IN (SELECT iri FROM tombstones WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2)"
);
const SESSIONS: Sql = sql!(
    "DELETE FROM sessions
      WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)"
);
const OUTGOING: Sql = sql!(
    "DELETE FROM outgoing
      WHERE id IN (SELECT o.id
                     FROM outgoing o
                    WHERE o.id < $1 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outgoing_id = o.id)
                    ORDER BY o.id
                    LIMIT $2)"
);

/// Looks now and then until `shutdown` turns true.
pub async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        if let Err(error) = forget(&app).await {
            error!(%error, "could not forget what is old");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            changed = shutdown.changed() => if changed.is_err() { return },
        }
    }
}

/// Forgets everything that is old enough by the app's clock.
pub(crate) async fn forget(app: &App) -> Result<()> {
    let now_ms = app.now_ms();
    let due = [
        (
            "activities taken in",
            ACTIVITIES,
            now_ms - ACTIVITIES_KEPT_MS,
        ),
        ("tombstones", TOMBSTONES, now_ms - TOMBSTONES_KEPT_MS),
        ("sessions", SESSIONS, now_ms),
        (
            "activities of ours",
            OUTGOING,
            id::first_at(now_ms - OUTGOING_KEPT_MS),
        ),
    ];
    for (what, sql, before) in due {
        let mut forgotten = 0;
        loop {
            let rows = app.db.exec(sql, params![before, BATCH]).await?;
            forgotten += rows;
            if rows < BATCH.unsigned_abs() {
                break;
            }
        }
        if forgotten > 0 {
            info!(forgotten, "forgot old {what}");
        }
    }
    Ok(())
}
