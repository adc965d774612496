//! The letter that asks whether an address is theirs, and the answer to it.

use comity_db::{DbError, Tx, Wrote};

use super::store::{self, ApplicantRow};
use super::{Applicant, NotIn, Standing, check, let_in, settled, tell_moderators};
use crate::app::App;
use crate::communities::{Community, SignUp};
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::members;
use crate::members::letters::{self as post, Errand};
use crate::members::links::{self, Purpose};

/// One more letter that asks whether the address is theirs; another address where one is given.
pub async fn ask_again(
    app: &App,
    community: &Community,
    applicant: &Applicant,
    email: Option<&str>,
) -> Result<(), NotIn> {
    if applicant.standing != Standing::Letter {
        return Err(NotIn::Other(Error::Forbidden(
            "no address waits to be confirmed".to_owned(),
        )));
    }
    let other = email
        .map(str::trim)
        .filter(|email| *email != applicant.email);
    if let Some(fault) = other.and_then(check::email) {
        return Err(NotIn::Faults(vec![fault]));
    }
    // Counted before anything is looked up: the answer tells who is a member.
    app.limits
        .check(Kind::LetterTo, &format!("sign-up {}", applicant.id))?;
    let mut tx = Tx::new();
    if let Some(email) = other {
        let taken = check::taken_email(app, community, email, &[applicant.id]).await?;
        if let Some(fault) = taken {
            return Err(NotIn::Faults(vec![fault]));
        }
        let row = store::by_id(&app.db, applicant.id).await?;
        let is_asked = row.is_none_or(|row| row.needs_yes || row.decided_at.is_some());
        if check::is_doubted(app, community, email, None).await? && !is_asked {
            store::ask_for_yes(&mut tx, applicant.id);
        }
        links::drop_all(&mut tx, applicant.id);
        store::change_email(&mut tx, applicant.id, email);
    }
    let errand = Errand::ConfirmSignUp {
        applicant: applicant.id,
    };
    post::promise(&mut tx, app, errand)?;
    match app.db.write(tx).await {
        Ok(Wrote::All) => {
            app.wake.ring();
            Ok(())
        }
        Ok(Wrote::Nothing { .. }) => Err(NotIn::Other(Error::Gone)),
        Err(DbError::Conflict(_)) => Err(NotIn::Faults(vec![check::email_taken()])),
        Err(other) => Err(NotIn::Other(other.into())),
    }
}

/// Whose address a link of a letter confirms. Nothing happens by looking.
pub async fn led_to(app: &App, community: &Community, token: &str) -> Result<Option<Applicant>> {
    Ok(linked(app, community, token)
        .await?
        .map(|row| Applicant::of(app, row)))
}

async fn linked(app: &App, community: &Community, token: &str) -> Result<Option<ApplicantRow>> {
    let Some(led) = links::find(app, token, Purpose::SignUp).await? else {
        return Ok(None);
    };
    let row = store::by_id(&app.db, led.subject_id).await?;
    Ok(row.filter(|row| {
        row.community_id == community.id && row.email == led.email && row.state == "waits"
    }))
}

/// Somebody who has the letter says that the address is theirs. Where that was all they waited for, they are in.
pub async fn confirm(app: &App, community: &Community, token: &str) -> Result<Standing> {
    match try_confirm(app, community, token).await {
        // A moderator said yes at the same moment: what is left to do is something else now.
        Err(Error::Gone) => try_confirm(app, community, token).await,
        done => done,
    }
}

async fn try_confirm(app: &App, community: &Community, token: &str) -> Result<Standing> {
    let row = linked(app, community, token).await?.ok_or(Error::Gone)?;
    // What holds now counts, and not what held when they asked.
    if community.sign_up == SignUp::Closed {
        return Err(Error::Forbidden(
            "nobody new is taken in just now".to_owned(),
        ));
    }
    let doubted = check::is_doubted(app, community, &row.email, None).await?;
    let is_uninvited = community.sign_up == SignUp::Approval && row.invitation_id.is_none();
    let asks = (doubted || is_uninvited) && row.decided_at.is_none();
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    links::use_up(&mut tx, token);
    store::confirm(&mut tx, row.id, row.needs_yes, now_ms);
    if asks && !row.needs_yes {
        store::ask_for_yes(&mut tx, row.id);
    }
    if asks || row.needs_yes {
        tell_moderators(app, &mut tx, community, row.id).await?;
        return if app.commit_and_ring(tx).await? {
            Ok(Standing::Yes)
        } else {
            Err(Error::Gone)
        };
    }
    let confirmed = ApplicantRow {
        email_confirmed_at: Some(now_ms),
        ..row
    };
    let after = let_in(app, &confirmed);
    members::settle(app, community, settled(confirmed), tx, after).await?;
    Ok(Standing::In)
}
