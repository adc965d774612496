//! Link previews: what the first page that a post links to says of itself, in a quiet box under the post.
//!
//! A card costs a request to the page's server, and a request tells that a post with this link is here. So it is made for
//! posts that are for everybody alone (public and unlisted), once for all posts with the same link, at some moment of the
//! next minute for posts from elsewhere (every server that gets one asks at the same time), and only in the name of
//! somebody who reads the post and does not refuse the server: the author of a post from here, of others one of those who
//! follow the author. Whoever refuses a server that had a part in a card does not see it, whoever it was made for.

pub mod api;
mod charset;
pub mod entity;
mod fetch;
mod model;
pub mod picture;
mod read;
mod store;
mod tags;

use std::collections::{HashMap, HashSet};

use aws_lc_rs::rand;
use comity_db::{Db, Tx};
use comity_policy::{Act, Conditions, Exchange, Outcome, Party, Person, Thing, Visible, Way};
use comity_vocab::{Domain, Iri, Visibility};

pub use fetch::fetch;
pub(crate) use fetch::leads_back;
pub use model::{Card, Image, Page};

use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::links;
use crate::queue::{self, Job};
use crate::statuses::{self, Status};
use crate::text::sanitize;

/// How long a card is good: pages change their titles seldom, and news is read within days.
const KEPT_MS: i64 = 14 * DAY_MS;
/// Within which time the pages of posts from elsewhere are asked for. As long as Mastodon's.
const SPREAD_MS: u64 = 60_000;
/// Links of one post that are looked at for one that leads to a page.
const MOST_LINKS: usize = 8;

/// A post, as far as its card is concerned.
pub(crate) struct Linking<'a> {
    pub status_id: i64,
    /// In whose name its page is asked for where nobody follows its author.
    pub community: i64,
    pub visibility: Visibility,
    /// Its clean words.
    pub html: &'a str,
    /// What it quotes: that is shown already.
    pub quoted: Option<&'a Iri>,
    /// A member wrote it, and nobody else has it yet.
    pub is_ours: bool,
}

/// Says of which page a status shows the card, and promises to look at that page, in the transaction that writes its words.
pub(crate) async fn place(app: &App, tx: &mut Tx, post: Linking<'_>) -> Result<()> {
    let Some((url, host)) = page_of(app, &post).await? else {
        return Ok(());
    };
    store::place(tx, post.status_id, &url);
    let job = Job::FetchCard {
        community: post.community,
        status: post.status_id,
        domain: host.to_string(),
    };
    if post.is_ours {
        return queue::push(tx, app, &job);
    }
    let at_ms = app.now_ms() + within(SPREAD_MS)?;
    queue::push_at(tx, app, &job, at_ms)
}

/// The words of a status changed: it shows the card of the page that it links to now.
pub(crate) async fn place_anew(app: &App, tx: &mut Tx, post: Linking<'_>) -> Result<()> {
    withdraw(tx, post.status_id);
    place(app, tx, post).await
}

/// A status is shown without a card.
pub(crate) fn withdraw(tx: &mut Tx, status_id: i64) {
    store::withdraw(tx, status_id);
}

/// The first page that a post links to, with its host: no person, no topic, nothing that is ours, no post that we have.
async fn page_of(app: &App, post: &Linking<'_>) -> Result<Option<(String, Domain)>> {
    if !matches!(post.visibility, Visibility::Public | Visibility::Unlisted) {
        return Ok(None);
    }
    let html = sanitize::without_quote_link(post.html);
    for url in links::in_order(&html).take(MOST_LINKS) {
        let Ok(iri) = Iri::parse(&url) else {
            continue;
        };
        let host = iri.domain();
        let is_ours = app.communities.load().by_domain(&host).is_some();
        if is_ours || post.quoted == Some(&iri) {
            continue;
        }
        if statuses::find_by_iri(app, &iri).await?.is_none() {
            return Ok(Some((url, host)));
        }
    }
    Ok(None)
}

/// A number of milliseconds below this, by chance: what is computed would be the same everywhere.
fn within(most: u64) -> Result<i64> {
    let mut bytes = [0; 8];
    rand::fill(&mut bytes).map_err(|_| Error::internal("no random bytes"))?;
    Ok(i64::try_from(u64::from_le_bytes(bytes) % most).unwrap_or(0))
}

/// The cards of these statuses, for whom they were cleared: with two queries, however many they are.
pub async fn of(app: &App, statuses: &[&Visible<Status>]) -> Result<HashMap<i64, Card>> {
    let wanted = statuses
        .iter()
        .filter(|status| !status.conditions().contains(Conditions::DROP_PREVIEWS));
    let ids: Vec<i64> = wanted.map(|status| status.id).collect();
    let Some(viewer) = statuses.first().map(|status| status.viewer()) else {
        return Ok(HashMap::new());
    };
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = store::of_statuses(&app.db, ids).await?.into_iter();
    let cards = rows.filter_map(|row| {
        let card = Card::read(row.url, &row.page, &row.hosts, row.author_id)?;
        Some((row.status_id, card))
    });
    Ok(shown(app, viewer, cards.collect())
        .await?
        .into_iter()
        .collect())
}

/// The cards of pages with these addresses, for this viewer.
pub async fn of_pages(
    app: &App,
    viewer: &Party,
    urls: Vec<String>,
) -> Result<HashMap<String, Card>> {
    let rows = store::by_urls(&app.db, urls).await?.into_iter();
    let cards = rows.filter_map(|row| {
        let card = Card::read(row.url.clone(), &row.page, &row.hosts, row.author_id)?;
        Some((row.url, card))
    });
    Ok(shown(app, viewer, cards.collect())
        .await?
        .into_iter()
        .collect())
}

/// Those of these that the viewer may be shown: a card is the words of the servers that it came from. Who wrote a page is
/// said only where they list it.
async fn shown<K>(app: &App, viewer: &Party, cards: Vec<(K, Card)>) -> Result<Vec<(K, Card)>> {
    if cards.is_empty() {
        return Ok(cards);
    }
    let Some(reader) = reader(app, viewer).await? else {
        return Ok(Vec::new());
    };
    let hosts: HashSet<&Domain> = cards.iter().flat_map(|(_, card)| &card.hosts).collect();
    let heard = heard(app, &[reader], &hosts).await?;
    let of_reader = heard.first().cloned().unwrap_or_default();
    let mut cards = cards;
    cards.retain(|(_, card)| card.hosts.iter().all(|host| of_reader.contains(host)));
    let ids = cards.iter().filter_map(|(_, card)| card.author_id);
    let writers = match ids.collect::<Vec<i64>>() {
        none if none.is_empty() => HashMap::new(),
        ids => accounts::find_many(app, ids).await?,
    };
    for (_, card) in &mut cards {
        let host = Domain::parse(&card.page.host).ok();
        card.author_id = card.author_id.filter(|id| {
            let writer = writers.get(id).zip(host.as_ref());
            writer.is_some_and(|(writer, host)| writer.writes_at(host))
        });
    }
    Ok(cards)
}

/// Whether a viewer speaks with this host, and lets previews of it come.
pub(crate) async fn speaks_with(app: &App, viewer: &Party, host: &Domain) -> Result<bool> {
    let Some(reader) = reader(app, viewer).await? else {
        return Ok(false);
    };
    let heard = heard(app, &[reader], &HashSet::from([host])).await?;
    Ok(heard.iter().all(|heard| heard.contains(host)))
}

/// In whose name a viewer reads: their own, and of visitors that of the community. Other servers make cards of their own.
async fn reader(app: &App, viewer: &Party) -> Result<Option<Person>> {
    match viewer {
        Party::Member(person) => Ok(Some(person.clone())),
        Party::Anonymous(community) => voice(app, community.0).await,
        Party::Account(_) | Party::Instance(_) | Party::Service(_) => Ok(None),
    }
}

/// The community's own voice.
async fn voice(app: &App, community: i64) -> Result<Option<Person>> {
    let Some(community) = app.communities.load().by_id(community) else {
        return Ok(None);
    };
    let actor = accounts::find(app, community.actor_id).await?;
    Ok(Some(actor.person()))
}

/// Which of these hosts each of these people speaks with and lets previews of come, by their own rules and those above
/// them: one look at the facts for all.
async fn heard(
    app: &App,
    people: &[Person],
    hosts: &HashSet<&Domain>,
) -> Result<Vec<HashSet<Domain>>> {
    let book = app.gate.book();
    let things: Vec<Thing> = people.iter().cloned().map(Thing::of).collect();
    let parties: Vec<(Party, &Domain)> = hosts
        .iter()
        .map(|host| (Party::Instance((*host).clone()), *host))
        .collect();
    let ways = [(Act::Contact, Way::Fetch), (Act::Deliver, Way::Inbox)];
    let mut asked = Vec::new();
    for thing in &things {
        for (party, _) in &parties {
            asked.extend(ways.map(|(act, way)| Exchange {
                party,
                act,
                way,
                thing,
            }));
        }
    }
    let verdicts = app.gate.judge_by(&[&*book], &asked).await?;
    let mut verdicts = verdicts.iter().flatten();
    let mut all = Vec::with_capacity(things.len());
    for _ in &things {
        let mut heard = HashSet::new();
        for (_, host) in &parties {
            let mut is_heard = true;
            for verdict in verdicts.by_ref().take(ways.len()) {
                is_heard = is_heard
                    && verdict.outcome != Outcome::Refuse
                    && !verdict.conditions.contains(Conditions::DROP_PREVIEWS);
            }
            if is_heard {
                heard.insert((*host).clone());
            }
        }
        all.push(heard);
    }
    Ok(all)
}

/// Forgets cards that no status has any more. Once in a while it is looked at each.
pub async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    store::forget(db, now_ms, most, now_ms + KEPT_MS).await
}
