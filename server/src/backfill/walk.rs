//! The job: a few requests of the walk at a time, and what they brought.

use std::sync::Arc;
use std::time::Duration;

use comity_db::Tx;
use comity_policy::{Act, Way};
use comity_vocab::Iri;
use tokio::time::timeout;
use tracing::debug;

use super::model::{Step, Walk};
use super::{LASTS_MS, MINUTE_MS, store};
use crate::accounts::stored_iri;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::inbox::resolve;
use crate::queue::{self, Job, Outcome};
use crate::{rules, statuses};

/// Requests in one run of the job: apps are told how far it is in between.
const AT_ONCE: usize = 10;
/// How long one run may take: less than a job may.
const WITHIN: Duration = Duration::from_secs(40);

/// Goes on with the walk from this status that began then.
pub(crate) async fn go_on(app: &App, community: i64, status: i64, at: i64) -> Outcome {
    match try_go_on(app, community, status, at).await {
        Ok(()) | Err(Error::NotFound | Error::Gone) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_go_on(app: &App, community: i64, status: i64, at: i64) -> Result<()> {
    let row = store::of_status(&app.db, status).await?;
    let Some(row) = row.filter(|row| row.began_at == at && row.ended_at.is_none()) else {
        return Ok(());
    };
    rules::catch_up(app).await?;
    let mut walk: Walk = serde_json::from_str(&row.walk)?;
    let here = app.communities.load().by_id(community);
    let (Some(here), true) = (here, app.now_ms() - at < LASTS_MS) else {
        return store::end(&app.db, status, at, walk.found, app.now_ms()).await;
    };
    // The request that it was in the middle of is left out: what did not end by now may never.
    let came = timeout(WITHIN, Box::pin(portion(app, &here, &mut walk))).await;
    let may_be_asked = came.unwrap_or(Ok(true))?;
    let now_ms = app.now_ms();
    if walk.is_over() {
        return store::end(&app.db, status, at, walk.found, now_ms).await;
    }
    let mut tx = Tx::new();
    store::go_on(&mut tx, status, at, &walk)?;
    let job = Job::Backfill {
        community,
        status,
        at,
    };
    if may_be_asked {
        queue::push(&mut tx, app, &job)?;
    } else {
        // All servers that are left have been asked enough for now.
        queue::push_at(&mut tx, app, &job, now_ms + MINUTE_MS)?;
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// A few steps. `false` where none is left whose turn it is.
async fn portion(app: &App, community: &Arc<Community>, walk: &mut Walk) -> Result<bool> {
    let pace = &app.hosts.pace;
    for _ in 0..AT_ONCE {
        let now_ms = app.now_ms();
        let Some(step) = walk.next(|host| pace.turn(host, now_ms)) else {
            return Ok(false);
        };
        let Some(host) = step.host() else {
            continue;
        };
        match go(app, community, walk, &step).await {
            Ok(()) => pace.note_answer(&host),
            Err(error @ (Error::Internal(_) | Error::Conflict(_))) => return Err(error),
            Err(Error::Elsewhere(why)) => {
                debug!(%host, %why, "a conversation could not be read further");
                pace.note_failure(&host, now_ms);
            }
            // It is gone, not for us, or not what it was said to be; or a rule stands against it.
            Err(why) => debug!(%host, %why, "a part of a conversation was left out"),
        }
    }
    Ok(true)
}

async fn go(app: &App, community: &Arc<Community>, walk: &mut Walk, step: &Step) -> Result<()> {
    match step {
        Step::Post { iri, deep } => {
            let iri = stored_iri(iri)?;
            let answers = |parent: &Iri| walk.has(parent);
            let found = Box::pin(resolve::of_conversation(app, community, &iri, answers)).await?;
            walk.found += i64::from(found.is_new);
            walk.note_read(&found.iri, found.id, found.replies.as_ref(), *deep);
        }
        Step::Page {
            url,
            of,
            deep,
            before,
        } => {
            let url = stored_iri(url)?;
            let status = statuses::load_one(app, *of).await?;
            let list = resolve::fetch(app, community, &url).await?;
            let list = list
                .into_collection()
                .ok_or_else(|| Error::Forbidden(format!("{url} is not a list")))?;
            // The gate refuses one that was found at another origin than that of whom it speaks.
            let list = app
                .gate
                .admit(
                    list,
                    community.policy_id(),
                    &status.author.person(),
                    Act::Deliver,
                    Way::Backfill,
                    None,
                )
                .await??;
            let communities = app.communities.load();
            for post in list.items.iter().filter_map(|item| item.id()) {
                // What is ours is here.
                if communities.by_domain(&post.domain()).is_none() {
                    walk.note_named(post, deep + 1);
                }
            }
            // Where the first page was included, the next is the second.
            let first = list.first.as_ref().filter(|_| list.items.is_empty());
            if let Some(next) = list.next.as_ref().or(first).filter(|next| **next != url) {
                walk.note_page(next, *of, *deep, before + 1);
            }
        }
    }
    Ok(())
}
