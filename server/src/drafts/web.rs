//! The page of drafts; the composer opens one.

use askama::Template;
use axum::extract::State;

use crate::app::App;
use crate::error::Result;
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::web::view::{Frame, NavItem};
use crate::web::{frame, time};

/// Characters of a draft that its line shows.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "drafts/page.html")]
struct DraftsPage {
    frame: Frame,
    all: Vec<View>,
}

struct View {
    id: i64,
    words: String,
    files: usize,
    is_answer: bool,
    when_iso: String,
    when_text: String,
}

/// `GET /drafts`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let now = app.now_ms();
    let all = super::of(&app, me.account.id).await?;
    let mut frame = frame(&app, &visit, "Drafts", NavItem::Write).await?;
    frame.no_index = true;
    Ok(Reply::page(DraftsPage {
        frame,
        all: all
            .into_iter()
            .map(|draft| View {
                id: draft.id,
                words: draft.sent.words().chars().take(SHOWN).collect(),
                files: draft.sent.files().len(),
                is_answer: draft.sent.answers_something(),
                when_iso: time::iso(draft.updated_at),
                when_text: time::words(draft.updated_at, now),
            })
            .collect(),
    }))
}

/// `POST /drafts/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::delete(&app, me.account.id, id).await?;
    let done = "The draft is deleted.";
    Ok(Reply::see_other("/drafts").telling(&visit.community, done))
}
