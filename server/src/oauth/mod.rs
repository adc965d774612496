//! OAuth 2: members let apps in. The flows are those that Mastodon's apps use: an app registers itself, a member says
//! yes on a page of ours, the app exchanges the code for a token (RFC 6749, with PKCE by RFC 7636); or it gets a token
//! for itself, which opens nothing of any member.
//!
//! Secrets, codes and tokens are 32 random bytes each; we keep their hashes.

pub mod api;
mod apps;
mod asking;
mod model;
mod redirects;
mod scopes;
mod store;
mod tokens;
pub mod web;

pub(crate) use store::OF_MEMBER;

use comity_db::Tx;

pub use apps::{end_app, end_sign_in, find_app, let_in, register};
pub use asking::{Asked, Asking, NotAsked, ask, grant};
pub use model::{ClientApp, LetIn, NewApp, SignIn};
pub use redirects::{OUT_OF_BAND, Redirect};
pub use scopes::{Scopes, all as all_scopes};
pub use tokens::{
    Credentials, Grant, MOST_SIGN_INS, Made, exchange, live_among, resume, revoke, token_for_app,
    was_suspended, would_end,
};
pub(crate) use tokens::{Whose, token_at_sign_up};

use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};

/// How long an app may take to exchange a code: RFC 6749 §4.1.2 recommends ten minutes at most.
const CODE_LIVES_MS: i64 = 10 * 60 * 1000;
/// For how long after that a second exchange is still noticed.
const CODE_REMEMBERED_MS: i64 = DAY_MS;
/// An app that no member ever let in is forgotten after so long: anybody may register any number. One that was let in keeps
/// its name for good, as on Mastodon: Elk registers once with each server, and signs everybody in by that.
const UNUSED_APP_MS: i64 = 7 * DAY_MS;
/// A token that an app has for itself and does not use is forgotten after so long.
const IDLE_TOKEN_MS: i64 = 7 * DAY_MS;

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

/// Ends what a member let all apps, in the caller's transaction.
pub(crate) fn end_all(tx: &mut Tx, account_id: i64) {
    store::revoke_all(tx, account_id);
    store::forget_ended(tx, account_id);
}

/// The same of a member who is suspended: until it is lifted, [`was_suspended`] knows those tokens.
pub(crate) fn suspend_all(tx: &mut Tx, account_id: i64) {
    store::remember_ended(tx, account_id);
    store::revoke_all(tx, account_id);
}

/// The suspension is lifted, in the caller's transaction. What it ended stays ended.
pub(crate) fn unsuspend(tx: &mut Tx, account_id: i64) {
    store::forget_ended(tx, account_id);
}

/// Somebody who waited is a member from now on, and the app that signed them up speaks for them and is kept; in the
/// caller's transaction.
pub(crate) fn let_applicant_in(tx: &mut Tx, applicant_id: i64) {
    store::let_in(tx, applicant_id);
}

/// Somebody who waited does not come in, in the caller's transaction.
pub(crate) fn end_of_applicant(tx: &mut Tx, applicant_id: i64) {
    store::end_of_applicant(tx, applicant_id);
}

/// Forgets up to `most` codes, tokens and apps that are of no use any more, and says how many.
pub async fn forget_old(app: &App, now_ms: i64, most: i64) -> Result<u64> {
    let codes = store::forget_codes(&app.db, now_ms - CODE_REMEMBERED_MS, most).await?;
    let tokens = store::forget_tokens(&app.db, now_ms - IDLE_TOKEN_MS, most).await?;
    let apps = store::forget_apps(&app.db, now_ms - UNUSED_APP_MS, most).await?;
    Ok(codes.max(tokens).max(apps))
}
