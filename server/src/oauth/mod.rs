//! OAuth 2: members let apps in. The flows are those that Mastodon's apps use: an app registers itself, a member says
//! yes on a page of ours, the app exchanges the code for a token (RFC 6749, with PKCE by RFC 7636); or it gets a token
//! for itself, which opens nothing of any member.
//!
//! Secrets, codes and tokens are 32 random bytes each; we keep their hashes.

pub mod api;
mod model;
mod redirects;
mod scopes;
mod store;
pub mod web;

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_db::{Tx, Wrote};

pub use model::{ClientApp, LetIn, NewApp};
pub use redirects::{OUT_OF_BAND, Redirect};
pub use scopes::Scopes;

use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::http::token::Token;
use model::{CodeRow, TokenRow};

/// How long an app may take to exchange a code: RFC 6749 §4.1.2 recommends ten minutes at most.
const CODE_LIVES_MS: i64 = 10 * 60 * 1000;
/// For how long after that a second exchange is still noticed.
const CODE_REMEMBERED_MS: i64 = DAY_MS;
/// An app that nobody let anything is forgotten after so long: anybody may register any number.
const IDLE_APP_MS: i64 = DAY_MS;
/// A token that an app has for itself and does not use is forgotten after so long.
const IDLE_TOKEN_MS: i64 = 7 * DAY_MS;
/// Tokens that an app has at once of one member, or for itself: one for each device, and then some.
const MOST_TOKENS: i64 = 10;
/// Apps that all addresses together may register in a day.
const MOST_NEW_APPS: i64 = 10_000;
/// How exactly we know when a token was used last; each time costs a write.
const USED_EVERY_MS: i64 = 3_600_000;
/// Characters of an app's name, as Mastodon has it.
const LONGEST_NAME: usize = 60;
/// Characters of an address.
const LONGEST_ADDRESS: usize = 1_000;
/// Addresses of one app: one for each platform it runs on, and then some.
const MOST_REDIRECTS: usize = 20;
/// Characters of all of them: anybody may register any number of apps.
const LONGEST_REDIRECTS: usize = 4_000;

/// What an app did wrong, by the names of RFC 6749 §5.2 and §4.1.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// For programs.
    pub code: &'static str,
    /// For whoever writes the program: a sentence.
    pub why: &'static str,
}

/// Why a flow did not go on.
#[derive(Debug)]
pub enum Failed {
    /// The app did something wrong.
    Wrong(Wrong),
    /// Everything else.
    Other(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        Failed::Other(error)
    }
}

impl From<comity_db::DbError> for Failed {
    fn from(error: comity_db::DbError) -> Failed {
        Failed::Other(error.into())
    }
}

fn wrong<T>(code: &'static str, why: &'static str) -> Result<T, Failed> {
    Err(Failed::Wrong(Wrong { code, why }))
}

/// Registers an app with a community. The secret is told this once.
pub async fn register(
    app: &App,
    community: &Community,
    new: NewApp,
    neighbourhood: &str,
) -> Result<(ClientApp, String)> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid(
            "client_name",
            format!("must be 1 to {LONGEST_NAME} characters"),
        ));
    }
    if new.redirect_uris.is_empty() || new.redirect_uris.len() > MOST_REDIRECTS {
        return Err(Error::invalid(
            "redirect_uris",
            format!("must name 1 to {MOST_REDIRECTS} addresses"),
        ));
    }
    for uri in &new.redirect_uris {
        Redirect::parse(uri)?;
    }
    if new.redirect_uris.iter().map(String::len).sum::<usize>() > LONGEST_REDIRECTS {
        return Err(Error::invalid(
            "redirect_uris",
            format!("must together be at most {LONGEST_REDIRECTS} characters"),
        ));
    }
    let website = new.website.filter(|website| !website.trim().is_empty());
    if let Some(website) = &website {
        let is_web =
            url::Url::parse(website).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web || website.len() > LONGEST_ADDRESS {
            return Err(Error::invalid(
                "website",
                "must be an address that begins with https:// or http://",
            ));
        }
    }
    let scopes = Scopes::asked(&new.scopes);
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", "names nothing that exists"));
    }
    app.limits.check(Kind::App, neighbourhood)?;
    let day_ago = app.now_ms() - DAY_MS;
    if store::newer_apps(&app.db, day_ago, MOST_NEW_APPS).await? >= MOST_NEW_APPS {
        return Err(Error::TooMany { after_s: 3_600 });
    }
    let (client_id, secret) = (Token::random()?, Token::random()?);
    let client = ClientApp {
        id: app.next_id(),
        community_id: community.id,
        client_id: client_id.reveal(),
        name: name.to_owned(),
        website,
        redirect_uris: new.redirect_uris,
        scopes,
        created_at: app.now_ms(),
        secret_hash: secret.hash(),
    };
    store::insert_app(&app.db, &client).await?;
    Ok((client, secret.reveal()))
}

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
    /// To the app.
    There(Redirect, Wrong),
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
            redirect,
            wrong("unsupported_response_type", why),
        ));
    }
    let scopes = Scopes::asked(&asking.scope);
    if scopes.is_empty() || !client.scopes.cover(&scopes) {
        let why = "The scopes asked for are not among those the app registered.";
        return Err(NotAsked::There(redirect, wrong("invalid_scope", why)));
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
            return Err(NotAsked::There(redirect, wrong("invalid_request", why)));
        }
    };
    Ok(Asked {
        client,
        redirect,
        scopes,
        challenge,
    })
}

async fn find_client(
    app: &App,
    community: &Community,
    client_id: &str,
) -> Result<Option<ClientApp>> {
    let client = match store::app_by_client(&app.db, client_id).await? {
        Some(row) => ClientApp::from_row(row)?,
        None => return Ok(None),
    };
    Ok((client.community_id == community.id).then_some(client))
}

/// The member says yes. The code is for the app alone.
pub async fn grant(app: &App, account_id: i64, asked: &Asked) -> Result<String> {
    let code = Token::random()?;
    let row = CodeRow {
        app_id: asked.client.id,
        account_id,
        redirect_uri: asked.redirect.as_str().to_owned(),
        scopes: asked.scopes.to_string(),
        challenge: asked.challenge.clone(),
        expires_at: app.now_ms() + CODE_LIVES_MS,
        token_id: None,
    };
    store::insert_code(&app.db, code.hash(), &row).await?;
    Ok(code.reveal())
}

/// How an app says who it is.
#[derive(Debug, Default, Clone)]
pub struct Credentials {
    /// Its name.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// A token that was just made: the text is told this once.
#[derive(Debug)]
pub struct Made {
    /// For the `Authorization` header.
    pub token: String,
    /// What it opens.
    pub scopes: Scopes,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// The app, if it is who it says.
async fn identify(
    app: &App,
    community: &Community,
    credentials: &Credentials,
) -> Result<ClientApp, Failed> {
    let client = find_client(app, community, &credentials.client_id).await?;
    let secret = Token::parse(&credentials.client_secret).map(|secret| secret.hash());
    match (client, secret) {
        (Some(client), Some(secret))
            if constant_time::verify_slices_are_equal(&client.secret_hash, &secret).is_ok() =>
        {
            Ok(client)
        }
        _ => wrong(
            "invalid_client",
            "The client is not known here, or its secret is another.",
        ),
    }
}

/// Exchanges a code for a token. A code is good once; used again, it ends the token that it gave (RFC 6749 §4.1.2).
pub async fn exchange(
    app: &App,
    community: &Community,
    credentials: &Credentials,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<Made, Failed> {
    const WHY: &str = "The code is not known, was used, has expired, or was given for another client, address or code_verifier.";
    let client = identify(app, community, credentials).await?;
    let Some(code) = Token::parse(code) else {
        return wrong("invalid_grant", WHY);
    };
    let Some(row) = store::code(&app.db, code.hash()).await? else {
        return wrong("invalid_grant", WHY);
    };
    if row.app_id != client.id {
        return wrong("invalid_grant", WHY);
    }
    if let Some(token_id) = row.token_id {
        store::revoke(&app.db, token_id).await?;
        return wrong("invalid_grant", WHY);
    }
    let is_theirs = match &row.challenge {
        Some(challenge) => {
            let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
            constant_time::verify_slices_are_equal(hash.as_bytes(), challenge.as_bytes()).is_ok()
        }
        // Who sends a verifier believes there was a challenge: somebody took it out on the way (RFC 9700 §4.8.2).
        None => verifier.is_empty(),
    };
    if row.expires_at < app.now_ms() || row.redirect_uri != redirect_uri || !is_theirs {
        return wrong("invalid_grant", WHY);
    }
    let made = new_token(app, &client, Some(row.account_id), row.scopes)?;
    let mut tx = Tx::new();
    store::exchange(&mut tx, code.hash(), made.row.id);
    store::drop_spare_tokens(&mut tx, client.id, Some(row.account_id), MOST_TOKENS - 1);
    store::insert_token(&mut tx, made.secret.hash(), &made.row);
    match app.db.write(tx).await? {
        Wrote::All => Ok(made.told()),
        Wrote::Nothing { .. } => {
            // Two came at once. Nobody knows which of them is the thief.
            let other = store::code(&app.db, code.hash()).await?;
            if let Some(token_id) = other.and_then(|row| row.token_id) {
                store::revoke(&app.db, token_id).await?;
            }
            wrong("invalid_grant", WHY)
        }
    }
}

/// A token for the app itself (RFC 6749 §4.4).
pub async fn token_for_app(
    app: &App,
    community: &Community,
    credentials: &Credentials,
    scope: &str,
) -> Result<Made, Failed> {
    let client = identify(app, community, credentials).await?;
    let scopes = Scopes::asked(scope);
    if scopes.is_empty() || !client.scopes.cover(&scopes) {
        return wrong(
            "invalid_scope",
            "The scopes asked for are not among those the app registered.",
        );
    }
    app.limits.check(Kind::AppToken, &client.client_id)?;
    let made = new_token(app, &client, None, scopes.to_string())?;
    let mut tx = Tx::new();
    store::drop_spare_tokens(&mut tx, client.id, None, MOST_TOKENS - 1);
    store::insert_token(&mut tx, made.secret.hash(), &made.row);
    app.commit(tx).await?;
    Ok(made.told())
}

struct NewToken {
    secret: Token,
    row: TokenRow,
}

impl NewToken {
    fn told(self) -> Made {
        Made {
            token: self.secret.reveal(),
            scopes: Scopes::parse(&self.row.scopes),
            created_at: self.row.last_used_at,
        }
    }
}

fn new_token(
    app: &App,
    client: &ClientApp,
    account_id: Option<i64>,
    scopes: String,
) -> Result<NewToken> {
    Ok(NewToken {
        secret: Token::random()?,
        row: TokenRow {
            id: app.next_id(),
            app_id: client.id,
            account_id,
            scopes,
            last_used_at: app.now_ms(),
        },
    })
}

/// Ends a token of this app. One that does not exist is ended as well (RFC 7009 §2.2); another app's is not touched.
pub async fn revoke(
    app: &App,
    community: &Community,
    credentials: &Credentials,
    token: &str,
) -> Result<(), Failed> {
    let client = identify(app, community, credentials).await?;
    if let Some(token) = Token::parse(token) {
        store::revoke_token(&app.db, token.hash(), client.id).await?;
    }
    Ok(())
}

/// What a token opens, to whom.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Which app.
    pub app_id: i64,
    /// Whose; nobody's where the app speaks for itself.
    pub account_id: Option<i64>,
    /// What.
    pub scopes: Scopes,
}

/// What this token opens in this community, if anything.
pub async fn resume(app: &App, community: &Community, token: &str) -> Result<Option<Grant>> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let Some(row) = store::token(&app.db, token.hash()).await? else {
        return Ok(None);
    };
    let client = find_app(app, row.app_id).await?;
    if client.community_id != community.id {
        return Ok(None);
    }
    let now_ms = app.now_ms();
    if now_ms - row.last_used_at >= USED_EVERY_MS {
        store::touch(&app.db, row.id, now_ms).await?;
    }
    Ok(Some(Grant {
        app_id: row.app_id,
        account_id: row.account_id,
        scopes: Scopes::parse(&row.scopes),
    }))
}

/// The app with this number.
pub async fn find_app(app: &App, id: i64) -> Result<ClientApp> {
    let row = store::app_by_id(&app.db, id).await?;
    ClientApp::from_row(row.ok_or(Error::NotFound)?)
}

/// Which apps a member let in, the last used first.
pub async fn let_in(app: &App, account_id: i64) -> Result<Vec<LetIn>> {
    let mut apps: Vec<LetIn> = Vec::new();
    for token in store::grants(&app.db, account_id).await? {
        let scopes = Scopes::parse(&token.scopes);
        match apps.iter_mut().find(|known| known.app_id == token.app_id) {
            Some(known) => {
                known.scopes = known.scopes.and(&scopes);
                known.since = known.since.min(token.created_at);
            }
            None => apps.push(LetIn {
                app_id: token.app_id,
                name: token.name,
                website: token.website,
                scopes,
                since: token.created_at,
                last_used_at: token.last_used_at,
            }),
        }
    }
    Ok(apps)
}

/// Ends all that a member let one app, with what they said yes to and it did not fetch yet.
pub async fn end_app(app: &App, account_id: i64, app_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::revoke_app(&mut tx, account_id, app_id);
    if app.commit(tx).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Ends what a member let all apps, in the caller's transaction.
pub(crate) fn end_all(tx: &mut Tx, account_id: i64) {
    store::revoke_all(tx, account_id);
}

/// Forgets up to `most` codes, tokens and apps that are of no use any more, and says how many.
pub async fn forget_old(app: &App, now_ms: i64, most: i64) -> Result<u64> {
    let codes = store::forget_codes(&app.db, now_ms - CODE_REMEMBERED_MS, most).await?;
    let tokens = store::forget_tokens(&app.db, now_ms - IDLE_TOKEN_MS, most).await?;
    let apps = store::forget_apps(&app.db, now_ms - IDLE_APP_MS, most).await?;
    Ok(codes.max(tokens).max(apps))
}
