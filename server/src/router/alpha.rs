//! What apps ask at the addresses that collections had in Mastodon before they were final: the same as at those of `v1`.

use crate::collections;
use crate::http::Wants;

use super::endpoint::{delete, get, patch, post, put};
use super::route::{Route, api};

pub(super) const ROUTES: &[Route] = &[
    api(
        "GET",
        "/api/v1_alpha/accounts/{id}/collections",
        Wants::Anyone(&["read:collections"]),
        "Collections",
        || get(collections::api::of_account),
    ),
    api(
        "GET",
        "/api/v1_alpha/accounts/{id}/in_collections",
        Wants::Member(&["read:collections"]),
        "Collections",
        || get(collections::api::with_account),
    ),
    api(
        "POST",
        "/api/v1_alpha/collections",
        Wants::Member(&["write:collections"]),
        "WrappedCollection",
        || post(collections::api::create),
    ),
    api(
        "GET",
        "/api/v1_alpha/collections/{id}",
        Wants::Anyone(&["read:collections"]),
        "CollectionWithAccounts",
        || get(collections::api::one),
    ),
    api(
        "PATCH",
        "/api/v1_alpha/collections/{id}",
        Wants::Member(&["write:collections"]),
        "WrappedCollection",
        || patch(collections::api::change),
    ),
    api(
        "PUT",
        "/api/v1_alpha/collections/{id}",
        Wants::Member(&["write:collections"]),
        "WrappedCollection",
        || put(collections::api::change),
    ),
    api(
        "DELETE",
        "/api/v1_alpha/collections/{id}",
        Wants::Member(&["write:collections"]),
        "{}",
        || delete(collections::api::remove),
    ),
    api(
        "POST",
        "/api/v1_alpha/collections/{id}/items",
        Wants::Member(&["write:collections"]),
        "WrappedCollectionItem",
        || post(collections::api::add),
    ),
    api(
        "DELETE",
        "/api/v1_alpha/collections/{id}/items/{item}",
        Wants::Member(&["write:collections"]),
        "{}",
        || delete(collections::api::take_out),
    ),
    api(
        "POST",
        "/api/v1_alpha/collections/{id}/items/{item}/revoke",
        Wants::Member(&["write:collections"]),
        "{}",
        || post(collections::api::revoke),
    ),
];
