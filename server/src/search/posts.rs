//! Posts by their words. Found is what one wrote oneself or has part in, and what authors let everybody find; of that,
//! what the gate shows the one who asks, asked anew for each page.

use std::collections::HashMap;

use comity_policy::{Visible, Way};

use super::index::parts;
use super::question::Asked;
use super::store::{self, Among, Read};
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Kind};
use crate::statuses::{self, Status};
use crate::window::Window;

/// Posts looked at beyond what a page shows, for those that are not for whoever asks.
const SPARE: i64 = 20;
/// A page asks the index at most so often for more, each time for twice as many: who looks among much that is not for them
/// finds something among more than a thousand posts, and goes on from there.
const MOST_ROUNDS: usize = 6;
/// For visitors so often: the index gives what was written here alone, and the gate leaves out little of that.
const VISITORS_ROUNDS: usize = 2;
/// Posts that are looked at in one go.
const MOST_BATCH: i64 = 400;
/// Posts that may be skipped: further down nobody reads, and each has to be asked of the gate.
const MOST_SKIPPED: usize = 100;

/// Which part of what is found is wanted.
pub struct Page {
    /// Between which posts.
    pub window: Window,
    /// How many of them are left out.
    pub skip: usize,
    /// How many are wanted.
    pub most: usize,
    /// Only what this account wrote.
    pub by: Option<i64>,
}

/// What was found.
#[derive(Default)]
pub struct Found {
    /// Newest first.
    pub posts: Vec<Visible<Status>>,
    /// Below this number may be more; none where everything was looked at, and for a page that is read from below.
    pub older: Option<i64>,
}

/// Finds posts for whoever asks, newest first; for visitors those that anybody may find and that were written here. Says what is
/// wrong with a question that cannot be followed; somebody whom it names and who is not there, or not for them, wrote nothing.
/// Counted for members; what visitors ask is counted where they ask it.
pub async fn find(app: &App, caller: &Caller, question: &str, mut page: Page) -> Result<Found> {
    let Some(mut asked) = Asked::read(question)? else {
        return Ok(Found::default());
    };
    if page.skip > MOST_SKIPPED {
        return Ok(Found::default());
    }
    // A visitor has part in nothing.
    let (among, most_rounds) = match (caller.account_id(), asked.among.unwrap_or(Among::All)) {
        (None, Among::Library) => return Ok(Found::default()),
        (None, _) => (Among::Visitors, VISITORS_ROUNDS),
        (Some(_), among) => (among, MOST_ROUNDS),
    };
    if let Some(me) = caller.account_id() {
        app.limits.check(Kind::Search, &me.to_string())?;
    }
    for named in std::mem::take(&mut asked.people) {
        match person(app, caller, &named.handle).await? {
            Some(id) => asked.person(&named, id),
            None if named.not => {}
            None => return Ok(Found::default()),
        }
    }
    if let Some(id) = page.by {
        asked.with.push(super::index::mark(&format!("by{id}")));
    }
    let window = &mut page.window;
    window.below = window.below.min(asked.below.unwrap_or(i64::MAX));
    window.above = window.above.max(asked.above.unwrap_or(0));
    let wanted = page.skip + page.most;
    let mut batch = i64::try_from(wanted)
        .unwrap_or(i64::MAX)
        .saturating_add(SPARE);
    let mut found = Vec::new();
    let mut at_end = false;
    for _ in 0..most_rounds {
        let Read { rows, edge } = store::find(
            &app.db,
            *window,
            batch,
            caller.account_id().unwrap_or(0),
            &asked.with,
            &asked.without,
            among,
        )
        .await?;
        let is_short = i64::try_from(rows.len()).is_ok_and(|len| len < batch);
        at_end = is_short && edge.is_none();
        let last = rows.last().map(|(last, _)| *last);
        // Between the last one that was found and the edge nothing is for them.
        if let Some(last) = edge.filter(|_| is_short).or(last) {
            if window.from_below {
                window.above = last;
            } else {
                window.below = last;
            }
        }
        let shown = show(app, caller, &rows).await?;
        found.extend(
            shown
                .into_iter()
                .filter(|status| asked.fits(&parts(statuses::text(status)))),
        );
        if found.len() >= wanted || at_end {
            break;
        }
        batch = batch.saturating_mul(2).min(MOST_BATCH);
    }
    let is_full = found.len() >= wanted;
    let is_all = at_end && found.len() <= wanted;
    let mut posts: Vec<_> = found.into_iter().skip(page.skip).take(page.most).collect();
    if page.window.from_below {
        posts.reverse();
        return Ok(Found { posts, older: None });
    }
    let reached = if is_full {
        posts.last().map(|status| status.id)
    } else {
        Some(page.window.below)
    };
    Ok(Found {
        posts,
        older: reached.filter(|_| !is_all),
    })
}

/// What one has part in is looked up; what is found among strangers has to be a thing that search may find.
async fn show(app: &App, caller: &Caller, rows: &[(i64, i64)]) -> Result<Vec<Visible<Status>>> {
    let party = caller.party();
    let (own, others): (Vec<_>, Vec<_>) = rows.iter().partition(|(_, has_part)| *has_part == 1);
    let mut shown: HashMap<i64, Visible<Status>> = HashMap::new();
    for (way, rows) in [(Way::Lookup, own), (super::way(&party), others)] {
        let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
        let cleared = statuses::find_many(app, &party, way, &ids).await?;
        shown.extend(cleared.into_iter().map(|status| (status.id, status)));
    }
    Ok(rows.iter().filter_map(|(id, _)| shown.remove(id)).collect())
}

/// The account that a question names, if we know it and it is for whoever asks.
async fn person(app: &App, caller: &Caller, handle: &str) -> Result<Option<i64>> {
    if handle.eq_ignore_ascii_case("me") {
        return Ok(caller.account_id());
    }
    let named = match accounts::web::named(app, &caller.community, handle).await {
        Ok(named) => named,
        Err(why) if why.is_not_found() => return Ok(None),
        Err(why) => return Err(why),
    };
    let party = caller.party();
    let shown = accounts::show(app, &party, super::way(&party), named.id).await;
    Ok(shown.ok().map(|account| account.id))
}
