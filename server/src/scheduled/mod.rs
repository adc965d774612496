//! Posts that are published later. Until then they are what was sent and nothing else: who may have them is asked when
//! they are published, by the rules of that moment. One that is refused then stays here, with the reason. Apps that keep their
//! drafts here have them wait for a time that nobody will see.

pub mod api;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use comity_db::Tx;

use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::http::{Kind, Me};
use crate::media::{self, Takes};
use crate::queue::{self, Job, Outcome};
use crate::statuses::api::Sent;
use crate::statuses::{self, Once};
use crate::{id, members, polls};

use store::Known;
pub use store::ScheduledRow;
pub(crate) use store::take;

/// As Mastodon has it: sooner, one can as well publish it now.
const SOONEST_MS: i64 = 5 * 60 * 1000;
/// Nobody plans further ahead: what waits for longer is no post with a time but a draft of an app (Tuba's wait for three
/// thousand years).
const FAR_MS: i64 = 5 * 366 * DAY_MS;
/// The beginning of the year 9999: what shows and reads times knows four digits of a year.
const LAST_MS: i64 = 253_370_764_800_000;
/// Of one member.
const MOST: i64 = 300;
/// Bytes of one, as JSON: the longest post with a poll and all that is said of it.
const LONGEST: usize = 64 * 1024;
/// What cannot be published by a fault that may pass is tried for so long: later, what it says may be out of date.
const TRIED_FOR_MS: i64 = DAY_MS;
/// What waits for so long after its time is tried no more, however that came: longer than any job is tried.
const OVERDUE_MS: i64 = 4 * DAY_MS;

/// A post that waits for its time.
#[derive(Debug)]
pub struct Scheduled {
    /// Names it; not the number that the post will have.
    pub id: i64,
    /// Unix milliseconds.
    pub at: i64,
    /// As it was sent.
    pub sent: Sent,
    /// Why it could not be published when its time came: a sentence.
    pub trouble: Option<String>,
}

impl Scheduled {
    /// Whether an app keeps it as a draft: its time is none that anybody waits for.
    pub fn is_draft(&self, now_ms: i64) -> bool {
        self.at.saturating_sub(now_ms) > FAR_MS
    }

    fn from_row(row: ScheduledRow, now_ms: i64) -> Result<Scheduled> {
        let is_overdue = now_ms - row.scheduled_at > OVERDUE_MS;
        let overdue = || "it was not published when its time came; choose another time".to_owned();
        Ok(Scheduled {
            id: row.id,
            at: row.scheduled_at,
            sent: serde_json::from_str(&row.sent)?,
            trouble: row.trouble.or_else(|| is_overdue.then(overdue)),
        })
    }
}

/// Keeps a post until `at` (unix milliseconds). Refused where it could not be published now either. What comes again with
/// the same key within an hour is there already.
pub async fn schedule(
    app: &App,
    me: &Me,
    mut sent: Sent,
    at: i64,
    once: Option<&Once>,
) -> Result<Scheduled> {
    let above = id::first_at(app.now_ms() - statuses::REMEMBERED_MS);
    let known = once.map(|once| Known::by(&once.word(), above));
    if let Some(waits) = waiting(app, me, known.as_ref()).await? {
        return Ok(waits);
    }
    sent.know_by(once);
    check_time(app, at)?;
    // What the member laid down for all they write may be something else by then.
    sent.settle(me);
    let draft = sent.draft(app, me).await?;
    statuses::check(app, &draft)?;
    if let polls::Wish::Make(poll) = &draft.poll {
        poll.begin(app.now_ms())?;
    }
    media::choose(app, &me.account, &[], &draft.media, Takes::Ready).await?;
    app.limits.check(Kind::Post, &me.account.id.to_string())?;
    let id = app.next_id();
    let mut tx = Tx::new();
    let row = ScheduledRow {
        id,
        scheduled_at: at,
        sent: serde_json::to_string(&sent)?,
        trouble: None,
    };
    if row.sent.len() > LONGEST {
        let why = format!(
            "is with all that belongs to it longer than {} KiB",
            LONGEST / 1024
        );
        return Err(Error::invalid("status", why));
    }
    // Two that come at the same moment go one after the other.
    members::take_turns(&mut tx, me.account.id);
    let none = Known::default();
    store::insert(
        &mut tx,
        &row,
        me.account.id,
        known.as_ref().unwrap_or(&none),
        MOST,
    );
    keep_files(app, &mut tx, me, &sent);
    promise(app, &mut tx, id, at)?;
    if !app.commit(tx).await? {
        if let Some(waits) = waiting(app, me, known.as_ref()).await? {
            return Ok(waits);
        }
        return Err(Error::invalid(
            "scheduled_at",
            format!("cannot be set: {MOST} posts wait already, or a file of it is gone"),
        ));
    }
    Ok(Scheduled {
        id,
        at,
        sent,
        trouble: None,
    })
}

/// What is known by this, if something is asked for.
async fn waiting(app: &App, me: &Me, known: Option<&Known>) -> Result<Option<Scheduled>> {
    let Some(known) = known else {
        return Ok(None);
    };
    let row = store::known(&app.db, me.account.id, known).await?;
    row.map(|row| Scheduled::from_row(row, app.now_ms()))
        .transpose()
}

/// Its files wait as long as it does, and a while longer; those that a draft has as well, or another that is scheduled, as
/// long as these need them. Undoes the whole transaction where one is gone.
fn keep_files(app: &App, tx: &mut Tx, me: &Me, sent: &Sent) {
    let at_least = app.now_ms() + media::LOOSE_MS;
    for file in sent.files() {
        media::wait(tx, me.account.id, *file, at_least);
    }
}

fn check_time(app: &App, at: i64) -> Result<()> {
    if at >= app.now_ms() + SOONEST_MS && at < LAST_MS {
        return Ok(());
    }
    Err(Error::invalid(
        "scheduled_at",
        "must lie at least five minutes ahead, and before the year 9999",
    ))
}

/// A time that a person chose on a page: there are drafts for the rest, and a year is soon mistyped.
fn check_planned(app: &App, at: i64) -> Result<()> {
    let from_now = at.saturating_sub(app.now_ms());
    if (SOONEST_MS..=FAR_MS).contains(&from_now) {
        return Ok(());
    }
    Err(Error::invalid(
        "scheduled_at",
        "must lie at least five minutes ahead, and at most five years",
    ))
}

fn promise(app: &App, tx: &mut Tx, id: i64, at: i64) -> Result<()> {
    queue::push_at(tx, app, &Job::PublishScheduled { scheduled: id, at }, at)
}

/// All of a member, the next first.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<Scheduled>> {
    let rows = store::all(&app.db, account_id, MOST).await?;
    let now_ms = app.now_ms();
    let all = rows.into_iter().map(|row| Scheduled::from_row(row, now_ms));
    let mut all = all.collect::<Result<Vec<Scheduled>>>()?;
    all.sort_by_key(|waits| waits.at);
    Ok(all)
}

/// One of this member's.
pub async fn find(app: &App, me: &Me, id: i64) -> Result<Scheduled> {
    let row = store::find(&app.db, me.account.id, id).await?;
    Scheduled::from_row(row.ok_or(Error::NotFound)?, app.now_ms())
}

/// Another time for one of this member's.
pub async fn reschedule(app: &App, me: &Me, id: i64, at: i64) -> Result<Scheduled> {
    check_time(app, at)?;
    // What it says stays as it is; only its time changes.
    let sent = find(app, me, id).await?.sent;
    let mut tx = Tx::new();
    members::take_turns(&mut tx, me.account.id);
    store::reschedule(&mut tx, me.account.id, id, at);
    keep_files(app, &mut tx, me, &sent);
    promise(app, &mut tx, id, at)?;
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    find(app, me, id).await
}

/// One of this member's is not published any more. Its files wait no longer than those of no post, but for what a draft has,
/// or another that is scheduled.
pub async fn cancel(app: &App, me: &Me, id: i64) -> Result<()> {
    let scheduled = find(app, me, id).await?;
    let mut tx = Tx::new();
    members::take_turns(&mut tx, me.account.id);
    store::take(&mut tx, id, scheduled.at);
    let at_least = app.now_ms() + media::LOOSE_MS;
    for file in scheduled.sent.files() {
        media::wait_if_there(&mut tx, me.account.id, *file, at_least);
    }
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// The job: its time has come, unless it has another one by now.
pub(crate) async fn publish(app: &App, id: i64, at: i64) -> Outcome {
    match try_publish(app, id, at).await {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_publish(app: &App, id: i64, at: i64) -> Result<()> {
    let Some((account_id, row)) = store::due(&app.db, id, at).await? else {
        return Ok(());
    };
    let scheduled = Scheduled::from_row(row, app.now_ms())?;
    let me = Me::of(app, account_id).await?;
    let done = async {
        members::standing::check(&me.member)?;
        let mut draft = scheduled.sent.draft(app, &me).await?;
        draft.tell = Some(scheduled.sent.whom());
        draft.once = Some(Once::of_scheduled(id, at, scheduled.sent.known_by()));
        statuses::publish(app, &me.community, me.account.clone(), draft).await
    };
    match done.await {
        Ok(_published) => Ok(()),
        Err(later @ (Error::Internal(_) | Error::Elsewhere(_) | Error::TooMany { .. })) => {
            if app.now_ms() - at < TRIED_FOR_MS {
                return Err(later);
            }
            let why = match later {
                // What broke in here is for the log.
                Error::Internal(source) => {
                    tracing::error!(id, %source, "a scheduled post could not be published");
                    "this server could not publish it; choose another time".to_owned()
                }
                other => other.to_string(),
            };
            store::trouble(&app.db, id, at, &why).await
        }
        Err(refused) => store::trouble(&app.db, id, at, &refused.to_string()).await,
    }
}
