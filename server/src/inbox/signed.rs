//! From a signed request to the account that signed it.

use std::net::IpAddr;
use std::sync::Arc;

use comity_policy::Party;
use comity_vocab::{ActorKind, Domain};
use comity_wire::{Claim, Distrust, Request, Signer};
use http::request::Parts;
use tracing::debug;

use super::resolve;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::{Kind, address};

/// Why it is not known who signed.
pub(super) enum Unproved {
    /// The signature does not hold.
    Distrust(Distrust),
    /// The key cannot be had.
    NoKey(String),
    /// The key's server does not answer for now.
    NotNow(String),
    /// Ours.
    Failed(Error),
}

/// The request as signatures see it; `None` when it names no host. The scheme is the one this community is served by:
/// behind a proxy the socket does not know it.
pub(super) fn request<'a>(
    app: &App,
    community: &'a Community,
    parts: &'a Parts,
    body: &'a [u8],
) -> Option<Request<'a>> {
    // The name was matched with this community already; a signature must be made for exactly that.
    address::asked_domain(parts, &app.config)?;
    Some(Request {
        method: parts.method.as_str(),
        target: parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str()),
        scheme: community
            .origin
            .split_once(':')
            .map_or("https", |(scheme, _)| scheme),
        authority: community.domain.as_str(),
        headers: &parts.headers,
        body,
    })
}

/// Checks a claim with the key that we hold already, and asks nobody: where the answer must not depend on whom we ask.
pub(super) async fn check_stored(
    app: &App,
    request: &Request<'_>,
    claim: Claim,
) -> Result<Option<(Signer, Arc<Account>)>> {
    let Some((key, account_id)) = accounts::public_key(app, claim.key_id()).await? else {
        return Ok(None);
    };
    match claim.check(request, &key, &app.seen_signatures, app.now_ms()) {
        Ok(signer) => Ok(Some((signer, accounts::find(app, account_id).await?))),
        Err(distrust) => {
            debug!(%distrust, "a signature does not hold");
            Ok(None)
        }
    }
}

/// By what the sender of a request is counted, before it is known who they are. `None` for an address that nobody has
/// from outside: a proxy stands there that the settings do not name, and all the world comes from it.
fn neighbourhood(app: &App, parts: &Parts) -> Option<String> {
    let from = address::client(parts, &app.config);
    let is_inside = match from.to_canonical() {
        IpAddr::V4(from) => from.is_loopback() || from.is_private(),
        IpAddr::V6(from) => from.is_loopback() || from.is_unique_local(),
    };
    (!is_inside).then(|| address::neighbourhood(from))
}

/// Checks a claim with the key it names, fetched if it is new. When the key we hold does not fit, it may have been
/// changed: it is fetched once more, at most every ten minutes.
pub(super) async fn check(
    app: &App,
    community: &Arc<Community>,
    request: &Request<'_>,
    claim: Claim,
    parts: &Parts,
) -> Result<(Signer, Arc<Account>), Unproved> {
    let key_id = claim.key_id().clone();
    let neighbourhood = neighbourhood(app, parts);
    let neighbourhood = neighbourhood.as_deref();
    let now_ms = app.now_ms();
    let (key, owner, was_stored) = match accounts::public_key(app, &key_id).await? {
        Some((key, account_id)) => (key, accounts::find(app, account_id).await?, true),
        None => {
            let (key, owner) =
                Box::pin(resolve::key(app, community, &key_id, neighbourhood)).await?;
            (key, owner, false)
        }
    };
    match claim.check(request, &key, &app.seen_signatures, now_ms) {
        Ok(signer) => Ok((signer, owner)),
        Err(Distrust::BadSignature | Distrust::UnsupportedAlgorithm(_))
            if was_stored && !owner.is_local() =>
        {
            if !app.hosts.lookups.may_fetch_again(&key_id) {
                return Err(Unproved::Distrust(Distrust::BadSignature));
            }
            let (key, owner) =
                Box::pin(resolve::key(app, community, &key_id, neighbourhood)).await?;
            let claim = comity_wire::read_claim(request, now_ms).map_err(Unproved::Distrust)?;
            let signer = claim
                .check(request, &key, &app.seen_signatures, now_ms)
                .map_err(Unproved::Distrust)?;
            Ok((signer, owner))
        }
        Err(distrust) => Err(Unproved::Distrust(distrust)),
    }
}

impl From<Error> for Unproved {
    fn from(error: Error) -> Unproved {
        match error {
            Error::Internal(_) => Unproved::Failed(error),
            Error::Elsewhere(why) => Unproved::NotNow(why),
            Error::TooMany { .. } => Unproved::NotNow(error.to_string()),
            other => Unproved::NoKey(other.to_string()),
        }
    }
}

/// Who asks for something here with a signed GET. Without a signature, nobody is told anything. A server that we do not
/// contact gets the answer of an address where nothing is (boundaries L16, L17), and so does whoever names a key that
/// cannot be had or does not fit, or that answer would tell anybody whom we refuse (L29).
pub async fn signed_viewer(app: &App, community: &Arc<Community>, parts: &Parts) -> Result<Party> {
    Ok(viewer_of(&*signer(app, community, parts).await?))
}

/// As whom a signer looks at things. A server's own actor says nothing about who will read (L19).
pub fn viewer_of(signer: &Account) -> Party {
    if signer.kind == ActorKind::Application {
        Party::Instance(signer.host.clone())
    } else {
        Party::Account(signer.person())
    }
}

/// The account that signed a GET, for what depends on where it is at home; otherwise as [`signed_viewer`].
pub async fn signer(app: &App, community: &Arc<Community>, parts: &Parts) -> Result<Arc<Account>> {
    let request = request(app, community, parts, &[]).ok_or(Error::Unauthorized)?;
    let claim = match comity_wire::read_claim(&request, app.now_ms()) {
        Ok(claim) => claim,
        Err(distrust) => {
            debug!(%distrust, "a GET is not signed as it should");
            return Err(Error::Unauthorized);
        }
    };
    let peer = claim.key_id().domain();
    if let Err(refusal) = app
        .gate
        .permit(community.policy_id(), &peer, comity_policy::Contact::Fetch)
        .await?
    {
        let reason = super::for_stewards(app, community, &refusal.verdict);
        super::tell_in(
            app,
            community,
            &peer,
            super::request_for(parts.uri.path()),
            Err(reason),
        );
        // The same answer as with a key that cannot be had or does not fit: naming a server tells nothing of it.
        return Err(Error::NotFound);
    }
    let checked = check(app, community, &request, claim, parts).await;
    if let Ok((_, account)) = &checked {
        app.limits.check(Kind::Fetch, account.host.registrable())?;
    }
    match checked {
        Ok((_, account)) if account.is_local() => Err(Error::Unauthorized),
        Ok((_, account)) => Ok(account),
        Err(Unproved::Distrust(Distrust::Replayed)) => Err(Error::TooMany { after_s: 1 }),
        Err(Unproved::NotNow(_) | Unproved::Distrust(Distrust::Full)) => {
            Err(Error::TooMany { after_s: 60 })
        }
        Err(Unproved::Failed(error)) => Err(error),
        Err(Unproved::Distrust(Distrust::BadSignature)) => {
            debug!("a GET's key does not fit");
            Err(Error::NotFound)
        }
        Err(Unproved::Distrust(distrust)) => {
            debug!(%distrust, "a GET's signature does not hold");
            Err(Error::Unauthorized)
        }
        Err(Unproved::NoKey(why)) => {
            debug!(%why, "a GET's key cannot be had");
            Err(Error::NotFound)
        }
    }
}

/// Whether a GET says which server it comes from at all. Looks nowhere.
pub(crate) fn claims(app: &App, community: &Arc<Community>, parts: &Parts) -> bool {
    request(app, community, parts, &[])
        .is_some_and(|request| comity_wire::read_claim(&request, app.now_ms()).is_ok())
}

/// The server that a signed GET says it comes from, and whether a key that we hold already proves it. Asks nobody, so it
/// may be asked of whom we do not contact.
pub(crate) async fn claimed(
    app: &App,
    community: &Arc<Community>,
    parts: &Parts,
) -> Result<Option<(Domain, bool)>> {
    let Some(request) = request(app, community, parts, &[]) else {
        return Ok(None);
    };
    let Ok(claim) = comity_wire::read_claim(&request, app.now_ms()) else {
        return Ok(None);
    };
    let host = claim.key_id().domain();
    let proved = check_stored(app, &request, claim).await?;
    Ok(Some((host, proved.is_some())))
}
