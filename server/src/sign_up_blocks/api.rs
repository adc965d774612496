//! Blocks of sign-ups for moderators' apps, in Mastodon's three lists.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Block, Kind, Network, NewBlock, Severity, canonical_hash};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Me, Paging, Reply, address};
use crate::moderation::looked_after;
use crate::web::time;

/// A page of one list, newest first.
async fn list(app: &App, me: &Me, paging: &Paging, kind: Kind) -> Result<Reply> {
    let (window, limit) = (paging.window(), paging.limit(100, 200));
    let limit = usize::try_from(limit).unwrap_or_default();
    let mut found: Vec<Block> = super::all(app, looked_after(me)?).await?;
    found.retain(|block| block.kind == kind && block.id < window.below && block.id > window.above);
    if window.from_below {
        found = found.split_off(found.len().saturating_sub(limit));
    }
    let goes_on = found.len() > limit || window.from_below;
    found.truncate(limit);
    let newest = found.first().map(|block| block.id);
    let oldest = found.last().map(|block| block.id).filter(|_| goes_on);
    let list: Vec<Value> = found.iter().map(entity).collect();
    Ok(Reply::api(json!(list)).with_links(paging.links(&me.community, newest, oldest)))
}

fn entity(block: &Block) -> Value {
    let id = block.id.to_string();
    match block.kind {
        Kind::Provider => json!({
            "id": id,
            "domain": block.pattern,
            "created_at": time::iso_ms(block.created_at),
            "allow_with_approval": block.severity == Severity::Approval,
            // Who was turned away is not counted.
            "history": [],
        }),
        Kind::Email => json!({ "id": id, "canonical_email_hash": block.pattern }),
        Kind::Network => json!({
            "id": id,
            "ip": block.pattern,
            "severity": match block.severity {
                Severity::Approval => "sign_up_requires_approval",
                Severity::SignUp => "sign_up_block",
                Severity::Everything => "no_access",
            },
            "comment": block.comment,
            "created_at": time::iso_ms(block.created_at),
            "expires_at": block.expires_at.map(time::iso_ms),
        }),
    }
}

async fn one(app: &App, me: &Me, kind: Kind, id: i64) -> Result<Reply> {
    let block = super::find(app, looked_after(me)?, kind, id).await?;
    Ok(Reply::api(entity(&block)))
}

async fn add(app: &App, me: &Me, from: IpAddr, new: NewBlock) -> Result<Reply> {
    let block = super::add(app, looked_after(me)?, &me.account, from, new).await?;
    Ok(Reply::api(entity(&block)))
}

async fn remove(app: &App, me: &Me, kind: Kind, id: i64) -> Result<Reply> {
    super::remove(app, looked_after(me)?, kind, id).await?;
    Ok(Reply::api(json!({})))
}

/// A provider of e-mail addresses, as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentProvider {
    domain: String,
    allow_with_approval: bool,
}

/// `GET /api/v1/admin/email_domain_blocks`
pub async fn providers(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    list(&app, client.me()?, &paging, Kind::Provider).await
}

/// `GET /api/v1/admin/email_domain_blocks/{id}`
pub async fn provider(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    one(&app, client.me()?, Kind::Provider, id).await
}

/// `POST /api/v1/admin/email_domain_blocks`
pub async fn block_provider(
    State(app): State<App>,
    client: Client,
    parts: Parts,
    Input(sent): Input<SentProvider>,
) -> Result<Reply> {
    let new = NewBlock {
        kind: Kind::Provider,
        pattern: super::provider(&sent.domain)?,
        severity: if sent.allow_with_approval {
            Severity::Approval
        } else {
            Severity::SignUp
        },
        comment: String::new(),
        expires_at: None,
    };
    let from = address::client(&parts, &app.config);
    add(&app, client.me()?, from, new).await
}

/// `DELETE /api/v1/admin/email_domain_blocks/{id}`
pub async fn unblock_provider(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    remove(&app, client.me()?, Kind::Provider, id).await
}

/// An e-mail address, or the hash of one, as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentEmail {
    email: Option<String>,
    canonical_email_hash: Option<String>,
}

impl SentEmail {
    fn hash(&self) -> Result<String> {
        match (&self.email, &self.canonical_email_hash) {
            (Some(email), _) => canonical_hash(email)
                .ok_or_else(|| Error::invalid("email", "must be an e-mail address")),
            (None, Some(hash)) => super::hash(hash),
            (None, None) => Err(Error::invalid("email", "is missing")),
        }
    }
}

/// `GET /api/v1/admin/canonical_email_blocks`
pub async fn emails(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    list(&app, client.me()?, &paging, Kind::Email).await
}

/// `GET /api/v1/admin/canonical_email_blocks/{id}`
pub async fn email(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    one(&app, client.me()?, Kind::Email, id).await
}

/// `POST /api/v1/admin/canonical_email_blocks/test`: those that this address meets.
pub async fn test_email(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<SentEmail>,
) -> Result<Reply> {
    let me = client.me()?;
    let community = looked_after(me)?;
    let hash = sent.hash()?;
    let found = super::all(&app, community).await?;
    let met = found
        .iter()
        .filter(|block| block.kind == Kind::Email && block.pattern == hash);
    let list: Vec<Value> = met.map(entity).collect();
    Ok(Reply::api(json!(list)))
}

/// `POST /api/v1/admin/canonical_email_blocks`
pub async fn block_email(
    State(app): State<App>,
    client: Client,
    parts: Parts,
    Input(sent): Input<SentEmail>,
) -> Result<Reply> {
    let new = NewBlock {
        kind: Kind::Email,
        pattern: sent.hash()?,
        severity: Severity::SignUp,
        comment: String::new(),
        expires_at: None,
    };
    let from = address::client(&parts, &app.config);
    add(&app, client.me()?, from, new).await
}

/// `DELETE /api/v1/admin/canonical_email_blocks/{id}`
pub async fn unblock_email(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    remove(&app, client.me()?, Kind::Email, id).await
}

/// A network, as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SentNetwork {
    ip: Option<String>,
    severity: Option<String>,
    comment: Option<String>,
    /// Seconds.
    expires_in: Option<i64>,
}

impl SentNetwork {
    fn network(&self) -> Result<Option<String>> {
        let network = self.ip.as_deref().map(Network::parse).transpose()?;
        Ok(network.map(|network| network.to_string()))
    }

    fn severity(&self) -> Result<Option<Severity>> {
        Ok(match self.severity.as_deref() {
            None => None,
            Some("sign_up_requires_approval") => Some(Severity::Approval),
            Some("sign_up_block") => Some(Severity::SignUp),
            Some("no_access") => Some(Severity::Everything),
            Some(_) => {
                let why = "must be sign_up_requires_approval, sign_up_block or no_access";
                return Err(Error::invalid("severity", why));
            }
        })
    }

    fn expires_at(&self, app: &App) -> Result<Option<i64>> {
        match self.expires_in {
            None => Ok(None),
            Some(seconds) if seconds > 0 => Ok(Some(
                app.now_ms().saturating_add(seconds.saturating_mul(1000)),
            )),
            Some(_) => Err(Error::invalid(
                "expires_in",
                "must be seconds, more than none",
            )),
        }
    }
}

/// `GET /api/v1/admin/ip_blocks`
pub async fn networks(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    list(&app, client.me()?, &paging, Kind::Network).await
}

/// `GET /api/v1/admin/ip_blocks/{id}`
pub async fn network(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    one(&app, client.me()?, Kind::Network, id).await
}

/// `POST /api/v1/admin/ip_blocks`
pub async fn block_network(
    State(app): State<App>,
    client: Client,
    parts: Parts,
    Input(sent): Input<SentNetwork>,
) -> Result<Reply> {
    let pattern = sent.network()?;
    let severity = sent.severity()?;
    let new = NewBlock {
        kind: Kind::Network,
        pattern: pattern.ok_or_else(|| Error::invalid("ip", "is missing"))?,
        severity: severity.ok_or_else(|| Error::invalid("severity", "is missing"))?,
        expires_at: sent.expires_at(&app)?,
        comment: sent.comment.unwrap_or_default(),
    };
    let from = address::client(&parts, &app.config);
    add(&app, client.me()?, from, new).await
}

/// `PUT /api/v1/admin/ip_blocks/{id}`: what is not sent stays.
pub async fn change_network(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    parts: Parts,
    Input(sent): Input<SentNetwork>,
) -> Result<Reply> {
    let me = client.me()?;
    let community = looked_after(me)?;
    let mut block = super::find(&app, community, Kind::Network, id).await?;
    if let Some(network) = sent.network()? {
        block.pattern = network;
    }
    if let Some(severity) = sent.severity()? {
        block.severity = severity;
    }
    if let Some(at) = sent.expires_at(&app)? {
        block.expires_at = Some(at);
    }
    if let Some(comment) = sent.comment {
        comment.trim().clone_into(&mut block.comment);
    }
    let from = address::client(&parts, &app.config);
    super::change(&app, community, from, &block).await?;
    Ok(Reply::api(entity(&block)))
}

/// `DELETE /api/v1/admin/ip_blocks/{id}`
pub async fn unblock_network(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    remove(&app, client.me()?, Kind::Network, id).await
}
