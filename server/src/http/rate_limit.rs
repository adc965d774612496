//! How many may try how often. Counted per process and in memory; an attacker gains at most a factor of the nodes.

mod counter;

use std::time::Duration;

pub use counter::{Allowance, counting};
use counter::{Allowed, Counter};

use super::address;
use crate::clock::Clock;
use crate::config::Limits;
use crate::error::Result;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tries to sign in from an address.
    SignInFrom,
    /// Questions that somebody at an address is asked, to sign in with a passkey.
    PasskeyFrom,
    /// Tries to sign in as somebody.
    SignInAs,
    /// Codes that somebody types as a second step of signing in.
    SecondStep,
    /// New members from an address.
    SignUp,
    /// Places that people from an address hold while they wait to become members.
    Place,
    /// Letters that somebody asks for from an address.
    Letter,
    /// Letters of one kind to one member.
    LetterTo,
    /// New apps from an address.
    App,
    /// Tokens that an app fetches for itself.
    AppToken,
    /// Look-ups elsewhere by a member.
    Lookup,
    /// Searches of a member for posts by their words, and whatever visitors at an address search for.
    Search,
    /// Questions of a member about whom a post would reach.
    Preview,
    /// Files that a member puts here.
    Upload,
    /// Posts of a member, those that are scheduled as well, and boosts.
    Post,
    /// People whom a member begins to follow.
    Follow,
    /// Posts and boosts that a member takes away.
    Delete,
    /// Activities from a server.
    Inbox,
    /// Signed requests of a server.
    Fetch,
    /// Deletions by a server of what was never here.
    Burial,
    /// Look-ups of people whom pages of one host name as who wrote them.
    Author,
    /// Conversations elsewhere of which a member makes us read the answers.
    Backfill,
    /// Times that a yes to one answer or quote comes again after a no, and looks at what one quote shows as its yes.
    Yes,
    /// People whom a member puts into collections.
    Feature,
}

/// One counter for each kind.
pub struct RateLimits {
    by_member: Allowed,
    by_address: Allowed,
    by_site: Allowed,
    sign_in_from: Counter,
    sign_in_from_site: Counter,
    passkey_from: Counter,
    passkey_from_site: Counter,
    sign_in_as: Counter,
    sign_up: Counter,
    sign_up_of_site: Counter,
    place: Counter,
    place_of_site: Counter,
    second_step: Counter,
    letter: Counter,
    letter_of_site: Counter,
    letter_to: Counter,
    app: Counter,
    app_of_site: Counter,
    app_token: Counter,
    lookup: Counter,
    search: Counter,
    search_of_site: Counter,
    preview: Counter,
    upload: Allowed,
    post: Allowed,
    follow: Allowed,
    delete: Allowed,
    inbox: Counter,
    fetch: Counter,
    burial: Counter,
    author: Counter,
    backfill: Counter,
    yes: Counter,
    feature: Counter,
}

/// The period of what apps may ask.
const API_PERIOD: Duration = Duration::from_mins(5);

/// Whoever has no token may ask this part of what members may: one address is a household or a school.
const STRANGERS_SHARE: u32 = 5;

/// Apps that one address may register in an hour: one for each signing in, and a household shares an address.
const APPS: u32 = 60;

/// What the neighbourhoods of one /48 may together, of whatever is counted by address: as much as so many of them. A stranger
/// may own a whole one.
const OF_A_SITE: u32 = 8;

/// Hours of sign-ups of which one address may hold the places for a week, while nobody answered a letter or said yes:
/// otherwise a patient stranger would fill them all.
const PLACES_HOURS: u32 = 4;
const WEEK: Duration = Duration::from_hours(7 * 24);

/// Codes that are looked at for one member in a quarter of an hour: whoever knows the password and guesses at six digits,
/// three of which are good at any time, comes through once in some two years.
const SECOND_STEPS: u32 = 5;

/// Letters that somebody may ask for from one address in an hour, to whomever: a household forgets a few passwords.
const LETTERS: u32 = 10;

/// Letters of one kind to one member in an hour: some are lost, and nobody's box is to be filled.
const LETTERS_TO: u32 = 4;

/// Tokens that one app may fetch for itself in an hour: it needs one, and keeps it.
const APP_TOKENS: u32 = 60;

/// Changes of mind about one answer or quote in an hour: each is told to everybody who has it, or is a question to a
/// server that did not ask for it.
const YESES: u32 = 4;

/// Deletions of what was never here that are remembered for one server in an hour: a copy of such a thing may still be
/// on its way, but each costs a row.
const BURIALS: u32 = 1_000;

/// People looked up in an hour because pages of one host name them: whoever writes pages chooses whom, and each is a request to
/// somebody else and is kept here.
const AUTHORS: u32 = 4;

/// Conversations elsewhere whose answers are read in an hour because of one member: more than anybody reads, and each may be
/// hundreds of requests.
const BACKFILLS: u32 = 120;

/// People whom a member puts into collections in an hour: two that are full and some to mend them, and each is told in words that
/// the member chose.
const FEATURES: u32 = 60;

/// More than anybody chooses in a minute; each may read some ten thousand followers.
const PREVIEWS: u32 = 60;

/// Searches in a minute: more than anybody reads, and each asks the gate about many posts.
const SEARCHES: u32 = 60;

/// Files that a member puts here in half an hour: Mastodon's number, which apps expect.
const UPLOADS: u32 = 30;

impl RateLimits {
    /// Everyone starts fresh.
    pub fn new(clock: &Clock, limits: &Limits) -> RateLimits {
        let within = |most: u32, period: Duration| Counter::new(clock, most, period);
        let allowed = |most: u32, period: Duration| Allowed::new(clock, most, period);
        let five_minutes = Duration::from_mins(5);
        let places = limits.sign_ups.saturating_mul(PLACES_HOURS);
        let tries_of_site = limits.sign_in_tries.saturating_mul(OF_A_SITE);
        let asked = limits.api_requests / STRANGERS_SHARE;
        RateLimits {
            by_member: allowed(limits.api_requests, API_PERIOD),
            by_address: allowed(asked, API_PERIOD),
            by_site: allowed(asked.saturating_mul(OF_A_SITE), API_PERIOD),
            sign_in_from: within(limits.sign_in_tries, five_minutes),
            sign_in_from_site: within(tries_of_site, five_minutes),
            passkey_from: within(limits.sign_in_tries, five_minutes),
            passkey_from_site: within(tries_of_site, five_minutes),
            sign_in_as: within(limits.sign_in_tries, five_minutes),
            sign_up: within(limits.sign_ups, Duration::from_hours(1)),
            sign_up_of_site: within(
                limits.sign_ups.saturating_mul(OF_A_SITE),
                Duration::from_hours(1),
            ),
            place: within(places, WEEK),
            place_of_site: within(places.saturating_mul(OF_A_SITE), WEEK),
            second_step: within(SECOND_STEPS, Duration::from_mins(15)),
            letter: within(LETTERS, Duration::from_hours(1)),
            letter_of_site: within(LETTERS * OF_A_SITE, Duration::from_hours(1)),
            letter_to: within(LETTERS_TO, Duration::from_hours(1)),
            app: within(APPS, Duration::from_hours(1)),
            app_of_site: within(APPS * OF_A_SITE, Duration::from_hours(1)),
            app_token: within(APP_TOKENS, Duration::from_hours(1)),
            lookup: within(limits.lookups, Duration::from_mins(1)),
            search: within(SEARCHES, Duration::from_mins(1)),
            search_of_site: within(SEARCHES * OF_A_SITE, Duration::from_mins(1)),
            preview: within(PREVIEWS, Duration::from_mins(1)),
            upload: allowed(UPLOADS, Duration::from_mins(30)),
            post: allowed(limits.posts, Duration::from_hours(3)),
            follow: allowed(limits.follows, Duration::from_hours(24)),
            delete: allowed(limits.deletes, Duration::from_mins(30)),
            // Ten seconds' worth may come at once: servers send in bursts after a pause.
            inbox: within(
                limits.inbox_per_host.saturating_mul(10),
                Duration::from_secs(10),
            ),
            // Who delivers so much may ask as often: replies to what was delivered are fetched.
            fetch: within(
                limits.inbox_per_host.saturating_mul(10),
                Duration::from_secs(10),
            ),
            burial: within(BURIALS, Duration::from_hours(1)),
            author: within(AUTHORS, Duration::from_hours(1)),
            backfill: within(BACKFILLS, Duration::from_hours(1)),
            yes: within(YESES, Duration::from_hours(1)),
            feature: within(FEATURES, Duration::from_hours(1)),
        }
    }

    /// Counts one request of a member's apps: whether it may be answered, and what is left.
    pub fn ask_as(&self, account_id: i64) -> (bool, Allowance) {
        self.by_member.ask(&account_id.to_string())
    }

    /// Counts one request of whoever has no member's token, from this address. What is told is left of the address, unless
    /// its site has nothing left.
    pub fn ask_from(&self, neighbourhood: &str) -> (bool, Allowance) {
        let of_address = self.by_address.ask(neighbourhood);
        match address::site(neighbourhood) {
            Some(site) if of_address.0 => {
                let of_site = self.by_site.ask(&site);
                if of_site.0 { of_address } else { of_site }
            }
            _ => of_address,
        }
    }

    /// Counts one try of `key`; too many is an error that says when to come back. What is counted by address is counted for its
    /// site as well.
    pub fn check(&self, kind: Kind, key: &str) -> Result<()> {
        let counter = match kind {
            Kind::SignInFrom => &self.sign_in_from,
            Kind::PasskeyFrom => &self.passkey_from,
            Kind::SignInAs => &self.sign_in_as,
            Kind::SecondStep => &self.second_step,
            Kind::SignUp => &self.sign_up,
            Kind::Place => &self.place,
            Kind::Letter => &self.letter,
            Kind::LetterTo => &self.letter_to,
            Kind::App => &self.app,
            Kind::AppToken => &self.app_token,
            Kind::Lookup => &self.lookup,
            Kind::Search => &self.search,
            Kind::Preview => &self.preview,
            Kind::Upload => return self.upload.check(key),
            Kind::Post => return self.post.check(key),
            Kind::Follow => return self.follow.check(key),
            Kind::Delete => return self.delete.check(key),
            Kind::Inbox => &self.inbox,
            Kind::Fetch => &self.fetch,
            Kind::Burial => &self.burial,
            Kind::Author => &self.author,
            Kind::Backfill => &self.backfill,
            Kind::Yes => &self.yes,
            Kind::Feature => &self.feature,
        };
        counter.check(key)?;
        let of_site = match kind {
            Kind::SignInFrom => &self.sign_in_from_site,
            Kind::PasskeyFrom => &self.passkey_from_site,
            Kind::Letter => &self.letter_of_site,
            Kind::SignUp => &self.sign_up_of_site,
            Kind::Place => &self.place_of_site,
            Kind::App => &self.app_of_site,
            Kind::Search => &self.search_of_site,
            _ => return Ok(()),
        };
        match address::site(key) {
            Some(site) => of_site.check(&site),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn whoever_owns_a_site_of_ipv6_tries_no_more_than_a_few_addresses() {
        let clock = Clock::held(1_700_000_000_000);
        let settings = "[limits]\nsign_in_tries = 3\nsign_ups = 3\napi_requests = 50";
        let config = Config::from_text("comity.toml", settings, Vec::new()).unwrap();
        let limits = RateLimits::new(&clock, &config.limits);
        let neighbourhood = |number: u32| {
            let address = format!("2001:db8:1:{number:x}::7").parse().unwrap();
            address::neighbourhood(address)
        };
        for (kind, most) in [
            (Kind::SignInFrom, 8 * 3),
            (Kind::PasskeyFrom, 8 * 3),
            (Kind::Letter, 8 * 10),
            (Kind::SignUp, 8 * 3),
            (Kind::Place, 8 * 4 * 3),
            (Kind::App, 8 * 60),
            (Kind::Search, 8 * 60),
        ] {
            let tried = |key: &str| limits.check(kind, key).is_ok();
            let passed = (0..2_000).filter(|number| tried(&neighbourhood(*number)));
            assert_eq!(passed.count(), most, "{kind:?}");
            // Neither others nor what has no sites is held by it.
            assert!(tried("2001:db8:2:1::") && tried("192.0.2.1"), "{kind:?}");
        }
        let passed = (0..200).filter(|number| limits.ask_from(&neighbourhood(*number)).0);
        assert_eq!(passed.count(), 80, "eight times ten");
        let (may, left) = limits.ask_from(&neighbourhood(300));
        assert_eq!((may, left.left, left.most), (false, 0, 80));
        assert!(limits.ask_from("2001:db8:2:1::").0 && limits.ask_from("192.0.2.1").0);
    }
}
