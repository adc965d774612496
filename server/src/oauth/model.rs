//! Apps, and what they were let.

use comity_db::row;

use super::Scopes;
use crate::error::{Error, Result};

row! {
    /// One row of `apps`.
    #[derive(Debug, Clone)]
    pub struct AppRow {
        pub id: i64,
        pub community_id: i64,
        pub client_id: String,
        pub secret_hash: Vec<u8>,
        pub name: String,
        pub website: Option<String>,
        pub redirect_uris: String,
        pub scopes: String,
        pub created_at: i64,
    }
}

row! {
    /// One row of `oauth_codes`.
    #[derive(Debug)]
    pub struct CodeRow {
        pub app_id: i64,
        pub account_id: i64,
        pub redirect_uri: String,
        pub scopes: String,
        pub challenge: Option<String>,
        pub expires_at: i64,
        pub token_id: Option<i64>,
        pub browser: String,
    }
}

row! {
    /// One row of `access_tokens`.
    #[derive(Debug)]
    pub struct TokenRow {
        pub id: i64,
        pub app_id: i64,
        pub account_id: Option<i64>,
        pub applicant_id: Option<i64>,
        pub scopes: String,
        pub last_used_at: i64,
    }
}

row! {
    /// A token of one member, with its app.
    #[derive(Debug)]
    pub struct GrantRow {
        pub id: i64,
        pub app_id: i64,
        pub name: String,
        pub website: Option<String>,
        pub scopes: String,
        pub browser: String,
        pub created_at: i64,
        pub last_used_at: i64,
    }
}

/// What a member let one app, by all its tokens together.
#[derive(Debug)]
pub struct LetIn {
    /// Which.
    pub app_id: i64,
    /// As it calls itself.
    pub name: String,
    /// Where to read about it.
    pub website: Option<String>,
    /// All that its tokens open.
    pub scopes: Scopes,
    /// Unix milliseconds: the first of its tokens.
    pub since: i64,
    /// Unix milliseconds, to within an hour.
    pub last_used_at: i64,
    /// Its tokens, the last used first; at least one.
    pub sign_ins: Vec<SignIn>,
}

/// One token that an app has of a member: they signed in with it once.
#[derive(Debug)]
pub struct SignIn {
    /// Which token; it opens nothing by this number.
    pub token_id: i64,
    /// What it opens.
    pub scopes: Scopes,
    /// How the browser called itself in which the member said yes; may be empty.
    pub browser: String,
    /// Unix milliseconds.
    pub since: i64,
    /// Unix milliseconds, to within an hour.
    pub last_used_at: i64,
}

/// A program that a member may let in.
#[derive(Clone, Debug)]
pub struct ClientApp {
    /// Ours.
    pub id: i64,
    /// The community it was registered with: its tokens open no other.
    pub community_id: i64,
    /// Names it in requests; no secret.
    pub client_id: String,
    /// As it calls itself.
    pub name: String,
    /// Where to read about it: http or https.
    pub website: Option<String>,
    /// Where codes may be sent, compared letter by letter.
    pub redirect_uris: Vec<String>,
    /// The most it may ask for.
    pub scopes: Scopes,
    /// Unix milliseconds.
    pub created_at: i64,
    pub(super) secret_hash: Vec<u8>,
}

impl ClientApp {
    pub(super) fn from_row(row: AppRow) -> Result<ClientApp> {
        let redirect_uris = serde_json::from_str(&row.redirect_uris).map_err(|_| {
            Error::internal(format!("apps.redirect_uris of {} cannot be read", row.id))
        })?;
        Ok(ClientApp {
            id: row.id,
            community_id: row.community_id,
            client_id: row.client_id,
            name: row.name,
            website: row.website,
            redirect_uris,
            scopes: Scopes::parse(&row.scopes),
            created_at: row.created_at,
            secret_hash: row.secret_hash,
        })
    }
}

/// What an app says of itself when it registers.
#[derive(Debug, Default)]
pub struct NewApp {
    /// As it calls itself.
    pub name: String,
    /// Where to read about it.
    pub website: Option<String>,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// What it may ask for, as written.
    pub scopes: String,
}
