//! Coming in and going out.

use crate::router::endpoint::{get, post};
use crate::router::route::{Kind, Route, acts, reads};
use crate::{
    filters, invitations, leaving, members, notifications, passkeys, reading_lists, relations,
    second_step, sign_up_blocks, sign_ups,
};

pub(super) const ROUTES: &[Route] = &[
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
];
