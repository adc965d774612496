//! Markers: how far a member has read in a timeline, the same on every device and on our pages.

pub mod api;
mod store;

pub(crate) use store::OF_MEMBER;

use comity_db::Tx;

use crate::app::App;
use crate::error::{Error, Result};

pub use store::read_notifications;

/// Where somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeline {
    /// What they and those they follow write.
    Home,
    /// What they are told.
    Notifications,
}

impl Timeline {
    /// Both.
    pub const ALL: [Timeline; 2] = [Timeline::Home, Timeline::Notifications];

    /// The word that is stored and that apps say.
    pub fn as_str(self) -> &'static str {
        match self {
            Timeline::Home => "home",
            Timeline::Notifications => "notifications",
        }
    }

    /// Reads [`Timeline::as_str`].
    pub fn parse(word: &str) -> Option<Timeline> {
        Timeline::ALL
            .into_iter()
            .find(|timeline| timeline.as_str() == word)
    }
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Where.
    pub timeline: Timeline,
    /// Everything up to this was read.
    pub last_read_id: i64,
    /// Grows with every change.
    pub version: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// All of one member.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<Marker>> {
    let rows = store::of(&app.db, account_id).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(timeline, last_read_id, version, updated_at)| {
            Some(Marker {
                timeline: Timeline::parse(&timeline)?,
                last_read_id,
                version,
                updated_at,
            })
        })
        .collect())
}

/// Moves markers, forwards or back: all of these or none. A conflict where another device moved one meanwhile.
pub async fn set(app: &App, account_id: i64, to: &[(Timeline, i64)]) -> Result<Vec<Marker>> {
    let known = of(app, account_id).await?;
    let now = app.now_ms();
    let mut tx = Tx::new();
    let mut moved = Vec::with_capacity(to.len());
    for (timeline, last_read_id) in to {
        let before = known.iter().find(|marker| marker.timeline == *timeline);
        let marker = Marker {
            timeline: *timeline,
            last_read_id: *last_read_id,
            version: before.map_or(0, |before| before.version + 1),
            updated_at: now,
        };
        match before {
            Some(before) => store::change(&mut tx, account_id, &marker, before.version),
            None => store::insert(&mut tx, account_id, &marker),
        }
        moved.push(marker);
    }
    if !app.commit(tx).await? {
        return Err(Error::Conflict(
            "another device moved the marker at the same time; try again".to_owned(),
        ));
    }
    Ok(moved)
}
