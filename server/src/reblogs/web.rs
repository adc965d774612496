//! The buttons under a post.

use axum::extract::State;

use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Path, Reply};

/// `POST /statuses/{id}/reblog`
pub async fn reblog(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::reblog(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/unreblog`
pub async fn unreblog(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unreblog(&app, &me.account, id).await?;
    Ok(back.to())
}
