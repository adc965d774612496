//! Whose turn it is: a server that sends more than its share stands behind others that wait, and waits for nobody else.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A server's share while others wait: fifty jobs a second.
const STEP_MS: i64 = 20;
/// What a server may send at once as its share: a hundred jobs.
const BURST_MS: i64 = 2_000;
/// No turn is further ahead than this: who sent a flood and then a word waits a minute for others at most.
pub(super) const MOST_AHEAD_MS: i64 = 60_000;
/// Servers remembered; beyond that, those whose share is whole again are forgotten.
const MOST_KNOWN: usize = 10_000;

/// When the last job of each server has its turn. Of this process only: another node counts for itself.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<String, i64>>);

impl Turns {
    /// The turn of this server's next job: now, or later when it has used up its share.
    pub fn next(&self, host: &str, now_ms: i64) -> i64 {
        let mut turns = self.lock();
        if turns.len() >= MOST_KNOWN && !turns.contains_key(host) {
            turns.retain(|_, last| *last > now_ms - BURST_MS);
        }
        let rested = now_ms - BURST_MS;
        let last = match turns.get_mut(host) {
            Some(last) => last,
            None => turns.entry(host.to_owned()).or_insert(rested),
        };
        *last = ((*last).max(rested) + STEP_MS).min(now_ms + MOST_AHEAD_MS);
        (*last).max(now_ms)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        // Whatever a panic leaves is a turn like another.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_stands_behind_whoever_comes_during_it() {
        let turns = Turns::default();
        let flood: Vec<i64> = (0..10_000)
            .map(|_| turns.next("flood.example", 0))
            .collect();
        assert!(flood.is_sorted(), "a server's own jobs keep their order");
        let calm = turns.next("calm.example", 1_000);
        assert_eq!(calm, 1_000);
        let before = flood.iter().filter(|turn| **turn <= calm).count();
        assert_eq!(before, 150, "a burst, and the share of a second");
    }

    #[test]
    fn who_keeps_to_their_share_never_waits() {
        let turns = Turns::default();
        for n in 0..10_000 {
            let now = n * STEP_MS;
            assert_eq!(turns.next("steady.example", now), now);
        }
    }

    #[test]
    fn a_flood_is_forgiven_after_a_while() {
        let turns = Turns::default();
        for _ in 0..10_000 {
            turns.next("flood.example", 0);
        }
        assert_eq!(turns.next("flood.example", 1), MOST_AHEAD_MS + 1);
        let later = MOST_AHEAD_MS + BURST_MS;
        assert_eq!(turns.next("flood.example", later), later);
    }
}
