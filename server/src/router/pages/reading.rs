//! What is read.

use crate::router::endpoint::{get, post};
use crate::router::route::{Kind, Route, acts, either, reads};
use crate::{
    accounts, antennas, bookmarks, collections, conversations, discovery, favourites,
    followed_tags, hashtags, notifications, reach, reading_lists, search, statuses, timelines,
};

pub(super) const ROUTES: &[Route] = &[
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
];
