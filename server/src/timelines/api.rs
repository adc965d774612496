//! Timelines for apps.

use axum::extract::{Path, State};
use comity_policy::Way;
use serde::Deserialize;
use serde_json::json;

use super::{Place, read};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Input, Paging, Reply};
use crate::links;
use crate::statuses::entity::Entities;
use crate::statuses::{Shown, text};
use crate::text::hashtag;

/// What an app wants of a timeline.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    local: bool,
    remote: bool,
    only_media: bool,
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
}

impl Choice {
    /// The same with hashtags as they are compared, and no more of each kind than are looked at.
    fn folded(self) -> Choice {
        let folded = |names: Vec<String>| -> Vec<String> {
            let few = names.into_iter().take(MOST_TAGS);
            few.map(|name| hashtag::folded(&name)).collect()
        };
        Choice {
            any: folded(self.any),
            all: folded(self.all),
            none: folded(self.none),
            ..self
        }
    }

    fn wants(&self, shown: &Shown) -> bool {
        let status = &shown.status;
        let words = text(status);
        let named: Vec<String> = if self.all.is_empty() && self.none.is_empty() {
            Vec::new()
        } else {
            words
                .tags
                .iter()
                .map(|name| hashtag::folded(name))
                .collect()
        };
        let names = |tag: &String| named.contains(tag);
        let is_local = status.author.is_local();
        let unwanted = (self.only_media && words.attachments.is_empty())
            || (self.local && !is_local)
            || (self.remote && is_local);
        !unwanted && self.all.iter().all(names) && !self.none.iter().any(names)
    }
}

/// `GET /api/v1/timelines/home`
pub async fn home(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let caller = client.caller()?;
    let place = Place::Home(client.me()?.account.id);
    answer(&app, &caller, place, &paging, |_| true).await
}

/// `GET /api/v1/timelines/public`: what people elsewhere write is shown to members only, as on the pages.
pub async fn public(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let choice = choice.folded();
    if choice.local {
        let place = Place::Community(caller.community.id);
        return answer(&app, &caller, place, &paging, |shown| choice.wants(shown)).await;
    }
    if caller.me.is_none() {
        return Err(Error::invalid(
            "this",
            "method requires an authenticated user",
        ));
    }
    answer(&app, &caller, Place::Everyone, &paging, |shown| {
        choice.wants(shown)
    })
    .await
}

/// `GET /api/v1/timelines/tag/{name}`
pub async fn tag(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    paging: Paging,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let choice = choice.folded();
    let names: Vec<String> = std::iter::once(hashtag::folded(&name))
        .chain(choice.any.iter().cloned())
        .collect();
    let place = Place::Hashtags(names);
    answer(&app, &caller, place, &paging, |shown| choice.wants(shown)).await
}

/// Which page an app asks about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    url: String,
}

/// `GET /api/v1/timelines/link?url=`: public posts that link to a page.
pub async fn link(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
    Input(page): Input<Page>,
) -> Result<Reply> {
    let url = links::address(&page.url)
        .ok_or_else(|| Error::invalid("url", "must be the address of a page, with https://"))?;
    answer(&app, &caller, Place::Link(url), &paging, |_| true).await
}

/// Hashtags that one timeline is made of beside its own, must have, and must not have: so many of each.
const MOST_TAGS: usize = 3;

/// A page of a timeline, with the links to the next ones.
pub async fn answer(
    app: &App,
    caller: &Caller,
    place: Place,
    paging: &Paging,
    wanted: impl Fn(&Shown) -> bool,
) -> Result<Reply> {
    let limit = usize::try_from(paging.limit(20, 40)).unwrap_or_default();
    let way = place.way();
    let party = caller.party();
    let stretch = read(app, &party, place, paging.window(), limit, wanted).await?;
    let way = match way {
        // What is quoted may have been written elsewhere; a public place it is all the same.
        Way::LocalTimeline => Way::PublicTimeline,
        way => way,
    };
    let list = Entities::list(app, caller, way, &stretch.entries).await?;
    let links = paging.links(&caller.community, stretch.newer, stretch.older);
    Ok(Reply::api(json!(list)).with_links(links))
}
