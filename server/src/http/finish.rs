//! What all answers share: a log line, the security headers, and errors on the surface that was asked for.

use aws_lc_rs::rand;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, RETRY_AFTER,
    SET_COOKIE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use tracing::Instrument;

use super::cookie::Cookie;
use super::reply::{FormAction, Inert, Reply, Told, as_sentence};
use super::viewer::Visit;
use super::wants_json;
use super::{cors, deprecated, opener};
use crate::app::App;
use crate::config;
use crate::web;
use crate::web::view::{ErrorPage, NavItem};

/// Everything a page loads is our own: a picture from elsewhere would tell that server who reads here.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; \
                      font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      connect-src 'self'; manifest-src 'self'";

/// For what came from outside: opened by itself, it is a picture and no page.
const INERT: &str = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// The outermost layer of the router.
pub async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let began_ms = app.now_ms();
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    // The pattern, not the path: some paths hold secrets, and all queries may.
    let route = parts
        .extensions
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str)
        .to_owned();
    let path = parts.uri.path().to_owned();
    if let Some(mut response) = cors::preflight(&parts.method, &path, &parts.headers) {
        seal(&app, &path, &mut response);
        return response;
    }
    let id = request_id();
    let deprecated = deprecated::since(&parts.method, &route);
    let span = tracing::info_span!("request", id = %id, method = %parts.method, route);
    let answered = next
        .run(Request::from_parts(parts, body))
        .instrument(span.clone())
        .await;
    let mut response = tell(&app, asked, answered).instrument(span.clone()).await;
    seal(&app, &path, &mut response);
    if cors::is_open(&path) {
        cors::open(&mut response);
        if let Ok(id) = HeaderValue::from_str(&id) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-request-id"), id);
        }
    }
    if let Some(since) = deprecated {
        response
            .headers_mut()
            .insert(HeaderName::from_static("deprecation"), since);
    }
    let _entered = span.enter();
    tracing::debug!(
        status = response.status().as_u16(),
        ms = app.now_ms() - began_ms,
        "answered"
    );
    response
}

/// By what a request is known in the log, and to the app that wants to tell us of it. Drawn at random: numbers in a row would
/// tell how much else was asked.
fn request_id() -> String {
    let mut bytes = [0; 16];
    match rand::fill(&mut bytes) {
        Ok(()) => format!("{:032x}", u128::from_be_bytes(bytes)),
        Err(_) => String::new(),
    }
}

/// A panic in a handler, as [`tower_http::catch_panic`] hands it over; the hook has written it to the log.
pub fn after_panic(_: Box<dyn std::any::Any + Send>) -> Response {
    crate::error::Error::internal("a handler panicked").into_response()
}

/// Puts an error on the surface that was asked for, and takes back a notice that a page has shown.
async fn tell(app: &App, mut asked: Parts, response: Response) -> Response {
    let Some(mut told) = told_by(&response) else {
        return forget_notice(app, asked, response).await;
    };
    told.status = as_mastodon(asked.uri.path(), told.status);
    let mut answer = if is_for_machines(&asked) {
        let sentence = match told.sentence.as_str() {
            "" => bare(&asked, told.status),
            _ if is_api(&asked) && told.status == StatusCode::TOO_MANY_REQUESTS => {
                bare(&asked, told.status)
            }
            // As Mastodon has it, which some apps compare.
            said if is_api(&asked) => said.strip_suffix('.').unwrap_or(said).to_owned(),
            said => said.to_owned(),
        };
        let mut document = json!({ "error": sentence });
        if let Some(detail) = told.detail.as_ref().filter(|_| is_api(&asked)) {
            let one = json!({ "error": detail.code.as_str(), "description": detail.why });
            document["details"] = json!({ (detail.field): [one] });
        }
        Reply::json(document, "application/json; charset=utf-8")
    } else {
        match Visit::from_request_parts(&mut asked, app).await {
            Ok(visit) => page(app, &visit, told.clone()).await,
            Err(misdirected) => return misdirected.into_response(),
        }
    }
    .with_status(told.status)
    .into_response();
    let kept = [
        RETRY_AFTER,
        SET_COOKIE,
        HeaderName::from_static("x-ratelimit-limit"),
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderName::from_static("x-ratelimit-reset"),
    ];
    for name in kept {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// Our own errors say what to tell. What the framework refuses by itself (a method, a length, a field of a query)
/// says only its status.
fn told_by(response: &Response) -> Option<Told> {
    if let Some(told) = response.extensions().get::<Told>() {
        return Some(told.clone());
    }
    let status = response.status();
    let by_framework = [
        StatusCode::BAD_REQUEST,
        StatusCode::METHOD_NOT_ALLOWED,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
    ];
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .map_or(&b""[..], HeaderValue::as_bytes);
    let is_bare = kind.is_empty() || kind.starts_with(b"text/plain");
    (by_framework.contains(&status) && is_bare).then(|| Told {
        status,
        sentence: String::new(),
        detail: None,
    })
}

/// What programs are told where there is nothing to tell beyond the status. Apps compare some of Mastodon's sentences.
fn bare(asked: &Parts, status: StatusCode) -> String {
    let is_api = is_api(asked);
    match status {
        StatusCode::NOT_FOUND if is_api => "Record not found".to_owned(),
        StatusCode::TOO_MANY_REQUESTS if is_api => "Too many requests".to_owned(),
        StatusCode::UNAUTHORIZED if is_api => "The access token is invalid".to_owned(),
        _ => as_sentence(&status.canonical_reason().unwrap_or("failed").to_lowercase()),
    }
}

/// At its addresses, what Mastodon answers where another server cannot be asked, and where somebody was faster: apps know
/// these statuses. Markers have a clash of their own there, as here.
fn as_mastodon(path: &str, status: StatusCode) -> StatusCode {
    if !path.starts_with("/api/v") {
        return status;
    }
    match status {
        StatusCode::BAD_GATEWAY => StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::CONFLICT if !path.starts_with("/api/v1/markers") => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => status,
    }
}

fn is_api(asked: &Parts) -> bool {
    let path = asked.uri.path();
    path.starts_with("/api/") || path.trim_end_matches('/') == "/oauth/userinfo"
}

/// Other servers rarely say what they accept when they post.
fn is_for_machines(asked: &Parts) -> bool {
    let sends_json = asked
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().ends_with(b"json"))
        || asked.headers.contains_key("signature");
    wants_json(&asked.headers) || sends_json || cors::is_open(asked.uri.path())
}

async fn page(app: &App, visit: &Visit, told: Told) -> Reply {
    let code = told.status.as_u16();
    let title = match code {
        404 | 410 => "Nothing here",
        _ => "That did not work",
    };
    let frame = match web::frame(app, visit, title, NavItem::Elsewhere).await {
        Ok(frame) => frame,
        Err(_) => web::bare_frame(visit, title),
    };
    Reply::page(ErrorPage {
        frame,
        code,
        sentence: told.sentence,
    })
}

/// A notice is shown once: the page that carried it takes its cookie back.
async fn forget_notice(app: &App, mut asked: Parts, mut response: Response) -> Response {
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    if let Ok(super::Here(community)) = super::Here::from_request_parts(&mut asked, app).await
        && Cookie::Notice.read(&asked.headers, &community).is_some()
    {
        response
            .headers_mut()
            .append(SET_COOKIE, Cookie::Notice.clear(&community));
    }
    response
}

fn seal(app: &App, path: &str, response: &mut Response) {
    let policy = policy(app, response);
    let status = response.status();
    // Not found and gone are kept by caches unless told otherwise, and what one requester does not find another may.
    if (status.is_client_error() || status.is_server_error())
        && !response.headers().contains_key(CACHE_CONTROL)
    {
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(VARY, HeaderValue::from_static("Accept, Cookie, Signature"));
    }
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            opener::policy(path),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(policy) = policy {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// What differs from [`POLICY`]: where the form of a page may lead, and from where its pictures come.
fn policy(app: &App, response: &Response) -> Option<HeaderValue> {
    if response.extensions().get::<Inert>().is_some() {
        return Some(HeaderValue::from_static(INERT));
    }
    let mut policy = POLICY.to_owned();
    if let Some(host) = &app.config.media.host {
        let files = format!("{}://{host}", config::scheme(host));
        for kind in ["img-src 'self'", "media-src 'self'"] {
            policy = policy.replace(kind, &format!("{kind} {files}"));
        }
    }
    if let Some(away) = response.extensions().get::<FormAction>() {
        let wider = format!("form-action 'self' {}", away.0);
        policy = policy.replace("form-action 'self'", &wider);
    }
    (policy != POLICY)
        .then(|| HeaderValue::from_str(&policy).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mastodons_addresses_answer_with_mastodons_statuses() {
        for (path, status, told) in [
            ("/api/v2/search", 502, 503),
            ("/api/v1/statuses", 409, 422),
            ("/api/v1/markers", 409, 409),
            ("/api/comity/v1/drafts", 409, 409),
            ("/search", 502, 502),
            ("/api/v1/statuses", 404, 404),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(as_mastodon(path, status).as_u16(), told, "{path}");
        }
    }
}
