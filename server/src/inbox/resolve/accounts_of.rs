//! People elsewhere: by address, and by handle with proof from both sides.

use std::sync::Arc;

use comity_policy::{Act, Attested, Contact, Person, Way};
use comity_vocab::{Actor, Document, Domain, Handle, Iri};
use comity_wire::{FetchedJson, Found, read_webfinger};

use super::{MOST_HOPS, failed, fetch, is_ours, refuse_ours, unknown};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::rate_limit::Kind;

/// An account read within a day is believed without asking.
const FRESH_MS: i64 = DAY_MS;

/// The account of this actor: ours, known and fresh, or read from its origin. When the origin does not answer, what was
/// known stays true.
pub async fn account(app: &App, community: &Arc<Community>, iri: &Iri) -> Result<Arc<Account>> {
    let known = accounts::find_by_iri(app, iri).await?;
    match known {
        Some(account) if is_believed(app, &account) => Ok(account),
        Some(stale) => match account_anew(app, community, iri).await {
            Ok(account) => Ok(account),
            Err(error @ Error::Internal(_)) => Err(error),
            Err(_) => Ok(stale),
        },
        None => account_anew(app, community, iri).await,
    }
}

/// Whether the account of this actor is ours, or known and fresh.
pub(super) async fn is_fresh(app: &App, iri: &Iri) -> Result<bool> {
    let known = accounts::find_by_iri(app, iri).await?;
    Ok(known.is_some_and(|account| is_believed(app, &account)))
}

fn is_believed(app: &App, account: &Account) -> bool {
    account.is_local() || app.now_ms() - account.fetched_at < FRESH_MS
}

/// The account of this actor as its origin describes it now.
pub async fn account_anew(
    app: &App,
    community: &Arc<Community>,
    iri: &Iri,
) -> Result<Arc<Account>> {
    refuse_ours(app, iri)?;
    let began_ms = app.now_ms();
    let _turn = app.hosts.lookups.turn(iri).await;
    if let Some(account) = accounts::find_by_iri(app, iri).await?
        && account.fetched_at > began_ms
    {
        return Ok(account); // somebody else read it meanwhile
    }
    let document = fetch(app, community, iri).await?;
    take(app, community, document).await
}

/// Records a fetched actor.
pub(super) async fn take(
    app: &App,
    community: &Arc<Community>,
    document: Attested<Document>,
) -> Result<Arc<Account>> {
    let actor = document
        .into_actor()
        .ok_or_else(|| Error::Forbidden("is not an actor".to_owned()))?;
    let known = accounts::find_by_iri(app, &actor.peek().id).await?;
    let domain = home_of(app, community, actor.peek(), known.as_deref()).await;
    let host = actor.peek().id.domain();
    let person = Person {
        id: known.as_ref().and_then(|account| account.person().id),
        alias_domain: (domain != host).then(|| domain.clone()),
        ..Person::stranger(actor.peek().id.clone())
    };
    let admitted = app
        .gate
        .admit(
            actor,
            community.policy_id(),
            &person,
            Act::Deliver,
            Way::Lookup,
            None,
        )
        .await??;
    accounts::record(app, admitted, domain).await
}

/// The domain in the handle of an actor, whom we may know. A name that was proved once is not another name: where the
/// two differ, or the proof is a day old, both sides are asked again before the handle is theirs (attack 11).
pub(in crate::inbox) async fn home_of(
    app: &App,
    community: &Community,
    actor: &Actor,
    known: Option<&Account>,
) -> Domain {
    let host = actor.id.domain();
    let username = actor.username.to_lowercase();
    let known = known.filter(|known| known.username.to_lowercase() == username);
    if let Some(known) = known
        && known.domain == host
    {
        return host;
    }
    if let Some((proved, domain)) = app.hosts.lookups.home(&actor.id)
        && proved == username
    {
        return domain;
    }
    match (domain_of(app, community, actor).await, known) {
        (Ok(domain), _) => {
            app.hosts.lookups.note_home(&actor.id, username, &domain);
            domain
        }
        // Nobody answers for now: what was true stays so, and nothing new becomes true.
        (Err(Error::Elsewhere(_) | Error::TooMany { .. }), Some(known)) => known.domain.clone(),
        (Err(_), _) => host,
    }
}

/// The domain in an actor's handle. It is the host, unless the host's WebFinger names another domain and that one names
/// the actor in turn (L49).
async fn domain_of(app: &App, community: &Community, actor: &Actor) -> Result<Domain> {
    let host = actor.id.domain();
    let at_host = Handle {
        username: actor.username.clone(),
        domain: Some(host.clone()),
    };
    let Found::Elsewhere(claimed) = ask(app, community, &at_host).await? else {
        return Ok(host);
    };
    let same_name = claimed.username.to_lowercase() == actor.username.to_lowercase();
    Ok(
        match (ask(app, community, &claimed).await?, claimed.domain) {
            (Found::Actors { actors, .. }, Some(domain))
                if same_name && actors.contains(&actor.id) =>
            {
                domain
            }
            _ => host,
        },
    )
}

/// The account that goes by this handle: known and fresh, or looked up. When the way is barred or the domain does not
/// answer, what was known stays true.
pub async fn handle(
    app: &App,
    community: &Arc<Community>,
    handle: &Handle,
) -> Result<Arc<Account>> {
    known_or_anew(app, community, handle, || Ok(())).await
}

/// The same because a member typed it: what must be asked elsewhere is counted as one of their look-ups.
pub async fn handle_for(
    app: &App,
    community: &Arc<Community>,
    member: i64,
    handle: &Handle,
) -> Result<Arc<Account>> {
    let count = || app.limits.check(Kind::Lookup, &member.to_string());
    known_or_anew(app, community, handle, count).await
}

async fn known_or_anew(
    app: &App,
    community: &Arc<Community>,
    handle: &Handle,
    count: impl FnOnce() -> Result<()>,
) -> Result<Arc<Account>> {
    let domain = handle
        .domain
        .clone()
        .unwrap_or_else(|| community.domain.clone());
    let known = accounts::find_by_handle(app, &handle.username, &domain).await?;
    if is_ours(app, &domain) {
        return known.ok_or_else(|| unknown(handle));
    }
    let whole = Handle {
        username: handle.username.clone(),
        domain: Some(domain),
    };
    match known {
        Some(account) if app.now_ms() - account.fetched_at < FRESH_MS => Ok(account),
        Some(stale) => {
            let asked = match count() {
                Ok(()) => handle_anew(app, community, whole).await,
                Err(too_many) => Err(too_many),
            };
            match asked {
                Err(error @ Error::Internal(_)) => Err(error),
                asked => Ok(asked.unwrap_or(stale)),
            }
        }
        None => {
            count()?;
            handle_anew(app, community, whole).await
        }
    }
}

/// Who goes by this handle, because a page of `site` names them as who wrote it: somebody whom we know, or who lists the site
/// in `attributionDomains`. Nobody else is kept. `count` says whether their server may be asked for that.
pub async fn author(
    app: &App,
    community: &Arc<Community>,
    handle: &Handle,
    site: &Domain,
    count: impl FnOnce() -> Result<()>,
) -> Result<Arc<Account>> {
    let domain = handle.domain.as_ref().ok_or_else(|| unknown(handle))?;
    if let Some(known) = accounts::find_by_handle(app, &handle.username, domain).await? {
        return Ok(known);
    }
    if is_ours(app, domain) {
        return Err(unknown(handle));
    }
    count()?;
    let Found::Actors { actors, .. } = ask(app, community, handle).await? else {
        return Err(unknown(handle));
    };
    let actor = actors.first().ok_or_else(|| unknown(handle))?;
    refuse_ours(app, actor)?;
    let document = fetch(app, community, actor).await?;
    let lists_it = match document.peek() {
        Document::Actor(actor) => {
            let mut listed = actor.attribution_domains.iter();
            listed.any(|listed| site.is_within(listed))
        }
        _ => false,
    };
    if !lists_it {
        return Err(unknown(handle));
    }
    let account = take(app, community, document).await?;
    let same_name = account.username.to_lowercase() == handle.username.to_lowercase();
    if !same_name || account.domain != *domain {
        return Err(unknown(handle));
    }
    Ok(account)
}

/// The account that goes by this handle now. Its domain must name the actor, and the actor must go by the handle in
/// turn.
async fn handle_anew(app: &App, community: &Arc<Community>, whole: Handle) -> Result<Arc<Account>> {
    let handle = &whole.clone();
    let answer = match ask(app, community, &whole).await? {
        Found::Elsewhere(other) => (ask(app, community, &other).await?, other),
        found @ Found::Actors { .. } => (found, whole),
    };
    let (Found::Actors { actors, .. }, asked) = answer else {
        return Err(unknown(handle));
    };
    let actor = actors.first().ok_or_else(|| unknown(handle))?;
    let account = account_anew(app, community, actor).await?;
    let same_name = account.username.to_lowercase() == asked.username.to_lowercase();
    if !same_name || Some(&account.domain) != asked.domain.as_ref() {
        return Err(Error::Forbidden(format!(
            "{asked} leads to {}, who goes by {}",
            account.iri,
            account.handle()
        )));
    }
    Ok(account)
}

/// Asks a handle's domain for it.
async fn ask(app: &App, community: &Community, handle: &Handle) -> Result<Found> {
    let asked = app.wire.webfinger_address(handle)?;
    app.hosts.lookups.check(&asked)?;
    let came = ask_hops(app, community, handle, &asked).await;
    if let Err(error) = &came {
        app.hosts.lookups.note_failure(&asked, error);
    }
    came
}

async fn ask_hops(app: &App, community: &Community, handle: &Handle, asked: &Iri) -> Result<Found> {
    let mut address = asked.clone();
    for _ in 0..=MOST_HOPS {
        refuse_ours(app, &address)?;
        let permitted = app
            .gate
            .permit(community.policy_id(), &address.domain(), Contact::Fetch)
            .await??;
        match app.wire.fetch_json(permitted, &address, app.now_ms()).await {
            Ok(FetchedJson::Json { bytes, .. }) => {
                return read_webfinger(handle, &bytes)
                    .map_err(|why| Error::Forbidden(why.to_string()));
            }
            Ok(FetchedJson::Moved(to)) => address = to,
            Err(error) => return Err(failed(asked, error)),
        }
    }
    Err(unknown(handle))
}
