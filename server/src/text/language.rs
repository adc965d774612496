//! Languages by their tags.

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

/// The first part of a tag, in lower case: `pt` of `pt-BR`. Empty for none.
pub fn first_part(tag: Option<&str>) -> String {
    let tag = tag.filter(|tag| is_tag(tag)).unwrap_or_default();
    tag.split('-')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::is_tag;

    #[test]
    fn language_tags_are_tags() {
        assert!(is_tag("en") && is_tag("pt-BR") && is_tag("zh-Hant-TW"));
        assert!(!is_tag("\" onload=") && !is_tag("e") && !is_tag("en--us"));
    }
}
