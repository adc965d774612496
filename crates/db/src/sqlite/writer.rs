//! The thread that writes, and the group commit.
//!
//! Making a commit durable costs milliseconds, so whatever is waiting shares one: the changes run
//! one after the other, one COMMIT follows, and only then is anybody told. Nearly always all of them
//! want to be kept. When one does not, the transaction is taken back and all run again, each under
//! its own savepoint, so that it is undone alone: to be ready for that every time would copy each
//! page that a change touches. If the COMMIT fails, every change in it is told so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::run::{Ran, plain};
use super::watch::{STATEMENT_MAX, STEPS, Watch, stopwatch};
use crate::error::DbError;

/// Changes that share a commit at most.
const GROUP_MAX: usize = 256;

/// How long changes are gathered: no change waits for its neighbours longer than this. A change
/// that comes alone waits for nobody.
const GATHER_MAX: Duration = Duration::from_millis(2);

/// Changes that may wait before the writer: a few seconds of work. Whoever comes later waits for a
/// place.
const WAITING_MAX: usize = 4_096;

/// How long one waits for a place.
const PLACE_WAIT: Duration = Duration::from_secs(10);

pub(super) struct Writer {
    queue: Option<mpsc::Sender<Task>>,
    thread: Option<JoinHandle<()>>,
}

enum Task {
    Change(Box<dyn Change>),
    /// Outside any transaction: migrations.
    Alone(Box<dyn FnOnce(&mut Connection) + Send>),
}

/// A change and whoever waits for it.
trait Change: Send {
    /// Runs it; may be called again after a rollback. Whether to keep what it did.
    fn run(&mut self, conn: &Connection) -> bool;

    /// What went wrong in the last run, if anything did.
    fn failure(&self) -> Option<DbError>;

    /// Answers whoever waits: what the last run said, or the error that took it all back.
    fn settle(self: Box<Self>, stored: Result<(), DbError>);
}

struct Waiting<R, F> {
    change: F,
    said: Option<Result<R, DbError>>,
    reply: oneshot::Sender<Result<R, DbError>>,
}

impl<R, F> Change for Waiting<R, F>
where
    R: Send,
    F: FnMut(&Connection) -> Result<Ran<R>, DbError> + Send,
{
    fn run(&mut self, conn: &Connection) -> bool {
        let change = &mut self.change;
        let ran = catch_unwind(AssertUnwindSafe(|| change(conn)))
            .unwrap_or_else(|_| Err(DbError::failed("reading a row panicked")));
        let (keep, said) = match ran {
            Ok(Ran::Keep(answer)) => (true, Ok(answer)),
            Ok(Ran::Undo(answer)) => (false, Ok(answer)),
            Err(error) => (false, Err(error)),
        };
        self.said = Some(said);
        keep
    }

    fn failure(&self) -> Option<DbError> {
        self.said.as_ref()?.as_ref().err().cloned()
    }

    fn settle(self: Box<Self>, stored: Result<(), DbError>) {
        let said = match (stored, self.said) {
            (Ok(()), Some(said)) => said,
            (Ok(()), None) => Err(DbError::stopped()),
            (Err(error), _) => Err(error),
        };
        let _gone_meanwhile = self.reply.send(said);
    }
}

impl Writer {
    pub(super) fn start(mut conn: Connection) -> Result<Writer, DbError> {
        let watch = Watch::over(&mut conn, STEPS)?;
        let (queue, tasks) = mpsc::channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || work(conn, &watch, tasks))
            .map_err(|error| DbError::caused("could not start the writer thread", error))?;
        Ok(Writer {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    pub(super) async fn change<R: Send + 'static>(
        &self,
        change: impl FnMut(&Connection) -> Result<Ran<R>, DbError> + Send + 'static,
    ) -> Result<R, DbError> {
        let (reply, answer) = oneshot::channel();
        self.push(Task::Change(Box::new(Waiting {
            change,
            said: None,
            reply,
        })))
        .await?;
        answer.await.unwrap_or_else(|_| Err(DbError::stopped()))
    }

    pub(super) async fn alone<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Connection) -> Result<R, DbError> + Send + 'static,
    ) -> Result<R, DbError> {
        let (reply, answer) = oneshot::channel();
        let act = move |conn: &mut Connection| {
            let _gone_meanwhile = reply.send(act(conn));
        };
        self.push(Task::Alone(Box::new(act))).await?;
        answer.await.unwrap_or_else(|_| Err(DbError::stopped()))
    }

    async fn push(&self, task: Task) -> Result<(), DbError> {
        use mpsc::error::SendTimeoutError::{Closed, Timeout};
        let queue = self.queue.as_ref().ok_or_else(DbError::stopped)?;
        queue
            .send_timeout(task, PLACE_WAIT)
            .await
            .map_err(|error| match error {
                Timeout(_) => DbError::failed("too many changes wait for the database"),
                Closed(_) => DbError::stopped(),
            })
    }
}

impl Drop for Writer {
    /// What was handed over is carried out before the file closes.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn work(mut conn: Connection, watch: &Watch, mut tasks: mpsc::Receiver<Task>) {
    let mut next = tasks.blocking_recv();
    while let Some(task) = next.take() {
        match task {
            Task::Alone(act) => {
                watch.suspend();
                act(&mut conn);
            }
            Task::Change(first) => next = group(&conn, watch, first, &mut tasks),
        }
        if next.is_none() {
            next = tasks.blocking_recv();
        }
    }
    watch.suspend();
    // Keeps the planner's statistics; reads at most a few hundred rows of each index.
    if let Err(error) = conn.execute_batch("PRAGMA analysis_limit = 400; PRAGMA optimize;") {
        tracing::warn!("could not optimize the database on closing: {error}");
    }
}

/// Runs a change and whatever else is waiting in one transaction. Returns a task that was waiting
/// but cannot share.
fn group(
    conn: &Connection,
    watch: &Watch,
    first: Box<dyn Change>,
    tasks: &mut mpsc::Receiver<Task>,
) -> Option<Task> {
    if let Err(error) = begin(conn) {
        first.settle(Err(error));
        return None;
    }
    let started = stopwatch();
    let mut ran = Vec::new();
    let mut change = first;
    let mut run_next: Runner = run;
    let mut left_over = None;
    loop {
        let keep = run_next(conn, watch, &mut *change);
        ran.push(change);
        match keep {
            Ok(true) => {}
            Ok(false) => {
                abandon(conn);
                ran = again(conn, watch, ran)?;
                run_next = under_savepoint;
            }
            Err(error) => {
                lost(conn, watch, ran, error);
                return None;
            }
        }
        if ran.len() == GROUP_MAX || started.elapsed() >= GATHER_MAX {
            break;
        }
        match tasks.try_recv() {
            Ok(Task::Change(next)) => change = next,
            Ok(other) => {
                left_over = Some(other);
                break;
            }
            Err(_) => break,
        }
    }
    let stored = commit(conn);
    for change in ran {
        change.settle(stored.clone());
    }
    left_over
}

/// How the changes of a group are run.
type Runner = fn(&Connection, &Watch, &mut dyn Change) -> Result<bool, DbError>;

/// Runs changes again in a new transaction, so that each can be undone alone, and leaves it open. A
/// lone one that was not to be kept is undone already. `None`: all were settled and no transaction
/// is open.
fn again(
    conn: &Connection,
    watch: &Watch,
    changes: Vec<Box<dyn Change>>,
) -> Option<Vec<Box<dyn Change>>> {
    if changes.len() == 1 {
        for change in changes {
            change.settle(Ok(()));
        }
        return None;
    }
    if let Err(error) = begin(conn) {
        for change in changes {
            change.settle(Err(error.clone()));
        }
        return None;
    }
    let mut ran = Vec::with_capacity(changes.len());
    let mut waiting = changes.into_iter();
    while let Some(mut change) = waiting.next() {
        let came = under_savepoint(conn, watch, &mut *change);
        ran.push(change);
        if let Err(error) = came {
            lost(conn, watch, ran, error);
            for change in waiting {
                alone(conn, watch, change);
            }
            return None;
        }
    }
    Some(ran)
}

/// Running out of disk or of time inside the last of these took the whole transaction down: its
/// neighbours are innocent, so they run again, each alone.
fn lost(conn: &Connection, watch: &Watch, mut ran: Vec<Box<dyn Change>>, error: DbError) {
    abandon(conn);
    if let Some(guilty) = ran.pop() {
        guilty.settle(Err(error));
    }
    for change in ran {
        alone(conn, watch, change);
    }
}

/// Runs a change in a transaction of its own.
fn alone(conn: &Connection, watch: &Watch, mut change: Box<dyn Change>) {
    let stored = begin(conn)
        .and_then(|()| under_savepoint(conn, watch, &mut *change))
        .and_then(|_| commit(conn));
    if stored.is_err() {
        abandon(conn);
    }
    change.settle(stored);
}

/// Runs a change in the open transaction; what it did is gone again unless it wants it kept, so the
/// transaction may be kept in any case. Fails only if it is lost.
fn under_savepoint(
    conn: &Connection,
    watch: &Watch,
    change: &mut dyn Change,
) -> Result<bool, DbError> {
    plain(conn, "SAVEPOINT change")?;
    if !run(conn, watch, change)? {
        plain(conn, "ROLLBACK TO change")?;
    }
    plain(conn, "RELEASE change")?;
    Ok(true)
}

/// Runs a change in the open transaction: whether to keep what it did. Fails only if the transaction
/// itself is lost.
fn run(conn: &Connection, watch: &Watch, change: &mut dyn Change) -> Result<bool, DbError> {
    watch.start(STATEMENT_MAX);
    let keep = change.run(conn);
    watch.suspend();
    if conn.is_autocommit() {
        return Err(change
            .failure()
            .unwrap_or_else(|| DbError::failed("a statement ended the transaction it ran in")));
    }
    Ok(keep)
}

fn begin(conn: &Connection) -> Result<(), DbError> {
    plain(conn, "BEGIN IMMEDIATE")
}

fn commit(conn: &Connection) -> Result<(), DbError> {
    let stored = plain(conn, "COMMIT");
    if stored.is_err() {
        abandon(conn);
    }
    stored
}

/// Leaves no transaction open, whatever happened.
fn abandon(conn: &Connection) {
    if !conn.is_autocommit()
        && let Err(error) = plain(conn, "ROLLBACK")
    {
        tracing::error!("could not roll back: {error}");
    }
}
