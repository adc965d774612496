//! Apps with a token: who they speak for, and whether they may ask at all.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use comity_policy::{CommunityId, Party};
use http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::form_urlencoded;

use super::address;
use super::rate_limit::{Allowance, counting};
use super::reply::Reply;
use super::viewer::{Here, Me, Visit};
use crate::accounts;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::members::{self, Role, Standing};
use crate::oauth::{self, Grant, Scopes};
use crate::sign_ups;
use crate::web::time;

/// What an address of the API wants of whoever asks. It stands beside the address, and is checked before the handler
/// runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// Nothing, and a token that opens nothing is as none: an app whose own has ended signs in anew with it in hand.
    Nothing,
    /// Nothing; where a member's token comes along, one with one of these scopes. Mastodon refuses one that has ended here and
    /// passes over one it never gave. Of those that ended we keep none but those of the suspended, and refuse both: the app would not hear of it
    /// otherwise, and show its member what strangers see.
    Anyone(&'static [&'static str]),
    /// The token of any app.
    AnyApp,
    /// The token of an app for itself with one of these scopes.
    App(&'static [&'static str]),
    /// The token with one of these scopes of a member, or of somebody who waits to become one.
    SignedUp(&'static [&'static str]),
    /// A member's token with one of these scopes.
    Member(&'static [&'static str]),
    /// Nothing but what the stream that is asked for wants, which its handler checks. Browsers cannot send a header
    /// with a WebSocket or an event source, so the token may stand in the address, or for a protocol.
    Stream,
}

/// An app that asks, with a token that was checked.
#[derive(Clone, Debug)]
pub struct Client {
    /// What its token opens.
    pub grant: Grant,
    /// Where.
    pub community: Arc<Community>,
    me: Option<Me>,
}

impl Client {
    /// The account of the member it speaks for.
    fn account_id(&self) -> Option<i64> {
        self.grant.account_id
    }

    /// The member it speaks for, as whoever asks.
    pub fn caller(&self) -> Result<Caller> {
        Ok(Caller::from(self.me()?))
    }

    /// The member it speaks for.
    pub fn me(&self) -> Result<&Me> {
        self.me.as_ref().ok_or_else(needs_member)
    }

    /// What their pages would be made for.
    pub fn visit(&self) -> Result<Visit> {
        Visit::as_member(self.me()?)
    }
}

/// Whoever asks where no token is needed: a member's app, an app by itself, or anybody.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Where.
    pub community: Arc<Community>,
    /// The member whose app it is, if it is one's.
    pub me: Option<Me>,
}

impl Caller {
    /// As a party to an exchange.
    pub fn party(&self) -> Party {
        match &self.me {
            Some(me) => me.party(),
            None => Party::Anonymous(CommunityId(self.community.id)),
        }
    }

    /// The account of the member who asks.
    pub fn account_id(&self) -> Option<i64> {
        self.me.as_ref().map(|me| me.account.id)
    }
}

impl From<&Me> for Caller {
    fn from(me: &Me) -> Caller {
        Caller {
            community: me.community.clone(),
            me: Some(me.clone()),
        }
    }
}

impl From<&Visit> for Caller {
    fn from(visit: &Visit) -> Caller {
        Caller {
            community: visit.community.clone(),
            me: visit.me.clone(),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Reply> {
        if let Some(client) = parts.extensions.get::<Client>() {
            return Ok(Caller {
                community: client.community.clone(),
                me: client.me.clone(),
            });
        }
        let Here(community) = Here::from_request_parts(parts, app).await?;
        Ok(Caller {
            community,
            me: None,
        })
    }
}

/// As Mastodon says it of whoever is frozen or suspended. Apps that hear 401 sign out, and lose what was begun in them.
fn disabled() -> Error {
    Error::Forbidden("your login is currently disabled".to_owned())
}

fn needs_member() -> Error {
    Error::invalid("this", "method requires an authenticated user")
}

/// The layer around every address of the API.
pub async fn authorize(
    State((app, wants)): State<(App, Wants)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let checked = check(&app, wants, &mut parts).await;
    let (may, allowance) = match parts
        .extensions
        .get::<Client>()
        .and_then(Client::account_id)
    {
        Some(account_id) => app.limits.ask_as(account_id),
        None => {
            let address = address::client(&parts, &app.config);
            app.limits.ask_from(&address::neighbourhood(address))
        }
    };
    let (mut response, counted) = match checked {
        Ok(()) if may => counting(next.run(Request::from_parts(parts, body))).await,
        Ok(()) => {
            let too_many = Reply::from(Error::TooMany { after_s: AGAIN_S });
            (too_many.into_response(), None)
        }
        Err(reply) => (reply.into_response(), None),
    };
    // Of what counts for itself, such as posts, less may be left than of all requests.
    let told = counted.filter(|counted| counted.left <= allowance.left);
    for (name, value) in headers(&told.unwrap_or(allowance)) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Whoever asked too much is told to wait so long, in seconds: by then some of it may be asked again.
const AGAIN_S: u64 = 30;

/// What is left, as Mastodon writes it: the time in ISO 8601 with microseconds.
fn headers(allowance: &Allowance) -> Vec<(HeaderName, HeaderValue)> {
    let whole_at = time::iso_ms(allowance.whole_at).replace('Z', "000Z");
    let named = |name, value: String| {
        let value = HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static(""));
        (HeaderName::from_static(name), value)
    };
    vec![
        named("x-ratelimit-limit", allowance.most.to_string()),
        named("x-ratelimit-remaining", allowance.left.to_string()),
        named("x-ratelimit-reset", whole_at),
    ]
}

async fn check(app: &App, wants: Wants, parts: &mut Parts) -> Result<(), Reply> {
    let Here(community) = Here::from_request_parts(parts, app).await?;
    let token = match wants {
        Wants::Stream => elsewhere(parts),
        _ => bearer(&parts.headers).map(str::to_owned),
    };
    let client = match token {
        Some(token) => match resume(app, community, &token).await {
            Err(Error::Unauthorized) if wants == Wants::Nothing => None,
            resumed => Some(resumed?),
        },
        None => None,
    };
    match (wants, &client) {
        (Wants::Nothing | Wants::Anyone(_) | Wants::Stream, None)
        | (Wants::Nothing | Wants::Stream, _)
        | (Wants::AnyApp, Some(_)) => {}
        (_, None) => return Err(Error::Unauthorized.into()),
        // What an app may ask for itself, anybody may.
        (Wants::Anyone(_), Some(client)) if client.me.is_none() => {}
        (Wants::Anyone(scopes), Some(client)) => covers(client, scopes)?,
        (Wants::App(scopes), Some(client)) => {
            if client.me.is_some() || client.grant.applicant_id.is_some() {
                return Err(Error::Forbidden(
                    "this method requires an client credentials authentication".to_owned(),
                )
                .into());
            }
            covers(client, scopes)?;
        }
        (Wants::SignedUp(scopes), Some(client)) => {
            if client.grant.applicant_id.is_none() {
                client.me()?;
            }
            covers(client, scopes)?;
        }
        (Wants::Member(scopes), Some(client)) => {
            if let Some(id) = client.grant.applicant_id {
                return Err(sign_ups::api::why_not(app, id).await.into());
            }
            let me = client.me()?;
            covers(client, scopes)?;
            looks_after(me, scopes)?;
        }
    }
    if let Some(client) = client {
        parts.extensions.insert(client);
    }
    Ok(())
}

fn covers(client: &Client, scopes: &[&str]) -> Result<()> {
    let may = scopes
        .iter()
        .any(|scope| client.grant.scopes.cover(&Scopes::of(scope)));
    if may {
        return Ok(());
    }
    Err(Error::Forbidden(
        "this action is outside the authorized scopes".to_owned(),
    ))
}

/// What apps of moderators ask is for moderators. An address of theirs is no secret, so a member's app is told so in
/// Mastodon's words; whether there is what it names is looked up for nobody else.
fn looks_after(me: &Me, scopes: &[&str]) -> Result<()> {
    let is_theirs = scopes.iter().any(|scope| scope.starts_with("admin:"));
    if is_theirs && me.member.role < Role::Moderator {
        return Err(Error::Forbidden("this action is not allowed".to_owned()));
    }
    Ok(())
}

/// The text of the token that an app sends along.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// The token of whoever asks for a stream: from the header, the address, or the first protocol.
fn elsewhere(parts: &Parts) -> Option<String> {
    let from_query = || {
        let query = parts.uri.query()?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(name, _)| name == "access_token")
            .map(|(_, token)| token.into_owned())
            .filter(|token| !token.is_empty())
    };
    let from_protocol = || {
        let protocols = parts.headers.get(SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
        let first = protocols.split(',').next()?.trim();
        (!first.is_empty()).then(|| first.to_owned())
    };
    bearer(&parts.headers)
        .map(str::to_owned)
        .or_else(from_query)
        .or_else(from_protocol)
}

async fn resume(app: &App, community: Arc<Community>, token: &str) -> Result<Client> {
    let Some(grant) = oauth::resume(app, &community, token).await? else {
        if oauth::was_suspended(app, &community, token).await? {
            return Err(disabled());
        }
        return Err(Error::Unauthorized);
    };
    let me = match grant.account_id {
        Some(account_id) => {
            let account = accounts::find(app, account_id).await?;
            if account.gone_at.is_some() {
                return Err(Error::Unauthorized);
            }
            let member = members::find(app, account_id).await?;
            match member.standing {
                Standing::Active => {}
                Standing::Frozen | Standing::Suspended => return Err(disabled()),
                Standing::Leaving => return Err(Error::Unauthorized),
            }
            Some(Me {
                member,
                account,
                community: community.clone(),
            })
        }
        None => None,
    };
    Ok(Client {
        grant,
        community,
        me,
    })
}

impl OptionalFromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Option<Client>, Infallible> {
        Ok(parts.extensions.get::<Client>().cloned())
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Client, Reply> {
        parts
            .extensions
            .get::<Client>()
            .cloned()
            .ok_or_else(|| Error::Unauthorized.into())
    }
}
