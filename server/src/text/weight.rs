//! How much work a piece of HTML would make. Reading HTML as browsers do can make far more of it than was sent: every
//! `<b>` that is left open is opened again in each block that follows, so some thousand of them become millions. What
//! could do that is known from its tags alone, in one pass, before anything of it is built.

/// No tag is longer: an address may have 2 kB, and class names stand beside it.
const LONGEST_TAG: usize = 8 * 1024;
/// Attributes of one tag; each is compared with all before it.
const MOST_ATTRIBUTES: usize = 32;
/// Tags of one text; an article of two hundred paragraphs with a link in every line has a tenth of it.
const MOST_TAGS: usize = 6_000;
/// Tags of a text whose end tags do not pair.
const MOST_LOOSE_TAGS: usize = 2_000;
/// Elements open within each other.
const DEEPEST: usize = 200;
/// Elements that opening again may make: tags times formatting elements open at once.
const MOST_COPIES: usize = 30_000;
/// Bytes that opening again may make.
const MOST_COPIED_BYTES: usize = 2_000_000;
/// Bytes that putting text together may copy: at each `&`, and wherever else it comes in pieces, all that is there already.
const MOST_JOINED_BYTES: usize = 40_000_000;
/// Comments, scripts and foreign elements change what a tag is; a text that has some is counted by every `<` in it,
/// and may have so many bytes.
const LONGEST_ODD: usize = 20_000;

/// Elements that HTML opens again where they were not closed.
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements that have no end.
const EMPTY: &[&str] = &["br", "hr", "img", "wbr"];
/// Elements whose end tag means what it says, when it stands where it should.
const PAIRED: &[&str] = &[
    "abbr",
    "article",
    "aside",
    "bdi",
    "bdo",
    "blockquote",
    "cite",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "samp",
    "section",
    "span",
    "sub",
    "summary",
    "sup",
    "time",
    "ul",
    "var",
];
/// Elements whose end closes a paragraph or a list item that was left open within.
const CLOSING: &[&str] = &["article", "blockquote", "div", "li", "ol", "section", "ul"];
/// Elements after which tags are read in another way.
const ODD: &[&str] = &[
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// Whether reading this as HTML costs no more than its length promises.
pub fn is_light(html: &str) -> bool {
    match Weight::of(html, Reading::Exact) {
        Ok(()) => true,
        Err(Heavy::Odd) if html.len() <= LONGEST_ODD => {
            Weight::of(html, Reading::EveryBracket).is_ok()
        }
        Err(_) => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Tags and their attributes, as browsers read them outside of comments and scripts.
    Exact,
    /// Whatever could be the beginning of a tag, wherever it stands: never fewer than there are.
    EveryBracket,
}

enum Heavy {
    /// Cannot be told by reading exactly.
    Odd,
    /// Too much of something.
    TooMuch,
}

struct Weight<'a> {
    tags: usize,
    /// What is open, outermost first, with the bytes of each tag.
    open: Vec<(&'a str, usize)>,
    /// End tags were where they should be, so far; from the first that was not, nothing is taken for closed.
    is_paired: bool,
    /// Formatting elements that may be open now, and their bytes.
    formatting: usize,
    formatting_bytes: usize,
    /// Text since the last tag that surely divides it, and in how many pieces it comes.
    text_bytes: usize,
    pieces: usize,
    /// What joining the texts before that one copies.
    joined_bytes: usize,
    /// The most of both at any time.
    most_formatting: usize,
    most_formatting_bytes: usize,
}

impl<'a> Weight<'a> {
    fn of(html: &'a str, reading: Reading) -> Result<(), Heavy> {
        let mut weight = Weight {
            tags: 0,
            open: Vec::new(),
            is_paired: reading == Reading::Exact,
            formatting: 0,
            formatting_bytes: 0,
            text_bytes: 0,
            pieces: 0,
            joined_bytes: 0,
            most_formatting: 0,
            most_formatting_bytes: 0,
        };
        if reading == Reading::EveryBracket {
            // All of it may be one tag.
            weight.most_formatting_bytes = html.len();
        }
        let bytes = html.as_bytes();
        let mut at = 0;
        let mut text_from = 0;
        while let Some(found) = html[at..].find('<') {
            let from = at + found;
            let is_end = bytes.get(from + 1) == Some(&b'/');
            let name_from = from + 1 + usize::from(is_end);
            let Some(next) = bytes.get(name_from) else {
                break; // the text ends in it
            };
            at = name_from;
            if !next.is_ascii_alphabetic() {
                let is_odd = is_end || matches!(next, b'!' | b'?');
                if is_odd && reading == Reading::Exact {
                    return Err(Heavy::Odd);
                }
                continue;
            }
            weight.text(&bytes[text_from..from]);
            let name = name(&html[name_from..]);
            let length = match reading {
                Reading::Exact => tag_length(&bytes[name_from..])? + name_from - from,
                Reading::EveryBracket => 0,
            };
            if reading == Reading::Exact {
                if ODD.iter().any(|odd| name.eq_ignore_ascii_case(odd)) {
                    return Err(Heavy::Odd);
                }
                at = from + length;
            }
            text_from = at;
            if is_end {
                weight.ends(name);
            } else {
                weight.begins(name, length);
            }
            weight.check()?;
        }
        weight.text(&bytes[text_from..]);
        weight.check()
    }

    fn text(&mut self, text: &[u8]) {
        let breaks = text
            .iter()
            .filter(|byte| matches!(byte, b'&' | b'<' | b'\r' | 0));
        self.pieces += 1 + breaks.count();
        self.text_bytes += text.len();
    }

    fn begins(&mut self, name: &'a str, length: usize) {
        self.tags += 1;
        if is_among(EMPTY, name) {
            if self.is_paired {
                self.divides();
            }
            return;
        }
        if is_among(FORMATTING, name) {
            self.formatting += 1;
            self.formatting_bytes += length;
            self.most_formatting = self.most_formatting.max(self.formatting);
            self.most_formatting_bytes = self.most_formatting_bytes.max(self.formatting_bytes);
        } else if !is_among(PAIRED, name) {
            self.is_paired = false;
        }
        if self.is_paired {
            self.divides();
        }
        // A paragraph ends at the next one, a list item too.
        let ends_its_like = name.eq_ignore_ascii_case("p") || name.eq_ignore_ascii_case("li");
        if !(ends_its_like && self.innermost_is(name)) {
            self.open.push((name, length));
        }
    }

    /// An element is made here, so what follows is another text.
    fn divides(&mut self) {
        self.joined_bytes += self.pieces * self.text_bytes;
        self.pieces = 0;
        self.text_bytes = 0;
    }

    fn ends(&mut self, name: &str) {
        self.tags += 1;
        if !self.is_paired {
            return;
        }
        if is_among(CLOSING, name) {
            while !self.innermost_is(name) && (self.innermost_is("p") || self.innermost_is("li")) {
                self.open.pop();
            }
        }
        if self.innermost_is(name) {
            let (_, length) = self.open.pop().unwrap_or_default();
            if is_among(FORMATTING, name) {
                self.formatting -= 1;
                self.formatting_bytes -= length;
            }
        } else if self
            .open
            .iter()
            .any(|(open, _)| name.eq_ignore_ascii_case(open))
        {
            self.is_paired = false;
        }
    }

    fn innermost_is(&self, name: &str) -> bool {
        self.open
            .last()
            .is_some_and(|(open, _)| name.eq_ignore_ascii_case(open))
    }

    fn check(&self) -> Result<(), Heavy> {
        let (most_tags, deepest) = if self.is_paired {
            (MOST_TAGS, DEEPEST)
        } else {
            (MOST_LOOSE_TAGS, MOST_LOOSE_TAGS)
        };
        let is_light = self.tags <= most_tags
            && self.open.len() <= deepest
            && self.tags * self.most_formatting <= MOST_COPIES
            && self.tags * self.most_formatting_bytes <= MOST_COPIED_BYTES
            && self.joined_bytes + self.pieces * self.text_bytes <= MOST_JOINED_BYTES;
        if is_light {
            Ok(())
        } else {
            Err(Heavy::TooMuch)
        }
    }
}

fn is_among(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn name(after_bracket: &str) -> &str {
    let end = after_bracket
        .find(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '/' | '>'));
    &after_bracket[..end.unwrap_or(after_bracket.len())]
}

/// From the first letter of a tag's name to behind its `>`, by the states of the specification: a quote has a meaning
/// only right after `=`.
fn tag_length(tag: &[u8]) -> Result<usize, Heavy> {
    enum At {
        Name,
        Between,
        Attribute,
        AfterAttribute,
        Equals,
        Quoted(u8),
        Bare,
    }
    let mut state = At::Name;
    let mut attributes = 0;
    for (place, byte) in tag.iter().enumerate() {
        if place > LONGEST_TAG || attributes > MOST_ATTRIBUTES {
            return Err(Heavy::TooMuch);
        }
        let is_space = byte.is_ascii_whitespace();
        state = match (state, *byte) {
            (At::Quoted(quote), byte) if byte != quote => At::Quoted(quote),
            (At::Equals, quote @ (b'"' | b'\'')) => At::Quoted(quote),
            (At::Quoted(_), _) => At::Between,
            (_, b'>') => return Ok(place + 1),
            (At::Equals, _) if is_space => At::Equals,
            (At::Equals | At::Bare, _) if !is_space => At::Bare,
            (At::Name, _) if !is_space && *byte != b'/' => At::Name,
            // White space may stand before the `=`; anywhere else it is the beginning of a name.
            (At::Attribute | At::AfterAttribute, b'=') => At::Equals,
            (At::Attribute | At::AfterAttribute, _) if is_space => At::AfterAttribute,
            (_, byte) if is_space || byte == b'/' => At::Between,
            (At::Attribute, _) => At::Attribute,
            (_, _) => {
                attributes += 1;
                At::Attribute
            }
        };
    }
    // Never closed: what is no tag makes no elements.
    Ok(tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(many: usize, tag: impl Fn(usize) -> String) -> String {
        let mut html = String::new();
        for n in 0..many {
            html += &tag(n);
        }
        html
    }

    #[test]
    fn what_people_write_is_light() {
        let mention = "<span class=\"h-card\"><a href=\"https://a.example/@b\" class=\"u-url mention\">@<span>b</span></a></span> ";
        let paragraph = format!(
            "<p>{}<b>so</b>, <em>he</em> said<br>and went</p>",
            mention.repeat(5)
        );
        for honest in [
            String::new(),
            "1 < 2 && 3 > 2".to_owned(),
            paragraph.repeat(150),
            format!("<p>{}</p>", mention.repeat(300)),
            "<p>one<p>two".repeat(150),
            format!("<ul>{}</ul>", "<li>one<li>two".repeat(150)),
            format!(
                "<table><tr>{}</tr></table>",
                "<td><a href=\"https://a.example/\">x</a></td>".repeat(80)
            ),
            format!(
                "<!-- wp:paragraph -->{}<!-- /wp:paragraph -->",
                paragraph.repeat(3)
            ),
            "<p>a</div></p><p>b</b></p>".repeat(100),
            "<p>He said: &quot;Q&amp;A&quot;, then left. It went on like this for a while.</p>"
                .repeat(500),
            format!(
                "<pre><code>{}</code></pre>",
                "if a &lt; b &amp;&amp; c {\r\n}\r\n".repeat(400)
            ),
            "plain words, and many of them ".repeat(5_000),
        ] {
            assert!(is_light(&honest), "{}", &honest[..honest.len().min(200)]);
        }
    }

    #[test]
    fn no_trick_with_tags_hides_that_others_stay_open() {
        let opens = times(1000, |n| format!("<b id={n}><p>x"));
        let nine = "<div>".repeat(9);
        for (trick, hostile) in [
            ("none", opens.clone()),
            (
                "a comment that ends early",
                format!("<!-->{opens}<!-- {} -->", "</b>".repeat(1000)),
            ),
            (
                "end tags in a value",
                times(1000, |n| format!("<b id={n}><p title=\"</p></b>\">x")),
            ),
            (
                "end tags in a style",
                times(1000, |n| format!("<b id={n}><style></b></style><p>x")),
            ),
            (
                "a cell in between",
                times(1000, |n| format!("<b id={n}><table><td></b><p>x</table>")),
            ),
            (
                "more blocks than an end tag looks at",
                times(1000, |n| format!("<b id={n}><span>{nine}</span></b><p>x")),
            ),
            (
                "a space before the sign",
                times(1000, |n| format!("<b id={n}><p title =\"</p></b>\">x")),
            ),
        ] {
            assert!(!is_light(&hostile), "{trick}");
        }
    }

    #[test]
    fn tags_of_any_size_and_depth_are_not_light() {
        let attributes = times(100, |n| format!(" a{n}=\">\""));
        for hostile in [
            "<div>".repeat(1000),
            format!("<p{attributes}>"),
            format!("<p title=\"{}\">", "x".repeat(LONGEST_TAG)),
            "<br>".repeat(MOST_TAGS + 1),
            "&".repeat(200_000),
            "<".repeat(200_000),
            "a\0".repeat(100_000),
            "a\r".repeat(100_000),
            "&</x>".repeat(5_000) + &"x".repeat(100_000),
            format!("<select>{}", "&<p>".repeat(1_500) + &"x".repeat(100_000)),
            format!("<b lang=\"{}\">", "x".repeat(8000)).repeat(4) + &"<p>x</p>".repeat(500),
        ] {
            assert!(!is_light(&hostile), "{}", &hostile[..200]);
        }
    }
}
