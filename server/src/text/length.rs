//! How long a text is, counted as clients count it.

use unicode_segmentation::UnicodeSegmentation;

use super::scan::{self, Token};

/// What any link counts; every client assumes it (Mastodon's `characters_reserved_per_url`).
const LINK: usize = 23;

/// Grapheme clusters, a link as 23, a mention without its server.
pub fn of(text: &str) -> usize {
    let mut length = text.graphemes(true).count();
    for (range, token) in scan::tokens(text) {
        let written = text[range].graphemes(true).count();
        let counted = match token {
            Token::Link => LINK,
            Token::Mention(handle) => 1 + handle.username.graphemes(true).count(),
            Token::Hashtag(_) => written,
        };
        length = length - written + counted;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_servers_cost_the_same_however_long() {
        assert_eq!(of("👩‍👩‍👧 a"), 3);
        assert_eq!(of("https://a.example/a/very/long/path/that/goes/on"), 23);
        assert_eq!(of("@ab@a-very-long-name.example"), 3);
    }
}
