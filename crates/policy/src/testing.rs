//! Facts in memory, for tests of whatever uses the gate.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use comity_vocab::Domain;

use crate::{FactError, FactSource, Peer, PersonId, Tie, Ties};

/// Ties kept in memory. Clones share them, so a test keeps one and hands the gate another.
#[derive(Clone, Default)]
pub struct Facts {
    ties: Arc<RwLock<Ties>>,
    questions: Arc<AtomicUsize>,
}

impl Facts {
    /// Nobody has to do with anybody.
    pub fn new() -> Facts {
        Facts::default()
    }

    /// `from` follows `to`, and it was accepted.
    pub fn follow(&self, from: PersonId, to: PersonId) {
        self.change(from, to, |tie| tie.follows = true);
    }

    /// `from` blocks `to`.
    pub fn block(&self, from: PersonId, to: PersonId) {
        self.change(from, to, |tie| tie.blocks = true);
    }

    /// `from` mutes `to`.
    pub fn mute(&self, from: PersonId, to: PersonId) {
        self.change(from, to, |tie| tie.mutes = true);
    }

    /// `from` mutes `to`, and still hears of what `to` does to them.
    pub fn mute_but_hear(&self, from: PersonId, to: PersonId) {
        self.change(from, to, |tie| (tie.mutes, tie.hears) = (true, true));
    }

    /// `from` said yes to first contact by `to`.
    pub fn welcome(&self, from: PersonId, to: PersonId) {
        self.change(from, to, |tie| tie.welcomes = true);
    }

    /// This is known of a server.
    pub fn know(&self, domain: Domain, peer: Peer) {
        let mut ties = self.ties.write().unwrap_or_else(PoisonError::into_inner);
        ties.know(domain, peer);
    }

    /// `from` has nothing to do with `to` any more.
    pub fn forget(&self, from: PersonId, to: PersonId) {
        self.change(from, to, |tie| *tie = Tie::default());
    }

    /// How often the gate asked.
    pub fn questions(&self) -> usize {
        self.questions.load(Ordering::Relaxed)
    }

    fn change(&self, from: PersonId, to: PersonId, change: impl FnOnce(&mut Tie)) {
        let mut ties = self.ties.write().unwrap_or_else(PoisonError::into_inner);
        let mut tie = ties.get(from, to);
        change(&mut tie);
        ties.insert(from, to, tie);
    }
}

impl FactSource for Facts {
    async fn ties(&self, pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        self.questions.fetch_add(1, Ordering::Relaxed);
        let known = self.ties.read().unwrap_or_else(PoisonError::into_inner);
        let mut asked = Ties::none();
        for (from, to) in pairs {
            asked.insert(*from, *to, known.get(*from, *to));
        }
        Ok(asked)
    }

    async fn peers(&self, domains: &[Domain]) -> Result<Vec<(Domain, Peer)>, FactError> {
        let known = self.ties.read().unwrap_or_else(PoisonError::into_inner);
        Ok(domains
            .iter()
            .filter_map(|domain| Some((domain.clone(), known.peer(domain)?.clone())))
            .collect())
    }
}
