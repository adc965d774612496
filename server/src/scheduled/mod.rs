//! Posts that are published later. Until then they are what an app sent and nothing else: who may have them is asked when
//! they are published, by the rules of that moment. One that is refused then stays here, with the reason.

pub mod api;
mod store;

pub(crate) use store::OF_MEMBER;

use comity_db::Tx;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::queue::{self, Job, Outcome};
use crate::statuses::api::Sent;
use crate::statuses::{self, Once};
use crate::{media, members};

pub use store::ScheduledRow;
pub(crate) use store::take;

/// As Mastodon has it: sooner, one can as well publish it now.
const SOONEST_MS: i64 = 5 * 60 * 1000;
/// Nobody plans further ahead, and clocks and rules change.
const LATEST_MS: i64 = 5 * 366 * 24 * 3_600_000;
/// Of one member.
const MOST: i64 = 300;

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
    fn from_row(row: ScheduledRow) -> Result<Scheduled> {
        Ok(Scheduled {
            id: row.id,
            at: row.scheduled_at,
            sent: serde_json::from_str(&row.sent)?,
            trouble: row.trouble,
        })
    }
}

/// Keeps a post until `at` (unix milliseconds). Refused where it could not be published now either.
pub async fn schedule(app: &App, me: &Me, mut sent: Sent, at: i64) -> Result<Scheduled> {
    check_time(app, at)?;
    // What the member laid down for all they write may be something else by then.
    sent.settle(me);
    let draft = sent.draft(app, me).await?;
    statuses::check(app, &draft)?;
    media::choose(app, &me.account, &[], &draft.media).await?;
    let id = app.next_id();
    let mut tx = Tx::new();
    let text = serde_json::to_string(&sent)?;
    store::insert(&mut tx, id, me.account.id, at, &text, MOST);
    keep_files(&mut tx, me, &sent, at);
    promise(app, &mut tx, id, at)?;
    if !app.commit(tx).await? {
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

/// Its files wait as long as it does, and a while longer. Undoes the whole transaction where one is gone.
fn keep_files(tx: &mut Tx, me: &Me, sent: &Sent, at: i64) {
    for id in sent.files() {
        media::wait(tx, me.account.id, *id, at + media::LOOSE_MS);
    }
}

fn check_time(app: &App, at: i64) -> Result<()> {
    let from_now = at - app.now_ms();
    if (SOONEST_MS..=LATEST_MS).contains(&from_now) {
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

/// One of this member's.
pub async fn find(app: &App, me: &Me, id: i64) -> Result<Scheduled> {
    let row = store::find(&app.db, me.account.id, id).await?;
    Scheduled::from_row(row.ok_or(Error::NotFound)?)
}

/// Another time for one of this member's.
pub async fn reschedule(app: &App, me: &Me, id: i64, at: i64) -> Result<Scheduled> {
    check_time(app, at)?;
    let mut tx = Tx::new();
    store::reschedule(&mut tx, me.account.id, id, at);
    keep_files(&mut tx, me, &find(app, me, id).await?.sent, at);
    promise(app, &mut tx, id, at)?;
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    find(app, me, id).await
}

/// One of this member's is not published any more.
pub async fn cancel(app: &App, me: &Me, id: i64) -> Result<()> {
    let scheduled = find(app, me, id).await?;
    let mut tx = Tx::new();
    store::take(&mut tx, id, scheduled.at);
    for file in scheduled.sent.files() {
        let forget_at = app.now_ms() + media::LOOSE_MS;
        media::wait_if_there(&mut tx, me.account.id, *file, forget_at);
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
    let scheduled = Scheduled::from_row(row)?;
    let me = Me::of(app, account_id).await?;
    let done = async {
        members::standing::check(&me.member)?;
        let mut draft = scheduled.sent.draft(app, &me).await?;
        draft.once = Some(Once::of_scheduled(id, at));
        statuses::publish(app, &me.community, me.account.clone(), draft).await
    };
    match done.await {
        Ok(_published) => Ok(()),
        Err(later @ (Error::Internal(_) | Error::Elsewhere(_) | Error::TooMany { .. })) => {
            Err(later)
        }
        Err(refused) => store::trouble(&app.db, id, at, &refused.to_string()).await,
    }
}
