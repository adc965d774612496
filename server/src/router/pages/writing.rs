//! What is written.

use crate::router::endpoint::{get, post};
use crate::router::route::{Kind, Route, acts, reads};
use crate::{
    bookmarks, conversations, drafts, favourites, pins, polls, quotes, reactions, reblogs,
    scheduled, statuses,
};

pub(super) const ROUTES: &[Route] = &[
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
];
