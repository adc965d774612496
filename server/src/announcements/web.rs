//! The page of announcements, and for those who look after the community the form to write one.

use askama::Template;
use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;

use super::Reaction;
use crate::app::App;
use crate::emojis::html::{in_html, in_plain};
use crate::error::Result;
use crate::http::{Form, Id, Me, Reply, Visit};
use crate::members::Role;
use crate::text::render;
use crate::web::view::{Frame, NavItem};
use crate::web::{frame, time};

#[derive(Template)]
#[template(path = "announcements/page.html")]
struct AnnouncementsPage {
    frame: Frame,
    all: Vec<View>,
    may_write: bool,
}

/// One of them.
struct View {
    id: i64,
    html: String,
    is_read: bool,
    reactions: Vec<Said>,
    when_iso: String,
    when_text: String,
}

/// What it was answered with.
struct Said {
    html: String,
    count: i64,
    mine: bool,
}

impl Said {
    fn of(reaction: &Reaction) -> Said {
        Said {
            html: in_plain(&reaction.emoji, reaction.picture.as_slice()),
            count: reaction.count,
            mine: reaction.mine,
        }
    }
}

/// `GET /announcements`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let now = app.now_ms();
    let all = super::list(&app, &me).await?;
    let people = super::people(&app, &me, Way::Page, &all).await?;
    let mut frame = frame(&app, &visit, "Announcements", NavItem::Notifications).await?;
    frame.no_index = true;
    Ok(Reply::page(AnnouncementsPage {
        frame,
        all: all
            .into_iter()
            .map(|one| View {
                id: one.id,
                html: in_html(
                    &render::render(&one.text, &people, &me.community).html,
                    &super::emojis(&one, &me.community),
                ),
                is_read: one.is_read,
                reactions: one.reactions.iter().map(Said::of).collect(),
                when_iso: time::iso(one.created_at),
                when_text: time::words(one.created_at, now),
            })
            .collect(),
        may_write: me.member.role >= Role::Moderator,
    }))
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Written {
    text: String,
}

fn back() -> Reply {
    Reply::see_other("/announcements")
}

/// `POST /announcements`
pub async fn publish(
    State(app): State<App>,
    me: Me,
    Form(written): Form<Written>,
) -> Result<Reply> {
    super::publish(&app, &me, &written.text).await?;
    Ok(back())
}

/// `POST /announcements/{id}/delete`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::remove(&app, &me, id).await?;
    Ok(back())
}

/// `POST /announcements/{id}/dismiss`
pub async fn dismiss(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::dismiss(&app, &me, id).await?;
    Ok(back())
}
