//! Asking a member for a yes (RFC 6749 §4.1.1), and the code that it gives.

use comity_db::Tx;

use super::apps::find_client;
use super::model::{ClientApp, CodeRow};
use super::redirects::Redirect;
use super::{CODE_LIVES_MS, Scopes, Wrong, store};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::token::Token;
use crate::members;

/// What an app asks a member for, checked.
#[derive(Debug)]
pub struct Asked {
    /// Who asks.
    pub client: ClientApp,
    /// Where the answer goes.
    pub redirect: Redirect,
    /// What for.
    pub scopes: Scopes,
    challenge: Option<String>,
}

/// What the address of a request for a member's yes says.
#[derive(Debug, Default, Clone)]
pub struct Asking {
    /// Which app.
    pub client_id: String,
    /// Where it wants the answer.
    pub redirect_uri: String,
    /// What for; empty for what is usual.
    pub scope: String,
    /// Must be `code`.
    pub response_type: String,
    /// PKCE; empty for none.
    pub code_challenge: String,
    /// Must be `S256` where there is a challenge.
    pub code_challenge_method: String,
}

/// Where a wrong request is told.
#[derive(Debug)]
pub enum NotAsked {
    /// To the member: nobody knows where the app is.
    Here(&'static str),
    /// To the app, which calls itself so.
    There(String, Redirect, Wrong),
    /// Everything else.
    Other(Error),
}

/// Reads what an app asks for. A wrong app or address is told to the member and sent nowhere (RFC 6749 §4.1.2.1).
pub async fn ask(app: &App, community: &Community, asking: &Asking) -> Result<Asked, NotAsked> {
    let client = find_client(app, community, &asking.client_id)
        .await
        .map_err(NotAsked::Other)?
        .ok_or(NotAsked::Here("No app is registered here under that name. It can register anew when you begin again in it."))?;
    let redirect = client
        .redirect_uris
        .iter()
        .find(|uri| **uri == asking.redirect_uri)
        .and_then(|uri| Redirect::parse(uri).ok())
        .ok_or(NotAsked::Here(
            "The app asks to be answered at an address that it did not register, so it is not answered.",
        ))?;
    let wrong = |code, why| Wrong { code, why };
    if asking.response_type != "code" {
        let why = "Only response_type=code is understood.";
        return Err(NotAsked::There(
            client.name,
            redirect,
            wrong("unsupported_response_type", why),
        ));
    }
    let scopes = Scopes::asked(&asking.scope);
    if scopes.is_empty() || !client.scopes.cover(&scopes) {
        let why = "The scopes asked for are not among those the app registered.";
        return Err(NotAsked::There(
            client.name,
            redirect,
            wrong("invalid_scope", why),
        ));
    }
    let challenge = match (
        asking.code_challenge.as_str(),
        asking.code_challenge_method.as_str(),
    ) {
        ("", "") => None,
        // The hash in base64 without padding.
        (challenge, "S256") if challenge.len() == 43 => Some(challenge.to_owned()),
        _ => {
            let why = "code_challenge must be a SHA-256 with code_challenge_method=S256.";
            return Err(NotAsked::There(
                client.name,
                redirect,
                wrong("invalid_request", why),
            ));
        }
    };
    Ok(Asked {
        client,
        redirect,
        scopes,
        challenge,
    })
}

/// What browsers call themselves is cut there.
const LONGEST_BROWSER: usize = 200;

/// The member says yes, in the browser with this session, which calls itself so. The code is for the app alone. Refused where
/// the browser was signed out since it asked: a form may come slowly, and whatever signs a member out ends what was let before.
pub async fn grant(
    app: &App,
    account_id: i64,
    (session, browser): (&Token, &str),
    asked: &Asked,
) -> Result<String> {
    let code = Token::random()?;
    let browser = &browser[..browser.floor_char_boundary(LONGEST_BROWSER)];
    let row = CodeRow {
        app_id: asked.client.id,
        account_id,
        redirect_uri: asked.redirect.as_str().to_owned(),
        scopes: asked.scopes.to_string(),
        challenge: asked.challenge.clone(),
        expires_at: app.now_ms() + CODE_LIVES_MS,
        token_id: None,
        browser: browser.to_owned(),
    };
    let mut tx = Tx::new();
    members::still_signed_in(&mut tx, account_id, session.hash(), app.now_ms());
    store::insert_code(&mut tx, code.hash(), &row);
    if !app.commit(tx).await? {
        return Err(Error::Unauthorized);
    }
    Ok(code.reveal())
}
