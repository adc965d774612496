//! Waking: one job finds the devices, one each brings the message.

use comity_db::Tx;
use comity_policy::{Because, CommunityId, Contact, Way};
use comity_vocab::Iri;
use comity_wire::{Parcel, WireError};
use serde_json::json;

use super::model::{Alerts, From, Keys, SubscriptionRow};
use super::{seal, store, tokens, vapid};
use crate::accounts::entity::no_picture;
use crate::app::App;
use crate::collections;
use crate::error::{Error, Result};
use crate::filters::{Action, Context, Matcher};
use crate::follows;
use crate::http::Me;
use crate::media::portrait::Portrait;
use crate::members::Standing;
use crate::notifications::{self, Notification};
use crate::queue::{self, Job, Outcome};
use crate::{rules, statuses, text};

/// How long a message may wait for a device that sleeps, and for a push service that is away: as Mastodon has it. What
/// is older is found by looking.
const TTL_S: u32 = 48 * 3600;
/// Where a subscription is ended by the word that its messages bring along.
const ENDS_AT: &str = "/api/web/push_subscriptions/";
/// Characters of a post in a message.
const MOST_WORDS: usize = 140;
/// Characters of a name in a message.
const LONGEST_NAME: usize = 50;

/// Finds the devices of a member that want to be woken for this, and promises each its message.
pub(crate) async fn wake(app: &App, account_id: i64, notification: i64) -> Outcome {
    match fan_out(app, account_id, notification).await {
        Ok(()) => Outcome::Done,
        Err(why) => why.into(),
    }
}

async fn fan_out(app: &App, account_id: i64, notification: i64) -> Result<()> {
    let devices = store::of_account(&app.db, account_id).await?;
    let Some((me, told)) = look(app, account_id, notification).await? else {
        return Ok(());
    };
    let mut tx = Tx::new();
    for device in devices {
        if !wants(app, &device, &me, &told).await? {
            continue;
        }
        let Ok(endpoint) = Iri::parse(&device.endpoint) else {
            continue;
        };
        let job = Job::Push {
            account: account_id,
            notification,
            subscription: device.id,
            domain: endpoint.domain().to_string(),
        };
        queue::push(&mut tx, app, &job)?;
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Brings one message, if the member may still see what it is about.
pub(crate) async fn deliver(
    app: &App,
    account_id: i64,
    notification: i64,
    subscription: i64,
) -> Outcome {
    match bring(app, account_id, notification, subscription).await {
        Ok(outcome) => outcome,
        Err(why) => why.into(),
    }
}

async fn bring(
    app: &App,
    account_id: i64,
    notification: i64,
    subscription: i64,
) -> Result<Outcome> {
    let Some(device) = store::by_id(&app.db, subscription, account_id).await? else {
        return Ok(Outcome::Done);
    };
    let Some((me, told)) = look(app, account_id, notification).await? else {
        return Ok(Outcome::Done);
    };
    let age_ms = app.now_ms() - told.created_at;
    if age_ms > i64::from(TTL_S) * 1000 || !wants(app, &device, &me, &told).await? {
        return Ok(Outcome::Done);
    }
    let endpoint = Iri::parse(&device.endpoint)?;
    if is_refused(app, me.community.id, &endpoint).await? {
        return Ok(Outcome::Abandon {
            why: format!("a rule refuses the push service at {}", endpoint.domain()),
        });
    }
    let message = message(app, &device, &me, told).await?;
    let mut parcel = parcel(app, &device, &endpoint, message.as_bytes()).await?;
    parcel.unsubscribe = tokens::ending(app, &device)
        .await
        .map(|word| format!("{}{ENDS_AT}{word}", me.community.origin));
    Ok(
        match app.wire.push(&endpoint, &parcel, app.now_ms()).await {
            Ok(()) => Outcome::Done,
            Err(WireError::Gone) => {
                store::delete(&app.db, device.id, &device.endpoint).await?;
                Outcome::Done
            }
            Err(WireError::Retry { after_ms, why }) => Outcome::Retry {
                after_ms: after_ms.and_then(|ms| i64::try_from(ms).ok()),
                why,
            },
            Err(why) => Outcome::Abandon {
                why: why.to_string(),
            },
        },
    )
}

/// The member, and what they are told; `None` where it is not for them any more.
async fn look(app: &App, account_id: i64, id: i64) -> Result<Option<(Me, Notification)>> {
    // What is sent cannot be taken back: another process may have changed a rule a moment ago.
    rules::catch_up(app).await?;
    let found = async {
        let me = Me::of(app, account_id).await?;
        if me.account.gone_at.is_some() || me.member.standing != Standing::Active {
            return Err(Error::NotFound);
        }
        let told = notifications::find_by(app, &me.account, Way::Push, id).await?;
        if is_filtered(app, account_id, &told).await? {
            return Err(Error::NotFound);
        }
        Ok((me, told))
    };
    match found.await {
        Ok(found) => Ok(Some(found)),
        Err(why) if why.is_not_found() => Ok(None),
        Err(why) => Err(why),
    }
}

/// Whether a filter of the member hides what it is about where they are told of things.
async fn is_filtered(app: &App, account_id: i64, told: &Notification) -> Result<bool> {
    let Some(status) = told.status.as_deref() else {
        return Ok(false);
    };
    let matcher = Matcher::of(app, account_id).await?;
    let filter = matcher.decides(status, Context::Notifications);
    Ok(filter.is_some_and(|filter| filter.action == Action::Hide))
}

async fn wants(app: &App, device: &SubscriptionRow, me: &Me, told: &Notification) -> Result<bool> {
    if !Alerts::parse(&device.alerts).hold(told.kind) {
        return Ok(false);
    }
    let follows = |from: i64, to: i64| async move {
        Ok(follows::state(app, from, to).await? == follows::State::Accepted)
    };
    match From::parse(&device.policy).unwrap_or(From::Nobody) {
        From::All => Ok(true),
        From::Nobody => Ok(false),
        From::Followed => follows(me.account.id, told.from.id).await,
        From::Followers => follows(told.from.id, me.account.id).await,
    }
}

/// Whether somebody here decided that this server is not met. That it is not known, as servers are that we federate
/// with, is no such decision: it is none of them.
async fn is_refused(app: &App, community: i64, endpoint: &Iri) -> Result<bool> {
    let by = CommunityId(community);
    let domain = endpoint.domain();
    let permit = app.gate.permit(by, &domain, Contact::Deliver).await?;
    Ok(permit.is_err_and(|refusal| matches!(refusal.because(), Because::Rule(_))))
}

/// What the device is told. It reads the rest with its token, by the number.
async fn message(
    app: &App,
    device: &SubscriptionRow,
    me: &Me,
    told: Notification,
) -> Result<String> {
    // By it apps know for which of their accounts it is.
    let token = tokens::open(app, device).await.unwrap_or_default();
    let language = match me.member.language.as_str() {
        "" => "en",
        language => language,
    };
    let mut message = json!({
        "access_token": token,
        "preferred_locale": language,
        "notification_id": told.id,
        "notification_type": told.kind.as_str(),
        "icon": no_picture(Portrait::Avatar, &me.community),
        "title": told.kind.title(),
        "body": me.community.name,
    });
    if store::tells(&app.db, me.account.id).await? {
        let told = [told];
        let entity = notifications::entity::list(app, me, &told).await?.pop();
        let [told] = &told;
        let account = entity.map(|entity| entity["account"].clone());
        let account = account.unwrap_or_default();
        let name = account["display_name"].as_str().unwrap_or_default();
        let name: String = name.chars().take(LONGEST_NAME).collect();
        message["title"] = told.kind.title().replacen("Somebody", &name, 1).into();
        message["icon"] = account["avatar"].clone();
        message["body"] = words(told).into();
    }
    Ok(message.to_string())
}

fn words(told: &Notification) -> String {
    if let Some(act) = &told.warning {
        return act.reason.chars().take(MOST_WORDS).collect();
    }
    if let Some(shown) = &told.collection {
        return collections::words(&shown.collection).name.clone();
    }
    let Some(status) = &told.status else {
        return told.from.handle().to_string();
    };
    let said = statuses::text(status);
    // A rule may have put it behind a warning as well as its author.
    let warning = statuses::web::spoiler(&said.spoiler_text, status.conditions());
    let said = warning.unwrap_or_else(|| text::plain::block(&said.content));
    said.chars().take(MOST_WORDS).collect()
}

async fn parcel(
    app: &App,
    device: &SubscriptionRow,
    endpoint: &Iri,
    message: &[u8],
) -> Result<Parcel> {
    let keys = Keys {
        p256dh: device.p256dh.clone(),
        auth: device.auth.clone(),
    };
    let sealed = seal::seal(&keys, device.standard, message)?;
    let proof = vapid::proof(app, endpoint).await?;
    let known = vapid::public_key(app).await?;
    let (encoding, authorization, keys) = match sealed.beside {
        None => ("aes128gcm", format!("vapid t={proof}, k={known}"), None),
        Some((salt, key)) => (
            "aesgcm",
            format!("WebPush {proof}"),
            Some((
                format!("salt={salt}"),
                format!("dh={key};p256ecdsa={known}"),
            )),
        ),
    };
    Ok(Parcel {
        body: sealed.body,
        encoding,
        authorization,
        keys,
        ttl_s: TTL_S,
        unsubscribe: None,
    })
}
