//! Waves: many strangers who speak to one member, or ask to follow them, within an hour (boundaries L57).
//!
//! From then on, for a day, the gate asks the member about every stranger first, and what comes waits with the first
//! contacts. The member answers all of it at once, or each on its own. Whoever sent it hears the same as always.

mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Party, PersonId, Visible, Way};
use serde::{Deserialize, Serialize};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::queue::{self, Job, Outcome};
use crate::quotes::Seen;
use crate::statuses::{self, Status};
use crate::{contacts, follows, id, rules};

/// Strangers within an hour that make a wave, where the member chose nothing else. A post that does well among friends
/// of friends stays below it.
pub const USUAL_LIMIT: i64 = 50;
/// The limits one can choose; 0 is never.
pub const LIMITS: [i64; 4] = [20, USUAL_LIMIT, 200, 0];
/// In which they count together.
const WINDOW_MS: i64 = 3_600_000;
/// A wave ends by itself after so long, and begins again if they still come.
const LASTS_MS: i64 = DAY_MS;
/// Notifications of this kind looked at to count strangers: more than any limit, for some say much.
const MOST_COUNTED: i64 = 1_000;
/// Posts and questions answered by one run of the job, each a transaction of its own.
const BATCH: i64 = 200;

/// What a member wants of a wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// All that waits comes in, and so does what comes within a day.
    LetIn,
    /// All that waits is turned down, and for another day whoever comes waits.
    TurnAway,
    /// Strangers may speak again; what waits is answered one by one.
    Over,
}

/// A wave that its member has not answered yet.
pub struct Wave {
    /// Its number.
    pub id: i64,
    /// Unix milliseconds.
    pub began_at: i64,
    /// When it ends by itself, in unix milliseconds.
    pub until_at: i64,
    /// Posts that wait.
    pub posts: i64,
    /// By so many people.
    pub people: i64,
    /// On so many servers.
    pub servers: i64,
    /// And so many ask to follow; counted up to a bound.
    pub follows: usize,
    /// The member's own post that most of them answer.
    pub about: Option<Visible<Status>>,
}

/// Some of what waits because of a wave, to be answered.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Batch {
    /// The member.
    pub account: i64,
    /// What came since then, in unix milliseconds,
    pub from_ms: i64,
    /// and by then.
    pub to_ms: i64,
    /// Otherwise it is turned down.
    pub let_in: bool,
    /// Posts up to this number are answered,
    pub after_post: i64,
    /// and people up to this one.
    pub after_person: i64,
}

/// The members at whom a wave stands, for the gate's book.
pub(crate) use store::standing;

/// Something of a stranger reached this member a moment ago: begins a wave if there were too many within the hour.
pub async fn look(app: &App, account_id: i64) -> Result<()> {
    if app.gate.book().is_in_wave(PersonId(account_id)) {
        return Ok(());
    }
    let now_ms = app.now_ms();
    let an_hour_ago = now_ms - WINDOW_MS;
    let lowest = LIMITS[0];
    if strangers_since(app, account_id, an_hour_ago).await? < lowest {
        return Ok(());
    }
    let limit = limit(app, account_id).await?;
    let before = store::newest(&app.db, account_id).await?;
    let from = match before {
        Some(wave) if wave.let_in && wave.until_at > now_ms => return Ok(()),
        Some(wave) => an_hour_ago.max(wave.settled_at.unwrap_or(wave.until_at)),
        None => an_hour_ago,
    };
    if limit == 0 || strangers_since(app, account_id, from).await? < limit {
        return Ok(());
    }
    let mut tx = Tx::new();
    let until = now_ms + LASTS_MS;
    store::begin(&mut tx, app.ids.at(now_ms), account_id, now_ms, until);
    tracing::info!(account_id, "a wave of strangers began at a member");
    rules::decide_soon(app, tx).await
}

async fn strangers_since(app: &App, account_id: i64, from_ms: i64) -> Result<i64> {
    store::strangers(&app.db, account_id, id::first_at(from_ms), MOST_COUNTED).await
}

async fn decide_anew(app: &App, mut tx: Tx) -> Result<()> {
    rules::advance_epoch(&mut tx);
    if !app.commit_and_ring(tx).await? {
        return Err(Error::NotFound);
    }
    rules::reload(app).await
}

/// From how many strangers an hour on a wave begins at this member; 0 is never.
pub async fn limit(app: &App, account_id: i64) -> Result<i64> {
    let chosen = store::limit(&app.db, account_id).await?;
    Ok(chosen.unwrap_or(USUAL_LIMIT))
}

/// Chooses that, one of [`LIMITS`].
pub async fn choose_limit(app: &App, me: &Account, strangers: i64) -> Result<()> {
    if !LIMITS.contains(&strangers) {
        return Err(Error::invalid("strangers", "is none of the choices"));
    }
    let mut tx = Tx::new();
    store::set_limit(&mut tx, me.id, strangers);
    app.commit(tx).await?;
    Ok(())
}

/// The wave at `me` that waits for an answer, if there is one.
pub async fn waiting(app: &App, me: &Arc<Account>) -> Result<Option<Wave>> {
    let Some(row) = store::newest(&app.db, me.id)
        .await?
        .filter(|row| row.settled_at.is_none())
    else {
        return Ok(None);
    };
    let held = store::held(&app.db, me.id, row.began_at).await?;
    let now_ms = app.now_ms();
    let span = (row.began_at, now_ms);
    let asking = store::requests(&app.db, me.id, span, 0, BATCH).await?;
    if row.until_at <= now_ms && held.posts == 0 && asking.is_empty() {
        return Ok(None);
    }
    let about = match store::most_answered(&app.db, me.id, row.began_at).await? {
        Some(id) => {
            let party = Party::Member(me.person());
            statuses::find_many(app, &party, Way::Page, &[id])
                .await?
                .pop()
        }
        None => None,
    };
    Ok(Some(Wave {
        id: row.id,
        began_at: row.began_at,
        until_at: row.until_at,
        posts: held.posts,
        people: held.people,
        servers: held.servers,
        follows: asking.len(),
        about,
    }))
}

/// How many members of this community a wave stands at: enough to judge how bad it is, and not whose business it is.
pub async fn members_in(app: &App, community: &Community) -> Result<i64> {
    store::members_in(&app.db, community.id, app.now_ms()).await
}

/// Answers this wave, if it waits: a card that was opened before another began answers nothing. What it means for what
/// waits already is done in the background.
pub async fn settle(app: &App, me: &Account, wave_id: i64, answer: Answer) -> Result<()> {
    let now_ms = app.now_ms();
    let row = store::newest(&app.db, me.id)
        .await?
        .filter(|row| row.id == wave_id && row.settled_at.is_none())
        .ok_or(Error::NotFound)?;
    let mut tx = Tx::new();
    match answer {
        Answer::LetIn => store::settle(&mut tx, me.id, row.id, now_ms, true),
        Answer::Over => store::settle(&mut tx, me.id, row.id, now_ms, false),
        Answer::TurnAway => store::prolong(&mut tx, me.id, row.id, now_ms + LASTS_MS),
    }
    if answer != Answer::Over {
        let all = Batch {
            account: me.id,
            from_ms: row.began_at,
            to_ms: now_ms,
            let_in: answer == Answer::LetIn,
            after_post: 0,
            after_person: 0,
        };
        queue::push(&mut tx, app, &Job::AnswerWave(all))?;
    }
    decide_anew(app, tx).await
}

/// The job: what came of strangers between then and then is let in or turned down, a batch at a time. What somebody else
/// is to answer (the moderators, where the community says so) goes on waiting for them.
pub(crate) async fn answer_all(app: &App, batch: Batch) -> Outcome {
    let came = match answer_batch(app, batch).await {
        Ok(None) => Ok(()),
        Ok(Some(rest)) => queue::push_now(app, &Job::AnswerWave(rest)).await,
        Err(error) => Err(error),
    };
    came.map_or_else(Outcome::from, |()| Outcome::Done)
}

/// What is left after it, if anything is.
async fn answer_batch(app: &App, batch: Batch) -> Result<Option<Batch>> {
    let me = accounts::find(app, batch.account).await?;
    let span = (batch.from_ms, batch.to_ms);
    let posts = store::posts(&app.db, me.id, span, batch.after_post, BATCH).await?;
    for id in &posts {
        let came = if batch.let_in {
            contacts::let_in(app, &me, *id, Seen::Whatever).await
        } else {
            contacts::dismiss(app, &me, *id).await
        };
        not_ours_is_fine(came)?;
    }
    let asking = store::requests(&app.db, me.id, span, batch.after_person, BATCH).await?;
    for id in &asking {
        let came = match (batch.let_in, me.locked) {
            // Who answers each follow themself goes on doing so.
            (true, true) => Ok(()),
            (true, false) => follows::accept_request(app, &me, *id).await,
            (false, _) => follows::reject_request(app, &me, *id).await,
        };
        not_ours_is_fine(came)?;
    }
    let full = |len: usize| i64::try_from(len).is_ok_and(|len| len >= BATCH);
    Ok((full(posts.len()) || full(asking.len())).then(|| Batch {
        after_post: posts.last().copied().unwrap_or(batch.after_post),
        after_person: asking.last().copied().unwrap_or(batch.after_person),
        ..batch
    }))
}

/// Another answer was quicker, or somebody else is to answer.
fn not_ours_is_fine(came: Result<()>) -> Result<()> {
    match came {
        Err(Error::Forbidden(_)) => Ok(()),
        other => contacts::gone_is_fine(other),
    }
}
