//! Finding one's way on pages: people who let themselves be listed, and what is talked about.

mod talks;

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

pub use talks::{decide, page as talks};

use super::Order;
use crate::accounts;
use crate::accounts::web::{Listed, rows};
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Reply, Visit};
use crate::web::frame;
use crate::web::view::{Following, Frame, NavItem, PersonRow};

/// People on one page.
const ON_A_PAGE: i64 = 40;

#[derive(Template)]
#[template(path = "discovery/directory.html")]
struct DirectoryPage {
    frame: Frame,
    people: Vec<PersonRow>,
    /// Who came last stands first; otherwise who wrote last.
    newest: bool,
    /// People of other servers stand here as well.
    everywhere: bool,
    more: Option<String>,
}

/// `GET /directory?order=new&from=everywhere&skip=40`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    order: String,
    from: String,
    skip: i64,
}

/// `GET /directory`: people who let themselves be listed. Visitors are shown who lives here.
pub async fn directory(
    State(app): State<App>,
    visit: Visit,
    Query(choice): Query<Choice>,
) -> Result<Reply> {
    let newest = choice.order == "new";
    let everywhere = visit.me.is_some() && choice.from == "everywhere";
    let order = if newest { Order::New } else { Order::Active };
    let skip = choice.skip.max(0);
    let caller = Caller::from(&visit);
    let (ids, is_full) =
        super::directory(&app, &caller, order, !everywhere, skip, ON_A_PAGE).await?;
    let party = visit.party();
    let mut found = accounts::show_many(&app, &party, super::way(&party), &ids).await?;
    let people: Vec<_> = ids
        .iter()
        .filter_map(|id| found.get_mut(id)?.pop())
        .collect();
    let mut frame = frame(&app, &visit, "People", NavItem::Search).await?;
    frame.no_index = true;
    let more = is_full.then(|| {
        let order = if newest { "order=new&" } else { "" };
        let from = if everywhere { "from=everywhere&" } else { "" };
        format!("/directory?{order}{from}skip={}", skip + ON_A_PAGE)
    });
    Ok(Reply::page(DirectoryPage {
        frame,
        people: rows(&app, &visit, &people, Listed::People).await?,
        newest,
        everywhere,
        more,
    }))
}
