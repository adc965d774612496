//! The buttons in a post's menu.

use axum::extract::State;

use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Path, Reply};

/// `POST /statuses/{id}/pin`
pub async fn pin(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::pin(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/unpin`
pub async fn unpin(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unpin(&app, &me.account, id).await?;
    Ok(back.to())
}
