//! Pages around one status: write, change, delete, what it said before. The conversation is in `conversations`.

mod view;

use axum::extract::{Path, State};
use comity_policy::Way;
use comity_vocab::{Handle, Visibility};
use serde::Deserialize;

pub use view::{Reader, choices, composer, path, seen_by, views};

use super::{Draft, delete, edit, find, publish, text, versions};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Back, Label, page_with, trouble};
use crate::http::{Form, Me, Reply, Visit, local_path};
use crate::web::view::{
    ComposePage, ComposerView, EditPage, HistoryPage, NavItem, SeenBy, VersionView,
};
use crate::web::{frame, person_view, time};

/// What the composer sends.
#[derive(Debug, Deserialize)]
pub struct ComposeForm {
    text: String,
    #[serde(default)]
    spoiler: String,
    #[serde(default)]
    visibility: String,
    #[serde(default)]
    language: String,
    in_reply_to: Option<i64>,
    #[serde(default)]
    tell: Vec<String>,
    #[serde(default)]
    told: bool,
    #[serde(default)]
    back: String,
}

impl ComposeForm {
    fn draft(&self, usual: Visibility) -> Draft {
        // Where there are boxes to tick, what is ticked counts; small composers have none and tell whom they answer.
        let tell = (self.told || !self.tell.is_empty()).then(|| {
            self.tell
                .iter()
                .filter_map(|handle| Handle::parse(handle).ok())
                .collect()
        });
        Draft {
            text: self.text.clone(),
            spoiler_text: self.spoiler.clone(),
            visibility: Visibility::parse(&self.visibility).unwrap_or(usual),
            in_reply_to_id: self.in_reply_to,
            language: Some(self.language.trim().to_owned()).filter(|tag| !tag.is_empty()),
            sensitive: !self.spoiler.trim().is_empty(),
            tell,
        }
    }
}

/// `GET /compose`
#[derive(Debug, Deserialize)]
pub struct ComposeQuery {
    in_reply_to: Option<i64>,
    to: Option<i64>,
}

/// `GET /compose`
pub async fn compose_form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    axum::extract::Query(query): axum::extract::Query<ComposeQuery>,
) -> Result<Reply> {
    let mut composer = composer(&app, &me);
    if let Some(to) = query.to {
        let person = crate::accounts::show(&app, &me.party(), Way::Page, to).await?;
        composer.text = format!("{} ", person_view(&person, &me.community).handle());
        composer.seen_by = SeenBy::Mentioned;
    }
    composer.in_reply_to = query.in_reply_to;
    compose_page(&app, &me, &visit, composer).await
}

async fn compose_page(
    app: &App,
    me: &Me,
    visit: &Visit,
    mut composer: ComposerView,
) -> Result<Reply> {
    let mut answering = None;
    if let Some(id) = composer.in_reply_to {
        let status = find(app, &me.party(), Way::Page, id).await?;
        let reader = Reader::of(app, visit, &[&status]).await?;
        if composer.trouble.is_none() {
            reader.prepare_reply(&mut composer, &status);
        }
        answering = Some(reader.view(&status, None));
    }
    let frame = frame(app, visit, "Write", NavItem::Write).await?;
    let trouble = composer.trouble.clone();
    let page = Reply::page(ComposePage {
        frame,
        composer,
        answering,
    });
    Ok(page_with(page, trouble.as_ref()))
}

/// `POST /compose`
pub async fn compose(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<ComposeForm>,
) -> Result<Reply> {
    let draft = form.draft(me.member.default_visibility);
    let published = publish(&app, &me.community, me.account.clone(), draft.clone()).await;
    let trouble = match published {
        Ok(status) => {
            let back = local_path(&form.back).filter(|back| back.starts_with("/@"));
            let page =
                back.map_or_else(|| path(&status, &me.community), |back| on(back, status.id));
            return Ok(Reply::see_other(&page));
        }
        Err(why) => trouble(why, LABELS)?,
    };
    let mut composer = composer(&app, &me);
    composer.in_reply_to = form.in_reply_to;
    composer.seen_by = seen_by(draft.visibility);
    composer.text = form.text;
    composer.spoiler = form.spoiler;
    composer.trouble = Some(trouble);
    compose_page(&app, &me, &visit, composer).await
}

/// The page one came from, at the new post.
fn on(back: &str, id: i64) -> String {
    let page = back.split('#').next().unwrap_or_default();
    format!("{page}#s{id}")
}

/// What the composer's fields are called in sentences.
const LABELS: &[Label] = &[
    Label::of("text", "your post"),
    Label {
        of: "spoiler_text",
        input: "spoiler",
        words: "the content warning",
    },
    Label::of("language", "the language"),
    Label::of("in_reply_to_id", "what you answer"),
];

/// `GET /statuses/{id}/edit`
pub async fn edit_form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Reply> {
    let status = find(&app, &me.party(), Way::Page, id).await?;
    if status.author.id != me.account.id {
        return Err(Error::NotFound);
    }
    let words = text(&status);
    let composer = ComposerView {
        text: words.source.clone(),
        spoiler: words.spoiler_text.clone(),
        seen_by: seen_by(status.visibility),
        ..edit_composer(&app, &me, id)
    };
    edit_page(&app, &visit, &status, composer).await
}

fn edit_composer(app: &App, me: &Me, id: i64) -> ComposerView {
    ComposerView {
        action: format!("/statuses/{id}/edit"),
        choices: Vec::new(),
        submit: "Save",
        ..composer(app, me)
    }
}

async fn edit_page(
    app: &App,
    visit: &Visit,
    status: &comity_policy::Visible<super::Status>,
    composer: ComposerView,
) -> Result<Reply> {
    let frame = frame(app, visit, "Edit", NavItem::Elsewhere).await?;
    let trouble = composer.trouble.clone();
    let page = Reply::page(EditPage {
        frame,
        composer,
        url: path(status, &visit.community),
    });
    Ok(page_with(page, trouble.as_ref()))
}

/// `POST /statuses/{id}/edit`
pub async fn save(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<ComposeForm>,
) -> Result<Reply> {
    let draft = form.draft(me.member.default_visibility);
    match edit(&app, &me.community, me.account.clone(), id, draft).await {
        Ok(status) => Ok(Reply::see_other(&path(&status, &me.community))),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            let status = find(&app, &me.party(), Way::Page, id).await?;
            let composer = ComposerView {
                text: form.text,
                spoiler: form.spoiler,
                seen_by: seen_by(status.visibility),
                trouble: Some(trouble),
                ..edit_composer(&app, &me, id)
            };
            edit_page(&app, &visit, &status, composer).await
        }
    }
}

/// `POST /statuses/{id}/delete`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    delete(&app, me.account.clone(), id).await?;
    // The page of what was deleted is gone as well.
    if back.is_of_status(id) {
        Ok(Reply::see_other("/"))
    } else {
        Ok(back.to())
    }
}

/// `GET /statuses/{id}/history`
pub async fn history(State(app): State<App>, visit: Visit, Path(id): Path<i64>) -> Result<Reply> {
    let status = find(&app, &visit.party(), Way::Page, id).await?;
    let now = app.now_ms();
    let lang = text(&status).language.clone();
    let mut all: Vec<VersionView> = versions(&app, &status)
        .await?
        .into_iter()
        .map(|version| VersionView {
            when_iso: time::iso(version.created_at),
            when_text: time::words(version.created_at, now),
            spoiler: Some(version.text.spoiler_text).filter(|spoiler| !spoiler.is_empty()),
            html: version.text.content,
            lang: lang.clone(),
        })
        .collect();
    all.reverse();
    let frame = frame(&app, &visit, "What it said before", NavItem::Elsewhere).await?;
    Ok(Reply::page(HistoryPage {
        frame,
        author: person_view(&status.author, &visit.community),
        url: path(&status, &visit.community),
        versions: all,
    }))
}
