//! Time is handed in: everything that asks for the time asks this clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A day, in the unit of all our times.
pub const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// Gives unix milliseconds. Tests hold a clock that moves only when told to.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Held(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Clock {
        Clock(Kind::System)
    }

    /// A clock that stands still at `now_ms` until [`Clock::advance`].
    pub fn held(now_ms: i64) -> Clock {
        Clock(Kind::Held(Arc::new(AtomicI64::new(now_ms))))
    }

    /// Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Kind::System => system_now_ms(),
            Kind::Held(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Moves a held clock on; the system's clock takes no orders.
    pub fn advance(&self, by_ms: i64) {
        if let Kind::Held(at) = &self.0 {
            at.fetch_add(by_ms, Ordering::SeqCst);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
fn system_now_ms() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
