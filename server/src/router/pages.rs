//! What people open and send with a browser.

use crate::{
    accounts, aliases, announcements, antennas, bookmarks, cards, collections, communities,
    contacts, conversations, discovery, drafts, emergency, emojis, favourites, filters,
    followed_tags, follows, hashtags, invitations, leaving, lists, media, members, moderation,
    notifications, passkeys, pins, polls, quotes, reach, reactions, reading_lists, reblogs,
    relations, reports, rules, scheduled, search, second_step, sign_up_blocks, sign_ups, statuses,
    texts, timelines, waves,
};

use super::endpoint::{get, post};
use super::route::{Kind, Route, acts, either, reads};

pub(super) const ROUTES: &[Route] = &[
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
    acts("/sign-in/passkey/challenge", Kind::Form, || {
        post(passkeys::web::ask_to_sign_in)
    }),
    acts("/sign-in/passkey", Kind::Form, || {
        post(passkeys::web::sign_in)
    }),
    reads("/settings/passkeys", Kind::Page, || {
        get(passkeys::web::page)
    }),
    acts("/settings/passkeys/begin", Kind::Form, || {
        post(passkeys::web::begin)
    }),
    acts("/settings/passkeys", Kind::Form, || {
        post(passkeys::web::finish)
    }),
    acts("/settings/passkeys/rename", Kind::Form, || {
        post(passkeys::web::rename)
    }),
    acts("/settings/passkeys/remove", Kind::Form, || {
        post(passkeys::web::remove)
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
    reads("/settings/lists", Kind::Page, || {
        get(reading_lists::web::page)
    }),
    acts("/settings/lists", Kind::Form, || {
        post(reading_lists::web::save)
    }),
    acts("/settings/lists/{id}/leave", Kind::Form, || {
        post(reading_lists::web::leave)
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
    reads("/settings/filters", Kind::Page, || get(filters::web::page)),
    reads("/settings/filters/new", Kind::Page, || {
        get(filters::web::blank)
    }),
    acts("/settings/filters/new", Kind::Form, || {
        post(filters::web::create)
    }),
    reads("/settings/filters/{id}", Kind::Page, || {
        get(filters::web::form)
    }),
    acts("/settings/filters/{id}", Kind::Form, || {
        post(filters::web::change)
    }),
    acts("/settings/filters/{id}/delete", Kind::Form, || {
        post(filters::web::delete)
    }),
    reads("/settings/people", Kind::Page, || get(relations::web::page)),
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
    reads("/directory", Kind::Page, || get(discovery::web::directory)),
    reads("/trends", Kind::Page, || get(discovery::web::talks)),
    acts("/moderation/trends", Kind::Form, || {
        post(discovery::web::decide)
    }),
    reads("/conversations", Kind::Page, || {
        get(conversations::web::directs)
    }),
    acts("/conversations/{id}/read", Kind::Form, || {
        post(conversations::web::read)
    }),
    acts("/conversations/{id}/unread", Kind::Form, || {
        post(conversations::web::unread)
    }),
    acts("/conversations/{id}/hide", Kind::Form, || {
        post(conversations::web::hide)
    }),
    reads("/lists", Kind::Page, || get(reading_lists::web::all)),
    reads("/lists/new", Kind::Page, || get(reading_lists::web::blank)),
    acts("/lists/new", Kind::Form, || {
        post(reading_lists::web::create)
    }),
    reads("/lists/{id}", Kind::Page, || {
        get(reading_lists::web::timeline)
    }),
    reads("/lists/{id}/edit", Kind::Page, || {
        get(reading_lists::web::form)
    }),
    acts("/lists/{id}/edit", Kind::Form, || {
        post(reading_lists::web::change)
    }),
    acts("/lists/{id}/add", Kind::Form, || {
        post(reading_lists::web::add)
    }),
    acts("/lists/{id}/take-out", Kind::Form, || {
        post(reading_lists::web::take_out)
    }),
    acts("/lists/{id}/delete", Kind::Form, || {
        post(reading_lists::web::delete)
    }),
    reads("/favourites", Kind::Page, || get(favourites::web::page)),
    reads("/settings/topics", Kind::Page, || {
        get(followed_tags::web::page)
    }),
    acts("/settings/topics", Kind::Form, || {
        post(followed_tags::web::follow)
    }),
    acts("/settings/topics/unfollow", Kind::Form, || {
        post(followed_tags::web::unfollow)
    }),
    reads("/antennas", Kind::Page, || get(antennas::web::page)),
    reads("/antennas/new", Kind::Page, || get(antennas::web::blank)),
    acts("/antennas/new", Kind::Form, || post(antennas::web::create)),
    reads("/antennas/{id}", Kind::Page, || {
        get(antennas::web::timeline)
    }),
    reads("/antennas/{id}/edit", Kind::Page, || {
        get(antennas::web::form)
    }),
    acts("/antennas/{id}/edit", Kind::Form, || {
        post(antennas::web::change)
    }),
    acts("/antennas/{id}/delete", Kind::Form, || {
        post(antennas::web::delete)
    }),
    reads("/@{handle}/featured", Kind::Page, || {
        get(accounts::featured_web::featured)
    }),
    reads("/@{handle}/collections", Kind::Page, || {
        get(collections::web::of_profile)
    }),
    reads("/collections/new", Kind::Page, || {
        get(collections::web::blank)
    }),
    acts("/collections/new", Kind::Form, || {
        post(collections::web::create)
    }),
    reads("/collections/{id}", Kind::Page, || {
        get(collections::web::one)
    }),
    reads("/collections/{id}/edit", Kind::Page, || {
        get(collections::web::form)
    }),
    acts("/collections/{id}/edit", Kind::Form, || {
        post(collections::web::change)
    }),
    acts("/collections/{id}/delete", Kind::Form, || {
        post(collections::web::delete)
    }),
    acts("/collections/{id}/add", Kind::Form, || {
        post(collections::web::add)
    }),
    acts("/collections/{id}/take-out", Kind::Form, || {
        post(collections::web::take_out)
    }),
    acts("/collections/{id}/leave", Kind::Form, || {
        post(collections::web::leave)
    }),
    reads("/bookmarks", Kind::Page, || get(bookmarks::web::page)),
    acts("/bookmarks/folders", Kind::Form, || {
        post(bookmarks::web::make_folder)
    }),
    reads("/bookmarks/folders/{id}", Kind::Page, || {
        get(bookmarks::web::folder)
    }),
    acts("/bookmarks/folders/{id}", Kind::Form, || {
        post(bookmarks::web::change_folder)
    }),
    acts("/bookmarks/folders/{id}/delete", Kind::Form, || {
        post(bookmarks::web::delete_folder)
    }),
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
    reads("/scheduled", Kind::Page, || get(scheduled::web::page)),
    acts("/scheduled/{id}/time", Kind::Form, || {
        post(scheduled::web::reschedule)
    }),
    acts("/scheduled/{id}/cancel", Kind::Form, || {
        post(scheduled::web::cancel)
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
    acts("/statuses/{id}/react", Kind::Form, || {
        post(reactions::web::react)
    }),
    acts("/statuses/{id}/unreact", Kind::Form, || {
        post(reactions::web::unreact)
    }),
    acts("/statuses/{id}/reblog", Kind::Form, || {
        post(reblogs::web::reblog)
    }),
    acts("/statuses/{id}/unreblog", Kind::Form, || {
        post(reblogs::web::unreblog)
    }),
    acts("/statuses/{id}/bookmark", Kind::Form, || {
        post(bookmarks::web::bookmark)
    }),
    acts("/statuses/{id}/unbookmark", Kind::Form, || {
        post(bookmarks::web::unbookmark)
    }),
    acts("/statuses/{id}/folder", Kind::Form, || {
        post(bookmarks::web::put)
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
    reads("/moderation", Kind::Page, || get(moderation::start::page)),
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
    reads("/moderation/record", Kind::Page, || {
        get(moderation::record::page)
    }),
    reads("/moderation/accounts/{id}", Kind::Page, || {
        get(moderation::person::page)
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
    // Files
    reads("/media/{key}/{file}", Kind::Asset, || get(media::web::show)),
    reads("/media/remote/{status}/{at}/{part}", Kind::Asset, || {
        get(media::remote::show)
    })
    .slow(),
    reads("/media/remote/cards/{status}/{part}", Kind::Asset, || {
        get(cards::picture::show)
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
    reads(
        "/media/remote/portraits/{account}/{which}/{stamp}/{part}",
        Kind::Asset,
        || get(media::remote::show_portrait),
    ),
    reads("/emojis/{id}", Kind::Activity, || {
        get(emojis::activity::show)
    }),
    reads("/moderation/community", Kind::Page, || {
        get(communities::web::look)
    }),
    acts("/moderation/community", Kind::Form, || {
        post(communities::web::save_look)
    })
    .slow(),
    reads("/moderation/emojis", Kind::Page, || get(emojis::web::page)),
    acts("/moderation/emojis", Kind::Form, || post(emojis::web::add)).slow(),
    acts("/moderation/emojis/{id}", Kind::Form, || {
        post(emojis::web::change)
    }),
    acts("/moderation/emojis/{id}/delete", Kind::Form, || {
        post(emojis::web::remove)
    }),
    // What holds here
    reads("/privacy-policy", Kind::Page, || {
        get(texts::web::privacy_policy)
    }),
    reads("/privacy-policy/{date}", Kind::Page, || {
        get(texts::web::privacy_policy_of_day)
    }),
    reads("/terms-of-service", Kind::Page, || {
        get(texts::web::terms_of_service)
    }),
    reads("/terms-of-service/{date}", Kind::Page, || {
        get(texts::web::terms_of_day)
    }),
    reads("/moderation/texts/privacy-policy", Kind::Page, || {
        get(texts::web::privacy_form)
    }),
    acts("/moderation/texts/privacy-policy", Kind::Form, || {
        post(texts::web::publish_privacy)
    }),
    acts(
        "/moderation/texts/privacy-policy/take-back",
        Kind::Form,
        || post(texts::web::take_back_privacy),
    ),
    reads("/moderation/texts/terms-of-service", Kind::Page, || {
        get(texts::web::terms_form)
    }),
    acts("/moderation/texts/terms-of-service", Kind::Form, || {
        post(texts::web::publish_terms)
    }),
    acts(
        "/moderation/texts/terms-of-service/take-back",
        Kind::Form,
        || post(texts::web::take_back_terms),
    ),
];
