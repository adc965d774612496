//! Fetches that are still to be written down. A read does not wait for the writer: it leaves a line here, lines about
//! the same status and server become one, and within a second all are written together. When there is no room for a
//! line, its reader waits until the others are written: a flood is slowed down, and nothing is lost.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use comity_db::Tx;
use comity_vocab::Domain;

use super::store::{self, FetchedRow};
use crate::app::App;
use crate::error::Result;

/// Lines kept, some 200 bytes each.
const MOST_LINES: usize = 20_000;
/// Lines of one statement.
const CHUNK: usize = 500;
/// How long lines gather before they are written.
const GATHER: Duration = Duration::from_millis(500);
/// How long it is waited when they could not be written.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
struct Line {
    first_at: i64,
    last_at: i64,
    times: i64,
}

/// See the module.
#[derive(Default)]
pub struct Fetches {
    lines: Mutex<HashMap<(i64, Domain), Line>>,
    /// Somebody will write them.
    promised: AtomicBool,
    /// Held while they are written: who waits for it finds them written.
    writing: tokio::sync::Mutex<()>,
}

impl Fetches {
    fn lines(&self) -> MutexGuard<'_, HashMap<(i64, Domain), Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to the lines; `false` when there is no room.
    fn add(&self, status_id: i64, domain: &Domain, line: Line) -> bool {
        let mut lines = self.lines();
        let full = lines.len() >= MOST_LINES;
        match lines.get_mut(&(status_id, domain.clone())) {
            Some(known) => {
                known.first_at = known.first_at.min(line.first_at);
                known.last_at = known.last_at.max(line.last_at);
                known.times += line.times;
                true
            }
            None if full => false,
            None => {
                lines.insert((status_id, domain.clone()), line);
                true
            }
        }
    }
}

/// Leaves a line.
pub(super) async fn note(app: &App, status_id: i64, domain: &Domain) -> Result<()> {
    let now_ms = app.now_ms();
    let line = Line {
        first_at: now_ms,
        last_at: now_ms,
        times: 1,
    };
    while !app.fetches.add(status_id, domain, line) {
        write(app).await?;
    }
    if !app.fetches.promised.swap(true, Ordering::AcqRel) {
        tokio::spawn(write_soon(app.clone()));
    }
    Ok(())
}

async fn write_soon(app: App) {
    tokio::time::sleep(GATHER).await;
    loop {
        app.fetches.promised.store(false, Ordering::Release);
        match write(&app).await {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(%error, "could not write down who fetched what; trying again");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// Writes all lines. When it returns, every line left before it was called is in the ledger.
pub(super) async fn write(app: &App) -> Result<()> {
    let _alone = app.fetches.writing.lock().await;
    let lines = std::mem::take(&mut *app.fetches.lines());
    if lines.is_empty() {
        return Ok(());
    }
    let rows: Vec<FetchedRow<'_>> = lines
        .iter()
        .map(|((status_id, domain), line)| FetchedRow {
            status_id: *status_id,
            domain: domain.as_str(),
            first_at: line.first_at,
            last_at: line.last_at,
            times: line.times,
        })
        .collect();
    let mut tx = Tx::new();
    for chunk in rows.chunks(CHUNK) {
        store::fetched(&mut tx, chunk)?;
    }
    match app.db.write(tx).await {
        Ok(_) => Ok(()),
        Err(error) => {
            for ((status_id, domain), line) in lines {
                // There was room for it a moment ago; what came in between may have taken it.
                if !app.fetches.add(status_id, &domain, line) {
                    tracing::error!(status_id, %domain, "lost that a server fetched a status");
                }
            }
            Err(error.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_fetches_of_one_status_by_one_server_are_one_line_and_a_full_book_says_so() {
        let fetches = Fetches::default();
        let line = Line {
            first_at: 5,
            last_at: 5,
            times: 1,
        };
        let server = Domain::parse("a.example").unwrap();
        for _ in 0..3 {
            assert!(fetches.add(1, &server, line));
        }
        assert_eq!(fetches.lines()[&(1, server.clone())].times, 3);
        for status in 2..=i64::try_from(MOST_LINES).unwrap() {
            assert!(fetches.add(status, &server, line));
        }
        assert!(
            !fetches.add(0, &server, line),
            "there is no room for another"
        );
        assert!(fetches.add(1, &server, line), "what has a line keeps it");
    }
}
