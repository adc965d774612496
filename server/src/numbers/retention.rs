//! Retention: of those who became members in a month or on a day, how many wrote in that one and in each after it. Who only
//! reads counts as gone here: nobody keeps book of who reads.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::{MOST_COUNTED, Span, day_at, midnight, store, too_much};
use crate::app::App;
use crate::clock::{self, DAY_MS};
use crate::error::{Error, Result};
use crate::http::Me;
use crate::id;
use crate::moderation::looked_after;

/// Days of which each is told beside each: two months.
const MOST_DAYS: i64 = 62;

/// What people are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Days.
    Day,
    /// Months of the calendar, each of them whole.
    Month,
}

impl Frequency {
    /// Mastodon's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Frequency::Day => "day",
            Frequency::Month => "month",
        }
    }

    /// The number of the day or month that this day is in.
    fn of(self, day: i64) -> i64 {
        match self {
            Frequency::Day => day,
            Frequency::Month => {
                let date = clock::date_of(day.saturating_mul(DAY_MS));
                i64::from(date.year()) * 12 + i64::from(date.month()) - 1
            }
        }
    }

    /// The first day of the day or month with this number.
    fn first_day(self, number: i64) -> i64 {
        match self {
            Frequency::Day => number,
            Frequency::Month => {
                let year = i16::try_from(number.div_euclid(12)).unwrap_or(i16::MAX);
                let month = i8::try_from(number.rem_euclid(12) + 1).unwrap_or(1);
                Date::new(year, month, 1)
                    .ok()
                    .and_then(midnight)
                    .unwrap_or_default()
            }
        }
    }
}

/// Those who came at one time.
#[derive(Debug)]
pub struct Cohort {
    /// The first moment; unix milliseconds.
    pub began_ms: i64,
    /// That time, and each after it.
    pub buckets: Vec<Bucket>,
}

/// How many of them wrote.
#[derive(Debug)]
pub struct Bucket {
    /// The first moment; unix milliseconds.
    pub began_ms: i64,
    /// How many.
    pub active: i64,
    /// Which part of them, from 0 to 1; 0 where nobody came.
    pub rate: f64,
}

/// Of those who became members of the moderator's community in this time. Refused where it is more than can be counted.
pub async fn retention(
    app: &App,
    me: &Me,
    span: Span,
    frequency: Frequency,
) -> Result<Vec<Cohort>> {
    let here = looked_after(me)?.id;
    if frequency == Frequency::Day && span.days > MOST_DAYS {
        let why = format!("must be within {MOST_DAYS} days of start_at, or ask for months");
        return Err(Error::invalid("end_at", why));
    }
    let first = frequency.of(span.first);
    let last = frequency.of(span.first + span.days - 1);
    let from_ms = frequency.first_day(first) * DAY_MS;
    let to_ms = frequency.first_day(last + 1) * DAY_MS;
    let (ms, ids) = (
        (from_ms, to_ms),
        (id::first_at(from_ms), id::first_at(to_ms)),
    );
    let came = store::newcomers(&app.db, here, ms, MOST_COUNTED + 1).await?;
    if i64::try_from(came.len()).unwrap_or(i64::MAX) > MOST_COUNTED {
        return Err(too_much());
    }
    let stayed = store::stayed(&app.db, here, ms, ids, MOST_COUNTED).await?;
    let posts: i64 = stayed.iter().map(|(_, _, posts)| *posts).sum();
    if posts >= MOST_COUNTED {
        return Err(too_much());
    }
    let stayed: Vec<(i64, i64)> = stayed.iter().map(|(id, day, _)| (*id, *day)).collect();
    Ok(cohorts(frequency, (first, last), &came, &stayed))
}

fn cohorts(
    frequency: Frequency,
    (first, last): (i64, i64),
    came: &[(i64, i64)],
    stayed: &[(i64, i64)],
) -> Vec<Cohort> {
    let began_ms = |number: i64| frequency.first_day(number) * DAY_MS;
    let came_in: HashMap<i64, i64> = came
        .iter()
        .map(|(account, at)| (*account, frequency.of(day_at(*at))))
        .collect();
    let mut sizes: HashMap<i64, i64> = HashMap::new();
    for number in came_in.values() {
        *sizes.entry(*number).or_default() += 1;
    }
    let each: HashSet<(i64, i64)> = stayed
        .iter()
        .map(|(account, day)| (*account, frequency.of(*day)))
        .collect();
    let mut active: HashMap<(i64, i64), i64> = HashMap::new();
    for (account, number) in each {
        if let Some(came) = came_in.get(&account) {
            *active.entry((*came, number)).or_default() += 1;
        }
    }
    let bucket = |came: i64, number: i64| {
        let active = active.get(&(came, number)).copied().unwrap_or(0);
        let size = sizes.get(&came).copied().unwrap_or(0);
        Bucket {
            began_ms: began_ms(number),
            active,
            rate: part(active, size),
        }
    };
    (first..=last)
        .map(|came| Cohort {
            began_ms: began_ms(came),
            buckets: (came..=last).map(|number| bucket(came, number)).collect(),
        })
        .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no community has more members than a float tells apart"
)]
fn part(some: i64, all: i64) -> f64 {
    if all == 0 {
        return 0.0;
    }
    some as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        let day = |text: &str| midnight(text.parse().unwrap()).unwrap();
        let month = Frequency::Month;
        assert_eq!(month.of(day("2026-05-01")), month.of(day("2026-05-31")));
        assert_eq!(month.of(day("2025-12-31")) + 1, month.of(day("2026-01-01")));
        let may = month.of(day("2026-05-17"));
        assert_eq!(month.first_day(may), day("2026-05-01"));
        assert_eq!(month.first_day(may + 8), day("2027-01-01"));
    }

    #[test]
    fn who_came_together_is_counted_together() {
        let at = |day: i64| day * DAY_MS + 1;
        let came = [(1, at(10)), (2, at(10)), (3, at(11))];
        let stayed = [(1, 10), (1, 12), (2, 12), (3, 11), (9, 11)];
        let told = cohorts(Frequency::Day, (10, 12), &came, &stayed);
        let numbers = |at: usize| -> Vec<(i64, f64)> {
            let buckets = told[at].buckets.iter();
            buckets.map(|one| (one.active, one.rate)).collect()
        };
        assert_eq!(numbers(0), [(1, 0.5), (0, 0.0), (2, 1.0)]);
        assert_eq!(numbers(1), [(1, 1.0), (0, 0.0)]);
        assert_eq!(numbers(2), [(0, 0.0)]);
    }
}
