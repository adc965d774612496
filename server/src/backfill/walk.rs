//! The job: a few requests of the walk at a time, and what they brought.

use std::sync::Arc;
use std::time::Duration;

use comity_db::Tx;
use comity_policy::{Act, Way};
use comity_vocab::Iri;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::model::{Run, Step, Walk};
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

/// Goes on with a walk where the run before left it.
pub(crate) async fn go_on(app: &App, run: &Run) -> Outcome {
    let outcome = match try_go_on(app, run).await {
        Ok(()) => return Outcome::Done,
        Err(error) => Outcome::from(error),
    };
    // What is tried again goes on where it was, and ends after its hour. What is not would be waited for that long.
    if !matches!(outcome, Outcome::Retry { .. })
        && let Err(error) = store::give_up(&app.db, run, app.now_ms()).await
    {
        return error.into();
    }
    outcome
}

async fn try_go_on(app: &App, run: &Run) -> Result<()> {
    let row = store::of_status(&app.db, run.status, run.community).await?;
    let Some(row) = row.filter(|row| run.is_next_of(row)) else {
        return Ok(());
    };
    rules::catch_up(app).await?;
    let here = app.communities.load().by_id(run.community);
    let (Some(here), true) = (here, app.now_ms() - run.at < LASTS_MS) else {
        return store::give_up(&app.db, run, app.now_ms()).await;
    };
    let Ok(mut walk) = Walk::of(&row) else {
        warn!(status = run.status, "a walk could not be read");
        return store::give_up(&app.db, run, app.now_ms()).await;
    };
    // The request that it was in the middle of is left out: what did not end by now may never.
    let came = timeout(WITHIN, Box::pin(portion(app, &here, &mut walk))).await;
    let may_go_on = came.unwrap_or(true);
    let now_ms = app.now_ms();
    if walk.is_over() {
        return store::end(&app.db, run, &walk, now_ms).await;
    }
    let mut tx = Tx::new();
    store::go_on(&mut tx, run, &walk)?;
    let job = Job::Backfill {
        community: run.community,
        status: run.status,
        at: run.at,
        round: run.round + 1,
    };
    if may_go_on {
        queue::push(&mut tx, app, &job)?;
    } else {
        queue::push_at(&mut tx, app, &job, now_ms + MINUTE_MS)?;
    }
    // Where another run of the same was faster, its promise stands and this one does not.
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// A few steps. `false` where there is to be a pause: all servers that are left have been asked enough for now, or something of
/// ours failed.
async fn portion(app: &App, community: &Arc<Community>, walk: &mut Walk) -> bool {
    let pace = &app.hosts.pace;
    for _ in 0..AT_ONCE {
        let now_ms = app.now_ms();
        let Some(step) = walk.next(|host| pace.turn(host, now_ms)) else {
            return false;
        };
        let Some(host) = step.host() else {
            continue;
        };
        match go(app, community, walk, &step).await {
            Ok(()) => pace.note_answer(&host),
            // The step is left out: where it is what makes it fail, it would do so at each try.
            Err(error @ (Error::Internal(_) | Error::Conflict(_))) => {
                warn!(%host, ?error, "a step of a conversation failed");
                return false;
            }
            Err(Error::Elsewhere(why)) => {
                debug!(%host, %why, "a conversation could not be read further");
                pace.note_failure(&host, now_ms);
            }
            // It is gone, not for us, or not what it was said to be; a rule stands against it; or it leads to a server that was
            // asked enough.
            Err(why) => debug!(%host, %why, "a part of a conversation was left out"),
        }
    }
    true
}

async fn go(app: &App, community: &Arc<Community>, walk: &mut Walk, step: &Step) -> Result<()> {
    match step {
        Step::Post { iri, deep } => {
            let iri = stored_iri(iri)?;
            let is_one = |post: &Iri, parent: Option<&Iri>| walk.has_place_for(post, parent);
            let found = Box::pin(resolve::of_conversation(app, community, &iri, is_one)).await?;
            walk.found.extend(found.is_new.then_some(found.id));
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
            let list = resolve::fetch_in_turn(app, community, &url).await?;
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
                    walk.note_named(post, &url.domain(), deep + 1);
                }
            }
            // Where the first page was included, the next is the second. What lies at another origin the gate would refuse.
            let first = list.first.as_ref().filter(|_| list.items.is_empty());
            let next = list.next.as_ref().or(first);
            if let Some(next) = next.filter(|next| **next != url && next.same_origin(&url)) {
                walk.note_page(next, *of, *deep, before + 1);
            }
        }
    }
    Ok(())
}
