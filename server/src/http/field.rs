//! How a sentence names a field that an app sent.

/// What people call some of them.
const WORDS: &[(&str, &str)] = &[
    ("account_id", "the account"),
    ("account_ids", "the list of accounts"),
    ("by_target_domain", "the server"),
    ("end_at", "the end"),
    ("expires_at", "the end"),
    ("in_reply_to_id", "the post that is answered"),
    ("kept_from", "the list of whom it is kept from"),
    ("last_read_id", "the place up to which was read"),
    ("media_ids", "the list of files"),
    ("quote_id", "the post that is quoted"),
    ("rule_ids", "the list of rules"),
    ("scheduled_at", "the time of publication"),
    ("spoiler_text", "the warning"),
    ("start_at", "the beginning"),
    ("status_ids", "the list of posts"),
    ("tag_name", "the hashtag"),
];

/// The words for it: what is not in the list is called as it is, without what only programs read.
pub fn in_words(field: &str) -> String {
    let mut known = WORDS.iter();
    match known.find(|(name, _)| *name == field) {
        Some((_, words)) => (*words).to_owned(),
        None => field.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_words_and_no_names_of_fields() {
        assert_eq!(in_words("media_ids"), "the list of files");
        assert_eq!(in_words("display_name"), "display name");
        assert_eq!(in_words("text"), "text");
        let mut sorted = WORDS.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, WORDS);
    }
}
