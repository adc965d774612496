//! Timelines for apps.

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;

use super::{Only, Place, read};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::hashtags::Topics;
use crate::http::{Caller, Client, Input, Paging, Path, Reply};
use crate::links;
use crate::statuses::Shown;
use crate::statuses::entity::Entities;
use crate::text::hashtag;

/// What an app wants of a timeline. Each community is a server of its own to apps: local is what its people write, remote is
/// everything else, and so what those of another community of this installation write.
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
    fn only(&self, here: &Community) -> Only {
        Only {
            with_files: self.only_media,
            not_of: self.remote.then_some(here.id),
        }
    }

    fn topics(&self, here: &Community, name: &str) -> Result<Topics> {
        if self.all.len() > MOST_TESTED || self.none.len() > MOST_TESTED {
            return Err(Error::invalid(
                "all and none",
                format!("name at most {MOST_TESTED} hashtags each"),
            ));
        }
        let any = std::iter::once(name).chain(self.any.iter().take(MOST_TAGS).map(String::as_str));
        Ok(Topics {
            any: any.map(hashtag::folded).collect(),
            all: self.all.iter().map(|name| hashtag::folded(name)).collect(),
            none: self.none.iter().map(|name| hashtag::folded(name)).collect(),
            with_files: self.only_media,
            of: self.local.then_some(here.id),
            not_of: self.remote.then_some(here.id),
        })
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
    if choice.local {
        let place = Place::Community(caller.community.id, choice.only(&caller.community));
        return answer(&app, &caller, place, &paging, |_| true).await;
    }
    if caller.me.is_none() {
        return Err(Error::invalid(
            "this",
            "method requires an authenticated user",
        ));
    }
    let place = Place::Everyone(choice.only(&caller.community));
    answer(&app, &caller, place, &paging, |_| true).await
}

/// `GET /api/v1/timelines/tag/{name}`
pub async fn tag(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    paging: Paging,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let place = Place::Hashtags(choice.topics(&caller.community, &name)?);
    answer(&app, &caller, place, &paging, |_| true).await
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

/// Hashtags that one timeline is made of beside its own.
const MOST_TAGS: usize = 3;
/// Hashtags that posts must name, and must not: each is looked up for every post that is read.
const MOST_TESTED: usize = 8;

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
    let list = Entities::as_json(app, caller, way, &stretch.entries).await?;
    let links = paging.links(&caller.community, stretch.newer, stretch.older);
    Ok(Reply::api_written(list).with_links(links))
}
