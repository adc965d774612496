//! Emoji as other servers see them.

use axum::extract::State;
use comity_policy::Way;
use comity_vocab::Iri;
use comity_vocab::build::{self, EmojiOut};
use http::request::Parts;

use super::model::{Emoji, Words};
use super::{Shelf, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Here, Path, Reply, wants_activity};
use crate::inbox;

/// The emoji that stand in these words of a member's, for the `tag` of what goes out.
pub(crate) fn outward(app: &App, by: &Account, words: &[Words<'_>]) -> Vec<EmojiOut> {
    let communities = app.communities.load();
    let Some(home) = by.community_id.and_then(|id| communities.by_id(id)) else {
        return Vec::new();
    };
    let used = home.emojis.used_of_own(by, words).into_iter();
    used.filter_map(|emoji| out(&home.emojis, &home.origin, emoji))
        .collect()
}

pub(crate) fn out(shelf: &Shelf, origin: &str, emoji: &Emoji) -> Option<EmojiOut> {
    Some(EmojiOut {
        id: Iri::parse(&format!("{origin}/emojis/{}", emoji.id)).ok()?,
        shortcode: emoji.shortcode.clone(),
        url: Iri::parse(&shelf.address(emoji)?).ok()?,
        media_type: emoji.file_type.clone(),
        updated: emoji.updated_at,
    })
}

/// `GET /emojis/{id}`: for servers that the community speaks with. Others, and who asks for one that is not there, are
/// answered alike (L29).
pub async fn show(
    State(app): State<App>,
    Here(community): Here,
    Path(id): Path<i64>,
    parts: Parts,
) -> Result<Reply> {
    if !wants_activity(&parts.headers) {
        return Err(Error::NotFound);
    }
    let viewer = inbox::signed_viewer(&app, &community, &parts).await?;
    let _shown = accounts::show(&app, &viewer, Way::Fetch, community.actor_id).await?;
    let emoji = store::by_id(&app.db, community.id, id).await?;
    let emoji = emoji
        .filter(|emoji| emoji.is_on)
        .and_then(|emoji| out(&community.emojis, &community.origin, &emoji))
        .ok_or(Error::NotFound)?;
    Ok(Reply::activity(build::emoji_object(&emoji)))
}
