//! Timelines as pages.

use axum::extract::State;
use comity_policy::Way;

use super::{Only, Place, Stretch, read};

use crate::app::App;
use crate::communities;
use crate::error::Result;
use crate::http::{Page, Reply, Visit};
use crate::statuses::web::{composer, views};
use crate::web::frame;
use crate::web::view::{NavItem, TimelinePage, Which};
use crate::window::Window;

/// `GET /`: home for members; for visitors, what this place is.
pub async fn front(State(app): State<App>, visit: Visit, page: Page) -> Result<Reply> {
    if visit.me.is_none() {
        return communities::web::about(State(app), visit).await;
    }
    home(State(app), visit, page).await
}

/// `GET /home`
pub async fn home(State(app): State<App>, visit: Visit, page: Page) -> Result<Reply> {
    let Some(me) = &visit.me else {
        return Ok(Reply::see_other("/sign-in?back=%2Fhome"));
    };
    let stretch = read(
        &app,
        &me.party(),
        Place::Home(me.account.id),
        Window::older_than(page.below()),
        page.length(),
        |_| true,
    )
    .await?;
    show(&app, &visit, &page, Which::Home, "/home", stretch).await
}

/// `GET /community`
pub async fn community(State(app): State<App>, visit: Visit, page: Page) -> Result<Reply> {
    let party = visit.party();
    let stretch = read(
        &app,
        &party,
        Place::Community(visit.community.id, Only::default()),
        Window::older_than(page.below()),
        page.length(),
        |_| true,
    )
    .await?;
    show(&app, &visit, &page, Which::Community, "/community", stretch).await
}

/// `GET /everyone`: for members; what other servers sent is not ours to show to the whole web as a list.
pub async fn everyone(State(app): State<App>, visit: Visit, page: Page) -> Result<Reply> {
    if visit.me.is_none() {
        return Ok(Reply::see_other("/sign-in?back=%2Feveryone"));
    }
    let stretch = read(
        &app,
        &visit.party(),
        Place::Everyone(Only::default()),
        Window::older_than(page.below()),
        page.length(),
        |_| true,
    )
    .await?;
    show(&app, &visit, &page, Which::Everyone, "/everyone", stretch).await
}

async fn show(
    app: &App,
    visit: &Visit,
    page: &Page,
    which: Which,
    address: &str,
    stretch: Stretch,
) -> Result<Reply> {
    let current = match which {
        Which::Home => NavItem::Home,
        Which::Community | Which::Everyone => NavItem::Community,
    };
    let way = match which {
        Which::Home => Way::HomeTimeline,
        // What is quoted may have been written elsewhere; a public place it is all the same.
        Which::Community | Which::Everyone => Way::PublicTimeline,
    };
    let title = match which {
        Which::Home => "Home",
        Which::Community => "Community",
        Which::Everyone => "Everyone",
    };
    let at_top = page.max_id.is_none();
    let writes = at_top && which != Which::Everyone;
    Ok(Reply::page(TimelinePage {
        frame: frame(app, visit, title, current).await?,
        which,
        composer: visit
            .me
            .as_ref()
            .filter(|_| writes)
            .map(|me| composer(app, me)),
        statuses: views(app, visit, way, &stretch.entries).await?,
        older: stretch.older.map(|id| format!("{address}?max_id={id}")),
        newer: (!at_top).then(|| address.to_owned()),
    }))
}
