//! What is talked about as a community lets it be read: nothing where it turned that off, and without what its moderators keep
//! out.

use std::collections::HashSet;

use comity_policy::Visible;

use super::rejected::{self, Kind};
use super::trends::{self, Talk};
use crate::app::App;
use crate::error::Result;
use crate::http::Caller;
use crate::statuses::Status;

/// What is talked about, as far as whoever asks may see it.
pub(super) struct Talked<T> {
    /// What everybody may read of it.
    pub shown: Vec<T>,
    /// What moderators keep out.
    pub kept_out: Vec<T>,
}

impl<T> Talked<T> {
    fn nothing() -> Talked<T> {
        Talked {
            shown: Vec::new(),
            kept_out: Vec::new(),
        }
    }

    fn without(
        found: Vec<T>,
        rejected: &HashSet<String>,
        name: impl Fn(&T) -> String,
    ) -> Talked<T> {
        let found = found.into_iter();
        let (kept_out, shown) = found.partition(|one| rejected.contains(&name(one)));
        Talked { shown, kept_out }
    }
}

/// Topics, the most talked about first.
pub(super) async fn topics(app: &App, caller: &Caller) -> Result<Talked<Talk>> {
    if !caller.community.trends {
        return Ok(Talked::nothing());
    }
    let found = trends::topics(app, &caller.party()).await?;
    let rejected = rejected::names(app, caller.community.id, Kind::Tag).await?;
    Ok(Talked::without(found, &rejected, |talk| talk.name.clone()))
}

/// Pages elsewhere.
pub(super) async fn pages(app: &App, caller: &Caller) -> Result<Talked<Talk>> {
    if !caller.community.trends {
        return Ok(Talked::nothing());
    }
    let found = trends::pages(app, &caller.party()).await?;
    let rejected = rejected::names(app, caller.community.id, Kind::Link).await?;
    Ok(Talked::without(found, &rejected, |talk| talk.name.clone()))
}

/// Posts.
pub(super) async fn posts(app: &App, caller: &Caller) -> Result<Talked<Visible<Status>>> {
    if !caller.community.trends {
        return Ok(Talked::nothing());
    }
    let found = trends::posts(app, &caller.party()).await?;
    let rejected = rejected::names(app, caller.community.id, Kind::Status).await?;
    Ok(Talked::without(found, &rejected, |post| {
        post.id.to_string()
    }))
}

/// How many topics, pages and posts of it there are for whoever asks.
pub async fn how_many(app: &App, caller: &Caller) -> Result<usize> {
    let topics = topics(app, caller).await?.shown.len();
    let pages = pages(app, caller).await?.shown.len();
    Ok(topics + pages + posts(app, caller).await?.shown.len())
}
