//! For apps that show boundaries.

use crate::http::Wants;
use crate::router::endpoint::{delete, get, post, put};
use crate::router::openapi;
use crate::router::route::{Route, api};
use crate::{contacts, drafts, reach, rules};

pub(super) const ROUTES: &[Route] = &[
    api(
        "GET",
        "/api/comity/v1/openapi.json",
        Wants::Nothing,
        "any",
        || get(openapi::show),
    ),
    api(
        "GET",
        "/api/comity/v1/why",
        Wants::Member(&["read:blocks"]),
        "Why",
        || get(rules::api::why),
    ),
    api(
        "GET",
        "/api/comity/v1/rules",
        Wants::Member(&["read:blocks"]),
        "Boundaries",
        || get(rules::api::rules),
    ),
    api(
        "POST",
        "/api/comity/v1/reach",
        Wants::Member(&["read:statuses"]),
        "Reach",
        || post(reach::api::preview),
    ),
    api(
        "GET",
        "/api/comity/v1/statuses/{id}/reach",
        Wants::Member(&["read:statuses"]),
        "Ledger",
        || get(reach::api::ledger),
    ),
    api(
        "GET",
        "/api/comity/v1/contacts",
        Wants::Member(&["read:notifications"]),
        "[Contact]",
        || get(contacts::api::list),
    ),
    api(
        "POST",
        "/api/comity/v1/contacts/{id}/welcome",
        Wants::Member(&["write:follows"]),
        "{}",
        || post(contacts::api::welcome),
    ),
    api(
        "POST",
        "/api/comity/v1/contacts/{id}/send-away",
        Wants::Member(&["write:follows"]),
        "{}",
        || post(contacts::api::send_away),
    ),
    api(
        "GET",
        "/api/comity/v1/drafts",
        Wants::Member(&["read:statuses"]),
        "[Draft]",
        || get(drafts::api::list),
    ),
    api(
        "POST",
        "/api/comity/v1/drafts",
        Wants::Member(&["write:statuses"]),
        "Draft",
        || post(drafts::api::create),
    ),
    api(
        "GET",
        "/api/comity/v1/drafts/{id}",
        Wants::Member(&["read:statuses"]),
        "Draft",
        || get(drafts::api::one),
    ),
    api(
        "PUT",
        "/api/comity/v1/drafts/{id}",
        Wants::Member(&["write:statuses"]),
        "Draft",
        || put(drafts::api::change),
    ),
    api(
        "DELETE",
        "/api/comity/v1/drafts/{id}",
        Wants::Member(&["write:statuses"]),
        "{}",
        || delete(drafts::api::delete),
    ),
];
