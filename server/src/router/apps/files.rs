//! Files.

use crate::http::Wants;
use crate::media;
use crate::router::endpoint::{delete, get, post, put};
use crate::router::route::{Route, api};

pub(super) const ROUTES: &[Route] = &[
    api(
        "POST",
        "/api/v2/media",
        Wants::Member(&["write:media"]),
        "MediaAttachment",
        || post(media::api::upload),
    )
    .slow(),
    api(
        "POST",
        "/api/v1/media",
        Wants::Member(&["write:media"]),
        "MediaAttachment",
        || post(media::api::upload_and_wait),
    )
    .slow(),
    api(
        "GET",
        "/api/v1/media/{id}",
        Wants::Member(&["write:media"]),
        "MediaAttachment",
        || get(media::api::show),
    ),
    api(
        "PUT",
        "/api/v1/media/{id}",
        Wants::Member(&["write:media"]),
        "MediaAttachment",
        || put(media::api::change),
    )
    .slow(),
    api(
        "DELETE",
        "/api/v1/media/{id}",
        Wants::Member(&["write:media"]),
        "{}",
        || delete(media::api::remove),
    ),
];
