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

/// What a link says of itself: whoever wrote it is not vouched for, and the page learns nothing of who comes.
const REL: &str = "nofollow noopener noreferrer";
/// The same of a link in a line of a profile, which says besides that what it leads to is the member's as well.
const REL_OF_FIELD: &str = "me nofollow noopener noreferrer";

/// A text and what it holds.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Safe HTML.
    pub html: String,
    /// Hashtags without `#`, each once.
    pub tags: Vec<String>,
}

/// Renders a status, or what a member says of themselves. Handles in `mentions` become links to the profile, others stay text.
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
        Token::Mention(handle) => match known(handle, mentions) {
            Some(account) => mention(account, &account.username, html),
            None => html.push_str(&escape(written)),
        },
        Token::Hashtag(name) => {
            if !tags.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                tags.push(name.clone());
            }
            hashtag(name, &community.origin, html);
        }
        Token::Link => link(written, REL, html),
    }
}

fn known<'a>(handle: &Handle, mentions: &'a [(Handle, Arc<Account>)]) -> Option<&'a Account> {
    let (_, account) = mentions.iter().find(|(known, _)| known == handle)?;
    Some(&**account)
}

/// Renders a text that names nobody: links only.
pub fn simple(source: &str) -> String {
    paragraphs(source, place_link)
}

/// Writes a link; a mention or a hashtag stays text.
pub(super) fn place_link(token: &Token, written: &str, html: &mut String) {
    match token {
        Token::Link => link(written, REL, html),
        Token::Mention(_) | Token::Hashtag(_) => html.push_str(&escape(written)),
    }
}

/// Renders the value of a line of a member's profile, in one line without a paragraph around it; `origin` is that of their
/// community. Its links say that what they lead to is the member's as well (`rel=me`): others believe that only of such lines.
/// A handle is shown as it was typed, since the words that are shown are what is edited later.
pub fn field(source: &str, mentions: &[(Handle, Arc<Account>)], origin: &str) -> String {
    let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let html = paragraphs(&source, |token, written, html| match token {
        Token::Mention(handle) => match known(handle, mentions) {
            Some(account) => mention(account, written.trim_start_matches('@'), html),
            None => html.push_str(&escape(written)),
        },
        Token::Hashtag(name) => hashtag(name, origin, html),
        Token::Link => link(written, REL_OF_FIELD, html),
    });
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

/// The markup other servers recognise as a mention (microformats h-card); `shown` is behind the `@`.
fn mention(account: &Account, shown: &str, html: &mut String) {
    let page = account.url.as_deref().unwrap_or(account.iri.as_str());
    html.push_str("<span class=\"h-card\"><a href=\"");
    html.push_str(&escape(page));
    html.push_str("\" class=\"u-url mention\">@<span>");
    html.push_str(&escape(shown));
    html.push_str("</span></a></span>");
}

fn hashtag(name: &str, origin: &str, html: &mut String) {
    html.push_str("<a href=\"");
    html.push_str(&escape(origin));
    html.push_str(&escape(&hashtag::path(name)));
    html.push_str("\" class=\"mention hashtag\" rel=\"tag\">#<span>");
    html.push_str(&escape(name));
    html.push_str("</span></a>");
}

/// The whole address is in the link; what is shown leaves out the scheme and a long tail.
fn link(address: &str, rel: &str, html: &mut String) {
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare);
    let scheme = &address[..address.len() - bare.len()];
    let cut = bare
        .char_indices()
        .nth(SHOWN_OF_LINK)
        .map_or(bare.len(), |(at, _)| at);
    html.push_str("<a href=\"");
    html.push_str(&escape(address));
    html.push_str("\" rel=\"");
    html.push_str(rel);
    html.push_str("\"><span class=\"invisible\">");
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

    #[test]
    fn a_line_of_a_profile_leads_to_what_is_the_members_and_to_topics() {
        let html = field(
            "@nobody\n https://a.example/ #Fähre",
            &[],
            "https://here.example",
        );
        assert_eq!(
            html,
            "@nobody <a href=\"https://a.example/\" rel=\"me nofollow noopener noreferrer\">\
             <span class=\"invisible\">https://</span><span>a.example/</span></a> \
             <a href=\"https://here.example/tags/f%C3%A4hre\" class=\"mention hashtag\" rel=\"tag\">#<span>Fähre</span></a>"
        );
        // It is edited as it is shown.
        assert_eq!(
            crate::text::plain::block(&html),
            "@nobody https://a.example/ #Fähre"
        );
    }
}
