//! Counters in memory, and what is told of what is left of them.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use governor::middleware::{NoOpMiddleware, StateInformationMiddleware};
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};

use crate::clock::Clock;
use crate::error::{Error, Result};

/// Keys kept for one kind, about 100 bytes each; beyond them those that have recovered are forgotten.
const MANY_KEYS: usize = 100_000;
/// If so many have not recovered, we are being flooded from everywhere and new tries wait.
const MOST_KEYS: usize = 2 * MANY_KEYS;
/// Forgetting walks through all keys, so it is done once in a while only.
const SWEEP_EVERY_MS: i64 = 1000;
/// Keys may be what somebody typed; what follows is not looked at.
const LONGEST_KEY: usize = 128;

/// What is left of what apps may ask.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Requests in all, within the period.
    pub most: u32,
    /// Those left.
    pub left: u32,
    /// When all may be sent again; unix milliseconds.
    pub whole_at: i64,
}

tokio::task_local! {
    /// Of what was counted for the request of an app that is answered: of which kind least is left.
    static TIGHTEST: Cell<Option<Allowance>>;
}

/// Answers a request of an app; and what is left of the kind that was counted for it, of several of the tightest. Verbs count
/// what they do and know nothing of who is to be told, so that it is kept beside the task.
pub async fn counting<F: Future>(answer: F) -> (F::Output, Option<Allowance>) {
    let counted = async {
        let answered = answer.await;
        (answered, TIGHTEST.with(Cell::get))
    };
    TIGHTEST.scope(Cell::new(None), counted).await
}

/// Notes what is left, where an app is to be told.
fn note(allowance: Allowance) {
    let tighten = |tightest: &Cell<Option<Allowance>>| {
        let known = tightest.get();
        if known.is_none_or(|known| allowance.left < known.left) {
            tightest.set(Some(allowance));
        }
    };
    // A page or a job counts as well, and tells nobody.
    let _ = TIGHTEST.try_with(tighten);
}

/// A counter that tells what is left.
pub(super) struct Allowed {
    limiter: RateLimiter<String, DashMapStateStore<String>, Ticks, StateInformationMiddleware>,
    clock: Clock,
    most: u32,
    period: Duration,
    swept_at: AtomicI64,
}

impl Allowed {
    pub(super) fn new(clock: &Clock, most: u32, period: Duration) -> Allowed {
        let burst = NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period / burst.get())
            .unwrap_or(Quota::per_second(NonZeroU32::MAX))
            .allow_burst(burst);
        Allowed {
            limiter: RateLimiter::dashmap_with_clock(quota, Ticks(clock.clone())).with_middleware(),
            clock: clock.clone(),
            most: burst.get(),
            period,
            swept_at: AtomicI64::new(0),
        }
    }

    /// Counts one; too many is an error that says when there is one more. What is left is noted.
    pub(super) fn check(&self, key: &str) -> Result<()> {
        let (may, allowance) = self.ask(key);
        note(allowance);
        if may {
            return Ok(());
        }
        Err(Error::TooMany {
            after_s: (self.period / self.most).as_secs() + 1,
        })
    }

    pub(super) fn ask(&self, key: &str) -> (bool, Allowance) {
        let now = self.clock.now_ms();
        if self.limiter.len() > MANY_KEYS && is_due(&self.swept_at, now) {
            self.limiter.retain_recent();
        }
        let key = &key[..key.floor_char_boundary(LONGEST_KEY)];
        let left = match self.limiter.check_key(&key.to_owned()) {
            Ok(snapshot) => Some(snapshot.remaining_burst_capacity()),
            Err(_) => None,
        };
        let used = self.most - left.unwrap_or(0).min(self.most);
        let period_ms = i64::try_from(self.period.as_millis()).unwrap_or(i64::MAX);
        let until_whole = period_ms.saturating_mul(i64::from(used)) / i64::from(self.most);
        let allowance = Allowance {
            most: self.most,
            left: left.unwrap_or(0),
            whole_at: now + until_whole,
        };
        (left.is_some(), allowance)
    }
}

/// A counter.
pub(super) struct Counter {
    limiter: RateLimiter<String, DashMapStateStore<String>, Ticks, NoOpMiddleware<Nanos>>,
    clock: Clock,
    swept_at: AtomicI64,
}

impl Counter {
    /// `most` at once, and one more whenever `period / most` has passed.
    pub(super) fn new(clock: &Clock, most: u32, period: Duration) -> Counter {
        let most = NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period / most.get())
            .unwrap_or(Quota::per_second(NonZeroU32::MAX))
            .allow_burst(most);
        Counter {
            limiter: RateLimiter::dashmap_with_clock(quota, Ticks(clock.clone())),
            clock: clock.clone(),
            swept_at: AtomicI64::new(0),
        }
    }

    pub(super) fn check(&self, key: &str) -> Result<()> {
        let keys = self.limiter.len();
        if keys > MANY_KEYS {
            self.sweep();
        }
        if keys > MOST_KEYS {
            return Err(Error::TooMany { after_s: 60 });
        }
        let key = &key[..key.floor_char_boundary(LONGEST_KEY)];
        self.limiter
            .check_key(&key.to_owned())
            .map_err(|not_yet: NotUntil<Nanos>| {
                let wait = not_yet.wait_time_from(Ticks(self.clock.clone()).read());
                Error::TooMany {
                    after_s: wait.as_secs() + 1,
                }
            })
    }

    fn sweep(&self) {
        if is_due(&self.swept_at, self.clock.now_ms()) {
            self.limiter.retain_recent();
        }
    }
}

/// Whether those that have recovered are to be forgotten now, by whoever asks.
fn is_due(swept_at: &AtomicI64, now: i64) -> bool {
    let before = swept_at.load(Ordering::Relaxed);
    now - before >= SWEEP_EVERY_MS
        && swept_at
            .compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
}

/// Our clock as the limiter reads it.
#[derive(Clone)]
struct Ticks(Clock);

impl Ticks {
    fn read(&self) -> Nanos {
        let ms = u64::try_from(self.0.now_ms()).unwrap_or(0);
        Nanos::new(ms.saturating_mul(1_000_000))
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_for_one_key_and_passes_with_time() {
        let clock = Clock::held(1_700_000_000_000);
        let counter = Counter::new(&clock, 10, Duration::from_mins(5));
        for _ in 0..10 {
            counter.check("alice").unwrap();
        }
        let Err(Error::TooMany { after_s }) = counter.check("alice") else {
            panic!("the eleventh try was let through")
        };
        assert!((29..=31).contains(&after_s), "{after_s}");
        counter.check("bob").unwrap();
        clock.advance(31_000);
        counter.check("alice").unwrap();
        assert!(counter.check("alice").is_err());
    }

    #[tokio::test]
    async fn the_tightest_of_what_was_counted_is_told() {
        let clock = Clock::held(1_700_000_000_000);
        let day = Duration::from_hours(24);
        let (few, many) = (Allowed::new(&clock, 2, day), Allowed::new(&clock, 400, day));
        let (counted, told) = counting(async {
            many.check("alice").unwrap();
            few.check("alice").unwrap();
            few.check("alice").unwrap();
            many.check("alice").unwrap();
            few.check("alice")
        })
        .await;
        let Err(Error::TooMany { after_s }) = counted else {
            panic!("the third was let through")
        };
        assert_eq!(after_s, 12 * 3_600 + 1);
        let told = told.unwrap();
        assert_eq!((told.most, told.left), (2, 0));
        let ((), told) = counting(async {}).await;
        assert!(told.is_none());
        // Where nobody is told, it is counted all the same.
        few.check("bob").unwrap();
        clock.advance(12 * 3_600_000);
        few.check("alice").unwrap();
        assert!(few.check("alice").is_err());
    }
}
