//! Signatures seen before, so that a copied request is good for nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use comity_vocab::Domain;

use crate::Distrust;
use crate::digest::sha256;
use crate::window::{CAVAGE_AGE_MS, CLOCK_AHEAD_MS, RFC9421_AGE_MS};

/// Signatures remembered at once. At 16 bytes each, in half-full tables, they take 40 MB at
/// most; a window of one hour then holds 290 signed requests a second.
const MOST_SEEN: usize = 1 << 20;

/// The share of it that one registrable domain may fill, as a divisor: 36 signed requests a second for an hour. Whoever
/// signs faster waits; nobody else does.
const SHARE: usize = 8;

/// The window never closes further than this before now: honest requests are seconds old.
const OPEN_MINUTES: i64 = 2;

/// Signatures are forgotten in groups of this length.
const BUCKET_MS: i64 = 60 * 1000;

/// No signature is accepted when older than this, so none needs remembering for longer.
const KEEP_MS: i64 = if CAVAGE_AGE_MS > RFC9421_AGE_MS {
    CAVAGE_AGE_MS
} else {
    RFC9421_AGE_MS
};

/// Remembers every accepted signature for as long as it would be accepted again.
///
/// Memory is bounded. When it is full, the oldest minute is let go and from then on *nothing
/// signed that long ago is accepted*: under pressure the window closes instead of forgetting. It
/// never closes over the present: when what is full is all of now, or dated ahead, no more is taken. It
/// holds for one process: a copy may pass once per node, and again after a restart, unless
/// [`SeenSignatures::started`] closes that gap.
#[derive(Debug)]
pub struct SeenSignatures {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct Bucket {
    prints: HashSet<[u8; 16]>,
    shares: HashMap<Box<str>, usize>,
}

#[derive(Debug, Default)]
struct State {
    /// By the minute in which they were signed.
    buckets: BTreeMap<i64, Bucket>,
    count: usize,
    /// How many of them are whose, by registrable domain.
    shares: HashMap<Box<str>, usize>,
    /// Minutes before this one are no longer known.
    known_from: i64,
}

impl SeenSignatures {
    /// Empty, accepting whatever the window allows.
    pub fn new() -> SeenSignatures {
        SeenSignatures::holding(MOST_SEEN)
    }

    /// Empty after a start at `now_ms`: refuses what was signed before it, give or take the
    /// clocks, since an earlier process may have accepted that already.
    pub fn started(now_ms: i64) -> SeenSignatures {
        let seen = SeenSignatures::new();
        seen.lock().known_from = minute(now_ms.saturating_sub(CLOCK_AHEAD_MS));
        seen
    }

    fn holding(most: usize) -> SeenSignatures {
        SeenSignatures {
            most,
            state: Mutex::default(),
        }
    }

    /// Remembers a signature over `base`, made at `signed_ms` with a key of `domain`, or says that it was here before.
    /// Call it only once the signature was checked: strangers must not fill the memory.
    pub(crate) fn remember(
        &self,
        base: &[u8],
        signature: &[u8],
        signed_ms: i64,
        now_ms: i64,
        domain: &Domain,
    ) -> Result<(), Distrust> {
        let print = fingerprint(base, signature);
        let signed = minute(signed_ms);
        let mut state = self.lock();
        state.forget_before(minute(now_ms.saturating_sub(KEEP_MS)));
        if signed < state.known_from {
            return Err(Distrust::Stale);
        }
        if state
            .buckets
            .get(&signed)
            .is_some_and(|bucket| bucket.prints.contains(&print))
        {
            return Err(Distrust::Replayed);
        }
        let by = domain.registrable();
        if state.shares.get(by).copied().unwrap_or(0) >= self.most.div_ceil(SHARE) {
            return Err(Distrust::Full);
        }
        if state.count >= self.most {
            let oldest = state.buckets.keys().next().copied().unwrap_or(signed);
            if oldest + 1 > minute(now_ms) - OPEN_MINUTES {
                return Err(Distrust::Full);
            }
            state.forget_before(oldest + 1);
            if signed < state.known_from {
                return Err(Distrust::Stale);
            }
        }
        state.insert(signed, print, by);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while holding it leaves at worst a count that is off by one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SeenSignatures {
    fn default() -> SeenSignatures {
        SeenSignatures::new()
    }
}

impl State {
    fn forget_before(&mut self, first: i64) {
        if first <= self.known_from {
            return;
        }
        while let Some(bucket) = self.buckets.first_entry().filter(|b| *b.key() < first) {
            let bucket = bucket.remove();
            self.count -= bucket.prints.len();
            for (by, share) in bucket.shares {
                if let Some(all) = self.shares.get_mut(&by) {
                    *all -= share;
                    if *all == 0 {
                        self.shares.remove(&by);
                    }
                }
            }
        }
        self.known_from = first;
    }

    fn insert(&mut self, signed: i64, print: [u8; 16], by: &str) {
        let bucket = self.buckets.entry(signed).or_default();
        bucket.prints.insert(print);
        *bucket.shares.entry(by.into()).or_default() += 1;
        *self.shares.entry(by.into()).or_default() += 1;
        self.count += 1;
    }
}

fn minute(ms: i64) -> i64 {
    ms.div_euclid(BUCKET_MS)
}

/// Half a SHA-256: nobody finds two requests with the same 128 bits.
fn fingerprint(base: &[u8], signature: &[u8]) -> [u8; 16] {
    let mut bytes = Vec::with_capacity(base.len() + signature.len());
    bytes.extend_from_slice(base);
    bytes.extend_from_slice(signature);
    let mut print = [0; 16];
    print.copy_from_slice(&sha256(&bytes)[..16]);
    print
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_792_152_000_000;

    fn one() -> Domain {
        domain("one.example")
    }

    fn domain(name: &str) -> Domain {
        Domain::parse(name).unwrap()
    }

    #[test]
    fn a_signature_counts_once() {
        let seen = SeenSignatures::new();
        assert_eq!(seen.remember(b"a", b"s", NOW, NOW, &one()), Ok(()));
        assert_eq!(
            seen.remember(b"a", b"s", NOW, NOW + 1, &one()),
            Err(Distrust::Replayed)
        );
        assert_eq!(seen.remember(b"b", b"s", NOW, NOW + 1, &one()), Ok(()));
        let last = NOW + KEEP_MS - BUCKET_MS;
        assert_eq!(
            seen.remember(b"a", b"s", NOW, last, &one()),
            Err(Distrust::Replayed)
        );
    }

    #[test]
    fn memory_is_given_back_when_the_window_has_passed() {
        let seen = SeenSignatures::new();
        for n in 0..100_u8 {
            seen.remember(&[n], b"s", NOW, NOW, &one()).unwrap();
        }
        let later = NOW + KEEP_MS + 2 * BUCKET_MS;
        seen.remember(b"later", b"s", later, later, &one()).unwrap();
        assert_eq!(seen.lock().count, 1);
        assert_eq!(
            seen.remember(&[1], b"s", NOW, later, &one()),
            Err(Distrust::Stale)
        );
    }

    #[test]
    fn when_full_the_window_closes_and_nothing_is_forgotten() {
        let seen = SeenSignatures::holding(3);
        let early = NOW - 10 * BUCKET_MS;
        let others = ["a.example", "b.example", "c.example"].map(domain);
        seen.remember(b"early", b"s", early, NOW, &one()).unwrap();
        for (base, by) in [b"1", b"2", b"3"].into_iter().zip(&others) {
            seen.remember(base, b"s", NOW, NOW, by).unwrap();
        }
        assert_eq!(
            seen.remember(b"early", b"s", early, NOW, &one()),
            Err(Distrust::Stale)
        );
        assert_eq!(
            seen.remember(b"2", b"s", NOW, NOW, &others[1]),
            Err(Distrust::Replayed)
        );
    }

    #[test]
    fn signatures_dated_ahead_do_not_shut_out_those_of_now() {
        let seen = SeenSignatures::holding(80);
        let ahead = NOW + CLOCK_AHEAD_MS;
        let mut taken = 0;
        for n in 0..1000_u16 {
            let by = domain(&format!("x{n}.flood.example"));
            taken += usize::from(
                seen.remember(&n.to_be_bytes(), b"s", ahead, NOW, &by)
                    .is_ok(),
            );
        }
        assert_eq!(taken, 10, "all names below one are one");
        assert_eq!(
            seen.remember(b"honest", b"s", NOW, NOW, &domain("honest.test")),
            Ok(())
        );
        // And when all of it is full of tomorrow, whoever comes is told to come again, not that they are late.
        for n in 0..200_u8 {
            let _ = seen.remember(&[n], b"s", ahead, NOW, &domain(&format!("flood{n}.test")));
        }
        let late = seen.remember(b"other", b"s", NOW, NOW, &domain("other.test"));
        assert!(matches!(late, Ok(()) | Err(Distrust::Full)), "{late:?}");
        assert!(seen.lock().known_from <= minute(NOW));
    }

    #[test]
    fn after_a_restart_older_signatures_are_not_believed() {
        let seen = SeenSignatures::started(NOW);
        let before = NOW - CLOCK_AHEAD_MS - BUCKET_MS;
        assert_eq!(
            seen.remember(b"a", b"s", before, NOW, &one()),
            Err(Distrust::Stale)
        );
        assert_eq!(seen.remember(b"a", b"s", NOW, NOW, &one()), Ok(()));
    }
}
