//! Buttons beside a report: what is done to whom it is about.

use axum::extract::State;
use serde::Deserialize;

use super::{Action, Deed, act};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Form, Id, Me, Reply, Visit, local_path};

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    action: String,
    reason: String,
    report: Option<i64>,
    back: String,
}

/// `POST /moderation/accounts/{id}`
pub async fn decide(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Id(id): Id,
    Form(done): Form<Done>,
) -> Result<Reply> {
    let action = Action::parse(&done.action)
        .ok_or_else(|| Error::invalid("action", "is none of the choices"))?;
    let deed = Deed {
        action,
        reason: &done.reason,
        report_id: done.report,
        by_letter: true,
    };
    act(&app, &me, id, deed).await?;
    let told = match action {
        Action::Note => "It is written down.",
        Action::Warn => "They are told.",
        Action::Freeze => "They cannot sign in any more.",
        Action::Suspend => "Nothing of theirs is here for anybody.",
        Action::Limit => "Only those who follow them see what they write.",
        Action::Mark => "The files of all that they write are covered.",
        Action::Admit => "They can sign in again.",
        Action::Unlimit => "What they write is shown in public again.",
        Action::Unmark => "Their files are covered no more.",
        Action::Lift => "They are here as before.",
    };
    let back = local_path(&done.back).unwrap_or("/moderation/reports");
    Ok(Reply::see_other(back).telling(&visit.community, told))
}
