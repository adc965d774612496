//! The door: where other servers bring what they have to say.
//!
//! The order of checks, from the cheapest to the dearest: size and kind of the body; whose key is claimed (a refused
//! server ends here, answered as if it had been accepted, and nothing is fetched: boundaries L63); the signature; that
//! the activity is its signer's own; the gate. Then the body is written down and answered with 202.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use comity_policy::{Act, Because, Contact, Refusal, Way};
use comity_vocab::{ActivityKind, Document, Domain};
use comity_wire::{Distrust, Signer, Synchronization};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::request::Parts;
use http::{Request, StatusCode};
use tracing::{debug, warn};

use super::{describe, for_stewards, signed, tell_in};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::Error;
use crate::follows;
use crate::http::{Here, Kind, Path, Reply};
use crate::instances;
use crate::queue::{self, Job};

/// As much as Mastodon takes; no honest activity comes near.
const LARGEST_BODY: usize = 1024 * 1024;

/// `POST /inbox`
pub async fn post_shared(
    State(app): State<App>,
    Here(community): Here,
    request: Request<Body>,
) -> Reply {
    let (parts, body) = request.into_parts();
    answer(Box::pin(receive(&app, &community, None, &parts, body)).await)
}

/// `POST /users/{name}/inbox`
pub async fn post(
    State(app): State<App>,
    Here(community): Here,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Reply {
    let (parts, body) = request.into_parts();
    answer(Box::pin(receive(&app, &community, Some(&name), &parts, body)).await)
}

/// `POST /actor/inbox`: nothing is ever meant for a community's own actor alone.
pub async fn post_actor(app: State<App>, here: Here, request: Request<Body>) -> Reply {
    post_shared(app, here, request).await
}

/// Why something was not taken in at the door.
enum Turned {
    /// The answer is this status.
    Away(StatusCode, String),
    /// The gate said no. The sender hears what they would have heard after a yes.
    Refused {
        peer: Domain,
        what: String,
        reason: String,
    },
    /// Of no use, and no fault of the sender's.
    Ignored(&'static str),
    /// Ours.
    Failed(Error),
}

/// The answer to every farewell that is not proved, or a forged one would tell whom we know.
const A_FAREWELL: Turned = Turned::Ignored("a farewell by nobody we can tell");

/// The emergency gate is closed for some hours. What was brought meanwhile is to come again, above all what takes
/// something back.
fn is_for_now(refusal: &Refusal) -> bool {
    matches!(refusal.because(), Because::EmergencyGate(_))
}

fn not_now() -> Turned {
    Turned::Away(
        StatusCode::SERVICE_UNAVAILABLE,
        "the emergency gate is closed".to_owned(),
    )
}

impl From<Error> for Turned {
    fn from(error: Error) -> Turned {
        Turned::Failed(error)
    }
}

impl From<Distrust> for Turned {
    fn from(distrust: Distrust) -> Turned {
        let status = match &distrust {
            Distrust::Malformed(_) | Distrust::Ambiguous(_) => StatusCode::BAD_REQUEST,
            // Two honest requests within a second may look the same: they try again.
            Distrust::Replayed => StatusCode::TOO_MANY_REQUESTS,
            Distrust::Full => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        };
        Turned::Away(status, distrust.to_string())
    }
}

fn answer(came: Result<(), Turned>) -> Reply {
    match came {
        Ok(()) | Err(Turned::Refused { .. }) => Reply::accepted(),
        Err(Turned::Ignored(why)) => {
            debug!(why, "ignored an activity at the door");
            Reply::accepted()
        }
        Err(Turned::Away(status, why)) => {
            debug!(%status, %why, "turned an activity away");
            let reply = Reply::empty(status);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                return reply.with(RETRY_AFTER, "60");
            }
            reply
        }
        Err(Turned::Failed(error)) => Reply::from(error),
    }
}

async fn receive(
    app: &App,
    community: &Arc<Community>,
    name: Option<&str>,
    parts: &Parts,
    body: Body,
) -> Result<(), Turned> {
    let came = Box::pin(examine(app, community, name, parts, body)).await;
    if let Err(Turned::Refused { peer, what, reason }) = &came {
        tell_in(app, community, peer, what.clone(), Err(reason.clone()));
    }
    came
}

async fn examine(
    app: &App,
    community: &Arc<Community>,
    name: Option<&str>,
    parts: &Parts,
    body: Body,
) -> Result<(), Turned> {
    if !is_activity(parts) {
        return Err(Turned::Away(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "is no ActivityPub document".to_owned(),
        ));
    }
    let too_large = || {
        Turned::Away(
            StatusCode::PAYLOAD_TOO_LARGE,
            "is larger than 1 MiB".to_owned(),
        )
    };
    if announced_length(parts) > LARGEST_BODY {
        return Err(too_large());
    }
    let body = to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|_| too_large())?;
    let Some(request) = signed::request(app, community, parts, &body) else {
        return Err(Turned::Away(
            StatusCode::BAD_REQUEST,
            "names no host".to_owned(),
        ));
    };
    let claim = comity_wire::read_claim(&request, app.now_ms())?;

    let peer = claim.key_id().domain();
    if let Err(refusal) = app
        .gate
        .permit(community.policy_id(), &peer, Contact::Fetch)
        .await
        .map_err(Error::from)?
    {
        let reason = for_stewards(app, community, &refusal.verdict);
        // Only they themselves hear what they would have heard after a yes. Whoever merely names them is answered as
        // with any key that cannot be had: an answer of its own would tell anybody whom we refuse (L29).
        if let Some((signer, sender)) = signed::check_stored(app, &request, claim).await? {
            if is_for_now(&refusal) {
                // They bring it again, and are not counted: it is not read for a line in the log.
                let what = format!("a delivery by {}", sender.handle());
                tell_in(app, community, &peer, what, Err(reason));
                return Err(not_now());
            }
            // Who is refused hears that it is too much when anybody else would, and brings it again: an end of a follow
            // that was answered with a yes must not be lost.
            app.limits.check(Kind::Inbox, sender.host.registrable())?;
            hear_end(app, &signer, &sender, &body).await;
            let what = match comity_wire::attest(&signer, &body) {
                Ok(activity) => describe(&activity.peek().kind, &sender),
                Err(_) => format!("a delivery by {}", sender.handle()),
            };
            return Err(Turned::Refused { peer, what, reason });
        }
        // What it is, it says itself, and nobody stands for that.
        let what = "a delivery whose signature cannot be checked here".to_owned();
        tell_in(app, community, &peer, what, Err(reason));
        if is_farewell(&body) {
            return Err(A_FAREWELL);
        }
        return Err(Turned::Away(
            StatusCode::UNAUTHORIZED,
            "the key cannot be had".to_owned(),
        ));
    }
    let checked = if is_farewell(&body) {
        // Their key cannot be had any more.
        match signed::check_stored(app, &request, claim).await? {
            Some(checked) => Ok(checked),
            None => return Err(A_FAREWELL),
        }
    } else {
        signed::check(app, community, &request, claim, parts).await
    };
    let (signer, sender) = match checked {
        Ok(checked) => checked,
        Err(signed::Unproved::Distrust(distrust)) => return Err(distrust.into()),
        Err(signed::Unproved::NoKey(why)) => {
            return Err(Turned::Away(StatusCode::UNAUTHORIZED, why));
        }
        Err(signed::Unproved::NotNow(why)) => {
            return Err(Turned::Away(StatusCode::SERVICE_UNAVAILABLE, why));
        }
        Err(signed::Unproved::Failed(error)) => return Err(error.into()),
    };
    // By the name somebody registered: names below it cost nothing (attack 22).
    app.limits.check(Kind::Inbox, sender.host.registrable())?;

    let activity = comity_wire::attest(&signer, &body)?;
    if activity.peek().id.is_none() {
        return Err(Turned::Away(
            StatusCode::BAD_REQUEST,
            "has no id, so that a copy of it could not be told from it".to_owned(),
        ));
    }
    let way = if name.is_some() {
        Way::Inbox
    } else {
        Way::SharedInbox
    };
    let what = describe(&activity.peek().kind, &sender);
    let admitted = app
        .gate
        .admit(
            activity,
            community.policy_id(),
            &sender.person(),
            Act::Deliver,
            way,
            None,
        )
        .await
        .map_err(Error::from)?;
    if let Err(refusal) = admitted {
        let reason = for_stewards(app, community, &refusal.verdict);
        if is_for_now(&refusal) {
            tell_in(app, community, &sender.host, what, Err(reason));
            return Err(not_now());
        }
        hear_end(app, &signer, &sender, &body).await;
        return Err(Turned::Refused {
            peer: sender.host.clone(),
            what,
            reason,
        });
    }
    if let Some(name) = name
        && accounts::find_by_handle(app, name, &community.domain)
            .await?
            .is_none()
    {
        return Err(Turned::Failed(Error::NotFound));
    }
    instances::heard_from(app, community.id, &sender.host).await?;
    // One that cannot be read says nothing; the activity is taken all the same.
    let told = Synchronization::read(&request, &signer).unwrap_or_default();
    let body = String::from_utf8(body.into())
        .map_err(|_| Turned::Away(StatusCode::BAD_REQUEST, "is not UTF-8".to_owned()))?;
    let job = Job::ProcessActivity {
        community: community.id,
        signer: signer.actor().as_str().to_owned(),
        body,
        shared: name.is_none(),
    };
    queue::push_now(app, &job).await?;
    if let Some(told) = told
        && let Err(error) = follows::hear(app, community, &sender, &told).await
    {
        warn!(%error, "could not compare followers");
    }
    tell_in(app, community, &sender.host, what, Ok(()));
    Ok(())
}

/// What they brought, within their limit, is refused; if it ends a follow, that is over all the same. Whatever comes of
/// it, they are answered as ever.
async fn hear_end(app: &App, signer: &Signer, sender: &Account, body: &[u8]) {
    let Ok(activity) = comity_wire::attest(signer, body) else {
        return;
    };
    if let Err(error) = follows::hear_end(app, sender, &activity).await {
        warn!(%error, "could not end a follow that its other side ended");
    }
}

/// Others send one of two types, with or without parameters; Lemmy and some bots send plain JSON.
fn is_activity(parts: &Parts) -> bool {
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    [
        "application/activity+json",
        "application/ld+json",
        "application/json",
    ]
    .iter()
    .any(|known| kind.eq_ignore_ascii_case(known))
}

fn announced_length(parts: &Parts) -> usize {
    let length = parts
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Whether an actor deletes itself. Servers tell everybody they know when somebody leaves, and there is no key to fetch
/// any more.
fn is_farewell(body: &[u8]) -> bool {
    // Most bodies need not be read for this: who hides the word is treated as if they were still there.
    if !body.windows(6).any(|word| word == b"Delete") {
        return false;
    }
    match comity_vocab::read(body) {
        Ok(Document::Activity(activity)) => {
            activity.kind == ActivityKind::Delete && activity.object.id() == Some(&activity.actor)
        }
        _ => false,
    }
}
