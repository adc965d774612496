//! Addresses for apps that have a younger sibling. They work as ever, and say since when: the `Deprecation` header of
//! RFC 9745, with Mastodon's dates.

use http::{HeaderValue, Method};

/// 2021-05-16: `/api/v2/suggestions`.
const SUGGESTIONS: &str = "@1621123200";
/// 2022-03-30: `/api/v1/trends/tags`.
const TRENDS: &str = "@1648598400";
/// 2022-11-14: `/api/v2/filters` and `/api/v2/instance`.
const FILTERS_AND_INSTANCE: &str = "@1668384000";

/// Since when an address is not the one to use, as the header says it; `route` as the router has it.
pub fn since(method: &Method, route: &str) -> Option<HeaderValue> {
    let since = match route.trim_end_matches('/') {
        "/api/v1/instance" | "/api/v1/filters" | "/api/v1/filters/{id}" => FILTERS_AND_INSTANCE,
        "/api/v1/suggestions" if method == Method::GET => SUGGESTIONS,
        "/api/v1/trends" => TRENDS,
        _ => return None,
    };
    Some(HeaderValue::from_static(since))
}
