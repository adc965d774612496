//! What apps ask for: registration, tokens, and what this server can do (RFC 8414).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ClientApp, Credentials, Failed, LetIn, Made, NewApp, SignIn, Wrong, scopes};
use crate::accounts::entity::no_picture;
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Here, Id, Input, Reply, address};
use crate::media::portrait::Portrait;
use crate::push;
use crate::web::time;

const JSON: &str = "application/json; charset=utf-8";

/// What an app says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Registration {
    client_name: String,
    /// Separated by blanks and line breaks, or a list.
    redirect_uris: Vec<String>,
    scopes: String,
    website: Option<String>,
}

/// `POST /api/v1/apps`
pub async fn register(
    State(app): State<App>,
    Here(community): Here,
    parts: Parts,
    Input(sent): Input<Registration>,
) -> Result<Reply> {
    let redirect_uris = sent
        .redirect_uris
        .iter()
        .flat_map(|text| text.split_ascii_whitespace())
        .map(str::to_owned)
        .collect();
    let new = NewApp {
        name: sent.client_name,
        website: sent.website,
        redirect_uris,
        scopes: sent.scopes,
    };
    let neighbourhood = address::neighbourhood(address::client(&parts, &app.config));
    let (client, secret) = super::register(&app, &community, new, &neighbourhood).await?;
    let mut entity = entity(&app, &client).await?;
    entity["client_id"] = json!(client.client_id);
    entity["client_secret"] = json!(secret);
    entity["client_secret_expires_at"] = json!(0);
    Ok(Reply::api(entity))
}

/// An app as apps read it.
async fn entity(app: &App, client: &ClientApp) -> Result<Value> {
    Ok(json!({
        "id": client.id.to_string(),
        "name": client.name,
        "website": client.website,
        "scopes": client.scopes.names(),
        "redirect_uri": client.redirect_uris.join("\n"),
        "redirect_uris": client.redirect_uris,
        "vapid_key": push::public_key(app).await?,
    }))
}

/// `GET /api/v1/apps/verify_credentials`
pub async fn verify_app(State(app): State<App>, client: Client) -> Result<Reply> {
    let client = super::find_app(&app, client.grant.app_id).await?;
    Ok(Reply::api(entity(&app, &client).await?))
}

/// What an app sends for a token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenRequest {
    grant_type: String,
    client_id: String,
    client_secret: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
    scope: String,
}

/// `POST /oauth/token`
pub async fn token(
    State(app): State<App>,
    Here(community): Here,
    headers: HeaderMap,
    Input(sent): Input<TokenRequest>,
) -> Result<Reply> {
    let credentials = credentials(&headers, &sent.client_id, &sent.client_secret);
    let made = match sent.grant_type.as_str() {
        "authorization_code" => {
            super::exchange(
                &app,
                &community,
                &credentials,
                &sent.code,
                &sent.redirect_uri,
                &sent.code_verifier,
            )
            .await
        }
        "client_credentials" => {
            super::token_for_app(&app, &community, &credentials, &sent.scope).await
        }
        _ => Err(Failed::Wrong(Wrong {
            code: "unsupported_grant_type",
            why: "grant_type must be authorization_code or client_credentials.",
        })),
    };
    answer(&headers, made.map(|made| told(&made)))
}

pub(crate) fn told(made: &Made) -> Value {
    json!({
        "access_token": made.token,
        "token_type": "Bearer",
        "scope": made.scopes.to_string(),
        "created_at": made.created_at / 1000,
    })
}

/// What an app sends to end a token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Revocation {
    client_id: String,
    client_secret: String,
    token: String,
}

/// `POST /oauth/revoke`
pub async fn revoke(
    State(app): State<App>,
    Here(community): Here,
    headers: HeaderMap,
    Input(sent): Input<Revocation>,
) -> Result<Reply> {
    let credentials = credentials(&headers, &sent.client_id, &sent.client_secret);
    let ended = super::revoke(&app, &community, &credentials, &sent.token).await;
    answer(&headers, ended.map(|()| json!({})))
}

/// By HTTP Basic, or beside the other fields (RFC 6749 §2.3.1).
fn credentials(headers: &HeaderMap, client_id: &str, client_secret: &str) -> Credentials {
    basic(headers).unwrap_or_else(|| Credentials {
        client_id: client_id.to_owned(),
        client_secret: client_secret.to_owned(),
    })
}

fn basic(headers: &HeaderMap) -> Option<Credentials> {
    let value = tried_by_basic(headers)?;
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (client_id, client_secret) = text.split_once(':')?;
    Some(Credentials {
        client_id: client_id.to_owned(),
        client_secret: client_secret.to_owned(),
    })
}

/// What an app sent by HTTP Basic, well or not.
fn tried_by_basic(headers: &HeaderMap) -> Option<&str> {
    let (scheme, value) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then_some(value)
}

/// An app that is not who it says by HTTP Basic is told of that scheme (RFC 6749 §5.2). Browsers ask nobody for a password
/// by that: they do so for a page of ours only, and none asks this.
fn answer(headers: &HeaderMap, outcome: Result<Value, Failed>) -> Result<Reply> {
    let (document, status) = match outcome {
        Ok(document) => (document, StatusCode::OK),
        Err(Failed::Other(error)) => return Err(error),
        Err(Failed::Wrong(wrong)) => {
            let status = match wrong.code {
                "invalid_client" => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            (
                json!({ "error": wrong.code, "error_description": wrong.why }),
                status,
            )
        }
    };
    let reply = Reply::api(document).with_status(status);
    Ok(match tried_by_basic(headers) {
        Some(_) if status == StatusCode::UNAUTHORIZED => {
            reply.with(WWW_AUTHENTICATE, "Basic realm=\"apps\", charset=\"UTF-8\"")
        }
        _ => reply,
    })
}

/// One sign-in of a member; `this` is the one by which it is asked.
fn sign_in(of: &LetIn, one: &SignIn, this: i64) -> Value {
    json!({
        "id": one.token_id.to_string(),
        "application": { "name": of.name, "website": of.website },
        "scopes": one.scopes.names(),
        "browser": Some(&one.browser).filter(|name| !name.is_empty()),
        "created_at": time::iso_ms(one.since),
        "last_used_at": time::iso_day(one.last_used_at),
        "current": one.token_id == this,
    })
}

/// `GET /api/comity/v1/tokens`: the member's sign-ins with all apps.
pub async fn sign_ins(State(app): State<App>, client: Client) -> Result<Reply> {
    let apps = super::let_in(&app, client.me()?.account.id).await?;
    let this = client.grant.token_id;
    let mut list: Vec<Value> = Vec::new();
    for of in &apps {
        list.extend(of.sign_ins.iter().map(|one| sign_in(of, one, this)));
    }
    Ok(Reply::api(json!(list)))
}

/// `DELETE /api/comity/v1/tokens/{id}`: also the one by which it is asked.
pub async fn end_sign_in(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::end_sign_in(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}

/// `GET` and `POST /oauth/userinfo`: who the member is, in the words of `OpenID` Connect.
pub async fn userinfo(client: Client) -> Result<Reply> {
    let me = client.me()?;
    let account = &me.account;
    let document = json!({
        "iss": issuer(&me.community.origin),
        "sub": account.iri.as_str(),
        "name": account.display_name,
        "preferred_username": account.username,
        "profile": format!("{}/@{}", me.community.origin, account.username),
        "picture": match &account.avatar_url {
            Some(url) => url.clone(),
            None => no_picture(Portrait::Avatar, &me.community),
        },
    });
    Ok(Reply::api(document))
}

/// `GET /.well-known/oauth-authorization-server`
pub async fn metadata(Here(community): Here) -> Reply {
    let at = |path: &str| format!("{}{path}", community.origin);
    let document = json!({
        "issuer": issuer(&community.origin),
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "userinfo_endpoint": at("/oauth/userinfo"),
        "app_registration_endpoint": at("/api/v1/apps"),
        "scopes_supported": scopes::all().collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    });
    Reply::json(document, JSON)
}

fn issuer(origin: &str) -> String {
    format!("{origin}/")
}
