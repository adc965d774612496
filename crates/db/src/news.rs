//! News: short lines that the processes on one database tell each other, once what they are about is stored.
//!
//! A line is told by [`Tx::tell`](crate::Tx::tell). On `SQLite` there is one process, and it hears itself; on `PostgreSQL`
//! lines go by NOTIFY, and come back to the process that told them by the same way. Nothing is kept: who did not listen
//! heard nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::{self, error::RecvError};

use crate::error::DbError;
use crate::open::{Db, Engine};
use crate::postgres::Ear;

/// Bytes of one line: NOTIFY takes less than 8000 in all.
pub const LONGEST_LINE: usize = 7_900;
/// Lines kept for a listener that is busy; each is short, and who falls further behind is told that it missed some.
const KEPT: usize = 4_096;
/// Between two tries to listen again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A line.
    Line(String),
    /// Some lines were missed: the connection was lost, or this listener was too slow.
    Missed,
}

/// Hears every line that is told from now on, by whichever process.
pub struct Listener {
    from: From,
    /// Lines that came together.
    waiting: VecDeque<String>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "a process has one, on the stack of one task"
)]
enum From {
    Here(broadcast::Receiver<Arc<str>>),
    Postgres {
        db: Db,
        /// `None` while the connection is lost.
        ear: Option<Ear>,
    },
}

impl Db {
    /// Listens. On `PostgreSQL` this holds a connection of its own.
    pub async fn listen(&self) -> Result<Listener, DbError> {
        let from = match &*self.0 {
            Engine::Sqlite(sqlite) => From::Here(sqlite.news.subscribe()),
            Engine::Postgres(postgres) => From::Postgres {
                db: self.clone(),
                ear: Some(postgres.listen().await?),
            },
        };
        Ok(Listener {
            from,
            waiting: VecDeque::new(),
        })
    }
}

impl Listener {
    /// The next thing that is heard. A lost connection is made again, however long that takes. May be dropped while it
    /// waits; nothing is lost by that.
    pub async fn next(&mut self) -> Heard {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                return Heard::Line(line);
            }
            match &mut self.from {
                From::Here(receiver) => match receiver.recv().await {
                    Ok(lines) => self.waiting.extend(lines.lines().map(str::to_owned)),
                    Err(RecvError::Lagged(_)) => return Heard::Missed,
                    // The database holds the other end, and whoever listens holds the database.
                    Err(RecvError::Closed) => std::future::pending().await,
                },
                From::Postgres { ear: Some(ear), .. } if ear.is_open() => match ear.next().await {
                    Some(lines) => self.waiting.extend(lines.lines().map(str::to_owned)),
                    None => return Heard::Missed,
                },
                From::Postgres { db, ear } => {
                    *ear = None;
                    match &*db.0 {
                        Engine::Postgres(postgres) => match postgres.listen().await {
                            Ok(again) => *ear = Some(again),
                            Err(why) => {
                                tracing::warn!(%why, "could not listen for news; trying again");
                                tokio::time::sleep(AGAIN_AFTER).await;
                                continue;
                            }
                        },
                        Engine::Sqlite(_) => std::future::pending().await,
                    }
                    // What was told in between is gone.
                    return Heard::Missed;
                }
            }
        }
    }
}

/// Where a process tells itself.
pub(crate) fn channel() -> broadcast::Sender<Arc<str>> {
    broadcast::Sender::new(KEPT)
}

/// Lines together, no bundle longer than NOTIFY takes. Longer lines are left out.
pub(crate) fn bundles(lines: &[String]) -> Vec<String> {
    let mut bundles: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| line.len() <= LONGEST_LINE) {
        match bundles.last_mut() {
            Some(last) if last.len() + 1 + line.len() <= LONGEST_LINE => {
                last.push('\n');
                last.push_str(line);
            }
            _ => bundles.push(line.clone()),
        }
    }
    bundles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_together_as_far_as_they_fit() {
        let long = "x".repeat(5_000);
        let lines = ["a".to_owned(), "b".to_owned(), long.clone(), long.clone()];
        let bundles = bundles(&lines);
        assert_eq!(bundles, [format!("a\nb\n{long}"), long]);
        let too_long = ["y".repeat(LONGEST_LINE + 1)];
        assert!(super::bundles(&too_long).is_empty());
    }
}
