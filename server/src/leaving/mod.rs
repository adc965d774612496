//! Members leave. Whoever asks for it has a while to come back; then all that is theirs is deleted, here and, as far as
//! others keep their word, elsewhere. Their name is never given out again.

pub mod activity;
mod store;
pub mod web;
mod work;

use comity_db::Tx;

use crate::accounts::Account;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::members::letters::{self, Errand};
use crate::members::{self, Member};
use crate::queue::{self, Job};
use crate::{oauth, passkeys, rules, second_step};

pub(crate) use work::run;

/// Days in which somebody who asked to be deleted may come back: long enough for whoever had a bad week, and for whoever
/// finds out that it was somebody else with their password.
pub const GRACE_DAYS: i64 = 30;

/// When what a member has here is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// After [`GRACE_DAYS`]; they may come back before.
    Later,
    /// As soon as a worker comes to it.
    AtOnce,
}

/// A member asks to be deleted. Their password is asked for, and a code where they have a second step. Returns when it
/// happens, in unix milliseconds.
pub async fn ask(app: &App, member: &Member, password: &str, code: &str) -> Result<i64> {
    let id = member.account_id;
    members::check_is_their_password(app, id, "password", password).await?;
    if second_step::is_on(app, id).await? {
        second_step::check(app, id, code).await?;
    }
    begin(app, member, When::Later, Tx::new()).await
}

/// The same without a password, as an operator or a moderator may. `tx` goes first, in the same transaction. From the
/// moment this returns, they are hidden, signed out everywhere, and no app of theirs is let in.
///
/// Refused for the only admin of a community.
pub async fn begin(app: &App, member: &Member, when: When, mut tx: Tx) -> Result<i64> {
    let id = member.account_id;
    let now_ms = app.now_ms();
    if when == When::Later && member.leaves_at.is_some() {
        return Err(Error::Forbidden(
            "they are leaving already; they may take it back, or be deleted at once".to_owned(),
        ));
    }
    let at = match when {
        When::Later => now_ms + GRACE_DAYS * DAY_MS,
        When::AtOnce => now_ms,
    };
    members::leave(&mut tx, id, at, now_ms);
    oauth::end_all(&mut tx, id);
    second_step::drop_begun(&mut tx, id);
    passkeys::drop_begun(&mut tx, id);
    if when == When::Later {
        letters::promise(&mut tx, app, Errand::Leaving { member: id, at })?;
    }
    queue::push_at(&mut tx, app, &Job::Leave { account: id, at }, at)?;
    rules::advance_epoch(&mut tx);
    if !app.commit_and_ring(tx).await? {
        return Err(Error::Forbidden(
            "nobody else is an admin of this community; make somebody one first".to_owned(),
        ));
    }
    rules::reload(app).await?;
    Ok(at)
}

/// All that somebody elsewhere wrote is deleted here, as moderators may want of whom they suspended; in a transaction that
/// says so. They may write again where the rule about them ends.
pub async fn delete_copies(app: &App, account: &Account, mut tx: Tx) -> Result<()> {
    let at = app.now_ms();
    let job = Job::Leave {
        account: account.id,
        at,
    };
    queue::push(&mut tx, app, &job)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// They stay. Refused when it is too late.
pub async fn take_back(app: &App, account_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    members::stay(&mut tx, account_id, app.now_ms());
    rules::advance_epoch(&mut tx);
    if !app.commit_and_ring(tx).await? {
        return Err(Error::Gone);
    }
    rules::reload(app).await
}
