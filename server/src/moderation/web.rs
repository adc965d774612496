//! Buttons beside a report: what is done to whom it is about.

use axum::extract::State;
use serde::Deserialize;

use super::{Action, act};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Form, Id, Me, Reply, Visit, cookie, local_path};
use crate::web::view::Notice;

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
    act(&app, &me, id, action, &done.reason, done.report).await?;
    let told = Notice(match action {
        Action::Note => "It is written down.".to_owned(),
        Action::Warn => "They are told.".to_owned(),
        Action::Freeze => "They cannot sign in any more.".to_owned(),
        Action::Suspend => "Nothing of theirs is here for anybody.".to_owned(),
        Action::Limit => "Only those who follow them see what they write.".to_owned(),
        Action::Lift => "They are here as before.".to_owned(),
    });
    let back = local_path(&done.back).unwrap_or("/moderation/reports");
    Ok(Reply::see_other(back).with_cookie(cookie::notice(&visit.community, &told)))
}
