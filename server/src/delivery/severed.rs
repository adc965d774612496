//! Whose recipients became fewer a moment ago, by a block or the end of a follow: what was made ready for them is made
//! anew. In memory, for this node; other nodes notice when what they made ready is a few seconds old.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;

/// Senders remembered, some 50 bytes each.
const MOST_SENDERS: u64 = 100_000;
/// Longer than anything that was made ready is used.
const REMEMBERED: Duration = Duration::from_mins(10);

/// See the module.
pub(crate) struct Severed {
    next: AtomicU64,
    last: Cache<i64, u64>,
}

impl Default for Severed {
    fn default() -> Severed {
        Severed {
            next: AtomicU64::new(1),
            last: Cache::builder()
                .max_capacity(MOST_SENDERS)
                .time_to_live(REMEMBERED)
                .build(),
        }
    }
}

impl Severed {
    /// Somebody is no longer to have what this account sends. Called once that is written.
    pub fn note(&self, account_id: i64) {
        self.last
            .insert(account_id, self.next.fetch_add(1, Ordering::AcqRel));
    }

    /// Differs from what it was before each [`note`](Severed::note).
    pub fn of(&self, account_id: i64) -> u64 {
        self.last.get(&account_id).unwrap_or(0)
    }
}
