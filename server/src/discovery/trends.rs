//! What is talked about lately: posts, topics and pages. Numbers are counted from what the viewer may see, so that none
//! tells of the rest; a topic or a page is named once two people did.

use std::collections::{BTreeMap, HashMap, HashSet};

use comity_policy::{Conditions, Party, Visible, Way};
use serde_json::{Value, json};

use super::kept::Named;
use super::store;
use crate::app::App;
use crate::cards::{self, Card};
use crate::clock::DAY_MS;
use crate::error::Result;
use crate::statuses::{self, Status, is_sensitive};
use crate::{hashtags, id, links};

/// How long something is talked about lately.
const LATELY_MS: i64 = 3 * DAY_MS;
/// Days of which Mastodon's apps draw a line.
const DAYS: i64 = 7;
/// The newest things that posts name, of which those are taken that are looked at.
const MOST_READ: i64 = 5_000;
/// So many are looked at for one question: the newest, but not more of one author than so many. Nobody alone fills what
/// others talk about.
const MOST_LOOKED_AT: usize = 400;
const MOST_OF_ONE: usize = 20;
/// The newest public posts, of which those are taken with which most was done.
const MOST_WEIGHED: i64 = 5_000;
/// Of those, so many are read, and so many are asked of the gate: of one author a few, for some may not be shown.
const MOST_LIKED: i64 = 1_000;
const MOST_POSTS: usize = 120;
const MOST_POSTS_OF_ONE: usize = 3;
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
    /// What nobody whom the viewer may see talks about any more.
    pub fn of_nobody(name: String) -> Talk {
        Talk {
            name,
            posts: Vec::new(),
        }
    }

    /// How many people did.
    pub(super) fn people(&self) -> usize {
        let people: HashSet<i64> = self.posts.iter().map(|(_, author)| *author).collect();
        people.len()
    }

    /// In how many posts.
    pub(super) fn uses(&self) -> usize {
        self.posts.len()
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
    let read = read_topics(app);
    let named = app.lately.topics.get((), app.now_ms(), read).await?;
    talks(app, viewer, &named).await
}

/// Pages that people talk about.
pub async fn pages(app: &App, viewer: &Party) -> Result<Vec<Talk>> {
    let read = read_pages(app);
    let linked = app.lately.pages.get((), app.now_ms(), read).await?;
    talks(app, viewer, &linked).await
}

/// How often topics were named lately, each as far as the viewer may see it.
pub struct Histories {
    talks: HashMap<String, Talk>,
    now_ms: i64,
}

impl Histories {
    /// Of this folded topic: Mastodon's `history`.
    pub fn of(&self, name: &str) -> Value {
        match self.talks.get(name) {
            Some(talk) => talk.history(self.now_ms),
            None => Talk::of_nobody(String::new()).history(self.now_ms),
        }
    }
}

/// How often these folded topics were named on the last days. Where much is said of them, the newest of it is counted, and
/// of one author no more than of a trend.
pub async fn histories(app: &App, viewer: &Party, names: &[String]) -> Result<Histories> {
    let now_ms = app.now_ms();
    let mut talks = HashMap::new();
    if !names.is_empty() {
        let since = id::first_at(now_ms - now_ms.rem_euclid(DAY_MS) - (DAYS - 1) * DAY_MS);
        let found = hashtags::recent_of(&app.db, names.to_vec(), since - 1, MOST_READ).await?;
        for talk in seen(app, viewer, &named(found)).await? {
            talks.insert(talk.name.clone(), talk);
        }
    }
    Ok(Histories { talks, now_ms })
}

/// Before this number nothing is talked about lately.
fn before_lately(app: &App) -> i64 {
    id::first_at(app.now_ms() - LATELY_MS)
}

async fn read_topics(app: &App) -> Result<Named> {
    let found = hashtags::recent(&app.db, before_lately(app), MOST_READ).await?;
    Ok(named(found))
}

async fn read_pages(app: &App) -> Result<Named> {
    let found = links::recent(&app.db, before_lately(app), MOST_READ).await?;
    Ok(named(found))
}

async fn read_posts(app: &App) -> Result<Vec<i64>> {
    let liked = store::liked(&app.db, before_lately(app), MOST_WEIGHED, MOST_LIKED).await?;
    let liked = liked.into_iter();
    Ok(fairly(liked, MOST_POSTS_OF_ONE, MOST_POSTS))
}

fn named(found: Vec<(String, i64, i64)>) -> Named {
    let found = found.into_iter();
    let found = found.map(|(name, post, author)| ((name, post), author));
    fairly(found, MOST_OF_ONE, MOST_LOOKED_AT)
}

/// The first of these, and of one author not more than so many.
fn fairly<T>(found: impl Iterator<Item = (T, i64)>, of_one: usize, most: usize) -> Vec<T> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    let mut taken = Vec::new();
    for (one, author) in found {
        let count = counts.entry(author).or_default();
        *count += 1;
        if *count <= of_one && taken.len() < most {
            taken.push(one);
        }
    }
    taken
}

async fn talks(app: &App, viewer: &Party, named: &[(String, i64)]) -> Result<Vec<Talk>> {
    let mut talks = seen(app, viewer, named).await?;
    talks.retain(|talk| talk.people() >= FEWEST_PEOPLE);
    talks.sort_by_key(|talk| std::cmp::Reverse((talk.people(), talk.posts.len())));
    Ok(talks)
}

/// What was named, by its name, as far as the viewer may see the posts.
async fn seen(app: &App, viewer: &Party, named: &[(String, i64)]) -> Result<Vec<Talk>> {
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
        if let Some(author) = authors.get(post) {
            let posts = talks.entry(name.clone()).or_default();
            posts.push((*post, *author));
        }
    }
    let talks = talks.into_iter();
    Ok(talks.map(|(name, posts)| Talk { name, posts }).collect())
}

fn is_for_all(status: &Visible<Status>) -> bool {
    !status.limited && !status.conditions().contains(Conditions::LIMITED)
}

/// Posts with which much was done lately, one of each author, whose authors want to be found: neither answers, nor what is
/// folded.
pub async fn posts(app: &App, viewer: &Party) -> Result<Vec<Visible<Status>>> {
    let read = read_posts(app);
    let ids = app.lately.posts.get((), app.now_ms(), read).await?;
    let shown = statuses::find_many(app, viewer, way(viewer), &ids).await?;
    let mut authors = HashSet::new();
    let wanted = |status: &Visible<Status>| {
        is_for_all(status)
            && status.author.discoverable
            && status.in_reply_to_iri.is_none()
            && !is_sensitive(status)
    };
    let shown = shown.into_iter().filter(wanted);
    Ok(shown
        .filter(|status| authors.insert(status.author.id))
        .collect())
}

/// A page as apps read it: Mastodon's `Trends::Link`. Where it has no card that the viewer may see, we know its address.
pub fn page(talk: &Talk, card: Option<&Card>, now_ms: i64) -> Value {
    let bare = Card::bare(&talk.name);
    // Our copy of its picture is there for who sees a post that links to it.
    let mut entity = cards::entity::entity(card.unwrap_or(&bare), None, None);
    entity["history"] = talk.history(now_ms);
    entity
}
