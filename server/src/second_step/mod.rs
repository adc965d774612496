//! The second step of signing in, for members who want one: a code that their device makes (RFC 6238), or one of the
//! recovery codes that they wrote down. Whoever knows the password alone is held half-way.

mod secrets;
mod store;
mod totp;
pub mod web;

pub(crate) use store::OF_MEMBER;

use aws_lc_rs::{digest, rand};
use comity_db::{Db, DbError, Tx, Wrote};

use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::http::token::Token;
use crate::members::letters::{self, Errand};
use crate::members::{self, Member, sessions};

pub use secrets::{key_file, seal_all};
pub use totp::base32;

/// Recovery codes that a member is given.
const CODES: usize = 10;
/// Bytes of a recovery code: beyond guessing, and short enough to be written down.
const CODE: usize = 10;
/// Whoever knew the password has so long for the second step.
const HALF_LIVES_MS: i64 = 10 * 60_000;
/// A secret that no code was made with is kept for so long: while it is there, no other key may take the place of a lost one.
const BEGUN_LIVES_MS: i64 = DAY_MS;
/// The longest that is looked at as a code; what is longer is none.
const LONGEST_TYPED: usize = 64;

/// How it stands with somebody's second step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    Off,
    /// A secret was made, and no code with it yet: none is asked for.
    Begun {
        /// For the device.
        secret: Vec<u8>,
    },
    /// It is asked for.
    On {
        /// Recovery codes that were not used yet.
        codes: i64,
    },
}

/// How it stands.
pub async fn standing(app: &App, account_id: i64) -> Result<Standing> {
    Ok(match store::find(&app.db, account_id).await? {
        None => Standing::Off,
        Some(row) if row.confirmed_at.is_none() => {
            match secrets::open(app, account_id, &row.secret).await {
                Ok(secret) => Standing::Begun { secret },
                Err(why) => {
                    tracing::warn!(?why, "a second step that was begun has to be begun again");
                    Standing::Off
                }
            }
        }
        Some(_) => Standing::On {
            codes: store::count_codes(&app.db, account_id).await?,
        },
    })
}

/// Whether a code is asked for when this member signs in.
pub async fn is_on(app: &App, account_id: i64) -> Result<bool> {
    let row = store::find(&app.db, account_id).await?;
    Ok(row.is_some_and(|row| row.confirmed_at.is_some()))
}

/// Makes a secret for a device. Nothing is asked for before a code was made with it.
pub async fn begin(app: &App, member: &Member, password: &str) -> Result<()> {
    let id = member.account_id;
    let hash = members::check_is_their_password(app, id, "password", password).await?;
    let secret: [u8; totp::SECRET] = random()?;
    let sealed = secrets::seal(app, id, &secret).await?;
    let mut tx = Tx::new();
    members::still_has_password(&mut tx, id, hash);
    let claimed = store::begin(&mut tx, id, sealed, app.now_ms());
    match app.db.write(tx).await {
        Ok(Wrote::All) => Ok(()),
        Ok(Wrote::Nothing { at }) if at == claimed => Err(secrets::another_key(app)),
        Ok(Wrote::Nothing { .. }) => Err(Error::Unauthorized),
        Err(DbError::Conflict(_)) => Err(Error::Conflict(
            "your second step is on already; turn it off first".to_owned(),
        )),
        Err(other) => Err(other.into()),
    }
}

/// The device made a code: from now on one is asked for. Gives the recovery codes, which nobody can read again.
pub async fn confirm(app: &App, member: &Member, code: &str) -> Result<Vec<String>> {
    let id = member.account_id;
    app.limits.check(Kind::SecondStep, &id.to_string())?;
    let row = store::find(&app.db, id).await?;
    let Some(row) = row.filter(|row| row.confirmed_at.is_none()) else {
        return Err(Error::Conflict(
            "there is no secret that waits for a code; begin again".to_owned(),
        ));
    };
    let secret = secrets::open(app, id, &row.secret).await?;
    let now_ms = app.now_ms();
    let step = totp::step_of(&secret, &compact(code), now_ms, 0).ok_or_else(wrong)?;
    let (codes, hashes) = new_codes()?;
    let mut tx = Tx::new();
    store::confirm(&mut tx, id, row.secret, now_ms, step);
    store::replace_codes(&mut tx, id, hashes);
    letters::promise(
        &mut tx,
        app,
        Errand::SecondStep {
            member: id,
            on: true,
        },
    )?;
    if !app.commit_and_ring(tx).await? {
        return Err(Error::Conflict("somebody was faster".to_owned()));
    }
    Ok(codes)
}

/// New recovery codes, for whoever knows the password; those before end.
pub async fn renew_codes(app: &App, member: &Member, password: &str) -> Result<Vec<String>> {
    let id = member.account_id;
    let hash = members::check_is_their_password(app, id, "password", password).await?;
    if !is_on(app, id).await? {
        return Err(Error::Conflict("your second step is off".to_owned()));
    }
    let (codes, hashes) = new_codes()?;
    let mut tx = Tx::new();
    members::still_has_password(&mut tx, id, hash);
    store::replace_codes(&mut tx, id, hashes);
    if !app.commit(tx).await? {
        return Err(Error::Unauthorized);
    }
    Ok(codes)
}

/// Turns it off, for whoever knows the password or has a code.
pub async fn turn_off(app: &App, member: &Member, proof: &str) -> Result<()> {
    let id = member.account_id;
    let by_code = looks_like_code(proof) && check(app, id, proof).await.is_ok();
    if !by_code {
        members::check_is_their_password(app, id, "proof", proof).await?;
    }
    drop_it(app, id).await
}

/// Turns it off for somebody who lost device and recovery codes, as an operator may.
pub async fn drop_it(app: &App, account_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::drop_all(&mut tx, account_id);
    let errand = Errand::SecondStep {
        member: account_id,
        on: false,
    };
    letters::promise(&mut tx, app, errand)?;
    if !app.commit_and_ring(tx).await? {
        return Err(Error::Conflict("there is no second step".to_owned()));
    }
    Ok(())
}

/// Whether this is a code of the member's device or one of their recovery codes; it is used up by that.
pub async fn check(app: &App, account_id: i64, typed: &str) -> Result<()> {
    let typed = compact(typed);
    let is_recovery = typed.len() == CODE * 8 / 5;
    // Two counts: whoever guesses at the digits keeps nobody from their recovery codes.
    let count = if is_recovery {
        format!("recovery {account_id}")
    } else {
        account_id.to_string()
    };
    app.limits.check(Kind::SecondStep, &count)?;
    let Some(row) = store::find(&app.db, account_id).await? else {
        return Err(wrong());
    };
    let used = if is_recovery {
        store::use_recovery(&app.db, account_id, hash_of(&typed)).await?
    } else {
        let secret = secrets::open(app, account_id, &row.secret).await;
        let secret = secret.map_err(|why| unreadable(&why))?;
        let used = match totp::step_of(&secret, &typed, app.now_ms(), row.last_step) {
            Some(step) => store::use_code(&app.db, account_id, step).await?,
            None => 0,
        };
        secrets::seal_used(app, account_id, row.secret).await;
        used
    };
    if used == 0 { Err(wrong()) } else { Ok(()) }
}

/// Holds a browser half-way that knew the password, with the caller's transaction; none where that came to nothing.
pub(crate) async fn hold(app: &App, mut tx: Tx, account_id: i64) -> Result<Option<Token>> {
    let token = Token::random()?;
    let expires_at = app.now_ms() + HALF_LIVES_MS;
    store::insert_half(&mut tx, token.hash(), account_id, expires_at);
    Ok(app.commit(tx).await?.then_some(token))
}

/// Signs such a browser in, with a code. Whoever took too long begins again.
pub(crate) async fn pass(
    app: &App,
    community: &Community,
    half: &str,
    typed: &str,
    user_agent: &str,
) -> Result<Token> {
    let again = || Error::Forbidden("that took too long; sign in again".to_owned());
    let half = Token::parse(half).ok_or_else(again)?;
    let account_id = store::half(&app.db, half.hash(), app.now_ms())
        .await?
        .ok_or_else(again)?;
    if members::find(app, account_id).await?.community_id != community.id {
        return Err(again());
    }
    check(app, account_id, typed).await?;
    // In one transaction: between the two the password may change.
    let mut tx = Tx::new();
    store::use_half(&mut tx, half.hash());
    sessions::start_in(app, tx, account_id, user_agent)
        .await?
        .ok_or_else(again)
}

/// Whether a browser is still held with this.
pub(crate) async fn is_held(app: &App, half: &str) -> Result<bool> {
    match Token::parse(half) {
        Some(half) => Ok(store::half(&app.db, half.hash(), app.now_ms())
            .await?
            .is_some()),
        None => Ok(false),
    }
}

/// Whoever knew an old password goes no further, and what they began is not confirmed, in the caller's transaction.
pub(crate) fn drop_begun(tx: &mut Tx, account_id: i64) {
    store::drop_halves(tx, account_id);
    store::drop_unconfirmed(tx, account_id);
}

/// Forgets up to `most` browsers that were held too long, and as many secrets that were begun and given up. Says how many it
/// were of what was more.
pub async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    let halves = store::forget(db, now_ms, most).await?;
    Ok(halves.max(store::forget_begun(db, now_ms - BEGUN_LIVES_MS, most).await?))
}

fn wrong() -> Error {
    Error::invalid(
        "code",
        "is not right, or was used; type the one that is shown now",
    )
}

/// The operator's fault, and no reason to think that the code was wrong.
fn unreadable(why: &Error) -> Error {
    tracing::error!(?why, "a code could not be checked");
    Error::invalid(
        "code",
        "cannot be checked now: this server cannot read the secret of your device; use a recovery code",
    )
}

fn looks_like_code(typed: &str) -> bool {
    let typed = compact(typed);
    let is_short = typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit());
    is_short || typed.len() == CODE * 8 / 5
}

/// Without what people put between the groups of a code.
fn compact(typed: &str) -> String {
    typed
        .chars()
        .take(LONGEST_TYPED)
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Codes as they are shown, and what is kept of them.
fn new_codes() -> Result<(Vec<String>, Vec<Vec<u8>>)> {
    let mut codes = Vec::with_capacity(CODES);
    let mut hashes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let bytes: [u8; CODE] = random()?;
        let code = base32(&bytes).to_ascii_lowercase();
        hashes.push(hash_of(&code));
        codes.push(grouped(&code));
    }
    Ok((codes, hashes))
}

/// "abcd-efgh-…"
fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join("-")
}

fn hash_of(code: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, code.as_bytes())
        .as_ref()
        .to_vec()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::internal("the machine gave no random bytes"))?;
    Ok(bytes)
}
