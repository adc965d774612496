//! Whom the moderators of a community keep out, and what becomes of them at once.

use comity_db::{Db, Tx};
use comity_policy::PersonId;

use super::model::{Member, Standing};
use super::{links, store};
use crate::app::App;
use crate::error::{Error, Result};
use crate::oauth;
use crate::passkeys;
use crate::rules;
use crate::second_step;
use crate::streaming::{self, Event, Tokens};

/// Members who are suspended at the same time, in one installation: all of them are in memory.
const MOST_SUSPENDED: i64 = 100_000;

/// Whom the gate knows of no more.
pub(crate) async fn suspended(db: &Db) -> Result<Vec<PersonId>> {
    let ids = store::suspended(db, MOST_SUSPENDED).await?;
    Ok(ids.into_iter().map(PersonId).collect())
}

/// Refused, with the reason, for a member who is kept out.
pub(crate) fn check(member: &Member) -> Result<()> {
    let state = match member.standing {
        Standing::Active => return Ok(()),
        Standing::Frozen => "frozen",
        Standing::Suspended => "suspended",
        Standing::Leaving => {
            return Err(Error::Forbidden(
                "this account is to be deleted; its owner signs in on its page to keep it"
                    .to_owned(),
            ));
        }
    };
    let reason = member.standing_reason.trim();
    let why = if reason.is_empty() {
        String::new()
    } else {
        format!(": {reason}")
    };
    Err(Error::Forbidden(format!(
        "the moderators have {state} this account{why}"
    )))
}

/// They leave, in the caller's transaction, and are signed out everywhere; the gate goes by it once the rules are read
/// anew. Undoes it where they are the only admin of their community who stays.
pub(crate) fn leave(tx: &mut Tx, account_id: i64, at_ms: i64, now_ms: i64) {
    store::leave(tx, account_id, at_ms, now_ms);
    store::end_sessions(tx, account_id);
    links::drop_all(tx, account_id);
    let tokens = Tokens {
        account: Some(account_id),
        ..Tokens::default()
    };
    streaming::announce(tx, &Event::Ended(tokens));
}

/// Lets a member in or keeps them out, in a transaction that tells why. Their browsers are signed out, their apps ask in
/// vain and their streams end with it; a suspension ends also what apps were let, what a letter would open and what was
/// begun, so that none of it comes back when it is lifted. From the moment this returns the gate goes by it.
pub(crate) async fn set(
    app: &App,
    mut tx: Tx,
    member: &Member,
    standing: Standing,
    reason: &str,
) -> Result<()> {
    store::set_standing(&mut tx, member.account_id, standing.as_str(), reason);
    if standing != Standing::Active {
        second_step::drop_begun(&mut tx, member.account_id);
        passkeys::drop_begun(&mut tx, member.account_id);
        store::end_sessions(&mut tx, member.account_id);
        let tokens = Tokens {
            account: Some(member.account_id),
            ..Tokens::default()
        };
        streaming::announce(&mut tx, &Event::Ended(tokens));
    }
    if standing == Standing::Suspended {
        oauth::suspend_all(&mut tx, member.account_id);
        links::drop_all(&mut tx, member.account_id);
    }
    if standing == Standing::Active {
        oauth::unsuspend(&mut tx, member.account_id);
    }
    rules::advance_epoch(&mut tx);
    if !app.commit_and_ring(tx).await? {
        return Err(Error::NotFound);
    }
    rules::reload(app).await
}
