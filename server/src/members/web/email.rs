//! The page of a member's e-mail address.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::LABELS;
use crate::app::App;
use crate::error::Result;
use crate::http::form::{page_with, trouble};
use crate::http::{Form, Me, Reply, Visit, cookie};
use crate::mail;
use crate::members::email::{self, Moved};
use crate::web;
use crate::web::view::{Frame, NavItem, Notice, Trouble};

#[derive(Template)]
#[template(path = "members/email.html")]
struct EmailPage {
    frame: Frame,
    email: String,
    confirmed: bool,
    wanted: Option<String>,
    waits: bool,
    /// Letters are sent from here.
    sends: bool,
    typed: String,
    trouble: Option<Trouble>,
}

/// `GET /settings/email`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show(&app, &me, &visit, String::new(), None).await
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Change {
    email: String,
    password: String,
}

/// `POST /settings/email`
pub async fn change(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Change>,
) -> Result<Reply> {
    match email::change(&app, &me.member, &form.password, &form.email).await {
        Ok(moved) => Ok(done(
            &visit,
            match moved {
                Moved::AtOnce => {
                    "Your address is changed. No letter went there: this server sends none."
                }
                Moved::Asked => {
                    "A letter is on its way there. Until you answer it, the old address stays."
                }
                Moved::Stayed => "Your address stays what it is.",
            },
        )),
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show(&app, &me, &visit, form.email, Some(trouble)).await
        }
    }
}

/// `POST /settings/email/letter`
pub async fn ask_again(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(()): Form<()>,
) -> Result<Reply> {
    match email::ask_again(&app, &me.member).await {
        Ok(()) => Ok(done(&visit, "A letter is on its way.")),
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show(&app, &me, &visit, String::new(), Some(trouble)).await
        }
    }
}

fn done(visit: &Visit, sentence: &str) -> Reply {
    let notice = cookie::notice(&visit.community, &Notice(sentence.to_owned()));
    Reply::see_other("/settings/email").with_cookie(notice)
}

async fn show(
    app: &App,
    me: &Me,
    visit: &Visit,
    typed: String,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "E-mail", NavItem::Me).await?;
    frame.no_index = true;
    let page = EmailPage {
        frame,
        email: me.member.email.clone(),
        confirmed: me.member.email_confirmed_at.is_some(),
        wanted: me.member.email_wanted.clone(),
        waits: email::waits(&me.member),
        sends: mail::is_on(app),
        typed,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}
