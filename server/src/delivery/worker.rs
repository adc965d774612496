//! Brings deliveries to their hosts: many hosts at once, each in order.

mod one;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use comity_db::Tx;
use comity_policy::Because;
use comity_vocab::Domain;
use comity_wire::Scheme;
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{debug, error, info, warn};

use super::parcel::{self, Parcel};
use super::store::{self, Claim, DeliveryRow};
use crate::app::App;
use crate::error::Result;
use crate::{instances, reach};
use one::{End, Kept, bring_one};

/// Hosts that are brought something at the same time. Each mostly waits for its answer.
const MOST_HOSTS: usize = 192;

/// Deliveries one host gets in one go. More come with the next claim, after other hosts had their turn.
const EACH: i64 = 16;

/// How long claimed deliveries belong to this node.
const LEASE_MS: i64 = 300_000;

/// A lease that ends sooner than this is not used for another request.
const LEASE_MARGIN_MS: i64 = 90_000;

/// How often deliveries of other nodes, and hosts whose rest is over, are looked for.
const POLL: Duration = Duration::from_secs(1);

/// How often other nodes' findings about failing hosts are read.
const REFRESH: Duration = Duration::from_secs(60);

/// How long running requests are waited for at shut-down.
const PATIENCE: Duration = Duration::from_secs(10);

/// An activity that failed so often may be what the host stumbles over: from then on the next one is tried, too, and
/// when that arrives, the stumbling block is dropped.
const SUSPECT_AFTER: i64 = 3;

/// What came of one host's turn.
struct Turn {
    domain: Domain,
    /// Arrived, or not to be sent any more.
    over: Vec<i64>,
    /// Those of them that arrived.
    brought: Vec<i64>,
    /// Those of them that a rule stopped on the way.
    kept: Vec<Kept>,
    /// Not tried.
    back: Vec<i64>,
    /// Tried, and to be tried again.
    failed: Vec<i64>,
    /// Why the turn ended early.
    trouble: Option<Trouble>,
    arrived: bool,
    scheme: Option<Scheme>,
}

/// A failure that may pass.
struct Trouble {
    /// As long as the host asked for.
    after_ms: Option<i64>,
    why: String,
}

/// Brings deliveries until `shutdown` turns true.
pub(crate) async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    let mut turns: JoinSet<Turn> = JoinSet::new();
    let mut refresh = tokio::time::interval(REFRESH);
    let mut after = String::new();

    while !*shutdown.borrow() {
        let room = MOST_HOSTS.saturating_sub(turns.len());
        let mut took = 0;
        // Claims of a few hosts each would cost more than they bring.
        if room >= MOST_HOSTS / 4 {
            took = take(&app, &mut turns, room, &mut after).await;
        }
        let first = if took > 0 {
            turns.try_join_next()
        } else {
            let waiting = room >= MOST_HOSTS / 4;
            tokio::select! {
                turn = turns.join_next(), if !turns.is_empty() => turn,
                () = app.wake.deliveries_rung(), if waiting => None,
                () = tokio::time::sleep(POLL), if waiting => None,
                _ = refresh.tick() => {
                    if let Err(error) = app.hosts.refresh(&app).await {
                        error!(%error, "could not read which hosts fail");
                    }
                    None
                }
                changed = shutdown.changed() => {
                    if changed.is_err() {
                        break; // whoever could have told us to stop is gone
                    }
                    None
                }
            }
        };
        let mut ended = Vec::new();
        collect(first, &mut ended);
        while let Some(next) = turns.try_join_next() {
            collect(Some(next), &mut ended);
        }
        settle(&app, ended).await;
    }

    let mut ended = Vec::new();
    let finish = async {
        while let Some(next) = turns.join_next().await {
            collect(Some(next), &mut ended);
        }
    };
    if tokio::time::timeout(PATIENCE, finish).await.is_err() {
        warn!(
            "some deliveries did not end in time; they will be tried again when their lease ends"
        );
    }
    settle(&app, ended).await;
}

/// Claims deliveries for up to `room` hosts and starts their turns. Returns for how many.
async fn take(app: &App, turns: &mut JoinSet<Turn>, room: usize, after: &mut String) -> usize {
    let now_ms = app.now_ms();
    let claim = Claim {
        now_ms,
        leased_until: now_ms + LEASE_MS,
        hosts: i64::try_from(room).unwrap_or(i64::MAX),
        each: EACH,
        after,
    };
    let rows = match store::claim(&app.db, &claim).await {
        Ok(rows) => rows,
        Err(error) => {
            error!(%error, "could not claim deliveries");
            return 0;
        }
    };
    let mut by_host: BTreeMap<String, Vec<DeliveryRow>> = BTreeMap::new();
    for row in rows {
        by_host.entry(row.domain.clone()).or_default().push(row);
    }
    let hosts = by_host.len();
    // The next claim goes on where this one stopped, so that hosts early in the alphabet are not always first.
    let started_over = after.is_empty();
    *after = match by_host.last_key_value() {
        Some((last, _)) if hosts >= room => last.clone(),
        _ => String::new(),
    };
    if hosts == 0 {
        // Nothing beyond the last host: the next look begins at the first one again, at once.
        return usize::from(!started_over);
    }
    let parcels = Arc::new(prepare(app, by_host.values().flatten()).await);
    for (domain, rows) in by_host {
        let app = app.clone();
        let parcels = parcels.clone();
        turns.spawn(async move {
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            let Ok(domain) = Domain::parse(&domain) else {
                error!(domain, "dropped deliveries to something that is no domain");
                return Turn::new(
                    Domain::parse("invalid").expect("a plain word is a domain"),
                    ids,
                );
            };
            let turn = AssertUnwindSafe(bring(
                &app,
                domain.clone(),
                rows,
                &parcels,
                now_ms + LEASE_MS,
            ))
            .catch_unwind();
            turn.await.unwrap_or_else(|_| {
                error!(%domain, "a delivery panicked; it was dropped with those beside it");
                Turn::new(domain, ids)
            })
        });
    }
    hosts
}

/// The parcels of a batch: each made once, for all hosts that shall have it.
async fn prepare<'a>(
    app: &App,
    rows: impl Iterator<Item = &'a DeliveryRow>,
) -> HashMap<i64, Arc<Parcel>> {
    let mut hosts_of: BTreeMap<i64, HashSet<Domain>> = BTreeMap::new();
    for row in rows {
        if let Ok(domain) = Domain::parse(&row.domain) {
            hosts_of.entry(row.outgoing_id).or_default().insert(domain);
        }
    }
    let mut parcels = HashMap::with_capacity(hosts_of.len());
    for (outgoing_id, hosts) in hosts_of {
        if let Ok(Some(parcel)) = ready(app, outgoing_id, &hosts).await {
            parcels.insert(outgoing_id, parcel);
        }
    }
    parcels
}

/// `Ok(None)`: nothing is to be sent any more. `Err`: could not be found out now.
async fn ready(
    app: &App,
    outgoing_id: i64,
    hosts: &HashSet<Domain>,
) -> Result<Option<Arc<Parcel>>> {
    match parcel::prepare(app, outgoing_id, hosts).await {
        Ok(parcel) => Ok(parcel.map(Arc::new)),
        Err(error) => {
            error!(outgoing_id, %error, "could not prepare an activity");
            Err(error)
        }
    }
}

impl Turn {
    fn new(domain: Domain, over: Vec<i64>) -> Turn {
        Turn {
            domain,
            over,
            brought: Vec::new(),
            kept: Vec::new(),
            back: Vec::new(),
            failed: Vec::new(),
            trouble: None,
            arrived: false,
            scheme: None,
        }
    }
}

/// One host's turn: its deliveries one after the other, until one fails in a way that may pass.
async fn bring(
    app: &App,
    domain: Domain,
    rows: Vec<DeliveryRow>,
    parcels: &HashMap<i64, Arc<Parcel>>,
    leased_until: i64,
) -> Turn {
    let scheme_before = app.wire.scheme_of(&domain);
    let mut turn = Turn::new(domain, Vec::new());
    let mut suspects: Vec<i64> = Vec::new();
    for row in rows {
        if turn.trouble.is_some() || leased_until - app.now_ms() < LEASE_MARGIN_MS {
            turn.back.push(row.id);
            continue;
        }
        match bring_one(app, &turn.domain, &row, parcels.get(&row.outgoing_id)).await {
            End::Arrived => {
                turn.arrived = true;
                turn.brought.push(row.id);
                turn.over.push(row.id);
            }
            End::Dropped => turn.over.push(row.id),
            End::Kept(kept) => {
                turn.kept.push(kept);
                turn.over.push(row.id);
            }
            End::Later => turn.back.push(row.id),
            End::Failed { why, .. } if row.attempts >= SUSPECT_AFTER && suspects.is_empty() => {
                debug!(domain = %turn.domain, id = row.id, %why, "a delivery keeps failing; trying the next one");
                suspects.push(row.id);
            }
            End::Failed { after_ms, why } => {
                turn.failed.push(row.id);
                turn.trouble = Some(Trouble { after_ms, why });
            }
        }
    }
    if turn.arrived && turn.trouble.is_none() {
        if !suspects.is_empty() {
            info!(domain = %turn.domain, ?suspects, "dropped deliveries that a host stumbles over while it takes others");
        }
        turn.over.append(&mut suspects);
    } else if !suspects.is_empty() {
        turn.failed.append(&mut suspects);
        turn.trouble.get_or_insert(Trouble {
            after_ms: None,
            why: "still fails".to_owned(),
        });
    }
    let scheme = app.wire.scheme_of(&turn.domain);
    turn.scheme = scheme.filter(|_| scheme != scheme_before);
    turn
}

fn collect(next: Option<Result<Turn, tokio::task::JoinError>>, ended: &mut Vec<Turn>) {
    match next {
        Some(Ok(turn)) => ended.push(turn),
        Some(Err(error)) => {
            error!(%error, "a turn was torn away; it will be taken again when its lease ends");
        }
        None => {}
    }
}

/// Writes down what came of turns, all in one transaction.
async fn settle(app: &App, ended: Vec<Turn>) {
    if ended.is_empty() {
        return;
    }
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    let brought = ended.iter().flat_map(|turn| turn.brought.iter().copied());
    reach::note_delivered(&mut tx, brought.collect(), now_ms);
    let (mut over, mut back, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    let mut kept: BTreeMap<i64, BTreeMap<Domain, Because>> = BTreeMap::new();
    for mut turn in ended {
        for one in turn.kept.drain(..) {
            let of_status = kept.entry(one.status).or_default();
            of_status.insert(one.domain, one.because);
        }
        over.append(&mut turn.over);
        back.append(&mut turn.back);
        failed.append(&mut turn.failed);
        match turn.trouble {
            Some(Trouble { after_ms, why }) => {
                let health = app
                    .hosts
                    .note_failure(&mut tx, &turn.domain, after_ms, now_ms);
                info!(domain = %turn.domain, failures = health.failures, rests_ms = health.retry_at - now_ms, %why, "a host rests");
                if app.hosts.is_given_up(app, &turn.domain) {
                    warn!(domain = %turn.domain, "gave a host up; it will be known again when it contacts us");
                    store::drop_host(&mut tx, turn.domain.as_str());
                }
            }
            None if turn.arrived => {
                app.hosts.note_success(&mut tx, &turn.domain);
            }
            None => {}
        }
        if let Some(scheme) = turn.scheme {
            instances::save_scheme(&mut tx, &turn.domain, scheme, now_ms);
        }
    }
    for (status, refused) in &kept {
        if let Err(error) = reach::note_refused(&mut tx, *status, refused, now_ms) {
            error!(%error, status, "could not write down from whom a status was kept");
        }
    }
    if !over.is_empty() {
        store::delete(&mut tx, over);
    }
    if !back.is_empty() {
        store::release(&mut tx, back, 0);
    }
    if !failed.is_empty() {
        store::release(&mut tx, failed, 1);
    }
    if let Err(error) = app.db.write(tx).await {
        // The leases end, and some hosts get an activity twice, which they know by its id.
        error!(%error, "could not write down finished deliveries");
    }
}
