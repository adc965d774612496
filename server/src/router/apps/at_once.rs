//! What is told at once: to devices and to open connections.

use crate::http::Wants;
use crate::router::endpoint::{delete, get, post, put};
use crate::router::route::{Route, api};
use crate::{push, streaming};

pub(super) const ROUTES: &[Route] = &[
    // Push
    api(
        "GET",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        "WebPushSubscription",
        || get(push::api::show),
    ),
    api(
        "POST",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        "WebPushSubscription",
        || post(push::api::subscribe),
    ),
    api(
        "PUT",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        "WebPushSubscription",
        || put(push::api::change),
    ),
    api(
        "DELETE",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        "{}",
        || delete(push::api::end),
    ),
    api(
        "DELETE",
        "/api/web/push_subscriptions/{token}",
        Wants::Nothing,
        "{}",
        || delete(push::api::end_by_address),
    ),
    // Streams
    api("GET", "/api/v1/streaming", Wants::Stream, "events", || {
        get(streaming::api::socket)
    }),
    api(
        "GET",
        "/api/v1/streaming/health",
        Wants::Nothing,
        "word",
        || get(streaming::api::health),
    ),
    api(
        "GET",
        "/api/v1/streaming/user",
        Wants::Stream,
        "events",
        || get(streaming::api::user),
    ),
    api(
        "GET",
        "/api/v1/streaming/user/notification",
        Wants::Stream,
        "events",
        || get(streaming::api::notifications),
    ),
    api(
        "GET",
        "/api/v1/streaming/public",
        Wants::Stream,
        "events",
        || get(streaming::api::public),
    ),
    api(
        "GET",
        "/api/v1/streaming/public/local",
        Wants::Stream,
        "events",
        || get(streaming::api::public_local),
    ),
    api(
        "GET",
        "/api/v1/streaming/public/remote",
        Wants::Stream,
        "events",
        || get(streaming::api::public_remote),
    ),
    api(
        "GET",
        "/api/v1/streaming/hashtag",
        Wants::Stream,
        "events",
        || get(streaming::api::hashtag),
    ),
    api(
        "GET",
        "/api/v1/streaming/hashtag/local",
        Wants::Stream,
        "events",
        || get(streaming::api::hashtag_local),
    ),
    api(
        "GET",
        "/api/v1/streaming/list",
        Wants::Stream,
        "events",
        || get(streaming::api::list),
    ),
    api(
        "GET",
        "/api/v1/streaming/direct",
        Wants::Stream,
        "events",
        || get(streaming::api::direct),
    ),
];
