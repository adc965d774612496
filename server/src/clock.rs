//! Time is handed in: everything that asks for the time asks this clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

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

/// The first moment of a day in UTC, in unix milliseconds.
pub fn first_moment(day: Date) -> Option<i64> {
    let moment = day.to_zoned(TimeZone::UTC).ok()?;
    Some(moment.timestamp().as_millisecond())
}

/// The day in UTC that a moment is in. One beyond the calendar counts as the first of 1970.
pub fn date_of(at_ms: i64) -> Date {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC)
        .date()
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_begins_at_its_first_moment() {
        let day = date(2026, 5, 5);
        let first = first_moment(day).unwrap();
        assert_eq!(first % DAY_MS, 0);
        assert_eq!(date_of(first), day);
        assert_eq!(date_of(first + DAY_MS - 1), day);
        assert_eq!(date_of(first - 1), date(2026, 5, 4));
        assert_eq!(date_of(i64::MAX), date(1970, 1, 1));
    }
}
