//! `#tag` in what people type, in any script.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer ones are no tags; Mastodon has no bound, ours is for the index.
const LONGEST: usize = 100;

/// Reads a hashtag at the start of `rest`; `before` is the character in front of it. Returns its length in bytes and
/// its name without `#`, composed. A tag of digits alone is a number.
pub(super) fn at_start(before: Option<char>, rest: &str) -> Option<(usize, String)> {
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '&' | '#')) {
        return None;
    }
    let body = &rest[1..];
    let belongs = |c: char| {
        c.is_alphanumeric()
            || is_combining_mark(c)
            || matches!(c, '_' | '·' | '\u{200C}' | '\u{200D}')
    };
    let end = body.find(|c| !belongs(c)).unwrap_or(body.len());
    let name = &body[..end];
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().all(char::is_numeric) {
        return None;
    }
    Some((1 + end, name.nfc().collect()))
}

/// One name for every spelling: case and the width or composition of letters make no difference.
pub fn folded(name: &str) -> String {
    let composed: String = name.trim_start_matches('#').nfkc().collect();
    composed.to_lowercase()
}

/// The folded name of a hashtag that is named with or without its `#`; `None` for what is none.
pub fn name(text: &str) -> Option<String> {
    let written = format!("#{}", text.trim().trim_start_matches('#'));
    let (length, name) = at_start(None, &written)?;
    (length == written.len()).then(|| folded(&name))
}

/// Where the page of a hashtag is.
pub fn path(name: &str) -> String {
    format!(
        "/tags/{}",
        utf8_percent_encode(&folded(name), NON_ALPHANUMERIC)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        assert_eq!(folded("#FÄHRE"), folded("fähre"));
        assert_eq!(folded("Ａｂｃ"), "abc");
        assert_eq!(path("Fähre 1"), "/tags/f%C3%A4hre%201");
    }

    #[test]
    fn a_name_is_a_whole_tag() {
        assert_eq!(name(" #Fähre"), Some("fähre".to_owned()));
        for none in ["", "#", "12", "two words", "a-b", "a/b"] {
            assert_eq!(name(none), None, "{none}");
        }
    }

    #[test]
    fn tags_of_any_script_are_tags_and_numbers_are_not() {
        assert_eq!(
            at_start(None, "#Fähre!").map(|found| found.1),
            Some("Fähre".to_owned())
        );
        assert_eq!(
            at_start(None, "#हिन्दी x").map(|found| found.1),
            Some("हिन्दी".to_owned())
        );
        assert_eq!(at_start(None, "#1"), None);
        assert_eq!(at_start(Some('&'), "#39;"), None);
    }
}
