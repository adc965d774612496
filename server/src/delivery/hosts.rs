//! What is kept in memory of the servers we meet: which of them fail. The rows are in `instances`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use comity_db::Tx;
use comity_vocab::Domain;
use moka::sync::Cache;

use super::severed::Severed;
use crate::app::App;
use crate::backfill::Pace;
use crate::clock::DAY_MS;
use crate::error::Result;
use crate::inbox::resolve::Lookups;
use crate::instances::{self, Health};
use crate::queue::backoff_ms;

/// Servers remembered as met: beyond it the oldest cost one needless write.
const MOST_MET: u64 = 50_000;

/// How long a server counts as met without looking at its row, which tells whether to ask for its software again.
const MET_LASTS: Duration = Duration::from_secs(86_400);

/// Which servers are being delivered to, and which are resting.
pub struct Hosts {
    failing: Mutex<HashMap<Domain, Health>>,
    met: Cache<Domain, ()>,
    /// What is being looked up elsewhere, and what could not be found.
    pub(crate) lookups: Lookups,
    /// How often each was asked because of conversations.
    pub(crate) pace: Pace,
    /// Whose recipients became fewer.
    pub(crate) severed: Severed,
}

impl Default for Hosts {
    fn default() -> Hosts {
        Hosts {
            failing: Mutex::default(),
            met: Cache::builder()
                .max_capacity(MOST_MET)
                .time_to_live(MET_LASTS)
                .build(),
            lookups: Lookups::default(),
            pace: Pace::default(),
            severed: Severed::default(),
        }
    }
}

impl Hosts {
    /// Nothing is known yet; the workers read it when they start.
    pub fn new() -> Hosts {
        Hosts::default()
    }

    /// How many servers rest now.
    pub fn resting(&self, now_ms: i64) -> usize {
        self.failing()
            .values()
            .filter(|health| health.retry_at > now_ms)
            .count()
    }

    /// Whether this server has failed for so long that nothing is promised to it any more.
    pub(crate) fn is_given_up(&self, app: &App, domain: &Domain) -> bool {
        let give_up_ms = i64::from(app.config.federation.give_up_days) * DAY_MS;
        self.failing()
            .get(domain)
            .is_some_and(|health| health.failing_since <= app.now_ms() - give_up_ms)
    }

    /// Reads anew which servers fail: other nodes find out, too.
    pub(super) async fn refresh(&self, app: &App) -> Result<()> {
        let rows = instances::failing(app).await?;
        *self.failing() = rows.into_iter().collect();
        Ok(())
    }

    /// A delivery failed in a way that may pass: the server rests, each time twice as long.
    pub(super) fn note_failure(
        &self,
        tx: &mut Tx,
        domain: &Domain,
        after_ms: Option<i64>,
        now_ms: i64,
    ) -> Health {
        let mut failing = self.failing();
        let health = failing.entry(domain.clone()).or_insert(Health {
            failures: 0,
            failing_since: now_ms,
            retry_at: 0,
        });
        health.failures = health.failures.saturating_add(1);
        let usual = backoff_ms(
            u32::try_from(health.failures).unwrap_or(u32::MAX),
            seed_of(domain),
        );
        health.retry_at = now_ms + after_ms.unwrap_or(0).max(usual);
        instances::save_health(tx, domain, health, now_ms);
        *health
    }

    /// The server answered, or sent something that it signed: whatever it failed before is over.
    pub(crate) fn note_success(&self, tx: &mut Tx, domain: &Domain) -> bool {
        let was_failing = self.failing().remove(domain).is_some();
        if was_failing {
            instances::save_recovery(tx, domain);
        }
        was_failing
    }

    /// Whether this is the first time today that the server is met, as far as this process knows.
    pub(crate) fn meet(&self, domain: &Domain) -> bool {
        if self.met.contains_key(domain) {
            return false;
        }
        self.met.insert(domain.clone(), ());
        true
    }

    fn failing(&self) -> MutexGuard<'_, HashMap<Domain, Health>> {
        // Nothing is left half done under this lock.
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seed_of(domain: &Domain) -> u64 {
    domain
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3) // FNV-1a
        })
}
