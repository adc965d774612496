//! The facts by which something was shown, kept beside it: what stands on the same page is often about the same people.

use std::sync::Arc;

use comity_vocab::Domain;

use super::Gate;
use super::ask::{involved, pairs_of, servers_of};
use crate::{Epoch, FactError, FactSource, Party, Pattern, Peer, PersonId, RuleBook, Thing, Ties};

/// What was asked of the facts, and what they answered.
pub(super) struct Known {
    pub(super) ties: Ties,
    /// In order, each once.
    pairs: Vec<(PersonId, PersonId)>,
    /// The servers that were asked about, in order, each once; none where no rule asked for it.
    servers: Vec<Domain>,
    /// The rules that were in force then.
    epoch: Epoch,
}

impl Known {
    /// `pairs` and `servers` are in order.
    pub(super) fn new(
        ties: Ties,
        pairs: Vec<(PersonId, PersonId)>,
        servers: Vec<Domain>,
        epoch: Epoch,
    ) -> Known {
        Known {
            ties,
            pairs,
            servers,
            epoch,
        }
    }

    /// Whether it answers for all of these, under these rules.
    pub(super) fn covers(
        &self,
        pairs: &[(PersonId, PersonId)],
        servers: &[Domain],
        epoch: Epoch,
    ) -> bool {
        self.epoch == epoch
            && pairs
                .iter()
                .all(|pair| self.pairs.binary_search(pair).is_ok())
            && servers
                .iter()
                .all(|server| self.servers.binary_search(server).is_ok())
    }
}

impl<F: FactSource> Gate<F> {
    /// The facts of one question, and the rules to decide it by.
    pub(super) async fn facts_of(
        &self,
        party: &Party,
        thing: &Thing,
    ) -> Result<(Arc<Known>, Arc<RuleBook>), FactError> {
        self.facts_of_all(party, std::slice::from_ref(thing), None)
            .await
    }

    /// The facts of one party's questions about these things, and the rules to decide them by. What was `seen` may answer them.
    pub(super) async fn facts_of_all(
        &self,
        party: &Party,
        things: &[Thing],
        seen: Option<&Arc<Known>>,
    ) -> Result<(Arc<Known>, Arc<RuleBook>), FactError> {
        let book = self.book();
        let pairs = things
            .iter()
            .flat_map(|thing| pairs_of(party, thing, &book))
            .collect::<Vec<_>>();
        let servers = servers_of(party, things.iter().flat_map(involved)).collect::<Vec<_>>();
        if let Some(seen) = seen {
            let asked = if asks_of_peers(&book, things) {
                servers.as_slice()
            } else {
                &[]
            };
            if seen.covers(&pairs, asked, book.epoch()) {
                return Ok((Arc::clone(seen), book));
            }
        }
        self.facts(pairs, servers, things).await
    }

    /// One question to the source of facts, none where nobody has ties; and one more about their
    /// servers while an answer depends on that. The rules are no older than the ties.
    pub(super) async fn facts(
        &self,
        mut pairs: Vec<(PersonId, PersonId)>,
        mut servers: Vec<Domain>,
        things: &[Thing],
    ) -> Result<(Arc<Known>, Arc<RuleBook>), FactError> {
        pairs.sort_unstable();
        pairs.dedup();
        let mut ties = self.ties(&pairs).await?;
        let mut book = self.book();
        if asks_of_peers(&book, things) {
            servers.sort_unstable();
            servers.dedup();
            self.learn(&mut ties, &servers).await?;
            book = self.book();
        } else {
            servers.clear();
        }
        let known = Known::new(ties, pairs, servers, book.epoch());
        Ok((Arc::new(known), book))
    }

    /// `pairs` are in order.
    pub(super) async fn ties(&self, pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        if pairs.is_empty() {
            return Ok(Ties::none());
        }
        self.facts.ties(pairs).await
    }

    /// What is known of these servers, which are in order.
    pub(super) async fn learn(&self, ties: &mut Ties, servers: &[Domain]) -> Result<(), FactError> {
        if servers.is_empty() {
            return Ok(());
        }
        for (domain, peer) in self.facts.peers(servers).await? {
            ties.know(domain, peer);
        }
        // Those served here know each other for as long as there is anything to know.
        let book = self.book();
        for domain in servers {
            if book.community_at(domain).is_some() {
                let known_days = Some(u32::MAX);
                ties.know(
                    domain.clone(),
                    Peer {
                        known_days,
                        ..Peer::default()
                    },
                );
            }
        }
        Ok(())
    }
}

/// Whether an answer about these depends on what is known of servers.
fn asks_of_peers(book: &RuleBook, things: &[Thing]) -> bool {
    let mut kept_from = things.iter().flat_map(|thing| &thing.kept_from);
    book.asks_of_peers() || kept_from.any(Pattern::asks_of_peers)
}
