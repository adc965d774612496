//! Pages around one status: write, change, delete, what it said before. The conversation is in `conversations`.

mod attach;
mod compose;
mod view;

use axum::extract::State;
use comity_policy::Way;

pub(super) use compose::named;
pub use compose::{answers, compose, compose_form, quotes};
pub use view::{
    Reader, choices, composer, may_stand_within, path, quoted_by, seen_by, spoiler, views,
    with_title,
};

use compose::{ComposeForm, LABELS};
use view::choose_language;

use super::entity::emojis_in;
use super::{delete, edit, find, text, versions};
use crate::app::App;
use crate::emojis::html::{in_html, in_plain};
use crate::error::{Error, Result};
use crate::http::form::{Back, page_with, trouble};
use crate::http::{FileForm, Form, Me, Path, Reply, Visit};
use crate::quotes::web::LetIn;
use crate::text::Format;
use crate::web::view::{ComposerView, EditPage, HistoryPage, NavItem, VersionView};
use crate::web::{cleared_view, frame, time};

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
    let has = words.attachments.iter();
    let has: Vec<i64> = has
        .filter_map(|file| Some(file.here.as_ref()?.id))
        .collect();
    let mut composer = ComposerView {
        files: attach::views(&app, &me, &has).await?,
        text: words.source.clone(),
        markdown: words.format == Format::Markdown,
        spoiler: words.spoiler_text.clone(),
        seen_by: seen_by(status.visibility),
        ..edit_composer(&app, &me, id)
    };
    let language = words.language.as_deref().unwrap_or_default();
    choose_language(&mut composer.languages, language);
    edit_page(&app, &visit, &status, composer).await
}

fn edit_composer(app: &App, me: &Me, id: i64) -> ComposerView {
    ComposerView {
        action: format!("/statuses/{id}/edit"),
        choices: Vec::new(),
        answers: Vec::new(),
        quotes: Vec::new(),
        poll: None,
        later: None,
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
    FileForm(mut form, files): FileForm<ComposeForm>,
) -> Result<Reply> {
    let saved = async {
        if attach::take_in(&app, &me, &mut form, files).await? {
            return Ok(None);
        }
        attach::wait(&app, &me, &form).await?;
        let mut draft = form.draft(&app, &me).await?;
        // The form does not ask: it stays as it was marked.
        let was = find(&app, &me.party(), Way::Page, id).await?;
        draft.sensitive = text(&was).sensitive || !form.spoiler.trim().is_empty();
        if form.format.is_empty() {
            draft.format = text(&was).format;
        }
        edit(&app, &me.community, me.account.clone(), id, draft)
            .await
            .map(Some)
    };
    let trouble = match Box::pin(saved).await {
        Ok(Some(status)) => return Ok(Reply::see_other(&path(&status, &me.community))),
        Ok(None) => None,
        Err(why) => Some(trouble(why, LABELS)?),
    };
    let status = find(&app, &me.party(), Way::Page, id).await?;
    if status.author.id != me.account.id {
        return Err(Error::NotFound);
    }
    let mut composer = ComposerView {
        seen_by: seen_by(status.visibility),
        trouble,
        ..edit_composer(&app, &me, id)
    };
    choose_language(&mut composer.languages, &form.language);
    composer.text.clone_from(&form.text);
    composer.spoiler.clone_from(&form.spoiler);
    attach::refill(&app, &me, &form, &mut composer).await?;
    edit_page(&app, &visit, &status, composer).await
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
        .map(|version| (emojis_in(&version.text, &status, &visit.community), version))
        .map(|(emojis, version)| VersionView {
            when_iso: time::iso(version.created_at),
            when_text: time::words(version.created_at, now),
            html: in_html(&version.text.content, &emojis),
            options: version
                .text
                .poll
                .iter()
                .flat_map(|poll| &poll.options)
                .map(|option| in_plain(&option.title, &emojis))
                .collect(),
            spoiler: spoiler(&version.text.spoiler_text, status.conditions()),
            lang: lang.clone(),
        })
        .collect();
    all.reverse();
    let frame = frame(&app, &visit, "What it said before", NavItem::Elsewhere).await?;
    Ok(Reply::page(HistoryPage {
        frame,
        author: cleared_view(&status.author, &status, &visit.community),
        url: path(&status, &visit.community),
        versions: all,
    }))
}

/// `POST /statuses/{id}/take-out`: an answer to something of one's own.
pub async fn take_out(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::take_out(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/put-back`
pub async fn put_back(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<LetIn>,
) -> Result<Reply> {
    super::put_back(&app, &me.account, id, form.seen()).await?;
    Ok(form.to())
}
