//! What is remembered about each host while it is being talked to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use comity_vocab::Domain;
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::WireError;
use crate::proof::Scheme;

/// Hosts remembered at once. Names cost nothing to whoever owns a wildcard in DNS, so the state
/// they leave here has to end somewhere; the caller keeps the lasting part.
const MOST_HOSTS: u64 = 10_000;

/// A host not talked to for this long is forgotten.
const IDLE: Duration = Duration::from_hours(1);

/// Bounded state per host. A host that is pushed out while in use starts afresh, so its limit may
/// be exceeded for as long as the old requests run.
#[derive(Clone)]
pub(crate) struct Hosts {
    hosts: Cache<Domain, Arc<Host>>,
    per_host: usize,
}

struct Host {
    slots: Arc<Semaphore>,
    scheme: AtomicU8,
}

const UNKNOWN: u8 = 0;
const CAVAGE: u8 = 1;
const RFC9421: u8 = 2;

impl Hosts {
    pub(crate) fn new(per_host: usize) -> Hosts {
        Hosts {
            hosts: Cache::builder()
                .max_capacity(MOST_HOSTS)
                .time_to_idle(IDLE)
                .build(),
            per_host: per_host.max(1),
        }
    }

    /// Waits for a turn to talk to a host.
    pub(crate) async fn turn(&self, domain: &Domain) -> Result<OwnedSemaphorePermit, WireError> {
        let slots = Arc::clone(&self.host(domain).slots);
        slots.acquire_owned().await.map_err(|_| WireError::Retry {
            after_ms: None,
            why: "is shutting down".to_owned(),
        })
    }

    pub(crate) fn scheme(&self, domain: &Domain) -> Option<Scheme> {
        match self.hosts.get(domain)?.scheme.load(Ordering::Relaxed) {
            CAVAGE => Some(Scheme::Cavage),
            RFC9421 => Some(Scheme::Rfc9421),
            _ => None,
        }
    }

    pub(crate) fn remember_scheme(&self, domain: &Domain, scheme: Scheme) {
        let word = match scheme {
            Scheme::Cavage => CAVAGE,
            Scheme::Rfc9421 => RFC9421,
        };
        self.host(domain).scheme.store(word, Ordering::Relaxed);
    }

    fn host(&self, domain: &Domain) -> Arc<Host> {
        self.hosts.get_with_by_ref(domain, || {
            Arc::new(Host {
                slots: Arc::new(Semaphore::new(self.per_host)),
                scheme: AtomicU8::new(UNKNOWN),
            })
        })
    }
}
