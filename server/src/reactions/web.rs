//! The emoji under a post: pressed, they are said or taken back.

use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::error::Result;
use crate::http::{Form, Me, Path, Reply};

/// An emoji, and where one came from.
#[derive(Debug, Deserialize)]
pub struct Said {
    /// An emoji of Unicode, or a code of one of the community.
    emoji: String,
    #[serde(default)]
    back: String,
}

impl Said {
    fn to(&self) -> Reply {
        Reply::see_other(&self.back)
    }
}

/// `POST /statuses/{id}/react`
pub async fn react(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Reply> {
    super::react(&app, &me.community, &me.account, id, &said.emoji).await?;
    Ok(said.to())
}

/// `POST /statuses/{id}/unreact`
pub async fn unreact(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Reply> {
    super::unreact(&app, &me.community, &me.account, id, &said.emoji).await?;
    Ok(said.to())
}
