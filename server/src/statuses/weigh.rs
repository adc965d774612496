//! Answers to a status from elsewhere that came before it. They waited when it came in: whose answer needs no yes, or has
//! one, stands after all. Promised in the transaction that takes the status in, some at a time, and safe to run twice;
//! a stamp is a job of its own, so that a server that does not answer keeps back nothing but what it has to say.

use comity_db::Tx;
use comity_policy::{Approval, PersonId};

use super::consent::{needs_yes, restamp};
use super::{held, load, store};
use crate::accounts::stored_iri;
use crate::app::App;
use crate::error::{Error, Result};
use crate::queue::{self, Job, Outcome};

/// Answers looked at in one go.
const ON_A_PAGE: i64 = 100;

/// Promises that what answers `parent` and waits is weighed.
pub(super) fn promise(tx: &mut Tx, app: &App, community: i64, parent: i64) -> Result<()> {
    queue::push(tx, app, &job(community, parent, 0))
}

fn job(community: i64, parent: i64, after: i64) -> Job {
    Job::WeighAnswers {
        community,
        parent,
        after,
    }
}

/// The job: weighs some, and promises the rest.
pub(crate) async fn answers(app: &App, community: i64, parent: i64, after: i64) -> Outcome {
    match some_answers(app, community, parent, after).await {
        Ok(()) => Outcome::Done,
        // One of them was let in, turned down or deleted in the same moment: the next try sees it.
        Err(Error::NotFound) => Error::Conflict("an answer changed meanwhile".to_owned()).into(),
        Err(why) => why.into(),
    }
}

async fn some_answers(app: &App, community: i64, parent_id: i64, after: i64) -> Result<()> {
    let Some(parent) = load::load(app, &[parent_id]).await?.pop() else {
        return Ok(());
    };
    if parent.author.is_local() || parent.wishes.reply.is_none() {
        return Ok(());
    }
    let waits = Approval::Waits {
        on: PersonId(parent.author.id),
    };
    let ids = store::waiting_answers(&app.db, parent_id, after, ON_A_PAGE).await?;
    let Some(last) = ids.last() else {
        return Ok(());
    };
    let mut promises = Tx::new();
    for status in load::load(app, &ids).await? {
        if status.approval != waits {
            continue;
        }
        if !needs_yes(&parent, &status.author) {
            let mut tx = Tx::new();
            held::stand(app, &mut tx, &status, status.approval_word).await?;
            app.commit(tx).await?;
        } else if let Some(stamp) = &status.reply_stamp {
            let read = Job::ReadStamp {
                community,
                status: status.id,
                domain: stored_iri(stamp)?.domain().as_str().to_owned(),
            };
            queue::push(&mut promises, app, &read)?;
        }
    }
    if i64::try_from(ids.len()).is_ok_and(|many| many == ON_A_PAGE) {
        queue::push(&mut promises, app, &job(community, parent_id, *last))?;
    }
    if !promises.is_empty() {
        app.commit_and_ring(promises).await?;
    }
    Ok(())
}

/// The job: reads the stamp of one of them.
pub(crate) async fn stamp(app: &App, community: i64, status: i64) -> Outcome {
    match read_stamp(app, community, status).await {
        Ok(()) => Outcome::Done,
        Err(Error::Elsewhere(why)) => Outcome::Unreachable { why },
        Err(why) => why.into(),
    }
}

async fn read_stamp(app: &App, community: i64, status: i64) -> Result<()> {
    let communities = app.communities.load();
    let Some(community) = communities.by_id(community) else {
        return Ok(());
    };
    let Some(status) = load::load(app, &[status]).await?.pop() else {
        return Ok(());
    };
    let Some(stamp) = &status.reply_stamp else {
        return Ok(());
    };
    restamp(app, &community, &status, &stored_iri(stamp)?).await
}
