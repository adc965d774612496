//! The buttons by which a member takes a post of theirs out of what quotes it, or lets it in.

use axum::extract::State;
use serde::Deserialize;

use super::Seen;
use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Path, Reply};

/// A yes to a post as it was before the member.
#[derive(Debug, Deserialize)]
pub struct LetIn {
    #[serde(default)]
    back: String,
    /// What it quotes of theirs once they say yes.
    quote: Option<i64>,
}

impl LetIn {
    /// What they saw it quote.
    pub fn seen(&self) -> Seen {
        Seen::Quoting(self.quote)
    }

    /// The page one came from, if it is ours.
    pub fn to(&self) -> Reply {
        Reply::see_other(&self.back)
    }
}

/// `POST /statuses/{id}/unquote`: something that quotes the member.
pub async fn take_out(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::take_out(&app, &me.account, id).await?;
    Ok(back.to())
}
