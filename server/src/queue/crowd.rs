//! How much of a worker one server may hold: whoever sends much and answers slowly waits for themselves and for nobody
//! else.

use std::collections::HashMap;

/// What a server may hold that is new here or slow.
const FEW: usize = 16;
/// What a server may hold whose jobs end quickly: two thirds of what a worker holds.
const MANY: usize = 256;
/// A job that ends sooner was kept waiting by nobody but us.
const QUICK_MS: i64 = 500;
/// A job that takes longer waits for somebody else's answer.
const SLOW_MS: i64 = 2_000;
/// How long the jobs of a crowd are put back when too many wait in memory for the next one to end.
const SHORT_MS: i64 = 100;
/// And if they are slow: longer each time, so that a hundred thousand of them are not moved about all day.
const LONG_MS: i64 = 2_000;
const LONGEST_MS: i64 = 300_000;
/// Servers whose pace is remembered.
const MOST_KNOWN: usize = 10_000;

/// See the module.
#[derive(Default)]
pub(super) struct Crowd {
    hosts: HashMap<String, Pace>,
}

struct Pace {
    /// The jobs it holds, with when each was taken.
    held: HashMap<i64, i64>,
    most: usize,
    /// Until then all its jobs are put back, so that they come again in their order.
    closed_until: i64,
    wait_ms: i64,
}

/// Why a job may not be held now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Crowded {
    /// The oldest that its server holds is not held for long: ask again once one has ended.
    ForAMoment,
    /// Ask again then.
    Until(i64),
}

impl Crowd {
    /// Whether a job of this server may be held now. `may_wait`: whether there is room to wait for a moment.
    pub fn take(
        &mut self,
        host: &str,
        job: i64,
        may_wait: bool,
        now_ms: i64,
    ) -> Result<(), Crowded> {
        if self.hosts.len() > MOST_KNOWN {
            self.hosts
                .retain(|_, pace| !pace.held.is_empty() || pace.closed_until > now_ms);
        }
        let pace = self.hosts.entry(host.to_owned()).or_insert(Pace {
            held: HashMap::new(),
            most: FEW,
            closed_until: 0,
            wait_ms: LONG_MS,
        });
        if now_ms < pace.closed_until {
            return Err(Crowded::Until(pace.closed_until));
        }
        if pace.held.len() < FEW {
            pace.held.insert(job, now_ms);
            return Ok(());
        }
        let oldest = pace.held.values().min().copied().unwrap_or(now_ms);
        let is_slow = now_ms - oldest > SLOW_MS;
        if is_slow {
            pace.most = FEW;
        }
        if pace.held.len() < pace.most {
            pace.held.insert(job, now_ms);
            return Ok(());
        }
        if may_wait && now_ms - oldest <= QUICK_MS {
            return Err(Crowded::ForAMoment);
        }
        if is_slow {
            pace.closed_until = now_ms + pace.wait_ms;
            pace.wait_ms = (2 * pace.wait_ms).min(LONGEST_MS);
        } else {
            pace.closed_until = now_ms + SHORT_MS;
        }
        Err(Crowded::Until(pace.closed_until))
    }

    /// A job of this server is held no longer.
    pub fn release(&mut self, host: &str, job: i64, now_ms: i64) {
        let Some(pace) = self.hosts.get_mut(host) else {
            return;
        };
        let Some(taken) = pace.held.remove(&job) else {
            return;
        };
        if now_ms - taken > SLOW_MS {
            pace.most = FEW;
        } else {
            pace.most = MANY.min(pace.most + 1);
            pace.wait_ms = LONG_MS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_answers_slowly_holds_few_and_comes_back_ever_later() {
        let mut crowd = Crowd::default();
        let taken = (0..500)
            .filter(|job| crowd.take("slow.example", *job, true, 0).is_ok())
            .count();
        assert_eq!(taken, FEW);
        assert_eq!(
            crowd.take("other.example", 1000, true, 0),
            Ok(()),
            "others do not notice"
        );
        let mut now = 10_000;
        let mut waits = Vec::new();
        for job in 500..512 {
            let Err(Crowded::Until(until)) = crowd.take("slow.example", job, true, now) else {
                panic!("a slow one is put back");
            };
            assert_eq!(
                crowd.take("slow.example", job + 100, true, now),
                Err(Crowded::Until(until)),
                "in their order"
            );
            waits.push(until - now);
            now = until;
        }
        assert_eq!(waits[0], LONG_MS);
        assert_eq!(waits[11], LONGEST_MS);
        for job in 0..16 {
            crowd.release("slow.example", job, now);
        }
        assert_eq!(crowd.take("slow.example", 600, true, now), Ok(()));
    }

    #[test]
    fn who_is_quick_holds_more_and_never_all() {
        let mut crowd = Crowd::default();
        let mut now = 0;
        let mut most = 0;
        for round in 0..30 {
            let jobs: Vec<i64> = (0..400).map(|n| round * 1000 + n).collect();
            let (taken, crowded): (Vec<_>, Vec<_>) = jobs
                .into_iter()
                .map(|job| (job, crowd.take("quick.example", job, true, now)))
                .partition(|(_, came)| came.is_ok());
            for (_, came) in crowded {
                assert_eq!(came, Err(Crowded::ForAMoment), "the next end is near");
            }
            most = most.max(taken.len());
            now += SHORT_MS;
            for (job, _) in taken {
                crowd.release("quick.example", job, now);
            }
        }
        assert_eq!(most, MANY);
    }

    #[test]
    fn who_was_quick_and_is_not_any_more_keeps_nobody_waiting() {
        let mut crowd = Crowd::default();
        for job in 0..1_000 {
            assert_eq!(crowd.take("turned.example", job, true, 0), Ok(()));
            crowd.release("turned.example", job, 0);
        }
        for job in 0..1_000 {
            let _ = crowd.take("turned.example", job, true, 0);
        }
        let now = QUICK_MS + 1;
        assert_eq!(
            crowd.take("turned.example", 2_000, true, now),
            Err(Crowded::Until(now + SHORT_MS))
        );
    }

    #[test]
    fn where_there_is_no_room_to_wait_all_of_a_server_come_back_together() {
        let mut crowd = Crowd::default();
        for job in 0..FEW {
            let job = i64::try_from(job).unwrap();
            assert_eq!(crowd.take("busy.example", job, true, 0), Ok(()));
        }
        let waits = Err(Crowded::ForAMoment);
        assert_eq!(crowd.take("busy.example", 100, true, 0), waits);
        let closed = Err(Crowded::Until(SHORT_MS));
        assert_eq!(crowd.take("busy.example", 101, false, 0), closed);
        assert_eq!(
            crowd.take("busy.example", 100, true, 1),
            closed,
            "what came before must not be left waiting, nor overtaken"
        );
    }
}
