//! What other servers ask.

use crate::http::health::health;
use crate::{accounts, communities, follows, inbox, members, pins, stamps, statuses, web};

use super::endpoint::{get, post};
use super::route::{Kind, Route, acts, reads};

pub(super) const ROUTES: &[Route] = &[
    // For other servers
    reads("/.well-known/webfinger", Kind::Activity, || {
        get(accounts::activity::webfinger)
    }),
    acts("/inbox", Kind::Activity, || post(inbox::door::post_shared)),
    acts("/actor/inbox", Kind::Activity, || {
        post(inbox::door::post_actor)
    }),
    reads("/actor/outbox", Kind::Activity, || {
        get(accounts::activity::nothing_of_community_actor)
    }),
    reads("/actor/followers", Kind::Activity, || {
        get(accounts::activity::nothing_of_community_actor)
    }),
    reads("/actor/following", Kind::Activity, || {
        get(accounts::activity::nothing_of_community_actor)
    }),
    reads("/actor/featured", Kind::Activity, || {
        get(accounts::activity::nothing_of_community_actor)
    }),
    acts("/users/{name}/inbox", Kind::Activity, || {
        post(inbox::door::post)
    }),
    reads("/users/{name}/outbox", Kind::Activity, || {
        get(accounts::activity::outbox)
    }),
    reads("/users/{name}/followers", Kind::Activity, || {
        get(accounts::activity::followers)
    }),
    reads("/users/{name}/following", Kind::Activity, || {
        get(accounts::activity::following)
    }),
    reads(
        "/users/{name}/followers_synchronization",
        Kind::Activity,
        || get(follows::activity::followers_synchronization),
    ),
    reads("/users/{name}/featured", Kind::Activity, || {
        get(pins::activity::featured)
    }),
    reads(
        "/users/{name}/statuses/{id}/activity",
        Kind::Activity,
        || get(statuses::activity::show_activity),
    ),
    reads(
        "/users/{name}/statuses/{id}/replies",
        Kind::Activity,
        || get(statuses::activity::replies),
    ),
    reads("/users/{name}/stamps/{id}", Kind::Activity, || {
        get(stamps::activity::show)
    }),
    // About ourselves
    reads("/.well-known/nodeinfo", Kind::Asset, || {
        get(communities::activity::nodeinfo_links)
    }),
    reads("/.well-known/change-password", Kind::Asset, || {
        get(members::web::security::is_at)
    }),
    reads("/.well-known/host-meta", Kind::Asset, || {
        get(communities::activity::host_meta)
    }),
    reads("/.well-known/host-meta.json", Kind::Asset, || {
        get(communities::activity::host_meta_json)
    }),
    reads("/nodeinfo/2.0", Kind::Asset, || {
        get(communities::activity::nodeinfo_2_0)
    }),
    reads("/nodeinfo/2.1", Kind::Asset, || {
        get(communities::activity::nodeinfo)
    }),
    reads("/robots.txt", Kind::Asset, || get(web::site::robots)),
    reads("/favicon.ico", Kind::Asset, || get(web::site::icon)),
    reads("/manifest.json", Kind::Asset, || get(web::site::manifest)),
    reads("/health", Kind::Asset, || get(health)),
    reads("/assets/{name}", Kind::Asset, || get(web::asset)),
    reads("/avatars/original/missing.png", Kind::Asset, || {
        get(web::no_avatar)
    }),
    reads("/headers/original/missing.png", Kind::Asset, || {
        get(web::no_header)
    }),
];
