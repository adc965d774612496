//! Signatures seen before, so that a copied request is good for nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use comity_vocab::Domain;

use crate::Distrust;
use crate::digest::sha256;
use crate::window::{CAVAGE_AGE_MS, CLOCK_AHEAD_MS, RFC9421_AGE_MS};

/// Signatures remembered at once. At 13 bytes each, in half-full tables, they take 41 MB at
/// most; a window of one hour then holds 430 signed requests a second.
const MOST_SEEN: usize = 3 << 19;

/// The share of it that each registrable domain has, as a divisor. Who signs more borrows up to half
/// of it while it is free; when room is needed, whoever borrowed most is accepted for a shorter time.
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
/// signed that long ago is accepted*: under pressure the window closes instead of forgetting. So it
/// does for one domain alone that uses more than its share. It never closes over the present: when
/// what is full is all of now, or dated ahead, no more is taken.
///
/// It holds for one process: a copy may pass once per node, and again after a restart, unless
/// [`SeenSignatures::started`] closes that gap.
#[derive(Debug)]
pub struct SeenSignatures {
    most: usize,
    state: Mutex<State>,
}

/// A signature, by whose it is: two domains never have the same.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Print {
    by: u32,
    print: [u32; 2],
}

#[derive(Debug, Default)]
struct Bucket {
    prints: HashSet<Print>,
    shares: HashMap<u32, usize>,
}

/// A registrable domain that signed something.
#[derive(Debug)]
struct Host {
    number: u32,
    /// How many signatures are remembered of it.
    share: usize,
    /// What it signed before this minute is no longer known.
    known_from: i64,
}

#[derive(Debug, Default)]
struct State {
    /// By the minute in which they were signed.
    buckets: BTreeMap<i64, Bucket>,
    count: usize,
    hosts: HashMap<Box<str>, Host>,
    /// Who had more than their share at some time.
    borrowers: HashSet<Box<str>>,
    next_number: u32,
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
        let present = minute(now_ms) - OPEN_MINUTES;
        let mut state = self.lock();
        state.forget_before(minute(now_ms.saturating_sub(KEEP_MS)));
        let by = domain.registrable();
        if signed < state.known_from_of(by) {
            return Err(Distrust::Stale);
        }
        if state.has(signed, print, by) {
            return Err(Distrust::Replayed);
        }
        let share = self.most.div_ceil(SHARE);
        if state.share_of(by) >= share && state.count >= self.most / 2 {
            state.close_for(by, present)?;
        }
        if state.count >= self.most {
            state.make_room(share, present)?;
        }
        if signed < state.known_from_of(by) {
            return Err(Distrust::Stale);
        }
        state.insert(signed, print, by, share);
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
    /// Since which minute all that it signed is remembered.
    fn known_from_of(&self, by: &str) -> i64 {
        let own = self.hosts.get(by).map(|host| host.known_from);
        own.map_or(self.known_from, |own| own.max(self.known_from))
    }

    fn share_of(&self, by: &str) -> usize {
        self.hosts.get(by).map_or(0, |host| host.share)
    }

    fn has(&self, signed: i64, print: [u32; 2], by: &str) -> bool {
        let host = self.hosts.get(by);
        host.zip(self.buckets.get(&signed))
            .is_some_and(|(host, bucket)| {
                let by = host.number;
                bucket.prints.contains(&Print { by, print })
            })
    }

    /// Lets the oldest minute of whoever borrowed most go, or, if nobody did, that of all.
    fn make_room(&mut self, share: usize, present: i64) -> Result<(), Distrust> {
        let hosts = &self.hosts;
        let borrowed = |by: &str| hosts.get(by).map_or(0, |host| host.share);
        self.borrowers.retain(|by| borrowed(by) > share);
        let mut borrowers: Vec<Box<str>> = self.borrowers.iter().cloned().collect();
        borrowers.sort_by_key(|by| std::cmp::Reverse(borrowed(by)));
        for by in borrowers {
            if self.close_for(&by, present).is_ok() {
                return Ok(());
            }
        }
        let oldest = self.buckets.keys().next().copied();
        match oldest.filter(|oldest| *oldest < present) {
            Some(oldest) => self.forget_before(oldest + 1),
            None => return Err(Distrust::Full),
        }
        Ok(())
    }

    fn forget_before(&mut self, first: i64) {
        if first <= self.known_from {
            return;
        }
        self.known_from = first;
        let mut gone: HashMap<u32, usize> = HashMap::new();
        while let Some(bucket) = self.buckets.first_entry().filter(|b| *b.key() < first) {
            let bucket = bucket.remove();
            self.count -= bucket.prints.len();
            for (number, share) in bucket.shares {
                *gone.entry(number).or_default() += share;
            }
        }
        self.hosts.retain(|_, host| {
            host.share -= gone.get(&host.number).copied().unwrap_or(0);
            host.share > 0 || host.known_from > first
        });
    }

    /// Lets one domain's oldest minute go, if that is before the `present`.
    fn close_for(&mut self, by: &str, present: i64) -> Result<(), Distrust> {
        let host = self.hosts.get_mut(by).ok_or(Distrust::Full)?;
        let number = host.number;
        let (minute, bucket) = self
            .buckets
            .iter_mut()
            .map(|(minute, bucket)| (*minute, bucket))
            .find(|(_, bucket)| bucket.shares.contains_key(&number))
            .filter(|(minute, _)| *minute < present)
            .ok_or(Distrust::Full)?;
        bucket.prints.retain(|print| print.by != number);
        // What is empty must not keep its room, or the bound would be none.
        bucket.prints.shrink_to_fit();
        let gone = bucket.shares.remove(&number).unwrap_or(0);
        host.share -= gone;
        host.known_from = minute + 1;
        self.count -= gone;
        if bucket.prints.is_empty() {
            self.buckets.remove(&minute);
        }
        Ok(())
    }

    fn insert(&mut self, signed: i64, print: [u32; 2], by: &str, share: usize) {
        if !self.hosts.contains_key(by) {
            let host = Host {
                number: self.next_number,
                share: 0,
                known_from: self.known_from,
            };
            self.next_number = self.next_number.wrapping_add(1);
            self.hosts.insert(by.into(), host);
        }
        let Some(host) = self.hosts.get_mut(by) else {
            return;
        };
        host.share += 1;
        if host.share == share + 1 {
            self.borrowers.insert(by.into());
        }
        let by = host.number;
        let bucket = self.buckets.entry(signed).or_default();
        *bucket.shares.entry(by).or_default() += 1;
        bucket.prints.insert(Print { by, print });
        self.count += 1;
    }
}

fn minute(ms: i64) -> i64 {
    ms.div_euclid(BUCKET_MS)
}

/// A quarter of a SHA-256. Of one domain's million requests, two are the same once in ten million hours, and then the
/// second is refused; nobody finds a request of their own that passes for another.
fn fingerprint(base: &[u8], signature: &[u8]) -> [u32; 2] {
    let mut bytes = Vec::with_capacity(base.len() + signature.len());
    bytes.extend_from_slice(base);
    bytes.extend_from_slice(signature);
    let hash = sha256(&bytes);
    [0, 4].map(|at| u32::from_be_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]))
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
        assert_eq!(
            taken, 40,
            "all names below one are one, and have half of it while it is free"
        );
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
    fn who_signs_more_than_their_share_is_accepted_for_a_shorter_time_and_nobody_else() {
        let seen = SeenSignatures::holding(80);
        let busy = domain("busy.example");
        let early = NOW - 10 * BUCKET_MS;
        seen.remember(b"calm", b"s", early, NOW, &one()).unwrap();
        for n in 0..39_u8 {
            seen.remember(&[n], b"s", early, NOW, &busy).unwrap();
        }
        for n in 100..139_u8 {
            assert_eq!(seen.remember(&[n], b"s", NOW, NOW, &busy), Ok(()));
        }
        let early_again = |base: &[u8], by: &Domain| seen.remember(base, b"s", early, NOW, by);
        assert_eq!(early_again(&[1], &busy), Err(Distrust::Stale));
        assert_eq!(early_again(b"new", &busy), Err(Distrust::Stale));
        assert_eq!(early_again(b"calm", &one()), Err(Distrust::Replayed));
        assert_eq!(early_again(b"calm too", &one()), Ok(()));
        let more = (0..100_u8).filter(|n| seen.remember(&[*n, 1], b"s", NOW, NOW, &busy).is_ok());
        assert!(more.count() <= 1, "of the present, half is theirs at most");
    }

    #[test]
    fn whoever_borrowed_and_fell_silent_gives_back_before_others_lose_their_time() {
        let seen = SeenSignatures::holding(80);
        let early = NOW - 10 * BUCKET_MS;
        seen.remember(b"calm", b"s", early, NOW, &one()).unwrap();
        let borrower = domain("borrower.example");
        for n in 0..30_u8 {
            seen.remember(&[n], b"s", early + BUCKET_MS, NOW, &borrower)
                .unwrap();
        }
        for n in 0..49_u8 {
            let by = domain(&format!("small{}.example", n / 10));
            seen.remember(&[n], b"s", NOW, NOW, &by).unwrap();
        }
        assert_eq!(seen.lock().count, 80);
        let late = domain("late.example");
        assert_eq!(seen.remember(b"late", b"s", early, NOW, &late), Ok(()));
        assert_eq!(
            seen.remember(b"calm", b"s", early, NOW, &one()),
            Err(Distrust::Replayed)
        );
        assert_eq!(
            seen.remember(&[1], b"s", early + BUCKET_MS, NOW, &borrower),
            Err(Distrust::Stale)
        );
        assert_eq!(seen.lock().count, 51);
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
