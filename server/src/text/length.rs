//! How long a text is: a post as clients count it, anything else by its characters.

use unicode_segmentation::UnicodeSegmentation;

use super::scan::{self, Token};
use crate::error::{Code, Error, Result};

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

/// Refuses what has more than `most` characters.
pub fn at_most(field: &'static str, text: &str, most: usize) -> Result<()> {
    if text.chars().count() > most {
        return Err(
            Error::invalid(field, format!("is longer than {most} characters")).coded(Code::TooLong),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert!(at_most("text", "Fähre", 5).is_ok());
        let why = at_most("text", "Fähren", 5).unwrap_err();
        assert!(why.to_string().contains("is longer than 5 characters"));
    }

    /// By hand, from what Mastodon's server and its web client do with each.
    #[test]
    fn a_text_is_as_long_as_mastodon_and_its_clients_say() {
        for (text, length) in [
            ("", 0),
            ("low water", 9),
            // Whatever is seen as one sign is one.
            ("👩‍👩‍👧 a", 3),
            ("🇩🇪🇳🇴", 2),
            ("👍🏽", 1),
            ("e\u{301}", 1),
            ("a\r\nb", 3),
            // Every link, also a short one, and no other address.
            ("https://a.example/a/very/long/path/that/goes/on", 23),
            ("HTTPS://A.EXAMPLE/A/VERY/LONG/PATH/THAT/GOES/ON", 23),
            ("http://a.co", 23),
            ("see https://a.example/?b=c#d.", 28),
            ("(https://a.example/b)", 25),
            ("https://a.example/@b@c.example", 23),
            ("https://a.example https://b.example", 47),
            ("www.a-very-long-name.example", 28),
            ("ftp://a.example/b", 17),
            // People without their server.
            ("@ab@a-very-long-name.example", 3),
            ("@ab", 3),
            ("@ab@a.example. @c@d.example", 7),
            ("(@ab@a.example)", 5),
            ("@ab@bücher.example", 3),
            ("ab@a.example", 12),
            ("a/@ab@a.example", 15),
            // As they are typed.
            ("#tides :blobcat:", 16),
            ("**a** `b`", 9),
        ] {
            assert_eq!(of(text), length, "{text}");
        }
    }
}
