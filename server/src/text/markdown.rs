//! Markdown that a member typed, as the HTML that other servers keep: no pictures within the text, no tables, headings as
//! strong words. HTML that was typed is shown as it stands.

use std::sync::Arc;

use comity_vocab::Handle;
use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream,
};

use super::mention;
use super::plain::escape;
use super::render::{self, Rendered};
use super::sanitize;
use super::scan::{self, Token};
use crate::accounts::Account;
use crate::communities::Community;

/// What stands for a line across the page, which many servers drop.
const BREAK: &str = "<p>* * *</p>";

/// Renders a status. Handles in `mentions` become links to the profile, others stay text; in code and in links nothing is
/// anything but its letters.
pub fn render(
    source: &str,
    mentions: &[(Handle, Arc<Account>)],
    community: &Community,
) -> Rendered {
    let mut tags = Vec::new();
    let html = walk(source, Headings::Strong, |token, written, html| {
        render::place(token, written, mentions, community, &mut tags, html);
    });
    // Nothing but addresses for links that are never made, or the like: shown as it was typed.
    if super::plain::block(&html).trim().is_empty() {
        return render::render(source, mentions, community);
    }
    Rendered { html, tags }
}

/// Renders a text that stands on a page of its own, under the page's heading: its headings are headings, mentions and
/// hashtags stay text.
pub fn document(source: &str) -> String {
    walk(source, Headings::Kept, render::place_link)
}

/// The handles a text names outside of code and links, in order, each spelling once. Only those that stand there as they
/// were typed: `_` may be part of a handle, and what is left of it where it made letters slant is somebody else's.
pub fn handles(source: &str) -> Vec<Handle> {
    let typed = mention::handles(source);
    let mut found: Vec<Handle> = Vec::new();
    walk(source, Headings::Strong, |token, _, _| {
        if let Token::Mention(handle) = token
            && typed.contains(handle)
            && !found.contains(handle)
        {
            found.push(handle.clone());
        }
    });
    found
}

/// What becomes of a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Headings {
    /// A paragraph in strong letters: many servers drop headings of posts.
    Strong,
    /// A heading, below the one that the page has.
    Kept,
}

fn walk(source: &str, headings: Headings, place: impl FnMut(&Token, &str, &mut String)) -> String {
    let source = source.replace("\r\n", "\n");
    let mut writer = Writer {
        html: String::with_capacity(source.len() * 2),
        links: Vec::new(),
        code: false,
        raw: None,
        headings,
        place,
    };
    for event in TextMergeStream::new(Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH)) {
        writer.write(event);
    }
    sanitize::html(&writer.html)
}

struct Writer<F> {
    html: String,
    /// Links and pictures that are open, and whether each has an element.
    links: Vec<bool>,
    /// Within a block of code.
    code: bool,
    /// What stands in the block of HTML that is open.
    raw: Option<String>,
    headings: Headings,
    place: F,
}

impl<F: FnMut(&Token, &str, &mut String)> Writer<F> {
    fn write(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::InlineHtml(text) if self.code || !self.links.is_empty() => {
                self.letters(&text);
            }
            Event::Text(text) | Event::InlineHtml(text) => self.words(&text),
            Event::Code(code) => {
                self.html.push_str("<code>");
                self.letters(&code);
                self.html.push_str("</code>");
            }
            // Line by line.
            Event::Html(html) => match &mut self.raw {
                Some(block) => block.push_str(&html),
                None => {
                    self.html.push_str("<p>");
                    self.words(&html);
                    self.html.push_str("</p>");
                }
            },
            // People who write posts mean the end of a line when they end one.
            Event::SoftBreak | Event::HardBreak => self.html.push_str("<br>"),
            Event::Rule => self.html.push_str(BREAK),
            // What is not asked of the parser.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.letters(&text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn letters(&mut self, text: &str) {
        self.html.push_str(&escape(text));
    }

    fn words(&mut self, text: &str) {
        let text = text.trim_end_matches('\n');
        let mut at = 0;
        for (range, token) in scan::tokens(text) {
            self.lines(&text[at..range.start]);
            (self.place)(&token, &text[range.clone()], &mut self.html);
            at = range.end;
        }
        self.lines(&text[at..]);
    }

    fn lines(&mut self, text: &str) {
        self.html.push_str(&escape(text).replace('\n', "<br>"));
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph => self.html.push_str("<p>"),
            Tag::HtmlBlock => {
                self.raw = Some(String::new());
                self.html.push_str("<p>");
            }
            Tag::Heading { level, .. } => match self.headings {
                Headings::Strong => self.html.push_str("<p><strong>"),
                Headings::Kept => self.html.push_str(&format!("<{}>", below(*level))),
            },
            Tag::BlockQuote(_) => self.html.push_str("<blockquote>"),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.code = true;
                self.html.push_str("<pre><code>");
            }
            Tag::List(None) => self.html.push_str("<ul>"),
            Tag::List(Some(1)) => self.html.push_str("<ol>"),
            Tag::List(Some(first)) => self.html.push_str(&format!("<ol start=\"{first}\">")),
            Tag::Item => self.html.push_str("<li>"),
            Tag::Emphasis => self.html.push_str("<em>"),
            Tag::Strong => self.html.push_str("<strong>"),
            Tag::Strikethrough => self.html.push_str("<del>"),
            // A picture is a link to where it is: files come as attachments.
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let is_web = dest_url.starts_with("https://") || dest_url.starts_with("http://");
                let opens = is_web && !self.links.contains(&true);
                self.links.push(opens);
                if opens {
                    self.html.push_str("<a href=\"");
                    self.letters(dest_url);
                    self.html
                        .push_str("\" rel=\"nofollow noopener noreferrer\">");
                }
            }
            // What is not asked of the parser.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.html.push_str("</p>"),
            TagEnd::HtmlBlock => {
                let block = self.raw.take().unwrap_or_default();
                self.words(&block);
                self.html.push_str("</p>");
            }
            TagEnd::Heading(level) => match self.headings {
                Headings::Strong => self.html.push_str("</strong></p>"),
                Headings::Kept => self.html.push_str(&format!("</{}>", below(level))),
            },
            TagEnd::BlockQuote(_) => self.html.push_str("</blockquote>"),
            TagEnd::CodeBlock => {
                self.code = false;
                self.html.push_str("</code></pre>");
            }
            TagEnd::List(true) => self.html.push_str("</ol>"),
            TagEnd::List(false) => self.html.push_str("</ul>"),
            TagEnd::Item => self.html.push_str("</li>"),
            TagEnd::Emphasis => self.html.push_str("</em>"),
            TagEnd::Strong => self.html.push_str("</strong>"),
            TagEnd::Strikethrough => self.html.push_str("</del>"),
            TagEnd::Link | TagEnd::Image => {
                let opened = self.links.pop();
                if opened == Some(true) {
                    self.html.push_str("</a>");
                }
            }
            _ => {}
        }
    }
}

/// The element of a heading within a page that has one of its own.
fn below(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "h2",
        HeadingLevel::H2 => "h3",
        _ => "h4",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_keeps_its_headings_and_names_nobody() {
        assert_eq!(
            document("# A\n\n### B *c*\n\n@ann #tag <b>"),
            "<h2>A</h2><h4>B <em>c</em></h4><p>@ann #tag &lt;b&gt;</p>"
        );
        let link = document("[a](/settings) https://a.example/");
        assert!(
            link.starts_with("<p>a <a href=\"https://a.example/\""),
            "{link}"
        );
    }

    fn html(source: &str) -> String {
        walk(source, Headings::Strong, |_, written, html| {
            html.push('[');
            html.push_str(&escape(written));
            html.push(']');
        })
    }

    #[test]
    fn what_others_keep_is_written() {
        for (source, safe) in [
            (
                "# A *b*\n\ntwo  \nlines\nhere",
                "<p><strong>A <em>b</em></strong></p><p>two<br>lines<br>here</p>",
            ),
            (
                "- a\n- **b**",
                "<ul><li>a</li><li><strong>b</strong></li></ul>",
            ),
            (
                "3. a\n4. ~~b~~",
                "<ol start=\"3\"><li>a</li><li><del>b</del></li></ol>",
            ),
            (
                "> a\n\n---\n\nb",
                "<blockquote><p>a</p></blockquote><p>* * *</p><p>b</p>",
            ),
            (
                "```rust\nlet a = \"<b>\";\n```",
                "<pre><code>let a = \"&lt;b&gt;\";\n</code></pre>",
            ),
        ] {
            assert_eq!(html(source).replace("&quot;", "\""), safe, "{source}");
        }
    }

    #[test]
    fn slanting_letters_make_no_other_handle() {
        let named = |source: &str| -> Vec<String> {
            handles(source).iter().map(ToString::to_string).collect()
        };
        assert!(named("@_ann and @bob_ the key is").is_empty());
        assert!(named("_hi @ann_@b.example_").is_empty());
        assert_eq!(named("_hi_ @ann_b_c and *@bob*").len(), 2);
    }

    #[test]
    fn lines_of_typed_html_stay_lines() {
        let lines = html("<div>\nred\nblue\n</div>");
        assert_eq!(lines, "<p>&lt;div&gt;<br>red<br>blue<br>&lt;/div&gt;</p>");
    }

    #[test]
    fn html_is_words_and_links_are_only_of_the_web() {
        let bold = html("a <b onclick=x>c</b>\n\n<script>alert(1)</script>\n\n<!-- x -->");
        assert!(bold.contains("&lt;b onclick=x&gt;c&lt;/b&gt;"), "{bold}");
        assert!(
            bold.contains("&lt;script&gt;") && !bold.contains("<script"),
            "{bold}"
        );
        for source in [
            "[a](javascript:alert(1))",
            "[a](/settings)",
            "![a](data:image/png;base64,AA)",
        ] {
            assert_eq!(html(source), "<p>a</p>", "{source}");
        }
        let link = html("[a \"b\"](https://a.example/?x=\"y\"&z)");
        assert!(
            link.starts_with("<p><a href=\"https://a.example/?x="),
            "{link}"
        );
        assert_eq!(link.matches("<a ").count(), 1);
        let picture = html("![a cat](https://a.example/cat.png)");
        assert!(
            picture.contains(">a cat</a>") && !picture.contains("<img"),
            "{picture}"
        );
    }

    #[test]
    fn names_are_names_outside_of_code_and_links() {
        let source = "@ann_b_c **@bob@b.example** `@code` #tag\n\n    @block\n\n[@link](https://a.example/) https://b.example/x_y_z";
        let named: Vec<String> = handles(source).iter().map(ToString::to_string).collect();
        assert_eq!(named, ["@ann_b_c", "@bob@b.example"]);
        let html = html(source);
        for written in [
            "[@ann_b_c]",
            "[@bob@b.example]",
            "[#tag]",
            "[https://b.example/x_y_z]",
            "<code>@code</code>",
        ] {
            assert!(html.contains(written), "{written} in {html}");
        }
    }

    #[test]
    fn what_is_deeply_nested_is_no_trouble() {
        for piece in [">", "* ", "[", "![", "**", "<", "`"] {
            let html = html(&piece.repeat(5_000));
            assert!(html.len() < 500_000);
        }
    }
}
