//! The pages of a forgotten password, and of letters that ask whether an address is somebody's.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::Deserialize;

use super::LABELS;
use crate::accounts;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::cookie::{self, Cookie};
use crate::http::form::{page_with, trouble};
use crate::http::{Form, Path, Reply, Visit, address, afterwards, held, local_path};
use crate::mail;
use crate::members::{email, reset};
use crate::sign_ups::{self, Standing};
use crate::web;
use crate::web::view::{Frame, NavItem, Notice, Trouble};

#[derive(Template)]
#[template(path = "members/forgotten.html")]
struct ForgottenPage {
    frame: Frame,
    /// Letters are sent from here.
    sends: bool,
    /// The form was sent.
    asked: bool,
    /// Where to go on to; empty for the first page.
    next: String,
    trouble: Option<Trouble>,
}

/// Where whoever forgot their password wanted to go.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// `GET /forgotten`
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Reply> {
    show(&app, &visit, false, &wanted.next, None).await
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Forgotten {
    name: String,
    #[serde(default)]
    next: String,
}

/// `POST /forgotten`: the same page, whoever that is. This browser keeps where it wanted to go, for the page that the
/// letter leads to.
pub async fn ask(
    State(app): State<App>,
    visit: Visit,
    parts: Parts,
    Form(form): Form<Forgotten>,
) -> Result<Reply> {
    let neighbourhood = address::neighbourhood(address::client(&parts, &app.config));
    match reset::ask(&app, &visit.community, &form.name, &neighbourhood).await {
        Ok(()) => {
            let next = local_path(&form.next).unwrap_or("/");
            let reply = show(&app, &visit, true, next, None).await?;
            Ok(reply.with_cookie(cookie::next(&visit.community, next)))
        }
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show(&app, &visit, false, &form.next, Some(trouble)).await
        }
    }
}

async fn show(
    app: &App,
    visit: &Visit,
    asked: bool,
    next: &str,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "A new password", NavItem::SignIn).await?;
    frame.no_index = true;
    frame.afterwards = afterwards(next);
    let page = ForgottenPage {
        frame,
        sends: mail::is_on(app),
        asked,
        next: held(next),
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}

#[derive(Template)]
#[template(path = "members/reset.html")]
struct ResetPage {
    frame: Frame,
    token: String,
    handle: String,
    trouble: Option<Trouble>,
}

/// `GET /reset/{token}`
pub async fn reset_page(
    State(app): State<App>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Reply> {
    show_reset(&app, &visit, token, None).await
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Reset {
    token: String,
    password: String,
}

/// `POST /reset`. Where it is the browser that asked for the letter, they go on from signing in to where they wanted to.
pub async fn reset(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<Reset>,
) -> Result<Reply> {
    let here = &visit.community;
    match reset::finish(&app, here, &form.token, &form.password).await {
        Ok(()) => {
            let wanted = cookie::read_next(&headers, here);
            let wanted = wanted.as_deref();
            let reply = Reply::see_other(&sign_in_before(wanted))
                .telling(here, "Your password is changed. Sign in with it.");
            Ok(gone_on(reply, here, wanted))
        }
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show_reset(&app, &visit, form.token, Some(trouble)).await
        }
    }
}

async fn show_reset(
    app: &App,
    visit: &Visit,
    token: String,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let member = reset::led_to(app, &visit.community, &token)
        .await?
        .ok_or(Error::Gone)?;
    let account = accounts::find(app, member.account_id).await?;
    let mut frame = web::frame(app, visit, "A new password", NavItem::SignIn).await?;
    frame.no_index = true;
    let page = ResetPage {
        frame,
        token,
        handle: account.handle().to_string(),
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}

#[derive(Template)]
#[template(path = "members/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    token: String,
    email: String,
    handle: String,
    trouble: Option<Trouble>,
}

/// `GET /confirm/{token}`
pub async fn confirm_page(
    State(app): State<App>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Reply> {
    show_confirm(&app, &visit, token, None).await
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Confirm {
    token: String,
}

/// `POST /confirm`
pub async fn confirm(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<Confirm>,
) -> Result<Reply> {
    let here = &visit.community;
    if sign_ups::led_to(&app, here, &form.token).await?.is_some() {
        return confirm_sign_up(&app, &visit, &headers, form.token).await;
    }
    match email::confirm(&app, here, &form.token).await {
        Ok(()) => {
            let done = Notice("Your address is confirmed.".to_owned());
            Ok(Reply::see_other("/").with_cookie(cookie::notice(&visit.community, &done)))
        }
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show_confirm(&app, &visit, form.token, Some(trouble)).await
        }
    }
}

/// Whoever joins by it signs in themself: the letter may be open where somebody else's browser is.
/// Where it is the browser that they signed up with, they go on from there to where they wanted to.
async fn confirm_sign_up(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    token: String,
) -> Result<Reply> {
    let here = &visit.community;
    let wanted = cookie::read_next(headers, here);
    let (sentence, next) = match sign_ups::confirm(app, here, &token).await {
        Ok(Standing::In) => (
            "You are in. Sign in with your name and password.",
            sign_in_before(wanted.as_deref()),
        ),
        Ok(_) => (
            "Your address is confirmed. The moderators read what you wrote, and you get their answer by letter.",
            "/about".to_owned(),
        ),
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            return show_confirm(app, visit, token, Some(trouble)).await;
        }
    };
    let reply = Reply::see_other(&next).telling(here, sentence);
    Ok(gone_on(reply, here, wanted.as_deref()))
}

/// The page of signing in, from which one goes on to where this browser wanted to.
fn sign_in_before(wanted: Option<&str>) -> String {
    format!("/sign-in{}", afterwards(wanted.unwrap_or("/")))
}

/// What this browser wanted is led to once.
fn gone_on(reply: Reply, here: &Community, wanted: Option<&str>) -> Reply {
    match wanted {
        Some(_) => reply.with_cookie(Cookie::Next.clear(here)),
        None => reply,
    }
}

/// The address that a link confirms, and for which handle.
async fn confirms(app: &App, visit: &Visit, token: &str) -> Result<(String, String)> {
    let here = &visit.community;
    if let Some(applicant) = sign_ups::led_to(app, here, token).await? {
        let handle = format!("@{}@{}", applicant.username, here.domain);
        return Ok((applicant.email, handle));
    }
    let (member, email) = email::led_to(app, here, token).await?.ok_or(Error::Gone)?;
    let account = accounts::find(app, member.account_id).await?;
    Ok((email, account.handle().to_string()))
}

async fn show_confirm(
    app: &App,
    visit: &Visit,
    token: String,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let (email, handle) = confirms(app, visit, &token).await?;
    let mut frame = web::frame(app, visit, "Is this your address?", NavItem::Elsewhere).await?;
    frame.no_index = true;
    let page = ConfirmPage {
        frame,
        token,
        email,
        handle,
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}
