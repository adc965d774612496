//! Links: which public posts lead to a page, newest first. In no list is what was not written for public places.

mod store;

use comity_db::Tx;
use comity_vocab::Visibility;
use url::Url;

pub(crate) use store::{LINKING, recent};

/// Of one post, so many are listed: more are a list of links, and no talk about a page.
const MOST_LISTED: usize = 8;
/// Longer addresses are made by machines for one reader.
const LONGEST: usize = 1_000;

/// Lists a status under what it links to, in the transaction that writes its words.
pub(crate) fn place(tx: &mut Tx, status_id: i64, visibility: Visibility, html: &str) {
    if visibility != Visibility::Public {
        return;
    }
    for url in outward(html) {
        store::insert(tx, &url, status_id);
    }
}

/// The words of a status changed: it is listed under what they link to now.
pub(crate) fn place_anew(tx: &mut Tx, status_id: i64, visibility: Visibility, html: &str) {
    store::withdraw(tx, status_id);
    place(tx, status_id, visibility, html);
}

/// One spelling for every address of a page: the part of it that one looks at makes no difference. `None` for what is no
/// address of a page, or too long.
pub fn address(text: &str) -> Option<String> {
    let mut url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() {
        return None;
    }
    url.set_fragment(None);
    let address = String::from(url);
    (address.len() <= LONGEST).then_some(address)
}

/// Addresses to which clean HTML links, without people and topics.
pub(crate) fn outward(html: &str) -> Vec<String> {
    let mut found: Vec<String> = in_order(html).take(MOST_LISTED).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The same, as they stand there.
pub(crate) fn in_order(html: &str) -> impl Iterator<Item = String> {
    html.split("<a ")
        .skip(1)
        .filter_map(|anchor| anchor.split('>').next())
        .filter(|tag| !tag.contains("mention") && !tag.contains("hashtag"))
        .filter(|tag| !tag.contains("rel=\"tag"))
        .filter_map(|tag| tag.split("href=\"").nth(1)?.split('"').next())
        .filter_map(|href| address(&href.replace("&amp;", "&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_are_found_and_those_to_people_are_not() {
        let html = "<p><a href=\"https://A.example/x?a=1&amp;b=2#part\" rel=\"nofollow\">x</a> \
                    <a href=\"https://far.example/@bob\" class=\"u-url mention\">@bob</a> \
                    <a href=\"/tags/sea\" class=\"mention hashtag\" rel=\"tag\">#sea</a></p>";
        assert_eq!(outward(html), ["https://a.example/x?a=1&b=2"]);
        assert_eq!(address("mailto:a@b.example"), None);
        assert_eq!(address("https://user@b.example/"), None);
    }
}
