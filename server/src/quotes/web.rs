//! The button by which a member takes a post of theirs out of what quotes it.

use axum::extract::{Path, State};

use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Reply};

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
