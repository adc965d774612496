//! How far the reading of a conversation is, in Mastodon's words.

use axum::extract::State;
use http::HeaderValue;
use serde_json::json;

use super::Refresh;
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Path, Reply};

/// After how many seconds it makes sense to ask again.
const RETRY_S: u32 = 5;

/// `GET /api/v1_alpha/async_refreshes/{id}`
pub async fn refresh(
    State(app): State<App>,
    client: Client,
    Path(token): Path<String>,
) -> Result<Reply> {
    let refresh = super::find(&app, client.me()?, &token).await?;
    Ok(Reply::api(json!({
        "async_refresh": {
            "id": refresh.token,
            "status": if refresh.is_running { "running" } else { "finished" },
            "result_count": refresh.found,
        },
    })))
}

/// The value of `Mastodon-Async-Refresh` while it goes on.
pub(crate) fn header(refresh: &Refresh) -> Option<HeaderValue> {
    if !refresh.is_running {
        return None;
    }
    let Refresh { token, found, .. } = refresh;
    let value = format!("id=\"{token}\", retry={RETRY_S}, result_count={found}");
    HeaderValue::from_str(&value).ok()
}
