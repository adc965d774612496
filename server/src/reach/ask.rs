//! Servers that an author refuses by now are asked to delete what they hold of the author's posts, where the author wants
//! that: in bare Deletes, to nobody else. The posts stay, here and elsewhere. Of many posts in the background, some copies
//! at a time, and safe to run twice.

use std::collections::{BTreeSet, HashMap};

use comity_db::Tx;
use comity_policy::{
    Act, CommunityId, Contact, Exchange, Outcome as Judged, Party, Pattern, Stance, Thing, Way,
};
use comity_vocab::{Domain, Iri};

use super::store::asked::{self as store, CopyRow, PostRow};
use super::{fetches, inbox_of};
use crate::accounts::{self, Account, stored_domain, stored_iri};
use crate::app::App;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::queue::{self, Job, Outcome};
use crate::rules;

/// Posts looked at in one go: what is known of where they went fits into memory, also when that is every server.
const LOOK: i64 = 200;
/// Copies asked back in one go. With [`PAUSE_MS`] ten a second: about what one server is brought in that time, so that what
/// others here send there does not wait behind a whole history.
const COPIES: i64 = 50;
/// How long it is waited after these.
const PAUSE_MS: i64 = 5_000;

/// Whether what was asked back before is asked back again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// What came there since, and what was not asked back yet.
    Once,
    /// All of it.
    Again,
}

/// Promises, in the caller's transaction, that the servers which this rule of a member refuses are asked for all they
/// hold. What of an earlier ask by the rule is not done yet is done by this one.
pub(crate) fn promise(
    tx: &mut Tx,
    app: &App,
    member_id: i64,
    rule_id: i64,
    asking: Asking,
) -> Result<()> {
    let ask = app.next_id();
    store::begin(tx, rule_id, ask, app.now_ms());
    let first = Job::AskBack {
        account: member_id,
        rule: rule_id,
        ask,
        again: asking == Asking::Again,
        after: 0,
        domain: String::new(),
    };
    queue::push(tx, app, &first)
}

/// When somebody last asked by each of these rules.
pub(crate) async fn asked_by(app: &App, rule_ids: Vec<i64>) -> Result<HashMap<i64, i64>> {
    let rows = store::asked_by(&app.db, rule_ids).await?;
    Ok(rows.into_iter().collect())
}

/// The job: asks for some copies, and promises the rest.
pub(crate) async fn ask_back(app: &App, job: Job) -> Outcome {
    match try_ask_back(app, job).await {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_ask_back(app: &App, job: Job) -> Result<()> {
    let Job::AskBack {
        account,
        rule,
        ask,
        again,
        after,
        domain,
    } = job
    else {
        return Ok(());
    };
    if store::current(&app.db, rule).await? != Some(ask) {
        return Ok(()); // a later ask goes through the same
    }
    rules::catch_up(app).await?;
    let author = accounts::find(app, account).await?;
    // Taken back meanwhile: what is still there may stay.
    let Some(pattern) = rules::refused_by(app, &author, rule).await? else {
        return Ok(());
    };
    fetches::write(app).await?;
    let posts = store::posts(&app.db, author.id, after, LOOK).await?;
    let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
    let hosts = refused_hosts(app, &author, &pattern, &ids).await?;
    let mut copies = Vec::new();
    if !hosts.is_empty() {
        let from = (after, domain.as_str());
        copies = store::copies(&app.db, ids, hosts, from, COPIES).await?;
    }
    let is_full = |len: usize, most: i64| i64::try_from(len).is_ok_and(|len| len >= most);
    let next = match (copies.last(), posts.last()) {
        (Some(last), _) if is_full(copies.len(), COPIES) => {
            Some((last.status_id, last.domain.clone()))
        }
        (_, Some(last)) if is_full(posts.len(), LOOK) => Some((last.id + 1, String::new())),
        _ => None,
    };
    copies.retain(|copy| {
        let by_this = copy.ask_id.is_some_and(|id| id >= ask);
        let already = copy.asked_at.is_some_and(|at| at >= copy.last_at);
        !by_this && (again || !already)
    });
    let mut tx = Tx::new();
    let asked = ask_for(app, &mut tx, &author, &posts, &copies, ask).await?;
    if let Some((after, domain)) = next {
        let rest = Job::AskBack {
            account,
            rule,
            ask,
            again,
            after,
            domain,
        };
        let pause_ms = if asked == 0 { 0 } else { PAUSE_MS };
        queue::push_at(&mut tx, app, &rest, app.now_ms() + pause_ms)?;
    }
    if tx.is_empty() {
        return Ok(());
    }
    app.commit_and_ring(tx).await?;
    app.wake.ring_deliveries();
    Ok(())
}

/// One server is asked for one post: the author wants that now, whether or not it was asked before. Refused where the
/// author does not refuse the server, where it has no copy, and where nothing may be said to it.
pub async fn ask_for_one(
    app: &App,
    author: &Account,
    status_id: i64,
    server: &Domain,
) -> Result<()> {
    fetches::write(app).await?;
    let posts = store::posts(&app.db, author.id, status_id, 1).await?;
    let ids = vec![status_id];
    let domains = vec![server.as_str().to_owned()];
    let copies = store::copies(&app.db, ids, domains, (status_id, ""), 1).await?;
    let has_it = posts.iter().any(|post| post.id == status_id) && !copies.is_empty();
    if !has_it || !asks_at(app, author, server).await? {
        return Err(Error::NotFound);
    }
    let mut tx = Tx::new();
    let ask = app.next_id();
    if ask_for(app, &mut tx, author, &posts, &copies, ask).await? == 0 {
        return Err(Error::Forbidden(format!(
            "nothing can be said to {} now",
            server.unicode()
        )));
    }
    app.commit(tx).await?;
    app.wake.ring_deliveries();
    Ok(())
}

/// Writes Deletes for these copies, one for each post, and says for how many. Left out is who may not be contacted, who
/// was given up, and whose inbox nobody knows.
async fn ask_for(
    app: &App,
    tx: &mut Tx,
    author: &Account,
    posts: &[PostRow],
    copies: &[CopyRow],
    ask: i64,
) -> Result<usize> {
    let now_ms = app.now_ms();
    let mut reachable: HashMap<String, bool> = HashMap::new();
    let mut count = 0;
    for of_one in copies.chunk_by(|one, other| one.status_id == other.status_id) {
        let Some(post) = posts.iter().find(|post| post.id == of_one[0].status_id) else {
            continue;
        };
        let mut inboxes = BTreeSet::new();
        let mut asked = Vec::new();
        for copy in of_one {
            let may = match reachable.get(&copy.domain) {
                Some(may) => *may,
                None => {
                    let may = may_contact(app, author, &stored_domain(&copy.domain)?).await?;
                    reachable.insert(copy.domain.clone(), may);
                    may
                }
            };
            let there = if may {
                inboxes_at(app, post.id, &copy.domain).await?
            } else {
                BTreeSet::new()
            };
            if !there.is_empty() {
                inboxes.extend(there);
                asked.push(&copy.domain);
            }
        }
        if asked.is_empty() {
            continue;
        }
        let outgoing = Outgoing::AskBack {
            iri: post.iri.clone(),
            visibility: post.visibility.clone(),
            boosted: post.boosted.clone(),
        };
        let outgoing = delivery::bring(tx, app, author.id, &outgoing, &inboxes)?;
        for domain in &asked {
            store::asked(tx, post.id, domain, ask, outgoing, now_ms);
        }
        count += asked.len();
    }
    Ok(count)
}

async fn may_contact(app: &App, author: &Account, server: &Domain) -> Result<bool> {
    let by = CommunityId(author.community_id.ok_or(Error::NotFound)?);
    if app.hosts.is_given_up(app, server) {
        return Ok(false);
    }
    let permit = app.gate.permit(by, server, Contact::Deliver).await?;
    Ok(permit.is_ok())
}

/// Where a copy came in; of one that was fetched, an inbox of that server.
async fn inboxes_at(app: &App, status_id: i64, domain: &str) -> Result<BTreeSet<Iri>> {
    let mut inboxes = BTreeSet::new();
    for inbox in store::inboxes_at(&app.db, status_id, domain).await? {
        if !inbox.is_empty() {
            inboxes.insert(stored_iri(&inbox)?);
        }
    }
    if inboxes.is_empty() {
        inboxes.extend(inbox_of(app, domain).await?);
    }
    Ok(inboxes)
}

/// Of the servers that have any of these posts, those that the rule refuses, or somebody there.
async fn refused_hosts(
    app: &App,
    author: &Account,
    pattern: &Pattern,
    status_ids: &[i64],
) -> Result<Vec<String>> {
    let book = app.gate.book();
    let mut named = Vec::new();
    for host in store::hosts(&app.db, status_ids.to_vec()).await? {
        let host = stored_domain(&host)?;
        if book.may_speak_of(pattern, &host) {
            named.push(host);
        }
    }
    let refused = refused(app, author, &named).await?;
    let meant = named.into_iter().zip(refused);
    Ok(meant
        .filter(|(host, refused)| *refused || names_somebody_at(app, pattern, host))
        .map(|(host, _)| host.as_str().to_owned())
        .collect())
}

/// Whether it is about single people, and one of them is there.
fn names_somebody_at(app: &App, pattern: &Pattern, host: &Domain) -> bool {
    match pattern {
        Pattern::Account(iri) => iri.domain() == *host,
        Pattern::List(id) => app.gate.book().list_names_somebody_at(*id, host),
        _ => false,
    }
}

/// Which of these servers may not even come for what the author writes for everybody.
async fn refused(app: &App, author: &Account, servers: &[Domain]) -> Result<Vec<bool>> {
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let thing = Thing::of(author.person());
    let parties: Vec<Party> = servers.iter().cloned().map(Party::Instance).collect();
    let exchanges: Vec<Exchange<'_>> = parties
        .iter()
        .map(|party| Exchange {
            party,
            act: Act::Read,
            way: Way::Fetch,
            thing: &thing,
        })
        .collect();
    let book = app.gate.book();
    let judged = app.gate.judge_by(&[&*book], &exchanges).await?;
    let verdicts = judged.into_iter().next().unwrap_or_default();
    Ok(verdicts
        .iter()
        .map(|verdict| verdict.outcome == Judged::Refuse)
        .collect())
}

/// Whether this server, or somebody there, is refused what the author writes: only then is it asked for anything.
pub(crate) async fn asks_at(app: &App, author: &Account, server: &Domain) -> Result<bool> {
    if refuses_somebody_at(app, author, server)? {
        return Ok(true);
    }
    let refused = refused(app, author, std::slice::from_ref(server)).await?;
    Ok(refused.contains(&true))
}

/// Whether a rule of the author's own refuses single people, and one of them is there.
fn refuses_somebody_at(app: &App, author: &Account, server: &Domain) -> Result<bool> {
    let scope = rules::of_member(author)?;
    Ok(app.gate.book().rules_of(scope).any(|rule| {
        rule.stance == Stance::Refused && names_somebody_at(app, &rule.pattern, server)
    }))
}

/// Whether a server can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It is refused, and may be told so much.
    Asks,
    /// It is refused, also by the community or for now, and nothing at all is said to it.
    Silent,
}

/// What can be asked of these servers; of those that the author does not refuse, nothing.
pub(crate) async fn offers(
    app: &App,
    author: &Account,
    servers: &[Domain],
) -> Result<HashMap<Domain, Offer>> {
    let mut offers = HashMap::new();
    let asked = refused(app, author, servers).await?;
    for (server, is_refused) in servers.iter().zip(asked) {
        if is_refused || refuses_somebody_at(app, author, server)? {
            offers.insert(server.clone(), offer(app, author, server).await?);
        }
    }
    Ok(offers)
}

/// What can be asked by a rule: silence where it is about one server only to which nothing may be said.
pub(crate) async fn offer_of(app: &App, author: &Account, pattern: &Pattern) -> Result<Offer> {
    match pattern {
        Pattern::Account(iri) => offer(app, author, &iri.domain()).await,
        Pattern::Domain(domain) | Pattern::Host(domain) => offer(app, author, domain).await,
        _ => Ok(Offer::Asks),
    }
}

async fn offer(app: &App, author: &Account, server: &Domain) -> Result<Offer> {
    let may = may_contact(app, author, server).await?;
    Ok(if may { Offer::Asks } else { Offer::Silent })
}
