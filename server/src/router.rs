//! Every URL we answer, on one page. The router is made from this list, and so are the tests that walk it.

mod route;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::error::Error;
use crate::http::{Wants, client, finish, health::health};
use crate::{
    accounts, aliases, communities, contacts, conversations, emergency, favourites, follows,
    hashtags, inbox, lists, media, members, notifications, oauth, pins, quotes, reach, reblogs,
    relations, rules, search, stamps, statuses, timelines, waves, web,
};

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
    reads("/sign-up", Kind::Page, || get(members::web::sign_up_page)),
    acts("/sign-up", Kind::Form, || post(members::web::sign_up)),
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
    reads("/settings/writing", Kind::Page, || {
        get(members::web::writing::page)
    }),
    acts("/settings/writing", Kind::Form, || {
        post(members::web::writing::save)
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
        get(accounts::web::edit_form)
    }),
    acts("/settings/profile", Kind::Form, || {
        post(accounts::web::save)
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
    // For apps that show boundaries
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
            let handler = (route.handler)().layer(TimeoutLayer::with_status_code(
                StatusCode::REQUEST_TIMEOUT,
                within,
            ));
            router.route(
                route.path,
                match route.kind {
                    Kind::Api => handler.layer(from_fn_with_state(
                        (app.clone(), route.wants),
                        client::authorize,
                    )),
                    _ => handler,
                },
            )
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
