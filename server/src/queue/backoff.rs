//! How long to wait before the next try.

/// The wait after the first failure.
const FIRST_MS: u64 = 60_000;

/// No wait is longer: twelve hours, so that a server that comes back is found the same day.
const LONGEST_MS: u64 = 12 * 3_600_000;

/// Milliseconds to wait after `failures` failures in a row (1 is the first): one minute, doubled each time, at most
/// twelve hours, spread by up to a quarter. `seed` (a hash of what is tried) decides the spread, so that a thousand
/// things that failed together are not tried together.
pub fn backoff_ms(failures: u32, seed: u64) -> i64 {
    let doublings = failures.saturating_sub(1).min(32);
    let base = FIRST_MS
        .checked_shl(doublings)
        .unwrap_or(LONGEST_MS)
        .min(LONGEST_MS);
    let spread = mix(seed ^ u64::from(failures)) % (base / 4 + 1);
    i64::try_from(base - base / 8 + spread).unwrap_or(i64::MAX)
}

/// Spreads close seeds far apart (the finaliser of `SplitMix64`).
fn mix(seed: u64) -> u64 {
    let a = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ (b >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stop_at_twelve_hours() {
        let middle = |failures| {
            (0..100)
                .map(|seed| backoff_ms(failures, seed * 7919))
                .sum::<i64>()
                / 100
        };
        assert!((55_000..65_000).contains(&middle(1)));
        assert!((220_000..260_000).contains(&middle(3)));
        for failures in [11, 40, u32::MAX] {
            let longest = i64::try_from(LONGEST_MS).unwrap();
            assert!(backoff_ms(failures, 1) <= longest + longest / 8);
            assert!(backoff_ms(failures, 1) >= longest - longest / 8);
        }
    }

    #[test]
    fn things_that_failed_together_are_not_tried_together() {
        let waits: std::collections::HashSet<_> =
            (0..1000).map(|seed| backoff_ms(1, seed)).collect();
        assert!(waits.len() > 900);
    }
}
