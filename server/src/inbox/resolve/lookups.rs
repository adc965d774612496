//! What is being looked up elsewhere, and what could not be found: bounded, in memory, forgotten soon.

use std::sync::Arc;
use std::time::Duration;

use comity_vocab::{Domain, Iri};
use moka::sync::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::{Error, Result};

/// How long what failed is not asked for again.
const FAILURE_LASTS: Duration = Duration::from_secs(60);

/// Failures kept. Beyond it the oldest are asked for again.
const MOST_FAILURES: u64 = 20_000;

/// Addresses looked up at the same time.
const MOST_TURNS: u64 = 10_000;

/// No look-up takes this long.
const TURN_LASTS: Duration = Duration::from_secs(300);

/// How often a key that we hold may be fetched again because a signature did not fit: rotation without a storm.
const AGAIN_AFTER: Duration = Duration::from_secs(600);

/// Keys of one server that are fetched within a minute. Whoever signs with invented keys of somebody else's server
/// makes us ask there; this bounds how much.
const KEYS_A_MINUTE: u32 = 120;

/// Keys fetched within a minute because of requests from one address: less than one server's, so that whoever forges
/// cannot alone use up what is left for those who do not.
const KEYS_A_MINUTE_FOR_ONE: u32 = 60;

const MINUTE_MS: i64 = 60_000;

/// How long it is known how far up a thread was climbed.
const CLIMB_LASTS: Duration = Duration::from_secs(3600);

/// How often somebody's followers here are compared with the list of their server.
const COMPARED_EVERY_MS: i64 = 3_600_000;
/// How long it is believed which domain an actor's name belongs to.
const HOME_LASTS: Duration = Duration::from_secs(86_400);

/// See the module.
pub(crate) struct Lookups {
    failures: Cache<Iri, Failure>,
    turns: Cache<Iri, Arc<Mutex<()>>>,
    again: Cache<Iri, ()>,
    keys: Cache<String, Window>,
    heights: Cache<Iri, u32>,
    /// When the followers of somebody in a community were last compared; unix milliseconds.
    compared: Cache<(i64, Iri), i64>,
    homes: Cache<Iri, (String, Domain)>,
}

/// What was granted since when. A refused try changes neither, so that trying does not keep the door shut.
#[derive(Clone, Copy)]
struct Window {
    granted: u32,
    since_ms: i64,
}

/// An error that can be told twice.
#[derive(Clone)]
enum Failure {
    Gone,
    Forbidden(String),
    Elsewhere(String),
}

impl Default for Lookups {
    fn default() -> Lookups {
        Lookups {
            failures: Cache::builder()
                .max_capacity(MOST_FAILURES)
                .time_to_live(FAILURE_LASTS)
                .build(),
            turns: Cache::builder()
                .max_capacity(MOST_TURNS)
                .time_to_idle(TURN_LASTS)
                .build(),
            again: Cache::builder()
                .max_capacity(MOST_FAILURES)
                .time_to_live(AGAIN_AFTER)
                .build(),
            keys: Cache::builder()
                .max_capacity(MOST_FAILURES)
                .time_to_live(Duration::from_secs(300))
                .build(),
            heights: Cache::builder()
                .max_capacity(MOST_FAILURES)
                .time_to_live(CLIMB_LASTS)
                .build(),
            compared: Cache::builder().max_capacity(MOST_FAILURES).build(),
            homes: Cache::builder()
                .max_capacity(MOST_FAILURES)
                .time_to_live(HOME_LASTS)
                .build(),
        }
    }
}

impl Lookups {
    /// Waits until nobody else looks this address up.
    pub async fn turn(&self, iri: &Iri) -> OwnedMutexGuard<()> {
        let lock = self.turns.get_with(iri.clone(), Arc::default);
        lock.lock_owned().await
    }

    /// The failure of less than a minute ago, if there was one.
    pub fn check(&self, iri: &Iri) -> Result<()> {
        match self.failures.get(iri) {
            None => Ok(()),
            Some(Failure::Gone) => Err(Error::Gone),
            Some(Failure::Forbidden(why)) => Err(Error::Forbidden(why)),
            Some(Failure::Elsewhere(why)) => Err(Error::Elsewhere(why)),
        }
    }

    /// Remembers what went wrong elsewhere. What the gate refused is not remembered: rules change.
    pub fn note_failure(&self, iri: &Iri, error: &Error) {
        let failure = match error {
            Error::Gone => Failure::Gone,
            Error::Forbidden(why) => Failure::Forbidden(why.clone()),
            Error::Elsewhere(why) => Failure::Elsewhere(why.clone()),
            _ => return,
        };
        self.failures.insert(iri.clone(), failure);
    }

    /// Whether a key that does not fit may be fetched again now; asking counts.
    pub fn may_fetch_again(&self, key_id: &Iri) -> bool {
        self.again.entry(key_id.clone()).or_insert(()).is_fresh()
    }

    /// Counts one key fetched from a server, for a request from `neighbourhood` where that is known.
    pub fn count_key_fetch(
        &self,
        domain: &Domain,
        neighbourhood: Option<&str>,
        now_ms: i64,
    ) -> Result<()> {
        let of_domain = format!("of {}", domain.registrable());
        // What the second count refuses must not count in the first.
        if self.granted(&of_domain, now_ms) >= KEYS_A_MINUTE {
            return Err(Error::TooMany { after_s: 60 });
        }
        if let Some(neighbourhood) = neighbourhood {
            let for_one = format!("for {neighbourhood}");
            self.grant(for_one, KEYS_A_MINUTE_FOR_ONE, now_ms)?;
        }
        self.grant(of_domain, KEYS_A_MINUTE, now_ms)
    }

    fn granted(&self, what: &str, now_ms: i64) -> u32 {
        self.keys
            .get(what)
            .filter(|window| now_ms - window.since_ms < MINUTE_MS)
            .map_or(0, |window| window.granted)
    }

    fn grant(&self, what: String, most: u32, now_ms: i64) -> Result<()> {
        let mut is_granted = true;
        self.keys.entry(what).and_upsert_with(|entry| {
            let window = entry
                .map(moka::Entry::into_value)
                .filter(|window| now_ms - window.since_ms < MINUTE_MS)
                .unwrap_or(Window {
                    granted: 0,
                    since_ms: now_ms,
                });
            is_granted = window.granted < most;
            Window {
                granted: window.granted + u32::from(is_granted),
                ..window
            }
        });
        if is_granted {
            Ok(())
        } else {
            Err(Error::TooMany { after_s: 60 })
        }
    }

    /// Whether the followers of somebody in a community may be compared with their server's list now.
    pub fn may_compare_followers(&self, community: i64, of: &Iri, now_ms: i64) -> bool {
        let last = self.compared.get(&(community, of.clone()));
        last.is_none_or(|last| now_ms - last >= COMPARED_EVERY_MS)
    }

    /// Remembers that they are.
    pub fn comparing_followers(&self, community: i64, of: &Iri, now_ms: i64) {
        self.compared.insert((community, of.clone()), now_ms);
    }

    /// The name and the domain that were proved for an actor within a day.
    pub fn home(&self, actor: &Iri) -> Option<(String, Domain)> {
        self.homes.get(actor)
    }

    /// Remembers which domain vouches for this name of an actor.
    pub fn note_home(&self, actor: &Iri, username: String, domain: &Domain) {
        self.homes.insert(actor.clone(), (username, domain.clone()));
    }

    /// How many parents were fetched below this status.
    pub fn height(&self, status: &Iri) -> u32 {
        self.heights.get(status).unwrap_or(0)
    }

    /// Remembers that this status is looked for, so many above the first.
    pub fn climbed(&self, status: &Iri, height: u32) {
        self.heights.insert(status.clone(), height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iri(text: &str) -> Iri {
        Iri::parse(text).unwrap()
    }

    #[test]
    fn what_failed_is_told_again_and_what_was_refused_is_not() {
        let lookups = Lookups::default();
        let gone = iri("https://a.example/1");
        lookups.note_failure(&gone, &Error::Gone);
        assert!(matches!(lookups.check(&gone), Err(Error::Gone)));
        let ours = iri("https://a.example/2");
        lookups.note_failure(&ours, &Error::internal("the disk is full"));
        assert!(lookups.check(&ours).is_ok());
    }

    const NOW: i64 = 1_792_152_000_000;

    #[test]
    fn a_storm_of_keys_ends_at_the_bound_and_trying_does_not_keep_the_door_shut() {
        let lookups = Lookups::default();
        let victim = Domain::parse("victim.example").unwrap();
        let mut granted = 0;
        // A forger who never stops, from as many addresses as it takes, at ten a second for three minutes.
        for n in 0..1800 {
            let from = format!("10.0.{}.1", n % 7);
            granted += u32::from(
                lookups
                    .count_key_fetch(&victim, Some(&from), NOW + n * 100)
                    .is_ok(),
            );
        }
        assert_eq!(granted, 3 * KEYS_A_MINUTE, "each minute has its own");
        assert!(
            lookups
                .count_key_fetch(&victim, Some("10.1.0.1"), NOW + 3 * MINUTE_MS)
                .is_ok()
        );
    }

    #[test]
    fn one_address_does_not_use_up_what_others_may_ask_of_a_server() {
        let lookups = Lookups::default();
        let victim = Domain::parse("victim.example").unwrap();
        let forged = (0..1000)
            .filter(|n| {
                lookups
                    .count_key_fetch(&victim, Some("10.0.0.1"), NOW + n)
                    .is_ok()
            })
            .count();
        assert_eq!(forged, KEYS_A_MINUTE_FOR_ONE as usize);
        assert!(
            lookups
                .count_key_fetch(&victim, Some("10.0.0.2"), NOW + 1000)
                .is_ok()
        );
        let elsewhere = Domain::parse("elsewhere.example").unwrap();
        assert!(
            lookups
                .count_key_fetch(&elsewhere, Some("10.0.0.1"), NOW + 1000)
                .is_err()
        );
    }

    #[test]
    fn a_key_is_fetched_again_once() {
        let lookups = Lookups::default();
        let key = iri("https://a.example/users/a#main-key");
        assert!(lookups.may_fetch_again(&key));
        assert!(!lookups.may_fetch_again(&key));
    }

    #[tokio::test]
    async fn one_address_is_looked_up_once_at_a_time() {
        let lookups = Lookups::default();
        let one = iri("https://a.example/1");
        let turn = lookups.turn(&one).await;
        let waiting = tokio::time::timeout(Duration::from_millis(20), lookups.turn(&one)).await;
        assert!(waiting.is_err());
        drop(turn);
        let _turn = lookups.turn(&one).await;
    }
}
