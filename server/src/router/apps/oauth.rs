//! How apps are let in, and what somebody let in.

use crate::http::Wants;
use crate::router::endpoint::{delete, get, post};
use crate::router::route::{Kind, Route, acts, api, reads};
use crate::{oauth, push};

pub(super) const ROUTES: &[Route] = &[
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
    api("POST", "/oauth/token", Wants::Nothing, "Token", || {
        post(oauth::api::token)
    }),
    api("POST", "/oauth/revoke", Wants::Nothing, "{}", || {
        post(oauth::api::revoke)
    }),
    api(
        "GET",
        "/oauth/userinfo",
        Wants::Member(&["profile"]),
        "UserInfo",
        || get(oauth::api::userinfo),
    ),
    api(
        "POST",
        "/oauth/userinfo",
        Wants::Member(&["profile"]),
        "UserInfo",
        || post(oauth::api::userinfo),
    ),
    reads(
        "/.well-known/oauth-authorization-server",
        Kind::Asset,
        || get(oauth::api::metadata),
    ),
    api(
        "POST",
        "/api/v1/apps",
        Wants::Nothing,
        "CredentialApplication",
        || post(oauth::api::register),
    ),
    api(
        "GET",
        "/api/v1/apps/verify_credentials",
        Wants::AnyApp,
        "Application",
        || get(oauth::api::verify_app),
    ),
    api(
        "GET",
        "/api/comity/v1/tokens",
        Wants::Member(&["read"]),
        "[SignIn]",
        || get(oauth::api::sign_ins),
    ),
    api(
        "DELETE",
        "/api/comity/v1/tokens/{id}",
        Wants::Member(&["write"]),
        "{}",
        || delete(oauth::api::end_sign_in),
    ),
];
