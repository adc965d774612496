//! Lists of people as pages: all of a member, one to read, and the form that changes it and says who is in it.

use askama::Template;
use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;

use crate::accounts;
use crate::accounts::web::{Listed, named, rows};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Page, Path, Reply, Visit};
use crate::reading_lists::{self, Draft, ReadingList, Replies};
use crate::statuses::web::views;
use crate::timelines::{self, Place};
use crate::web::frame;
use crate::web::view::{AnswerChoice, Following, Frame, NavItem, PersonRow, StatusView, Trouble};
use crate::window::Window;

/// What the forms' fields are called in sentences.
const LABELS: &[Label] = &[
    Label::of("title", "the name"),
    Label {
        of: "lists",
        input: "title",
        words: "your lists",
    },
    Label {
        of: "account",
        input: "handle",
        words: "this person",
    },
    Label {
        of: "accounts",
        input: "handle",
        words: "people",
    },
];

#[derive(Template)]
#[template(path = "reading_lists/lists.html")]
struct AllPage {
    frame: Frame,
    all: Vec<ReadingList>,
}

#[derive(Template)]
#[template(path = "reading_lists/timeline.html")]
struct ListPage {
    frame: Frame,
    list: ReadingList,
    statuses: Vec<StatusView>,
    older: Option<String>,
    newer: Option<String>,
}

#[derive(Template)]
#[template(path = "reading_lists/form.html")]
struct FormPage {
    frame: Frame,
    /// Of a list that is there; otherwise one is made.
    id: Option<i64>,
    /// Where it is sent.
    action: String,
    form: Typed,
    choices: Vec<AnswerChoice>,
    people: Vec<PersonRow>,
    older: Option<String>,
    /// Whom somebody tried to put in.
    handle: String,
    trouble: Option<Trouble>,
}

/// The form as it is sent, and as it is shown again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    title: String,
    replies: String,
    exclusive: bool,
}

impl Typed {
    fn of(list: &ReadingList) -> Typed {
        Typed {
            title: list.title.clone(),
            replies: list.replies.as_str().to_owned(),
            exclusive: list.exclusive,
        }
    }

    fn draft(&self) -> Draft {
        Draft {
            title: Some(self.title.clone()),
            replies: Some(Replies::parse(&self.replies).unwrap_or_default()),
            exclusive: Some(self.exclusive),
        }
    }
}

/// Whom the member names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    handle: String,
}

/// Whose button was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    account: i64,
}

/// `GET /lists`
pub async fn all(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let mut frame = frame(&app, &visit, "Lists", NavItem::Home).await?;
    frame.no_index = true;
    Ok(Reply::page(AllPage {
        frame,
        all: reading_lists::of(&app, me.account.id).await?,
    }))
}

/// `GET /lists/{id}`: what the people in it write.
pub async fn timeline(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    page: Page,
) -> Result<Reply> {
    let list = reading_lists::find(&app, me.account.id, id).await?;
    let stretch = timelines::read(
        &app,
        &me.party(),
        Place::List(me.account.id, list.id, list.replies),
        Window::older_than(page.below()),
        page.length(),
        |_| true,
    )
    .await?;
    let mut frame = frame(&app, &visit, &list.title, NavItem::Home).await?;
    frame.no_index = true;
    let address = format!("/lists/{id}");
    Ok(Reply::page(ListPage {
        frame,
        list,
        statuses: views(&app, &visit, Way::HomeTimeline, &stretch.entries).await?,
        older: stretch.older.map(|id| format!("{address}?max_id={id}")),
        newer: page.max_id.is_some().then_some(address),
    }))
}

/// `GET /lists/new`
pub async fn blank(State(app): State<App>, _me: Me, visit: Visit) -> Result<Reply> {
    new_page(&app, &visit, Typed::default(), None).await
}

/// `POST /lists/new`
pub async fn create(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    match reading_lists::create(&app, me.account.id, &form.draft()).await {
        Ok(list) => Ok(Reply::see_other(&format!("/lists/{}/edit", list.id))),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            new_page(&app, &visit, form, Some(trouble)).await
        }
    }
}

/// `GET /lists/{id}/edit`
pub async fn form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    page: Page,
) -> Result<Reply> {
    let list = reading_lists::find(&app, me.account.id, id).await?;
    let sent = Sent::of(&list);
    form_page(&app, &me, &visit, &page, &list, sent).await
}

/// `POST /lists/{id}/edit`
pub async fn change(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    let list = reading_lists::find(&app, me.account.id, id).await?;
    match reading_lists::change(&app, me.account.id, id, &form.draft()).await {
        Ok(_) => Ok(Reply::see_other(&format!("/lists/{id}"))),
        Err(why) => {
            let sent = Sent {
                form,
                handle: String::new(),
                trouble: Some(trouble(why, LABELS)?),
            };
            form_page(&app, &me, &visit, &Page::default(), &list, sent).await
        }
    }
}

/// `POST /lists/{id}/add`
pub async fn add(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<Named>,
) -> Result<Reply> {
    let list = reading_lists::find(&app, me.account.id, id).await?;
    match put_in(&app, &me, id, &form.handle).await {
        Ok(()) => Ok(Reply::see_other(&format!("/lists/{id}/edit"))),
        Err(why) => {
            let sent = Sent {
                handle: form.handle,
                trouble: Some(trouble(why, LABELS)?),
                ..Sent::of(&list)
            };
            form_page(&app, &me, &visit, &Page::default(), &list, sent).await
        }
    }
}

/// Who is not known here and who is not for this member look the same.
async fn put_in(app: &App, me: &Me, id: i64, handle: &str) -> Result<()> {
    let unknown = || Error::invalid("account", "is not known here; look for them first");
    let handle = handle.trim().trim_start_matches('@');
    let put_in = match named(app, &me.community, handle).await {
        Ok(account) => reading_lists::put_in(app, me, id, &[account.id]).await,
        Err(why) => Err(why),
    };
    match put_in {
        Err(why) if why.is_not_found() => Err(unknown()),
        other => other,
    }
}

/// `POST /lists/{id}/take-out`
pub async fn take_out(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<Chosen>,
) -> Result<Reply> {
    reading_lists::take_out(&app, me.account.id, id, &[form.account]).await?;
    Ok(Reply::see_other(&format!("/lists/{id}/edit")))
}

/// `POST /lists/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    reading_lists::remove(&app, me.account.id, id).await?;
    let done = "The list is deleted. Whom it had you follow as before.";
    Ok(Reply::see_other("/lists").telling(&visit.community, done))
}

/// What stands in the forms of the page, and what was wrong with it.
struct Sent {
    form: Typed,
    handle: String,
    trouble: Option<Trouble>,
}

impl Sent {
    fn of(list: &ReadingList) -> Sent {
        Sent {
            form: Typed::of(list),
            handle: String::new(),
            trouble: None,
        }
    }
}

fn choices(chosen: &str) -> Vec<AnswerChoice> {
    let chosen = Replies::parse(chosen).unwrap_or_default();
    let choice = |replies: Replies| AnswerChoice {
        value: replies.as_str(),
        words: match replies {
            Replies::Followed => "To anybody I follow",
            Replies::List => "To people in the list",
            Replies::None => "None",
        },
        chosen: replies == chosen,
    };
    [Replies::Followed, Replies::List, Replies::None]
        .map(choice)
        .into()
}

async fn new_page(
    app: &App,
    visit: &Visit,
    form: Typed,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = frame(app, visit, "Make a list", NavItem::Home).await?;
    frame.no_index = true;
    let page = FormPage {
        frame,
        id: None,
        action: "/lists/new".to_owned(),
        choices: choices(&form.replies),
        form,
        people: Vec::new(),
        older: None,
        handle: String::new(),
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

async fn form_page(
    app: &App,
    me: &Me,
    visit: &Visit,
    page: &Page,
    list: &ReadingList,
    sent: Sent,
) -> Result<Reply> {
    let window = Window::older_than(page.below());
    let stretch = reading_lists::people(app, me.account.id, list.id, window, page.limit).await?;
    let mut found = accounts::show_many(app, &me.party(), Way::Page, &stretch.named).await?;
    let people = stretch.named.iter();
    let people: Vec<_> = people.filter_map(|id| found.get_mut(id)?.pop()).collect();
    let mut frame = frame(app, visit, "Change a list", NavItem::Home).await?;
    frame.no_index = true;
    let older = stretch.oldest;
    let reply = Reply::page(FormPage {
        frame,
        id: Some(list.id),
        action: format!("/lists/{}/edit", list.id),
        choices: choices(&sent.form.replies),
        form: sent.form,
        people: rows(app, visit, &people, Listed::People).await?,
        older: older.map(|last| format!("/lists/{}/edit?max_id={last}", list.id)),
        handle: sent.handle,
        trouble: sent.trouble.clone(),
    });
    Ok(page_with(reply, sent.trouble.as_ref()))
}
