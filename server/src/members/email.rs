//! A member's e-mail address: another one, and showing that one reads what is sent there.

use comity_db::{DbError, Tx, Wrote};

use super::letters::{self, Errand};
use super::links::{self, Purpose};
use super::{Member, check_email, check_is_their_password, store};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::mail;
use crate::sign_up_blocks::{self, Severity};

/// What came of wanting another address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is the member's now: no letters are sent from here, so nobody is asked to show anything.
    AtOnce,
    /// A letter went there; until it is answered the old one stays.
    Asked,
    /// It was theirs all along.
    Stayed,
}

/// Another address, for whoever knows the password. The old one stays until a letter to the new one was answered.
pub async fn change(app: &App, member: &Member, password: &str, new: &str) -> Result<Moved> {
    let hash = check_is_their_password(app, member.account_id, "password", password).await?;
    let new = new.trim();
    check_email(new)?;
    let id = member.account_id;
    let mut tx = Tx::new();
    // A letter to another address sets a new password: whoever knew the old one alone does not get there.
    store::still_has_password(&mut tx, id, hash);
    links::drop_all(&mut tx, id);
    if new == member.email {
        store::want_email(&mut tx, id, None);
        if !app.commit(tx).await? {
            return Err(Error::Unauthorized);
        }
        return Ok(Moved::Stayed);
    }
    if store::credential_by_email(&app.db, member.community_id, new)
        .await?
        .is_some_and(|other| other.account_id != id)
    {
        return Err(taken());
    }
    check_not_blocked(app, member.community_id, new).await?;
    if mail::is_on(app) {
        check_not_too_often(app, id)?;
        store::want_email(&mut tx, id, Some(new));
        letters::promise(&mut tx, app, Errand::Address { member: id })?;
        if !app.commit_and_ring(tx).await? {
            return Err(Error::Unauthorized);
        }
        return Ok(Moved::Asked);
    }
    store::change_email(&mut tx, id, new, None);
    match app.db.write(tx).await {
        Ok(Wrote::All) => Ok(Moved::AtOnce),
        Ok(Wrote::Nothing { .. }) => Err(Error::Unauthorized),
        Err(DbError::Conflict(_)) => Err(taken()),
        Err(other) => Err(other.into()),
    }
}

/// One more letter to the address that nobody has shown to be theirs.
pub async fn ask_again(app: &App, member: &Member) -> Result<()> {
    if !mail::is_on(app) {
        return Err(Error::Forbidden(
            "this server sends no letters, so there is nothing to confirm an address by".to_owned(),
        ));
    }
    if !waits(member) {
        return Err(Error::Forbidden(
            "your address is confirmed already".to_owned(),
        ));
    }
    check_not_too_often(app, member.account_id)?;
    let mut tx = Tx::new();
    let errand = Errand::Address {
        member: member.account_id,
    };
    letters::promise(&mut tx, app, errand)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Whether an address of theirs waits to be confirmed.
pub fn waits(member: &Member) -> bool {
    member.email_confirmed_at.is_none() || member.email_wanted.is_some()
}

/// Whose address a link confirms, and which one. Nothing happens by looking: programs open what stands in letters.
pub async fn led_to(
    app: &App,
    community: &Community,
    token: &str,
) -> Result<Option<(Member, String)>> {
    let Some(led) = links::find(app, token, Purpose::Address).await? else {
        return Ok(None);
    };
    let member = super::find(app, led.subject_id).await?;
    // Only the address that is asked about now: another may have been wanted since, or none any more.
    let asked = member.email_wanted.as_ref().unwrap_or(&member.email);
    let is_good = member.community_id == community.id && *asked == led.email;
    Ok(is_good.then_some((member, led.email)))
}

/// Somebody who has the letter says that the address is theirs.
pub async fn confirm(app: &App, community: &Community, token: &str) -> Result<()> {
    let (member, email) = led_to(app, community, token).await?.ok_or(Error::Gone)?;
    if email != member.email {
        check_not_blocked(app, community.id, &email).await?;
    }
    let id = member.account_id;
    let mut tx = Tx::new();
    links::use_up(&mut tx, token);
    links::drop_all(&mut tx, id);
    store::change_email(&mut tx, id, &email, Some(app.now_ms()));
    if email != member.email {
        let old = member.email;
        letters::promise(&mut tx, app, Errand::AddressChanged { member: id, old })?;
    }
    match app.db.write(tx).await {
        Ok(Wrote::All) => {
            app.wake.ring();
            Ok(())
        }
        Ok(Wrote::Nothing { .. }) => Err(Error::Gone),
        Err(DbError::Conflict(_)) => Err(taken()),
        Err(other) => Err(other.into()),
    }
}

/// A member is in: only what the community takes by no means is refused.
async fn check_not_blocked(app: &App, community_id: i64, email: &str) -> Result<()> {
    let block = sign_up_blocks::meeting(app, community_id, email, None).await?;
    match block.filter(|block| block.severity > Severity::Approval) {
        None => Ok(()),
        Some(_) => Err(Error::invalid(
            "email",
            "is not taken here; use one of another provider, or write to the moderators",
        )),
    }
}

fn check_not_too_often(app: &App, id: i64) -> Result<()> {
    app.limits.check(Kind::LetterTo, &format!("address {id}"))
}

fn taken() -> Error {
    Error::invalid("email", "belongs to another member; choose another")
}
