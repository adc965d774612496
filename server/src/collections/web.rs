//! Collections as pages: those of a profile, one with its people, and the forms that make and change them.

use askama::Template;
use axum::extract::{Path, State};
use comity_policy::Way;
use serde::Deserialize;

use super::{Draft, Shown, State as Standing, words};
use crate::accounts;
use crate::accounts::web::{Listed, named, rows};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Reply, Visit, cookie};
use crate::text::hashtag;
use crate::text::language::LANGUAGES;
use crate::web::view::{Following, Frame, NavItem, Notice, PersonRow, PersonView, Trouble};
use crate::web::{cleared_view, frame};

/// Collections that one is in are shown on one's own page, so many of them.
const MOST_WITH: i64 = 40;

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
#[template(path = "collections/list.html")]
struct ListPage {
    frame: Frame,
    owner: PersonView,
    is_own: bool,
    collections: Vec<LineView>,
    with: Vec<LineView>,
}

/// A collection among others.
struct LineView {
    path: String,
    name: String,
    description: String,
    /// "3 people".
    told: String,
    /// Of others: whose it is.
    by: Option<PersonView>,
}

#[derive(Template)]
#[template(path = "collections/one.html")]
struct OnePage {
    frame: Frame,
    id: i64,
    owner: PersonView,
    is_own: bool,
    name: String,
    description: String,
    language: String,
    tag: Option<(String, String)>,
    sensitive: bool,
    unlisted: bool,
    /// The item of the viewer, where they are in another's.
    mine: Option<i64>,
    people: Vec<MemberView>,
    handle: String,
    trouble: Option<Trouble>,
}

/// Somebody in a collection.
struct MemberView {
    row: PersonRow,
    item: i64,
    /// They do not want to be suggested any more.
    waits: bool,
}

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
    languages: Vec<(&'static str, &'static str, bool)>,
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

fn line(shown: &Shown, by: Option<PersonView>) -> LineView {
    let words = words(&shown.collection);
    LineView {
        path: shown.collection.path(),
        name: words.name.clone(),
        description: if words.sensitive {
            String::new()
        } else {
            words.description.clone()
        },
        told: match shown.items.len() {
            0 => "Nobody yet".to_owned(),
            1 => "One person".to_owned(),
            some => format!("{some} people"),
        },
        by,
    }
}

/// `GET /@{handle}/collections`
pub async fn of_profile(
    State(app): State<App>,
    visit: Visit,
    Path(handle): Path<String>,
) -> Result<Reply> {
    let viewer = visit.party();
    let owner = named(&app, &visit.community, &handle).await?;
    let owner = accounts::show(&app, &viewer, Way::Page, owner.id).await?;
    let shown = super::of(&app, &viewer, owner.id).await?;
    let own = visit.me.as_ref().filter(|me| me.account.id == owner.id);
    let with = match own {
        Some(me) => super::with(&app, me, MOST_WITH, 0).await?.0,
        None => Vec::new(),
    };
    let here = &visit.community;
    let lines = |all: &[Shown], of_others: bool| -> Vec<LineView> {
        let view = |one: &Shown| {
            let by = of_others.then(|| cleared_view(&one.collection.owner, &one.collection, here));
            line(one, by)
        };
        all.iter().map(view).collect()
    };
    let is_own = own.is_some();
    let current = if is_own {
        NavItem::Me
    } else {
        NavItem::Elsewhere
    };
    let mut frame = frame(&app, &visit, "Collections", current).await?;
    frame.no_index = !owner.is_local() || !owner.discoverable;
    Ok(Reply::page(ListPage {
        frame,
        owner: cleared_view(&owner, &owner, here),
        is_own,
        collections: lines(&shown, false),
        with: lines(&with, true),
    }))
}

/// `GET /collections/{id}`
pub async fn one(State(app): State<App>, visit: Visit, Path(id): Path<i64>) -> Result<Reply> {
    let shown = super::find(&app, &visit.party(), id).await?;
    one_page(&app, &visit, &shown, String::new(), None).await
}

async fn one_page(
    app: &App,
    visit: &Visit,
    shown: &Shown,
    handle: String,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let here = &visit.community;
    let collection = &shown.collection;
    let me = visit.me.as_ref().map(|me| me.account.id);
    let is_own = me == Some(collection.owner.id);
    let ids: Vec<i64> = shown.items.iter().map(|item| item.account_id).collect();
    let mut found = accounts::show_many(app, &visit.party(), Way::Page, &ids).await?;
    let mut items = Vec::with_capacity(ids.len());
    let mut people = Vec::with_capacity(ids.len());
    for item in &shown.items {
        if let Some(account) = found.get_mut(&item.account_id).and_then(Vec::pop) {
            items.push(item);
            people.push(account);
        }
    }
    let rows = rows(app, visit, &people, Listed::People).await?;
    let people = rows.into_iter().zip(items).map(|(row, item)| MemberView {
        row,
        item: item.id,
        waits: item.state == Standing::Pending,
    });
    let people = people.collect();
    let mut others = shown.items.iter();
    let mine = others.find(|item| !is_own && Some(item.account_id) == me);
    let mine = mine.map(|item| item.id);
    let words = words(collection);
    let current = if is_own {
        NavItem::Me
    } else {
        NavItem::Elsewhere
    };
    let mut frame = frame(app, visit, &words.name, current).await?;
    frame.no_index = !collection.discoverable || !collection.owner.discoverable;
    let tag = words.tag.as_ref();
    let page = Reply::page(OnePage {
        frame,
        id: collection.id,
        owner: cleared_view(&collection.owner, collection, here),
        is_own,
        name: words.name.clone(),
        description: words.description.clone(),
        language: words.language.clone().unwrap_or_default(),
        tag: tag.map(|name| (name.clone(), hashtag::path(name))),
        sensitive: words.sensitive && !is_own,
        unlisted: !collection.discoverable,
        mine,
        people,
        handle,
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
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
    match super::create(&app, &me, &form.draft(), &[]).await {
        Ok(shown) => Ok(Reply::see_other(&shown.collection.path())),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            form_page(&app, &visit, None, form, Some(trouble)).await
        }
    }
}

/// `GET /collections/{id}/edit`
pub async fn form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Reply> {
    let shown = super::own(&app, &me, id).await?;
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
    super::own(&app, &me, id).await?;
    match super::change(&app, &me, id, &form.draft()).await {
        Ok(shown) => Ok(Reply::see_other(&shown.collection.path())),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            form_page(&app, &visit, Some(id), form, Some(trouble)).await
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
    super::remove(&app, &me, id).await?;
    let done = Notice("The collection is gone.".to_owned());
    let path = format!("/@{}/collections", me.account.username);
    Ok(Reply::see_other(&path).with_cookie(cookie::notice(&visit.community, &done)))
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
    let shown = super::own(&app, &me, id).await?;
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
    super::add(app, me, id, account.id).await?;
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
    super::take_out(&app, &me, id, chosen.item).await?;
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
    super::revoke(&app, &me, id, chosen.item).await?;
    let done = Notice("You are out of the collection, and nobody can put you in again.".to_owned());
    let reply = Reply::see_other(&format!("/collections/{id}"));
    Ok(reply.with_cookie(cookie::notice(&visit.community, &done)))
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
    let mut languages: Vec<_> = LANGUAGES
        .iter()
        .map(|(tag, name)| (*tag, *name, *tag == form.language))
        .collect();
    languages.insert(0, ("", "Not said", form.language.is_empty()));
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
