//! Every URL we answer, on one page. The router is made from this list, and so are the tests that walk it.

mod answers;
mod endpoint;
pub mod openapi;
mod route;

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
use crate::http::{Wants, client, finish, health::health};
use crate::{
    account_notes, accounts, aliases, announcements, bookmarks, communities, contacts,
    conversations, discovery, drafts, emergency, emojis, endorsements, favourites, featured_tags,
    filters, followed_tags, follows, hashtags, inbox, invitations, leaving, lists, markers, media,
    members, moderation, notifications, oauth, pins, polls, push, quotes, reach, reactions,
    reading_lists, reblogs, relations, reports, rules, scheduled, search, second_step,
    sign_up_blocks, sign_ups, stamps, statuses, streaming, timelines, waves, web,
};

use endpoint::{delete, get, patch, post, put};
pub use route::{Kind, Route};
use route::{acts, api, either, reads};

/// An answer that takes longer is given up: longer than the longest look-up elsewhere (30 s).
const ANSWER_WITHIN: Duration = Duration::from_secs(45);
/// Where files are sent: 99 MiB on a line that carries two megabits a second.
const SENT_WITHIN: Duration = Duration::from_secs(600);
/// The longest document another server may send; forms have their own, smaller bound.
const LONGEST_BODY: usize = 1024 * 1024;

/// Every URL.
pub const ROUTES: &[Route] = &[
    // Coming in and going out
    reads("/sign-in", Kind::Page, || get(members::web::sign_in_page)),
    acts("/sign-in", Kind::Form, || post(members::web::sign_in)),
    reads("/sign-up", Kind::Page, || get(sign_ups::web::page)),
    acts("/sign-up", Kind::Form, || post(sign_ups::web::sign_up)),
    reads("/sign-up/{token}", Kind::Page, || {
        get(sign_ups::web::standing)
    }),
    acts("/sign-up/letter", Kind::Form, || {
        post(sign_ups::web::ask_again)
    }),
    reads("/sign-ups", Kind::Page, || get(sign_ups::web::queue)),
    reads("/sign-ups/blocks", Kind::Page, || {
        get(sign_up_blocks::web::page)
    }),
    acts("/sign-ups/blocks", Kind::Form, || {
        post(sign_up_blocks::web::add)
    }),
    acts("/sign-ups/blocks/{id}/remove", Kind::Form, || {
        post(sign_up_blocks::web::remove)
    }),
    acts("/sign-ups/{id}/approve", Kind::Form, || {
        post(sign_ups::web::approve)
    }),
    acts("/sign-ups/{id}/reject", Kind::Form, || {
        post(sign_ups::web::turn_down)
    }),
    reads("/invite/{token}", Kind::Page, || {
        get(invitations::web::follow)
    }),
    reads("/invitations", Kind::Page, || get(invitations::web::page)),
    acts("/invitations", Kind::Form, || post(invitations::web::make)),
    acts("/invitations/{id}/end", Kind::Form, || {
        post(invitations::web::end)
    }),
    acts("/sign-out", Kind::Form, || post(members::web::sign_out)),
    reads("/setup/{token}", Kind::Page, || {
        get(members::web::setup_page)
    }),
    acts("/setup", Kind::Form, || post(members::web::set_up)),
    reads("/settings/password", Kind::Page, || {
        get(members::web::security::page)
    }),
    acts("/settings/password", Kind::Form, || {
        post(members::web::security::change_password)
    }),
    reads("/settings/sessions", Kind::Page, || {
        get(members::web::security::page)
    }),
    acts("/settings/sessions", Kind::Form, || {
        post(members::web::security::end_session)
    }),
    acts("/sign-in/second-step", Kind::Form, || {
        post(second_step::web::pass)
    }),
    reads("/settings/second-step", Kind::Page, || {
        get(second_step::web::page)
    }),
    acts("/settings/second-step/begin", Kind::Form, || {
        post(second_step::web::begin)
    }),
    acts("/settings/second-step/confirm", Kind::Form, || {
        post(second_step::web::confirm)
    }),
    acts("/settings/second-step/codes", Kind::Form, || {
        post(second_step::web::renew_codes)
    }),
    acts("/settings/second-step/off", Kind::Form, || {
        post(second_step::web::turn_off)
    }),
    reads("/settings/leave", Kind::Page, || get(leaving::web::page)),
    acts("/settings/leave", Kind::Form, || post(leaving::web::leave)),
    reads("/stay", Kind::Page, || get(leaving::web::stay_page)),
    acts("/stay", Kind::Form, || post(leaving::web::stay)),
    reads("/forgotten", Kind::Page, || {
        get(members::web::forgotten::page)
    }),
    acts("/forgotten", Kind::Form, || {
        post(members::web::forgotten::ask)
    }),
    reads("/reset/{token}", Kind::Page, || {
        get(members::web::forgotten::reset_page)
    }),
    acts("/reset", Kind::Form, || {
        post(members::web::forgotten::reset)
    }),
    reads("/confirm/{token}", Kind::Page, || {
        get(members::web::forgotten::confirm_page)
    }),
    acts("/confirm", Kind::Form, || {
        post(members::web::forgotten::confirm)
    }),
    reads("/settings/email", Kind::Page, || {
        get(members::web::email::page)
    }),
    acts("/settings/email", Kind::Form, || {
        post(members::web::email::change)
    }),
    acts("/settings/email/letter", Kind::Form, || {
        post(members::web::email::ask_again)
    }),
    acts("/settings/sessions/others", Kind::Form, || {
        post(members::web::security::end_others)
    }),
    reads("/settings/writing", Kind::Page, || {
        get(members::web::writing::page)
    }),
    acts("/settings/writing", Kind::Form, || {
        post(members::web::writing::save)
    }),
    reads("/settings/notifications", Kind::Page, || {
        get(notifications::web::policy::page)
    }),
    acts("/settings/notifications", Kind::Form, || {
        post(notifications::web::policy::save)
    }),
    acts("/notifications/requests/{id}/accept", Kind::Form, || {
        post(notifications::web::policy::accept)
    }),
    acts("/notifications/requests/{id}/dismiss", Kind::Form, || {
        post(notifications::web::policy::dismiss)
    }),
    // Reading
    reads("/", Kind::Page, || get(timelines::web::front)),
    reads("/home", Kind::Page, || get(timelines::web::home)),
    reads("/community", Kind::Page, || get(timelines::web::community)),
    reads("/everyone", Kind::Page, || get(timelines::web::everyone)),
    reads("/tags/{name}", Kind::Page, || get(hashtags::web::page)),
    reads("/notifications", Kind::Page, || {
        get(notifications::web::page)
    }),
    reads("/search", Kind::Page, || get(search::web::page)),
    reads("/statuses/{id}/history", Kind::Page, || {
        get(statuses::web::history)
    }),
    reads("/statuses/{id}/reach", Kind::Page, || get(reach::web::page)),
    acts("/statuses/{id}/reach", Kind::Form, || post(reach::web::ask)),
    // Writing
    reads("/compose", Kind::Page, || get(statuses::web::compose_form)),
    reads("/drafts", Kind::Page, || get(drafts::web::page)),
    acts("/drafts/{id}/delete", Kind::Form, || {
        post(drafts::web::delete)
    }),
    acts("/compose", Kind::Form, || post(statuses::web::compose)),
    reads("/statuses/{id}/edit", Kind::Page, || {
        get(statuses::web::edit_form)
    }),
    acts("/statuses/{id}/edit", Kind::Form, || {
        post(statuses::web::save)
    }),
    acts("/statuses/{id}/delete", Kind::Form, || {
        post(statuses::web::remove)
    }),
    acts("/statuses/{id}/favourite", Kind::Form, || {
        post(favourites::web::favourite)
    }),
    acts("/statuses/{id}/unfavourite", Kind::Form, || {
        post(favourites::web::unfavourite)
    }),
    acts("/statuses/{id}/reblog", Kind::Form, || {
        post(reblogs::web::reblog)
    }),
    acts("/statuses/{id}/unreblog", Kind::Form, || {
        post(reblogs::web::unreblog)
    }),
    acts("/statuses/{id}/unquote", Kind::Form, || {
        post(quotes::web::take_out)
    }),
    acts("/statuses/{id}/take-out", Kind::Form, || {
        post(statuses::web::take_out)
    }),
    acts("/statuses/{id}/put-back", Kind::Form, || {
        post(statuses::web::put_back)
    }),
    acts("/statuses/{id}/leave", Kind::Form, || {
        post(conversations::web::leave)
    }),
    acts("/statuses/{id}/join", Kind::Form, || {
        post(conversations::web::join)
    }),
    acts("/statuses/{id}/pin", Kind::Form, || post(pins::web::pin)),
    acts("/statuses/{id}/vote", Kind::Form, || post(polls::web::vote)),
    acts("/statuses/{id}/unpin", Kind::Form, || {
        post(pins::web::unpin)
    }),
    // People
    reads("/@{handle}/followers", Kind::Page, || {
        get(follows::web::followers)
    }),
    reads("/@{handle}/following", Kind::Page, || {
        get(follows::web::following)
    }),
    acts("/accounts/{id}/follow", Kind::Form, || {
        post(follows::web::follow)
    }),
    acts("/accounts/{id}/unfollow", Kind::Form, || {
        post(follows::web::unfollow)
    }),
    acts("/accounts/{id}/block", Kind::Form, || {
        post(relations::web::block)
    }),
    acts("/accounts/{id}/unblock", Kind::Form, || {
        post(relations::web::unblock)
    }),
    acts("/accounts/{id}/mute", Kind::Form, || {
        post(relations::web::mute)
    }),
    acts("/accounts/{id}/unmute", Kind::Form, || {
        post(relations::web::unmute)
    }),
    reads("/follow-requests", Kind::Page, || {
        get(follows::web::requests)
    }),
    acts("/follow-requests/{id}/accept", Kind::Form, || {
        post(follows::web::accept)
    }),
    acts("/follow-requests/{id}/reject", Kind::Form, || {
        post(follows::web::reject)
    }),
    reads("/contacts", Kind::Page, || get(contacts::web::page)),
    reads("/contacts/community", Kind::Page, || {
        get(contacts::web::community)
    }),
    acts("/contacts/community/{id}/welcome", Kind::Form, || {
        post(contacts::web::welcome_here)
    }),
    acts("/contacts/community/{id}/send-away", Kind::Form, || {
        post(contacts::web::send_away_here)
    }),
    acts("/contacts/community/{id}/unwelcome", Kind::Form, || {
        post(contacts::web::unwelcome_here)
    }),
    acts("/contacts/community/{id}/open", Kind::Form, || {
        post(contacts::web::open)
    }),
    acts("/contacts/{id}/let-in", Kind::Form, || {
        post(contacts::web::let_in)
    }),
    acts("/contacts/{id}/dismiss", Kind::Form, || {
        post(contacts::web::dismiss)
    }),
    acts("/contacts/people/{id}/welcome", Kind::Form, || {
        post(contacts::web::welcome)
    }),
    acts("/contacts/people/{id}/send-away", Kind::Form, || {
        post(contacts::web::send_away)
    }),
    acts("/contacts/people/{id}/unwelcome", Kind::Form, || {
        post(contacts::web::unwelcome)
    }),
    acts("/contacts/wave/let-in", Kind::Form, || {
        post(waves::web::let_in)
    }),
    acts("/contacts/wave/turn-away", Kind::Form, || {
        post(waves::web::turn_away)
    }),
    acts("/contacts/wave/over", Kind::Form, || post(waves::web::over)),
    acts("/settings/waves", Kind::Form, || {
        post(waves::web::choose_limit)
    }),
    reads("/settings/profile", Kind::Page, || {
        get(accounts::edit_web::edit_form)
    }),
    acts("/settings/profile", Kind::Form, || {
        post(accounts::edit_web::save)
    })
    .slow(),
    reads("/announcements", Kind::Page, || {
        get(announcements::web::page)
    }),
    acts("/announcements", Kind::Form, || {
        post(announcements::web::publish)
    }),
    acts("/announcements/{id}/delete", Kind::Form, || {
        post(announcements::web::remove)
    }),
    acts("/announcements/{id}/dismiss", Kind::Form, || {
        post(announcements::web::dismiss)
    }),
    // Reports
    reads("/report", Kind::Page, || get(reports::web::form)),
    acts("/report", Kind::Form, || post(reports::web::send)),
    reads("/reports", Kind::Page, || get(reports::web::mine)),
    reads("/moderation/reports", Kind::Page, || {
        get(reports::web::queue)
    }),
    reads("/moderation/reports/{id}", Kind::Page, || {
        get(reports::web::one)
    }),
    acts("/moderation/reports/{id}/assign", Kind::Form, || {
        post(reports::web::assign)
    }),
    acts("/moderation/reports/{id}/unassign", Kind::Form, || {
        post(reports::web::unassign)
    }),
    acts("/moderation/reports/{id}/note", Kind::Form, || {
        post(reports::web::note)
    }),
    acts("/moderation/reports/{id}/category", Kind::Form, || {
        post(reports::web::change)
    }),
    acts("/moderation/reports/{id}/resolve", Kind::Form, || {
        post(reports::web::resolve)
    }),
    acts("/moderation/reports/{id}/reopen", Kind::Form, || {
        post(reports::web::reopen)
    }),
    acts("/moderation/accounts/{id}", Kind::Form, || {
        post(moderation::web::decide)
    }),
    // Boundaries
    reads("/boundaries", Kind::Page, || get(rules::web::boundaries)),
    acts("/boundaries", Kind::Form, || post(rules::web::add)),
    acts("/boundaries/{id}/ask", Kind::Form, || post(rules::web::ask)),
    acts("/boundaries/{id}/remove", Kind::Form, || {
        post(rules::web::remove)
    }),
    reads("/boundaries/history", Kind::Page, || {
        get(rules::web::history)
    }),
    reads("/boundaries/aliases", Kind::Page, || {
        get(aliases::web::page)
    }),
    reads("/boundaries/lists", Kind::Page, || get(lists::web::lists)),
    acts("/boundaries/lists", Kind::Form, || post(lists::web::create)),
    reads("/boundaries/lists/{id}", Kind::Page, || {
        get(lists::web::list)
    }),
    acts("/boundaries/lists/{id}", Kind::Form, || {
        post(lists::web::add)
    }),
    acts("/boundaries/lists/{id}/remove", Kind::Form, || {
        post(lists::web::remove)
    }),
    acts("/boundaries/lists/{id}/rename", Kind::Form, || {
        post(lists::web::rename)
    }),
    acts("/boundaries/lists/{id}/delete", Kind::Form, || {
        post(lists::web::delete)
    }),
    acts("/boundaries/lists/{id}/import", Kind::Form, || {
        post(lists::web::import)
    }),
    acts("/boundaries/lists/{id}/sources", Kind::Form, || {
        post(lists::web::subscribe)
    }),
    acts("/boundaries/lists/{id}/fetch", Kind::Form, || {
        post(lists::web::fetch)
    }),
    acts("/boundaries/lists/{id}/unsubscribe", Kind::Form, || {
        post(lists::web::unsubscribe)
    }),
    acts("/boundaries/lists/{id}/terms", Kind::Form, || {
        post(lists::web::terms)
    }),
    reads("/boundaries/lists/{id}/draft", Kind::Page, || {
        get(lists::web::draft)
    }),
    acts("/boundaries/lists/{id}/draft", Kind::Form, || {
        post(lists::web::apply)
    }),
    acts("/boundaries/lists/{id}/draft/put", Kind::Form, || {
        post(lists::web::put_on)
    }),
    acts("/boundaries/lists/{id}/draft/decline", Kind::Form, || {
        post(lists::web::decline)
    }),
    reads("/boundaries/lists/{id}/export", Kind::Page, || {
        get(lists::web::export)
    }),
    acts("/settings/mode", Kind::Form, || {
        post(rules::web::choose_mode)
    }),
    acts("/gate/close", Kind::Form, || post(emergency::web::close_it)),
    acts("/gate/open", Kind::Form, || post(emergency::web::open_it)),
    reads("/why", Kind::Page, || get(rules::web::why)),
    // The community
    reads("/about", Kind::Page, || get(communities::web::about)),
    reads("/about/boundaries.json", Kind::Asset, || {
        get(communities::published::boundaries)
    }),
    // What people and servers both open
    reads("/@{handle}", Kind::Both, || {
        either(accounts::web::profile_page, accounts::activity::actor)
    }),
    reads("/@{handle}/{id}", Kind::Both, || {
        either(conversations::web::page, statuses::activity::show)
    }),
    reads("/users/{name}", Kind::Both, || {
        get(accounts::activity::actor)
    }),
    reads("/users/{name}/statuses/{id}", Kind::Both, || {
        get(statuses::activity::show)
    }),
    reads("/actor", Kind::Both, || {
        get(accounts::activity::community_actor)
    }),
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
    // Apps
    reads("/oauth/authorize", Kind::Page, || {
        get(oauth::web::authorize_page)
    }),
    acts("/oauth/authorize", Kind::Form, || {
        post(oauth::web::authorize)
    }),
    reads("/settings/apps", Kind::Page, || get(oauth::web::apps)),
    acts("/settings/apps", Kind::Form, || post(oauth::web::end_app)),
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
        Wants::Member(&["read:accounts", "read:search"]),
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
        "/api/v1/statuses/{id}/reblogged_by",
        Wants::Anyone(&["read:statuses"]),
        || get(statuses::api::reblogged_by),
    ),
    api(
        "GET",
        "/api/v1/statuses/{id}/favourited_by",
        Wants::Anyone(&["read:statuses"]),
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
        "/api/v2/search",
        Wants::Member(&["read:search"]),
        || get(search::api::search),
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
        "/api/v1/accounts/{id}/featured_tags",
        Wants::Anyone(&["read:accounts"]),
        || get(featured_tags::api::of_account),
    ),
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
    // Files
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
        || post(media::api::upload),
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
    reads("/media/{key}/{file}", Kind::Asset, || get(media::web::show)),
    reads("/media/remote/{status}/{at}/{part}", Kind::Asset, || {
        get(media::remote::show)
    }),
    // Emoji
    reads("/media/emojis/{key}/{file}", Kind::Asset, || {
        get(emojis::web::file)
    }),
    reads(
        "/media/remote/emojis/{account}/{picture}/{part}",
        Kind::Asset,
        || get(media::remote::show_emoji),
    ),
    reads("/emojis/{id}", Kind::Activity, || {
        get(emojis::activity::show)
    }),
    reads("/moderation/emojis", Kind::Page, || get(emojis::web::page)),
    acts("/moderation/emojis", Kind::Form, || post(emojis::web::add)).slow(),
    acts("/moderation/emojis/{id}", Kind::Form, || {
        post(emojis::web::change)
    }),
    acts("/moderation/emojis/{id}/delete", Kind::Form, || {
        post(emojis::web::remove)
    }),
    // About ourselves
    reads("/.well-known/nodeinfo", Kind::Asset, || {
        get(communities::activity::nodeinfo_links)
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
    reads("/health", Kind::Asset, || get(health)),
    reads("/assets/{name}", Kind::Asset, || get(web::asset)),
];

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
