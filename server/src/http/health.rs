//! Whether this installation answers, for whoever watches its machine.

use axum::extract::State;
use comity_db::{Sql, params, sql};
use http::StatusCode;

use super::Reply;
use crate::app::App;
use crate::error::Result;

const ANSWERS: Sql<(i64,)> = sql!(row: (i64,), "SELECT CAST(1 AS BIGINT)");

/// `GET /health`: the database answers. Under any name.
pub async fn health(State(app): State<App>) -> Result<Reply> {
    app.db.one(ANSWERS, params![]).await?;
    Ok(Reply::plain_word(StatusCode::OK, "OK"))
}
