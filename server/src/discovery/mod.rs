//! Finding one's way: people who want to be found, people whom one might follow, what is talked about lately, and how much
//! goes on here. Everything that names somebody is asked of the gate for whoever looks.

pub mod api;
mod kept;
pub mod moderated;
pub(crate) mod rejected;
mod store;
mod talked;
mod trends;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::HashSet;
use std::sync::Arc;

use comity_policy::{ListId, Mode, Party, Pattern, RuleBook, Scope, Stance, Way};
use comity_vocab::Domain;

use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::{Caller, Me};
use crate::{id, instances, relations};

pub use kept::Lately;
pub use talked::how_many as how_many_talked_of;
pub use trends::{Histories, histories};

/// People that may be skipped in a list: further down nobody reads.
const MOST_SKIPPED: i64 = 10_000;
/// The first of a list of people, which most look at: kept for all who do.
const HEAD: i64 = 400;
/// People whom one follows and who are asked, so to speak, whom they follow: the latest.
const MOST_ASKED: i64 = 300;
/// People of a community whom most follow, among whom those are looked for whom a member does not follow yet.
const MOST_WEIGHED: i64 = 1_000;
/// Weeks of which is told how much went on, as Mastodon does.
const WEEKS: i64 = 12;
const WEEK_MS: i64 = 7 * DAY_MS;
/// The first Monday: 5 January 1970.
const MONDAY_MS: i64 = 4 * DAY_MS;

/// In which order people are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Who wrote last.
    Active,
    /// Who came last.
    New,
}

/// By which way people come to somebody who looks at a list of them: visitors read pages, and see nobody from elsewhere.
fn way(party: &Party) -> Way {
    match party {
        Party::Member(_) => Way::Search,
        _ => Way::Page,
    }
}

/// People who want to be found, by number: those of this community, or (for members) all; and whether there may be more. Some of
/// what was skipped and counted may not be for whoever asks, or be kept away by them.
pub async fn directory(
    app: &App,
    caller: &Caller,
    order: Order,
    local: bool,
    skip: i64,
    most: i64,
) -> Result<(Vec<i64>, bool)> {
    if skip > MOST_SKIPPED {
        return Ok((Vec::new(), false));
    }
    let local = local || caller.me.is_none();
    let here = caller.community.id;
    let found: Vec<i64> = if skip + most <= HEAD {
        let head = store::listed(&app.db, order, local, here, 0, HEAD);
        let key = (order, local.then_some(here));
        let head = app.lately.people.get(key, app.now_ms(), head).await?;
        let skip = usize::try_from(skip).unwrap_or_default();
        let most = usize::try_from(most).unwrap_or_default();
        head.iter().skip(skip).take(most).copied().collect()
    } else {
        store::listed(&app.db, order, local, here, skip, most).await?
    };
    let is_full = i64::try_from(found.len()).is_ok_and(|len| len >= most);
    let mut people = shown(app, &caller.party(), found).await?;
    if let Some(me) = caller.account_id() {
        let kept_away = relations::relations(app, me, people.clone()).await?;
        people.retain(|id| !kept_away.contains_key(id));
    }
    Ok((people, is_full))
}

/// Those of these whom this viewer may see and who still want to be found, in this order.
async fn shown(app: &App, viewer: &Party, ids: Vec<i64>) -> Result<Vec<i64>> {
    let shown = accounts::show_many(app, viewer, way(viewer), &ids).await?;
    let is_found = |id: &i64| {
        let account = shown.get(id).and_then(|copies| copies.first());
        account.is_some_and(|account| account.discoverable && account.gone_at.is_none())
    };
    Ok(ids.into_iter().filter(is_found).collect())
}

/// Why somebody is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// People whom one follows do.
    FriendsOfFriends,
    /// Many here do.
    MostFollowed,
}

/// People whom a member might follow: first those whom people follow whom they follow, then those whom most follow here. Only
/// who wants to be found, and whom they neither follow nor sent away.
pub async fn suggestions(app: &App, me: &Me, most: usize) -> Result<Vec<(i64, Source)>> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let friends = store::friends_of_friends(&app.db, me.account.id, MOST_ASKED, limit).await?;
    let (account, community) = (me.account.id, me.community.id);
    let followed = store::most_followed(&app.db, account, community, MOST_WEIGHED, limit).await?;
    let mut all: Vec<(i64, Source)> = Vec::new();
    let friends = friends.into_iter().map(|id| (id, Source::FriendsOfFriends));
    let followed = followed.into_iter().map(|id| (id, Source::MostFollowed));
    for (id, source) in friends.chain(followed) {
        if all.iter().all(|(known, _)| *known != id) {
            all.push((id, source));
        }
    }
    let ids = all.iter().map(|(id, _)| *id).collect();
    let visible = shown(app, &me.party(), ids).await?;
    all.retain(|(id, _)| visible.contains(id));
    all.truncate(most);
    Ok(all)
}

/// A member does not want somebody suggested again. Twice is once.
pub async fn dismiss(app: &App, me: &Me, target_id: i64) -> Result<()> {
    let shown = accounts::show(app, &me.party(), Way::Search, target_id).await;
    // Whom they may not see is not suggested, and they learn nothing by trying.
    match shown {
        Ok(account) => store::dismiss(&app.db, me.account.id, account.id).await,
        Err(Error::Internal(why)) => Err(Error::Internal(why)),
        Err(_) => Ok(()),
    }
}

/// Servers that are known here, by name, without those that the installation or this community refuses.
pub async fn peers(app: &App, here: &Community) -> Result<Vec<String>> {
    let mut known = instances::known(app).await?;
    let book = app.gate.book();
    let own = Scope::Community(here.policy_id());
    let refused = Named::by(&book, &[Scope::Operator, own], Stance::Refused);
    // By choice, who is not let in is refused.
    let let_in = (here.mode == Mode::AllowList).then(|| Named::by(&book, &[own], Stance::Open));
    known.retain(|name| {
        Domain::parse(name).is_ok_and(|server| {
            !refused.holds(&book, &server)
                && let_in
                    .as_ref()
                    .is_none_or(|let_in| let_in.holds(&book, &server))
        })
    });
    Ok(known)
}

/// Servers as rules of one stance name them, to be asked of many.
#[derive(Default)]
struct Named {
    /// With all below them; a port only where the rule names one.
    below: HashSet<(String, Option<u16>)>,
    hosts: HashSet<(String, Option<u16>)>,
    lists: Vec<ListId>,
    all: bool,
}

impl Named {
    fn by(book: &RuleBook, scopes: &[Scope], stance: Stance) -> Named {
        let mut named = Named::default();
        let rules = scopes.iter().flat_map(|scope| book.rules_of(*scope));
        for rule in rules.filter(|rule| rule.stance == stance) {
            match &rule.pattern {
                Pattern::Domain(server) => {
                    named
                        .below
                        .insert((server.host().to_owned(), server.port()));
                }
                Pattern::Host(server) => {
                    named
                        .hosts
                        .insert((server.host().to_owned(), server.port()));
                }
                Pattern::List(id) => named.lists.push(*id),
                Pattern::Everything => named.all = true,
                Pattern::Account(_) | Pattern::Software { .. } | Pattern::FirstSeen { .. } => {}
            }
        }
        named
    }

    fn holds(&self, book: &RuleBook, server: &Domain) -> bool {
        let names = |set: &HashSet<(String, Option<u16>)>, host: &str| {
            set.contains(&(host.to_owned(), None))
                || set.contains(&(host.to_owned(), server.port()))
        };
        self.all
            || names(&self.hosts, server.host())
            || server.lineage().any(|host| names(&self.below, host))
            || self
                .lists
                .iter()
                .any(|id| book.may_speak_of(&Pattern::List(*id), server))
    }
}

/// How much went on in one week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Week {
    /// Its first moment, Monday by UTC; unix milliseconds.
    pub begins_ms: i64,
    /// Posts of members, without those for a few.
    pub statuses: i64,
    /// Members who wrote one. Who only reads is not counted: nobody keeps book of it.
    pub writers: i64,
    /// Who became a member.
    pub registrations: i64,
}

/// The last weeks of a community, this one first, as of a moment ago.
pub async fn activity(app: &App, community_id: i64) -> Result<Arc<Vec<Week>>> {
    let weeks = weeks(app, community_id);
    app.lately
        .weeks
        .get(community_id, app.now_ms(), weeks)
        .await
}

async fn weeks(app: &App, community_id: i64) -> Result<Vec<Week>> {
    let now_ms = app.now_ms();
    let this = (now_ms - MONDAY_MS) / WEEK_MS * WEEK_MS + MONDAY_MS;
    let first = this - (WEEKS - 1) * WEEK_MS;
    let written = store::written(&app.db, community_id, id::first_at(first) - 1, first).await?;
    let joined = store::joined(&app.db, community_id, first).await?;
    let week = |back: i64| {
        let number = WEEKS - 1 - back;
        let (statuses, writers) = written
            .iter()
            .find(|(week, _, _)| *week == number)
            .map_or((0, 0), |(_, statuses, writers)| (*statuses, *writers));
        let registrations = joined
            .iter()
            .find(|(week, _)| *week == number)
            .map_or(0, |(_, count)| *count);
        Week {
            begins_ms: this - back * WEEK_MS,
            statuses,
            writers,
            registrations,
        }
    };
    Ok((0..WEEKS).map(week).collect())
}
