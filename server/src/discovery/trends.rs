//! What is talked about lately: posts, topics and pages. Numbers are counted from what the viewer may see, so that none
//! tells of the rest; a topic or a page is named once two people did.

use std::collections::{BTreeMap, HashMap, HashSet};

use comity_policy::{Conditions, Party, Visible, Way};
use serde_json::{Value, json};

use super::store;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::Result;
use crate::statuses::{self, Status, text};
use crate::{hashtags, id, links};

/// How long something is talked about lately.
const LATELY_MS: i64 = 3 * DAY_MS;
/// Days of which Mastodon's apps draw a line.
const DAYS: i64 = 7;
/// Posts that name something, looked at for one question: the newest.
const MOST_LOOKED_AT: i64 = 400;
/// The newest public posts, of which those are taken with which most was done.
const MOST_WEIGHED: i64 = 5_000;
/// Of those, so many are asked of the gate.
const MOST_POSTS: i64 = 120;
/// So many people make a talk.
const FEWEST_PEOPLE: usize = 2;

/// By which way these come to a viewer. Visitors see what was written here, as in the timelines.
fn way(viewer: &Party) -> Way {
    match viewer {
        Party::Member(_) => Way::Search,
        _ => Way::PublicTimeline,
    }
}

/// What somebody named, and the posts that did, as far as the viewer may see them.
pub struct Talk {
    /// A folded topic, or an address.
    pub name: String,
    posts: Vec<(i64, i64)>,
}

impl Talk {
    fn people(&self) -> usize {
        let people: HashSet<i64> = self.posts.iter().map(|(_, author)| *author).collect();
        people.len()
    }

    /// How often, and by how many, on each of the last days: Mastodon's `history`.
    pub fn history(&self, now_ms: i64) -> Value {
        let today = now_ms / DAY_MS;
        let day = |back: i64| {
            let day = today - back;
            let of_day = self.posts.iter();
            let of_day: Vec<i64> = of_day
                .filter(|(post, _)| id::time_of(*post) / DAY_MS == day)
                .map(|(_, author)| *author)
                .collect();
            let people: HashSet<&i64> = of_day.iter().collect();
            json!({
                "day": (day * DAY_MS / 1000).to_string(),
                "uses": of_day.len().to_string(),
                "accounts": people.len().to_string(),
            })
        };
        (0..DAYS).map(day).collect()
    }
}

/// Topics that people talk about, the most of them first.
pub async fn topics(app: &App, viewer: &Party) -> Result<Vec<Talk>> {
    let above = id::first_at(app.now_ms() - LATELY_MS);
    let named = hashtags::recent(&app.db, above, MOST_LOOKED_AT).await?;
    talks(app, viewer, named).await
}

/// Pages that people talk about.
pub async fn pages(app: &App, viewer: &Party) -> Result<Vec<Talk>> {
    let above = id::first_at(app.now_ms() - LATELY_MS);
    let linked = links::recent(&app.db, above, MOST_LOOKED_AT).await?;
    talks(app, viewer, linked).await
}

async fn talks(app: &App, viewer: &Party, named: Vec<(String, i64)>) -> Result<Vec<Talk>> {
    let mut ids: Vec<i64> = named.iter().map(|(_, post)| *post).collect();
    ids.sort_unstable();
    ids.dedup();
    let shown = statuses::find_many(app, viewer, way(viewer), &ids).await?;
    let authors: HashMap<i64, i64> = shown
        .iter()
        .filter(|status| is_for_all(status))
        .map(|status| (status.id, status.author.id))
        .collect();
    let mut talks: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for (name, post) in named {
        if let Some(author) = authors.get(&post) {
            talks.entry(name).or_default().push((post, *author));
        }
    }
    let talks = talks.into_iter().map(|(name, posts)| Talk { name, posts });
    let mut talks: Vec<Talk> = talks
        .filter(|talk| talk.people() >= FEWEST_PEOPLE)
        .collect();
    talks.sort_by_key(|talk| std::cmp::Reverse((talk.people(), talk.posts.len())));
    Ok(talks)
}

fn is_for_all(status: &Visible<Status>) -> bool {
    !status.limited && !status.conditions().contains(Conditions::LIMITED)
}

/// Posts with which much was done lately, one of each author, whose authors want to be found: neither answers, nor what is
/// folded.
pub async fn posts(app: &App, viewer: &Party) -> Result<Vec<Visible<Status>>> {
    let above = id::first_at(app.now_ms() - LATELY_MS);
    let ids = store::liked(&app.db, above, MOST_WEIGHED, MOST_POSTS).await?;
    let shown = statuses::find_many(app, viewer, way(viewer), &ids).await?;
    let mut authors = HashSet::new();
    let wanted = |status: &Visible<Status>| {
        is_for_all(status)
            && status.author.discoverable
            && status.in_reply_to_iri.is_none()
            && !text(status).sensitive
    };
    let shown = shown.into_iter().filter(wanted);
    Ok(shown
        .filter(|status| authors.insert(status.author.id))
        .collect())
}

/// A page as apps read it: Mastodon's `Trends::Link`. We know its address, and do not ask it for more.
pub fn page(talk: &Talk, now_ms: i64) -> Value {
    let host = talk.name.split('/').nth(2).unwrap_or_default();
    json!({
        "url": talk.name,
        "title": talk.name,
        "description": "",
        "language": null,
        "type": "link",
        "author_name": "",
        "author_url": "",
        "authors": [],
        "provider_name": host,
        "provider_url": "",
        "html": "",
        "width": 0,
        "height": 0,
        "image": null,
        "image_description": "",
        "embed_url": "",
        "blurhash": null,
        "published_at": null,
        "history": talk.history(now_ms),
    })
}
