//! Reactions as apps read them: as Pleroma tells them, and as Mastodon tells those on announcements.

use comity_policy::Party;
use serde_json::{Value, json};

use super::Chosen;
use crate::communities::Community;
use crate::emojis::{Remote, Shown};

/// One emoji on a status, for this viewer at `here`.
pub fn entity(chosen: &Chosen, viewer: &Party, here: &Community) -> Value {
    let picture = picture(chosen, viewer, here);
    json!({
        "name": name(&chosen.emoji),
        "count": chosen.chosen,
        "me": chosen.mine > 0,
        "url": picture.as_ref().map(|picture| &picture.url),
        "static_url": picture.as_ref().map(|picture| &picture.still_url),
    })
}

/// All of a status.
pub fn entities(all: &[Chosen], viewer: &Party, here: &Community) -> Value {
    all.iter()
        .map(|chosen| entity(chosen, viewer, here))
        .collect()
}

/// Codes are told without colons, as apps know them.
pub fn name(emoji: &str) -> &str {
    let code = emoji
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'));
    code.unwrap_or(emoji)
}

/// The picture of a code, at an address of ours; `None` where it has none.
pub(crate) fn picture(chosen: &Chosen, viewer: &Party, here: &Community) -> Option<Shown> {
    let code = chosen.emoji.strip_prefix(':')?.strip_suffix(':')?;
    if let Some(community) = chosen.community_id {
        return here.emojis.ours(here.emojis.own(community, code)?);
    }
    let remote = Remote {
        code: code.to_owned(),
        url: chosen.url.clone(),
    };
    here.emojis.theirs(chosen.said_by, &remote, viewer, here)
}
