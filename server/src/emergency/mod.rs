//! The emergency gate: for some hours a community talks with nobody but the servers it has known for a while and those
//! a rule of it opens. For the first hour of a wave. It opens by itself.

pub mod command;
mod store;
pub mod web;

use comity_db::{Tx, row};

use crate::app::App;
use crate::communities::{self, Community};
use crate::error::{Error, Result};
use crate::rules;

/// Two weeks: what lasts longer is a mode.
pub const MOST_HOURS: u16 = 336;
const LONGEST_REASON: usize = 500;
/// Of earlier closings, so many are told.
const MOST_TOLD: i64 = 20;
const HOUR_MS: i64 = 3_600_000;

row! {
    /// One time that the gate was closed. Times are unix milliseconds.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Closing {
        /// Ours.
        pub id: i64,
        /// Why.
        pub reason: String,
        /// Who closed it; nobody when the command line did.
        pub closed_by: Option<i64>,
        /// When.
        pub closed_at: i64,
        /// When it was to open by itself.
        pub until_at: i64,
        /// Who opened it before that.
        pub opened_by: Option<i64>,
        /// When.
        pub opened_at: Option<i64>,
    }
}

/// Closes the gate of a community for so many hours from now, in place of a closing that stands. From the moment this
/// returns, this process decides by it; other nodes follow within half a second.
pub async fn close(
    app: &App,
    community: &Community,
    hours: u16,
    reason: &str,
    by: Option<i64>,
) -> Result<i64> {
    if !(1..=MOST_HOURS).contains(&hours) {
        return Err(Error::invalid(
            "hours",
            format!("must be from 1 to {MOST_HOURS}; for longer, choose another mode"),
        ));
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(Error::invalid(
            "reason",
            format!(
                "must have from 1 to {LONGEST_REASON} characters: whoever looks later wants to know"
            ),
        ));
    }
    let now_ms = app.now_ms();
    let until = now_ms + i64::from(hours) * HOUR_MS;
    let id = app.next_id();
    let mut tx = Tx::new();
    store::end_standing(&mut tx, community.id, by, now_ms);
    rules::notices::promise(&mut tx, app, id, Some(until))?;
    store::insert(&mut tx, id, community.id, reason, by, now_ms, until);
    communities::set_gate(&mut tx, community.id, Some(until));
    decide_anew(app, tx).await?;
    Ok(until)
}

/// Opens it before its time. *Not found* when it is not closed.
pub async fn open(app: &App, community: &Community, by: Option<i64>) -> Result<()> {
    let now_ms = app.now_ms();
    if !is_closed(community, now_ms) {
        return Err(Error::NotFound);
    }
    let standing = store::standing(&app.db, community.id, now_ms).await?;
    let mut tx = Tx::new();
    store::end_standing(&mut tx, community.id, by, now_ms);
    if let Some(id) = standing {
        rules::notices::of_end(&mut tx, app, id)?;
    }
    communities::set_gate(&mut tx, community.id, None);
    decide_anew(app, tx).await
}

async fn decide_anew(app: &App, mut tx: Tx) -> Result<()> {
    rules::advance_epoch(&mut tx);
    app.commit(tx).await?;
    rules::reload(app).await?;
    app.wake.ring();
    Ok(())
}

/// Whose gate was closed by the closing of this number.
pub(crate) async fn community_of(app: &App, closing: i64) -> Result<Option<i64>> {
    store::community_of(&app.db, closing).await
}

/// Whether it is closed now.
pub fn is_closed(community: &Community, now_ms: i64) -> bool {
    community.gate_until.is_some_and(|until| until > now_ms)
}

/// When it was closed, newest first.
pub async fn closings(app: &App, community: &Community) -> Result<Vec<Closing>> {
    store::closings(&app.db, community.id, MOST_TOLD).await
}
