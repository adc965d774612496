//! What programs in browsers may read. They come from any origin, with a token and never with a cookie.

use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::reply::Reply;

/// Where it begins, and single addresses.
const OPEN: [&str; 7] = [
    "/api/",
    "/media/",
    "/.well-known/",
    "/nodeinfo/",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/userinfo",
];

/// Bytes of what a browser says it will send, said after it: far more than the names of all headers that there are.
const LONGEST_ECHO: usize = 4_096;

/// Whether programs of other origins may read what is there. Some apps end addresses with a slash.
pub fn is_open(path: &str) -> bool {
    let bare = path.strip_suffix('/').unwrap_or(path);
    OPEN.iter()
        .any(|open| bare == *open || (open.ends_with('/') && path.starts_with(open)))
}

/// The answer to a browser that asks whether it may ask. It may send any header, as with Mastodon: we read those that we
/// know.
pub fn preflight(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    if *method != Method::OPTIONS || !is_open(path) {
        return None;
    }
    let mut response = Reply::empty(StatusCode::NO_CONTENT).into_response();
    open(&mut response);
    if let Some(wanted) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS)
        && wanted.len() <= LONGEST_ECHO
    {
        // A star would not stand for `Authorization`.
        response
            .headers_mut()
            .insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    Some(response)
}

/// Lets programs of other origins read an answer.
pub fn open(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        ),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Idempotency-Key",
        ),
        (
            ACCESS_CONTROL_EXPOSE_HEADERS,
            "Link, Mastodon-Async-Refresh, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, \
             Retry-After, Deprecation",
        ),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_read_the_api_and_no_page() {
        for open in [
            "/api/v1/apps",
            "/oauth/token",
            "/oauth/token/",
            "/.well-known/webfinger",
        ] {
            assert!(is_open(open), "{open}");
        }
        for closed in [
            "/",
            "/home",
            "/oauth/authorize",
            "/oauth/tokens",
            "/oauth/token/x",
            "/apis",
        ] {
            assert!(!is_open(closed), "{closed}");
        }
    }
}
