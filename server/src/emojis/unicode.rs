//! What is one emoji of Unicode.

/// Scalar values of one emoji: the longest families have some ten.
const LONGEST_EMOJI: usize = 16;

/// Whether this is seen by nobody: joiners, tags, variants and other marks of format.
fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether this turns the direction of what stands beside it.
fn is_turning(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether this can be one emoji of Unicode: a few symbols, one of them to be seen, and no letter or digit among them.
pub fn is_unicode(name: &str) -> bool {
    let symbol = |letter: char| {
        letter > '\u{a8}'
            && !letter.is_alphanumeric()
            && !letter.is_whitespace()
            && !letter.is_control()
            && !is_turning(letter)
    };
    let seen = name.chars().any(|letter| !is_unseen(letter));
    seen && name.chars().count() <= LONGEST_EMOJI && name.chars().all(symbol)
}

#[cfg(test)]
mod tests {
    use super::is_unicode;

    #[test]
    fn an_emoji_is_told_from_words() {
        for emoji in ["🌊", "❤️", "👩‍🚒", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"] {
            assert!(is_unicode(emoji), "{emoji}");
        }
        for word in ["", "wave", ":wave:", "<b>", "é", "🌊 🌊", "１"] {
            assert!(!is_unicode(word), "{word}");
        }
        assert!(!is_unicode(&"🌊".repeat(17)));
        for word in ["\u{200b}", "\u{200d}\u{fe0f}", "🌊\u{202e}", "\u{2066}🌊"] {
            assert!(!is_unicode(word), "{word:?}");
        }
    }
}
