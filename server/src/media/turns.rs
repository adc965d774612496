//! Turns to fetch pictures from elsewhere: so many at once in all, and few from one place, so that one that is slow does not
//! keep the others from being seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use comity_vocab::Domain;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::error::{Error, Result};

/// Pictures of posts, and wide ones of people, at the same time.
const MOST_PICTURES: usize = 6;
/// Small ones at the same time, besides: one post may have dozens of emoji, and a page as many people, and pictures of posts do
/// not wait for those.
const MOST_SMALL: usize = 4;
/// Of both together, from one place.
const MOST_FROM_ONE: usize = 2;

/// See the module.
pub(super) struct Turns {
    pictures: Semaphore,
    small: Semaphore,
    /// Of the places from which something is fetched now.
    from_one: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Turns {
    /// With nothing being fetched.
    pub(super) fn new() -> Turns {
        Turns {
            pictures: Semaphore::new(MOST_PICTURES),
            small: Semaphore::new(MOST_SMALL),
            from_one: Mutex::default(),
        }
    }

    /// Waits for a turn to fetch a picture, or a small one such as an emoji, from this server; it lasts until what is returned
    /// is dropped.
    pub(super) async fn take(
        &self,
        domain: &Domain,
        is_small: bool,
    ) -> Result<(OwnedSemaphorePermit, SemaphorePermit<'_>)> {
        let ended = |_| Error::internal("no pictures are fetched any more");
        // First its own: who waits for a place that is slow holds nothing that others wait for.
        let from_one = self.line_of(domain).acquire_owned().await.map_err(ended)?;
        let all = if is_small {
            &self.small
        } else {
            &self.pictures
        };
        let of_all = all.acquire().await.map_err(ended)?;
        Ok((from_one, of_all))
    }

    /// Servers whose names somebody got together are one place.
    fn line_of(&self, domain: &Domain) -> Arc<Semaphore> {
        let mut from_one = self.from_one.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has a turn or waits for one holds it too.
        from_one.retain(|_, turns| Arc::strong_count(turns) > 1);
        let turns = from_one
            .entry(domain.registrable().to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(MOST_FROM_ONE)));
        Arc::clone(turns)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn waits(turns: &Turns, domain: &str, is_small: bool) -> bool {
        let domain = Domain::parse(domain).unwrap();
        let turn = turns.take(&domain, is_small);
        let turn = tokio::time::timeout(Duration::from_millis(20), turn).await;
        turn.is_err()
    }

    #[tokio::test]
    async fn one_place_does_not_hold_all_turns() {
        let turns = Turns::new();
        let slow = Domain::parse("slow.example").unwrap();
        let first = turns.take(&slow, true).await.unwrap();
        let _second = turns.take(&slow, false).await.unwrap();
        assert!(waits(&turns, "slow.example", true).await);
        assert!(waits(&turns, "b.slow.example", false).await);
        assert!(!waits(&turns, "quick.example", true).await);
        drop(first);
        assert!(!waits(&turns, "slow.example", true).await);
    }

    #[tokio::test]
    async fn pictures_do_not_wait_for_small_ones() {
        let turns = Turns::new();
        let mut held = Vec::new();
        for n in 0..MOST_SMALL {
            let domain = Domain::parse(&format!("n{n}.example")).unwrap();
            held.push(turns.take(&domain, true).await.unwrap());
        }
        assert!(waits(&turns, "other.example", true).await);
        assert!(!waits(&turns, "other.example", false).await);
        drop(held);
        let _last = turns.take(&Domain::parse("z.example").unwrap(), true).await;
        assert_eq!(
            turns.from_one.lock().unwrap().len(),
            1,
            "others are forgotten"
        );
    }
}
