//! HTML of other servers, made safe by an allow-list: what is not named here does not survive.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::{plain, weight};

/// Longer HTML is cut before it is read: an article of this length is a book, and cleaning costs time by length.
const LONGEST: usize = 200_000;
/// Safe HTML is longer than what came by what every link is given, and not by more than this.
const LONGEST_SAFE: usize = 2 * LONGEST;

/// Elements that carry meaning in a post. No images (files come as attachments), no tables, no SVG or `MathML` (three
/// advisories of the sanitiser were about those), nothing that can style, submit or run.
const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "bdi",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
];

/// Classes with a meaning that servers share: how a link is shortened, what it names (microformats).
const CLASSES: &[&str] = &[
    "mention",
    "hashtag",
    "u-url",
    "h-card",
    "ellipsis",
    "invisible",
    "quote-inline",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let classes: HashSet<&str> = CLASSES.iter().copied().collect();
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.iter().copied().collect())
        .clean_content_tags(
            [
                "script", "style", "template", "textarea", "title", "noscript", "iframe",
            ]
            .into(),
        )
        .generic_attributes(["dir", "lang"].into())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start", "reversed"])),
            ("li", HashSet::from(["value"])),
        ]))
        .allowed_classes(HashMap::from([
            ("a", classes.clone()),
            ("span", classes.clone()),
            ("p", classes),
        ]))
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer ugc"))
        .strip_comments(true);
    builder
});

/// Taking an element away can leave its neighbours within each other, as in `<p><table><p>`, and such HTML means
/// something else when it is read again. Honest HTML is settled after one pass; what is not after these is no HTML.
const MOST_PASSES: usize = 4;

/// Safe HTML with the same words. Doing it twice changes nothing. HTML that would make too much work loses its tags.
pub fn html(untrusted: &str) -> String {
    let untrusted = plain::cut(untrusted, LONGEST);
    let mut safe = untrusted.to_owned();
    for _ in 0..=MOST_PASSES {
        if !weight::is_light(&safe) {
            return words(untrusted);
        }
        let again = CLEANER.clean(&safe).to_string();
        if again.len() > LONGEST_SAFE {
            return words(untrusted);
        }
        if again == safe {
            return safe;
        }
        safe = again;
    }
    plain::escape(&plain::block(&safe))
}

/// The class of the link that stands for a quote where quotes are not known.
const QUOTE_LINK: &str = "class=\"quote-inline\"";

/// Safe HTML without the links that stand for a quote: it is shown beside them.
pub fn without_quote_link(safe: &str) -> String {
    let mut kept = String::with_capacity(safe.len());
    let mut rest = safe;
    while let Some(at) = rest.find('<') {
        let element = &rest[at..];
        let name = ["<p ", "<span "]
            .into_iter()
            .find(|name| element.starts_with(name));
        let opening = element.find('>').map(|end| &element[..end]);
        let length = match (name, opening) {
            (Some(name), Some(opening)) if opening.contains(QUOTE_LINK) => {
                whole_element(element, name.trim_end())
            }
            _ => None,
        };
        match length {
            Some(length) => {
                kept.push_str(&rest[..at]);
                rest = &element[length..];
            }
            None => {
                kept.push_str(&rest[..=at]);
                rest = &element[1..];
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// How long the element is that begins here, with others of its name within it.
fn whole_element(html: &str, opening: &str) -> Option<usize> {
    let closing = format!("</{}>", &opening[1..]);
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let next = at + html[at..].find('<')?;
        let tag = &html[next..];
        if tag.starts_with(&closing) {
            depth = depth.checked_sub(1)?;
            at = next + closing.len();
            if depth == 0 {
                return Some(at);
            }
            continue;
        }
        let after = tag.strip_prefix(opening);
        if after.is_some_and(|after| after.starts_with([' ', '>'])) {
            depth += 1;
        }
        at = next + 1;
    }
}

/// The words without any tag. Quotes stay as they are, as in what the cleaner writes.
fn words(untrusted: &str) -> String {
    let words = plain::without_tags(untrusted);
    let escaped = |words: &str| {
        words
            .trim()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let safe = escaped(&words);
    if safe.len() <= LONGEST_SAFE {
        return safe;
    }
    escaped(plain::cut(&words, LONGEST_SAFE / "&amp;".len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_run_style_or_submit_goes() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<p style=\"position:fixed\" onclick=\"x()\">x</p>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext></p><script>alert(1)</script>",
            "<form action=/x><button>x</button></form>",
            "<iframe src=\"https://evil.example\"></iframe>",
            "<a href=\"//evil.example\">x</a>",
            "<a href=\"data:text/html,x\">x</a>",
        ] {
            let safe = html(hostile);
            for forbidden in [
                "script",
                "onerror",
                "onclick",
                "style",
                "javascript:",
                "<form",
                "<iframe",
                "<svg",
                "data:",
                "href=\"//",
            ] {
                assert!(!safe.contains(forbidden), "{hostile} became {safe}");
            }
            assert_eq!(html(&safe), safe, "a second pass changes nothing");
        }
    }

    #[test]
    fn the_link_that_stands_for_a_quote_goes_and_nothing_else() {
        for (sent, left) in [
            (
                "<p class=\"quote-inline\">RE: <a href=\"https://a.example/1\">a</a></p><p>Look</p>",
                "<p>Look</p>",
            ),
            (
                "<p>Look<span class=\"quote-inline\"><br/>RE: <span>a</span></span> here</p>",
                "<p>Look here</p>",
            ),
            (
                "<p>class=\"quote-inline\"</p>",
                "<p>class=\"quote-inline\"</p>",
            ),
            ("<p>Ünïcode <b>stays</b></p>", "<p>Ünïcode <b>stays</b></p>"),
        ] {
            assert_eq!(without_quote_link(&html(sent)), left);
        }
    }

    #[test]
    fn what_mastodon_sends_stays() {
        let sent = "<p><span class=\"h-card\"><a href=\"https://a.example/@b\" class=\"u-url mention\">@<span>b</span></a></span> hi<br>there</p>";
        let safe = html(sent);
        assert!(
            safe.contains("class=\"u-url mention\"")
                && safe.contains("<br>")
                && safe.contains("h-card")
        );
    }

    #[test]
    fn html_that_grows_when_it_is_read_loses_its_tags() {
        let many = |tag: &dyn Fn(usize) -> String, most: usize| {
            let mut html = String::new();
            for n in 0.. {
                html += &tag(n);
                if html.len() > most {
                    return html;
                }
            }
            html
        };
        let hundred = many(&|n| format!("<b id={n}>"), 1_000);
        for most in [LONGEST_SAFE, 20_000, 6_000] {
            for (what, hostile) in [
                (
                    "bold in paragraphs",
                    many(&|n| format!("<p><b a{n}>"), most),
                ),
                (
                    "bold in paragraphs, closed",
                    many(&|n| format!("<p><b a{n}></p>x"), most),
                ),
                ("deep", "<div>".repeat(most / 5)),
                ("deep lists", "<ul><li>".repeat(most / 8)),
                (
                    "some bold, many paragraphs",
                    hundred.clone() + &"<p>x</p>".repeat(most / 8),
                ),
                (
                    "long attributes",
                    format!("<b lang={}>", "x".repeat(5_000)).repeat(3)
                        + &"<p>x</p>".repeat(most / 8),
                ),
                (
                    "attributes",
                    format!("<p{}>", many(&|n| format!(" a{n}"), most)),
                ),
                (
                    "tables",
                    "<table><a href=https://a.example/>".repeat(most / 35),
                ),
                (
                    "as many copies as are let through",
                    many(&|n| format!("<p><b id={n}>"), 300) + &"<p>x".repeat(900),
                ),
                (
                    "as many copies of few",
                    many(&|n| format!("<p><b id={n}>"), 50) + &"<p>x".repeat(5_900),
                ),
                ("signs", "&".repeat(most / 2)),
                ("brackets", "<".repeat(most)),
                ("brackets of no tag", "<1".repeat(most / 2)),
                ("signs and words", "a & ".repeat(most / 4)),
                (
                    "as deep as is let through",
                    ("<div>".repeat(198) + "x" + &"</div>".repeat(198)).repeat(24),
                ),
                (
                    "as many cells as are let through",
                    format!("<table>{}", "<tr><td>x".repeat(990)),
                ),
                (
                    "after a comment",
                    format!("<!-->{}", many(&|n| format!("<p><i a{n}>"), most)),
                ),
                (
                    "in svg",
                    format!("<svg>{}", many(&|n| format!("<p><i a{n}>"), most)),
                ),
                (
                    "misnested",
                    many(&|n| format!("<a href=https://a.example/{n}><p></a>"), most),
                ),
            ] {
                let safe = html(&hostile);
                assert!(safe.len() <= LONGEST_SAFE, "{what}: {} bytes", safe.len());
                assert!(safe.matches('<').count() <= 150_000, "{what}");
            }
        }
    }

    #[test]
    fn links_say_that_we_do_not_vouch() {
        assert!(
            html("<a href=\"https://a.example/\">x</a>")
                .contains("rel=\"nofollow noopener noreferrer ugc\"")
        );
    }
}
