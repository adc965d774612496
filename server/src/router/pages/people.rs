//! People, and what one has to do with them.

use crate::router::endpoint::{get, post};
use crate::router::route::{Kind, Route, acts, reads};
use crate::{accounts, announcements, contacts, follows, moderation, relations, reports, waves};

pub(super) const ROUTES: &[Route] = &[
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
];
