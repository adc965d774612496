//! Words with their emoji, as a page shows them. The pictures are put in by us, behind the sanitiser, and come from us.

use std::fmt::Write as _;

use super::model::{Piece, Shown, codes, pieces};
use crate::text::plain;

/// Pictures in one text; what comes after them stays written out. Each is a long address, and a text is full of codes
/// where somebody wants the page to be large.
const MOST_PICTURES: usize = 500;

/// Safe HTML with the pictures of these in the places of their codes.
pub fn in_html(safe: &str, emojis: &[Shown]) -> String {
    if emojis.is_empty() {
        return safe.to_owned();
    }
    let mut with = String::with_capacity(safe.len() + 200);
    let mut left = MOST_PICTURES;
    for piece in pieces(safe) {
        match piece {
            Piece::Tag(tag) => with.push_str(tag),
            Piece::Text(text) => put(&mut with, text, emojis, &mut left),
        }
    }
    with
}

/// Plain text as safe HTML, with the same.
pub fn in_plain(text: &str, emojis: &[Shown]) -> String {
    let safe = plain::escape(text);
    if emojis.is_empty() {
        return safe;
    }
    let mut with = String::with_capacity(safe.len() + 200);
    let mut left = MOST_PICTURES;
    put(&mut with, &safe, emojis, &mut left);
    with
}

/// Puts the text there with its pictures, of which `left` more may stand.
fn put(into: &mut String, text: &str, emojis: &[Shown], left: &mut usize) {
    let mut from = 0;
    for (at, code) in codes(text) {
        if *left == 0 {
            break;
        }
        let Some(emoji) = emojis.iter().find(|emoji| emoji.code == code) else {
            continue;
        };
        *left -= 1;
        into.push_str(&text[from..at]);
        from = at + code.len() + 2;
        // Writing to a string does not fail.
        let _ = write!(
            into,
            "<img class=\"emoji\" src=\"{}\" alt=\":{code}:\" title=\":{code}:\" loading=\"lazy\" decoding=\"async\">",
            plain::escape(path(&emoji.url)),
        );
    }
    into.push_str(&text[from..]);
}

/// Pages load nothing but what is under their own name, where all pictures of ours are too.
pub(crate) fn path(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |at| &url[host + at..])
}

/// The text without the codes of these: what is left are words.
pub fn without(text: &str, emojis: &[Shown]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for (at, code) in codes(text) {
        if emojis.iter().any(|emoji| emoji.code == code) {
            left.push_str(&text[from..at]);
            from = at + code.len() + 2;
        }
    }
    left.push_str(&text[from..]);
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize;

    fn wave() -> Vec<Shown> {
        vec![Shown {
            code: "wave".to_owned(),
            url: "https://a.example/w.png?a=1&b=\"".to_owned(),
            still_url: String::new(),
            is_listed: true,
            category: None,
        }]
    }

    #[test]
    fn pictures_stand_for_codes_and_nothing_else_changes() {
        let html = "<p>Hi :wave: <a href=\"https://x.example/:wave:\">:wave:</a> :other:</p>";
        let with = in_html(html, &wave());
        assert_eq!(with.matches("<img").count(), 1);
        assert!(
            with.starts_with("<p>Hi <img class=\"emoji\" src=\"/w.png?a=1&amp;b=&quot;\""),
            "{with}"
        );
        assert!(with.ends_with("> <a href=\"https://x.example/:wave:\">:wave:</a> :other:</p>"));
        assert_eq!(in_html(html, &[]), html);
        let flood = format!("<p>{}</p>", ":wave: ".repeat(MOST_PICTURES + 7));
        let with = in_html(&flood, &wave());
        assert_eq!(with.matches("<img").count(), MOST_PICTURES);
        assert!(with.ends_with(" :wave: :wave: </p>"), "{with}");
    }

    #[test]
    fn a_code_in_an_attribute_is_no_picture() {
        // That a tag ends at the first `>` is counted on: the sanitiser writes those of attributes as `&gt;`.
        let safe = sanitize::html("<p lang=\"> :wave: <\">Hi</p>");
        assert!(safe.contains("lang=\"&gt; :wave: &lt;\""), "{safe}");
        assert_eq!(in_html(&safe, &wave()), safe);
    }

    #[test]
    fn a_name_stays_escaped() {
        let with = in_plain("<b>:wave:</b> & co", &wave());
        assert!(with.starts_with("&lt;b&gt;<img "), "{with}");
        assert!(with.ends_with(">&lt;/b&gt; &amp; co"), "{with}");
        assert_eq!(without(":wave: Ines", &wave()), " Ines");
    }
}
