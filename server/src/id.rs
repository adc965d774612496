//! Our ids: `i64`, sorted by time, decimal strings towards clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};

/// Bits below the milliseconds: a counter that starts anywhere, so that two nodes rarely meet.
const COUNTER_BITS: u32 = 16;
/// Of what numbers that survive a double are multiples, until 2109: of 32, which is how far doubles lie apart at that
/// size, and of 10, for JavaScript writes no more than 17 digits that are not zero.
const ROUND: i64 = 160;
/// Round numbers within one millisecond among which the first is drawn.
const ROUND_PLACES: i64 = 400;
/// Round numbers behind one that is taken, among which another is chosen: those of about ten milliseconds, and then of ten more.
const FURTHER_PLACES: u64 = 4_000;

/// Hands out ids. Two ids of one process differ; across nodes a clash is possible and ends as a conflict in the
/// database, which the caller tries again.
#[derive(Clone, Debug)]
pub struct Ids(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    counter: AtomicU16,
    last_round: AtomicI64,
}

impl Ids {
    /// `start` should be random.
    pub fn new(start: u16) -> Ids {
        Ids(Arc::new(Counters {
            counter: AtomicU16::new(start),
            last_round: AtomicI64::new(0),
        }))
    }

    /// An id that sorts at `at_ms` (unix milliseconds; before 1970 counts as 1970). It is no round one.
    pub fn at(&self, at_ms: i64) -> i64 {
        loop {
            let id = first_at(at_ms) | self.count();
            if id % ROUND != 0 {
                return id;
            }
        }
    }

    /// An id that is the same after it was read into a double and written again, which JavaScript does with numbers in
    /// JSON: for what Mastodon tells as a number. Greater than those given out before; it sorts at `at_ms`, or a little
    /// later where there were hundreds in a millisecond. There are few of them: across nodes two are the same more often
    /// than of other ids, so who uses one has others ready ([`others_of`]).
    pub fn round_at(&self, at_ms: i64) -> i64 {
        let first = first_at(at_ms);
        let place = 1 + self.count() % ROUND_PLACES;
        let wished = (first - first % ROUND).saturating_add(place * ROUND);
        let next = |last: i64| last.saturating_add(ROUND).max(wished);
        let mut last = self.0.last_round.load(Ordering::Relaxed);
        loop {
            let new = next(last);
            let swapped = self.0.last_round.compare_exchange_weak(
                last,
                new,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => return new,
                Err(other) => last = other,
            }
        }
    }

    fn count(&self) -> i64 {
        i64::from(self.0.counter.fetch_add(1, Ordering::Relaxed))
    }
}

/// What may be tried, one after the other, in the place of a round id that another node has taken: as round, and up to some
/// hundredths of a second later. `seed` tells apart what two nodes have the same id for. They are scattered, because a node
/// that numbers many things at once takes a row of neighbours.
pub fn others_of(round: i64, seed: u64) -> [i64; 2] {
    [0, 1].map(|turn: u64| {
        let mut mixed = round.cast_unsigned() ^ seed;
        for factor in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB, turn + 1] {
            mixed = (mixed ^ (mixed >> 31)).wrapping_mul(factor);
        }
        let place = 1 + turn * FURTHER_PLACES + mixed % FURTHER_PLACES;
        round.saturating_add(place.cast_signed() * ROUND)
    })
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
    fn round_ids_are_the_same_after_a_double() {
        let ids = Ids::new(u16::MAX - 500);
        // 2026-05-05, 2039-09-07, where doubles begin to lie further apart, and 2104.
        for at_ms in [1_777_982_400_000, 2_199_023_255_551, 4_260_000_000_000] {
            let mut before = first_at(at_ms);
            for _ in 0..1_000 {
                let id = ids.round_at(at_ms);
                assert!(id > before, "{id} is no later than {before}");
                let double = serde_json::json!(id).as_f64().unwrap();
                assert_eq!(double.to_string(), id.to_string());
                before = id;
            }
            assert!((0..5).contains(&(time_of(before) - at_ms)));
        }
    }

    #[test]
    fn others_of_a_round_id_are_as_round_near_and_scattered() {
        let ids = Ids::new(7);
        let at_ms = 1_777_982_400_000;
        let mut places = std::collections::HashSet::new();
        for seed in 0..1_000 {
            let id = ids.round_at(at_ms);
            let [one, two] = others_of(id, seed);
            assert!(id < one && one < two && time_of(two) - time_of(id) <= 20);
            assert_eq!(((one - id) % ROUND, (two - id) % ROUND), (0, 0));
            places.insert(others_of(id, 0)[0] - id);
            places.insert(one - id);
        }
        assert!(places.len() > 500, "only {} of them", places.len());
    }

    #[test]
    fn other_ids_are_never_round() {
        let ids = Ids::new(0);
        assert!((0..1_000).all(|_| ids.at(1_777_982_400_000) % ROUND != 0));
    }

    #[test]
    fn times_before_1970_do_not_become_negative() {
        assert!(Ids::new(0).at(-5) >= 0);
    }
}
