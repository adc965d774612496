//! Cards in Mastodon's words.

use serde_json::{Value, json};

use super::Card;
use crate::web::time;

/// Mastodon's `PreviewCard`. `picture` is our copy's address for the reader, `account` who wrote the page. `html` stays
/// empty: what other servers would put into a page of an app is not asked for.
pub fn entity(card: &Card, picture: Option<&str>, account: Option<&Value>) -> Value {
    let page = &card.page;
    let image = page.image.as_ref().filter(|_| picture.is_some());
    let name = match account {
        Some(account) => account["display_name"].as_str().unwrap_or_default(),
        None => &page.author,
    };
    let url = match account {
        Some(account) => account["url"].as_str().unwrap_or_default(),
        None => &page.author_url,
    };
    let is_told = account.is_some() || !name.is_empty() || !url.is_empty();
    let authors: Vec<Value> = is_told
        .then(|| json!({ "name": name, "url": url, "account": account }))
        .into_iter()
        .collect();
    json!({
        "url": card.url,
        "title": page.title,
        "description": page.description,
        "language": page.language,
        "type": "link",
        "author_name": name,
        "author_url": url,
        "authors": authors,
        "provider_name": page.site,
        "provider_url": "",
        "html": "",
        "width": image.map_or(0, |image| image.width),
        "height": image.map_or(0, |image| image.height),
        "image": picture,
        "image_description": image.map_or("", |image| image.description.as_str()),
        "embed_url": "",
        // It is measured only when somebody looks at it.
        "blurhash": null,
        "published_at": page.published_at.map(time::iso_ms),
    })
}
