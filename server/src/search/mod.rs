//! Search: a person or a post by handle or link, here or elsewhere; people we know by the words of their names; posts by
//! their words (`posts.rs`).

pub mod api;
mod index;
mod posts;
mod question;
mod store;
pub mod web;

use std::sync::Arc;

use comity_policy::{Party, Visible, Way};
use comity_vocab::Handle;

use crate::accounts::names::{self, Looking};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::hashtags::{self, Topics};
use crate::http::{Caller, Kind, Me};
use crate::inbox::resolve::{self, Found};
use crate::statuses::{self, Status};
use crate::timelines::{self, Place};
use crate::window::Window;

pub(crate) use index::{ANY, mark, parts};
pub use index::{Entry, index_older, place, place_anew, take_out};
pub use posts::{Found as FoundPosts, Page};

/// People shown for one question on a page.
const MOST_PEOPLE: usize = 20;
/// People that apps go through for one question.
const FURTHEST: usize = 200;
/// People looked at beyond those that are wanted, for those the gate leaves out.
const SPARE: usize = 20;
/// Topics looked at for one question: for each it is asked whether anything of it is for whoever asks.
const MOST_TOPICS: i64 = 10;
/// Longer questions are pasted by accident; addresses may be this long.
const LONGEST: usize = 2_048;

/// Which of the people with a name are wanted.
#[derive(Debug, Clone, Copy)]
pub struct People {
    /// Nobody but whom the one who asks follows.
    pub following: bool,
    /// So many, and no more than are gone through.
    pub most: usize,
}

impl Default for People {
    fn default() -> People {
        People {
            following: false,
            most: MOST_PEOPLE,
        }
    }
}

/// What was found, cleared for the one who asked.
#[derive(Default)]
pub struct Results {
    /// People.
    pub people: Vec<Visible<Account>>,
    /// Posts.
    pub statuses: Vec<Visible<Status>>,
    /// Why a link or handle led nowhere: a lower-case fragment.
    pub trouble: Option<String>,
}

/// Answers a question. A handle or link that we do not know is asked for elsewhere, through the gate, when `me` is a
/// member; strangers find only what we have.
pub async fn find(
    app: &App,
    community: &Arc<Community>,
    viewer: &Party,
    question: &str,
    wanted: People,
) -> Result<Results> {
    let question = question.trim();
    if question.is_empty() || question.len() > LONGEST {
        return Ok(Results::default());
    }
    let may_ask = matches!(viewer, Party::Member(_));
    let found = if question.contains("://") {
        if may_ask {
            resolve::link(app, community, question).await.map(Some)
        } else {
            Ok(None)
        }
    } else if let Some(handle) = whole_handle(question) {
        by_handle(app, community, &handle, may_ask)
            .await
            .map(|account| account.map(Found::Account))
    } else {
        Ok(None)
    };
    let shown = match found {
        Ok(Some(Found::Account(account))) => accounts::show(app, viewer, Way::Search, account.id)
            .await
            .map(|account| Results {
                people: vec![account],
                ..Results::default()
            }),
        Ok(Some(Found::Status(id))) => {
            statuses::find(app, viewer, Way::Lookup, id)
                .await
                .map(|status| Results {
                    statuses: vec![status],
                    ..Results::default()
                })
        }
        Ok(None) => return by_name(app, viewer, Way::Search, question, wanted).await,
        Err(why) => Err(why),
    };
    match shown {
        Ok(results) => Ok(results),
        Err(Error::Internal(source)) => Err(Error::Internal(source)),
        // A rule of theirs, or of their community, or too many questions: that is told.
        Err(why @ (Error::Refused(_) | Error::TooMany { .. } | Error::Invalid { .. }))
            if may_ask =>
        {
            Ok(Results {
                trouble: Some(why.to_string()),
                ..Results::default()
            })
        }
        // What is here and not for them is answered in the same words as what is nowhere.
        Err(_) if may_ask => Ok(Results {
            trouble: Some("that could not be found".to_owned()),
            ..Results::default()
        }),
        Err(_) => by_name(app, viewer, Way::Search, question, wanted).await,
    }
}

/// By which way what is found among everything is shown. Visitors are shown what was written here, as in all lists for them:
/// authors elsewhere did not ask for a second shop window.
fn way(viewer: &Party) -> Way {
    match viewer {
        Party::Member(_) => Way::Search,
        _ => Way::PublicTimeline,
    }
}

/// What an app finds for nobody in particular: people who live here, by a whole handle, or by their names where they want to be
/// found. Nobody elsewhere is asked.
pub async fn look_as_visitor(
    app: &App,
    viewer: &Party,
    question: &str,
    most: usize,
) -> Result<Results> {
    let question = question.trim();
    if question.is_empty() || question.len() > LONGEST {
        return Ok(Results::default());
    }
    if let Some(handle) = whole_handle(question)
        && let Some(domain) = &handle.domain
        && let Some(known) = accounts::find_by_handle(app, &handle.username, domain).await?
        && let Ok(shown) = accounts::show(app, viewer, way(viewer), known.id).await
    {
        return Ok(Results {
            people: vec![shown],
            ..Results::default()
        });
    }
    let wanted = People {
        following: false,
        most: FURTHEST,
    };
    let mut found = by_name(app, viewer, way(viewer), question, wanted).await?;
    found.people.retain(|account| account.discoverable);
    found.people.truncate(most);
    Ok(found)
}

/// What an app of `me` finds: with `resolve`, others are asked for what is not here; without, nobody is.
pub async fn look(
    app: &App,
    me: &Me,
    question: &str,
    resolve: bool,
    wanted: People,
) -> Result<Results> {
    let party = me.party();
    let question = question.trim();
    if question.is_empty() || question.len() > LONGEST {
        return Ok(Results::default());
    }
    if resolve {
        if question.contains("://") || whole_handle(question).is_some() {
            app.limits.check(Kind::Lookup, &me.account.id.to_string())?;
        }
        return find(app, &me.community, &party, question, wanted).await;
    }
    if let Some(handle) = whole_handle(question)
        && let Some(domain) = &handle.domain
    {
        // Where nobody has it that they may know of, it may be the beginning of one.
        if let Some(known) = accounts::find_by_handle(app, &handle.username, domain).await?
            && let Ok(shown) = accounts::show(app, &party, Way::Search, known.id).await
        {
            return Ok(Results {
                people: vec![shown],
                ..Results::default()
            });
        }
    }
    by_name(app, &party, Way::Search, question, wanted).await
}

/// Topics (folded) that begin so and are named by something that this viewer may see: a name alone would tell of the rest.
pub async fn topics(app: &App, viewer: &Party, beginning: &str) -> Result<Vec<String>> {
    let mut seen = Vec::new();
    for name in hashtags::beginning(&app.db, beginning, MOST_TOPICS).await? {
        let place = Place::Hashtags(Topics::of(&name));
        let newest = Window::older_than(i64::MAX);
        let found = timelines::read(app, viewer, place, newest, 1, |_| true).await?;
        if !found.entries.is_empty() {
            seen.push(name);
        }
    }
    Ok(seen)
}

/// Posts by their words, where the question is neither a link nor a handle.
pub async fn posts(app: &App, caller: &Caller, question: &str, page: Page) -> Result<FoundPosts> {
    let question = question.trim();
    let is_address = question.contains("://") && !question.contains(char::is_whitespace);
    if question.len() > LONGEST || is_address || whole_handle(question).is_some() {
        return Ok(FoundPosts::default());
    }
    posts::find(app, caller, question, page).await
}

/// People alone, of what [`look`] finds.
pub async fn people(
    app: &App,
    me: &Me,
    question: &str,
    resolve: bool,
    wanted: People,
) -> Result<Vec<Visible<Account>>> {
    // What is typed of a name while it is typed is no question for others.
    let asks = resolve && whole_handle(question.trim()).is_some();
    Ok(look(app, me, question, asks, wanted).await?.people)
}

fn whole_handle(question: &str) -> Option<Handle> {
    Handle::parse(question)
        .ok()
        .filter(|handle| handle.domain.is_some())
}

async fn by_handle(
    app: &App,
    community: &Arc<Community>,
    handle: &Handle,
    may_ask: bool,
) -> Result<Option<Arc<Account>>> {
    if may_ask {
        return resolve::handle(app, community, handle).await.map(Some);
    }
    match &handle.domain {
        Some(domain) => accounts::find_by_handle(app, &handle.username, domain).await,
        None => Ok(None),
    }
}

async fn by_name(
    app: &App,
    viewer: &Party,
    way: Way,
    question: &str,
    wanted: People,
) -> Result<Results> {
    // Nobody is called as a link is.
    if question.contains("://") {
        return Ok(Results::default());
    }
    let most = wanted.most.min(FURTHEST);
    let by = match viewer {
        Party::Member(person) => person.id.map(|id| id.0),
        _ => None,
    };
    let looking = Looking {
        by,
        only_followed: wanted.following,
        // The gate shows nobody else to visitors.
        only_here: !matches!(viewer, Party::Member(_)),
        most: i64::try_from(most.saturating_add(SPARE)).unwrap_or(i64::MAX),
    };
    let ids = names::find(app, question, looking).await?;
    let mut shown = accounts::show_many(app, viewer, way, &ids).await?;
    let people = ids
        .iter()
        .filter_map(|id| shown.get_mut(id)?.pop())
        .take(most)
        .collect();
    Ok(Results {
        people,
        ..Results::default()
    })
}
