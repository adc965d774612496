//! What every verb is handed: the database, the gate, the wire, the clock, and who we are.

use std::ops::Deref;
use std::sync::Arc;

use arc_swap::ArcSwap;
use comity_db::{Db, Tx, Wrote};
use comity_policy::Gate;
use comity_wire::{SeenSignatures, Wire};

use crate::accounts::Keyring;
use crate::aliases::Watch;
use crate::clock::Clock;
use crate::communities::Communities;
use crate::config::Config;
use crate::delivery::Hosts;
use crate::discovery::Lately;
use crate::error::Result;
use crate::facts::Facts;
use crate::http::rate_limit::RateLimits;
use crate::id::Ids;
use crate::key_file::KeyFile;
use crate::mail::Mailer;
use crate::media;
use crate::push::Vapid;
use crate::queue::Wake;
use crate::reach::Fetches;
use crate::rules::{Crossings, Looks, Splits};
use crate::streaming::Hub;

/// One running installation. Cheap to clone: it is one pointer.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an installation, in the order a request meets them.
pub struct Parts {
    /// Settings, checked at start.
    pub config: Config,
    /// Unix milliseconds.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// The database.
    pub db: Db,
    /// May they? Nothing is shown, sent, fetched or taken in without its evidence.
    pub gate: Gate<Facts>,
    /// The only way to another server.
    pub wire: Wire,
    /// The domains served here.
    pub communities: ArcSwap<Communities>,
    /// Public keys of others, kept for a while.
    pub keyring: Keyring,
    /// Signatures seen within the clock window: a second copy is a replay.
    pub seen_signatures: SeenSignatures,
    /// How many may try how often.
    pub limits: RateLimits,
    /// Tells the workers that there is something to do.
    pub wake: Wake,
    /// What this process knows of other servers: which rest after failures, which were met, whom it is looking up.
    pub hosts: Hosts,
    /// Whether there are handles of other domains that the rules do not know yet.
    pub splits: Splits,
    /// What the rules are by now, found out for many at once.
    pub looks: Looks,
    /// Fetches that are still to be written into the ledger.
    pub fetches: Fetches,
    /// How many canaries are looked at.
    pub watch: Watch,
    /// Pictures, sound and film: where they are kept and opened.
    pub media: media::Desk,
    /// The way of letters; none where none are sent.
    pub mailer: Option<Mailer>,
    /// A live line for each crossing and each refusal.
    pub crossings: Crossings,
    /// Who listens to streams in this process.
    pub streams: Hub,
    /// What came into question for lists that many look at.
    pub lately: Lately,
    /// By which push services know us.
    pub vapid: Vapid,
    /// What seals the secrets of second steps.
    pub step_key: KeyFile,
}

impl App {
    /// Puts an installation together; `serve::start_on` does it, for the program and for tests.
    pub fn new(parts: Parts) -> App {
        App(Arc::new(parts))
    }

    /// Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Commits. `false`: a statement that must change something found it done already, and nothing of the transaction
    /// happened; for an act that may be asked for twice, that is well.
    pub async fn commit(&self, tx: Tx) -> Result<bool> {
        Ok(matches!(self.db.write(tx).await?, Wrote::All))
    }

    /// Commits, and wakes the workers for what the transaction promised.
    pub async fn commit_and_ring(&self, tx: Tx) -> Result<bool> {
        let done = self.commit(tx).await?;
        if done {
            self.wake.ring();
        }
        Ok(done)
    }

    /// An id for something that happens now.
    pub fn next_id(&self) -> i64 {
        self.ids.at(self.now_ms())
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
