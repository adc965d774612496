//! The buttons under a post, and the page of what a member favourited.

use askama::Template;
use axum::extract::State;
use comity_db::params;
use comity_policy::Way;

use super::store::BY_ACCOUNT;
use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Page, Path, Reply, Visit};
use crate::statuses::web::views;
use crate::statuses::{Shown, find_many};
use crate::web::frame;
use crate::web::view::{Frame, NavItem, StatusView};
use crate::window::Window;

#[derive(Template)]
#[template(path = "favourites/list.html")]
struct ListPage {
    frame: Frame,
    statuses: Vec<StatusView>,
    older: Option<String>,
    newer: Option<String>,
}

/// `GET /favourites`: what the member favourited, the last first, as far as they may see it now.
pub async fn page(State(app): State<App>, me: Me, visit: Visit, page: Page) -> Result<Reply> {
    let window = Window::older_than(page.below());
    let of = params![me.account.id];
    let stretch = BY_ACCOUNT.read(&app.db, window, page.limit, of).await?;
    let statuses = find_many(&app, &me.party(), Way::Page, &stretch.named).await?;
    let shown = statuses.into_iter().map(|status| Shown {
        status,
        reblog: None,
    });
    let shown: Vec<Shown> = shown.collect();
    let statuses = views(&app, &visit, Way::Page, &shown).await?;
    let mut frame = frame(&app, &visit, "Your favourites", NavItem::Me).await?;
    frame.no_index = true;
    let address = "/favourites";
    let older = stretch.oldest;
    Ok(Reply::page(ListPage {
        frame,
        statuses,
        older: older.map(|id| format!("{address}?max_id={id}")),
        newer: page.max_id.is_some().then(|| address.to_owned()),
    }))
}

/// `POST /statuses/{id}/favourite`
pub async fn favourite(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::favourite(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/unfavourite`
pub async fn unfavourite(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unfavourite(&app, &me.account, id).await?;
    Ok(back.to())
}
