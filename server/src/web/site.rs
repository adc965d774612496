//! What browsers and crawlers look for at addresses that are the same everywhere: where crawlers may go, the icon, and what
//! the pages are called as an app.

use comity_policy::Mode;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use super::{STAMP, own_file};
use crate::communities::Community;
use crate::http::{Here, Reply};
use crate::text::{plain, render};

/// Half an hour: they are asked for often, and change when the community does.
const KEPT: &str = "public, max-age=1800";
/// Where nothing is that a search engine should have. Pages of people who do not want to be in one say so themselves, which a
/// crawler has to read.
const NOT_FOR_CRAWLERS: [&str; 9] = [
    "/api/",
    "/media/remote/",
    "/oauth/",
    "/search",
    "/settings/",
    "/compose",
    "/report",
    "/invite/",
    "/sign-in",
];

/// `GET /robots.txt`. A community that shows nothing to visitors has nothing for crawlers.
pub async fn robots(Here(community): Here) -> Reply {
    let mut text = String::from("User-agent: *\n");
    if community.mode == Mode::AllowList {
        text.push_str("Disallow: /\n");
    } else {
        for path in NOT_FOR_CRAWLERS {
            text.push_str("Disallow: ");
            text.push_str(path);
            text.push('\n');
        }
    }
    Reply::document(text, "text/plain; charset=utf-8").with(CACHE_CONTROL, KEPT)
}

/// `GET /favicon.ico`: the icon that pages have.
pub async fn icon(Here(community): Here) -> Reply {
    Reply::see_other(&icon_path(&community))
}

/// `GET /manifest.json`: what the pages are called where somebody keeps them as an app, and where it shares to.
pub async fn manifest(Here(community): Here) -> Reply {
    Reply::json(
        json!({
            "id": "/",
            "name": community.name,
            "short_name": community.name,
            "description": plain::block(&render::simple(&community.description)),
            "lang": "en",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "icons": [picture(&community)],
            "share_target": {
                "action": "/compose",
                "method": "GET",
                "params": { "title": "title", "text": "text", "url": "url" },
            },
        }),
        "application/manifest+json",
    )
    .with(CACHE_CONTROL, KEPT)
}

/// Its own, or the one that stands for none.
fn icon_path(community: &Community) -> String {
    own_file(&community.look.icon).unwrap_or_else(|| format!("/assets/icons.svg?{}", *STAMP))
}

fn picture(community: &Community) -> Value {
    let path = icon_path(community);
    let look = &community.look;
    match own_file(&look.icon) {
        Some(_) => json!({ "src": path, "sizes": format!("{0}x{0}", look.icon_side) }),
        None => json!({ "src": path, "sizes": "any", "type": "image/svg+xml" }),
    }
}
