//! What devices are told, as members choose it beside their apps.

use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::error::Result;
use crate::http::{Form, Me, Reply};

/// What a member chose.
#[derive(Deserialize)]
pub struct Choice {
    /// There while it is ticked.
    #[serde(default)]
    tells: Option<String>,
}

/// `POST /settings/push`
pub async fn choose(State(app): State<App>, me: Me, Form(choice): Form<Choice>) -> Result<Reply> {
    super::choose(&app, me.account.id, choice.tells.is_some()).await?;
    Ok(Reply::see_other("/settings/apps"))
}
