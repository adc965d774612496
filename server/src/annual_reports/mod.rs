//! What a member wrote in a year, counted for them alone, and only when they ask for it in the last weeks of that year.
//! Nothing is kept for it meanwhile: it is read from their own posts, and from who follows whom.

pub mod api;
mod model;
mod store;

use jiff::civil::Date;

use crate::app::App;
use crate::clock;
use crate::error::{Error, Result};
use crate::id::first_at;

pub use model::{Data, Month, Named, Top};
pub(crate) use store::OF_MEMBER;

/// Posts that are looked at, the newest of the year: fifty a day.
const MOST_POSTS: i64 = 20_000;
/// Follows of each direction that are looked at.
const MOST_FOLLOWS: i64 = 20_000;
/// Hashtags that are named, as Mastodon has it.
const MOST_TAGS: i64 = 40;
/// Reports of one member that were not read: one for each year.
const MOST: i64 = 50;
/// Reports are made from this day of December on, as Mastodon has it.
const FIRST_DAY: i8 = 10;

/// How it stands with the report of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was made.
    Available,
    /// It can be made.
    Eligible,
    /// It is not the time for it, or nothing was written.
    Ineligible,
}

impl State {
    /// As apps read it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Available => "available",
            State::Eligible => "eligible",
            State::Ineligible => "ineligible",
        }
    }
}

/// A report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Of which year.
    pub year: i64,
    /// What was counted.
    pub data: Data,
}

/// Those of a member that they did not say they have read, the last year first.
pub async fn unread(app: &App, account_id: i64) -> Result<Vec<Report>> {
    let rows = store::unread(&app.db, account_id, MOST).await?;
    rows.into_iter().map(store::ReportRow::read).collect()
}

/// The report of a year; *not found* where it was not made.
pub async fn find(app: &App, account_id: i64, year: i64) -> Result<Report> {
    let row = store::find(&app.db, account_id, year).await?;
    row.ok_or(Error::NotFound)?.read()
}

/// The member has read it. Twice is once.
pub async fn mark_read(app: &App, account_id: i64, year: i64) -> Result<()> {
    match store::mark_read(&app.db, account_id, year, app.now_ms()).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// How it stands with a year.
pub async fn state(app: &App, account_id: i64, year: i64) -> Result<State> {
    if store::find(&app.db, account_id, year).await?.is_some() {
        return Ok(State::Available);
    }
    let Some(span) = span_of(app.now_ms(), year) else {
        return Ok(State::Ineligible);
    };
    let wrote = store::has_written(&app.db, account_id, span.posts()).await?;
    Ok(if wrote {
        State::Eligible
    } else {
        State::Ineligible
    })
}

/// Makes the report of a year where it can be made and was not yet; otherwise nothing happens.
pub async fn generate(app: &App, account_id: i64, year: i64) -> Result<()> {
    let now_ms = app.now_ms();
    let Some(span) = span_of(now_ms, year) else {
        return Ok(());
    };
    if state(app, account_id, year).await? != State::Eligible {
        return Ok(());
    }
    let data = count(app, account_id, span).await?;
    store::insert(&app.db, account_id, year, &data, now_ms).await
}

async fn count(app: &App, account_id: i64, span: Span) -> Result<Data> {
    let posts = span.posts();
    let kinds = store::kinds(&app.db, account_id, posts, MOST_POSTS).await?;
    let statuses = store::days(&app.db, account_id, posts, MOST_POSTS).await?;
    let times = (span.from, span.until);
    let following = store::following(&app.db, account_id, times, MOST_FOLLOWS).await?;
    let followers = store::followers(&app.db, account_id, times, MOST_FOLLOWS).await?;
    let tags = store::tags(&app.db, account_id, posts, MOST_POSTS, MOST_TAGS).await?;
    // Each post is named once.
    let by_reblogs = store::most_reblogged(&app.db, account_id, posts, MOST_POSTS).await?;
    let others = [by_reblogs.unwrap_or(0), 0];
    let by_favourites =
        store::most_favourited(&app.db, account_id, posts, MOST_POSTS, others).await?;
    let others = [others[0], by_favourites.unwrap_or(0)];
    let by_replies = store::most_answered(&app.db, account_id, posts, MOST_POSTS, others).await?;
    Ok(Data {
        archetype: model::archetype(&kinds).to_owned(),
        time_series: model::months(&statuses, &following, &followers),
        top_hashtags: tags
            .into_iter()
            .map(|(name, count)| Named { name, count })
            .collect(),
        top_statuses: Top {
            by_reblogs: by_reblogs.map(|id| id.to_string()),
            by_favourites: by_favourites.map(|id| id.to_string()),
            by_replies: by_replies.map(|id| id.to_string()),
        },
    })
}

/// A year, from its first moment to the first of the next, in unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: i64,
    until: i64,
}

impl Span {
    /// The ids of what was written in it: from the first, below the second.
    fn posts(self) -> (i64, i64) {
        (first_at(self.from), first_at(self.until))
    }
}

/// The year whose reports can be made now, if there is one.
pub fn year_of(now_ms: i64) -> Option<i64> {
    let today = clock::date_of(now_ms);
    let is_time = today.month() == 12 && today.day() >= FIRST_DAY;
    is_time.then(|| i64::from(today.year()))
}

/// The span of `year`, where this is the time in which its report can be made.
fn span_of(now_ms: i64, year: i64) -> Option<Span> {
    if year_of(now_ms) != Some(year) {
        return None;
    }
    let today = clock::date_of(now_ms);
    Some(Span {
        from: first_moment(today.year())?,
        until: first_moment(today.year().checked_add(1)?)?,
    })
}

fn first_moment(year: i16) -> Option<i64> {
    clock::first_moment(Date::new(year, 1, 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::DAY_MS;

    #[test]
    fn reports_are_made_in_the_last_weeks_of_their_year() {
        let new_year = first_moment(2026).unwrap();
        let span = span_of(new_year - 22 * DAY_MS, 2025).unwrap();
        assert_eq!(span.until, new_year);
        assert_eq!(span.from, new_year - 365 * DAY_MS);
        assert_eq!(span_of(new_year - 22 * DAY_MS - 1, 2025), None);
        assert_eq!(span_of(new_year - DAY_MS, 2024), None);
        assert_eq!(span_of(new_year, 2025), None);
        assert_eq!(span_of(new_year, i64::MAX), None);
        assert_eq!(year_of(new_year - DAY_MS), Some(2025));
        assert_eq!(year_of(new_year), None);
    }
}
