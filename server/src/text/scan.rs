//! Finds links, mentions and hashtags in what people type, in one pass.

use std::ops::Range;

use comity_vocab::Handle;
use linkify::{LinkFinder, LinkKind};

use super::{hashtag, mention};

/// Something in a text that stands for more than its letters.
#[derive(Debug, PartialEq, Eq)]
pub enum Token {
    /// An address with its scheme.
    Link,
    /// `@name` or `@name@server`.
    Mention(Handle),
    /// Without `#`.
    Hashtag(String),
}

/// Every token with its place, in order, none overlapping.
pub fn tokens(text: &str) -> Vec<(Range<usize>, Token)> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    for link in finder.links(text).filter(|link| is_web(link.as_str())) {
        // linkify takes "user@host" schemes only with "://"; a mention never holds one.
        names(text, from..link.start(), &mut found);
        found.push((link.start()..link.end(), Token::Link));
        from = link.end();
    }
    names(text, from..text.len(), &mut found);
    found
}

fn is_web(link: &str) -> bool {
    let scheme = link.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}

/// Mentions and hashtags of one stretch that holds no link.
fn names(text: &str, within: Range<usize>, found: &mut Vec<(Range<usize>, Token)>) {
    let mut at = within.start;
    while let Some(offset) = text[at..within.end].find(['@', '#']) {
        let start = at + offset;
        let before = text[..start].chars().next_back();
        let rest = &text[start..within.end];
        let token = if rest.starts_with('@') {
            mention::at_start(before, rest).map(|(length, handle)| (length, Token::Mention(handle)))
        } else {
            hashtag::at_start(before, rest).map(|(length, name)| (length, Token::Hashtag(name)))
        };
        match token {
            Some((length, token)) => {
                found.push((start..start + length, token));
                at = start + length;
            }
            None => at = start + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_hide_what_looks_like_a_name() {
        let text = "see https://a.example/@b#c and @d@e.example, #Fähre! me@f.example";
        let found: Vec<String> = tokens(text)
            .into_iter()
            .map(|(range, _)| text[range].to_owned())
            .collect();
        assert_eq!(found, ["https://a.example/@b#c", "@d@e.example", "#Fähre"]);
    }

    #[test]
    fn the_scheme_of_a_link_may_shout() {
        let text = "HTTPS://A.EXAMPLE/@B and Http://c.example, not FTP://d.example";
        let found: Vec<&str> = tokens(text).into_iter().map(|(at, _)| &text[at]).collect();
        assert_eq!(found, ["HTTPS://A.EXAMPLE/@B", "Http://c.example"]);
    }
}
