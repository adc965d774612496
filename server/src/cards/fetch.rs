//! The job: looks at a page that a post links to, and keeps what it says of itself.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use comity_policy::{Approval, Contact, Person};
use comity_vocab::{Domain, Handle, Iri};
use comity_wire::{FetchedPage, WireError};
use tokio::time::timeout;
use tracing::debug;

use super::model::{CardRow, Page};
use super::{KEPT_MS, charset, heard, read, store, voice};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::inbox::resolve;
use crate::queue::{self, Job, Outcome, backoff_ms};
use crate::statuses::{self, Status};

/// Domains that a page may lead through: a shortener's, and `www.`.
const MOST_MOVES: usize = 2;
/// How long all of it may take: less than a job may run.
const WITHIN: Duration = Duration::from_secs(35);
/// How long finding who wrote it may take besides.
const AUTHOR_WITHIN: Duration = Duration::from_secs(10);
/// How long a page in a member's profile may take; their others are asked at the same time.
const LINK_WITHIN: Duration = Duration::from_secs(20);
/// Of who follows an author, so many are asked whether they speak with a page's server.
const MOST_FOLLOWERS: i64 = 100;
/// Tries to reach a page for one post; another post with the link begins anew, when its turn has come.
const MOST_TRIES: i64 = 4;
/// How long a page that is none, or says nothing of itself, is left alone: it may be published after its link.
const NONE_MS: i64 = DAY_MS;
/// Twelve hours at most between tries; then a page that is gone costs two requests a day while people link to it.
const MOST_DOUBLINGS: i64 = 30;

/// Looks at the page of which this status shows the card, unless that was done not long ago.
pub async fn fetch(app: &App, community: i64, status_id: i64) -> Outcome {
    match try_fetch(app, community, status_id).await {
        Ok(()) | Err(Error::NotFound | Error::Gone) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_fetch(app: &App, community: i64, status_id: i64) -> Result<()> {
    let Some(url) = store::url_of(&app.db, status_id).await? else {
        return Ok(());
    };
    let known = store::by_url(&app.db, &url).await?;
    let now_ms = app.now_ms();
    let mut through = Vec::new();
    if let Some(known) = known.as_ref().filter(|known| known.again_at > now_ms) {
        if !known.led_away() {
            return Ok(());
        }
        // Whoever goes everywhere it led may see where it leads; others know enough.
        let hosts = known.hosts.split_whitespace().map(Domain::parse);
        through.extend(hosts.filter_map(std::result::Result::ok));
    }
    let status = statuses::load_one(app, status_id).await?;
    // Nobody sees it, but for who is asked: nothing is told of it.
    if status.approval != Approval::Stands || status.author.gone_at.is_some() {
        return Ok(());
    }
    let address = Iri::parse(&url).map_err(|_| Error::NotFound)?;
    through.push(address.domain());
    let Some(asker) = asker(app, community, &status, &through).await? else {
        return Ok(());
    };
    let look = move |html: &str, at: &Iri| read::page(html, at, now_ms).map(Box::new);
    let came = timeout(WITHIN, follow(app, &asker, &address, look))
        .await
        .unwrap_or_else(|_| Err(Error::Elsewhere("took too long".to_owned())));
    let failures = known.as_ref().map_or(0, |known| known.failures);
    let good = known.as_ref().filter(|known| !known.page.is_empty());
    let row = match came {
        Ok(Came::Page { page, hosts }) => CardRow {
            author_id: author(app, &asker, &page, good).await?,
            page: serde_json::to_string(&page)?,
            hosts: hosts.join(" "),
            again_at: now_ms + KEPT_MS,
            failures: 0,
            url,
        },
        Ok(other) => {
            let kept = match other {
                Came::Withheld | Came::LedAway(_) => good.cloned(),
                _ => None,
            };
            let none = || CardRow {
                page: String::new(),
                hosts: match &other {
                    Came::LedAway(hosts) => hosts.join(" "),
                    _ => address.domain().to_string(),
                },
                author_id: None,
                again_at: 0,
                failures: 0,
                url,
            };
            CardRow {
                again_at: now_ms + NONE_MS,
                failures: 0,
                ..kept.unwrap_or_else(none)
            }
        }
        Err(Error::Elsewhere(why)) => {
            debug!(%url, %why, "a page could not be reached");
            let failures = (failures + 1).min(MOST_DOUBLINGS);
            let seed = u64::from_ne_bytes(status_id.to_ne_bytes());
            let wait_ms = backoff_ms(u32::try_from(failures).unwrap_or(u32::MAX), seed);
            let again_at = now_ms + wait_ms;
            if failures < MOST_TRIES {
                again(app, community, status_id, &address.domain(), again_at).await?;
            }
            // What it said before is not wrong because it rests.
            let was = known.unwrap_or_else(|| CardRow {
                page: String::new(),
                hosts: address.domain().to_string(),
                author_id: None,
                again_at,
                failures,
                url,
            });
            CardRow {
                again_at,
                failures,
                ..was
            }
        }
        Err(why) => return Err(why),
    };
    store::keep(&app.db, &row, now_ms + KEPT_MS).await
}

async fn again(app: &App, community: i64, status: i64, host: &Domain, at_ms: i64) -> Result<()> {
    let job = Job::FetchCard {
        community,
        status,
        domain: host.to_string(),
    };
    let mut tx = comity_db::Tx::new();
    queue::push_at(&mut tx, app, &job, at_ms)?;
    app.commit(tx).await?;
    Ok(())
}

/// In whose name a page is asked for.
struct Asker {
    person: Person,
    community: Arc<Community>,
}

/// Somebody who reads this status and refuses none of these hosts: of a post from here its author, of others one of those who
/// follow the author, and where nobody does the community that it came to. A server that all of them refuse hears nothing.
async fn asker(
    app: &App,
    community: i64,
    status: &Status,
    hosts: &[Domain],
) -> Result<Option<Asker>> {
    let people = if status.author.is_local() {
        vec![status.author.person()]
    } else {
        let ids = store::followers_here(&app.db, status.author.id, MOST_FOLLOWERS).await?;
        let followers = accounts::find_many(app, ids).await?;
        let mut people: Vec<Person> = followers.values().map(|account| account.person()).collect();
        // Those of the community that it came to first.
        people.sort_by_key(|person| {
            let here = person.community.is_some_and(|lives| lives.0 == community);
            (!here, person.id)
        });
        if people.is_empty() {
            people.extend(voice(app, community).await?);
        }
        people
    };
    let heard = heard(app, &people, &hosts.iter().collect()).await?;
    let mut each = people.into_iter().zip(heard);
    let willing = each.find(|(_, heard)| hosts.iter().all(|host| heard.contains(host)));
    let Some((person, _)) = willing else {
        return Ok(None);
    };
    let lives = person.community.map_or(community, |lives| lives.0);
    let community = app.communities.load().by_id(lives);
    Ok(community.map(|community| Asker { person, community }))
}

/// Whether the page at this address links back to one of these profiles of a member (see [`read::leads_to`]), asked in their
/// name. A page on another domain that the address leads to says nothing for it: many sites lead wherever an address tells them
/// to. *Elsewhere* where it could not be reached now, *not found* where a rule of theirs, or one above them, stands against
/// asking.
pub(crate) async fn leads_back(
    app: &App,
    member: &Account,
    address: &Iri,
    profiles: Vec<String>,
) -> Result<bool> {
    let lives = member.community_id.ok_or(Error::NotFound)?;
    let community = app.communities.load().by_id(lives);
    let asker = Asker {
        person: member.person(),
        community: community.ok_or(Error::NotFound)?,
    };
    let look = move |html: &str, at: &Iri| Some(read::leads_to(html, at, &profiles));
    let came = timeout(LINK_WITHIN, follow(app, &asker, address, look)).await;
    let came = came.unwrap_or_else(|_| Err(Error::Elsewhere("took too long".to_owned())))?;
    match came {
        Came::Page { page, hosts } => Ok(page && is_one_site(&hosts)),
        Came::Nothing => Ok(false),
        Came::Withheld => Err(Error::Elsewhere("is not had now".to_owned())),
        Came::LedAway(_) => Err(Error::NotFound),
    }
}

/// Whether these are one domain, be it with or without `www.`.
fn is_one_site(hosts: &[String]) -> bool {
    let mut sites = hosts
        .iter()
        .map(|host| host.strip_prefix("www.").unwrap_or(host));
    let first = sites.next();
    sites.all(|site| Some(site) == first)
}

/// What came of asking for a page.
enum Came<T> {
    /// This was seen in it, and these domains had a part in it.
    Page { page: T, hosts: Vec<String> },
    /// There is none, or nothing was seen in it.
    Nothing,
    /// Its server does not let us have it now; whatever it may have said before.
    Withheld,
    /// It leads, by these domains, to the last of them, where whoever asks does not go.
    LedAway(Vec<String>),
}

/// Looks at the page at this address.
async fn follow<T: Send + 'static>(
    app: &App,
    asker: &Asker,
    address: &Iri,
    look: impl FnOnce(&str, &Iri) -> Option<T> + Send + 'static,
) -> Result<Came<T>> {
    let mut next = address.clone();
    let mut hosts: Vec<String> = Vec::new();
    loop {
        let host = next.domain();
        let heard = heard(
            app,
            std::slice::from_ref(&asker.person),
            &HashSet::from([&host]),
        )
        .await?;
        let permit = if heard.iter().all(|heard| heard.contains(&host)) {
            let asked = app
                .gate
                .permit(asker.community.policy_id(), &host, Contact::Fetch);
            asked.await?.ok()
        } else {
            None
        };
        hosts.push(host.to_string());
        let Some(permit) = permit else {
            // A rule of theirs: others may have it.
            if hosts.len() == 1 {
                return Err(Error::NotFound);
            }
            return Ok(Came::LedAway(hosts));
        };
        match app.wire.fetch_page(permit, &next).await {
            Ok(FetchedPage::Page {
                address,
                bytes,
                charset,
            }) => {
                // Looking through a megabyte takes as long as a request.
                let reading = tokio::task::spawn_blocking(move || {
                    let html = charset::text(&bytes, charset.as_deref());
                    look(&html, &address)
                });
                let page = reading
                    .await
                    .map_err(|_| Error::internal("a page was not read"))?;
                let came = |page| Came::Page { page, hosts };
                return Ok(page.map_or(Came::Nothing, came));
            }
            Ok(FetchedPage::Moved(to)) if hosts.len() <= MOST_MOVES => next = to,
            Ok(FetchedPage::Moved(_) | FetchedPage::NoPage) => return Ok(Came::Nothing),
            Err(WireError::Retry { why, .. }) => return Err(Error::Elsewhere(why)),
            Err(
                why @ (WireError::Gone
                | WireError::GiveUp {
                    status: Some(404), ..
                }),
            ) => {
                debug!(address = %next, %why, "there is no page");
                return Ok(Came::Nothing);
            }
            Err(why) => {
                debug!(address = %next, %why, "a page could not be had");
                return Ok(Came::Withheld);
            }
        }
    }
}

/// The account that a page names as who wrote it. Whether they say so too is asked each time the card is shown. Somebody who is
/// not known here is looked up the first time that the page is read, few of those that one host names, and kept only where they
/// list the site; of a page that was read `before`, nobody is looked up.
async fn author(
    app: &App,
    asker: &Asker,
    page: &Page,
    before: Option<&CardRow>,
) -> Result<Option<i64>> {
    let Some(handle) = page.creator.as_deref() else {
        return Ok(None);
    };
    let Ok(handle) = Handle::parse(handle.trim()) else {
        return Ok(None);
    };
    let Some(domain) = &handle.domain else {
        return Ok(None);
    };
    let heard = heard(
        app,
        std::slice::from_ref(&asker.person),
        &HashSet::from([domain]),
    )
    .await?;
    let is_ours = app.communities.load().by_domain(domain).is_some();
    if !is_ours && !heard.iter().all(|heard| heard.contains(domain)) {
        return Ok(None);
    }
    let count = || {
        if before.is_some() {
            return Err(Error::NotFound);
        }
        app.limits.check(Kind::Author, &page.host)
    };
    let Ok(site) = Domain::parse(&page.host) else {
        return Ok(None);
    };
    let found = Box::pin(resolve::author(
        app,
        &asker.community,
        &handle,
        &site,
        count,
    ));
    match timeout(AUTHOR_WITHIN, found).await {
        Ok(found) => Ok(found.ok().map(|account| account.id)),
        Err(_) => Ok(None),
    }
}
