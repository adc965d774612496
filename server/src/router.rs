//! Every URL we answer: lists in the folder beside this. The router is made from this list, and so are the tests that walk it.

mod alpha;
mod answer;
mod apps;
mod endpoint;
mod moderators;
pub mod openapi;
mod pages;
mod route;
mod servers;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::error::Error;
use crate::http::{client, finish};
use crate::media;

use route::joined;
pub use route::{Kind, Route};

/// An answer that takes longer is given up: longer than the longest look-up elsewhere (30 s).
const ANSWER_WITHIN: Duration = Duration::from_secs(45);
/// Where files are sent: 99 MiB on a line that carries two megabits a second. Where they are fetched: a turn of somebody else, and
/// one's own.
const SENT_WITHIN: Duration = Duration::from_secs(600);
/// The longest document another server may send; forms have their own, smaller bound.
const LONGEST_BODY: usize = 1024 * 1024;

/// Every URL.
pub const ROUTES: &[Route] = &joined::<
    {
        pages::ROUTES.len()
            + servers::ROUTES.len()
            + apps::ROUTES.len()
            + alpha::ROUTES.len()
            + moderators::ROUTES.len()
    },
>(&[
    pages::ROUTES,
    servers::ROUTES,
    apps::ROUTES,
    alpha::ROUTES,
    moderators::ROUTES,
]);

/// The router of an installation.
pub fn build(app: &App) -> Router {
    ROUTES
        .iter()
        .fold(Router::new(), |router, route| {
            let within = if route.slow {
                SENT_WITHIN
            } else {
                ANSWER_WITHIN
            };
            let mut handler = (route.handler)()
                .router
                .layer(TimeoutLayer::with_status_code(
                    StatusCode::REQUEST_TIMEOUT,
                    within,
                ));
            if route.kind == Kind::Api {
                let layer = from_fn_with_state((app.clone(), route.wants), client::authorize);
                handler = handler.layer(layer);
            }
            // Some apps end addresses with a slash.
            let router = if route.kind == Kind::Api || route.path == "/oauth/authorize" {
                router.route(&format!("{}/", route.path), handler.clone())
            } else {
                router
            };
            router.route(route.path, handler)
        })
        .fallback(|| async { Error::NotFound })
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(CatchPanicLayer::custom(finish::after_panic))
        .layer(from_fn_with_state(app.clone(), media::web::by_host))
        .layer(from_fn_with_state(app.clone(), finish::finish))
        // Sound and film are packed already, and are sent in parts.
        .layer(
            CompressionLayer::new().compress_when(
                DefaultPredicate::new()
                    .and(NotForContentType::const_new("video/"))
                    .and(NotForContentType::const_new("audio/")),
            ),
        )
        .with_state(app.clone())
}
