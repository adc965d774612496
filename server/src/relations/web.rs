//! Block and mute, from a profile or from under a post, and the page of whom one keeps away by that.

use askama::Template;
use axum::extract::{Query, State};
use comity_db::params;
use comity_policy::Way;
use serde::Deserialize;

use super::{BLOCKED, MUTED, Mute, Relation, Telling, relations};
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Page, Path, Reply, Visit};
use crate::web::view::{Frame, NavItem, PersonView};
use crate::web::{cleared_view, frame, time};
use crate::window::Window;

/// What the block button sends.
#[derive(Debug, Deserialize)]
pub struct BlockForm {
    #[serde(default)]
    back: String,
    /// "on" lets their server know.
    #[serde(default)]
    tell: String,
}

/// `POST /accounts/{id}/block`
pub async fn block(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<BlockForm>,
) -> Result<Reply> {
    let telling = if form.tell == "on" {
        Telling::TheirServer
    } else {
        Telling::Silent
    };
    super::block(&app, &me.account, id, telling).await?;
    Ok(Reply::see_other(&form.back))
}

/// `POST /accounts/{id}/unblock`
pub async fn unblock(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unblock(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /accounts/{id}/mute`
pub async fn mute(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::mute(&app, &me.account, id, Mute::WHOLE).await?;
    Ok(back.to())
}

/// `POST /accounts/{id}/unmute`
pub async fn unmute(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unmute(&app, &me.account, id).await?;
    Ok(back.to())
}

#[derive(Template)]
#[template(path = "relations/people.html")]
struct PeoplePage {
    frame: Frame,
    muted: bool,
    rows: Vec<Row>,
    older: Option<String>,
}

/// Somebody whom the viewer blocks or mutes.
struct Row {
    id: i64,
    /// As they may be seen; `None` where a rule stands before it as well.
    person: Option<PersonView>,
    /// Whom the viewer meant, also where nothing else of them may be seen.
    handle: String,
    /// For how long, and what; empty for a block.
    told: String,
}

/// Which of the two lists; blocks where nothing is said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    of: String,
}

/// `GET /settings/people?of=muted`: whom the member blocks or mutes, the last first.
pub async fn page(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Query(which): Query<Which>,
    page: Page,
) -> Result<Reply> {
    let now_ms = app.now_ms();
    let muted = which.of == "muted";
    let window = Window::older_than(page.below());
    let stretch = if muted {
        let of = params![me.account.id, now_ms];
        MUTED.read(&app.db, window, page.limit, of).await?
    } else {
        let of = params![me.account.id];
        BLOCKED.read(&app.db, window, page.limit, of).await?
    };
    let ids = &stretch.named;
    let shown = accounts::show_many(&app, &me.party(), Way::Page, ids).await?;
    let known = accounts::find_many(&app, ids.clone()).await?;
    let against = relations(&app, me.account.id, ids.clone()).await?;
    let rows = ids.iter().filter_map(|id| {
        let cleared = shown.get(id).and_then(|all| all.first());
        Some(Row {
            id: *id,
            person: cleared.map(|account| cleared_view(account, account, &visit.community)),
            handle: known.get(id)?.handle().to_string(),
            told: match against.get(id) {
                Some(relation) if muted => told(relation, now_ms),
                _ => String::new(),
            },
        })
    });
    let rows = rows.collect();
    let mut frame = frame(&app, &visit, "Blocks and mutes", NavItem::Me).await?;
    frame.no_index = true;
    let others = if muted { "of=muted&" } else { "" };
    let older = stretch.oldest;
    Ok(Reply::page(PeoplePage {
        frame,
        muted,
        rows,
        older: older.map(|id| format!("/settings/people?{others}max_id={id}")),
    }))
}

/// "Until 5 May. What they do is told to you."
fn told(mute: &Relation, now_ms: i64) -> String {
    let until = match mute.muting_until {
        Some(at) => format!("Until {}.", time::words(at, now_ms)),
        None => "For good.".to_owned(),
    };
    if mute.muting_notifications {
        until
    } else {
        format!("{until} What they do to you is told.")
    }
}
