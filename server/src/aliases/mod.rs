//! Aliases: which server hands on what it was given (boundaries L18).
//!
//! A server that we do not know for long gets, with each post that it reads, an address of the answers which it alone
//! was ever told: a *canary*. Whoever else asks for that address has it from there. That is written down for the
//! moderators, and nothing more: a canary opens nothing and closes nothing, and the answer to it is the same whether we
//! know it or not. What is kept is which server asked, and never for whom, nor from where.

pub mod command;
mod store;
pub mod web;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use comity_db::Db;
use comity_policy::{Act, Exchange, Party, Thing, Way};
use comity_vocab::{Domain, Iri};
use http::request::Parts;
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use crate::accounts::{self, stored_domain, stored_iri};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::Result;
use crate::http::token::Token;
use crate::web::time;
use crate::{inbox, instances};
use store::SightingRow;

/// Letters of a canary, six bits each: nobody guesses one.
const LETTERS: usize = 22;
/// Servers of one community that have one. Where there are so many, a new one takes the place of the oldest that was not
/// given for [`LAID_BY_MS`] and that nobody else asked with: a flood of new names makes no more rows, and pushes out nobody
/// who reads here and nothing that was seen.
const MOST_CANARIES: i64 = 20_000;
/// After this time a canary may make place for another. One that is in use is given again within it.
const LAID_BY_MS: i64 = 2 * DAY_MS;
/// Servers that are written down for one canary, of those that proved who they are and of those that only said so: whoever
/// has one can name anybody.
const MOST_SIGHTINGS: i64 = 50;
/// Sightings shown and listed: those that are proved first, of each kind the newest.
const MOST_SHOWN: i64 = 200;
/// How long a canary is known after it was last given, and a sighting after it was last made.
const KEPT_DAYS: i64 = 180;
/// Within this time the same server counts once: asking often must not cost us a write each time.
const ONCE_IN_MS: i64 = 60_000;
/// Look-ups at the same time. What comes beyond is not written down: it is a flood, and the first of it were.
const MOST_AT_ONCE: usize = 8;

/// What keeps a flood of canaries from the database.
pub struct Watch(Arc<Semaphore>);

impl Default for Watch {
    fn default() -> Watch {
        Watch(Arc::new(Semaphore::new(MOST_AT_ONCE)))
    }
}

/// A word that one server was given, or what looks like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary(String);

impl Canary {
    /// What an address was asked with. `None` for what cannot be one: it is answered as if nothing were there.
    pub fn read(text: Option<&str>) -> Option<Canary> {
        let text = text?;
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (text.len() == LETTERS && text.bytes().all(is_letter)).then(|| Canary(text.to_owned()))
    }

    fn random() -> Result<Canary> {
        let mut text = Token::random()?.reveal();
        text.truncate(LETTERS);
        Ok(Canary(text))
    }
}

/// This address with the canary in it, or as it is.
pub fn with(address: &Iri, canary: Option<&Canary>) -> Result<Iri> {
    let Some(Canary(text)) = canary else {
        return Ok(address.clone());
    };
    let before = if address.query().is_some() { '&' } else { '?' };
    stored_iri(&format!("{address}{before}given={text}"))
}

/// What this viewer gets in its documents: a canary of its own, if its server is new to us. New means what it means where
/// a community is cautious: known for fewer days than it trusts after.
pub async fn of_viewer(app: &App, community: &Community, viewer: &Party) -> Result<Option<Canary>> {
    let Some(host) = viewer.domain() else {
        return Ok(None);
    };
    if is_ours(app, host) {
        return Ok(None);
    }
    let now_ms = app.now_ms();
    let peers = instances::peers(&app.db, std::slice::from_ref(host), now_ms).await?;
    let known_days = peers.first().and_then(|(_, peer)| peer.known_days);
    if known_days.is_some_and(|days| days >= u32::from(community.trust_after_days)) {
        return Ok(None);
    }
    let domain = host.registrable();
    if let Some((token, given_at)) = store::canary_of(&app.db, community.id, domain).await? {
        if given_at <= now_ms - DAY_MS {
            store::given(&app.db, &token, now_ms).await?;
        }
        return Ok(Some(Canary(token)));
    }
    // Read first, so that a request where there is no place for more writes nothing.
    let mut instead_of = None;
    if store::are_as_many(&app.db, community.id, MOST_CANARIES).await? {
        instead_of = store::laid_by(&app.db, community.id, now_ms - LAID_BY_MS).await?;
        if instead_of.is_none() {
            return Ok(None);
        }
    }
    let new = Canary::random()?;
    let made = store::NewCanary {
        token: &new.0,
        community_id: community.id,
        host,
        now_ms,
    };
    store::make(&app.db, &made, instead_of, MOST_CANARIES).await?;
    // Another request may have been quicker, and where there are enough there is none.
    let made = store::canary_of(&app.db, community.id, domain).await?;
    Ok(made.map(|(token, _)| Canary(token)))
}

/// Looks at who asked with a canary, beside the answer and not before it. `asked` is what came of the question who that
/// is; where it was not answered, whom the request claims to be from counts as said and not proved.
pub fn watch(
    app: &App,
    community: &Arc<Community>,
    parts: &Parts,
    canary: Option<&Canary>,
    asked: &Result<Party>,
) {
    let Some(canary) = canary.cloned() else {
        return;
    };
    let proved = asked
        .as_ref()
        .ok()
        .and_then(|viewer| viewer.domain().cloned());
    // Who names nobody takes no turn of those who do.
    if proved.is_none() && !inbox::claims(app, community, parts) {
        return;
    }
    let Ok(turn) = app.watch.0.clone().try_acquire_owned() else {
        debug!("too many ask with canaries at once; this one is not looked at");
        return;
    };
    let (app, community, parts) = (app.clone(), community.clone(), parts.clone());
    tokio::spawn(async move {
        let _turn = turn;
        let by = match proved {
            Some(host) => Ok(Some((host, true))),
            None => inbox::claimed(&app, &community, &parts).await,
        };
        let came = match by {
            Ok(Some((host, proved))) => sight(&app, &community, &canary, &host, proved).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = came {
            warn!(%error, "could not write down who asked with a canary");
        }
    });
}

async fn sight(
    app: &App,
    community: &Community,
    canary: &Canary,
    host: &Domain,
    proved: bool,
) -> Result<()> {
    let Some(owner) = store::owner_of(&app.db, community.id, &canary.0).await? else {
        return Ok(());
    };
    // A server below the same name is the same operator, as far as anybody can tell.
    if owner == host.registrable() || is_ours(app, host) {
        return Ok(());
    }
    let now_ms = app.now_ms();
    let before = store::sighting(&app.db, &canary.0, host.registrable()).await?;
    if before.is_some_and(|(at, was_proved)| at > now_ms - ONCE_IN_MS && (was_proved || !proved)) {
        return Ok(());
    }
    if before.is_none() {
        tracing::info!(given_to = %owner, asked_by = %host, proved, "a server asked for what another alone was given");
    }
    let new = store::NewSighting {
        id: app.next_id(),
        token: &canary.0,
        host,
        proved,
        now_ms,
    };
    store::sight(&app.db, &new, MOST_SIGHTINGS).await
}

/// Whether it is a server of this installation.
fn is_ours(app: &App, host: &Domain) -> bool {
    let communities = app.communities.load();
    communities
        .all()
        .any(|community| community.domain.host() == host.host())
}

/// That one server asked for what another alone was given.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Its number.
    pub id: i64,
    /// Whose canary it was: the name that somebody registered.
    pub given_to: Domain,
    /// Who asked with it, by the server that did it last.
    pub asked_by: Domain,
    /// By a signature. Otherwise somebody said so who had the canary.
    pub proved: bool,
    /// Unix milliseconds.
    pub first_at: i64,
    /// Unix milliseconds.
    pub last_at: i64,
    /// In how many minutes.
    pub times: i64,
    /// The community does not speak with who asked.
    pub refuses_asker: bool,
    /// Nor with whom it was given to, by now.
    pub refuses_given: bool,
}

impl Sighting {
    /// Whether somebody asked whom the community refuses. What nobody proved says that of nobody: who has a canary can name
    /// whom they like, and would make a server look bad that did nothing.
    pub fn is_refused(&self) -> bool {
        self.proved && self.refuses_asker
    }

    /// What is written into a rule about the first server, for moderators.
    fn evidence(&self) -> String {
        let asked_by = &self.asked_by;
        let asked = if self.proved {
            format!("{asked_by} asked for it (signed)")
        } else {
            format!("somebody who named {asked_by}, without proof, asked for it")
        };
        format!(
            "{} was given an address that only it knew, and {asked}, first on {}, last on {}. One person with an account \
             there may have passed it on.",
            self.given_to,
            time::iso(self.first_at),
            time::iso(self.last_at)
        )
    }
}

/// What was seen of a community's canaries: first where somebody proved to be whom it refuses, then what else is proved,
/// then the rest, the newest first.
pub async fn sightings(app: &App, community: &Community) -> Result<Vec<Sighting>> {
    let rows = store::newest(&app.db, community.id, MOST_SHOWN).await?;
    let mut seen = read(app, community, rows).await?;
    seen.sort_by_key(|one| !one.is_refused());
    Ok(seen)
}

/// About whom a rule may be because of what was seen, and what is written into it as evidence; `None` where the community
/// saw no such thing.
pub async fn grounds(
    app: &App,
    community: &Community,
    sighting: i64,
) -> Result<Option<(Domain, String)>> {
    let row = store::seen(&app.db, community.id, sighting).await?;
    let seen = read(app, community, row.into_iter().collect()).await?.pop();
    Ok(seen.map(|seen| (seen.given_to.clone(), seen.evidence())))
}

async fn read(app: &App, community: &Community, rows: Vec<SightingRow>) -> Result<Vec<Sighting>> {
    let hosts = rows.iter().flat_map(|row| [&row.host, &row.given_host]);
    let refused = refused(app, community, hosts).await?;
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        seen.push(Sighting {
            id: row.id,
            refuses_asker: refused.contains(&row.host),
            refuses_given: refused.contains(&row.given_host),
            given_to: stored_domain(&row.given_to)?,
            asked_by: stored_domain(&row.host)?,
            proved: row.proved,
            first_at: row.first_at,
            last_at: row.last_at,
            times: row.times,
        });
    }
    Ok(seen)
}

/// With which of these servers the community does not speak, by one look at the rules.
async fn refused(
    app: &App,
    community: &Community,
    hosts: impl Iterator<Item = &String>,
) -> Result<HashSet<String>> {
    let mut parties = BTreeMap::new();
    for host in hosts {
        parties.insert(host.clone(), Party::Instance(stored_domain(host)?));
    }
    let face = accounts::find(app, community.actor_id).await?;
    let thing = Thing::of(face.person());
    let exchanges: Vec<Exchange<'_>> = parties
        .values()
        .map(|party| Exchange {
            party,
            act: Act::Contact,
            way: Way::Fetch,
            thing: &thing,
        })
        .collect();
    let answers = app
        .gate
        .judge_by(&[&*app.gate.book()], &exchanges)
        .await?
        .pop()
        .unwrap_or_default();
    Ok(parties
        .into_keys()
        .zip(answers)
        .filter(|(_, verdict)| !verdict.is_allowed())
        .map(|(host, _)| host)
        .collect())
}

/// Forgets what nobody asked with for long, and canaries that were not given for as long.
pub(crate) async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    store::forget_old(db, now_ms - KEPT_DAYS * DAY_MS, most).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_letters_in_an_address_and_nothing_else_is_one() {
        let canary = Canary::random().unwrap();
        assert_eq!(Canary::read(Some(&canary.0)), Some(canary.clone()));
        assert_ne!(Canary::random().unwrap(), canary);
        for wrong in [
            "",
            "short",
            &format!("{}x", canary.0),
            "<script>aaaaaaaaaaaaaa",
            "ääääääääääa",
        ] {
            assert_eq!(Canary::read(Some(wrong)), None, "{wrong}");
        }
        assert_eq!(Canary::read(None), None);
        let address = Iri::parse("https://harbour.example/users/a/statuses/1/replies").unwrap();
        assert_eq!(with(&address, None).unwrap(), address);
        let once = with(&address, Some(&canary)).unwrap();
        assert_eq!(once.query(), Some(format!("given={}", canary.0).as_str()));
        let page = Iri::parse(&format!("{address}?page=true")).unwrap();
        assert_eq!(
            with(&page, Some(&canary)).unwrap().query(),
            Some(format!("page=true&given={}", canary.0).as_str())
        );
    }
}
