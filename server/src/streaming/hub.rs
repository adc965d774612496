//! Who listens in this process, to what, and what waits for them. What waits are events, with ids in them: whoever
//! takes one up asks the gate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit, mpsc, watch};

use super::event::{Gone, Tokens};
use super::stream::Stream;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, address};
use crate::notifications::Matter;
use crate::oauth::{self, Scopes};
use crate::serve::told_to_stop;
use crate::statuses::Loaded;

/// Connections that listen in one process. Each takes some 30 KB.
const MOST_OPEN: usize = 2_000;
/// Of all visitors, who are anybody: the other places are members'.
const MOST_OF_VISITORS: usize = MOST_OPEN / 2;
/// Of one member: a few devices, each with some pages open.
const MOST_OF_A_MEMBER: usize = 20;
/// Of the visitors at one address: a household.
const MOST_OF_AN_ADDRESS: usize = 20;
/// Of the visitors of one /48 of IPv6: a stranger may own a whole one.
const MOST_OF_A_SITE: usize = 8 * MOST_OF_AN_ADDRESS;
/// Streams of one connection: columns on a wide screen.
pub(super) const MOST_STREAMS: usize = 40;
/// Events that wait for one connection. Who falls further behind is disconnected, and reads the timelines again.
const MOST_WAITING: usize = 256;
/// Connections that ask the gate and the database at the same time; there are fewer who can answer.
const MOST_ASKING: usize = 8;

/// Everybody who listens.
pub struct Hub {
    seats: Mutex<Seats>,
    asking: Semaphore,
}

#[derive(Default)]
struct Seats {
    /// Whether events come in.
    is_open: bool,
    next: u64,
    taken: HashMap<u64, Seat>,
}

impl Seats {
    /// Whether the visitors of all addresses, and those of this one's site, leave a place.
    fn has_room_for_visitor(&self, from: &str) -> bool {
        let site = address::site(from);
        let (mut visitors, mut of_site) = (0, 0);
        for seat in self.taken.values() {
            if seat.holder.account.is_none() {
                visitors += 1;
                of_site += usize::from(site.is_some() && seat.holder.site == site);
            }
        }
        visitors < MOST_OF_VISITORS && of_site < MOST_OF_A_SITE
    }
}

struct Seat {
    holder: Holder,
    streams: Vec<Stream>,
    queue: mpsc::Sender<Call>,
    /// Whoever sits there is told when it is taken away.
    _stays: watch::Sender<bool>,
}

/// Who listens.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The member, if it is one.
    pub(super) account: Option<i64>,
    /// Where.
    pub(super) community: i64,
    token: Option<i64>,
    app: Option<i64>,
    /// Whether the token covers what the member is told.
    is_told: bool,
    /// Where visitors are counted.
    from: String,
    /// The same, wider, for IPv6.
    site: Option<String>,
}

impl Holder {
    /// `from` is the neighbourhood of the address that asks.
    pub fn new(community: i64, client: Option<&Client>, from: String) -> Holder {
        Holder {
            account: client
                .and_then(|client| client.me().ok())
                .map(|me| me.account.id),
            community,
            token: client.map(|client| client.grant.token_id),
            app: client.map(|client| client.grant.app_id),
            is_told: client
                .is_some_and(|client| client.grant.scopes.cover(&Scopes::of("read:notifications"))),
            site: address::site(&from),
            from,
        }
    }

    fn is_of(&self, tokens: &Tokens) -> bool {
        let fits = |wanted: Option<i64>, own: Option<i64>| wanted.is_none() || wanted == own;
        self.token.is_some()
            && fits(tokens.token, self.token)
            && fits(tokens.app, self.app)
            && fits(tokens.account, self.account)
    }
}

/// An event that waits for one connection, with the streams by which it would come.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub what: Arc<What>,
    pub by: Vec<Stream>,
}

/// What happened, as far as it was looked up for everybody.
#[derive(Debug)]
pub(super) enum What {
    Placed(Came),
    Edited(Came),
    Deleted(Gone),
    // It has one of these numbers.
    Notified { matter: Matter, numbers: Vec<i64> },
    FiltersChanged,
    Merged,
    Published(i64),
    Reacted { id: i64, emoji: String, chosen: i64 },
    TakenDown(i64),
}

/// A status that came, or says something else now.
#[derive(Debug)]
pub(super) struct Came {
    pub loaded: Loaded,
    /// Antennas that caught it.
    pub antennas: Vec<i64>,
    /// When it was read; unix milliseconds.
    pub at_ms: i64,
}

impl Default for Hub {
    fn default() -> Hub {
        Hub {
            seats: Mutex::default(),
            asking: Semaphore::new(MOST_ASKING),
        }
    }
}

impl Hub {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections listen.
    pub fn count(&self) -> usize {
        self.seats().taken.len()
    }

    /// Whether events come in.
    pub fn is_open(&self) -> bool {
        self.seats().is_open
    }

    /// Events come in from now on.
    pub(super) fn open(&self) {
        self.seats().is_open = true;
    }

    /// Nothing comes any more: everybody is sent away.
    pub(super) fn close(&self) {
        let mut seats = self.seats();
        seats.is_open = false;
        seats.taken.clear();
    }

    /// Everybody is sent away, and may come back: they may have missed something.
    pub(super) fn interrupt(&self) {
        self.seats().taken.clear();
    }

    /// What all who listen want, each with who they are, as `pick` chooses.
    pub(super) fn pick<T>(&self, pick: impl Fn(&Holder, &[Stream]) -> Option<T>) -> Vec<T> {
        let seats = self.seats();
        let each = seats.taken.values();
        each.filter_map(|seat| pick(&seat.holder, &seat.streams))
            .collect()
    }

    /// Calls everybody by those of their streams that `by` says yes to. Who has too much waiting already loses their
    /// place.
    pub(super) fn call(&self, what: &Arc<What>, by: impl Fn(&Holder, &Stream) -> bool) {
        self.seats().taken.retain(|_, seat| {
            let wanted = seat.streams.iter();
            let by: Vec<Stream> = wanted
                .filter(|stream| by(&seat.holder, stream))
                .cloned()
                .collect();
            by.is_empty()
                || seat
                    .queue
                    .try_send(Call {
                        what: what.clone(),
                        by,
                    })
                    .is_ok()
        });
    }

    /// The tokens of those who listen, of all that `tokens` says.
    pub(super) fn tokens(&self, tokens: &Tokens) -> Vec<i64> {
        self.pick(|holder, _| holder.token.filter(|_| holder.is_of(tokens)))
    }

    /// Sends away those who listen by one of these.
    pub(super) fn end(&self, dead: &[i64]) {
        let is_dead = |seat: &Seat| seat.holder.token.is_some_and(|id| dead.contains(&id));
        self.seats().taken.retain(|_, seat| !is_dead(seat));
    }

    /// A turn to ask the gate.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.asking.acquire().await.ok()
    }

    fn take(&self, holder: Holder, streams: Vec<Stream>) -> Result<Taken> {
        let mut seats = self.seats();
        let is_same = |other: &Holder| match holder.account {
            Some(_) => other.account == holder.account,
            None => other.account.is_none() && other.from == holder.from,
        };
        let taken = seats.taken.values();
        let own = taken.filter(|seat| is_same(&seat.holder)).count();
        let is_full = match holder.account {
            Some(_) => own >= MOST_OF_A_MEMBER,
            None => own >= MOST_OF_AN_ADDRESS || !seats.has_room_for_visitor(&holder.from),
        };
        if !seats.is_open || is_full || seats.taken.len() >= MOST_OPEN {
            return Err(Error::TooMany {
                after_s: AGAIN_AFTER_S,
            });
        }
        let (queue, calls) = mpsc::channel(MOST_WAITING);
        let (stays, alive) = watch::channel(false);
        let id = seats.next;
        seats.next += 1;
        let seat = Seat {
            holder,
            streams,
            queue,
            _stays: stays,
        };
        seats.taken.insert(id, seat);
        Ok(Taken { id, calls, alive })
    }
}

/// When somebody who found no place may try again.
const AGAIN_AFTER_S: u64 = 30;

struct Taken {
    id: u64,
    calls: mpsc::Receiver<Call>,
    alive: watch::Receiver<bool>,
}

/// A place among those who listen; given up when it is dropped.
pub struct Subscription {
    app: App,
    taken: Taken,
}

impl Subscription {
    /// Takes a place. *Too many* where there is none, and while no events come in.
    pub async fn open(app: &App, holder: Holder, streams: Vec<Stream>) -> Result<Subscription> {
        let token = holder.token;
        let taken = app.streams.take(holder, streams)?;
        let subscription = Subscription {
            app: app.clone(),
            taken,
        };
        // It may have ended between the look at it and the taking of the place: from now on its end is heard here.
        if let Some(token) = token
            && !oauth::live_among(app, vec![token]).await?.contains(&token)
        {
            return Err(Error::Unauthorized);
        }
        Ok(subscription)
    }

    /// Listens to one more. Twice is once.
    pub fn add(&self, stream: Stream) -> Result<()> {
        let mut seats = self.app.streams.seats();
        let Some(seat) = seats.taken.get_mut(&self.taken.id) else {
            return Ok(());
        };
        if seat.streams.contains(&stream) {
            return Ok(());
        }
        if seat.streams.len() >= MOST_STREAMS {
            return Err(Error::invalid(
                "stream",
                format!("is one more than the {MOST_STREAMS} that one connection may have"),
            ));
        }
        seat.streams.push(stream);
        Ok(())
    }

    /// Listens to one less.
    pub fn remove(&self, stream: &Stream) {
        let mut seats = self.app.streams.seats();
        if let Some(seat) = seats.taken.get_mut(&self.taken.id) {
            seat.streams.retain(|other| other != stream);
        }
    }

    /// What comes next; `None` at the end. May be dropped while it waits.
    pub(super) async fn next(&mut self) -> Option<Call> {
        tokio::select! {
            biased;
            () = told_to_stop(&mut self.taken.alive) => None,
            call = self.taken.calls.recv() => call,
        }
    }

    /// Whether it still has its place: what was made ready meanwhile is not sent otherwise.
    pub(super) fn is_open(&self) -> bool {
        self.taken.alive.has_changed().is_ok()
    }

    /// Returns once the place was taken away.
    pub(super) async fn ended(&self) {
        told_to_stop(&mut self.taken.alive.clone()).await;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.app.streams.seats().taken.remove(&self.taken.id);
    }
}

impl Holder {
    /// Whether this is a member of a community, who is told by this stream of what is announced there.
    pub(super) fn lives_in(&self, community: i64, stream: &Stream) -> bool {
        self.account.is_some() && self.community == community && *stream == Stream::User
    }

    /// Whether this member is told by this stream.
    pub(super) fn hears(&self, to: i64, stream: &Stream) -> bool {
        self.account == Some(to)
            && match stream {
                Stream::User => self.is_told,
                Stream::Notifications => true,
                _ => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(from: &str) -> Holder {
        Holder::new(1, None, from.to_owned())
    }

    #[test]
    fn visitors_leave_half_of_the_places_to_members() {
        let hub = Hub::default();
        hub.open();
        for number in 0..MOST_OF_VISITORS {
            let from = format!("10.0.{}.{}", number / 250, number % 250);
            assert!(hub.take(visitor(&from), Vec::new()).is_ok(), "{number}");
        }
        assert!(hub.take(visitor("192.0.2.1"), Vec::new()).is_err());
        let member = Holder {
            account: Some(7),
            ..visitor("192.0.2.1")
        };
        assert!(hub.take(member, Vec::new()).is_ok());
    }

    #[test]
    fn a_site_of_ipv6_takes_no_more_than_a_few_addresses() {
        let hub = Hub::default();
        hub.open();
        for number in 0..MOST_OF_A_SITE {
            let from = format!("2001:db8:1:{number:x}::");
            assert!(hub.take(visitor(&from), Vec::new()).is_ok(), "{number}");
        }
        assert!(hub.take(visitor("2001:db8:1:ffff::"), Vec::new()).is_err());
        assert!(hub.take(visitor("2001:db8:2:1::"), Vec::new()).is_ok());
    }
}
