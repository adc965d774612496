//! What hangs on a text: mentions, hashtags, custom emoji.

use std::collections::HashSet;

use crate::Iri;
use crate::json::Json;

/// More than this on one status is noise, and each is a row.
const MOST_HASHTAGS: usize = 256;

/// Each is a picture to keep.
const MOST_EMOJIS: usize = 256;

/// Somebody named in the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// The actor.
    pub href: Iri,
    /// How it was written, usually `@alice@example.org`.
    pub name: Option<String>,
}

/// A picture used within text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Emoji {
    /// Without colons.
    pub shortcode: String,
    /// The picture.
    pub url: Iri,
}

pub(crate) fn mentions_of(tag: &Json<'_>) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut seen = HashSet::new();
    for item in tag.each().filter(|item| item.is_a("Mention")) {
        if let Some(href) = item.get("href").iri()
            && seen.insert(href.clone())
        {
            mentions.push(Mention {
                href,
                name: item.get("name").line(),
            });
        }
    }
    mentions
}

pub(crate) fn hashtags_of(tag: &Json<'_>) -> Vec<String> {
    let mut hashtags: Vec<String> = Vec::new();
    for item in tag.each().filter(|item| item.is_a("Hashtag")) {
        let Some(name) = item.any(&["name", "nameMap"]).line() else {
            continue;
        };
        let name = name.trim_start_matches(['#', '＃']).to_owned();
        if !name.is_empty() && !hashtags.contains(&name) && hashtags.len() < MOST_HASHTAGS {
            hashtags.push(name);
        }
    }
    hashtags
}

pub(crate) fn emojis_of(tag: &Json<'_>) -> Vec<Emoji> {
    tag.each()
        .filter(|item| item.is_a("Emoji") || item.is_a("toot:Emoji"))
        .filter_map(|item| {
            let name = item.any(&["name", "nameMap"]).line()?;
            let shortcode = name.trim_matches(':');
            // Pleroma's names have dashes and plus signs; a slash would be a path somewhere.
            let plain = (1..=128).contains(&shortcode.len())
                && shortcode
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.' | '@'));
            let url = item.get("icon").link("image/")?;
            plain.then(|| Emoji {
                shortcode: shortcode.to_owned(),
                url,
            })
        })
        .take(MOST_EMOJIS)
        .collect()
}
