//! The page of what a member lays down for all they write: who may answer, and who may quote.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Form, Me, Reply, Visit, cookie};
use crate::members::{self, Writing};
use crate::statuses::web::{answers, quotes};
use crate::statuses::{Answering, Quoting};
use crate::text::Format;
use crate::web;
use crate::web::view::{AnswerChoice, Frame, NavItem, Notice};

/// Who may answer and quote, where a post says nothing else.
#[derive(Template)]
#[template(path = "members/writing.html")]
struct WritingPage {
    frame: Frame,
    answers: Vec<AnswerChoice>,
    quotes: Vec<AnswerChoice>,
    sensitive: bool,
    shows_app: bool,
    markdown: bool,
}

/// `GET /settings/writing`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let mut frame = web::frame(&app, &visit, "How you write", NavItem::Me).await?;
    frame.no_index = true;
    Ok(Reply::page(WritingPage {
        frame,
        answers: answers(me.member.answering),
        quotes: quotes(me.member.quoting),
        sensitive: me.member.sensitive,
        shows_app: me.member.shows_app,
        markdown: me.member.format == Format::Markdown,
    }))
}

/// What the form sends.
#[derive(Deserialize)]
pub struct WritingForm {
    answers: String,
    #[serde(default)]
    quotes: Option<String>,
    #[serde(default)]
    sensitive: String,
    #[serde(default)]
    shows_app: String,
    #[serde(default)]
    markdown: String,
}

/// `POST /settings/writing`
pub async fn save(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<WritingForm>,
) -> Result<Reply> {
    let answering = Answering::parse(&form.answers).ok_or_else(|| {
        Error::invalid(
            "answers",
            "must be everyone, followers, mentioned, asking or nobody",
        )
    })?;
    let quoting = match &form.quotes {
        Some(word) => Quoting::parse(word).ok_or_else(|| {
            Error::invalid("quotes", "must be everyone, followers, asking or nobody")
        })?,
        None => me.member.quoting,
    };
    let writing = Writing {
        answering,
        quoting,
        sensitive: form.sensitive == "on",
        shows_app: form.shows_app == "on",
        format: if form.markdown == "on" {
            Format::Markdown
        } else {
            Format::Plain
        },
        ..Writing::of(&me.member)
    };
    members::choose_writing(&app, me.account.id, writing).await?;
    let done = Notice("From your next post on. What you wrote before stays as it was.".to_owned());
    Ok(Reply::see_other("/settings/writing").with_cookie(cookie::notice(&visit.community, &done)))
}
