//! What programs in browsers may read. They come from any origin, with a token and never with a cookie.

use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderValue, Method, StatusCode};

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

/// Whether programs of other origins may read what is there.
pub fn is_open(path: &str) -> bool {
    OPEN.iter()
        .any(|open| path == *open || (open.ends_with('/') && path.starts_with(open)))
}

/// The answer to a browser that asks whether it may ask.
pub fn preflight(method: &Method, path: &str) -> Option<Response> {
    (*method == Method::OPTIONS && is_open(path))
        .then(|| Reply::empty(StatusCode::NO_CONTENT).into_response())
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
            "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After",
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
        for open in ["/api/v1/apps", "/oauth/token", "/.well-known/webfinger"] {
            assert!(is_open(open), "{open}");
        }
        for closed in ["/", "/home", "/oauth/authorize", "/oauth/tokens", "/apis"] {
            assert!(!is_open(closed), "{closed}");
        }
    }
}
