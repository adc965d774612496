//! From the bytes of a page to its text: pages were written in many encodings, and some name another than theirs.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Where a page names its encoding within itself: HTML asks for the first kilobyte, and pages are not that strict.
const PRESCAN: usize = 4_096;

/// The text of a page. Its server's word on its encoding is tried first, then its own; bytes that fit neither are read as
/// UTF-8 where they are that, and as browsers read what says nothing (`windows-1252`) otherwise.
pub fn text(bytes: &[u8], told: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(&bytes[mark..])
            .0
            .into_owned();
    }
    let told = told.and_then(|label| Encoding::for_label(label.as_bytes()));
    let named = named_within(bytes);
    // An encoding of one byte a letter fits everything: the page's own word is better than that of its server.
    let tried = if told.is_some_and(Encoding::is_single_byte) {
        [named, told]
    } else {
        [told, named]
    };
    let mut tried = tried.into_iter().flatten();
    if let Some(text) = tried.find_map(|encoding| fits(encoding, bytes)) {
        return text;
    }
    fits(UTF_8, bytes).unwrap_or_else(|| WINDOWS_1252.decode(bytes).0.into_owned())
}

/// The text, where all of these bytes are of this encoding. The page may have been cut within its last letter.
fn fits(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    (0..4.min(bytes.len().max(1))).find_map(|cut| {
        let text = encoding
            .decode_without_bom_handling_and_without_replacement(&bytes[..bytes.len() - cut])?;
        Some(text.into_owned())
    })
}

/// What stands behind `charset=` in the head, in a `meta` of either kind.
fn named_within(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: String = bytes
        .iter()
        .take(PRESCAN)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let (_, behind) = head.split_once("charset=")?;
    let behind = behind.trim_start_matches(['"', '\'', ' ']);
    let label: String = behind
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c))
        .collect();
    let encoding = Encoding::for_label(label.as_bytes())?;
    // It could be read, so it is none of those.
    Some(if encoding.is_ascii_compatible() {
        encoding
    } else {
        UTF_8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(charset: &str, title: &[u8]) -> Vec<u8> {
        let mut page = format!("<html><head><meta charset=\"{charset}\"><title>").into_bytes();
        page.extend_from_slice(title);
        page.extend_from_slice(b"</title>");
        page
    }

    #[test]
    fn a_page_is_read_in_the_encoding_that_fits() {
        let table: [(&str, Vec<u8>, Option<&str>, &str); 8] = [
            (
                "told",
                page("", b"\xcf\xf0\xe8\xe2\xe5\xf2"),
                Some("windows-1251"),
                "Привет",
            ),
            (
                "named",
                page("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4"),
                None,
                "Привет",
            ),
            (
                "named, told otherwise",
                page("x-sjis", b"\x93\xfa\x96{"),
                Some("utf-8"),
                "日本",
            ),
            (
                "told one byte a letter",
                page("utf-8", "Привет".as_bytes()),
                Some("iso-8859-1"),
                "Привет",
            ),
            (
                "neither fits",
                page("utf-8", b"Tofu \xe0 l'orange"),
                Some("utf-8"),
                "Tofu à l'orange",
            ),
            (
                "another spelling",
                page("", "là".as_bytes()),
                Some("utf8"),
                "là",
            ),
            ("nothing said", page("", "là".as_bytes()), None, "là"),
            (
                "nonsense",
                page("no-such", "là".as_bytes()),
                Some("\u{0}"),
                "là",
            ),
        ];
        for (name, bytes, told, expected) in table {
            let text = text(&bytes, told);
            assert!(text.contains(expected), "{name}: {text}");
        }
        assert_eq!(
            text(b"\xef\xbb\xbfl\xc3\xa0", Some("koi8-r")),
            "là",
            "a mark decides"
        );
        assert_eq!(
            text("là".as_bytes().split_last().unwrap().1, None),
            "l",
            "cut within a letter"
        );
        assert_eq!(text(b"", None), "");
    }
}
