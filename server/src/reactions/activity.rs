//! Reactions as other servers see them: a Like that says an emoji. Mastodon reads the favourite, Misskey and Pleroma the
//! emoji.

use comity_vocab::build::{self, EmojiOut};
use comity_vocab::{Iri, build::ReactionOut};
use serde_json::Value;

use super::Reaction;
use crate::app::App;
use crate::emojis;

/// Somebody here says something of a status. What their community has no picture for any more is a favourite.
pub(crate) fn like(app: &App, me: &Iri, id: &Iri, status: &Iri, said: &Reaction) -> Value {
    let Some(code) = said.code() else {
        let reaction = ReactionOut {
            content: said.emoji.clone(),
            emoji: None,
        };
        return build::reaction(id, me, status, &reaction);
    };
    match out(app, said.community_id, code) {
        Some(emoji) => {
            let reaction = ReactionOut {
                content: said.emoji.clone(),
                emoji: Some(emoji),
            };
            build::reaction(id, me, status, &reaction)
        }
        None => build::like(id, me, status),
    }
}

fn out(app: &App, community: Option<i64>, code: &str) -> Option<EmojiOut> {
    let home = app.communities.load().by_id(community?)?;
    let emoji = home.emojis.own(home.id, code)?;
    emojis::activity::out(&home.emojis, &home.origin, emoji)
}
