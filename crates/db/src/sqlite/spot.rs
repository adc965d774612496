//! Short questions, answered where they are asked: to hand one to a thread, and the answer back,
//! costs more than most of them take.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::Watch;
use crate::error::DbError;

/// How long a question may hold up whoever asked. What takes longer is asked again, of a thread
/// that holds up nobody.
const SHORT: Duration = Duration::from_millis(2);

/// Steps between two looks at the clock: some hundredths of a millisecond when the pages are in
/// memory. Pages that have to come from the disk are not counted as they come.
const STEPS: i32 = 1_000;

/// Connections for whoever asks.
pub(super) struct Spot {
    free: Mutex<Vec<Seat>>,
}

struct Seat {
    conn: Connection,
    watch: Watch,
}

impl Spot {
    pub(super) fn new(connections: Vec<Connection>) -> Result<Spot, DbError> {
        let mut free = Vec::with_capacity(connections.len());
        for mut conn in connections {
            conn.busy_timeout(Duration::ZERO).map_err(DbError::sqlite)?;
            let watch = Watch::over(&mut conn, STEPS)?;
            free.push(Seat { conn, watch });
        }
        Ok(Spot {
            free: Mutex::new(free),
        })
    }

    /// The answer; `None` when all connections are in use, when it takes too long, or when another
    /// program is in the way: whoever asks here must not wait.
    pub(super) fn ask<R>(
        &self,
        question: &impl Fn(&Connection) -> Result<R, DbError>,
    ) -> Option<Result<R, DbError>> {
        let seat = self.free().pop()?;
        seat.watch.start(SHORT);
        // A row type that panics must not take the connection with it.
        let answer = catch_unwind(AssertUnwindSafe(|| question(&seat.conn)));
        let stopped = seat.watch.has_stopped();
        self.free().push(seat);
        let answer = answer.unwrap_or_else(|_| Err(DbError::failed("reading a row panicked")));
        let is_kept_off = answer.as_ref().is_err_and(DbError::is_busy);
        (!stopped && !is_kept_off).then_some(answer)
    }

    fn free(&self) -> MutexGuard<'_, Vec<Seat>> {
        // Nothing panics while it is held.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Spot;
    use crate::error::DbError;
    use crate::sqlite::run::first;

    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT count(*) FROM n";

    #[test]
    fn a_long_question_is_not_answered_on_the_spot_and_spoils_nothing() -> Result<(), DbError> {
        let conn = rusqlite::Connection::open_in_memory().map_err(DbError::sqlite)?;
        let spot = Spot::new(vec![conn])?;
        assert!(spot.ask(&|conn| first::<i64>(conn, ENDLESS, &[])).is_none());
        let short = spot.ask(&|conn| first::<i64>(conn, "SELECT 1", &[]));
        assert_eq!(short.transpose()?, Some(Some(1)));
        Ok(())
    }

    #[test]
    fn whoever_asks_does_not_wait_for_another_program() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("held.db");
        let other = rusqlite::Connection::open(&file)?;
        other.execute_batch(
            "CREATE TABLE t (a); PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
        )?;
        let spot = Spot::new(vec![rusqlite::Connection::open(&file)?])?;
        let asked = || spot.ask(&|conn| first::<i64>(conn, "SELECT count(*) FROM t", &[]));
        assert!(asked().is_none());
        other.execute_batch("COMMIT; PRAGMA locking_mode = NORMAL; SELECT * FROM t")?;
        assert_eq!(asked().transpose()?, Some(Some(0)));
        Ok(())
    }

    #[test]
    fn a_question_within_a_question_finds_no_connection() -> Result<(), DbError> {
        let conn = rusqlite::Connection::open_in_memory().map_err(DbError::sqlite)?;
        let spot = Spot::new(vec![conn])?;
        let inner = spot.ask(&|_| Ok(spot.ask(&|_| Ok(())).is_none()));
        assert_eq!(inner.transpose()?, Some(true));
        Ok(())
    }
}
