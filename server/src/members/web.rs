//! The pages of signing in and out, and of setup.

pub mod email;
pub mod forgotten;
pub mod security;
pub mod writing;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use serde::Deserialize;

use super::{NewMember, Role, SignedIn, sessions, setup};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::cookie::{self, Cookie};
use crate::http::form::{Back, Label, page_with, trouble};
use crate::http::token::Token;
use crate::http::{Form, Path, Reply, Visit, address, afterwards, local_path};
use crate::leaving::web::after_sign_in;
use crate::passkeys;
use crate::second_step;
use crate::sign_up_blocks;
use crate::web;
use crate::web::view::{NavItem, Notice, SetupPage, SignInPage, Trouble};

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Afterwards {
    next: Option<String>,
    back: Option<String>,
}

/// `GET /sign-in`
pub async fn sign_in_page(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Afterwards>,
) -> Result<Reply> {
    let next = query.next.or(query.back).unwrap_or_default();
    let next = local_path(&next).unwrap_or("/");
    if visit.me.is_some() {
        return Ok(Reply::see_other(next));
    }
    show_sign_in(&app, &visit, String::new(), next, None).await
}

/// What the form of sign-in sends.
#[derive(Deserialize)]
pub struct SignIn {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`
pub async fn sign_in(
    State(app): State<App>,
    visit: Visit,
    parts: Parts,
    Form(form): Form<SignIn>,
) -> Result<Reply> {
    let next = local_path(&form.next).unwrap_or("/");
    let from = address::client(&parts, &app.config);
    let done = match sign_up_blocks::check_sign_in(&app, &visit.community, from).await {
        Ok(()) => {
            let neighbourhood = address::neighbourhood(from);
            let browser = browser_name(&parts.headers);
            let (here, name) = (&visit.community, &form.name);
            super::sign_in(&app, here, name, &form.password, &neighbourhood, browser).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(SignedIn::Whole(session)) => go_on(&app, &visit, &session, next).await,
        Ok(SignedIn::Half(half)) => {
            second_step::web::held(&app, &visit, half.reveal(), next, None).await
        }
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show_sign_in(&app, &visit, form.name.clone(), next, Some(trouble)).await
        }
    }
}

/// The page of signing in, again where something was wrong.
pub(crate) async fn show_sign_in(
    app: &App,
    visit: &Visit,
    name: String,
    next: &str,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "Sign in", NavItem::SignIn).await?;
    frame.afterwards = afterwards(next);
    let page = SignInPage {
        frame,
        name,
        next: next.to_owned(),
        passkeys: passkeys::are_possible(&visit.community),
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}

/// `POST /sign-out`
pub async fn sign_out(
    State(app): State<App>,
    visit: Visit,
    Form(back): Form<Back>,
) -> Result<Reply> {
    if let Some(session) = visit.session() {
        sessions::end(&app, session).await?;
    }
    Ok(back
        .to()
        .with_cookie(Cookie::Session.clear(&visit.community)))
}

/// `GET /setup/{token}`
pub async fn setup_page(
    State(app): State<App>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Reply> {
    let opens = match Token::parse(&token) {
        Some(token) => setup::opens(&app, &visit.community, &token).await?,
        None => false,
    };
    if !opens {
        return Err(Error::Gone);
    }
    let form = SetupForm {
        token,
        community: visit.community.name.clone(),
        ..SetupForm::default()
    };
    show_setup(&app, &visit, form, None).await
}

/// What the form of setup sends.
#[derive(Default, Deserialize)]
pub struct SetupForm {
    token: String,
    community: String,
    username: String,
    email: String,
    password: String,
}

/// `POST /setup`
pub async fn set_up(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<SetupForm>,
) -> Result<Reply> {
    let token = Token::parse(&form.token).ok_or(Error::Gone)?;
    let admin = NewMember {
        username: form.username.clone(),
        email: form.email.clone(),
        password: form.password.clone(),
        display_name: String::new(),
        role: Role::Admin,
    };
    match setup::finish(&app, &visit.community, &token, &form.community, admin).await {
        Ok(account_id) => {
            let session = sessions::start(&app, account_id, browser_name(&headers)).await?;
            let welcome = Notice(format!("{} is yours to look after.", form.community.trim()));
            Ok(signed_in(&visit, &session, "/")
                .with_cookie(cookie::notice(&visit.community, &welcome)))
        }
        Err(error) => {
            let mut trouble = trouble(error, LABELS)?;
            if trouble.field == "name" {
                trouble.field = "community";
            }
            show_setup(&app, &visit, form, Some(trouble)).await
        }
    }
}

async fn show_setup(
    app: &App,
    visit: &Visit,
    form: SetupForm,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "A new community", NavItem::Elsewhere).await?;
    frame.no_index = true;
    let page = SetupPage {
        frame,
        domain: visit.community.domain.unicode(),
        token: form.token,
        name: form.community,
        username: form.username,
        email: form.email,
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}

/// The browser is signed in, and goes where it wanted to, or where whoever leaves may take it back.
pub(crate) async fn go_on(app: &App, visit: &Visit, session: &Token, next: &str) -> Result<Reply> {
    let next = after_sign_in(app, &visit.community, session, next).await?;
    Ok(signed_in(visit, session, next))
}

/// The browser holds the session from now on; the visitor's form token has done its work.
pub(crate) fn signed_in(visit: &Visit, session: &Token, next: &str) -> Reply {
    Reply::see_other(next)
        .with_cookie(cookie::session(
            &visit.community,
            session,
            sessions::COOKIE_LIVES_S,
        ))
        .with_cookie(Cookie::Visitor.clear(&visit.community))
}

pub(crate) fn browser_name(headers: &HeaderMap) -> &str {
    headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// What the fields of these forms are called in sentences.
const LABELS: &[Label] = &[
    Label::of("username", "this name"),
    Label::of("name", "the name"),
    Label::of("email", "this address"),
    Label::of("password", "this password"),
    Label::of("old", "this password"),
];
