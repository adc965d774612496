//! What the apps of moderators ask.

use crate::http::Wants;
use crate::{discovery, moderation, numbers, sign_up_blocks};

use super::endpoint::{delete, get, post, put};
use super::route::{Route, api};

pub(super) const ROUTES: &[Route] = &[
    // Apps: those who look after a community, and who does not simply join it
    api(
        "GET",
        "/api/v1/admin/email_domain_blocks",
        Wants::Member(&["admin:read:email_domain_blocks"]),
        || get(sign_up_blocks::api::providers),
    ),
    api(
        "POST",
        "/api/v1/admin/email_domain_blocks",
        Wants::Member(&["admin:write:email_domain_blocks"]),
        || post(sign_up_blocks::api::block_provider),
    ),
    api(
        "GET",
        "/api/v1/admin/email_domain_blocks/{id}",
        Wants::Member(&["admin:read:email_domain_blocks"]),
        || get(sign_up_blocks::api::provider),
    ),
    api(
        "DELETE",
        "/api/v1/admin/email_domain_blocks/{id}",
        Wants::Member(&["admin:write:email_domain_blocks"]),
        || delete(sign_up_blocks::api::unblock_provider),
    ),
    api(
        "GET",
        "/api/v1/admin/canonical_email_blocks",
        Wants::Member(&["admin:read:canonical_email_blocks"]),
        || get(sign_up_blocks::api::emails),
    ),
    api(
        "POST",
        "/api/v1/admin/canonical_email_blocks",
        Wants::Member(&["admin:write:canonical_email_blocks"]),
        || post(sign_up_blocks::api::block_email),
    ),
    api(
        "POST",
        "/api/v1/admin/canonical_email_blocks/test",
        Wants::Member(&["admin:read:canonical_email_blocks"]),
        || post(sign_up_blocks::api::test_email),
    ),
    api(
        "GET",
        "/api/v1/admin/canonical_email_blocks/{id}",
        Wants::Member(&["admin:read:canonical_email_blocks"]),
        || get(sign_up_blocks::api::email),
    ),
    api(
        "DELETE",
        "/api/v1/admin/canonical_email_blocks/{id}",
        Wants::Member(&["admin:write:canonical_email_blocks"]),
        || delete(sign_up_blocks::api::unblock_email),
    ),
    api(
        "GET",
        "/api/v1/admin/ip_blocks",
        Wants::Member(&["admin:read:ip_blocks"]),
        || get(sign_up_blocks::api::networks),
    ),
    api(
        "POST",
        "/api/v1/admin/ip_blocks",
        Wants::Member(&["admin:write:ip_blocks"]),
        || post(sign_up_blocks::api::block_network),
    ),
    api(
        "GET",
        "/api/v1/admin/ip_blocks/{id}",
        Wants::Member(&["admin:read:ip_blocks"]),
        || get(sign_up_blocks::api::network),
    ),
    api(
        "PUT",
        "/api/v1/admin/ip_blocks/{id}",
        Wants::Member(&["admin:write:ip_blocks"]),
        || put(sign_up_blocks::api::change_network),
    ),
    api(
        "DELETE",
        "/api/v1/admin/ip_blocks/{id}",
        Wants::Member(&["admin:write:ip_blocks"]),
        || delete(sign_up_blocks::api::unblock_network),
    ),
    api(
        "POST",
        "/api/v1/admin/accounts/{id}/approve",
        Wants::Member(&["admin:write:accounts"]),
        || post(moderation::api::accounts::approve),
    ),
    api(
        "POST",
        "/api/v1/admin/accounts/{id}/reject",
        Wants::Member(&["admin:write:accounts"]),
        || post(moderation::api::accounts::reject),
    ),
    // Apps: those who look after a community
    api(
        "GET",
        "/api/v1/admin/accounts",
        Wants::Member(&["admin:read:accounts"]),
        || get(moderation::api::accounts::list),
    ),
    api(
        "GET",
        "/api/v2/admin/accounts",
        Wants::Member(&["admin:read:accounts"]),
        || get(moderation::api::accounts::list),
    ),
    api(
        "GET",
        "/api/v1/admin/accounts/{id}",
        Wants::Member(&["admin:read:accounts"]),
        || get(moderation::api::accounts::one),
    ),
    api(
        "DELETE",
        "/api/v1/admin/accounts/{id}",
        Wants::Member(&["admin:write:accounts"]),
        || delete(moderation::api::accounts::remove),
    ),
    api(
        "POST",
        "/api/v1/admin/accounts/{id}/action",
        Wants::Member(&["admin:write:accounts"]),
        || post(moderation::api::accounts::action),
    ),
    api(
        "POST",
        "/api/v1/admin/accounts/{id}/enable",
        Wants::Member(&["admin:write:accounts"]),
        || post(moderation::api::accounts::enable),
    ),
    api(
        "POST",
        "/api/v1/admin/accounts/{id}/unsensitive",
        Wants::Member(&["admin:write:accounts"]),
        || post(moderation::api::accounts::unsensitive),
    ),
    api(
        "POST",
        "/api/v1/admin/accounts/{id}/unsilence",
        Wants::Member(&["admin:write:accounts"]),
        || post(moderation::api::accounts::unsilence),
    ),
    api(
        "POST",
        "/api/v1/admin/accounts/{id}/unsuspend",
        Wants::Member(&["admin:write:accounts"]),
        || post(moderation::api::accounts::unsuspend),
    ),
    api(
        "GET",
        "/api/v1/admin/reports",
        Wants::Member(&["admin:read:reports"]),
        || get(moderation::api::reports::list),
    ),
    api(
        "GET",
        "/api/v1/admin/reports/{id}",
        Wants::Member(&["admin:read:reports"]),
        || get(moderation::api::reports::one),
    ),
    api(
        "PUT",
        "/api/v1/admin/reports/{id}",
        Wants::Member(&["admin:write:reports"]),
        || put(moderation::api::reports::change),
    ),
    api(
        "POST",
        "/api/v1/admin/reports/{id}/assign_to_self",
        Wants::Member(&["admin:write:reports"]),
        || post(moderation::api::reports::assign),
    ),
    api(
        "POST",
        "/api/v1/admin/reports/{id}/unassign",
        Wants::Member(&["admin:write:reports"]),
        || post(moderation::api::reports::unassign),
    ),
    api(
        "POST",
        "/api/v1/admin/reports/{id}/resolve",
        Wants::Member(&["admin:write:reports"]),
        || post(moderation::api::reports::resolve),
    ),
    api(
        "POST",
        "/api/v1/admin/reports/{id}/reopen",
        Wants::Member(&["admin:write:reports"]),
        || post(moderation::api::reports::reopen),
    ),
    api(
        "GET",
        "/api/v1/admin/domain_blocks",
        Wants::Member(&["admin:read:domain_blocks"]),
        || get(moderation::api::servers::blocks),
    ),
    api(
        "POST",
        "/api/v1/admin/domain_blocks",
        Wants::Member(&["admin:write:domain_blocks"]),
        || post(moderation::api::servers::block),
    ),
    api(
        "GET",
        "/api/v1/admin/domain_blocks/{id}",
        Wants::Member(&["admin:read:domain_blocks"]),
        || get(moderation::api::servers::show_block),
    ),
    api(
        "PUT",
        "/api/v1/admin/domain_blocks/{id}",
        Wants::Member(&["admin:write:domain_blocks"]),
        || put(moderation::api::servers::change_block),
    ),
    api(
        "DELETE",
        "/api/v1/admin/domain_blocks/{id}",
        Wants::Member(&["admin:write:domain_blocks"]),
        || delete(moderation::api::servers::unblock),
    ),
    api(
        "GET",
        "/api/v1/admin/domain_allows",
        Wants::Member(&["admin:read:domain_allows"]),
        || get(moderation::api::servers::allows),
    ),
    api(
        "POST",
        "/api/v1/admin/domain_allows",
        Wants::Member(&["admin:write:domain_allows"]),
        || post(moderation::api::servers::allow),
    ),
    api(
        "GET",
        "/api/v1/admin/domain_allows/{id}",
        Wants::Member(&["admin:read:domain_allows"]),
        || get(moderation::api::servers::show_allow),
    ),
    api(
        "DELETE",
        "/api/v1/admin/domain_allows/{id}",
        Wants::Member(&["admin:write:domain_allows"]),
        || delete(moderation::api::servers::disallow),
    ),
    // Apps: what is talked about, and what moderators keep out of it
    api(
        "GET",
        "/api/v1/admin/trends/tags",
        Wants::Member(&["admin:read"]),
        || get(discovery::moderated::topics),
    ),
    api(
        "POST",
        "/api/v1/admin/trends/tags/{id}/approve",
        Wants::Member(&["admin:write"]),
        || post(discovery::moderated::approve_topic),
    ),
    api(
        "POST",
        "/api/v1/admin/trends/tags/{id}/reject",
        Wants::Member(&["admin:write"]),
        || post(discovery::moderated::reject_topic),
    ),
    api(
        "GET",
        "/api/v1/admin/trends/statuses",
        Wants::Member(&["admin:read"]),
        || get(discovery::moderated::posts),
    ),
    api(
        "POST",
        "/api/v1/admin/trends/statuses/{id}/approve",
        Wants::Member(&["admin:write"]),
        || post(discovery::moderated::approve_post),
    ),
    api(
        "POST",
        "/api/v1/admin/trends/statuses/{id}/reject",
        Wants::Member(&["admin:write"]),
        || post(discovery::moderated::reject_post),
    ),
    api(
        "GET",
        "/api/v1/admin/trends/links",
        Wants::Member(&["admin:read"]),
        || get(discovery::moderated::pages),
    ),
    api(
        "POST",
        "/api/v1/admin/trends/links/{id}/approve",
        Wants::Member(&["admin:write"]),
        || post(discovery::moderated::approve_page),
    ),
    api(
        "POST",
        "/api/v1/admin/trends/links/{id}/reject",
        Wants::Member(&["admin:write"]),
        || post(discovery::moderated::reject_page),
    ),
    // Apps: how much goes on, for those who look after a community
    api(
        "POST",
        "/api/v1/admin/measures",
        Wants::Member(&["admin:read"]),
        || post(numbers::api::measures),
    ),
    api(
        "POST",
        "/api/v1/admin/dimensions",
        Wants::Member(&["admin:read"]),
        || post(numbers::api::dimensions),
    ),
    api(
        "POST",
        "/api/v1/admin/retention",
        Wants::Member(&["admin:read"]),
        || post(numbers::api::retention),
    ),
];
