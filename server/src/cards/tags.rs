//! The few tags of a page that say what it is. Nothing is built of the rest: a page may be as deep and as odd as it likes,
//! it is looked through once, at the speed of reading.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::Rcdata;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// A longer tag is left out: most that long hold a picture. The reader compares each attribute of a tag with all before it.
const LONGEST_TAG: usize = 4 * 1024;
/// Tags that are looked at; honest pages have some dozens.
const MOST_TAGS: usize = 150;
/// Bytes of all of them, for the same reason.
const LONGEST_TELLING: usize = 128 * 1024;
/// Bytes of a title.
const LONGEST_TITLE: usize = 4 * 1024;
/// Elements of which the inside is no HTML.
const OPAQUE: [&str; 8] = [
    "script", "style", "textarea", "iframe", "noembed", "noframes", "xmp", "template",
];

/// What the head of a page says.
#[derive(Debug, Default)]
pub struct Said {
    /// Of `title`.
    pub title: String,
    /// Of `html`.
    pub language: Option<String>,
    /// Name (or property) and content of each `meta`, in order; names in lower case.
    pub metas: Vec<(String, String)>,
}

impl Said {
    /// The first with one of these names that says something; earlier names are better.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let of_name = self.metas.iter().filter(|(key, _)| key == name);
            let mut values = of_name.map(|(_, value)| value.trim());
            values.find(|value| !value.is_empty())
        })
    }
}

/// Reads what the head of a page says.
pub fn said(html: &str) -> Said {
    let sink = Sink::default();
    let reader = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(telling(html)));
    // It stops where a script would run; none is let this far.
    let _ = reader.feed(&input);
    reader.end();
    reader.sink.said.into_inner()
}

/// The tags that tell something, one after the other, as they stand there. What readers of a page write stands in its
/// body, so that this ends where the body begins.
fn telling(html: &str) -> String {
    let mut telling = String::new();
    let mut count = 0;
    let mut has_title = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let element = &rest[at..];
        if let Some(comment) = element.strip_prefix("<!--") {
            // `<!-->` is a whole one.
            let whole = comment
                .strip_prefix('>')
                .or_else(|| comment.strip_prefix("->"));
            let Some(behind) = whole.or_else(|| Some(comment.split_once("-->")?.1)) else {
                break;
            };
            rest = behind;
            continue;
        }
        let name = name_of(&element[1..]);
        if name.is_empty() {
            // An end, a doctype, or no tag at all.
            rest = &element[1..];
            continue;
        }
        let Some(end) = end_of_tag(element) else {
            break;
        };
        let (tag, behind) = element.split_at(end);
        rest = behind;
        match name.as_str() {
            "body" => break,
            "meta" | "html" if tag.len() <= LONGEST_TAG => {
                telling.push_str(tag);
                count += 1;
                if count == MOST_TAGS || telling.len() > LONGEST_TELLING {
                    break;
                }
            }
            "title" => {
                let Some((inside, after)) = split_at_end(behind, "title") else {
                    break;
                };
                if !has_title {
                    has_title = true;
                    let inside = &inside[..inside.floor_char_boundary(LONGEST_TITLE)];
                    telling.push_str("<title>");
                    telling.push_str(inside);
                    telling.push_str("</title>");
                }
                rest = after;
            }
            opaque if OPAQUE.contains(&opaque) => {
                let Some((_, after)) = split_at_end(behind, opaque) else {
                    break;
                };
                rest = after;
            }
            _ => {}
        }
    }
    telling
}

/// The name that a tag begins with, in lower case.
fn name_of(text: &str) -> String {
    // No name that matters is longer.
    let letters = text.bytes().take(12);
    letters
        .take_while(u8::is_ascii_alphanumeric)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect()
}

/// Bytes of the tag that stands at the front; a `>` within quotes does not end it.
fn end_of_tag(element: &str) -> Option<usize> {
    let mut quote = None;
    let mut is_value = false;
    for (at, byte) in element.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return Some(at + 1),
            (None, b'=') => is_value = true,
            (None, b'"' | b'\'') if is_value => {
                quote = Some(byte);
                is_value = false;
            }
            (None, byte) => is_value = is_value && byte.is_ascii_whitespace(),
        }
    }
    None
}

/// What stands before the end tag of this name, and what behind its name.
fn split_at_end<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let at = from + at;
        let behind = &text[at + 2..];
        let is_it = behind
            .as_bytes()
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
            // `</titles>` is another one.
            && behind
                .as_bytes()
                .get(name.len())
                .is_none_or(|next| next.is_ascii_whitespace() || matches!(next, b'>' | b'/'));
        if is_it {
            return Some((&text[..at], &behind[name.len()..]));
        }
        from = at + 2;
    }
    None
}

#[derive(Default)]
struct Sink {
    said: RefCell<Said>,
    in_title: RefCell<bool>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                self.tag(&tag);
                // In a title there are no tags.
                if *self.in_title.borrow() {
                    return TokenSinkResult::RawData(Rcdata);
                }
            }
            Token::CharacterTokens(text) if *self.in_title.borrow() => {
                self.said.borrow_mut().title.push_str(&text);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Sink {
    fn tag(&self, tag: &Tag) {
        let value = |name: &str| {
            let attribute = tag.attrs.iter().find(|attr| &*attr.name.local == name)?;
            Some(attribute.value.to_string())
        };
        let mut said = self.said.borrow_mut();
        match &*tag.name {
            "title" => *self.in_title.borrow_mut() = tag.kind == TagKind::StartTag,
            "html" => said.language = said.language.take().or_else(|| value("lang")),
            "meta" => {
                let name = value("property").or_else(|| value("name"));
                if let Some((name, content)) = name.zip(value("content")) {
                    said.metas.push((name.trim().to_ascii_lowercase(), content));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_head_is_read_and_nothing_else() {
        let said = said(
            "<!doctype html><HTML LANG=de><!-- <title>no</title> --><!--><script>'<title>no</title>'</script>\
             <title>Caf&eacute; <b>&amp; Bar</titles> more</TITLE ><title>second</title>\
             <meta property='og:title' content=\"a > b &quot;c&quot; &copy=1\"><META Name=Description CONTENT=short>\
             <meta name=x><meta content=y><body><meta name=late content=no>",
        );
        assert_eq!(said.title, "Café <b>& Bar</titles> more");
        assert_eq!(said.language.as_deref(), Some("de"));
        assert_eq!(said.first(&["og:title"]), Some("a > b \"c\" &copy=1"));
        assert_eq!(said.first(&["nothing", "description"]), Some("short"));
        assert_eq!(said.first(&["late"]), None);
    }

    #[test]
    fn hostile_pages_are_looked_through_at_the_speed_of_reading() {
        let deep = "<div><b>".repeat(100_000);
        let attributes: Vec<String> = (0..150_000).map(|n| format!(" a{n}")).collect();
        let attributes = attributes.concat();
        let many = "<meta name=a content=b>".repeat(40_000);
        let titles = "<title>".repeat(100_000);
        for page in [
            deep,
            format!("<meta{attributes}><title>x</title>"),
            many,
            titles,
            "<".repeat(1 << 20),
            "<!--".repeat(200_000),
            "<script></scrip".repeat(60_000),
            format!("<title>{}", "&".repeat(1 << 20)),
        ] {
            let said = said(&page);
            assert!(said.title.len() <= 2 * LONGEST_TITLE && said.metas.len() <= MOST_TAGS);
        }
    }
}
