//! Stops a statement that runs too long: SQLite asks between steps whether to go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::error::DbError;

/// The longest a statement may run; the same on PostgreSQL.
pub(crate) const STATEMENT_MAX: Duration = Duration::from_secs(30);

/// Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond.
pub(super) const STEPS: i32 = 10_000;

/// The time limit of one connection.
pub(crate) struct Watch {
    started: Instant,
    deadline_ms: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
}

impl Watch {
    /// Puts a limit on a connection, looked at every so many steps; it counts from the last
    /// [`Watch::start`].
    pub(crate) fn over(conn: &mut Connection, steps: i32) -> Result<Watch, DbError> {
        let started = stopwatch();
        let deadline_ms = Arc::new(AtomicU64::new(u64::MAX));
        let stopped = Arc::new(AtomicBool::new(false));
        let (deadline, stop) = (Arc::clone(&deadline_ms), Arc::clone(&stopped));
        conn.progress_handler(
            steps,
            Some(move || {
                let late = elapsed_ms(started) > deadline.load(Ordering::Relaxed);
                if late {
                    stop.store(true, Ordering::Relaxed);
                }
                late
            }),
        )
        .map_err(DbError::sqlite)?;
        Ok(Watch {
            started,
            deadline_ms,
            stopped,
        })
    }

    /// Gives what is run next its time.
    pub(crate) fn start(&self, limit: Duration) {
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self.stopped.store(false, Ordering::Relaxed);
        self.deadline_ms.store(
            elapsed_ms(self.started).saturating_add(limit_ms),
            Ordering::Relaxed,
        );
    }

    /// Whether what ran since the last [`Watch::start`] was stopped.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Gives what is run next all the time it needs.
    pub(crate) fn suspend(&self) {
        self.deadline_ms.store(u64::MAX, Ordering::Relaxed);
    }
}

/// The start of a measured time. A duration on this machine, which no test turns by hand: not the
/// time of day.
#[expect(
    clippy::disallowed_methods,
    reason = "limits how long the engine works, and is stored nowhere"
)]
pub(super) fn stopwatch() -> Instant {
    Instant::now()
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::{STATEMENT_MAX, STEPS, Watch};
    use crate::error::DbError;
    use crate::sqlite::run::first;

    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT count(*) FROM n";

    #[test]
    fn a_statement_that_runs_too_long_is_stopped() -> Result<(), DbError> {
        let mut conn = rusqlite::Connection::open_in_memory().map_err(DbError::sqlite)?;
        let watch = Watch::over(&mut conn, STEPS)?;
        watch.deadline_ms.store(20, Ordering::Relaxed);
        let told = first::<i64>(&conn, ENDLESS, &[]).map_err(|error| error.to_string());
        let stopped = "a statement ran too long and was stopped".to_owned();
        assert_eq!(told, Err(stopped));
        watch.start(STATEMENT_MAX);
        assert_eq!(first::<i64>(&conn, "SELECT 1", &[])?, Some(1));
        Ok(())
    }
}
