//! What apps ask.

use crate::http::Wants;
use crate::{
    account_notes, accounts, announcements, annual_reports, antennas, backfill, bookmarks, cards,
    collections, communities, contacts, conversations, discovery, drafts, emojis, endorsements,
    favourites, featured_tags, filters, followed_tags, follows, markers, media, members,
    notifications, oauth, pins, polls, push, quotes, reach, reactions, reading_lists, reblogs,
    relations, reports, rules, scheduled, search, sign_ups, statuses, streaming, texts, timelines,
};

use super::endpoint::{delete, get, patch, post, put};
use super::openapi;
use super::route::{Kind, Route, acts, api, reads};

pub(super) const ROUTES: &[Route] = &[
    // Apps
    reads("/oauth/authorize", Kind::Page, || {
        get(oauth::web::authorize_page)
    }),
    acts("/oauth/authorize", Kind::Form, || {
        post(oauth::web::authorize)
    }),
    reads("/settings/apps", Kind::Page, || get(oauth::web::apps)),
    acts("/settings/apps", Kind::Form, || post(oauth::web::end_app)),
    acts("/settings/apps/sign-ins", Kind::Form, || {
        post(oauth::web::end_sign_in)
    }),
    acts("/settings/push", Kind::Form, || post(push::web::choose)),
    api("POST", "/oauth/token", Wants::Nothing, || {
        post(oauth::api::token)
    }),
    api("POST", "/oauth/revoke", Wants::Nothing, || {
        post(oauth::api::revoke)
    }),
    api(
        "GET",
        "/oauth/userinfo",
        Wants::Member(&["profile"]),
        || get(oauth::api::userinfo),
    ),
    api(
        "POST",
        "/oauth/userinfo",
        Wants::Member(&["profile"]),
        || post(oauth::api::userinfo),
    ),
    reads(
        "/.well-known/oauth-authorization-server",
        Kind::Asset,
        || get(oauth::api::metadata),
    ),
    api("POST", "/api/v1/apps", Wants::Nothing, || {
        post(oauth::api::register)
    }),
    api(
        "GET",
        "/api/v1/apps/verify_credentials",
        Wants::AnyApp,
        || get(oauth::api::verify_app),
    ),
    api(
        "GET",
        "/api/comity/v1/tokens",
        Wants::Member(&["read"]),
        || get(oauth::api::sign_ins),
    ),
    api(
        "DELETE",
        "/api/comity/v1/tokens/{id}",
        Wants::Member(&["write"]),
        || delete(oauth::api::end_sign_in),
    ),
    // Apps: the server
    api("GET", "/api/v2/instance", Wants::Nothing, || {
        get(communities::api::instance)
    }),
    api("GET", "/api/v1/instance", Wants::Nothing, || {
        get(communities::api::instance_v1)
    }),
    api("GET", "/api/v1/instance/rules", Wants::Nothing, || {
        get(communities::api::rules)
    }),
    api("GET", "/api/v1/instance/languages", Wants::Nothing, || {
        get(communities::api::languages)
    }),
    api(
        "GET",
        "/api/v1/instance/translation_languages",
        Wants::Nothing,
        || get(communities::api::translation_languages),
    ),
    api(
        "GET",
        "/api/v1/instance/extended_description",
        Wants::Nothing,
        || get(communities::api::extended_description),
    ),
    api(
        "GET",
        "/api/v1/instance/privacy_policy",
        Wants::Nothing,
        || get(texts::api::privacy_policy),
    ),
    api(
        "GET",
        "/api/v1/instance/terms_of_service",
        Wants::Nothing,
        || get(texts::api::terms_of_service),
    ),
    api(
        "GET",
        "/api/v1/instance/terms_of_service/{date}",
        Wants::Nothing,
        || get(texts::api::terms_of_day),
    ),
    api(
        "GET",
        "/api/v1/instance/domain_blocks",
        Wants::Nothing,
        || get(communities::api::domain_blocks),
    ),
    api("GET", "/api/v1/custom_emojis", Wants::Nothing, || {
        get(emojis::api::list)
    }),
    api("GET", "/api/v1/instance/peers", Wants::Nothing, || {
        get(discovery::api::peers)
    }),
    api("GET", "/api/v1/peers/search", Wants::Nothing, || {
        get(discovery::api::peers_search)
    }),
    api("GET", "/api/oembed", Wants::Nothing, || {
        get(statuses::oembed::show)
    }),
    api("GET", "/api/v1/instance/activity", Wants::Nothing, || {
        get(discovery::api::activity)
    }),
    api(
        "GET",
        "/api/v1/directory",
        Wants::Anyone(&["read:accounts"]),
        || get(discovery::api::directory),
    ),
    api(
        "GET",
        "/api/v2/suggestions",
        Wants::Member(&["read:accounts"]),
        || get(discovery::api::suggestions),
    ),
    api(
        "GET",
        "/api/v1/suggestions",
        Wants::Member(&["read:accounts"]),
        || get(discovery::api::suggestions_v1),
    ),
    api(
        "DELETE",
        "/api/v1/suggestions/{id}",
        Wants::Member(&["write:accounts"]),
        || delete(discovery::api::dismiss),
    ),
    api(
        "GET",
        "/api/v1/timelines/link",
        Wants::Anyone(&["read:statuses"]),
        || get(timelines::api::link),
    ),
    api(
        "GET",
        "/api/v1/announcements",
        Wants::Anyone(&["read:accounts"]),
        || get(announcements::api::list),
    ),
    api(
        "POST",
        "/api/v1/announcements/{id}/dismiss",
        Wants::Member(&["write:accounts"]),
        || post(announcements::api::dismiss),
    ),
    api(
        "PUT",
        "/api/v1/announcements/{id}/reactions/{name}",
        Wants::Member(&["write:favourites"]),
        || put(announcements::api::react),
    ),
    api(
        "DELETE",
        "/api/v1/announcements/{id}/reactions/{name}",
        Wants::Member(&["write:favourites"]),
        || delete(announcements::api::unreact),
    ),
    api(
        "GET",
        "/api/v1/annual_reports",
        Wants::Member(&["read:accounts"]),
        || get(annual_reports::api::list),
    ),
    api(
        "GET",
        "/api/v1/annual_reports/{id}",
        Wants::Member(&["read:accounts"]),
        || get(annual_reports::api::one),
    ),
    api(
        "GET",
        "/api/v1/annual_reports/{id}/state",
        Wants::Member(&["read:accounts"]),
        || get(annual_reports::api::state),
    ),
    api(
        "POST",
        "/api/v1/annual_reports/{id}/generate",
        Wants::Member(&["write:accounts"]),
        || post(annual_reports::api::generate),
    ),
    api(
        "POST",
        "/api/v1/annual_reports/{id}/read",
        Wants::Member(&["write:accounts"]),
        || post(annual_reports::api::read),
    ),
    api(
        "GET",
        "/api/v1/donation_campaigns",
        Wants::Member(&["read:accounts", "profile"]),
        || get(communities::api::donation_campaigns),
    ),
    api(
        "GET",
        "/api/v1/trends",
        Wants::Anyone(&["read:statuses"]),
        || get(discovery::api::trending_tags),
    ),
    api(
        "GET",
        "/api/v1/trends/tags",
        Wants::Anyone(&["read:statuses"]),
        || get(discovery::api::trending_tags),
    ),
    api(
        "GET",
        "/api/v1/trends/links",
        Wants::Anyone(&["read:statuses"]),
        || get(discovery::api::trending_links),
    ),
    api(
        "GET",
        "/api/v1/trends/statuses",
        Wants::Anyone(&["read:statuses"]),
        || get(discovery::api::trending_statuses),
    ),
    // Apps: people
    api(
        "GET",
        "/api/v1/accounts/verify_credentials",
        Wants::Member(&["read:accounts", "profile"]),
        || get(accounts::api::verify_credentials),
    ),
    api(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        Wants::Member(&["write:accounts"]),
        || patch(accounts::edit_api::update_credentials),
    )
    .slow(),
    api(
        "GET",
        "/api/v1/profile",
        Wants::Member(&["profile", "read:accounts"]),
        || get(accounts::edit_api::show_own),
    ),
    api(
        "PATCH",
        "/api/v1/profile",
        Wants::Member(&["write:accounts"]),
        || patch(accounts::edit_api::change_own),
    )
    .slow(),
    api(
        "PUT",
        "/api/v1/profile",
        Wants::Member(&["write:accounts"]),
        || put(accounts::edit_api::change_own),
    )
    .slow(),
    api(
        "DELETE",
        "/api/v1/profile/avatar",
        Wants::Member(&["write:accounts"]),
        || delete(accounts::edit_api::remove_avatar),
    ),
    api(
        "DELETE",
        "/api/v1/profile/header",
        Wants::Member(&["write:accounts"]),
        || delete(accounts::edit_api::remove_header),
    ),
    api(
        "GET",
        "/api/v1/accounts",
        Wants::Anyone(&["read:accounts"]),
        || get(accounts::api::accounts),
    ),
    api(
        "POST",
        "/api/v1/accounts",
        Wants::App(&["write:accounts"]),
        || post(sign_ups::api::create),
    ),
    api(
        "POST",
        "/api/v1/emails/confirmations",
        Wants::SignedUp(&["write:accounts"]),
        || post(sign_ups::api::ask_again),
    ),
    api(
        "GET",
        "/api/v1/emails/check_confirmation",
        Wants::SignedUp(&["read:accounts"]),
        || get(sign_ups::api::is_confirmed),
    ),
    api(
        "GET",
        "/api/v1/accounts/lookup",
        Wants::Anyone(&["read:accounts"]),
        || get(accounts::api::lookup),
    ),
    api(
        "GET",
        "/api/v1/accounts/search",
        Wants::Member(&["read:accounts"]),
        || get(accounts::api::search),
    ),
    api(
        "GET",
        "/api/v1/accounts/relationships",
        Wants::Member(&["read:follows"]),
        || get(accounts::api::relations),
    ),
    api(
        "GET",
        "/api/v1/accounts/familiar_followers",
        Wants::Member(&["read:follows"]),
        || get(accounts::api::familiar_followers),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}",
        Wants::Anyone(&["read:accounts"]),
        || get(accounts::api::account),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/statuses",
        Wants::Anyone(&["read:statuses"]),
        || get(accounts::api::statuses),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/followers",
        Wants::Anyone(&["read:accounts"]),
        || get(follows::api::followers),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/following",
        Wants::Anyone(&["read:accounts"]),
        || get(follows::api::following),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/follow",
        Wants::Member(&["write:follows", "follow"]),
        || post(follows::api::follow),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/unfollow",
        Wants::Member(&["write:follows", "follow"]),
        || post(follows::api::unfollow),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/remove_from_followers",
        Wants::Member(&["write:follows", "follow"]),
        || post(follows::api::remove_follower),
    ),
    api(
        "GET",
        "/api/v1/domain_blocks",
        Wants::Member(&["read:blocks", "follow"]),
        || get(rules::domain_blocks::list),
    ),
    api(
        "GET",
        "/api/v1/domain_blocks/preview",
        Wants::Member(&["write:blocks", "follow"]),
        || get(rules::domain_blocks::preview),
    ),
    api(
        "POST",
        "/api/v1/domain_blocks",
        Wants::Member(&["write:blocks", "follow"]),
        || post(rules::domain_blocks::block),
    ),
    api(
        "DELETE",
        "/api/v1/domain_blocks",
        Wants::Member(&["write:blocks", "follow"]),
        || delete(rules::domain_blocks::unblock),
    ),
    api(
        "GET",
        "/api/v1/follow_requests",
        Wants::Member(&["read:follows", "follow"]),
        || get(follows::api::requests),
    ),
    api(
        "POST",
        "/api/v1/follow_requests/{id}/authorize",
        Wants::Member(&["write:follows", "follow"]),
        || post(follows::api::authorize),
    ),
    api(
        "POST",
        "/api/v1/follow_requests/{id}/reject",
        Wants::Member(&["write:follows", "follow"]),
        || post(follows::api::reject),
    ),
    // Apps: statuses
    api(
        "POST",
        "/api/v1/statuses",
        Wants::Member(&["write:statuses"]),
        || post(statuses::api::create),
    ),
    api(
        "GET",
        "/api/v1/statuses",
        Wants::Anyone(&["read:statuses"]),
        || get(statuses::api::statuses),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}",
        Wants::Anyone(&["read:statuses"]),
        || get(statuses::api::status),
    ),
    api(
        "PUT",
        "/api/v1/statuses/{id}",
        Wants::Member(&["write:statuses"]),
        || put(statuses::api::edit),
    ),
    api(
        "DELETE",
        "/api/v1/statuses/{id}",
        Wants::Member(&["write:statuses"]),
        || delete(statuses::api::delete),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/context",
        Wants::Anyone(&["read:statuses"]),
        || get(conversations::api::context),
    ),
    api(
        "GET",
        "/api/v1_alpha/async_refreshes/{id}",
        Wants::Member(&["read:statuses"]),
        || get(backfill::api::refresh),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/source",
        Wants::Member(&["read:statuses"]),
        || get(statuses::api::source),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/history",
        Wants::Anyone(&["read:statuses"]),
        || get(statuses::api::history),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/card",
        Wants::Anyone(&["read:statuses"]),
        || get(cards::api::show),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/reblogged_by",
        Wants::Anyone(&["read:statuses", "read:accounts"]),
        || get(statuses::api::reblogged_by),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/favourited_by",
        Wants::Anyone(&["read:statuses", "read:accounts"]),
        || get(favourites::api::favourited_by),
    ),
    api(
        "PUT",
        "/api/v1/statuses/{id}/interaction_policy",
        Wants::Member(&["write:statuses"]),
        || put(statuses::api::interaction_policy),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/quotes",
        Wants::Member(&["read:statuses"]),
        || get(quotes::api::quotes),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/quotes/{quoting}/revoke",
        Wants::Member(&["write:statuses"]),
        || post(quotes::api::revoke),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/favourite",
        Wants::Member(&["write:favourites"]),
        || post(favourites::api::favourite),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/unfavourite",
        Wants::Member(&["write:favourites"]),
        || post(favourites::api::unfavourite),
    ),
    // Reactions
    api(
        "POST",
        "/api/v1/statuses/{id}/react/{emoji}",
        Wants::Member(&["write:favourites"]),
        || post(reactions::api::react),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/unreact/{emoji}",
        Wants::Member(&["write:favourites"]),
        || post(reactions::api::unreact),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/reactions",
        Wants::Anyone(&["read:statuses"]),
        || get(reactions::api::list),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/reactions/{emoji}",
        Wants::Anyone(&["read:statuses"]),
        || get(reactions::api::one),
    ),
    api(
        "GET",
        "/api/v1/pleroma/statuses/{id}/reactions",
        Wants::Anyone(&["read:statuses"]),
        || get(reactions::api::list),
    ),
    api(
        "GET",
        "/api/v1/pleroma/statuses/{id}/reactions/{emoji}",
        Wants::Anyone(&["read:statuses"]),
        || get(reactions::api::one),
    ),
    api(
        "PUT",
        "/api/v1/pleroma/statuses/{id}/reactions/{emoji}",
        Wants::Member(&["write:favourites"]),
        || put(reactions::api::react),
    ),
    api(
        "DELETE",
        "/api/v1/pleroma/statuses/{id}/reactions/{emoji}",
        Wants::Member(&["write:favourites"]),
        || delete(reactions::api::unreact),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/reblog",
        Wants::Member(&["write:statuses"]),
        || post(reblogs::api::reblog),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/unreblog",
        Wants::Member(&["write:statuses"]),
        || post(reblogs::api::unreblog),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/pin",
        Wants::Member(&["write:accounts"]),
        || post(pins::api::pin),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/unpin",
        Wants::Member(&["write:accounts"]),
        || post(pins::api::unpin),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/mute",
        Wants::Member(&["write:mutes"]),
        || post(conversations::api::mute),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/unmute",
        Wants::Member(&["write:mutes"]),
        || post(conversations::api::unmute),
    ),
    // Apps: push
    api(
        "GET",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        || get(push::api::show),
    ),
    api(
        "POST",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        || post(push::api::subscribe),
    ),
    api(
        "PUT",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        || put(push::api::change),
    ),
    api(
        "DELETE",
        "/api/v1/push/subscription",
        Wants::Member(&["push"]),
        || delete(push::api::end),
    ),
    api(
        "DELETE",
        "/api/web/push_subscriptions/{token}",
        Wants::Nothing,
        || delete(push::api::end_by_address),
    ),
    // Apps: streams
    api("GET", "/api/v1/streaming", Wants::Stream, || {
        get(streaming::api::socket)
    }),
    api("GET", "/api/v1/streaming/health", Wants::Nothing, || {
        get(streaming::api::health)
    }),
    api("GET", "/api/v1/streaming/user", Wants::Stream, || {
        get(streaming::api::user)
    }),
    api(
        "GET",
        "/api/v1/streaming/user/notification",
        Wants::Stream,
        || get(streaming::api::notifications),
    ),
    api("GET", "/api/v1/streaming/public", Wants::Stream, || {
        get(streaming::api::public)
    }),
    api(
        "GET",
        "/api/v1/streaming/public/local",
        Wants::Stream,
        || get(streaming::api::public_local),
    ),
    api(
        "GET",
        "/api/v1/streaming/public/remote",
        Wants::Stream,
        || get(streaming::api::public_remote),
    ),
    api("GET", "/api/v1/streaming/hashtag", Wants::Stream, || {
        get(streaming::api::hashtag)
    }),
    api(
        "GET",
        "/api/v1/streaming/hashtag/local",
        Wants::Stream,
        || get(streaming::api::hashtag_local),
    ),
    api("GET", "/api/v1/streaming/list", Wants::Stream, || {
        get(streaming::api::list)
    }),
    api("GET", "/api/v1/streaming/direct", Wants::Stream, || {
        get(streaming::api::direct)
    }),
    // Apps: timelines and what happened
    api(
        "GET",
        "/api/v1/timelines/home",
        Wants::Member(&["read:statuses"]),
        || get(timelines::api::home),
    ),
    api(
        "GET",
        "/api/v1/timelines/public",
        Wants::Anyone(&["read:statuses"]),
        || get(timelines::api::public),
    ),
    api(
        "GET",
        "/api/v1/timelines/tag/{name}",
        Wants::Anyone(&["read:statuses"]),
        || get(timelines::api::tag),
    ),
    api(
        "GET",
        "/api/v1/notifications",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::list),
    ),
    api(
        "GET",
        "/api/v1/notifications/unread_count",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::unread_count),
    ),
    api(
        "GET",
        "/api/v1/notifications/{id}",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::one),
    ),
    api(
        "POST",
        "/api/v1/notifications/clear",
        Wants::Member(&["write:notifications"]),
        || post(notifications::api::clear),
    ),
    api(
        "POST",
        "/api/v1/notifications/{id}/dismiss",
        Wants::Member(&["write:notifications"]),
        || post(notifications::api::dismiss),
    ),
    api(
        "DELETE",
        "/api/v1/notifications/{id}",
        Wants::Member(&["write:notifications"]),
        || delete(notifications::api::dismiss),
    ),
    api(
        "GET",
        "/api/v2/notifications/policy",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::policy::show),
    ),
    api(
        "PATCH",
        "/api/v2/notifications/policy",
        Wants::Member(&["write:notifications"]),
        || patch(notifications::api::policy::change),
    ),
    api(
        "PUT",
        "/api/v2/notifications/policy",
        Wants::Member(&["write:notifications"]),
        || put(notifications::api::policy::change),
    ),
    api(
        "GET",
        "/api/v1/notifications/policy",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::policy::show_v1),
    ),
    api(
        "PATCH",
        "/api/v1/notifications/policy",
        Wants::Member(&["write:notifications"]),
        || patch(notifications::api::policy::change_v1),
    ),
    api(
        "PUT",
        "/api/v1/notifications/policy",
        Wants::Member(&["write:notifications"]),
        || put(notifications::api::policy::change_v1),
    ),
    api(
        "GET",
        "/api/v1/notifications/requests",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::requests::list),
    ),
    api(
        "GET",
        "/api/v1/notifications/requests/merged",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::requests::merged),
    ),
    api(
        "POST",
        "/api/v1/notifications/requests/accept",
        Wants::Member(&["write:notifications"]),
        || post(notifications::api::requests::accept_several),
    ),
    api(
        "POST",
        "/api/v1/notifications/requests/dismiss",
        Wants::Member(&["write:notifications"]),
        || post(notifications::api::requests::dismiss_several),
    ),
    api(
        "GET",
        "/api/v1/notifications/requests/{id}",
        Wants::Member(&["read:notifications"]),
        || get(notifications::api::requests::one),
    ),
    api(
        "POST",
        "/api/v1/notifications/requests/{id}/accept",
        Wants::Member(&["write:notifications"]),
        || post(notifications::api::requests::accept),
    ),
    api(
        "POST",
        "/api/v1/notifications/requests/{id}/dismiss",
        Wants::Member(&["write:notifications"]),
        || post(notifications::api::requests::dismiss),
    ),
    api(
        "GET",
        "/api/v2/notifications",
        Wants::Member(&["read:notifications"]),
        || get(notifications::v2::list),
    ),
    api(
        "GET",
        "/api/v2/notifications/unread_count",
        Wants::Member(&["read:notifications"]),
        || get(notifications::v2::unread_count),
    ),
    api(
        "POST",
        "/api/v2/notifications/clear",
        Wants::Member(&["write:notifications"]),
        || post(notifications::api::clear),
    ),
    api(
        "GET",
        "/api/v2/notifications/{id}",
        Wants::Member(&["read:notifications"]),
        || get(notifications::v2::one),
    ),
    api(
        "POST",
        "/api/v2/notifications/{id}/dismiss",
        Wants::Member(&["write:notifications"]),
        || post(notifications::v2::dismiss),
    ),
    api(
        "GET",
        "/api/v2/notifications/{id}/accounts",
        Wants::Member(&["read:notifications"]),
        || get(notifications::v2::people),
    ),
    api(
        "GET",
        "/api/v1/scheduled_statuses",
        Wants::Member(&["read:statuses"]),
        || get(scheduled::api::list),
    ),
    api(
        "GET",
        "/api/v1/scheduled_statuses/{id}",
        Wants::Member(&["read:statuses"]),
        || get(scheduled::api::one),
    ),
    api(
        "PUT",
        "/api/v1/scheduled_statuses/{id}",
        Wants::Member(&["write:statuses"]),
        || put(scheduled::api::reschedule),
    ),
    api(
        "DELETE",
        "/api/v1/scheduled_statuses/{id}",
        Wants::Member(&["write:statuses"]),
        || delete(scheduled::api::cancel),
    ),
    api(
        "GET",
        "/api/v1/polls/{id}",
        Wants::Anyone(&["read:statuses"]),
        || get(polls::api::poll),
    ),
    api(
        "POST",
        "/api/v1/polls/{id}/votes",
        Wants::Member(&["write:statuses"]),
        || post(polls::api::vote),
    ),
    api(
        "GET",
        "/api/v1/conversations",
        Wants::Member(&["read:statuses"]),
        || get(conversations::api::list),
    ),
    api(
        "POST",
        "/api/v1/conversations/{id}/read",
        Wants::Member(&["write:conversations"]),
        || post(conversations::api::read),
    ),
    api(
        "POST",
        "/api/v1/conversations/{id}/unread",
        Wants::Member(&["write:conversations"]),
        || post(conversations::api::unread),
    ),
    api(
        "DELETE",
        "/api/v1/conversations/{id}",
        Wants::Member(&["write:conversations"]),
        || delete(conversations::api::hide),
    ),
    api(
        "GET",
        "/api/v1/timelines/direct",
        Wants::Member(&["read:statuses"]),
        || get(conversations::api::timeline),
    ),
    api(
        "GET",
        "/api/v2/search",
        Wants::Anyone(&["read:search"]),
        || get(search::api::search),
    ),
    api(
        "GET",
        "/api/v1/search",
        Wants::Member(&["read:search"]),
        || get(search::api::search_v1),
    ),
    // Apps: what a member keeps for themself
    api(
        "POST",
        "/api/v1/statuses/{id}/bookmark",
        Wants::Member(&["write:bookmarks"]),
        || post(bookmarks::api::bookmark),
    ),
    api(
        "POST",
        "/api/v1/statuses/{id}/unbookmark",
        Wants::Member(&["write:bookmarks"]),
        || post(bookmarks::api::unbookmark),
    ),
    api(
        "GET",
        "/api/v1/bookmarks",
        Wants::Member(&["read:bookmarks"]),
        || get(bookmarks::api::list),
    ),
    api(
        "GET",
        "/api/v1/pleroma/bookmark_folders",
        Wants::Member(&["read:bookmarks"]),
        || get(bookmarks::api::folders),
    ),
    api(
        "POST",
        "/api/v1/pleroma/bookmark_folders",
        Wants::Member(&["write:bookmarks"]),
        || post(bookmarks::api::make_folder),
    ),
    api(
        "PATCH",
        "/api/v1/pleroma/bookmark_folders/{id}",
        Wants::Member(&["write:bookmarks"]),
        || patch(bookmarks::api::change_folder),
    ),
    api(
        "DELETE",
        "/api/v1/pleroma/bookmark_folders/{id}",
        Wants::Member(&["write:bookmarks"]),
        || delete(bookmarks::api::delete_folder),
    ),
    api(
        "GET",
        "/api/v1/favourites",
        Wants::Member(&["read:favourites"]),
        || get(favourites::api::list),
    ),
    api(
        "GET",
        "/api/v1/markers",
        Wants::Member(&["read:statuses"]),
        || get(markers::api::show),
    ),
    api(
        "POST",
        "/api/v1/markers",
        Wants::Member(&["write:statuses"]),
        || post(markers::api::save),
    ),
    api(
        "GET",
        "/api/v1/preferences",
        Wants::Member(&["read:accounts"]),
        || get(members::api::preferences),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/note",
        Wants::Member(&["write:accounts"]),
        || post(account_notes::api::note),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/endorse",
        Wants::Member(&["write:accounts"]),
        || post(endorsements::api::endorse),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/unendorse",
        Wants::Member(&["write:accounts"]),
        || post(endorsements::api::unendorse),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/pin",
        Wants::Member(&["write:accounts"]),
        || post(endorsements::api::endorse),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/unpin",
        Wants::Member(&["write:accounts"]),
        || post(endorsements::api::unendorse),
    ),
    api(
        "GET",
        "/api/v1/endorsements",
        Wants::Member(&["read:accounts"]),
        || get(endorsements::api::own),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/endorsements",
        Wants::Anyone(&["read:accounts"]),
        || get(endorsements::api::of_account),
    ),
    // Apps: blocks and mutes
    api(
        "POST",
        "/api/v1/accounts/{id}/block",
        Wants::Member(&["write:blocks"]),
        || post(relations::api::block),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/unblock",
        Wants::Member(&["write:blocks"]),
        || post(relations::api::unblock),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/mute",
        Wants::Member(&["write:mutes"]),
        || post(relations::api::mute),
    ),
    api(
        "POST",
        "/api/v1/accounts/{id}/unmute",
        Wants::Member(&["write:mutes"]),
        || post(relations::api::unmute),
    ),
    api(
        "GET",
        "/api/v1/blocks",
        Wants::Member(&["read:blocks"]),
        || get(relations::api::blocks),
    ),
    api(
        "GET",
        "/api/v1/mutes",
        Wants::Member(&["read:mutes"]),
        || get(relations::api::mutes),
    ),
    api(
        "POST",
        "/api/v1/reports",
        Wants::Member(&["write:reports"]),
        || post(reports::api::create),
    ),
    // Apps: filters
    api(
        "GET",
        "/api/v2/filters",
        Wants::Member(&["read:filters"]),
        || get(filters::api::list),
    ),
    api(
        "POST",
        "/api/v2/filters",
        Wants::Member(&["write:filters"]),
        || post(filters::api::create),
    ),
    api(
        "GET",
        "/api/v2/filters/{id}",
        Wants::Member(&["read:filters"]),
        || get(filters::api::show),
    ),
    api(
        "PUT",
        "/api/v2/filters/{id}",
        Wants::Member(&["write:filters"]),
        || put(filters::api::change),
    ),
    api(
        "DELETE",
        "/api/v2/filters/{id}",
        Wants::Member(&["write:filters"]),
        || delete(filters::api::remove),
    ),
    api(
        "GET",
        "/api/v2/filters/{id}/keywords",
        Wants::Member(&["read:filters"]),
        || get(filters::api::keywords),
    ),
    api(
        "POST",
        "/api/v2/filters/{id}/keywords",
        Wants::Member(&["write:filters"]),
        || post(filters::api::add_keyword),
    ),
    api(
        "GET",
        "/api/v2/filters/keywords/{id}",
        Wants::Member(&["read:filters"]),
        || get(filters::api::keyword),
    ),
    api(
        "PUT",
        "/api/v2/filters/keywords/{id}",
        Wants::Member(&["write:filters"]),
        || put(filters::api::change_keyword),
    ),
    api(
        "DELETE",
        "/api/v2/filters/keywords/{id}",
        Wants::Member(&["write:filters"]),
        || delete(filters::api::remove_keyword),
    ),
    api(
        "GET",
        "/api/v2/filters/{id}/statuses",
        Wants::Member(&["read:filters"]),
        || get(filters::api::statuses),
    ),
    api(
        "POST",
        "/api/v2/filters/{id}/statuses",
        Wants::Member(&["write:filters"]),
        || post(filters::api::add_status),
    ),
    api(
        "GET",
        "/api/v2/filters/statuses/{id}",
        Wants::Member(&["read:filters"]),
        || get(filters::api::status),
    ),
    api(
        "DELETE",
        "/api/v2/filters/statuses/{id}",
        Wants::Member(&["write:filters"]),
        || delete(filters::api::remove_status),
    ),
    api(
        "GET",
        "/api/v1/filters",
        Wants::Member(&["read:filters"]),
        || get(filters::v1::list),
    ),
    api(
        "POST",
        "/api/v1/filters",
        Wants::Member(&["write:filters"]),
        || post(filters::v1::create),
    ),
    api(
        "GET",
        "/api/v1/filters/{id}",
        Wants::Member(&["read:filters"]),
        || get(filters::v1::show),
    ),
    api(
        "PUT",
        "/api/v1/filters/{id}",
        Wants::Member(&["write:filters"]),
        || put(filters::v1::change),
    ),
    api(
        "DELETE",
        "/api/v1/filters/{id}",
        Wants::Member(&["write:filters"]),
        || delete(filters::v1::remove),
    ),
    // Apps: lists of people
    api(
        "GET",
        "/api/v1/lists",
        Wants::Member(&["read:lists"]),
        || get(reading_lists::api::list),
    ),
    api(
        "POST",
        "/api/v1/lists",
        Wants::Member(&["write:lists"]),
        || post(reading_lists::api::create),
    ),
    api(
        "GET",
        "/api/v1/lists/{id}",
        Wants::Member(&["read:lists"]),
        || get(reading_lists::api::show),
    ),
    api(
        "PUT",
        "/api/v1/lists/{id}",
        Wants::Member(&["write:lists"]),
        || put(reading_lists::api::change),
    ),
    api(
        "DELETE",
        "/api/v1/lists/{id}",
        Wants::Member(&["write:lists"]),
        || delete(reading_lists::api::remove),
    ),
    api(
        "GET",
        "/api/v1/lists/{id}/accounts",
        Wants::Member(&["read:lists"]),
        || get(reading_lists::api::people),
    ),
    api(
        "POST",
        "/api/v1/lists/{id}/accounts",
        Wants::Member(&["write:lists"]),
        || post(reading_lists::api::put_in),
    ),
    api(
        "DELETE",
        "/api/v1/lists/{id}/accounts",
        Wants::Member(&["write:lists"]),
        || delete(reading_lists::api::take_out),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/lists",
        Wants::Member(&["read:lists"]),
        || get(reading_lists::api::with),
    ),
    api(
        "GET",
        "/api/v1/timelines/list/{id}",
        Wants::Member(&["read:lists"]),
        || get(reading_lists::api::timeline),
    ),
    // Apps: collections
    api(
        "GET",
        "/api/v1/accounts/{id}/collections",
        Wants::Anyone(&["read:collections"]),
        || get(collections::api::of_account),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/in_collections",
        Wants::Member(&["read:collections"]),
        || get(collections::api::with_account),
    ),
    api(
        "POST",
        "/api/v1/collections",
        Wants::Member(&["write:collections"]),
        || post(collections::api::create),
    ),
    api(
        "GET",
        "/api/v1/collections/{id}",
        Wants::Anyone(&["read:collections"]),
        || get(collections::api::one),
    ),
    api(
        "PATCH",
        "/api/v1/collections/{id}",
        Wants::Member(&["write:collections"]),
        || patch(collections::api::change),
    ),
    api(
        "PUT",
        "/api/v1/collections/{id}",
        Wants::Member(&["write:collections"]),
        || put(collections::api::change),
    ),
    api(
        "DELETE",
        "/api/v1/collections/{id}",
        Wants::Member(&["write:collections"]),
        || delete(collections::api::remove),
    ),
    api(
        "POST",
        "/api/v1/collections/{id}/items",
        Wants::Member(&["write:collections"]),
        || post(collections::api::add),
    ),
    api(
        "DELETE",
        "/api/v1/collections/{id}/items/{item}",
        Wants::Member(&["write:collections"]),
        || delete(collections::api::take_out),
    ),
    api(
        "POST",
        "/api/v1/collections/{id}/items/{item}/revoke",
        Wants::Member(&["write:collections"]),
        || post(collections::api::revoke),
    ),
    // Apps: topics
    api(
        "GET",
        "/api/v1/followed_tags",
        Wants::Member(&["read:follows"]),
        || get(followed_tags::api::list),
    ),
    api("GET", "/api/v1/tags/{name}", Wants::Nothing, || {
        get(followed_tags::api::show)
    }),
    api(
        "POST",
        "/api/v1/tags/{name}/follow",
        Wants::Member(&["write:follows"]),
        || post(followed_tags::api::follow),
    ),
    api(
        "POST",
        "/api/v1/tags/{name}/unfollow",
        Wants::Member(&["write:follows"]),
        || post(followed_tags::api::unfollow),
    ),
    api(
        "POST",
        "/api/v1/tags/{name}/feature",
        Wants::Member(&["write:accounts"]),
        || post(followed_tags::api::feature),
    ),
    api(
        "POST",
        "/api/v1/tags/{name}/unfeature",
        Wants::Member(&["write:accounts"]),
        || post(followed_tags::api::unfeature),
    ),
    api(
        "GET",
        "/api/v1/featured_tags",
        Wants::Member(&["read:accounts"]),
        || get(featured_tags::api::list),
    ),
    api(
        "POST",
        "/api/v1/featured_tags",
        Wants::Member(&["write:accounts"]),
        || post(featured_tags::api::create),
    ),
    api(
        "DELETE",
        "/api/v1/featured_tags/{id}",
        Wants::Member(&["write:accounts"]),
        || delete(featured_tags::api::remove),
    ),
    api(
        "GET",
        "/api/v1/featured_tags/suggestions",
        Wants::Member(&["read:accounts"]),
        || get(featured_tags::api::suggestions),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/identity_proofs",
        Wants::Anyone(&["read:accounts"]),
        || get(accounts::api::identity_proofs),
    ),
    api(
        "GET",
        "/api/v1/accounts/{id}/featured_tags",
        Wants::Anyone(&["read:accounts"]),
        || get(featured_tags::api::of_account),
    ),
    // For apps that show boundaries
    api("GET", "/api/comity/v1/openapi.json", Wants::Nothing, || {
        get(openapi::show)
    }),
    api(
        "GET",
        "/api/comity/v1/why",
        Wants::Member(&["read:blocks"]),
        || get(rules::api::why),
    ),
    api(
        "GET",
        "/api/comity/v1/rules",
        Wants::Member(&["read:blocks"]),
        || get(rules::api::rules),
    ),
    api(
        "POST",
        "/api/comity/v1/reach",
        Wants::Member(&["read:statuses"]),
        || post(reach::api::preview),
    ),
    api(
        "GET",
        "/api/comity/v1/statuses/{id}/reach",
        Wants::Member(&["read:statuses"]),
        || get(reach::api::ledger),
    ),
    api(
        "GET",
        "/api/comity/v1/contacts",
        Wants::Member(&["read:notifications"]),
        || get(contacts::api::list),
    ),
    api(
        "POST",
        "/api/comity/v1/contacts/{id}/welcome",
        Wants::Member(&["write:follows"]),
        || post(contacts::api::welcome),
    ),
    api(
        "POST",
        "/api/comity/v1/contacts/{id}/send-away",
        Wants::Member(&["write:follows"]),
        || post(contacts::api::send_away),
    ),
    api(
        "GET",
        "/api/comity/v1/drafts",
        Wants::Member(&["read:statuses"]),
        || get(drafts::api::list),
    ),
    api(
        "POST",
        "/api/comity/v1/drafts",
        Wants::Member(&["write:statuses"]),
        || post(drafts::api::create),
    ),
    api(
        "GET",
        "/api/comity/v1/drafts/{id}",
        Wants::Member(&["read:statuses"]),
        || get(drafts::api::one),
    ),
    api(
        "PUT",
        "/api/comity/v1/drafts/{id}",
        Wants::Member(&["write:statuses"]),
        || put(drafts::api::change),
    ),
    api(
        "DELETE",
        "/api/comity/v1/drafts/{id}",
        Wants::Member(&["write:statuses"]),
        || delete(drafts::api::delete),
    ),
    // Apps: antennas
    api(
        "GET",
        "/api/comity/v1/antennas",
        Wants::Member(&["read:lists"]),
        || get(antennas::api::list),
    ),
    api(
        "POST",
        "/api/comity/v1/antennas",
        Wants::Member(&["write:lists"]),
        || post(antennas::api::create),
    ),
    api(
        "GET",
        "/api/comity/v1/antennas/{id}",
        Wants::Member(&["read:lists"]),
        || get(antennas::api::one),
    ),
    api(
        "PUT",
        "/api/comity/v1/antennas/{id}",
        Wants::Member(&["write:lists"]),
        || put(antennas::api::change),
    ),
    api(
        "DELETE",
        "/api/comity/v1/antennas/{id}",
        Wants::Member(&["write:lists"]),
        || delete(antennas::api::delete),
    ),
    // Apps: files
    api(
        "POST",
        "/api/v2/media",
        Wants::Member(&["write:media"]),
        || post(media::api::upload),
    )
    .slow(),
    api(
        "POST",
        "/api/v1/media",
        Wants::Member(&["write:media"]),
        || post(media::api::upload_and_wait),
    )
    .slow(),
    api(
        "GET",
        "/api/v1/media/{id}",
        Wants::Member(&["write:media"]),
        || get(media::api::show),
    ),
    api(
        "PUT",
        "/api/v1/media/{id}",
        Wants::Member(&["write:media"]),
        || put(media::api::change),
    )
    .slow(),
    api(
        "DELETE",
        "/api/v1/media/{id}",
        Wants::Member(&["write:media"]),
        || delete(media::api::remove),
    ),
];
