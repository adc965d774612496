//! Emoji for apps.

use comity_policy::Mode;
use serde_json::json;

use super::entity::entities;
use crate::error::Result;
use crate::http::{Caller, Reply};

/// `GET /api/v1/custom_emojis`: those that apps offer. A community that shows visitors nothing shows them no emoji either.
pub async fn list(caller: Caller) -> Result<Reply> {
    let here = &caller.community;
    if caller.me.is_none() && here.mode == Mode::AllowList {
        return Ok(Reply::api(json!([])));
    }
    Ok(Reply::api(entities(&here.emojis.offered(here.id))))
}
