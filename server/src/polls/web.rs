//! Voting on a page.

use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::error::Result;
use crate::http::{Form, Me, Path, Reply};

/// What the form of a poll sends: `choice` for each that is ticked.
#[derive(Debug, Deserialize)]
pub struct VoteForm {
    #[serde(default)]
    back: String,
    #[serde(default)]
    choice: Vec<i64>,
}

/// `POST /statuses/{id}/vote`
pub async fn vote(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<VoteForm>,
) -> Result<Reply> {
    super::vote(&app, &me.account, id, form.choice).await?;
    Ok(Reply::see_other(&form.back))
}
