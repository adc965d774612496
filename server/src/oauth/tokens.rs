//! Tokens: exchanged for a code, or made for an app itself; what they open, and their end.

use std::collections::HashSet;

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_db::{Tx, Wrote};

use super::apps::{find_app, find_client};
use super::model::{ClientApp, TokenRow};
use super::{Failed, Scopes, store, wrong};
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::http::Kind;
use crate::http::token::Token;
use crate::members::{self, Standing};

/// Tokens that an app has at once of one member. An app in browsers is one for all devices of everybody, and leaves a token
/// behind wherever its data are deleted; beyond these the one that was used longest ago ends, and the member is told before
/// they say yes.
pub const MOST_SIGN_INS: i64 = 40;
/// Tokens that an app has at once for itself: one for each machine on which it runs, and then some.
const MOST_OWN_TOKENS: i64 = 10;
/// How exactly we know when a token was used last; each time costs a write.
const USED_EVERY_MS: i64 = 3_600_000;

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

/// Exchanges a code for a token. A code is good once; used again, it ends the token that it gave (RFC 6749 §4.1.2). It gives
/// none while the moderators keep its member out.
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
        end(app, token_id).await?;
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
    if members::find(app, row.account_id).await?.standing != Standing::Active {
        return wrong("invalid_grant", WHY);
    }
    let whose = Some(Whose::Member(row.account_id));
    let made = new_token(app, &client, whose, row.scopes)?;
    let mut tx = Tx::new();
    store::exchange(&mut tx, code.hash(), made.row.id);
    store::drop_spare_of_member(&mut tx, row.account_id, client.id, MOST_SIGN_INS - 1);
    store::insert_token(&mut tx, made.secret.hash(), &made.row, &row.browser);
    match app.db.write(tx).await? {
        Wrote::All => Ok(made.told()),
        Wrote::Nothing { .. } => {
            // Two came at once. Nobody knows which of them is the thief.
            let other = store::code(&app.db, code.hash()).await?;
            if let Some(token_id) = other.and_then(|row| row.token_id) {
                end(app, token_id).await?;
            }
            wrong("invalid_grant", WHY)
        }
    }
}

/// When the token was used last that ends where this member lets this app in once more; none while there is room. Unix
/// milliseconds.
pub async fn would_end(app: &App, account_id: i64, app_id: i64) -> Result<Option<i64>> {
    store::next_spare(&app.db, account_id, app_id, MOST_SIGN_INS - 1).await
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
    store::drop_spare_of_app(&mut tx, client.id, MOST_OWN_TOKENS - 1);
    store::insert_token(&mut tx, made.secret.hash(), &made.row, "");
    app.commit(tx).await?;
    Ok(made.told())
}

/// For whom an app speaks with a token.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    /// A member, by their account.
    Member(i64),
    /// Somebody who waits to become one, by the number they will have.
    Applicant(i64),
}

/// A token of whoever an app signs up, with all that the app may ask for, in the transaction that does.
pub(crate) async fn token_at_sign_up(
    app: &App,
    tx: &mut Tx,
    app_id: i64,
    whose: Whose,
) -> Result<Made> {
    let client = find_app(app, app_id).await?;
    let made = new_token(app, &client, Some(whose), client.scopes.to_string())?;
    store::insert_token(tx, made.secret.hash(), &made.row, "");
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
    whose: Option<Whose>,
    scopes: String,
) -> Result<NewToken> {
    let (account_id, applicant_id) = match whose {
        None => (None, None),
        Some(Whose::Member(id)) => (Some(id), None),
        Some(Whose::Applicant(id)) => (None, Some(id)),
    };
    Ok(NewToken {
        secret: Token::random()?,
        row: TokenRow {
            id: app.next_id(),
            app_id: client.id,
            account_id,
            applicant_id,
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
    let Some(token) = Token::parse(token) else {
        return Ok(());
    };
    if let Some(row) = store::token(&app.db, token.hash(), community.id).await?
        && row.app_id == client.id
    {
        end(app, row.id).await?;
    }
    Ok(())
}

async fn end(app: &App, token_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::revoke(&mut tx, token_id);
    app.commit(tx).await?;
    Ok(())
}

/// Those of these tokens that still open something.
pub async fn live_among(app: &App, tokens: Vec<i64>) -> Result<HashSet<i64>> {
    Ok(store::live_among(&app.db, tokens)
        .await?
        .into_iter()
        .collect())
}

/// What a token opens, to whom.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Which token.
    pub token_id: i64,
    /// Which app.
    pub app_id: i64,
    /// Whose; nobody's where the app speaks for itself.
    pub account_id: Option<i64>,
    /// Of somebody who waits to become a member: it opens nothing of theirs yet.
    pub applicant_id: Option<i64>,
    /// What.
    pub scopes: Scopes,
}

/// Whether this token was ended by the suspension of its member, who is one of this community and still kept out.
pub async fn was_suspended(app: &App, community: &Community, token: &str) -> Result<bool> {
    match Token::parse(token) {
        Some(token) => store::is_ended(&app.db, token.hash(), community.id).await,
        None => Ok(false),
    }
}

/// What this token opens in this community, if anything.
pub async fn resume(app: &App, community: &Community, token: &str) -> Result<Option<Grant>> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let Some(row) = store::token(&app.db, token.hash(), community.id).await? else {
        return Ok(None);
    };
    let now_ms = app.now_ms();
    if now_ms - row.last_used_at >= USED_EVERY_MS {
        store::touch(&app.db, row.id, now_ms).await?;
    }
    Ok(Some(Grant {
        token_id: row.id,
        app_id: row.app_id,
        account_id: row.account_id,
        applicant_id: row.applicant_id,
        scopes: Scopes::parse(&row.scopes),
    }))
}
