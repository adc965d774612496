//! Web push: an app's device is woken when its member is told something (RFC 8030).
//!
//! The push service that carries the message is the app's choice and cannot read it. Unless the member wants more, the
//! message itself says only that there is something, and the app comes and reads what it is. A job holds ids: whether
//! the member may still see it is asked when it is sent.

pub mod api;
mod deliver;
mod model;
mod seal;
mod store;
mod tokens;
mod vapid;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_db::Tx;
use comity_vocab::Iri;

pub(crate) use deliver::{deliver, wake};
pub use model::{Alerts, From};
pub use store::tells;
pub use vapid::{Vapid, public_key};

use crate::app::App;
use crate::error::{Error, Result};
use crate::notifications::Matter;
use crate::queue::{self, Job};
use model::SubscriptionRow;

/// Bytes of the address at a push service: those in use have some hundreds.
const LONGEST_ENDPOINT: usize = 2_000;
/// Bytes of what the app shares with us (RFC 8291 §3.2).
const AUTH: usize = 16;
/// Tries to find a number that nobody takes at the same moment.
const MOST_TRIES: usize = 5;

/// What an app asks for.
#[derive(Default)]
pub struct Wanted {
    /// At its push service.
    pub endpoint: String,
    /// Its public key, in base64.
    pub p256dh: String,
    /// What it shares with us, in base64.
    pub auth: String,
    /// Whether it reads RFC 8291.
    pub standard: bool,
    /// Of what it is to be woken.
    pub alerts: BTreeMap<String, bool>,
    /// Of whom; empty for everybody.
    pub policy: String,
    /// The text of its token, which messages to its device name.
    pub token: Option<String>,
}

/// What an app subscribed to.
#[derive(Debug)]
pub struct Subscription {
    /// Ours, and small.
    pub id: i64,
    /// At its push service.
    pub endpoint: String,
    /// Whether it reads RFC 8291.
    pub standard: bool,
    /// Of what it is woken.
    pub alerts: Alerts,
    /// Of whom.
    pub from: From,
}

impl Subscription {
    fn of(row: SubscriptionRow) -> Subscription {
        Subscription {
            id: row.id,
            endpoint: row.endpoint,
            standard: row.standard,
            alerts: Alerts::parse(&row.alerts),
            from: From::parse(&row.policy).unwrap_or(From::Nobody),
        }
    }
}

/// Subscribes the app of this token, in place of what it had. Refused: what is no https address that may be dialled,
/// and keys that are none.
pub async fn subscribe(
    app: &App,
    account_id: i64,
    token_id: i64,
    wanted: Wanted,
) -> Result<Subscription> {
    check_endpoint(app, &wanted.endpoint)?;
    let p256dh = unwritten(&wanted.p256dh).filter(|key| seal::is_public_key(key));
    let p256dh =
        p256dh.ok_or_else(|| Error::invalid("p256dh", "is no public key of the curve P-256"))?;
    let auth = unwritten(&wanted.auth).filter(|auth| auth.len() == AUTH);
    let auth = auth.ok_or_else(|| Error::invalid("auth", "must be 16 bytes in base64"))?;
    let mut row = SubscriptionRow {
        id: 0,
        account_id,
        // In the app's own spelling, by which it knows it again.
        endpoint: wanted.endpoint,
        p256dh,
        auth,
        standard: wanted.standard,
        policy: from(&wanted.policy)?.as_str().to_owned(),
        alerts: Alerts::chosen(&wanted.alerts).words(),
        token_sealed: None,
    };
    if let Some(token) = &wanted.token {
        row.token_sealed = tokens::seal(app, &row, token).await;
    }
    for _ in 0..MOST_TRIES {
        if store::replace(&app.db, token_id, &row, app.now_ms()).await? {
            return find(app, token_id).await;
        }
    }
    Err(Error::Conflict(
        "another app subscribed just now".to_owned(),
    ))
}

/// What the app of this token subscribed to; *not found* where it did not.
pub async fn find(app: &App, token_id: i64) -> Result<Subscription> {
    let row = store::of_token(&app.db, token_id).await?;
    row.map(Subscription::of).ok_or(Error::NotFound)
}

/// Changes of what and of whom the app of this token is woken. What is not said stays.
pub async fn change(
    app: &App,
    token_id: i64,
    alerts: Option<&BTreeMap<String, bool>>,
    policy: Option<&str>,
) -> Result<Subscription> {
    let now = find(app, token_id).await?;
    let alerts = alerts.map_or(now.alerts, Alerts::chosen);
    let from = policy.map_or(Ok(now.from), from)?;
    store::change(&app.db, token_id, from.as_str(), &alerts.words()).await?;
    find(app, token_id).await
}

/// The app of this token is woken no more. Twice is once.
pub async fn unsubscribe(app: &App, token_id: i64) -> Result<()> {
    store::delete_of_token(&app.db, token_id).await
}

/// Ends the subscription whose messages brought this word along. Whoever made it up ends nothing.
pub async fn end_by(app: &App, word: &str) -> Result<()> {
    let Some(id) = tokens::number(word) else {
        return Ok(());
    };
    if let Some(row) = store::by_number(&app.db, id).await?
        && tokens::ends(app, &row, word).await
    {
        store::delete(&app.db, row.id, &row.endpoint).await?;
    }
    Ok(())
}

/// Chooses whether the devices of a member are told who and what.
pub async fn choose(app: &App, account_id: i64, tells: bool) -> Result<()> {
    store::set_tells(&app.db, account_id, tells).await
}

/// Promises to wake the devices of `to`, if they have any, in the transaction that writes the notification, if that tells of
/// this by this number.
pub(crate) fn promise(tx: &mut Tx, to: i64, notification: i64, matter: &Matter, now_ms: i64) {
    let job = Job::Wake {
        account: to,
        notification,
    };
    if let Err(why) = queue::push_to_devices(tx, notification, to, matter, &job, now_ms) {
        tracing::error!(%why, "a job could not be written down");
    }
}

fn from(word: &str) -> Result<From> {
    match word {
        "" => Ok(From::All),
        word => From::parse(word)
            .ok_or_else(|| Error::invalid("policy", "must be all, followed, follower or none")),
    }
}

fn check_endpoint(app: &App, text: &str) -> Result<()> {
    let wrong = |why: &str| Error::invalid("endpoint", why);
    if text.len() > LONGEST_ENDPOINT {
        return Err(wrong("is longer than any address of a push service"));
    }
    let endpoint = Iri::parse(text).map_err(|_| wrong("must be an https address"))?;
    app.wire
        .check_push(&endpoint)
        .map_err(|_| wrong("must be an https address of a public server, on the usual port"))?;
    Ok(())
}

/// Either alphabet of base64, with or without its ends.
fn unwritten(text: &str) -> Option<Vec<u8>> {
    let plain = text.trim().trim_end_matches('=');
    let plain = plain.replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(plain).ok()
}
