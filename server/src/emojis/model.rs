//! Emoji, ours and others', and how their codes stand in words.

use std::collections::HashSet;

use comity_db::row;
use comity_vocab::Emoji as Tag;
use serde::{Deserialize, Serialize};

use crate::config;

/// Emoji that are kept of one post or profile from elsewhere: more is a wall of pictures.
const MOST_REMOTE: usize = 64;
/// Bytes of the address of one: it stands within the address of our copy.
const LONGEST_URL: usize = 1_024;

row! {
    /// One row of `custom_emojis`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Emoji {
        /// Ours.
        pub id: i64,
        /// Whose it is.
        pub community_id: i64,
        /// Without colons; its case counts.
        pub shortcode: String,
        /// Under which heading apps offer it; empty for none.
        pub category: String,
        /// What is in its address.
        pub file_key: String,
        /// Of its picture.
        pub file_type: String,
        /// Of the picture that stands still; empty where it does anyway.
        pub still_type: String,
        /// Of both, on disk.
        pub bytes: i64,
        /// Apps offer it.
        pub is_listed: bool,
        /// Its code is shown as the picture.
        pub is_on: bool,
        /// Unix milliseconds.
        pub created_at: i64,
        /// Unix milliseconds.
        pub updated_at: i64,
    }
}

/// One that somebody elsewhere uses, as it is kept with what they wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Without colons.
    pub code: String,
    /// Where it is at home.
    pub url: String,
}

/// One, as somebody here sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Without colons.
    pub code: String,
    /// Where its picture is, for readers here.
    pub url: String,
    /// Where the picture that stands still is.
    pub still_url: String,
    /// Apps offer it.
    pub is_listed: bool,
    /// Under which heading.
    pub category: Option<String>,
}

/// Words in which codes may stand.
#[derive(Debug, Clone, Copy)]
pub enum Words<'a> {
    /// Plain text.
    Plain(&'a str),
    /// HTML that is safe.
    Html(&'a str),
}

impl<'a> Words<'a> {
    /// The codes that stand in these. The words are read once, however many emoji are then looked for.
    pub fn codes(all: &[Words<'a>]) -> HashSet<&'a str> {
        let mut codes = HashSet::new();
        for words in all {
            words.each_code(&mut |code| {
                codes.insert(code);
            });
        }
        codes
    }

    /// Every code in them, as often as it stands there.
    pub(super) fn each_code(self, each: &mut dyn FnMut(&'a str)) {
        match self {
            Words::Plain(text) => codes(text).for_each(|(_, code)| each(code)),
            Words::Html(html) => {
                for piece in pieces(html) {
                    if let Piece::Text(text) = piece {
                        codes(text).for_each(|(_, code)| each(code));
                    }
                }
            }
        }
    }
}

/// Whether emoji of ours may be called so, but for the length.
pub(super) fn is_code(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether this may stand between the colons of a code, here or elsewhere: Pleroma's names have dashes and plus signs.
fn is_of_code(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '+' | '.' | '@')
}

/// What stands between two colons, with where the first one is. Within a word or a number, as in `12:30:45`, it is none.
pub(super) fn codes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let begin = at + text.get(at..)?.find(':')?;
            let rest = &text[begin + 1..];
            let end = rest.find(|letter| !is_of_code(letter))?;
            let is_closed = rest[end..].starts_with(':');
            if !is_closed || end == 0 {
                at = begin + 1 + end.min(rest.len());
                continue;
            }
            let in_word = |letter: Option<char>| letter.is_some_and(|l| l.is_ascii_alphanumeric());
            if in_word(text[..begin].chars().next_back()) || in_word(rest[end + 1..].chars().next())
            {
                at = begin + 1 + end;
                continue;
            }
            at = begin + end + 2;
            return Some((begin, &rest[..end]));
        }
    })
}

/// A part of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// A tag, or words in which a code is no picture: links and what shows programs.
    Tag(&'a str),
}

/// Safe HTML in parts, in order.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    let mut within = 0_usize;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = if rest.starts_with('<') {
            rest.find('>').map_or(rest.len(), |at| at + 1)
        } else {
            rest.find('<').unwrap_or(rest.len())
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        let Some(tag) = piece.strip_prefix('<') else {
            return Some(match within {
                0 => Piece::Text(piece),
                _ => Piece::Tag(piece),
            });
        };
        let name = tag.trim_start_matches('/');
        let name = name.split([' ', '>', '/']).next().unwrap_or_default();
        if matches!(name, "a" | "code" | "pre") {
            within = if tag.starts_with('/') {
                within.saturating_sub(1)
            } else {
                within + 1
            };
        }
        Some(Piece::Tag(piece))
    })
}

/// Of the emoji that came with something from elsewhere, those that its words use: each once, and not too many. Addresses
/// that are not `https` are no addresses.
pub fn of_tags(tags: &[Tag], words: &[Words<'_>]) -> Vec<Remote> {
    let mut kept: Vec<Remote> = Vec::new();
    let codes = Words::codes(words);
    for tag in tags {
        if kept.len() >= MOST_REMOTE {
            break;
        }
        if !codes.contains(tag.shortcode.as_str()) {
            continue;
        }
        let is_safe = tag.url.is_https() || config::scheme(&tag.url.domain()) == "http";
        let is_new = kept.iter().all(|remote| remote.code != tag.shortcode);
        if is_safe && is_new && tag.url.as_str().len() <= LONGEST_URL {
            kept.push(Remote {
                code: tag.shortcode.clone(),
                url: tag.url.as_str().to_owned(),
            });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use comity_vocab::Iri;

    use super::*;

    fn found(text: &str) -> Vec<&str> {
        codes(text).map(|(_, code)| code).collect()
    }

    #[test]
    fn codes_are_told_from_times_and_words() {
        assert_eq!(
            found(":wave: and :blob_Cat::heart:"),
            ["wave", "blob_Cat", "heart"]
        );
        assert_eq!(found("at 12:30:45, note:this:one"), Vec::<&str>::new());
        assert_eq!(found("a: b :c d: :e"), Vec::<&str>::new());
        assert_eq!(found("::: :wave:"), ["wave"]);
        assert_eq!(found("海:wave:海"), ["wave"]);
        assert_eq!(found("x:a:b :c:"), ["c"]);
    }

    #[test]
    fn a_code_in_a_link_or_a_program_is_none() {
        let html = "<p title=\":wave:\">:one: <a href=\"https://a.example/:two:\">:two:</a> <code>:three:</code>:four:</p>";
        let mut all = Vec::new();
        Words::Html(html).each_code(&mut |code| all.push(code.to_owned()));
        assert_eq!(all, ["one", "four"]);
    }

    #[test]
    fn what_comes_is_used_safe_and_bounded() {
        let tag = |code: &str, url: &str| Tag {
            shortcode: code.to_owned(),
            url: Iri::parse(url).unwrap(),
        };
        let long = format!("https://a.example/{}", "x".repeat(LONGEST_URL));
        let tags = [
            tag("wave", "https://a.example/w.png"),
            tag("wave", "https://b.example/w.png"),
            tag("unused", "https://a.example/u.png"),
            tag("plain", "http://a.example/p.png"),
            tag("long", &long),
        ];
        let words = [Words::Plain(":wave: :plain: :long:")];
        let kept = of_tags(&tags, &words);
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].url, "https://a.example/w.png");
        let many: Vec<Tag> = (0..100)
            .map(|n| tag(&format!("e{n}"), "https://a.example/e.png"))
            .collect();
        let text: Vec<String> = (0..100).map(|n| format!(":e{n}:")).collect();
        let text = text.join(" ");
        assert_eq!(of_tags(&many, &[Words::Plain(&text)]).len(), MOST_REMOTE);
    }
}
