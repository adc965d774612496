//! Reactions as apps read them: as Pleroma tells them, and as Mastodon tells those on announcements.

use serde_json::{Value, json};

use super::Chosen;
use crate::communities::Community;
use crate::emojis::{Remote, Shown};

/// One emoji on a status, for readers of `here`.
pub fn entity(chosen: &Chosen, here: &Community) -> Value {
    let picture = picture(chosen, here);
    json!({
        "name": name(&chosen.emoji),
        "count": chosen.chosen,
        "me": chosen.mine > 0,
        "url": picture.as_ref().map(|picture| &picture.url),
        "static_url": picture.as_ref().map(|picture| &picture.still_url),
    })
}

/// All of a status.
pub fn entities(all: &[Chosen], here: &Community) -> Value {
    all.iter().map(|chosen| entity(chosen, here)).collect()
}

/// Codes are told without colons, as apps know them.
pub fn name(emoji: &str) -> &str {
    let code = emoji
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'));
    code.unwrap_or(emoji)
}

fn picture(chosen: &Chosen, here: &Community) -> Option<Shown> {
    let code = chosen.emoji.strip_prefix(':')?.strip_suffix(':')?;
    if let Some(community) = chosen.community_id {
        return here.emojis.ours(here.emojis.own(community, code)?);
    }
    let remote = Remote {
        code: code.to_owned(),
        url: chosen.url.clone(),
    };
    Some(here.emojis.theirs(chosen.said_by, &remote, here))
}
