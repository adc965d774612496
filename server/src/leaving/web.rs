//! The pages of leaving: the one that says what will happen, and the one for whoever comes back in time.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use super::GRACE_DAYS;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::cookie::{self, Cookie};
use crate::http::form::{Label, page_with, trouble};
use crate::http::token::Token;
use crate::http::{Form, Me, Reply, Visit};
use crate::members::{Member, sessions};
use crate::web;
use crate::web::time;
use crate::web::view::{Frame, NavItem, Notice, Trouble};
use crate::{accounts, mail, second_step};

#[derive(Template)]
#[template(path = "leaving/leave.html")]
struct LeavePage {
    frame: Frame,
    handle: String,
    days: i64,
    /// A code is asked for.
    second_step: bool,
    /// A letter says so as well.
    sends: bool,
    trouble: Option<Trouble>,
}

#[derive(Template)]
#[template(path = "leaving/stay.html")]
struct StayPage {
    frame: Frame,
    handle: String,
    day: String,
}

/// What the fields of the form are called in sentences.
const LABELS: &[Label] = &[
    Label::of("password", "this password"),
    Label::of("code", "this code"),
];

/// `GET /settings/leave`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show(&app, &me, &visit, None).await
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Leave {
    password: String,
    #[serde(default)]
    code: String,
}

/// `POST /settings/leave`
pub async fn leave(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Leave>,
) -> Result<Reply> {
    match super::ask(&app, &me.member, &form.password, &form.code).await {
        Ok(at) => {
            let done = Notice(format!(
                "You are signed out, and nobody sees your account any more. It is deleted on {}; sign in before that to keep it.",
                time::day(at)
            ));
            Ok(Reply::see_other("/")
                .with_cookie(Cookie::Session.clear(&visit.community))
                .with_cookie(cookie::notice(&visit.community, &done)))
        }
        Err(error) => show(&app, &me, &visit, Some(trouble(error, LABELS)?)).await,
    }
}

async fn show(app: &App, me: &Me, visit: &Visit, trouble: Option<Trouble>) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "Delete your account", NavItem::Me).await?;
    frame.no_index = true;
    let page = LeavePage {
        frame,
        handle: me.account.handle().to_string(),
        days: GRACE_DAYS,
        second_step: second_step::is_on(app, me.account.id).await?,
        sends: mail::is_on(app),
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// Where a browser goes that has just signed in: whoever is leaving is asked first.
pub(crate) async fn after_sign_in<'a>(
    app: &App,
    community: &Community,
    session: &Token,
    next: &'a str,
) -> Result<&'a str> {
    let leaving = sessions::of_leaving(app, community.id, session).await?;
    Ok(if leaving.is_some() { "/stay" } else { next })
}

async fn leaver(app: &App, visit: &Visit, headers: &HeaderMap) -> Result<Option<Member>> {
    match Cookie::Session.token(headers, &visit.community) {
        Some(session) => sessions::of_leaving(app, visit.community.id, &session).await,
        None => Ok(None),
    }
}

/// `GET /stay`
pub async fn stay_page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Reply> {
    let Some(member) = leaver(&app, &visit, &headers).await? else {
        return Ok(Reply::see_other("/sign-in"));
    };
    let account = accounts::find(&app, member.account_id).await?;
    let mut frame = web::frame(&app, &visit, "Your account", NavItem::SignIn).await?;
    frame.no_index = true;
    let page = StayPage {
        frame,
        handle: account.handle().to_string(),
        day: time::day(member.leaves_at.unwrap_or_default()),
    };
    Ok(visit.keep(Reply::page(page)))
}

/// `POST /stay`
pub async fn stay(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Form(()): Form<()>,
) -> Result<Reply> {
    let member = leaver(&app, &visit, &headers).await?;
    let member = member.ok_or(Error::Unauthorized)?;
    super::take_back(&app, member.account_id).await?;
    let done = Notice("Your account stays. Apps have to ask you again.".to_owned());
    Ok(Reply::see_other("/").with_cookie(cookie::notice(&visit.community, &done)))
}
