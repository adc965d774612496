//! HTML of other servers, made safe by an allow-list: what is not named here does not survive.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::plain;

/// Longer HTML is cut before it is read: an article of this length is a book, and cleaning costs time by length.
const LONGEST: usize = 200_000;

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

/// Safe HTML with the same words. Doing it twice changes nothing.
pub fn html(untrusted: &str) -> String {
    let untrusted = &untrusted[..untrusted.floor_char_boundary(LONGEST)];
    let mut safe = CLEANER.clean(untrusted).to_string();
    for _ in 0..MOST_PASSES {
        let again = CLEANER.clean(&safe).to_string();
        if again == safe {
            return safe;
        }
        safe = again;
    }
    plain::escape(&plain::block(&safe))
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
    fn links_say_that_we_do_not_vouch() {
        assert!(
            html("<a href=\"https://a.example/\">x</a>")
                .contains("rel=\"nofollow noopener noreferrer ugc\"")
        );
    }
}
