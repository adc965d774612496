//! What a community says of the data of its people, and on which terms they are here: its privacy policy and its terms of
//! service. Each is a row of versions, by the day from which they hold, and what held once stays to be read.

pub mod api;
mod store;
pub mod web;

use std::collections::HashMap;

use comity_db::{Db, Tx};
use jiff::civil::Date;

use crate::app::App;
use crate::clock::{self, DAY_MS};
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::moderation::looked_after;
use crate::rules;
use crate::text::{length, markdown};

pub use store::{Day, Version};

/// Characters of one version: twenty pages. More than the sanitiser reads would be cut.
const LONGEST: usize = 40_000;
/// Characters of what is said to be new.
const LONGEST_CHANGES: usize = 2_000;
/// Versions of one text: one for each month of forty years.
const MOST: i64 = 500;
/// Days ahead that a version may begin: a day further away is a slip of the pen.
const MOST_DAYS_AHEAD: i64 = 366;

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is known of people here, and what is done with it.
    PrivacyPolicy,
    /// On which terms people are here.
    TermsOfService,
}

impl Kind {
    /// Both.
    pub const ALL: [Kind; 2] = [Kind::PrivacyPolicy, Kind::TermsOfService];

    /// As stored, and as the address of its page has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::PrivacyPolicy => "privacy-policy",
            Kind::TermsOfService => "terms-of-service",
        }
    }

    /// Reads [`Kind::as_str`].
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::PrivacyPolicy => "Privacy policy",
            Kind::TermsOfService => "Terms of service",
        }
    }

    /// The path of its page.
    pub fn path(self) -> &'static str {
        match self {
            Kind::PrivacyPolicy => "/privacy-policy",
            Kind::TermsOfService => "/terms-of-service",
        }
    }
}

/// Which texts a community has, whether they hold already or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// There is a privacy policy.
    pub privacy_policy: bool,
    /// There are terms of service.
    pub terms_of_service: bool,
}

impl Published {
    /// Whether there is this one.
    pub fn has(self, kind: Kind) -> bool {
        match kind {
            Kind::PrivacyPolicy => self.privacy_policy,
            Kind::TermsOfService => self.terms_of_service,
        }
    }
}

/// Which texts each community has; who has none is not named.
pub(crate) async fn published(db: &Db) -> Result<HashMap<i64, Published>> {
    let mut all: HashMap<i64, Published> = HashMap::new();
    for row in store::published(db).await? {
        let of = all.entry(row.community_id).or_default();
        match Kind::parse(&row.kind) {
            Some(Kind::PrivacyPolicy) => of.privacy_policy = true,
            Some(Kind::TermsOfService) => of.terms_of_service = true,
            None => {}
        }
    }
    Ok(all)
}

/// The version that holds now; where none does yet, the one that will first.
pub async fn current(app: &App, here: &Community, kind: Kind) -> Result<Version> {
    // Asked by every visitor of the page, and most communities have none.
    if !here.texts.has(kind) {
        return Err(Error::NotFound);
    }
    let now_ms = app.now_ms();
    if let Some(held) = store::holds(&app.db, here.id, kind, now_ms).await? {
        return Ok(held);
    }
    let first = store::first_after(&app.db, here.id, kind, now_ms).await?;
    first.ok_or(Error::NotFound)
}

/// The version that holds from this day on, written `2026-05-03`; *not found* where none does.
pub async fn of_day(app: &App, here: &Community, kind: Kind, day: &str) -> Result<Version> {
    let at = first_moment(day).ok_or(Error::NotFound)?;
    let found = store::of_day(&app.db, here.id, kind, at).await?;
    found.ok_or(Error::NotFound)
}

/// The days of all versions, the last first.
pub async fn days(app: &App, here: &Community, kind: Kind) -> Result<Vec<Day>> {
    store::days(&app.db, here.id, kind, MOST).await
}

/// The text as safe HTML, with its headings.
pub fn html(version: &Version) -> String {
    markdown::document(&version.text)
}

/// A version as somebody writes it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// In Markdown.
    pub text: String,
    /// What is new in it; may be empty.
    pub changes: String,
    /// The day from which it holds, `2026-05-03`; empty: today.
    pub day: String,
}

/// Publishes a version; for those who look after the community. One that was to hold from the same day is replaced; a day
/// that is over can be named no more. Returns the first moment from which it holds.
pub async fn publish(app: &App, me: &Me, kind: Kind, draft: &Draft) -> Result<i64> {
    let community = looked_after(me)?;
    // As pages count what is typed, and not as browsers send it.
    let (text, changes) = (lines(&draft.text), lines(&draft.changes));
    if text.is_empty() {
        return Err(Error::invalid("text", "is empty"));
    }
    for (field, text, most) in [
        ("text", &text, LONGEST),
        ("changes", &changes, LONGEST_CHANGES),
    ] {
        length::at_most(field, text, most)?;
    }
    let now_ms = app.now_ms();
    let today = day_of(now_ms);
    let from = match draft.day.trim() {
        "" => today,
        day => first_moment(day)
            .ok_or_else(|| Error::invalid("day", "is no day; write it as in 2026-05-03"))?,
    };
    if from < today {
        return Err(Error::invalid(
            "day",
            "is over; a text holds from today on, or from a later day",
        ));
    }
    if from > today + MOST_DAYS_AHEAD * DAY_MS {
        return Err(Error::invalid("day", "is more than a year away"));
    }
    let version = Version {
        holds_from: from,
        text,
        changes,
        published_at: now_ms,
    };
    let mut tx = Tx::new();
    store::publish(&mut tx, community.id, kind, &version, MOST);
    // Other processes read anew which texts there are when the epoch advances.
    rules::advance_epoch(&mut tx);
    if !app.commit(tx).await? {
        return Err(Error::Conflict(format!(
            "there are {MOST} versions, and no room for one more"
        )));
    }
    rules::reload(app).await?;
    Ok(from)
}

/// Takes back a version whose first day is not over. What held for longer stays to be read.
pub async fn take_back(app: &App, me: &Me, kind: Kind, day: &str) -> Result<()> {
    let community = looked_after(me)?;
    let at = first_moment(day).ok_or(Error::NotFound)?;
    if !may_be_taken_back(app, at) {
        return Err(Error::Forbidden(
            "its first day is over, and people were told that it holds; publish another instead"
                .to_owned(),
        ));
    }
    let mut tx = Tx::new();
    store::delete(&mut tx, community.id, kind, at);
    rules::advance_epoch(&mut tx);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    rules::reload(app).await
}

fn lines(typed: &str) -> String {
    typed.replace("\r\n", "\n").trim().to_owned()
}

/// Whether a version that holds from this moment can still be taken back.
fn may_be_taken_back(app: &App, holds_from: i64) -> bool {
    holds_from >= day_of(app.now_ms())
}

/// The first moment of the day of a moment.
fn day_of(at_ms: i64) -> i64 {
    at_ms - at_ms.rem_euclid(DAY_MS)
}

/// The first moment of a day that is written `2026-05-03`.
fn first_moment(day: &str) -> Option<i64> {
    let day = Some(day.trim()).filter(|day| day.len() == 10)?;
    let date: Date = day.parse().ok()?;
    clock::first_moment(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_in_utc() {
        let noon = 1_777_982_400_000;
        assert_eq!(first_moment("2026-05-05"), Some(day_of(noon)));
        assert_eq!(first_moment(" 2026-05-05 "), Some(noon - DAY_MS / 2));
        for day in ["", "2026-02-30", "5 May 2026", "2026-05-05T10:00"] {
            assert_eq!(first_moment(day), None, "{day}");
        }
    }

    #[test]
    fn words_lead_back_to_their_kinds() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(kind.path(), format!("/{}", kind.as_str()));
        }
    }
}
