//! Antennas as pages: all of a member, one to read, and the form that makes and changes them.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;

use super::{Antenna, Draft, Net, Terms};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Page, Path, Reply, Visit};
use crate::statuses::web::views;
use crate::timelines::{self, Place};
use crate::web::frame;
use crate::web::view::{Frame, NavItem, StatusView, Trouble};
use crate::window::Window;

/// What the form's fields are called in sentences.
const LABELS: &[Label] = &[
    Label::of("title", "the name"),
    Label::of("any", "this"),
    Label::of("all", "this"),
    Label::of("none", "this"),
    Label::of("tags", "this"),
    Label::of("accounts", "this"),
    Label::of("hosts", "this"),
    Label::of("languages", "this"),
];

#[derive(Template)]
#[template(path = "antennas/list.html")]
struct ListPage {
    frame: Frame,
    all: Vec<Antenna>,
}

#[derive(Template)]
#[template(path = "antennas/timeline.html")]
struct AntennaPage {
    frame: Frame,
    id: i64,
    title: String,
    statuses: Vec<StatusView>,
    older: Option<String>,
    newer: Option<String>,
}

#[derive(Template)]
#[template(path = "antennas/form.html")]
struct FormPage {
    frame: Frame,
    /// Where it is sent.
    action: String,
    /// Where one that is there is taken down; empty for a new one.
    delete: String,
    is_new: bool,
    form: Typed,
    trouble: Option<Trouble>,
}

/// The form as it is sent, and as it is shown again. Words and phrases stand on a line each; the rest is divided by blanks
/// or commas.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick of the form")]
pub struct Typed {
    title: String,
    any: String,
    all: String,
    none: String,
    tags: String,
    accounts: String,
    hosts: String,
    languages: String,
    media: bool,
    local: bool,
    replies: bool,
    boosts: bool,
}

impl Typed {
    async fn of(app: &App, me: &Me, antenna: Antenna) -> Result<Typed> {
        let terms = antenna.terms;
        Ok(Typed {
            title: antenna.title,
            any: terms.any.join("\n"),
            all: terms.all.join("\n"),
            none: terms.none.join("\n"),
            accounts: handles(app, me, &terms).await?,
            tags: terms.tags.join(" "),
            hosts: terms.hosts.join(" "),
            languages: terms.languages.join(" "),
            media: terms.media,
            local: terms.local,
            replies: terms.replies,
            boosts: terms.boosts,
        })
    }

    async fn draft(&self, app: &App, me: &Me) -> Result<Draft> {
        let mut accounts = Vec::new();
        for handle in parts(&self.accounts) {
            let named = accounts::web::named(app, &me.community, handle.trim_start_matches('@'));
            match named.await {
                Ok(account) => accounts.push(account.id),
                Err(why) if why.is_not_found() => {
                    return Err(Error::invalid(
                        "accounts",
                        format!("has “{handle}”, who is not known here; look for them first"),
                    ));
                }
                Err(why) => return Err(why),
            }
        }
        Ok(Draft {
            title: Some(self.title.clone()),
            any: Some(lines(&self.any)),
            all: Some(lines(&self.all)),
            none: Some(lines(&self.none)),
            tags: Some(parts(&self.tags)),
            accounts: Some(accounts),
            hosts: Some(parts(&self.hosts)),
            languages: Some(parts(&self.languages)),
            media: Some(self.media),
            local: Some(self.local),
            replies: Some(self.replies),
            boosts: Some(self.boosts),
        })
    }
}

/// Whom it names, as far as they are for the member: whoever is not any more is left out when the form is sent.
async fn handles(app: &App, me: &Me, terms: &Terms) -> Result<String> {
    let shown = accounts::show_many(app, &me.party(), Way::Page, &terms.accounts).await?;
    let named = terms.accounts.iter();
    let handles: Vec<String> = named
        .filter_map(|id| shown.get(id)?.first())
        .map(|account| account.handle().to_string())
        .collect();
    Ok(handles.join(" "))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn parts(text: &str) -> Vec<String> {
    let divides = |c: char| c.is_whitespace() || c == ',';
    let parts = text.split(divides).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// `GET /antennas`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let mut frame = frame(&app, &visit, "Antennas", NavItem::Search).await?;
    frame.no_index = true;
    Ok(Reply::page(ListPage {
        frame,
        all: super::of(&app, me.account.id).await?,
    }))
}

/// `GET /antennas/{id}`: what it catches.
pub async fn timeline(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    page: Page,
) -> Result<Reply> {
    let antenna = super::find(&app, me.account.id, id).await?;
    let net = Arc::new(Net::of(antenna.terms, me.community.id));
    let stretch = timelines::read(
        &app,
        &me.party(),
        Place::Antenna(net.clone()),
        Window::older_than(page.below()),
        page.length(),
        |shown| net.catches(shown),
    )
    .await?;
    let mut frame = frame(&app, &visit, &antenna.title, NavItem::Search).await?;
    frame.no_index = true;
    let address = format!("/antennas/{id}");
    Ok(Reply::page(AntennaPage {
        frame,
        id,
        title: antenna.title,
        statuses: views(&app, &visit, Way::PublicTimeline, &stretch.entries).await?,
        older: stretch.older.map(|id| format!("{address}?max_id={id}")),
        newer: page.max_id.is_some().then_some(address),
    }))
}

/// `GET /antennas/new`
pub async fn blank(State(app): State<App>, _me: Me, visit: Visit) -> Result<Reply> {
    let form = Typed {
        replies: true,
        ..Typed::default()
    };
    form_page(&app, &visit, None, form, None).await
}

/// `POST /antennas/new`
pub async fn create(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    take(&app, &me, &visit, None, form).await
}

/// `GET /antennas/{id}/edit`
pub async fn form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Reply> {
    let antenna = super::find(&app, me.account.id, id).await?;
    let form = Typed::of(&app, &me, antenna).await?;
    form_page(&app, &visit, Some(id), form, None).await
}

/// `POST /antennas/{id}/edit`
pub async fn change(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    take(&app, &me, &visit, Some(id), form).await
}

/// Makes one, or changes the one with this number; the form again where something is wrong with it.
async fn take(app: &App, me: &Me, visit: &Visit, id: Option<i64>, form: Typed) -> Result<Reply> {
    match made(app, me, id, &form).await {
        Ok(antenna) => Ok(Reply::see_other(&format!("/antennas/{}", antenna.id))),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            form_page(app, visit, id, form, Some(trouble)).await
        }
    }
}

async fn made(app: &App, me: &Me, id: Option<i64>, form: &Typed) -> Result<Antenna> {
    if let Some(id) = id {
        // Whose it is comes before what is wrong with the form.
        super::find(app, me.account.id, id).await?;
    }
    let draft = form.draft(app, me).await?;
    match id {
        Some(id) => super::change(app, me, id, draft).await,
        None => super::create(app, me, draft).await,
    }
}

/// `POST /antennas/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::remove(&app, me.account.id, id).await?;
    let done = "The antenna is taken down.";
    Ok(Reply::see_other("/antennas").telling(&visit.community, done))
}

async fn form_page(
    app: &App,
    visit: &Visit,
    id: Option<i64>,
    form: Typed,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let title = match id {
        Some(_) => "Change an antenna",
        None => "Make an antenna",
    };
    let mut frame = frame(app, visit, title, NavItem::Search).await?;
    frame.no_index = true;
    let page = Reply::page(FormPage {
        frame,
        action: match id {
            Some(id) => format!("/antennas/{id}/edit"),
            None => "/antennas/new".to_owned(),
        },
        delete: id.map_or_else(String::new, |id| format!("/antennas/{id}/delete")),
        is_new: id.is_none(),
        form,
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
}
