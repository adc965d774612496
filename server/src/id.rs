//! Our ids: `i64`, sorted by time, decimal strings towards clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

/// Bits below the milliseconds: a counter that starts anywhere, so that two nodes rarely meet.
const COUNTER_BITS: u32 = 16;

/// Hands out ids. Two ids of one process differ; across nodes a clash is possible and ends as a conflict in the
/// database, which the caller tries again.
#[derive(Clone, Debug)]
pub struct Ids(Arc<AtomicU16>);

impl Ids {
    /// `start` should be random.
    pub fn new(start: u16) -> Ids {
        Ids(Arc::new(AtomicU16::new(start)))
    }

    /// An id that sorts at `at_ms` (unix milliseconds; before 1970 counts as 1970).
    pub fn at(&self, at_ms: i64) -> i64 {
        let counter = self.0.fetch_add(1, Ordering::Relaxed);
        (at_ms.clamp(0, i64::MAX >> COUNTER_BITS) << COUNTER_BITS) | i64::from(counter)
    }
}

/// The smallest id of the time `at_ms`: for asking "older than".
pub fn first_at(at_ms: i64) -> i64 {
    at_ms.clamp(0, i64::MAX >> COUNTER_BITS) << COUNTER_BITS
}

/// The time at which this id sorts.
pub fn time_of(id: i64) -> i64 {
    id >> COUNTER_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_later_times_are_greater() {
        let ids = Ids::new(u16::MAX);
        let first = ids.at(1000);
        let wrapped = ids.at(1001);
        assert!(
            wrapped > first,
            "the counter wraps without disturbing the order of times"
        );
        assert_eq!(first_at(1000), first >> 16 << 16);
        assert_eq!((time_of(first), time_of(wrapped)), (1000, 1001));
    }

    #[test]
    fn times_before_1970_do_not_become_negative() {
        assert!(Ids::new(0).at(-5) >= 0);
    }
}
