//! Languages by their tags.

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
