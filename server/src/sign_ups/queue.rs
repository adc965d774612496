//! The moderators' queue: who waits for a yes, and who says yes or no.

use comity_db::Tx;

use super::store::{self, ApplicantRow};
use super::{Applicant, let_in, places, settled};
use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::invitations;
use crate::mail;
use crate::members;
use crate::members::letters::{self as post, Errand};
use crate::members::links;
use crate::oauth;

/// People who wait that the moderators' page shows at once, longest first.
const MOST_SHOWN: i64 = 100;
/// Characters of what moderators say to a no.
const LONGEST_WORD: usize = 1_000;

/// Who waits for a yes in this community, by number.
pub async fn one_in_queue(app: &App, community: &Community, id: i64) -> Result<Applicant> {
    let row = in_queue(app, community, id).await?;
    Ok(Applicant::of(app, row))
}

/// The same as [`queue()`], all of them.
pub async fn whole_queue(app: &App, community: &Community) -> Result<Vec<Applicant>> {
    let rows = store::queue(
        &app.db,
        community.id,
        !mail::is_on(app),
        places::MOST_WAITING,
    )
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Applicant::of(app, row))
        .collect())
}

/// Who waits for a yes in this community, longest first, and whether letters are waited for before that.
pub async fn queue(app: &App, community: &Community) -> Result<Vec<Applicant>> {
    let all = !mail::is_on(app);
    let rows = store::queue(&app.db, community.id, all, MOST_SHOWN).await?;
    Ok(rows
        .into_iter()
        .map(|row| Applicant::of(app, row))
        .collect())
}

async fn in_queue(app: &App, community: &Community, id: i64) -> Result<ApplicantRow> {
    store::by_id(&app.db, id)
        .await?
        .filter(|row| row.community_id == community.id && row.state == "waits" && row.needs_yes)
        .ok_or(Error::NotFound)
}

/// A moderator says yes.
pub async fn approve(app: &App, community: &Community, by: &Account, id: i64) -> Result<()> {
    match try_approve(app, community, by, id).await {
        // They answered the letter at the same moment: what is left to do is something else now.
        Err(Error::NotFound | Error::Gone) => try_approve(app, community, by, id).await,
        done => done,
    }
}

async fn try_approve(app: &App, community: &Community, by: &Account, id: i64) -> Result<()> {
    let row = in_queue(app, community, id).await?;
    let mut tx = Tx::new();
    let is_confirmed = row.email_confirmed_at.is_some();
    store::approve(&mut tx, id, is_confirmed, app.now_ms(), by.id);
    if !is_confirmed && mail::is_on(app) {
        // They are in as soon as they answer the letter.
        return if app.commit(tx).await? {
            Ok(())
        } else {
            Err(Error::NotFound)
        };
    }
    let mut after = let_in(app, &row);
    post::promise(&mut after, app, Errand::LetIn { applicant: id })?;
    members::settle(app, community, settled(row), tx, after).await?;
    app.wake.ring();
    Ok(())
}

/// A moderator says no, with a word that goes into the letter.
pub async fn turn_down(
    app: &App,
    community: &Community,
    by: &Account,
    id: i64,
    word: &str,
) -> Result<()> {
    let word = word.trim();
    if word.chars().count() > LONGEST_WORD {
        return Err(Error::invalid(
            "word",
            format!("must have at most {LONGEST_WORD} characters"),
        ));
    }
    let row = in_queue(app, community, id).await?;
    let mut tx = Tx::new();
    store::turn_down(&mut tx, id, word, app.now_ms(), by.id);
    links::drop_all(&mut tx, id);
    oauth::end_of_applicant(&mut tx, id);
    if let Some(invitation) = row.invitation_id {
        invitations::give_back(&mut tx, invitation);
    }
    // Letters go to addresses that were shown to be somebody's, and to nobody else.
    if row.email_confirmed_at.is_some() {
        post::promise(&mut tx, app, Errand::TurnedDown { applicant: id })?;
    }
    if app.commit_and_ring(tx).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
