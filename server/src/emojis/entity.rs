//! Emoji as apps read them: Mastodon's `CustomEmoji`.

use serde_json::{Value, json};

use super::Shown;

/// One of them.
pub fn entity(emoji: &Shown) -> Value {
    json!({
        "shortcode": emoji.code,
        "url": emoji.url,
        "static_url": emoji.still_url,
        "visible_in_picker": emoji.is_listed,
        "category": emoji.category,
    })
}

/// A list of them.
pub fn entities(emojis: &[Shown]) -> Value {
    emojis.iter().map(entity).collect()
}
