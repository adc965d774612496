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
/// Times that a tag is looked at for what it says with `rel`.
const MOST_RELS: usize = 8;
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
    /// Where links lead that are of the same people.
    of_the_same: Vec<String>,
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
    read(&telling(html))
}

/// The addresses to which a page links as being of the same people (`rel=me`), as they stand there.
pub fn of_the_same(html: &str) -> Vec<String> {
    read(&linking(html)).of_the_same
}

fn read(telling: &str) -> Said {
    let sink = Sink::default();
    let reader = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(telling));
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
    let mut tags = Tags { rest: html };
    while let Some((name, tag)) = tags.step() {
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
                let Some((inside, after)) = split_at_end(tags.rest, "title") else {
                    break;
                };
                if !has_title {
                    has_title = true;
                    let inside = &inside[..inside.floor_char_boundary(LONGEST_TITLE)];
                    telling.push_str("<title>");
                    telling.push_str(inside);
                    telling.push_str("</title>");
                }
                tags.rest = after;
            }
            opaque if OPAQUE.contains(&opaque) => {
                let Some((_, after)) = split_at_end(tags.rest, opaque) else {
                    break;
                };
                tags.rest = after;
            }
            _ => {}
        }
    }
    telling
}

/// The links by which a page says whose else it is, one after the other, as they stand there. They may be anywhere in it.
fn linking(html: &str) -> String {
    let mut telling = String::new();
    let mut count = 0;
    let mut tags = Tags { rest: html };
    while let Some((name, tag)) = tags.step() {
        match name.as_str() {
            "a" | "link" if tag.len() <= LONGEST_TAG && may_say_me(tag) => {
                telling.push_str(tag);
                count += 1;
                if count == MOST_TAGS || telling.len() > LONGEST_TELLING {
                    break;
                }
            }
            opaque if OPAQUE.contains(&opaque) => {
                let Some((_, after)) = split_at_end(tags.rest, opaque) else {
                    break;
                };
                tags.rest = after;
            }
            _ => {}
        }
    }
    telling
}

/// A first look, so that the links of a long page are no bound for the few that matter.
fn may_say_me(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let mut places = tag.match_indices("rel").take(MOST_RELS);
    places.any(|(at, rel)| {
        let behind = tag[at + rel.len()..].trim_start();
        let Some(value) = behind.strip_prefix('=') else {
            return false;
        };
        let value = value.trim_start();
        let ends: &[char] = match value.chars().next() {
            Some('"') => &['"'],
            Some('\'') => &['\''],
            _ => &[' ', '\t', '\n', '\r', '\x0C', '>'],
        };
        let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
        let mut words = value
            .split(ends)
            .next()
            .unwrap_or_default()
            .split_ascii_whitespace();
        words.any(|word| word == "me")
    })
}

/// What of a page was not looked at yet.
struct Tags<'a> {
    rest: &'a str,
}

impl<'a> Tags<'a> {
    /// The next tag that begins an element, and its name. What stands behind it is left to be looked at.
    fn step(&mut self) -> Option<(String, &'a str)> {
        while let Some(at) = self.rest.find('<') {
            let element = &self.rest[at..];
            if let Some(comment) = element.strip_prefix("<!--") {
                // `<!-->` is a whole one.
                let whole = comment
                    .strip_prefix('>')
                    .or_else(|| comment.strip_prefix("->"));
                self.rest = whole.or_else(|| Some(comment.split_once("-->")?.1))?;
                continue;
            }
            let name = name_of(&element[1..]);
            if name.is_empty() {
                // An end, a doctype, or no tag at all.
                self.rest = &element[1..];
                continue;
            }
            let (tag, behind) = element.split_at(end_of_tag(element)?);
            self.rest = behind;
            return Some((name, tag));
        }
        None
    }
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
            "a" | "link" => {
                let says = value("rel").unwrap_or_default();
                let mut says = says.split_ascii_whitespace();
                if says.any(|word| word.eq_ignore_ascii_case("me")) {
                    said.of_the_same.extend(value("href"));
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
    fn links_of_the_same_people_are_found_wherever_they_are() {
        let found = of_the_same(
            "<head><link REL=me href=/head><link rel=stylesheet href=/me><body><p><a href='/body' rel='nofollow ME'>x</a>\
             <!-- <a rel=me href=/comment> --><script>'<a rel=me href=/script>'</script><a rel=meal href=/other>\
             <a rel=me><a href=\"/a?b=1&amp;c\" rel=\"me\"></a rel=me href=/end>",
        );
        assert_eq!(found, ["/head", "/body", "/a?b=1&c"]);
        let flood = "<a rel=me href=/x>".repeat(100_000);
        assert_eq!(of_the_same(&flood).len(), MOST_TAGS);
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
