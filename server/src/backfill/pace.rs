//! How often one server is asked because of conversations, whoever reads them: bounded, in memory, forgotten soon.

use std::time::Duration;

use comity_vocab::Domain;
use moka::sync::Cache;

use super::MINUTE_MS;

/// Requests to one server within a minute, for all conversations together.
const MOST_A_MINUTE: u32 = 60;
/// Requests in a row that a server did not answer, before it is left alone.
const MOST_FAILURES: u32 = 3;
/// How long it is left alone.
const RESTS_MS: i64 = 15 * MINUTE_MS;
/// Servers remembered.
const MOST_HOSTS: u64 = 20_000;

/// Whether a server may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may; that counts.
    Now,
    /// Within a minute.
    Later,
    /// Not within any time that is worth waiting for.
    Never,
}

/// See the module.
pub(crate) struct Pace(Cache<String, Host>);

#[derive(Debug, Clone, Copy, Default)]
struct Host {
    asked: u32,
    since_ms: i64,
    failures: u32,
    rests_until: i64,
}

impl Default for Pace {
    fn default() -> Pace {
        let hosts = Cache::builder()
            .max_capacity(MOST_HOSTS)
            .time_to_idle(Duration::from_secs(3_600))
            .build();
        Pace(hosts)
    }
}

impl Pace {
    /// Whether this server may be asked once more.
    pub fn turn(&self, domain: &Domain, now_ms: i64) -> Turn {
        let mut turn = Turn::Now;
        self.change(domain, |host| {
            if now_ms - host.since_ms >= MINUTE_MS {
                host.since_ms = now_ms;
                host.asked = 0;
            }
            if host.rests_until > now_ms {
                turn = Turn::Never;
            } else if host.asked >= MOST_A_MINUTE {
                turn = Turn::Later;
            } else {
                host.asked += 1;
            }
        });
        turn
    }

    /// It answered, whatever it said.
    pub fn note_answer(&self, domain: &Domain) {
        self.change(domain, |host| host.failures = 0);
    }

    /// It did not.
    pub fn note_failure(&self, domain: &Domain, now_ms: i64) {
        self.change(domain, |host| {
            host.failures += 1;
            if host.failures >= MOST_FAILURES {
                host.failures = 0;
                host.rests_until = now_ms + RESTS_MS;
            }
        });
    }

    fn change(&self, domain: &Domain, change: impl FnOnce(&mut Host)) {
        let key = domain.registrable().to_owned();
        self.0.entry(key).and_upsert_with(|entry| {
            let mut host = entry.map(moka::Entry::into_value).unwrap_or_default();
            change(&mut host);
            host
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_asked_so_often_a_minute_and_not_where_it_does_not_answer() {
        let pace = Pace::default();
        let (busy, dead) = (
            Domain::parse("busy.example").unwrap(),
            Domain::parse("dead.example").unwrap(),
        );
        let now = 1_792_152_000_000;
        let asked = (0..100).filter(|_| pace.turn(&busy, now) == Turn::Now);
        assert_eq!(asked.count(), MOST_A_MINUTE as usize);
        assert_eq!(pace.turn(&busy, now + MINUTE_MS - 1), Turn::Later);
        assert_eq!(pace.turn(&busy, now + MINUTE_MS), Turn::Now);
        for failures in 0..MOST_FAILURES {
            assert_eq!(pace.turn(&dead, now), Turn::Now, "{failures}");
            pace.note_failure(&dead, now);
        }
        assert_eq!(pace.turn(&dead, now + RESTS_MS - 1), Turn::Never);
        assert_eq!(pace.turn(&dead, now + RESTS_MS), Turn::Now);
        pace.note_failure(&dead, now);
        pace.note_failure(&dead, now);
        pace.note_answer(&dead);
        pace.note_failure(&dead, now);
        assert_eq!(
            pace.turn(&dead, now + RESTS_MS),
            Turn::Now,
            "it answered meanwhile"
        );
    }
}
