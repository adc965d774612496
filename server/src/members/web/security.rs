//! The page of a member's password and of the browsers they are signed in with.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use super::{LABELS, browser_name, signed_in};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{page_with, trouble};
use crate::http::{Form, Me, Reply, Visit, cookie};
use crate::members::{self, sessions};
use crate::web;
use crate::web::view::{Frame, NavItem, Notice, Trouble};

/// Password and signed-in browsers.
#[derive(Template)]
#[template(path = "members/security.html")]
struct SecurityPage {
    frame: Frame,
    sessions: Vec<SessionView>,
    trouble: Option<Trouble>,
}

/// One browser that is signed in.
struct SessionView {
    id: String,
    browser: String,
    seen: String,
    is_this: bool,
}

/// `GET /.well-known/change-password`: where keepers of passwords send people to change theirs
/// (<https://w3c.github.io/webappsec-change-password-url/>).
pub async fn is_at() -> Reply {
    Reply::see_other("/settings/password")
}

/// `GET /settings/sessions` and `GET /settings/password`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show_security(&app, &me, &visit, None).await
}

/// What the form of a new password sends.
#[derive(Deserialize)]
pub struct ChangePassword {
    old: String,
    password: String,
}

/// `POST /settings/password`
pub async fn change_password(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<ChangePassword>,
) -> Result<Reply> {
    match members::change_password(&app, &me.member, &form.old, &form.password).await {
        Ok(()) => {
            let session = sessions::start(&app, me.account.id, browser_name(&headers)).await?;
            let done = Notice(
                "Your password is changed. Every other browser is signed out, your passkeys have ended, and apps have to ask you again.".to_owned(),
            );
            Ok(signed_in(&visit, &session, "/settings/sessions")
                .with_cookie(cookie::notice(&visit.community, &done)))
        }
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show_security(&app, &me, &visit, Some(trouble)).await
        }
    }
}

/// Which browser to sign out.
#[derive(Deserialize)]
pub struct EndSession {
    id: String,
}

/// `POST /settings/sessions`
pub async fn end_session(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<EndSession>,
) -> Result<Reply> {
    sessions::end_one(&app, me.account.id, &form.id).await?;
    let done = Notice("That browser is signed out.".to_owned());
    Ok(Reply::see_other("/settings/sessions").with_cookie(cookie::notice(&visit.community, &done)))
}

/// `POST /settings/sessions/others`
pub async fn end_others(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(()): Form<()>,
) -> Result<Reply> {
    let this = visit.session().ok_or(Error::Unauthorized)?;
    sessions::end_others(&app, me.account.id, this).await?;
    let done = Notice("Every other browser is signed out.".to_owned());
    Ok(Reply::see_other("/settings/sessions").with_cookie(cookie::notice(&visit.community, &done)))
}

async fn show_security(
    app: &App,
    me: &Me,
    visit: &Visit,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let this = visit
        .session()
        .map(sessions::id_of_token)
        .unwrap_or_default();
    let sessions = sessions::list(app, me.account.id).await?;
    let mut frame = web::frame(app, visit, "Password and browsers", NavItem::Me).await?;
    frame.no_index = true;
    let now_ms = app.now_ms();
    let sessions = sessions
        .into_iter()
        .map(|session| SessionView {
            is_this: session.id == this,
            id: session.id,
            browser: if session.user_agent.is_empty() {
                "A browser".to_owned()
            } else {
                session.user_agent
            },
            seen: ago(now_ms - session.last_seen_at),
        })
        .collect();
    let page = SecurityPage {
        frame,
        sessions,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// "within the hour", "5 hours ago", "3 days ago".
fn ago(ms: i64) -> String {
    let hours = ms / 3_600_000;
    match hours {
        ..=0 => "within the hour".to_owned(),
        1 => "an hour ago".to_owned(),
        2..=47 => format!("{hours} hours ago"),
        _ => format!("{} days ago", hours / 24),
    }
}
