//! What a member typed, as HTML: paragraphs, line breaks, links, mentions, hashtags.

use std::sync::Arc;

use comity_vocab::Handle;

use super::hashtag;
use super::plain::escape;
use super::scan::{self, Token};
use crate::accounts::Account;
use crate::communities::Community;

/// Letters of a link that are shown; the rest is there for copying.
const SHOWN_OF_LINK: usize = 30;

/// A text and what it holds.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Safe HTML.
    pub html: String,
    /// Hashtags without `#`, each once.
    pub tags: Vec<String>,
}

/// Renders a status. Handles in `mentions` become links to the profile, others stay text.
pub fn render(
    source: &str,
    mentions: &[(Handle, Arc<Account>)],
    community: &Community,
) -> Rendered {
    let mut tags: Vec<String> = Vec::new();
    let html = paragraphs(source, |token, written, html| {
        place(token, written, mentions, community, &mut tags, html);
    });
    Rendered { html, tags }
}

/// Writes a mention, a hashtag or a link of a status, and notes the hashtag.
pub(super) fn place(
    token: &Token,
    written: &str,
    mentions: &[(Handle, Arc<Account>)],
    community: &Community,
    tags: &mut Vec<String>,
    html: &mut String,
) {
    match token {
        Token::Mention(handle) => match mentions.iter().find(|(known, _)| known == handle) {
            Some((_, account)) => mention(account, html),
            None => html.push_str(&escape(written)),
        },
        Token::Hashtag(name) => {
            if !tags.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                tags.push(name.clone());
            }
            hashtag(name, community, html);
        }
        Token::Link => link(written, html),
    }
}

/// Renders a profile text or field: links only.
pub fn simple(source: &str) -> String {
    paragraphs(source, place_link)
}

/// Writes a link; a mention or a hashtag stays text.
pub(super) fn place_link(token: &Token, written: &str, html: &mut String) {
    match token {
        Token::Link => link(written, html),
        Token::Mention(_) | Token::Hashtag(_) => html.push_str(&escape(written)),
    }
}

/// The same for what stands in one line, without a paragraph around it.
pub fn line(source: &str) -> String {
    let html = simple(&source.split_whitespace().collect::<Vec<_>>().join(" "));
    let inner = html
        .strip_prefix("<p>")
        .and_then(|html| html.strip_suffix("</p>"));
    inner.unwrap_or_default().to_owned()
}

/// Blank lines part paragraphs, other line ends are kept.
fn paragraphs(source: &str, mut place: impl FnMut(&Token, &str, &mut String)) -> String {
    let source = source.replace("\r\n", "\n");
    let mut html = String::with_capacity(source.len() * 2);
    for paragraph in source
        .split("\n\n")
        .map(|paragraph| paragraph.trim_matches('\n'))
    {
        if paragraph.trim().is_empty() {
            continue;
        }
        html.push_str("<p>");
        let mut at = 0;
        for (range, token) in scan::tokens(paragraph) {
            words(&paragraph[at..range.start], &mut html);
            place(&token, &paragraph[range.clone()], &mut html);
            at = range.end;
        }
        words(&paragraph[at..], &mut html);
        html.push_str("</p>");
    }
    html
}

fn words(text: &str, html: &mut String) {
    html.push_str(&escape(text).replace('\n', "<br>"));
}

/// The markup other servers recognise as a mention (microformats h-card).
fn mention(account: &Account, html: &mut String) {
    let page = account.url.as_deref().unwrap_or(account.iri.as_str());
    html.push_str("<span class=\"h-card\"><a href=\"");
    html.push_str(&escape(page));
    html.push_str("\" class=\"u-url mention\">@<span>");
    html.push_str(&escape(&account.username));
    html.push_str("</span></a></span>");
}

fn hashtag(name: &str, community: &Community, html: &mut String) {
    let path = hashtag::path(name);
    html.push_str("<a href=\"");
    html.push_str(&escape(community.iri(&path).as_str()));
    html.push_str("\" class=\"mention hashtag\" rel=\"tag\">#<span>");
    html.push_str(&escape(name));
    html.push_str("</span></a>");
}

/// The whole address is in the link; what is shown leaves out the scheme and a long tail.
fn link(address: &str, html: &mut String) {
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare);
    let scheme = &address[..address.len() - bare.len()];
    let cut = bare
        .char_indices()
        .nth(SHOWN_OF_LINK)
        .map_or(bare.len(), |(at, _)| at);
    html.push_str("<a href=\"");
    html.push_str(&escape(address));
    html.push_str("\" rel=\"nofollow noopener noreferrer\"><span class=\"invisible\">");
    html.push_str(&escape(scheme));
    html.push_str(if cut < bare.len() {
        "</span><span class=\"ellipsis\">"
    } else {
        "</span><span>"
    });
    html.push_str(&escape(&bare[..cut]));
    html.push_str("</span>");
    if cut < bare.len() {
        html.push_str("<span class=\"invisible\">");
        html.push_str(&escape(&bare[cut..]));
        html.push_str("</span>");
    }
    html.push_str("</a>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_text_and_never_markup() {
        let html = simple("<b>a</b>\nb\n\n\nc https://a.example/\"onx=1 & d");
        assert_eq!(
            html,
            "<p>&lt;b&gt;a&lt;/b&gt;<br>b</p><p>c <a href=\"https://a.example/\" rel=\"nofollow noopener noreferrer\">\
             <span class=\"invisible\">https://</span><span>a.example/</span></a>&quot;onx=1 &amp; d</p>"
        );
        assert_eq!(
            crate::text::sanitize::html("<p>&lt;b&gt;</p>"),
            "<p>&lt;b&gt;</p>"
        );
    }
}
