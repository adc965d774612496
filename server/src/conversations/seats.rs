//! Who may be told a long thread at the same time as others: few, because each takes some dozens of megabytes, and everybody one
//! at a time, because one member must not keep it from all others.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use comity_policy::Party;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::error::{Error, Result};

/// Long threads that are told at the same time.
const AT_ONCE: usize = 4;
/// How long a seat is waited for: the longest threads are told in less, and apps wait no longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Seconds until another try makes sense.
const AGAIN_S: u64 = 5;

static SEATS: Seats = Seats::new();

struct Seats {
    free: Semaphore,
    /// Viewers who have one, or are next; visitors count as one.
    taken: Mutex<BTreeSet<Option<i64>>>,
    freed: Notify,
}

/// One seat, until it is dropped.
pub(super) struct Seat {
    _permit: SemaphorePermit<'static>,
    _own: Own,
}

/// That a viewer has a seat or is next.
struct Own {
    seats: &'static Seats,
    viewer: Option<i64>,
}

impl Drop for Own {
    fn drop(&mut self) {
        self.seats.taken().remove(&self.viewer);
        self.seats.freed.notify_waiters();
    }
}

/// Waits for a seat for this viewer, but not for long.
pub(super) async fn take(viewer: &Party) -> Result<Seat> {
    let viewer = viewer.person().and_then(|person| person.id);
    SEATS.take(viewer.map(|id| id.0), PATIENCE).await
}

impl Seats {
    const fn new() -> Seats {
        Seats {
            free: Semaphore::const_new(AT_ONCE),
            taken: Mutex::new(BTreeSet::new()),
            freed: Notify::const_new(),
        }
    }

    async fn take(&'static self, viewer: Option<i64>, patience: Duration) -> Result<Seat> {
        let seat = async {
            // First their own: who waits for that holds nothing that others wait for.
            let own = self.own(viewer).await;
            let permit = self.free.acquire().await;
            let permit = permit.map_err(|_| Error::internal("no threads are told any more"))?;
            Ok::<Seat, Error>(Seat {
                _permit: permit,
                _own: own,
            })
        };
        let seat = timeout(patience, seat).await;
        seat.unwrap_or(Err(Error::TooMany { after_s: AGAIN_S }))
    }

    async fn own(&'static self, viewer: Option<i64>) -> Own {
        loop {
            // Listened for before it is looked, so that what is freed in between is heard.
            let freed = self.freed.notified();
            if self.taken().insert(viewer) {
                return Own {
                    seats: self,
                    viewer,
                };
            }
            freed.await;
        }
    }

    fn taken(&self) -> MutexGuard<'_, BTreeSet<Option<i64>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn nobody_has_two_seats_and_nobody_waits_for_ever() {
        static SEATS: Seats = Seats::new();
        let first = SEATS.take(Some(1), SHORT).await.unwrap();
        let second = SEATS.take(Some(1), SHORT).await;
        assert!(matches!(second, Err(Error::TooMany { .. })));
        let mut others = Vec::new();
        for viewer in 2..=4 {
            others.push(SEATS.take(Some(viewer), SHORT).await.unwrap());
        }
        let fifth = SEATS.take(Some(5), SHORT).await;
        assert!(matches!(fifth, Err(Error::TooMany { .. })));
        let again = tokio::spawn(SEATS.take(Some(1), Duration::from_secs(60)));
        tokio::time::sleep(SHORT).await;
        assert!(!again.is_finished());
        drop(first);
        let again = again.await.unwrap().unwrap();
        drop((again, others));
        assert!(SEATS.taken().is_empty());
        assert_eq!(SEATS.free.available_permits(), AT_ONCE);
    }
}
