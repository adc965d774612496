//! Bookmarks as pages: all of a member, or those in one folder; the folders; and the button under a post.

use askama::Template;
use axum::extract::State;
use comity_policy::{Visible, Way};
use serde::Deserialize;

use super::folders;
use super::store::FolderRow;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Back, Label, page_with, trouble};
use crate::http::{Form, Me, Page, Path, Reply, Visit, local_path};
use crate::statuses::web::Reader;
use crate::statuses::{self, Status};
use crate::web::frame;
use crate::web::view::{Frame, NavItem, StatusView, Trouble};
use crate::window::Window;

/// What the form's fields are called in sentences.
const LABELS: &[Label] = &[
    Label::of("name", "the name"),
    Label::of("emoji", "this"),
    Label {
        of: "folders",
        input: "name",
        words: "folders",
    },
];

#[derive(Template)]
#[template(path = "bookmarks/list.html")]
struct ListPage {
    frame: Frame,
    /// All that the member has.
    folders: Vec<FolderRow>,
    /// The one that is open; 0 where all bookmarks are shown.
    open: i64,
    /// Its name.
    title: String,
    /// Each with the folder that it is in; 0 for none.
    kept: Vec<(StatusView, i64)>,
    older: Option<String>,
    newer: Option<String>,
    form: Typed,
    trouble: Option<Trouble>,
}

/// A folder as the form sends it, and as it is shown again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    emoji: String,
}

impl Typed {
    fn of(folder: &FolderRow) -> Typed {
        Typed {
            name: folder.name.clone(),
            emoji: folder.emoji.clone().unwrap_or_default(),
        }
    }
}

/// Into which folder, and where one came from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Goes {
    /// Its number; empty for none.
    folder: String,
    back: String,
}

/// `GET /bookmarks`
pub async fn page(State(app): State<App>, me: Me, visit: Visit, page: Page) -> Result<Reply> {
    show(&app, &me, &visit, &page, None, Typed::default(), None).await
}

/// `GET /bookmarks/folders/{id}`
pub async fn folder(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    page: Page,
) -> Result<Reply> {
    let folder = folders::find(&app, me.account.id, id).await?;
    let form = Typed::of(&folder);
    show(&app, &me, &visit, &page, Some(&folder), form, None).await
}

/// `POST /bookmarks/folders`
pub async fn make_folder(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    match folders::make(&app, me.account.id, &form.name, Some(form.emoji.as_str())).await {
        Ok(folder) => Ok(Reply::see_other(&address(Some(folder.id)))),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            let page = Page::default();
            show(&app, &me, &visit, &page, None, form, Some(trouble)).await
        }
    }
}

/// `POST /bookmarks/folders/{id}`: another name or emoji.
pub async fn change_folder(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    let (name, emoji) = (Some(form.name.as_str()), Some(form.emoji.as_str()));
    match folders::change(&app, me.account.id, id, name, emoji).await {
        Ok(folder) => Ok(Reply::see_other(&address(Some(folder.id)))),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            let folder = folders::find(&app, me.account.id, id).await?;
            let page = Page::default();
            show(&app, &me, &visit, &page, Some(&folder), form, Some(trouble)).await
        }
    }
}

/// `POST /bookmarks/folders/{id}/delete`
pub async fn delete_folder(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    folders::delete(&app, me.account.id, id).await?;
    let done = "The folder is deleted. What was in it is still kept.";
    Ok(Reply::see_other("/bookmarks").telling(&visit.community, done))
}

/// `POST /statuses/{id}/bookmark`
pub async fn bookmark(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    let _ = super::bookmark(&app, &me.account, id, super::Place::AsItIs).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/unbookmark`
pub async fn unbookmark(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unbookmark(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/folder`: what is kept goes into a folder, or out of it.
pub async fn put(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(goes): Form<Goes>,
) -> Result<Reply> {
    let folder_id: Option<i64> = match goes.folder.as_str() {
        "" => None,
        number => Some(number.parse().map_err(|_| Error::NotFound)?),
    };
    super::put(&app, me.account.id, id, folder_id).await?;
    let back = local_path(&goes.back).unwrap_or("/bookmarks");
    Ok(Reply::see_other(back))
}

/// Where a folder is, or all bookmarks are.
fn address(folder_id: Option<i64>) -> String {
    match folder_id {
        Some(id) => format!("/bookmarks/folders/{id}"),
        None => "/bookmarks".to_owned(),
    }
}

/// What a member keeps stands whole on this page: no filter of theirs hides what they chose one by one.
async fn show(
    app: &App,
    me: &Me,
    visit: &Visit,
    page: &Page,
    open: Option<&FolderRow>,
    form: Typed,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let open_id = open.map(|folder| folder.id);
    let window = Window::older_than(page.below());
    let stretch = super::list(app, me.account.id, open_id, window, page.limit).await?;
    let shown = statuses::find_many(app, &me.party(), Way::Page, &stretch.named).await?;
    let ids: Vec<i64> = shown.iter().map(|status| status.id).collect();
    let within = super::folders_of(app, me.account.id, &ids).await?;
    let all: Vec<&Visible<Status>> = shown.iter().collect();
    let reader = Reader::of(app, visit, Way::Page, &all).await?;
    let kept = all.iter().map(|status| {
        let folder_id = within.get(&status.id).copied().unwrap_or_default();
        (reader.view(status, None), folder_id)
    });
    let kept: Vec<(StatusView, i64)> = kept.collect();
    let title = open.map_or("Bookmarks", |folder| folder.name.as_str());
    let address = address(open_id);
    let mut frame = frame(app, visit, title, NavItem::Me).await?;
    frame.no_index = true;
    let list = ListPage {
        frame,
        folders: folders::of(app, me.account.id).await?,
        open: open_id.unwrap_or_default(),
        title: title.to_owned(),
        kept,
        older: page.older(&address, stretch.named.len(), stretch.oldest),
        newer: page.max_id.is_some().then_some(address),
        form,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(list), trouble.as_ref()))
}
