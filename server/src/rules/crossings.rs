//! A live line for each thing that crossed the border, and each that did not.

use comity_vocab::Domain;
use tokio::sync::broadcast;

/// Lines kept for a listener that lags; older ones are lost to it, never to the log.
const KEPT: usize = 1_024;

/// Which way it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// They sent it, or asked for it.
    In,
    /// We sent it.
    Out,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossed {
    /// It crossed.
    Through,
    /// The gate said no.
    Refused,
}

/// One crossing or refusal. It names what, never what it says.
#[derive(Debug, Clone)]
pub struct Crossing {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Which community's border.
    pub community: Domain,
    /// Which way.
    pub direction: Direction,
    /// The other side.
    pub peer: Domain,
    /// Such as "a post by @ines@harbour.example".
    pub what: String,
    /// How it ended.
    pub crossed: Crossed,
    /// Why not; empty when it crossed.
    pub reason: String,
}

/// Where crossings are told; whoever listens gets them as they happen.
#[derive(Debug, Clone)]
pub struct Crossings(broadcast::Sender<Crossing>);

impl Default for Crossings {
    fn default() -> Crossings {
        Crossings(broadcast::Sender::new(KEPT))
    }
}

impl Crossings {
    /// Tells everybody who listens, and the log.
    pub fn tell(&self, crossing: Crossing) {
        match crossing.crossed {
            Crossed::Through => tracing::debug!(
                community = %crossing.community, peer = %crossing.peer, what = %crossing.what, direction = ?crossing.direction,
                "crossed"
            ),
            Crossed::Refused => tracing::info!(
                community = %crossing.community, peer = %crossing.peer, what = %crossing.what, direction = ?crossing.direction,
                reason = %crossing.reason, "refused"
            ),
        }
        // Nobody listening is no error.
        let _ = self.0.send(crossing);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Crossing> {
        self.0.subscribe()
    }
}
