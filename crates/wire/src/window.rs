//! For how long a signature is good.

use crate::Distrust;

/// How far ahead of ours another server's clock may run. Five minutes is what Kerberos settled
/// on and what Mastodon tolerates at least; servers without time synchronisation drift more, but
/// then TLS fails them too.
pub const CLOCK_AHEAD_MS: i64 = 5 * 60 * 1000;

/// Oldest draft-cavage signature accepted. Every known server signs again for each attempt, so
/// an hour is for slow clocks only; Mastodon's twelve are a gift to whoever copies requests.
pub const CAVAGE_AGE_MS: i64 = 60 * 60 * 1000;

/// Oldest RFC 9421 signature accepted. Its senders are newer and keep time.
pub const RFC9421_AGE_MS: i64 = 5 * 60 * 1000;

/// A reading request counts again while its signature is this young. What it may have been copied
/// for was told to its sender a moment ago.
const REPEAT_MS: i64 = 5 * 1000;

/// Whether a signature was made just now by both clocks; a clock that is off earns no indulgence.
pub(crate) fn is_fresh(signed_ms: i64, now_ms: i64) -> bool {
    now_ms.abs_diff(signed_ms) <= REPEAT_MS.unsigned_abs()
}

/// Checks when a signature was made, and until when its maker says it counts (both in unix
/// milliseconds).
pub(crate) fn check(
    signed_ms: i64,
    expires_ms: Option<i64>,
    age_ms: i64,
    now_ms: i64,
) -> Result<(), Distrust> {
    if signed_ms > now_ms.saturating_add(CLOCK_AHEAD_MS) {
        return Err(Distrust::Stale);
    }
    if signed_ms < now_ms.saturating_sub(age_ms) {
        return Err(Distrust::Stale);
    }
    if expires_ms.is_some_and(|expires_ms| expires_ms <= now_ms) {
        return Err(Distrust::Stale);
    }
    Ok(())
}

/// Seconds as they stand in a signature, to milliseconds. Absurd values saturate and then fail
/// the window.
pub(crate) fn seconds_to_ms(seconds: i64) -> i64 {
    seconds.saturating_mul(1000)
}
