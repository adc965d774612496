//! Boundaries, and what else holds in a community.

use crate::router::endpoint::{get, post};
use crate::router::route::{Kind, Route, acts, reads};
use crate::{aliases, communities, emergency, lists, rules, texts};

pub(super) const ROUTES: &[Route] = &[
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
