//! Collections as pages: those of a profile, and one with its people.

mod forms;

use askama::Template;
use axum::extract::State;
use comity_policy::Way;

pub use forms::{add, blank, change, create, delete, form, leave, take_out};

use super::{Shown, State as Standing, words};
use crate::accounts;
use crate::accounts::web::{Listed, named, rows};
use crate::app::App;
use crate::error::Result;
use crate::http::form::page_with;
use crate::http::{Path, Reply, Visit};
use crate::text::hashtag;
use crate::web::view::{Following, Frame, NavItem, PersonRow, PersonView, Trouble};
use crate::web::{cleared_view, frame};

/// Collections that one is in are shown on one's own page, so many of them.
const MOST_WITH: i64 = 40;

#[derive(Template)]
#[template(path = "collections/list.html")]
struct ListPage {
    frame: Frame,
    owner: PersonView,
    is_own: bool,
    collections: Vec<LineView>,
    others: Vec<LineView>,
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
        others: lines(&with, true),
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
