//! From a signed request to the account that signed it.

use std::sync::Arc;

use comity_policy::Party;
use comity_vocab::{ActorKind, Iri};
use comity_wire::{Claim, Distrust, Request, Signer};
use http::request::Parts;
use tracing::debug;

use super::resolve;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::address;

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

/// Whether neither this key nor its owner was ever met.
pub(super) async fn is_unknown(app: &App, key_id: &Iri) -> Result<bool> {
    if accounts::public_key(app, key_id).await?.is_some() {
        return Ok(false);
    }
    Ok(accounts::find_by_iri(app, &key_id.without_fragment())
        .await?
        .is_none())
}

/// Checks a claim with the key it names, fetched if it is new. When the key we hold does not fit, it may have been
/// changed: it is fetched once more, at most every ten minutes.
pub(super) async fn check(
    app: &App,
    community: &Arc<Community>,
    request: &Request<'_>,
    claim: Claim,
) -> Result<(Signer, Arc<Account>), Unproved> {
    let key_id = claim.key_id().clone();
    let now_ms = app.now_ms();
    let (key, owner, was_stored) = match accounts::public_key(app, &key_id).await? {
        Some((key, account_id)) => (key, accounts::find(app, account_id).await?, true),
        None => {
            let (key, owner) = Box::pin(resolve::key(app, community, &key_id)).await?;
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
            let (key, owner) = Box::pin(resolve::key(app, community, &key_id)).await?;
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

/// Who asks for something here with a signed GET. Without a signature that holds, nobody is told anything; a server
/// that we do not contact gets the answer of an address where nothing is (boundaries L16, L17, L29).
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
    if let Err(refusal) =
        app.gate
            .permit(community.policy_id(), &peer, comity_policy::Contact::Fetch)
    {
        let reason = super::for_stewards(app, community, &refusal.verdict);
        super::tell_in(
            app,
            community,
            &peer,
            super::request_for(parts.uri.path()),
            Err(reason),
        );
        return Err(Error::NotFound);
    }
    match check(app, community, &request, claim).await {
        Ok((_, account)) if account.is_local() => Err(Error::Unauthorized),
        Ok((_, account)) => Ok(account),
        Err(Unproved::Distrust(Distrust::Replayed)) => Err(Error::TooMany { after_s: 1 }),
        Err(Unproved::NotNow(_)) => Err(Error::TooMany { after_s: 60 }),
        Err(Unproved::Failed(error)) => Err(error),
        Err(Unproved::Distrust(distrust)) => {
            debug!(%distrust, "a GET's signature does not hold");
            Err(Error::Unauthorized)
        }
        Err(Unproved::NoKey(why)) => {
            debug!(%why, "a GET's key cannot be had");
            Err(Error::Unauthorized)
        }
    }
}
