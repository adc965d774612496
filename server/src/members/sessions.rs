//! Sessions: browsers that are signed in. The browser holds 32 random bytes, we hold their hash.

use comity_db::{Tx, Wrote};

use super::model::{Member, Session, Standing};
use super::store;
use crate::app::App;
use crate::error::{Error, Result};
use crate::hex::hex;
use crate::http::token::Token;

/// A browser that was not seen for so long is signed out: 30 days.
const LIVES_S: i64 = 30 * 24 * 3600;
/// The cookie may outlive the session, which ends by its row; browsers keep no cookie for longer than 400 days.
pub const COOKIE_LIVES_S: i64 = 400 * 24 * 3600;
/// How exactly we know when a browser was last seen; each time costs a write.
const SEEN_EVERY_MS: i64 = 3600 * 1000;
/// What browsers call themselves is cut there.
const LONGEST_NAME: usize = 200;

/// Signs a browser in. Refused, with the reason, where the moderators decided so. For whoever leaves the session opens
/// nothing but the page where they may take it back.
pub async fn start(app: &App, account_id: i64, user_agent: &str) -> Result<Token> {
    start_in(app, Tx::new(), account_id, user_agent)
        .await?
        .ok_or(Error::NotFound)
}

/// The same with the caller's transaction, of which something may come to nothing: then nobody is signed in.
pub(crate) async fn start_in(
    app: &App,
    mut tx: Tx,
    account_id: i64,
    user_agent: &str,
) -> Result<Option<Token>> {
    let member = super::find(app, account_id).await?;
    if member.standing != Standing::Leaving {
        super::standing::check(&member)?;
    }
    let token = Token::random()?;
    let now_ms = app.now_ms();
    let user_agent = &user_agent[..user_agent.floor_char_boundary(LONGEST_NAME)];
    store::start_session(
        &mut tx,
        token.hash(),
        account_id,
        user_agent,
        now_ms,
        now_ms + LIVES_S * 1000,
    );
    match app.db.write(tx).await? {
        Wrote::All => Ok(Some(token)),
        Wrote::Nothing { .. } => Ok(None),
    }
}

/// Who is signed in with this token in this community. A session that is used lives on.
pub async fn resume(app: &App, community_id: i64, token: &Token) -> Result<Option<Member>> {
    let now_ms = app.now_ms();
    let Some((account_id, last_seen_at)) = store::session(&app.db, token.hash(), now_ms).await?
    else {
        return Ok(None);
    };
    let member = super::find(app, account_id).await?;
    if member.community_id != community_id || member.standing != Standing::Active {
        return Ok(None);
    }
    if now_ms - last_seen_at >= SEEN_EVERY_MS {
        store::touch_session(&app.db, token.hash(), now_ms, now_ms + LIVES_S * 1000).await?;
    }
    Ok(Some(member))
}

/// Who has this session in this community and leaves.
pub async fn of_leaving(app: &App, community_id: i64, token: &Token) -> Result<Option<Member>> {
    let now_ms = app.now_ms();
    let Some((account_id, _)) = store::session(&app.db, token.hash(), now_ms).await? else {
        return Ok(None);
    };
    let member = super::find(app, account_id).await?;
    let leaves = member.community_id == community_id && member.standing == Standing::Leaving;
    Ok(leaves.then_some(member))
}

/// Signs the browser out.
pub async fn end(app: &App, token: &Token) -> Result<()> {
    store::end_session(&app.db, token.hash()).await?;
    Ok(())
}

/// Browsers a member is signed in with, the last one used first.
pub async fn list(app: &App, account_id: i64) -> Result<Vec<Session>> {
    let rows = store::sessions_of(&app.db, account_id, app.now_ms()).await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: hex(&row.token_hash),
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        })
        .collect())
}

/// Signs one of a member's browsers out, by the id that [`list`] gave.
pub async fn end_one(app: &App, account_id: i64, id: &str) -> Result<()> {
    let token_hash = hash_of(id).ok_or(Error::NotFound)?;
    match store::end_session_of(&app.db, account_id, token_hash).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Signs all of a member's browsers out but the one with this token, and says how many.
pub async fn end_others(app: &App, account_id: i64, but: &Token) -> Result<u64> {
    store::end_other_sessions(&app.db, account_id, but.hash()).await
}

/// Names this session in [`list`].
pub fn id_of_token(token: &Token) -> String {
    hex(&token.hash())
}

fn hash_of(id: &str) -> Option<Vec<u8>> {
    /// Of SHA-256, in hexadecimal digits.
    const LENGTH: usize = 64;
    if id.len() != LENGTH || !id.is_ascii() {
        return None;
    }
    (0..LENGTH)
        .step_by(2)
        .map(|at| u8::from_str_radix(&id[at..at + 2], 16).ok())
        .collect()
}
