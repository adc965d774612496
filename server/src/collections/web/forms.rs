//! The forms that make and change collections.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::one_page;
use crate::accounts::web::named;
use crate::app::App;
use crate::collections::{self, Draft, Shown, words};
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::text::language::LANGUAGES;
use crate::web::frame;
use crate::web::view::{Frame, NavItem, Trouble};

/// What the forms' fields are called in sentences.
const LABELS: &[Label] = &[
    Label::of("name", "The name"),
    Label::of("description", "The description"),
    Label::of("language", "The language"),
    Label {
        of: "tag_name",
        input: "tag",
        words: "This",
    },
    Label {
        of: "account_id",
        input: "handle",
        words: "This",
    },
    Label {
        of: "collections",
        input: "",
        words: "Collections",
    },
];

#[derive(Template)]
#[template(path = "collections/form.html")]
struct FormPage {
    frame: Frame,
    /// Where it is sent.
    action: String,
    /// Where one that is there is; empty for a new one.
    there: String,
    is_new: bool,
    form: Typed,
    languages: Vec<(String, String, bool)>,
    trouble: Option<Trouble>,
}

/// The form as it is sent, and as it is shown again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    description: String,
    language: String,
    tag: String,
    sensitive: bool,
    listed: bool,
}

impl Typed {
    fn of(shown: &Shown) -> Typed {
        let words = words(&shown.collection);
        Typed {
            name: words.name.clone(),
            description: words.description.clone(),
            language: words.language.clone().unwrap_or_default(),
            tag: words.tag.clone().unwrap_or_default(),
            sensitive: words.sensitive,
            listed: shown.collection.discoverable,
        }
    }

    fn draft(&self) -> Draft {
        Draft {
            name: Some(self.name.clone()),
            description: Some(self.description.clone()),
            language: Some(self.language.clone()),
            tag: Some(self.tag.clone()),
            sensitive: Some(self.sensitive),
            discoverable: Some(self.listed),
        }
    }
}

/// `GET /collections/new`
pub async fn blank(State(app): State<App>, _me: Me, visit: Visit) -> Result<Reply> {
    let form = Typed {
        listed: true,
        ..Typed::default()
    };
    form_page(&app, &visit, None, form, None).await
}

/// `POST /collections/new`
pub async fn create(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    take(&app, &me, &visit, None, form).await
}

/// `GET /collections/{id}/edit`
pub async fn form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Reply> {
    let shown = collections::own(&app, &me, id).await?;
    form_page(&app, &visit, Some(id), Typed::of(&shown), None).await
}

/// `POST /collections/{id}/edit`
pub async fn change(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    // Whose it is comes before what is wrong with the form.
    collections::own(&app, &me, id).await?;
    take(&app, &me, &visit, Some(id), form).await
}

/// Makes one, or changes the one with this number; the form again where something is wrong with it.
async fn take(app: &App, me: &Me, visit: &Visit, id: Option<i64>, form: Typed) -> Result<Reply> {
    let draft = form.draft();
    let done = match id {
        Some(id) => collections::change(app, me, id, &draft).await,
        None => collections::create(app, me, &draft, &[]).await,
    };
    match done {
        Ok(shown) => Ok(Reply::see_other(&shown.collection.path())),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            form_page(app, visit, id, form, Some(trouble)).await
        }
    }
}

/// `POST /collections/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    collections::remove(&app, &me, id).await?;
    let done = "The collection is gone.";
    let path = format!("/@{}/collections", me.account.username);
    Ok(Reply::see_other(&path).telling(&visit.community, done))
}

/// Who is put in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    handle: String,
}

/// `POST /collections/{id}/add`
pub async fn add(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<Named>,
) -> Result<Reply> {
    let shown = collections::own(&app, &me, id).await?;
    match put_in(&app, &me, id, &form.handle).await {
        Ok(()) => Ok(Reply::see_other(&shown.collection.path())),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            one_page(&app, &visit, &shown, form.handle, Some(trouble)).await
        }
    }
}

async fn put_in(app: &App, me: &Me, id: i64, handle: &str) -> Result<()> {
    let handle = handle.trim().trim_start_matches('@');
    let account = match named(app, &me.community, handle).await {
        Ok(account) => account,
        Err(why) if why.is_not_found() => {
            return Err(Error::invalid(
                "account_id",
                "names somebody who is not here",
            ));
        }
        Err(why) => return Err(why),
    };
    collections::add(app, me, id, account.id).await?;
    Ok(())
}

/// Which item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    item: i64,
}

/// `POST /collections/{id}/take-out`
pub async fn take_out(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(chosen): Form<Chosen>,
) -> Result<Reply> {
    collections::take_out(&app, &me, id, chosen.item).await?;
    Ok(Reply::see_other(&format!("/collections/{id}")))
}

/// `POST /collections/{id}/leave`
pub async fn leave(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(chosen): Form<Chosen>,
) -> Result<Reply> {
    collections::revoke(&app, &me, id, chosen.item).await?;
    let done = "You are out of the collection, and nobody can put you in again.";
    let reply = Reply::see_other(&format!("/collections/{id}"));
    Ok(reply.telling(&visit.community, done))
}

async fn form_page(
    app: &App,
    visit: &Visit,
    id: Option<i64>,
    form: Typed,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let title = match id {
        Some(_) => "Change a collection",
        None => "Make a collection",
    };
    let mut frame = frame(app, visit, title, NavItem::Me).await?;
    frame.no_index = true;
    let mut languages = vec![(String::new(), "Not said".to_owned(), false)];
    for (tag, name) in LANGUAGES {
        languages.push(((*tag).to_owned(), (*name).to_owned(), false));
    }
    // An app may have said another.
    if languages.iter().all(|(tag, ..)| *tag != form.language) {
        languages.push((form.language.clone(), form.language.clone(), false));
    }
    for (tag, _, chosen) in &mut languages {
        *chosen = *tag == form.language;
    }
    let page = Reply::page(FormPage {
        frame,
        action: match id {
            Some(id) => format!("/collections/{id}/edit"),
            None => "/collections/new".to_owned(),
        },
        there: id.map_or_else(String::new, |id| format!("/collections/{id}")),
        is_new: id.is_none(),
        form,
        languages,
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
}
