//! From the HTML of a page to its card. All that it says is text or an address, checked and cut; of its HTML nothing is
//! kept, and what it would embed (oEmbed, players) is not even asked for: foreign HTML within a post would run at whoever
//! reads it, and would call its server.

use comity_vocab::Iri;
use jiff::Timestamp;

use super::model::{Image, Page};
use super::tags::{Said, of_the_same, said};
use crate::links;
use crate::text::{language, plain};

/// Characters of a title: two lines.
const LONGEST_TITLE: usize = 300;
/// Characters of a description: a paragraph.
const LONGEST_DESCRIPTION: usize = 600;
/// Characters of a name, of a site or of somebody.
const LONGEST_NAME: usize = 100;
/// Characters of what is said of a picture; ours have as many.
const LONGEST_ALT: usize = 1_500;
/// Bytes of an address; longer ones are made by machines, or hold a whole picture.
const LONGEST_ADDRESS: usize = 2_000;
/// A picture's side, by its page's word: no larger one is opened either.
const LONGEST_SIDE: u32 = 20_000;
/// 1 January 1990: pages are not older.
const FIRST_PAGE_MS: i64 = 631_152_000_000;

/// The card of this page, which was found at this address. `None` for a page that has no title.
pub fn page(html: &str, address: &Iri, now_ms: i64) -> Option<Page> {
    let said = said(html);
    let line = |text: &str, most| plain::beginning(&plain::line(text), most);
    let meta = |names: &[&str], most| {
        said.first(names)
            .map(|text| line(text, most))
            .unwrap_or_default()
    };
    let title = Some(meta(&["og:title", "twitter:title"], LONGEST_TITLE))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| line(&said.title, LONGEST_TITLE));
    if title.is_empty() {
        return None;
    }
    let author_url = said
        .first(&["article:author"])
        .and_then(|text| absolute(text, address));
    Some(Page {
        title,
        description: meta(
            &["og:description", "twitter:description", "description"],
            LONGEST_DESCRIPTION,
        ),
        site: meta(&["og:site_name"], LONGEST_NAME),
        host: address.domain().to_string(),
        author: author(&said),
        author_url: author_url.unwrap_or_default(),
        language: tongue(&said),
        published_at: said
            .first(&["article:published_time", "og:article:published_time"])
            .and_then(|text| moment(text, now_ms)),
        image: image(&said, address),
        creator: said
            .first(&["fediverse:creator"])
            .filter(|handle| handle.len() <= LONGEST_ADDRESS)
            .map(str::to_owned),
    })
}

/// Whether a page that was found at this address says that it is of whoever is at one of these, with a link to there that says
/// `rel=me`. How letters are written makes no difference: names do not differ by that.
pub fn leads_to(html: &str, address: &Iri, profiles: &[String]) -> bool {
    let found = of_the_same(html);
    let mut found = found
        .iter()
        .filter_map(|href| absolute(href, address))
        .filter_map(|href| links::address(&href));
    found.any(|href| {
        let mut profiles = profiles.iter();
        profiles.any(|profile| profile.eq_ignore_ascii_case(&href))
    })
}

/// A name; `article:author` is one at some, and an address at most.
fn author(said: &Said) -> String {
    let names = ["author", "article:author", "og:article:author"];
    let is_name = |name: &str| !name.contains("://");
    let name = names
        .iter()
        .find_map(|key| said.first(&[key]).filter(|name| is_name(name)));
    name.map(|name| plain::beginning(&plain::line(name), LONGEST_NAME))
        .unwrap_or_default()
}

fn tongue(said: &Said) -> Option<String> {
    let told = said
        .language
        .as_deref()
        .or_else(|| said.first(&["og:locale"]))?;
    // OpenGraph writes `de_AT`.
    let tag = told.trim().replace('_', "-");
    language::is_tag(&tag).then_some(tag)
}

/// A picture that can be had over the web: no `data:`, no `javascript:`.
fn image(said: &Said, address: &Iri) -> Option<Image> {
    let told = said.first(&[
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
    ])?;
    let side = |name: &str| {
        let side = said.first(&[name]).and_then(|text| text.parse().ok());
        side.filter(|side| *side <= LONGEST_SIDE).unwrap_or(0)
    };
    Some(Image {
        url: absolute(told, address)?,
        description: said
            .first(&["og:image:alt", "twitter:image:alt"])
            .map(|text| plain::beginning(&plain::line(text), LONGEST_ALT))
            .unwrap_or_default(),
        width: side("og:image:width"),
        height: side("og:image:height"),
    })
}

/// An address in a page, whole; `None` for what is none of the web.
fn absolute(text: &str, page: &Iri) -> Option<String> {
    if text.len() > LONGEST_ADDRESS {
        return None;
    }
    let base = url::Url::parse(page.as_str()).ok()?;
    let address = base.join(text.trim()).ok()?;
    let is_plain = matches!(address.scheme(), "http" | "https") && address.username().is_empty();
    if !is_plain || address.as_str().len() > LONGEST_ADDRESS {
        return None;
    }
    let address = Iri::parse(address.as_str()).ok()?;
    Some(address.as_str().to_owned())
}

/// A moment that a page can be of; a day alone is its first.
fn moment(text: &str, now_ms: i64) -> Option<i64> {
    let text = text.trim();
    let whole = text.parse::<Timestamp>();
    let moment = whole
        .or_else(|_| format!("{text}T00:00:00Z").parse::<Timestamp>())
        .ok()?
        .as_millisecond();
    (FIRST_PAGE_MS..=now_ms).contains(&moment).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_777_982_400_000;

    fn of(html: &str) -> Option<Page> {
        let address = Iri::parse("https://news.example/a/b?c=d").unwrap();
        page(html, &address, NOW_MS)
    }

    #[test]
    fn a_page_says_what_it_is() {
        let page = of("<html lang=de-AT><head><title>Plain</title>\
             <meta property=og:title content=' The\n tide '><meta property=og:site_name content=News>\
             <meta name=description content=Second><meta property=og:description content='What it&#39;s about'>\
             <meta property=og:image content=/tide.jpg?a=1&copy=2><meta property=og:image:width content=1200>\
             <meta property=og:image:height content=630><meta property=og:image:alt content='A tide'>\
             <meta property=article:published_time content=2026-05-01T10:00:00+02:00>\
             <meta property=article:author content=https://news.example/ines><meta name=author content='Ines P.'>\
             <meta name=fediverse:creator content=@ines@harbour.example>")
            .unwrap();
        assert_eq!(
            (page.title.as_str(), page.site.as_str()),
            ("The tide", "News")
        );
        assert_eq!(page.description, "What it's about");
        assert_eq!(
            (page.host.as_str(), page.language.as_deref()),
            ("news.example", Some("de-AT"))
        );
        assert_eq!(
            (page.author.as_str(), page.author_url.as_str()),
            ("Ines P.", "https://news.example/ines")
        );
        assert_eq!(page.published_at, Some(1_777_622_400_000));
        assert_eq!(page.creator.as_deref(), Some("@ines@harbour.example"));
        let image = page.image.unwrap();
        assert_eq!(image.url, "https://news.example/tide.jpg?a=1&copy=2");
        assert_eq!(
            (image.width, image.height, image.description.as_str()),
            (1200, 630, "A tide")
        );
    }

    #[test]
    fn what_is_no_title_makes_no_card() {
        assert_eq!(of(""), None);
        assert_eq!(
            of("<meta property=og:title content=' '><title>\u{202E}\n</title>"),
            None
        );
    }

    #[test]
    fn what_a_hostile_page_says_is_cut_or_left_out() {
        let long = "x".repeat(3_000);
        for address in [
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "ftp://a.example/",
            "https://u@a.example/",
            "http:",
            &format!("/{long}"),
        ] {
            let page = of(&format!("<title>T</title><meta property=og:image content=\"{address}\"><meta property=article:author content=\"{address}\">")).unwrap();
            assert_eq!(
                (page.image, page.author_url.as_str()),
                (None, ""),
                "{address}"
            );
        }
        let page = of(&format!("<title>{long}</title><meta name=description content={long}><meta property=og:locale content=<b>>\
             <meta property=og:image content=/x><meta property=og:image:width content=99999999>\
             <meta property=article:published_time content=9999-01-01>")).unwrap();
        assert!(
            page.title.chars().count() <= LONGEST_TITLE + 1
                && page.description.chars().count() <= LONGEST_DESCRIPTION + 1
        );
        assert_eq!((page.language, page.published_at), (None, None));
        assert_eq!(page.image.unwrap().width, 0);
    }
}
