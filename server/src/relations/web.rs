//! Block and mute, from a profile or from under a post.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::{Mute, Telling};
use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Reply, local_path};

/// What the block button sends.
#[derive(Debug, Deserialize)]
pub struct BlockForm {
    #[serde(default)]
    back: String,
    /// "on" lets their server know.
    #[serde(default)]
    tell: String,
}

/// `POST /accounts/{id}/block`
pub async fn block(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<BlockForm>,
) -> Result<Reply> {
    let telling = if form.tell == "on" {
        Telling::TheirServer
    } else {
        Telling::Silent
    };
    super::block(&app, &me.account, id, telling).await?;
    Ok(Reply::see_other(local_path(&form.back).unwrap_or("/")))
}

/// `POST /accounts/{id}/unblock`
pub async fn unblock(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unblock(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /accounts/{id}/mute`
pub async fn mute(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::mute(&app, &me.account, id, Mute::WHOLE).await?;
    Ok(back.to())
}

/// `POST /accounts/{id}/unmute`
pub async fn unmute(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unmute(&app, &me.account, id).await?;
    Ok(back.to())
}
