//! The page of a hashtag.

use axum::extract::State;
use comity_policy::Way;

use super::Topics;
use crate::app::App;
use crate::error::Result;
use crate::followed_tags;
use crate::http::{Page, Path, Reply, Visit};
use crate::statuses::web::views;
use crate::text::hashtag::{folded, name as name_of, path};
use crate::timelines::{Place, read};
use crate::web::frame;
use crate::web::view::{HashtagPage, NavItem};
use crate::window::Window;

/// `GET /tags/{name}`: what names a topic, as far as the reader may see it. Visitors see what was written here.
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    page: Page,
) -> Result<Reply> {
    let folded = folded(&name);
    let address = path(&folded);
    if folded != name {
        return Ok(Reply::see_other(&address));
    }
    let stretch = read(
        &app,
        &visit.party(),
        Place::Hashtags(Topics::of(&folded)),
        Window::older_than(page.below()),
        page.length(),
        |_| true,
    )
    .await?;
    let mut frame = frame(&app, &visit, &format!("#{folded}"), NavItem::Elsewhere).await?;
    frame.no_index = stretch.entries.is_empty();
    // Somebody may have typed an address of what is no hashtag.
    let reader = visit.me.as_ref();
    let reader = reader.filter(|_| name_of(&folded).as_ref() == Some(&folded));
    let follows = match reader {
        Some(me) => {
            let among = followed_tags::among(&app, me.account.id, vec![folded.clone()]).await?;
            among.contains(&folded)
        }
        None => false,
    };
    Ok(Reply::page(HashtagPage {
        frame,
        name: folded,
        may_follow: reader.is_some(),
        follows,
        statuses: views(&app, &visit, Way::PublicTimeline, &stretch.entries).await?,
        older: stretch.older.map(|id| format!("{address}?max_id={id}")),
        newer: page.max_id.is_some().then_some(address),
    }))
}
