//! The buttons under a post.

use axum::extract::{Path, State};

use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Reply};

/// `POST /statuses/{id}/favourite`
pub async fn favourite(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::favourite(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/unfavourite`
pub async fn unfavourite(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unfavourite(&app, &me.account, id).await?;
    Ok(back.to())
}
