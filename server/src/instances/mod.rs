//! What we know of other servers: whether they answer, how they sign, and what they run.
//!
//! A server gets a row when we first hear from it or first fail to reach it. What it runs is asked for then, and again
//! a week later when it is still around; nothing here is believed for anything but telling people.

mod store;

pub use store::count;

use comity_db::{Db, Tx};
use comity_policy::{CommunityId, Contact, Peer, Version};
use comity_vocab::{Domain, Iri, nodeinfo};
use comity_wire::{FetchedJson, Scheme};
use tracing::{debug, info};

use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::queue::{self, Job, Outcome};

/// How long it is believed what a server says it runs.
const LEARN_AGAIN_MS: i64 = 7 * DAY_MS;

/// How a server answers deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Health {
    /// Failures in a row.
    pub failures: i64,
    /// Unix milliseconds of the first of them.
    pub failing_since: i64,
    /// Until when it is left alone; unix milliseconds.
    pub retry_at: i64,
}

/// What a server says it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// In lower case.
    pub name: String,
    /// As told.
    pub version: String,
}

/// What this server says it runs, if it was ever heard.
pub async fn software(app: &App, domain: &Domain) -> Result<Option<Software>> {
    let row = store::software(&app.db, domain.as_str()).await?;
    Ok(row.and_then(|(name, version)| {
        Some(Software {
            name: name?,
            version: version.unwrap_or_default(),
        })
    }))
}

/// Every server that was met, by name.
pub async fn known(app: &App) -> Result<Vec<String>> {
    store::known(&app.db).await
}

/// What is known of these servers, as rules ask for it. Those that were never heard of are left out.
pub async fn peers(db: &Db, domains: &[Domain], now_ms: i64) -> Result<Vec<(Domain, Peer)>> {
    let names = domains.iter().map(|domain| domain.as_str().to_owned());
    let mut known = Vec::with_capacity(domains.len());
    for row in store::peers(db, names.collect()).await? {
        let days = (now_ms - row.first_seen_at).max(0) / DAY_MS;
        let peer = Peer {
            known_days: Some(u32::try_from(days).unwrap_or(u32::MAX)),
            software: row.software.map(|name| name.to_lowercase()),
            version: row.version.as_deref().and_then(Version::parse),
        };
        known.push((accounts::stored_domain(&row.domain)?, peer));
    }
    Ok(known)
}

/// Servers that fail now, with how long they have.
pub(crate) async fn failing(app: &App) -> Result<Vec<(Domain, Health)>> {
    let rows = store::failing(&app.db).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(domain, failures, failing_since, retry_at)| {
            let domain = Domain::parse(&domain).ok()?;
            Some((
                domain,
                Health {
                    failures,
                    failing_since: failing_since.unwrap_or(retry_at),
                    retry_at,
                },
            ))
        })
        .collect())
}

/// Writes down that a delivery failed.
pub(crate) fn save_health(tx: &mut Tx, domain: &Domain, health: &Health, now_ms: i64) {
    store::save_health(tx, domain.as_str(), health, now_ms);
}

/// Writes down that a server answers again.
pub(crate) fn save_recovery(tx: &mut Tx, domain: &Domain) {
    store::save_recovery(tx, domain.as_str());
}

/// Writes down which signatures a server takes.
pub(crate) fn save_scheme(tx: &mut Tx, domain: &Domain, scheme: Scheme, now_ms: i64) {
    store::save_scheme(tx, domain.as_str(), scheme.as_str(), now_ms);
}

/// Tells the wire which signatures servers took before the last restart.
pub(crate) async fn recall_schemes(app: &App) -> Result<()> {
    for (domain, scheme) in store::schemes(&app.db).await? {
        if let (Ok(domain), Some(scheme)) = (Domain::parse(&domain), Scheme::parse(&scheme)) {
            app.wire.remember_scheme(&domain, scheme);
        }
    }
    Ok(())
}

/// A server proved by its signature that it is there: it is met, and whatever it failed before is over. Costs nothing
/// most of the time.
pub(crate) async fn heard_from(app: &App, community: i64, domain: &Domain) -> Result<()> {
    let mut tx = Tx::new();
    let recovered = app.hosts.note_success(&mut tx, domain);
    if recovered {
        let _ = app.db.write(tx).await?;
        info!(%domain, "a host that failed was heard from");
        app.wake.ring_deliveries();
    }
    if app.hosts.meet(domain) {
        let now_ms = app.now_ms();
        if store::meet(&app.db, domain.as_str(), now_ms, now_ms - LEARN_AGAIN_MS).await? {
            queue::push_now(
                app,
                &Job::FetchNodeInfo {
                    community,
                    domain: domain.as_str().to_owned(),
                },
            )
            .await?;
        }
    }
    Ok(())
}

/// The job: asks a server what it runs. One try a week is enough.
pub(crate) async fn learn(app: &App, community: i64, domain: &str) -> Outcome {
    let Ok(domain) = Domain::parse(domain) else {
        return Outcome::Abandon {
            why: format!("{domain} is not a domain"),
        };
    };
    match ask(app, CommunityId(community), &domain).await {
        Ok(software) => {
            match store::save_software(&app.db, domain.as_str(), &software.name, &software.version)
                .await
            {
                Ok(()) => Outcome::Done,
                Err(error) => error.into(),
            }
        }
        Err(why) => {
            debug!(%domain, %why, "a server does not say what it runs");
            Outcome::Done
        }
    }
}

async fn ask(app: &App, by: CommunityId, domain: &Domain) -> Result<nodeinfo::Software> {
    let list = app.wire.nodeinfo_address(domain)?;
    let document = nodeinfo::read_links(&get(app, by, &list).await?)?;
    // A document elsewhere says nothing about this host.
    if document.domain() != *domain {
        return Err(Error::Elsewhere(format!("{document} is not on {domain}")));
    }
    Ok(nodeinfo::read(&get(app, by, &document).await?)?)
}

async fn get(app: &App, by: CommunityId, iri: &Iri) -> Result<Vec<u8>> {
    let permitted = app.gate.permit(by, &iri.domain(), Contact::Fetch).await??;
    match app.wire.fetch_json(permitted, iri, app.now_ms()).await {
        Ok(FetchedJson::Json { bytes, .. }) => Ok(bytes),
        Ok(FetchedJson::Moved(to)) => Err(Error::Elsewhere(format!("{iri} moved to {to}"))),
        Err(error) => Err(Error::Elsewhere(error.to_string())),
    }
}
