//! The threads that read what takes long. One queue for all of them, so that a short question never stands behind a
//! long one while a reader is idle.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Watch;
use super::watch::{STATEMENT_MAX, STEPS};
use crate::error::DbError;

/// Questions that may wait. At ten thousand answers a second this is a second of waiting; whoever
/// comes later is better told no.
const WAITING_MAX: usize = 10_000;

type Question = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    /// Wakes one reader for each question.
    asked: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Question>,
    closed: bool,
}

impl Readers {
    /// One thread for each connection.
    pub(super) fn start(connections: Vec<Connection>) -> Result<Readers, DbError> {
        let mut readers = Readers {
            queue: Arc::default(),
            threads: Vec::new(),
        };
        for (number, mut conn) in connections.into_iter().enumerate() {
            let watch = Watch::over(&mut conn, STEPS)?;
            let queue = Arc::clone(&readers.queue);
            let thread = std::thread::Builder::new()
                .name(format!("db-reader-{number}"))
                .spawn(move || answer(&conn, &watch, &queue))
                .map_err(|error| DbError::caused("could not start a reader thread", error))?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Asks, and waits for the answer. A question whose asker has gone is not answered.
    pub(super) async fn ask<R: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<R, DbError> + Send + 'static,
    ) -> Result<R, DbError> {
        let (reply, answer) = oneshot::channel();
        self.queue.push(Box::new(move |conn| {
            if !reply.is_closed() {
                let _gone_meanwhile = reply.send(question(conn));
            }
        }))?;
        answer.await.unwrap_or_else(|_| Err(DbError::stopped()))
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, question: Question) -> Result<(), DbError> {
        let mut state = self.lock();
        if state.waiting.len() >= WAITING_MAX {
            return Err(DbError::failed("too many questions wait for the database"));
        }
        state.waiting.push_back(question);
        drop(state);
        self.asked.notify_one();
        Ok(())
    }

    /// The next question; `None` when the database closes.
    fn next(&self) -> Option<Question> {
        let mut state = self.lock();
        loop {
            if let Some(question) = state.waiting.pop_front() {
                return Some(question);
            }
            if state.closed {
                return None;
            }
            state = self
                .asked
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn answer(conn: &Connection, watch: &Watch, queue: &Queue) {
    while let Some(question) = queue.next() {
        watch.start(STATEMENT_MAX);
        // A row type that panics must not take the reader with it; its asker is told by the dropped
        // reply.
        let asked = std::panic::AssertUnwindSafe(|| question(conn));
        if std::panic::catch_unwind(asked).is_err() {
            tracing::error!("reading a row panicked");
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.asked.notify_all();
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}
