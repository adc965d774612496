//! Turns to fetch pictures and film from elsewhere: so many at once in all, and few from one place, so that one that is slow
//! does not keep the others from being seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use comity_vocab::Domain;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// Pictures of posts, and wide ones of people, at the same time.
const MOST_PICTURES: usize = 6;
/// Small ones at the same time, besides: one post may have dozens of emoji, and a page as many people, and pictures of posts do
/// not wait for those.
const MOST_SMALL: usize = 4;
/// Of both together, from one place.
const MOST_FROM_ONE: usize = 2;
/// Films and sounds at the same time, besides: each may take minutes, and as much room as the largest that is taken.
const MOST_FILMS: usize = 4;
/// Of those, from one place. With pictures it makes three requests; of the four that one server gets at a time, one is left
/// for what is delivered there.
const MOST_FILMS_FROM_ONE: usize = 1;

/// For what somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Pictures of posts, and wide ones of people.
    Pictures,
    /// Small ones, such as emoji.
    Small,
    /// Film and sound.
    Films,
}

/// A turn. It lasts until this is dropped.
pub(super) type Turn = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// See the module.
pub(super) struct Turns {
    pictures: Arc<Semaphore>,
    small: Arc<Semaphore>,
    films: Arc<Semaphore>,
    /// Of the places from which something is fetched now, and whether it is film.
    from_one: Mutex<HashMap<(String, bool), Arc<Semaphore>>>,
}

impl Turns {
    /// With nothing being fetched.
    pub(super) fn new() -> Turns {
        Turns {
            pictures: Arc::new(Semaphore::new(MOST_PICTURES)),
            small: Arc::new(Semaphore::new(MOST_SMALL)),
            films: Arc::new(Semaphore::new(MOST_FILMS)),
            from_one: Mutex::default(),
        }
    }

    /// Waits for a turn to fetch something from this server.
    pub(super) async fn take(&self, domain: &Domain, line: Line) -> Result<Turn> {
        let ended = |_| Error::internal("nothing is fetched any more");
        // First its own: who waits for a place that is slow holds nothing that others wait for.
        let own = self.line_of(domain, line);
        let from_one = own.acquire_owned().await.map_err(ended)?;
        let all = match line {
            Line::Pictures => &self.pictures,
            Line::Small => &self.small,
            Line::Films => &self.films,
        };
        let of_all = Arc::clone(all).acquire_owned().await.map_err(ended)?;
        Ok((from_one, of_all))
    }

    /// Servers whose names somebody got together are one place.
    fn line_of(&self, domain: &Domain, line: Line) -> Arc<Semaphore> {
        let (is_film, most) = match line {
            Line::Films => (true, MOST_FILMS_FROM_ONE),
            Line::Pictures | Line::Small => (false, MOST_FROM_ONE),
        };
        let mut from_one = self.from_one.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has a turn or waits for one holds it too.
        from_one.retain(|_, turns| Arc::strong_count(turns) > 1);
        let turns = from_one
            .entry((domain.registrable().to_owned(), is_film))
            .or_insert_with(|| Arc::new(Semaphore::new(most)));
        Arc::clone(turns)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn waits(turns: &Turns, domain: &str, line: Line) -> bool {
        let domain = Domain::parse(domain).unwrap();
        let turn = turns.take(&domain, line);
        let turn = tokio::time::timeout(Duration::from_millis(20), turn).await;
        turn.is_err()
    }

    #[tokio::test]
    async fn one_place_does_not_hold_all_turns() {
        let turns = Turns::new();
        let slow = Domain::parse("slow.example").unwrap();
        let first = turns.take(&slow, Line::Small).await.unwrap();
        let _second = turns.take(&slow, Line::Pictures).await.unwrap();
        assert!(waits(&turns, "slow.example", Line::Small).await);
        assert!(waits(&turns, "b.slow.example", Line::Pictures).await);
        assert!(!waits(&turns, "quick.example", Line::Small).await);
        drop(first);
        assert!(!waits(&turns, "slow.example", Line::Small).await);
    }

    #[tokio::test]
    async fn films_take_no_turns_of_pictures_and_one_place_has_one() {
        let turns = Turns::new();
        let slow = Domain::parse("slow.example").unwrap();
        let _film = turns.take(&slow, Line::Films).await.unwrap();
        assert!(waits(&turns, "b.slow.example", Line::Films).await);
        let _first = turns.take(&slow, Line::Pictures).await.unwrap();
        let _second = turns.take(&slow, Line::Small).await.unwrap();
        let mut held = Vec::new();
        for n in 1..MOST_FILMS {
            let domain = Domain::parse(&format!("n{n}.example")).unwrap();
            held.push(turns.take(&domain, Line::Films).await.unwrap());
        }
        assert!(waits(&turns, "other.example", Line::Films).await);
        assert!(!waits(&turns, "other.example", Line::Pictures).await);
    }

    #[tokio::test]
    async fn pictures_do_not_wait_for_small_ones() {
        let turns = Turns::new();
        let mut held = Vec::new();
        for n in 0..MOST_SMALL {
            let domain = Domain::parse(&format!("n{n}.example")).unwrap();
            held.push(turns.take(&domain, Line::Small).await.unwrap());
        }
        assert!(waits(&turns, "other.example", Line::Small).await);
        assert!(!waits(&turns, "other.example", Line::Pictures).await);
        drop(held);
        let last = Domain::parse("z.example").unwrap();
        let _last = turns.take(&last, Line::Small).await;
        assert_eq!(
            turns.from_one.lock().unwrap().len(),
            1,
            "others are forgotten"
        );
    }
}
