//! What letters lead to: 32 random bytes in an address, good once and for a while. They are made when the letter is
//! sent, so that no queue holds them.

use comity_db::Tx;

use super::store::links;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::Result;
use crate::http::token::Token;

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new password.
    Reset,
    /// To show that a member reads what is sent to an address.
    Address,
    /// The same for somebody who is about to join.
    SignUp,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Purpose::Reset => "reset",
            Purpose::Address => "address",
            Purpose::SignUp => "sign_up",
        }
    }

    /// A new password is asked for when one is about to use it; a letter box may be opened days later.
    fn lives_ms(self) -> i64 {
        match self {
            Purpose::Reset => 3_600_000,
            Purpose::Address | Purpose::SignUp => 2 * DAY_MS,
        }
    }
}

/// What a link was made for.
pub struct Led {
    /// A member, or somebody who waits to become one.
    pub subject_id: i64,
    /// Where the letter went.
    pub email: String,
}

/// A new link; earlier ones of this purpose end.
pub async fn make(app: &App, subject_id: i64, purpose: Purpose, email: &str) -> Result<Token> {
    let token = Token::random()?;
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    let times = (now_ms, now_ms + purpose.lives_ms());
    links::replace(
        &mut tx,
        token.hash(),
        subject_id,
        purpose.as_str(),
        email,
        times,
    );
    app.commit(tx).await?;
    Ok(token)
}

/// What this token leads to, if it is good for that and still is.
pub async fn find(app: &App, token: &str, purpose: Purpose) -> Result<Option<Led>> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let found = links::find(&app.db, token.hash(), purpose.as_str(), app.now_ms()).await?;
    Ok(found.map(|row| Led {
        subject_id: row.subject_id,
        email: row.email,
    }))
}

/// Ends the link in the caller's transaction, of which nothing happens when it was used already.
pub fn use_up(tx: &mut Tx, token: &str) {
    let hash = Token::parse(token).map(|token| token.hash());
    links::use_up(tx, hash.unwrap_or_default());
}

/// Ends what there is of one purpose, in the caller's transaction.
pub fn drop_one(tx: &mut Tx, subject_id: i64, purpose: Purpose) {
    links::drop_one(tx, subject_id, purpose.as_str());
}

/// Ends all links of somebody, in the caller's transaction.
pub fn drop_all(tx: &mut Tx, subject_id: i64) {
    links::drop_all(tx, subject_id);
}
