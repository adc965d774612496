//! Languages by their tags, and which one a text reads like.

use whatlang::{Lang, Script};

use super::plain;
use super::scan;
use super::words::is_unspaced;

/// Languages offered to writers, by their own names. Any other can be written in, too: an app sends its tag.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("ar", "العربية"),
    ("bn", "বাংলা"),
    ("cs", "Čeština"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// Loosely BCP 47: what our pages put into `lang` attributes and `contentMap` keys.
pub fn is_tag(tag: &str) -> bool {
    (2..=35).contains(&tag.len())
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// The languages that have a tag of two letters (ISO 639-1).
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
                           de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz \
                           ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln \
                           lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi \
                           pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th \
                           ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Whether a tag is that of a language. Those of three letters are too many to be counted here: what looks like one is one.
pub fn is_of_a_language(tag: &str) -> bool {
    let first = first_part(Some(tag));
    let is_word = first.bytes().all(|byte| byte.is_ascii_lowercase());
    match first.len() {
        2 => TWO_LETTERS.split(' ').any(|known| known == first),
        3 => is_word,
        _ => false,
    }
}

/// The first part of a tag, in lower case: `pt` of `pt-BR`. Empty for none.
pub fn first_part(tag: Option<&str>) -> String {
    let tag = tag.filter(|tag| is_tag(tag)).unwrap_or_default();
    tag.split('-')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// Fewer letters than this say too little. A sign of a script without spaces counts as two.
const FEWEST_LETTERS: usize = 20;
/// Bytes of a text that are read: what its beginning does not say, more of it does not either.
const READ: usize = 8_000;

/// What a language that is offered to writers calls itself.
pub fn name_of(tag: &str) -> Option<&'static str> {
    let mut all = LANGUAGES.iter();
    all.find(|(known, _)| *known == tag).map(|(_, name)| *name)
}

/// Which language a text reads like, where that is sure, and it is offered to writers. Code, links, people, hashtags and
/// emoji are left out. Danish and Norwegian are not told apart, nor are other close relatives in a few words: then it is
/// nothing.
pub fn suggest(text: &str) -> Option<&'static str> {
    let prose = prose(plain::cut(text, READ));
    let letters = || prose.chars().filter(|c| c.is_alphabetic());
    let weight = |c: char| if is_unspaced(c) { 2 } else { 1 };
    if letters().map(weight).sum::<usize>() < FEWEST_LETTERS {
        return None;
    }
    let read = whatlang::detect(&prose)?;
    // Of a script that one language alone is written in, a single word more than of any other makes it sure of that.
    let is_latin = read.script() == Script::Latin;
    let foreign = letters().filter(|c| latin(*c) != is_latin).count();
    if !read.is_reliable() || foreign * 3 > letters().count() {
        return None;
    }
    tag_of(read.lang())
}

/// The same, where the text is marked as another language. What is marked as one that is not offered, or as none, was
/// marked so by somebody who knows better.
pub fn other_than(marked: Option<&str>, text: &str) -> Option<&'static str> {
    let marked = first_part(marked);
    name_of(&marked)?;
    suggest(text).filter(|tag| *tag != marked)
}

/// The words of a text.
fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    for (at, part) in parts.into_iter().enumerate() {
        // Between two of them stands code; after one that has no other, words go on.
        if at % 2 == 1 && at != last {
            continue;
        }
        let mut from = 0;
        for (range, _) in scan::tokens(part) {
            push_words(&part[from..range.start], &mut prose);
            from = range.end;
        }
        push_words(&part[from..], &mut prose);
    }
    prose
}

fn push_words(text: &str, prose: &mut String) {
    let is_emoji = |word: &str| word.len() > 2 && word.starts_with(':') && word.ends_with(':');
    for word in text.split_whitespace().filter(|word| !is_emoji(word)) {
        prose.push_str(word);
        prose.push(' ');
    }
}

fn latin(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

/// Its tag in [`LANGUAGES`].
fn tag_of(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Ara => "ar",
        Lang::Ben => "bn",
        Lang::Ces => "cs",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Pes => "fa",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Swe => "sv",
        Lang::Tha => "th",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Vie => "vi",
        Lang::Cmn => "zh",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Das Boot legt heute erst um neun Uhr ab, weil der Wind zu stark ist.";
    const ENGLISH: &str = "The ferry leaves at nine today because the wind is too strong.";

    #[test]
    fn a_text_that_surely_reads_like_a_language_does() {
        for (text, tag) in [
            (GERMAN, "de"),
            (ENGLISH, "en"),
            (
                "El barco sale hoy a las nueve porque el viento es demasiado fuerte.",
                "es",
            ),
            ("今日は風が強いので船は九時に出ます。", "ja"),
            ("今天风太大，我们的船要到九点才开。", "zh"),
            (
                "Bugün rüzgar çok kuvvetli olduğu için vapur saat dokuzda kalkıyor.",
                "tr",
            ),
            (
                "Сьогодні пором відходить о дев'ятій годині, бо вітер надто сильний.",
                "uk",
            ),
        ] {
            assert_eq!(suggest(text), Some(tag), "{text}");
        }
    }

    #[test]
    fn what_is_short_or_near_another_language_reads_like_none() {
        for text in [
            "",
            "ok lol",
            "九時",
            "Καλημέρα",
            "Guten Morgen zusammen, wie geht es euch heute?",
            "Nå går fergen klokken ni i dag fordi vinden er for sterk",
            // Greek words among English ones, as many letters of each.
            "καλημέρα καλησπέρα good morning evening",
        ] {
            assert_eq!(suggest(text), None, "{text}");
        }
    }

    #[test]
    fn only_words_count() {
        let with_others = "Das Boot legt heute erst um neun Uhr ab, `if the wind is strong then return` weil der Wind zu \
                           stark ist. :theferry: @the.ferry@because.example https://the.example/ferry/leaves/at/nine \
                           #TheFerryLeaves\n```\nlet the_ferry = leaves_at(nine);\n```";
        assert_eq!(prose(with_others).trim(), GERMAN);
        assert_eq!(suggest(with_others), Some("de"));
        assert_eq!(
            suggest("https://the.example/the/ferry/leaves @somebody #tides"),
            None
        );
        // One that stands alone begins no code.
        assert_eq!(suggest(&format!("` {GERMAN}")), Some("de"));
    }

    #[test]
    fn only_what_is_marked_as_another_one_is_told() {
        assert_eq!(other_than(Some("en"), GERMAN), Some("de"));
        assert_eq!(other_than(Some("de-AT"), GERMAN), None);
        assert_eq!(other_than(Some("en-GB"), GERMAN), Some("de"));
        // Low German, and nothing.
        assert_eq!(other_than(Some("nds"), GERMAN), None);
        assert_eq!(other_than(None, GERMAN), None);
    }

    #[test]
    fn every_language_that_is_told_is_offered() {
        for lang in Lang::all() {
            assert!(tag_of(*lang).is_none_or(|tag| name_of(tag).is_some()));
        }
        assert_eq!(
            Lang::all().iter().filter_map(|lang| tag_of(*lang)).count(),
            LANGUAGES.len()
        );
    }

    #[test]
    fn language_tags_are_tags() {
        assert!(is_tag("en") && is_tag("pt-BR") && is_tag("zh-Hant-TW"));
        assert!(
            ["en", "pt-BR", "gsw", "zh-Hant-TW"]
                .into_iter()
                .all(is_of_a_language)
        );
        assert!(
            !["zz", "zz-bogus", "english", "", "x", "12"]
                .into_iter()
                .any(is_of_a_language)
        );
        assert!(!is_tag("\" onload=") && !is_tag("e") && !is_tag("en--us"));
    }
}
