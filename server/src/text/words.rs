//! Words as they are looked for: the same for every spelling, and the same for both engines.
//!
//! Case, accents and the width of letters make no difference. Where a script writes without spaces, each sign counts as
//! a word, and so does each pair of neighbours.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are cut: an index keeps no page-long keys.
const LONGEST_WORD: usize = 64;

/// Words of a text in their order, folded. A sign of a script without spaces is one by itself.
pub fn sequence(text: &str) -> Vec<String> {
    let decomposed = text.nfkd().filter(|c| !is_accent(*c));
    let folded: String = decomposed.nfc().flat_map(char::to_lowercase).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for c in folded.chars() {
        let belongs = c.is_alphanumeric() || is_combining_mark(c);
        if !belongs || is_unspaced(c) {
            end(&mut word, &mut words);
        }
        if belongs && is_unspaced(c) {
            words.push(c.to_string());
        } else if belongs {
            push(&mut word, c);
        }
    }
    end(&mut word, &mut words);
    words
}

/// What an index keeps of such a sequence, or is asked for: each word, and neighbours where there are no spaces.
pub fn keys(sequence: &[String]) -> BTreeSet<String> {
    let is_sign = |word: &String| word.chars().next().is_some_and(is_unspaced);
    let pairs = sequence.windows(2).filter(|pair| pair.iter().all(is_sign));
    sequence
        .iter()
        .cloned()
        .chain(pairs.map(<[String]>::concat))
        .collect()
}

fn end(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(word.chars().take(LONGEST_WORD).collect());
        word.clear();
    }
}

/// Letters that stand for others without an accent.
fn push(word: &mut String, c: char) {
    match c {
        'ß' => word.push_str("ss"),
        'æ' => word.push_str("ae"),
        'œ' => word.push_str("oe"),
        'ø' => word.push('o'),
        'ł' => word.push('l'),
        'đ' | 'ð' => word.push('d'),
        'þ' => word.push_str("th"),
        'ı' => word.push('i'),
        'ς' => word.push('σ'),
        c => word.push(c),
    }
}

/// Marks that people leave out when they look for something: accents, and the vowel points of Hebrew and Arabic. The
/// vowels of Indic scripts are marks as well, and make other words.
fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{0300}'..='\u{036F}'
            | '\u{0591}'..='\u{05C7}'
            | '\u{0640}'
            | '\u{064B}'..='\u{065F}'
            | '\u{0670}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
    )
}

/// Scripts that are written without spaces between words; and Hangul, whose words end in many ways.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{0E00}'..='\u{0EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30FF}'
            | '\u{31F0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7AF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3134F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        sequence(text).join(" ")
    }

    #[test]
    fn spellings_of_one_word_are_one() {
        assert_eq!(folded("Fähre, FAHRE; fa\u{308}hre"), "fahre fahre fahre");
        assert_eq!(folded("Straße Øresund Łódź"), "strasse oresund lodz");
        assert_eq!(folded("Ｗｉｄｅ don't e-mail"), "wide don t e mail");
        assert_eq!(folded("ΟΔΟΣ οδός"), "οδοσ οδοσ");
        assert_eq!(folded("שָׁלוֹם"), folded("שלום"));
    }

    #[test]
    fn vowels_of_indic_scripts_stay() {
        assert_ne!(folded("की"), folded("का"));
        assert_eq!(sequence("हिन्दी").len(), 1);
    }

    #[test]
    fn where_there_are_no_spaces_neighbours_are_found() {
        let kept = keys(&sequence("東京タワー GPT"));
        for found in ["東京", "京タ", "タ", "gpt"] {
            assert!(kept.contains(found), "{found} in {kept:?}");
        }
        assert!(!kept.contains("東タ") && !kept.contains("ーgpt"));
        assert!(keys(&sequence("학교에서")).contains("학교"));
        // The sound marks of kana are letters, not accents.
        assert_ne!(folded("ガ"), folded("カ"));
    }

    #[test]
    fn no_word_is_longer_than_an_index_keeps() {
        assert_eq!(folded(&"x".repeat(500)).len(), LONGEST_WORD);
    }
}
