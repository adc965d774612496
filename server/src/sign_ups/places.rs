//! Places of people who wait: as many as moderators could ever answer, and not to be filled by strangers who never come.

use comity_db::Tx;

use super::NewSignUp;
use super::store::{self, ApplicantRow};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::invitations;
use crate::mail;
use crate::members::links::{self, Purpose};
use crate::oauth;

/// People who wait in one community at the same time: more than moderators ever answer, and each is a row that a
/// stranger made.
pub(super) const MOST_WAITING: i64 = 1_000;
/// Whoever does not answer the letter for so long loses name and address to somebody else who asks for them.
const KEPT_MS: i64 = 3_600_000;

/// Who waits with the name or the address that somebody new asks for, and had the time to answer the letter: none where
/// no letters are sent, nor whom moderators let in already. Whoever calls it counts first.
pub(super) async fn outwaited(
    app: &App,
    community: &Community,
    new: &NewSignUp,
) -> Result<Vec<ApplicantRow>> {
    if !mail::is_on(app) {
        return Ok(Vec::new());
    }
    let since = app.now_ms() - KEPT_MS;
    let by_name = store::by_name(&app.db, community.id, new.username.trim()).await?;
    let by_email = store::by_email(&app.db, community.id, new.email.trim()).await?;
    let mut rows: Vec<ApplicantRow> = Vec::new();
    for row in by_name.into_iter().chain(by_email) {
        let is_over =
            row.email_confirmed_at.is_none() && row.decided_at.is_none() && row.created_at <= since;
        if is_over && rows.iter().all(|known| known.id != row.id) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Takes somebody's place who never answered the letter. Undoes the whole transaction where they did meanwhile, or lost
/// it already.
pub(super) fn give_up(tx: &mut Tx, row: &ApplicantRow) {
    store::drop_unanswered(tx, row.id);
    oauth::end_of_applicant(tx, row.id);
    links::drop_one(tx, row.id, Purpose::SignUp);
    if let Some(invitation) = row.invitation_id {
        invitations::give_back(tx, invitation);
    }
}

/// Refused where there is no place for one more beside those who give theirs up, or where too many of them are held from
/// this address.
pub(super) async fn check(
    app: &App,
    community: &Community,
    given_up: usize,
    neighbourhood: &str,
) -> Result<()> {
    let most = MOST_WAITING.saturating_add(i64::try_from(given_up).unwrap_or(0));
    if store::count(&app.db, community.id, most).await? >= most {
        return Err(Error::Forbidden(
            "so many wait that nobody more can be taken in just now; come again in some days"
                .to_owned(),
        ));
    }
    app.limits.check(Kind::Place, neighbourhood)
}
