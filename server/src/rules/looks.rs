//! One look for everybody who wants one at the same time.
//!
//! Two hundred sends that are about to start each want to know what the rules are by now. A look serves those who asked
//! before it began: it sees all that was written when they asked. Whoever asks while one is under way waits for the
//! next, so that nobody goes by a look that may be older than their question.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, Result};

/// Looks that are shared.
#[derive(Default)]
pub struct Looks {
    /// How many looks have begun.
    begun: AtomicU64,
    /// Whoever holds it looks; the others wait here.
    last: Mutex<Last>,
    /// Whoever holds it reads the rules anew: of two readings, the later one is kept.
    reading: Mutex<()>,
}

/// The newest look that came to an end.
#[derive(Default)]
struct Last {
    number: u64,
    failed: bool,
}

impl Looks {
    /// Nobody else of this server reads the rules while this is held.
    pub(super) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.reading.lock().await
    }

    /// Returns after a look that began after this was called, by whomever. `look` is dropped unused when another's will
    /// do.
    pub async fn share(&self, look: impl Future<Output = Result<()>>) -> Result<()> {
        let wanted = self.begun.load(Ordering::SeqCst) + 1;
        let mut last = self.last.lock().await;
        if last.number >= wanted {
            // One that failed failed for all who waited for it: each trying anew would take one time-out after another.
            return if last.failed {
                Err(Error::internal("the look that was shared failed"))
            } else {
                Ok(())
            };
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let came = look.await;
        *last = Last {
            number,
            failed: came.is_err(),
        };
        came
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    /// Starts a look that is under way until it is told how it ends.
    async fn under_way(
        looks: &Arc<Looks>,
    ) -> (
        oneshot::Sender<Result<()>>,
        tokio::task::JoinHandle<Result<()>>,
    ) {
        let (end, ended) = oneshot::channel();
        let (begin, begun) = oneshot::channel();
        let looks = looks.clone();
        let look = async move {
            begin.send(()).unwrap();
            ended.await.unwrap()
        };
        let asked = tokio::spawn(async move { looks.share(look).await });
        begun.await.unwrap();
        (end, asked)
    }

    /// Asks so many times at once; each who looks is counted.
    fn ask(
        looks: &Arc<Looks>,
        counted: &Arc<AtomicU64>,
        times: usize,
        fails: bool,
    ) -> tokio::task::JoinSet<Result<()>> {
        let mut asked = tokio::task::JoinSet::new();
        for _ in 0..times {
            let (looks, counted) = (looks.clone(), counted.clone());
            asked.spawn(async move {
                let look = async {
                    counted.fetch_add(1, Ordering::SeqCst);
                    if fails {
                        Err(Error::internal("nobody answers"))
                    } else {
                        Ok(())
                    }
                };
                looks.share(look).await
            });
        }
        asked
    }

    #[tokio::test]
    async fn who_asks_during_a_look_waits_for_the_next_and_shares_it() {
        let (looks, counted) = (Arc::new(Looks::default()), Arc::default());
        let (end, first) = under_way(&looks).await;
        let mut others = ask(&looks, &counted, 100, false);
        let early = tokio::time::timeout(Duration::from_millis(50), others.join_next()).await;
        assert!(
            early.is_err(),
            "a look that began before the question answers nobody"
        );
        end.send(Ok(())).unwrap();
        first.await.unwrap().unwrap();
        assert!(others.join_all().await.iter().all(Result::is_ok));
        assert_eq!(counted.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn what_fails_fails_for_those_who_waited_and_for_nobody_else() {
        let (looks, counted) = (Arc::new(Looks::default()), Arc::default());
        let (end, first) = under_way(&looks).await;
        let others = ask(&looks, &counted, 10, true);
        // All of them have asked before the next look begins.
        tokio::time::sleep(Duration::from_millis(50)).await;
        end.send(Ok(())).unwrap();
        first.await.unwrap().unwrap();
        assert!(others.join_all().await.iter().all(Result::is_err));
        assert_eq!(counted.load(Ordering::SeqCst), 1);
        looks.share(async { Ok(()) }).await.unwrap();
    }

    #[tokio::test]
    async fn a_look_that_was_broken_off_is_taken_by_the_next() {
        let (looks, counted) = (Arc::new(Looks::default()), Arc::default());
        let (_end, first) = under_way(&looks).await;
        let others = ask(&looks, &counted, 10, false);
        tokio::time::sleep(Duration::from_millis(50)).await;
        first.abort();
        assert!(others.join_all().await.iter().all(Result::is_ok));
        assert_eq!(counted.load(Ordering::SeqCst), 1);
    }
}
