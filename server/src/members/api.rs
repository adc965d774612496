//! What a member laid down for themself, for apps.

use serde_json::json;

use crate::error::Result;
use crate::http::{Client, Reply};
use crate::statuses::entity::{quote_policy, visibility};

/// `GET /api/v1/preferences`. How things are read is left to apps.
pub async fn preferences(client: Client) -> Result<Reply> {
    let member = &client.me()?.member;
    let language = Some(&member.language).filter(|tag| !tag.is_empty());
    Ok(Reply::api(json!({
        "posting:default:visibility": visibility(member.default_visibility),
        "posting:default:sensitive": member.sensitive,
        "posting:default:language": language,
        "posting:default:quote_policy": quote_policy(member.quoting),
        "reading:expand:media": "default",
        "reading:expand:spoilers": false,
        "reading:autoplay:gifs": false,
    })))
}
