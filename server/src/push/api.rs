//! Push subscriptions for apps, in Mastodon's words: one for each token.

use std::collections::BTreeMap;

use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use super::{Subscription, Wanted, change as change_it, end_by, find, public_key, unsubscribe};
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Input, Path, Reply, bearer};

/// What an app sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    subscription: Where,
    data: Choice,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Where {
    endpoint: String,
    keys: Keys,
    standard: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Keys {
    p256dh: String,
    auth: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    alerts: Option<BTreeMap<String, bool>>,
    policy: Option<String>,
}

/// `GET /api/v1/push/subscription`
pub async fn show(State(app): State<App>, client: Client) -> Result<Reply> {
    let found = find(&app, client.grant.token_id).await?;
    entity(&app, &found).await
}

/// `POST /api/v1/push/subscription`
pub async fn subscribe(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let wanted = Wanted {
        endpoint: sent.subscription.endpoint,
        p256dh: sent.subscription.keys.p256dh,
        auth: sent.subscription.keys.auth,
        standard: sent.subscription.standard,
        alerts: sent.data.alerts.unwrap_or_default(),
        policy: sent.data.policy.unwrap_or_default(),
        token: bearer(&headers).map(str::to_owned),
    };
    let me = client.me()?.account.id;
    let made = super::subscribe(&app, me, client.grant.token_id, wanted).await?;
    entity(&app, &made).await
}

/// `PUT /api/v1/push/subscription`
pub async fn change(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let (alerts, policy) = (sent.data.alerts, sent.data.policy);
    let token = client.grant.token_id;
    let now = change_it(&app, token, alerts.as_ref(), policy.as_deref()).await?;
    entity(&app, &now).await
}

/// `DELETE /api/v1/push/subscription`
pub async fn end(State(app): State<App>, client: Client) -> Result<Reply> {
    unsubscribe(&app, client.grant.token_id).await?;
    Ok(Reply::api(json!({})))
}

/// `DELETE /api/web/push_subscriptions/{token}`: by the `Unsubscribe-URL` of a message. The answer is the same whatever
/// came of it.
pub async fn end_by_address(State(app): State<App>, Path(word): Path<String>) -> Result<Reply> {
    end_by(&app, &word).await?;
    Ok(Reply::api(json!({})))
}

async fn entity(app: &App, subscription: &Subscription) -> Result<Reply> {
    Ok(Reply::api(json!({
        "id": subscription.id.to_string(),
        "endpoint": subscription.endpoint,
        "standard": subscription.standard,
        "alerts": subscription.alerts.entity(),
        "policy": subscription.from.as_str(),
        "server_key": public_key(app).await?,
    })))
}
