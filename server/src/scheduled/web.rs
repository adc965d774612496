//! The page of posts that wait for their time; the composer lets them wait.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::Scheduled;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit, as_sentence};
use crate::web::view::{Frame, NavItem, Trouble};
use crate::web::{frame, time};

/// Characters of a post that its line shows.
const SHOWN: usize = 200;

/// What the form's field is called in sentences.
const LABELS: &[Label] = &[Label {
    of: "scheduled_at",
    input: "later",
    words: "the time",
}];

#[derive(Template)]
#[template(path = "scheduled/page.html")]
struct ScheduledPage {
    frame: Frame,
    all: Vec<View>,
}

struct View {
    id: i64,
    words: String,
    files: usize,
    is_answer: bool,
    /// An app keeps it as a draft, and its time says nothing.
    is_draft: bool,
    when_iso: String,
    when_text: String,
    /// What its field holds: the time, or what was typed instead.
    later: String,
    /// Why it could not be published.
    trouble: Option<String>,
    /// What was wrong with the time that was typed.
    wrong: Option<Trouble>,
}

impl View {
    fn of(waits: &Scheduled, now_ms: i64) -> View {
        let is_draft = waits.is_draft(now_ms);
        View {
            id: waits.id,
            words: waits.sent.words().chars().take(SHOWN).collect(),
            files: waits.sent.files().len(),
            is_answer: waits.sent.answers_something(),
            is_draft,
            when_iso: time::iso(waits.at),
            when_text: time::words(waits.at, now_ms),
            later: if is_draft {
                String::new()
            } else {
                time::field(waits.at)
            },
            trouble: waits.trouble.as_deref().map(as_sentence),
            wrong: None,
        }
    }
}

/// A time as the field of a form has it, in unix milliseconds.
pub fn read_field(app: &App, typed: &str) -> Result<i64> {
    let at = time::from_field(typed).ok_or_else(|| {
        Error::invalid(
            "scheduled_at",
            "cannot be read; write it as 2026-05-03T14:00",
        )
    })?;
    super::check_planned(app, at)?;
    Ok(at)
}

/// `GET /scheduled`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let views = views(&app, &me).await?;
    show(&app, &visit, views).await
}

/// Another time, as the form sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Again {
    later: String,
}

/// `POST /scheduled/{id}/time`
pub async fn reschedule(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(again): Form<Again>,
) -> Result<Reply> {
    super::find(&app, &me, id).await?;
    match moved(&app, &me, id, &again.later).await {
        Ok(waits) => Ok(done(&visit, &until(&app, waits.at))),
        Err(why) => {
            let wrong = trouble(why, LABELS)?;
            let mut views = views(&app, &me).await?;
            if let Some(view) = views.iter_mut().find(|view| view.id == id) {
                view.later = again.later;
                view.wrong = Some(wrong.clone());
            }
            let page = show(&app, &visit, views).await?;
            Ok(page_with(page, Some(&wrong)))
        }
    }
}

async fn moved(app: &App, me: &Me, id: i64, later: &str) -> Result<Scheduled> {
    super::reschedule(app, me, id, read_field(app, later)?).await
}

/// `POST /scheduled/{id}/cancel`
pub async fn cancel(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::cancel(&app, &me, id).await?;
    Ok(done(&visit, "It is not published."))
}

/// Leads to the page, and says there that a post waits until this time (unix milliseconds).
pub fn waits(app: &App, visit: &Visit, at: i64) -> Reply {
    done(visit, &until(app, at))
}

fn until(app: &App, at: i64) -> String {
    let when = time::words(at, app.now_ms());
    format!("It is published at this time (UTC): {when}.")
}

fn done(visit: &Visit, words: &str) -> Reply {
    Reply::see_other("/scheduled").telling(&visit.community, words)
}

async fn views(app: &App, me: &Me) -> Result<Vec<View>> {
    let now_ms = app.now_ms();
    let all = super::of(app, me.account.id).await?;
    Ok(all.iter().map(|waits| View::of(waits, now_ms)).collect())
}

async fn show(app: &App, visit: &Visit, all: Vec<View>) -> Result<Reply> {
    let mut frame = frame(app, visit, "Published later", NavItem::Write).await?;
    frame.no_index = true;
    Ok(Reply::page(ScheduledPage { frame, all }))
}
