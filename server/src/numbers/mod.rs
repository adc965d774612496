//! Numbers for those who look after a community: how much goes on there, in Mastodon's words *measures*, *dimensions* and
//! *retention*. All of them are counted from what is stored anyway; nothing is written down for them.
//!
//! What is told of a topic is counted from the posts that the moderator may see. Days are those of UTC.

pub mod api;
mod dimensions;
mod measures;
mod retention;
mod store;

use comity_policy::{Visible, Way};
use jiff::civil::Date;

pub use dimensions::{Dimension, Line, dimension};
pub use measures::{Counted, Measure, measure};
pub use retention::{Bucket, Cohort, Frequency, retention};

use crate::app::App;
use crate::clock::{self, DAY_MS};
use crate::error::{Error, Result};
use crate::http::Me;
use crate::id;
use crate::statuses::{self, Status};
use crate::text::hashtag::folded;

/// Days of one question: a year, with the day that some have more.
const MOST_DAYS: i64 = 366;
/// Things that are counted for one number. What is more is not counted wrongly but refused.
const MOST_COUNTED: i64 = 100_000;
/// Posts of one topic: each is read, and asked of the gate.
const MOST_NAMING: usize = 1_000;

/// Some days, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Counted from 1 January 1970.
    first: i64,
    /// At least one.
    days: i64,
}

impl Span {
    /// From the first day to the last, both of them within it. A time of the day makes no difference.
    pub fn read(first: Option<&str>, last: Option<&str>) -> Result<Span> {
        let first = day_of(first, "start_at")?;
        let last = day_of(last, "end_at")?;
        if last < first {
            return Err(Error::invalid("end_at", "lies before start_at"));
        }
        let days = last - first + 1;
        if days > MOST_DAYS {
            let why = format!("must be within {MOST_DAYS} days of start_at");
            return Err(Error::invalid("end_at", why));
        }
        Ok(Span { first, days })
    }

    /// As many days, up to the day before this one's first.
    fn before(self) -> Span {
        Span {
            first: self.first - self.days,
            days: self.days,
        }
    }

    fn each(self) -> impl Iterator<Item = i64> {
        self.first..self.first + self.days
    }

    /// Its first moment, and the first one after it.
    fn ms(self) -> (i64, i64) {
        (self.first * DAY_MS, (self.first + self.days) * DAY_MS)
    }

    /// The smallest id of what was made in it, and of what was made after it.
    fn ids(self) -> (i64, i64) {
        let (from, to) = self.ms();
        (id::first_at(from), id::first_at(to))
    }
}

/// `2026-05-03`, with or without a time.
fn day_of(text: Option<&str>, field: &'static str) -> Result<i64> {
    let wrong = || Error::invalid(field, "must be a day, as in 2026-05-03");
    let date = text.and_then(|text| text.trim().get(..10));
    let date: Date = date.and_then(|date| date.parse().ok()).ok_or_else(wrong)?;
    midnight(date).ok_or_else(wrong)
}

/// The number of a day.
fn midnight(date: Date) -> Option<i64> {
    clock::first_moment(date).map(day_at)
}

/// The number of the day that a moment is in.
fn day_at(ms: i64) -> i64 {
    ms.div_euclid(DAY_MS)
}

fn too_much() -> Error {
    Error::invalid(
        "start_at",
        "reaches over more than can be counted at once; choose a shorter time",
    )
}

/// The public posts that name a topic within some days, as far as the moderator may see them.
async fn naming(app: &App, me: &Me, topic: &str, span: Span) -> Result<Vec<Visible<Status>>> {
    let most = i64::try_from(MOST_NAMING).unwrap_or(i64::MAX);
    let ids = store::naming(&app.db, &folded(topic), span.ids(), most + 1).await?;
    if ids.len() > MOST_NAMING {
        return Err(too_much());
    }
    statuses::find_many(app, &me.party(), Way::Search, &ids).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_bounded() {
        let span = Span::read(Some("2026-05-03"), Some("2026-05-05T23:59:59.000Z")).unwrap();
        assert_eq!(
            (span.each().count(), span.ms().1 - span.ms().0),
            (3, 3 * DAY_MS)
        );
        assert_eq!(span.before().ms().1, span.ms().0);
        assert_eq!(span.before().each().count(), 3);
        let one = Span::read(Some("1970-01-01"), Some("1970-01-01")).unwrap();
        assert_eq!(one.ms(), (0, DAY_MS));
        assert!(Span::read(Some("2024-01-01"), Some("2024-12-31")).is_ok());
        for (first, last) in [
            (Some("2026-05-03"), None),
            (None, Some("2026-05-03")),
            (Some("2026-05-03"), Some("2026-05-02")),
            (Some("2026-05-03"), Some("2027-05-04")),
            (Some("yesterday"), Some("2026-05-02")),
            (Some("2026-02-30"), Some("2026-03-02")),
        ] {
            assert!(Span::read(first, last).is_err(), "{first:?} {last:?}");
        }
    }
}
