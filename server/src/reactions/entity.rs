//! Reactions as apps read them: as Pleroma tells them, and as Mastodon tells those on announcements.

use comity_policy::Party;
use serde_json::{Value, json};

use super::{Chosen, Reaction};
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
    let said = (chosen.emoji.as_str(), chosen.url.as_str());
    shown(said, chosen.community_id, chosen.said_by, viewer, here)
}

/// The same of what one person says.
pub(crate) fn picture_by(
    said: &Reaction,
    said_by: i64,
    viewer: &Party,
    here: &Community,
) -> Option<Shown> {
    let community_id = said.community_id;
    let said = (said.emoji.as_str(), said.url.as_str());
    shown(said, community_id, said_by, viewer, here)
}

/// Of an emoji, and where the picture of one from elsewhere is.
fn shown(
    (emoji, url): (&str, &str),
    community_id: Option<i64>,
    said_by: i64,
    viewer: &Party,
    here: &Community,
) -> Option<Shown> {
    let code = emoji.strip_prefix(':')?.strip_suffix(':')?;
    if let Some(community) = community_id {
        return here.emojis.ours(here.emojis.own(community, code)?);
    }
    let remote = Remote {
        code: code.to_owned(),
        url: url.to_owned(),
    };
    here.emojis.theirs(said_by, &remote, viewer, here)
}
