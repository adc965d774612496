//! Turns to fetch pictures and film from elsewhere: so many at once in all, and few from one place, so that one that is slow
//! does not keep the others from being seen. Who waits is counted too, and more than a crowd is told to come back.

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
/// Those who wait for pictures of posts and wide ones. A browser asks for a hundred files of a page at the same time.
const MOST_WAITING_FOR_PICTURES: usize = 128;
/// The same of small ones, of which a page has more.
const MOST_WAITING_FOR_SMALL: usize = 256;
/// Of both together, for one place, which may be that of all that is on a page.
const MOST_WAITING_FOR_ONE: usize = 128;
/// Those who wait for film and sound, each perhaps for minutes.
const MOST_WAITING_FOR_FILMS: usize = 32;
/// Of those, for one place: the players of a few people, who may all be waiting for the same.
const MOST_WAITING_FOR_FILMS_OF_ONE: usize = 8;
/// When to come back, in seconds.
const AGAIN_S: u64 = 10;

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

/// Turns of one kind, and who may wait for them.
#[derive(Clone)]
struct Queue {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Queue {
    fn new(turns: usize, waiting: usize) -> Queue {
        Queue {
            turns: Arc::new(Semaphore::new(turns)),
            waiting: Arc::new(Semaphore::new(waiting)),
        }
    }

    /// A place among those who wait, if there is one.
    fn wait(&self) -> Result<OwnedSemaphorePermit> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned();
        waiting.map_err(|_| Error::TooMany { after_s: AGAIN_S })
    }
}

/// One place from which something is fetched, by the domain that somebody registered: film takes no turns of pictures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    Pictures(String),
    Films(String),
}

/// See the module.
pub(super) struct Turns {
    pictures: Queue,
    small: Queue,
    films: Queue,
    /// Of the places from which something is fetched now.
    from_one: Mutex<HashMap<Place, Queue>>,
}

impl Turns {
    /// With nothing being fetched.
    pub(super) fn new() -> Turns {
        Turns {
            pictures: Queue::new(MOST_PICTURES, MOST_WAITING_FOR_PICTURES),
            small: Queue::new(MOST_SMALL, MOST_WAITING_FOR_SMALL),
            films: Queue::new(MOST_FILMS, MOST_WAITING_FOR_FILMS),
            from_one: Mutex::default(),
        }
    }

    /// Waits for a turn to fetch something from this server. *Too many* where a crowd waits already.
    pub(super) async fn take(&self, domain: &Domain, line: Line) -> Result<Turn> {
        let ended = |_| Error::internal("nothing is fetched any more");
        let own = self.place(domain, line);
        let all = match line {
            Line::Pictures => &self.pictures,
            Line::Small => &self.small,
            Line::Films => &self.films,
        };
        let _waiting = (own.wait()?, all.wait()?);
        // First its own: who waits for a place that is slow holds nothing that others wait for.
        let from_one = own.turns.acquire_owned().await.map_err(ended)?;
        let of_all = Arc::clone(&all.turns).acquire_owned();
        Ok((from_one, of_all.await.map_err(ended)?))
    }

    /// The turn of one more place, for whoever has a turn and was led there. They do not wait for it: each of two might wait
    /// for the other. *Too many* where somebody else has it.
    pub(super) fn move_on(&self, domain: &Domain, line: Line) -> Result<OwnedSemaphorePermit> {
        let turn = self.place(domain, line).turns.try_acquire_owned();
        turn.map_err(|_| Error::TooMany { after_s: AGAIN_S })
    }

    /// Servers whose names somebody got together are one place.
    fn place(&self, domain: &Domain, line: Line) -> Queue {
        let name = domain.registrable().to_owned();
        let (place, most, waiting) = match line {
            Line::Films => (
                Place::Films(name),
                MOST_FILMS_FROM_ONE,
                MOST_WAITING_FOR_FILMS_OF_ONE,
            ),
            Line::Pictures | Line::Small => {
                (Place::Pictures(name), MOST_FROM_ONE, MOST_WAITING_FOR_ONE)
            }
        };
        let mut from_one = self.from_one.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has a turn or waits for one holds it too.
        from_one.retain(|_, queue| Arc::strong_count(&queue.turns) > 1);
        let queue = from_one
            .entry(place)
            .or_insert_with(|| Queue::new(most, waiting));
        queue.clone()
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

    /// Lets others go on until nobody more may wait.
    async fn until_full(queue: &Queue) {
        for _ in 0..10_000 {
            if queue.waiting.available_permits() == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("others do not wait");
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
    async fn a_crowd_is_told_to_come_back() {
        let turns = Arc::new(Turns::new());
        let domain = |n: usize| Domain::parse(&format!("n{n}.example")).unwrap();
        // Waits until it is ended.
        let waits = |n: usize, line: Line| {
            let (turns, domain) = (Arc::clone(&turns), domain(n));
            tokio::spawn(async move { turns.take(&domain, line).await.map(drop) })
        };
        let is_crowd = |told: Result<Turn>| matches!(told, Err(Error::TooMany { .. }));
        for (line, most, of_one) in [
            (
                Line::Films,
                MOST_WAITING_FOR_FILMS,
                MOST_WAITING_FOR_FILMS_OF_ONE,
            ),
            (Line::Small, MOST_WAITING_FOR_SMALL, MOST_WAITING_FOR_ONE),
        ] {
            let mut held = Vec::new();
            for n in 0..MOST_FILMS.max(MOST_SMALL) {
                held.push(turns.take(&domain(n), line).await.unwrap());
            }
            let mut waiting = Vec::new();
            for at in 0..most {
                if at == of_one {
                    until_full(&turns.place(&domain(100), line)).await;
                    assert!(is_crowd(turns.take(&domain(100), line).await));
                }
                waiting.push(waits(100 + at / of_one, line));
            }
            let all = if line == Line::Films {
                &turns.films
            } else {
                &turns.small
            };
            until_full(all).await;
            assert!(is_crowd(turns.take(&domain(99), line).await));
            // Others go on.
            assert!(turns.take(&domain(99), Line::Pictures).await.is_ok());
            drop(held);
            for turn in waiting {
                turn.await.unwrap().unwrap();
            }
            assert!(turns.take(&domain(99), line).await.is_ok());
        }
    }

    #[tokio::test]
    async fn whoever_is_led_on_takes_the_turn_of_that_place_or_none() {
        let turns = Turns::new();
        let (first, store) = (
            Domain::parse("first.example").unwrap(),
            Domain::parse("store.example").unwrap(),
        );
        let _film = turns.take(&first, Line::Films).await.unwrap();
        let moved = turns.move_on(&store, Line::Films).unwrap();
        assert!(waits(&turns, "b.store.example", Line::Films).await);
        let again = turns.move_on(&store, Line::Films);
        assert!(matches!(again, Err(Error::TooMany { .. })));
        drop(moved);
        assert!(turns.move_on(&store, Line::Films).is_ok());
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
