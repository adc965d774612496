//! The ground every request stands on: who asks ([`viewer`], and apps: [`client`]), what they sent ([`form`], [`input`],
//! [`page_link`], [`paging`], [`Path`]), how often ([`rate_limit`]), and the only way to answer ([`reply`], [`finish`]).

pub mod address;
pub mod client;
pub mod cookie;
pub mod cors;
pub mod deprecated;
mod field;
pub mod files;
pub mod finish;
pub mod form;
pub mod health;
pub mod input;
mod multipart;
mod opener;
pub mod page_link;
pub mod paging;
pub mod path;
pub mod rate_limit;
pub mod reply;
pub mod shape;
pub mod takes;
pub mod token;
pub mod viewer;

use http::HeaderMap;
use http::header::ACCEPT;
use url::form_urlencoded;

pub use client::{Caller, Client, Wants, bearer};
pub use files::{Files, SentFile};
pub use form::{FileForm, Form};
pub use input::{Input, Upload};
pub use page_link::Page;
pub use paging::Paging;
pub use path::{Id, Path};
pub use rate_limit::{Kind, RateLimits};
pub use reply::{Reply, as_sentence};
pub use viewer::{Here, Me, Visit};

/// Whether the requester asks for the ActivityPub face of an address rather than for its page.
///
/// A browser's `Accept` names HTML before anything else, so the first kind that we can give decides.
pub fn wants_activity(headers: &HeaderMap) -> bool {
    first_wanted(headers) == Some(Face::Activity)
}

/// Whether an error should be told as JSON.
pub fn wants_json(headers: &HeaderMap) -> bool {
    matches!(first_wanted(headers), Some(Face::Activity | Face::Json))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Face {
    Page,
    Activity,
    Json,
}

fn first_wanted(headers: &HeaderMap) -> Option<Face> {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|part| {
            // `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`: other profiles are nobody's yet.
            let kind = part.split(';').next().unwrap_or_default().trim();
            match kind.to_ascii_lowercase().as_str() {
                "text/html" | "application/xhtml+xml" => Some(Face::Page),
                "application/activity+json" | "application/ld+json" => Some(Face::Activity),
                "application/json" | "application/jrd+json" => Some(Face::Json),
                _ => None,
            }
        })
}

/// Longer than any address of ours with its query: the longest holds an app's address, each letter written `%XX`.
const LONGEST_PATH: usize = 4096;
/// Room for the address that [`afterwards`] ends: the longest is a page of somebody's own sign-up.
const ROOM_BEFORE_QUERY: usize = 256;

/// `path` if it is an address on this server and nothing else, for coming back after an act. What browsers would read
/// as another server (`//elsewhere`, `/\elsewhere`) is refused, and so is what would break a header.
pub fn local_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let stays = !rest.starts_with(['/', '\\']) && path.len() <= LONGEST_PATH;
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic());
    (stays && plain).then_some(path)
}

/// What the addresses of signing in and up end with for somebody who goes on to `next` afterwards. Empty for the first page,
/// where everybody goes, and for what is no address here or would be too long to be one.
pub fn afterwards(next: &str) -> String {
    let Some(next) = local_path(next).filter(|next| *next != "/") else {
        return String::new();
    };
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let query = format!("?next={next}");
    if query.len() > LONGEST_PATH - ROOM_BEFORE_QUERY {
        return String::new();
    }
    query
}

/// What a form holds of an address to go on to: nothing of the first page, where everybody goes.
pub fn held(next: &str) -> String {
    local_path(next)
        .filter(|next| *next != "/")
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT, http::HeaderValue::from_static(value))])
    }

    #[test]
    fn the_first_kind_we_can_give_decides() {
        for (value, activity) in [
            ("application/activity+json", true),
            (
                "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                true,
            ),
            ("application/activity+json, text/html;q=0.1", true),
            ("image/webp, Application/Activity+JSON", true),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                false,
            ),
            ("text/html, application/activity+json", false),
            ("application/json", false),
            ("*/*", false),
        ] {
            assert_eq!(wants_activity(&accept(value)), activity, "{value}");
        }
        assert!(!wants_activity(&HeaderMap::new()));
        assert!(wants_json(&accept("application/json")));
    }

    #[test]
    fn coming_back_never_leaves_this_server() {
        for path in ["/", "/home?max_id=3", "/@alice@b.example/1#reply"] {
            assert_eq!(local_path(path), Some(path));
        }
        for path in [
            "",
            "home",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/ä",
        ] {
            assert_eq!(local_path(path), None, "{path}");
            assert_eq!(afterwards(path), "", "{path}");
        }
    }

    #[test]
    fn what_comes_afterwards_is_one_field_of_a_query() {
        assert_eq!(afterwards("/a?b=c&d"), "?next=%2Fa%3Fb%3Dc%26d");
        assert_eq!(afterwards("/"), "");
        // Written `%XX` it would be no address any more.
        let long = format!("/{}", "?".repeat(2_000));
        assert!(local_path(&long).is_some());
        assert_eq!(afterwards(&long), "");
    }
}
