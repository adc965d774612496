//! What somebody recommends, as a page: topics, people and collections.

use askama::Template;
use axum::extract::State;
use comity_policy::{Visible, Way};

use super::web::{Listed, named, rows};
use super::{Account, show, show_many};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Path, Reply, Visit};
use crate::text::hashtag;
use crate::web::view::{Following, Frame, NavItem, PersonRow, PersonView};
use crate::web::{cleared_view, frame};
use crate::window::Window;
use crate::{collections, endorsements, featured_tags};

/// People on the page, the last recommended first; apps page through all of them.
const MOST_PEOPLE: i64 = 40;

#[derive(Template)]
#[template(path = "accounts/featured.html")]
struct FeaturedPage {
    frame: Frame,
    owner: PersonView,
    topics: Vec<TopicView>,
    people: Vec<PersonRow>,
    /// The path and the name of each.
    collections: Vec<(String, String)>,
}

/// A topic among others.
struct TopicView {
    name: String,
    path: String,
    /// "3 posts".
    told: String,
}

impl TopicView {
    fn of(topic: featured_tags::Featured) -> TopicView {
        TopicView {
            path: hashtag::path(&topic.name),
            told: match topic.statuses_count {
                0 => "No post yet".to_owned(),
                1 => "One post".to_owned(),
                some => format!("{some} posts"),
            },
            name: topic.name,
        }
    }
}

/// `GET /@{handle}/featured`: *not found* where the profile has no such place. Of people who live elsewhere we know nothing
/// that would stand there.
pub async fn featured(
    State(app): State<App>,
    visit: Visit,
    Path(handle): Path<String>,
) -> Result<Reply> {
    let (viewer, here) = (visit.party(), &visit.community);
    let owner = named(&app, here, &handle).await?;
    let owner = show(&app, &viewer, Way::Page, owner.id).await?;
    if !owner.is_local() || !owner.places.featured {
        return Err(Error::NotFound);
    }
    let topics = featured_tags::of(&app, owner.id).await?;
    let people = recommended(&app, &visit, &owner).await?;
    let people = rows(&app, &visit, &people, Listed::People).await?;
    let shown = collections::of(&app, &viewer, owner.id).await?;
    let collection = |one: &collections::Shown| {
        let name = collections::words(&one.collection).name.clone();
        (one.collection.path(), name)
    };
    let own = visit.me.as_ref().filter(|me| me.account.id == owner.id);
    let current = match own {
        Some(_) => NavItem::Me,
        None => NavItem::Elsewhere,
    };
    let mut frame = frame(&app, &visit, "Featured", current).await?;
    frame.no_index = !owner.discoverable;
    Ok(Reply::page(FeaturedPage {
        frame,
        owner: cleared_view(&owner, &owner, here),
        topics: topics.into_iter().map(TopicView::of).collect(),
        people,
        collections: shown.iter().map(collection).collect(),
    }))
}

/// Whom they recommend, of those who are for the viewer.
async fn recommended(app: &App, visit: &Visit, owner: &Account) -> Result<Vec<Visible<Account>>> {
    let all = Window::older_than(i64::MAX);
    let listed = endorsements::list(app, owner.id, all, MOST_PEOPLE).await?;
    let ids: Vec<i64> = listed.into_iter().map(|(_, id)| id).collect();
    let mut found = show_many(app, &visit.party(), Way::Page, &ids).await?;
    let there = ids
        .iter()
        .filter_map(|id| found.get_mut(id).and_then(Vec::pop));
    Ok(there.collect())
}
