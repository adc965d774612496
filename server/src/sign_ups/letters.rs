//! Letters to people who want to join: whether the address is theirs, and what came of it.

use std::sync::Arc;

use super::store::{self, ApplicantRow};
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::mail::Letter;
use crate::members::letters::signed;
use crate::members::links::{self, Purpose};

type Written = Option<(Arc<Community>, Letter)>;

async fn find(app: &App, id: i64) -> Result<Option<(Arc<Community>, ApplicantRow)>> {
    let row = store::by_id(&app.db, id).await?;
    Ok(row.and_then(|row| Some((app.communities.load().by_id(row.community_id)?, row))))
}

/// Asks whether the address is theirs.
pub(crate) async fn confirm(app: &App, id: i64) -> Result<Written> {
    let Some((community, row)) = find(app, id).await? else {
        return Ok(None);
    };
    if row.state != "waits" || row.email_confirmed_at.is_some() {
        return Ok(None);
    }
    let token = links::make(app, id, Purpose::SignUp, &row.email).await?;
    let then = if row.needs_yes {
        format!(
            "After that, the moderators of {} read what you wrote, and you get their answer by letter.",
            community.name
        )
    } else {
        "After that you can sign in.".to_owned()
    };
    let text = format!(
        "Somebody, we hope you, wants to join {} as @{}. Say here that this address is yours:\n\n{}/confirm/{}\n\n\
         {then} The address is good once, for two days. If it was not you, do nothing: without it nobody joins.",
        community.name,
        row.username,
        community.origin,
        token.reveal()
    );
    let letter = signed(&community, &row.email, "is this your address?", &text);
    Ok(Some((community, letter)))
}

/// They are in.
pub(crate) async fn let_in(app: &App, id: i64) -> Result<Written> {
    let Some((community, row)) = find(app, id).await? else {
        return Ok(None);
    };
    let text = format!(
        "The moderators of {} said yes. You are @{}@{} now; sign in here:\n\n{}/sign-in",
        community.name, row.username, community.domain, community.origin
    );
    let letter = signed(&community, &row.email, "you are in", &text);
    Ok(Some((community, letter)))
}

/// They are not.
pub(crate) async fn turned_down(app: &App, id: i64) -> Result<Written> {
    let Some((community, row)) = find(app, id).await? else {
        return Ok(None);
    };
    let word = if row.word.is_empty() {
        String::new()
    } else {
        format!(" They wrote:\n\n{}\n\n", row.word)
    };
    let text = format!(
        "The moderators of {} did not take you in as @{}.{word} Nothing of what you sent is kept for longer than a \
         month, and you can join another server: people here can follow you there.",
        community.name, row.username
    );
    let letter = signed(&community, &row.email, "not taken in", &text);
    Ok(Some((community, letter)))
}
