//! Reach: whom a post would reach, before it is sent ([`preview`]), and where what a member wrote or shared went and was
//! kept from, after. This is the ledger. Its author reads it; a Delete and the end of a boost go to exactly the servers in it (boundaries L04, L38).

pub mod api;
mod ask;
mod fetches;
mod preview;
mod store;
pub mod web;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use comity_db::Tx;
use comity_policy::{Because, Party, RuleId, Visible, Way};
use comity_vocab::{Domain, Iri};

pub use ask::{Asking, Offer, ask_for_one};
pub(crate) use ask::{ask_back, asked_by, asks_at, offer_of, offers, promise};
pub use fetches::Fetches;
pub use preview::preview;

use crate::accounts::{Account, stored_domain, stored_iri};
use crate::app::App;
use crate::error::{Error, Result};
use crate::statuses::{self, Status};

/// Servers on one page of the ledger.
const PAGE: i64 = 200;

/// These deliveries arrived. In the transaction that ends them, before they are gone from it.
pub(crate) fn note_delivered(tx: &mut Tx, delivery_ids: Vec<i64>, now_ms: i64) {
    if !delivery_ids.is_empty() {
        store::asked::arrived(tx, delivery_ids.clone(), now_ms);
        store::delivered(tx, delivery_ids, now_ms);
    }
}

/// Whoever signed a request gets this status as the answer. Costs a read nothing as long as there is room for the line
/// (see `fetches`).
pub(crate) async fn note_fetched(
    app: &App,
    viewer: &Party,
    status: &Visible<Status>,
) -> Result<()> {
    let domain = match viewer {
        Party::Account(person) => &person.domain,
        Party::Instance(domain) => domain,
        _ => return Ok(()),
    };
    if !status.author.is_local() {
        return Ok(());
    }
    fetches::note(app, status.id, domain).await
}

/// Writes down what is still to be written down: the last thing a node does.
pub(crate) async fn settle(app: &App) -> Result<()> {
    fetches::write(app).await
}

/// These servers were not to have a status, for reasons that its author may hear ([`rules::own_reason`]).
pub(crate) fn note_refused(
    tx: &mut Tx,
    status_id: i64,
    refused: &BTreeMap<Domain, Because>,
    now_ms: i64,
) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let rows: Vec<(&str, &str, Option<i64>)> = refused
        .iter()
        .map(|(domain, because)| {
            let (word, rule) = match because {
                Because::Rule(RuleId(id)) | Because::Limited(RuleId(id)) => ("rule", Some(*id)),
                Because::Mode(..) => ("mode", None),
                Because::OwnMode(..) => ("own_mode", None),
                Because::EmergencyGate(_) => ("gate", None),
                Because::KeptFrom => ("kept_from", None),
                Because::Block { .. } => ("own_block", None),
                _ => return Err(Error::internal(format!("{because:?} is not for a ledger"))),
            };
            Ok((domain.as_str(), word, rule))
        })
        .collect::<Result<_>>()?;
    store::refused(tx, status_id, &rows, now_ms)
}

/// This server came for a status and did not get it, for a reason that its author may hear ([`rules::own_reason`]). As
/// many are kept as stand on a page.
pub(crate) async fn note_unshown(
    app: &App,
    status_id: i64,
    server: Domain,
    because: Because,
) -> Result<()> {
    // Anybody has as many names as they like.
    if store::count_refused(&app.db, status_id, PAGE).await? >= PAGE {
        return Ok(());
    }
    let mut tx = Tx::new();
    let refused = BTreeMap::from([(server, because)]);
    note_refused(&mut tx, status_id, &refused, app.now_ms())?;
    app.commit(tx).await?;
    Ok(())
}

/// Whether it was written down where this status went: older ones than the ledger have no place in it.
pub(crate) async fn is_known(app: &App, status_id: i64) -> Result<bool> {
    Ok(status_id > store::began_after(&app.db).await?)
}

/// Every inbox through which a status is taken back: where it arrived, where it may be arriving in this moment, and one
/// of each server that came for it.
pub(crate) async fn arrived_at(app: &App, status_id: i64) -> Result<Vec<Iri>> {
    // What is settled between the two questions is in both answers.
    let unsettled = store::unsettled(&app.db, status_id).await?;
    fetches::write(app).await?;
    let arrived = store::arrived(&app.db, status_id).await?;
    let mut inboxes = BTreeSet::new();
    let mut served: HashSet<String> = HashSet::new();
    let mut asked = Vec::new();
    for (domain, inbox) in unsettled.into_iter().chain(arrived) {
        if inbox.is_empty() {
            asked.push(domain);
        } else {
            inboxes.insert(stored_iri(&inbox)?);
            served.insert(domain);
        }
    }
    for domain in asked.into_iter().filter(|domain| !served.contains(domain)) {
        inboxes.extend(inbox_of(app, &domain).await?);
    }
    Ok(inboxes.into_iter().collect())
}

/// An inbox of a server that came for something; `None` where nobody there is known.
async fn inbox_of(app: &App, domain: &str) -> Result<Option<Iri>> {
    let Some((own, shared)) = store::inbox_at(&app.db, domain).await? else {
        return Ok(None);
    };
    let inbox = stored_iri(shared.as_deref().unwrap_or(&own))?;
    // As with every delivery: an inbox on another host was not cleared with its owner.
    Ok(Some(if inbox.domain().as_str() == domain {
        inbox
    } else {
        stored_iri(&own)?
    }))
}

/// The end of a status goes out in this transaction. Nothing is known of it any more, and what arrives late is left
/// out.
pub(crate) fn end(tx: &mut Tx, status_id: i64, now_ms: i64) {
    store::end(tx, status_id, now_ms);
}

/// A status goes, and the boosts of it go without a word.
pub(crate) fn forget_reblogs(tx: &mut Tx, status_id: i64) {
    store::forget_reblogs(tx, status_id);
}

/// How it came to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// We sent it.
    Sent,
    /// They came for it.
    Fetched,
}

/// A server that has it.
#[derive(Debug)]
pub struct Arrival {
    /// Which.
    pub server: Domain,
    /// How.
    pub by: Means,
    /// The first time, in unix milliseconds.
    pub first_at: i64,
    /// The last time.
    pub last_at: i64,
}

/// That a server was asked to delete its copy, while the status stays.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// When last, in unix milliseconds.
    pub at: i64,
    /// When it took that; whether it did as asked, nobody here can know.
    pub arrived_at: Option<i64>,
}

/// What kept it from a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// This rule.
    Rule(RuleId),
    /// The community's answer to servers it has no rule for.
    Mode,
    /// The author blocks the people there whom it was for.
    OwnBlock,
    /// The author's own answer to servers that no rule of theirs names.
    OwnMode,
    /// The emergency gate of the community was closed.
    Gate,
    /// The author kept this one post from them.
    KeptFrom,
}

/// A server that was not to have it.
#[derive(Debug)]
pub struct Refused {
    /// Which.
    pub server: Domain,
    /// Why.
    pub kept: Kept,
    /// When last.
    pub last_at: i64,
}

/// Where a status went.
#[derive(Debug)]
pub struct Reach {
    /// How many servers we sent it to.
    pub sent: i64,
    /// How many came for it.
    pub fetched: i64,
    /// Servers that have it, by name.
    pub arrivals: Vec<Arrival>,
    /// Servers that were not to have it, by name.
    pub refused: Vec<Refused>,
    /// Of those that have it, which were asked to delete it.
    pub asked: HashMap<Domain, Asked>,
    /// There are more servers that have it after this one.
    pub more_after: Option<Domain>,
}

/// How many servers a status was sent to, was fetched by and was kept from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// We sent it.
    pub sent: i64,
    /// They came for it.
    pub fetched: i64,
    /// They were not to have it.
    pub refused: i64,
}

/// How far a status of one's own went, in numbers.
pub async fn counts(app: &App, status_id: i64) -> Result<Counts> {
    fetches::write(app).await?;
    let mut counts = Counts::default();
    for (way, servers) in store::counts(&app.db, status_id).await? {
        match way.as_str() {
            "delivered" => counts.sent = servers,
            "fetched" => counts.fetched = servers,
            "refused" => counts.refused = servers,
            _ => {}
        }
    }
    Ok(counts)
}

/// The status and where it went, for its author and for nobody else. `after` is the last server of the page before.
pub async fn of(
    app: &App,
    author: &Account,
    status_id: i64,
    after: &str,
) -> Result<(Visible<Status>, Reach)> {
    let party = Party::Member(author.person());
    let status = statuses::find(app, &party, Way::Page, status_id).await?;
    if status.author.id != author.id || status.reblog_of.is_some() {
        return Err(Error::NotFound);
    }
    let counts = counts(app, status_id).await?;
    let servers = |way| store::servers(&app.db, status_id, way, after, PAGE);
    let mut arrivals = Vec::new();
    let mut last = None;
    for (by, way) in [(Means::Sent, "delivered"), (Means::Fetched, "fetched")] {
        let rows = servers(way).await?;
        // A full page may end earlier in the alphabet than the other one.
        if i64::try_from(rows.len()).is_ok_and(|len| len == PAGE) {
            let end = rows.last().map(|row| row.domain.clone());
            last = match (last, end) {
                (Some(one), Some(other)) => Some(std::cmp::min::<String>(one, other)),
                (one, other) => one.or(other),
            };
        }
        for row in rows {
            arrivals.push(Arrival {
                server: stored_domain(&row.domain)?,
                by,
                first_at: row.first_at,
                last_at: row.last_at,
            });
        }
    }
    if let Some(last) = &last {
        arrivals.retain(|arrival| arrival.server.as_str() <= last.as_str());
    }
    arrivals.sort_by(|one, other| one.server.as_str().cmp(other.server.as_str()));
    let mut refused = Vec::new();
    for row in store::servers(&app.db, status_id, "refused", "", PAGE).await? {
        refused.push(Refused {
            server: stored_domain(&row.domain)?,
            kept: match (row.because.as_str(), row.rule_id) {
                ("rule", Some(id)) => Kept::Rule(RuleId(id)),
                ("mode", _) => Kept::Mode,
                ("own_mode", _) => Kept::OwnMode,
                ("gate", _) => Kept::Gate,
                ("kept_from", _) => Kept::KeptFrom,
                ("own_block", _) => Kept::OwnBlock,
                // Written down before it was left out: who else holds what against whom is their own business.
                _ => continue,
            },
            last_at: row.last_at,
        });
    }
    // Only who has it was asked: not more than the two pages of those.
    let mut asked = HashMap::new();
    for row in store::asked::asked_of(&app.db, status_id, after, 2 * PAGE).await? {
        let told = Asked {
            at: row.asked_at,
            arrived_at: row.arrived_at,
        };
        asked.insert(stored_domain(&row.domain)?, told);
    }
    let reach = Reach {
        sent: counts.sent,
        fetched: counts.fetched,
        arrivals,
        refused,
        asked,
        more_after: last.map(|last| stored_domain(&last)).transpose()?,
    };
    Ok((status, reach))
}
