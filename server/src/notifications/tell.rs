//! Members who are told of a post because they asked to be, or because they boosted it: there may be many, so a job tells
//! them, some at a time. What they may see is asked when they read it, and before their devices are woken.

use comity_db::Tx;

use super::store;
use super::{Kind, notify, withdraw};
use crate::app::App;
use crate::error::Result;
use crate::queue::{self, Job, Outcome};
use crate::statuses;

/// Members told in one go.
const BATCH: i64 = 200;

/// Promises to tell those who asked to be told of each post of this author, if there are any.
pub fn promise_new(tx: &mut Tx, id: i64, status_id: i64, author_id: i64, now_ms: i64) {
    let job = Job::TellOfPost {
        status: status_id,
        edited: false,
        after: 0,
    };
    put_down(queue::push_if_asked(tx, id, author_id, &job, now_ms));
}

/// Promises to tell those who boosted this post that it says something else now, if there are any.
pub fn promise_edited(tx: &mut Tx, id: i64, status_id: i64, now_ms: i64) {
    let job = Job::TellOfPost {
        status: status_id,
        edited: true,
        after: 0,
    };
    put_down(queue::push_if_boosted(tx, id, status_id, &job, now_ms));
}

/// Promises to tell those who quoted this post that it says something else now, if there are any.
pub fn promise_quoting(tx: &mut Tx, id: i64, status_id: i64, now_ms: i64) {
    let job = Job::TellQuoting {
        status: status_id,
        after: 0,
    };
    put_down(queue::push_if_quoted(tx, id, status_id, &job, now_ms));
}

fn put_down(promised: Result<()>) {
    if let Err(why) = promised {
        tracing::error!(%why, "a job could not be written down");
    }
}

/// Tells members with numbers above `after`, and goes on with the rest.
pub(crate) async fn tell_of_post(
    app: &App,
    status_id: i64,
    edited: bool,
    after: i64,
) -> Result<Outcome> {
    let Some(status) = statuses::load(app, &[status_id]).await?.pop() else {
        return Ok(Outcome::Done);
    };
    let (kind, members) = if edited {
        let members = store::boosted_by(&app.db, status.id, after, BATCH).await?;
        (Kind::Update, members)
    } else {
        let members = store::asked(&app.db, status.author.id, status.id, after, BATCH).await?;
        (Kind::Status, members)
    };
    let Some(last) = members.last().copied() else {
        return Ok(Outcome::Done);
    };
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    for member in members {
        // Whom it names is told that already.
        if !edited && status.mentions.iter().any(|named| named.id == member) {
            continue;
        }
        if edited {
            withdraw(&mut tx, member, kind, status.author.id, Some(status.id));
        }
        notify(
            &mut tx,
            app.ids.round_at(now_ms),
            member,
            kind,
            status.author.id,
            Some(status.id),
            now_ms,
        );
    }
    let rest = Job::TellOfPost {
        status: status_id,
        edited,
        after: last,
    };
    queue::push(&mut tx, app, &rest)?;
    app.commit_and_ring(tx).await?;
    Ok(Outcome::Done)
}

/// Tells members whose quotes of a post have numbers above `after` that it was changed, and goes on with the rest.
pub(crate) async fn tell_quoting(app: &App, status_id: i64, after: i64) -> Result<Outcome> {
    let Some(status) = statuses::load(app, &[status_id]).await?.pop() else {
        return Ok(Outcome::Done);
    };
    let quotes = store::quoting(&app.db, status.id, after, BATCH).await?;
    let Some((last, _)) = quotes.last().copied() else {
        return Ok(Outcome::Done);
    };
    let now_ms = app.now_ms();
    let (kind, from) = (Kind::QuotedUpdate, status.author.id);
    let mut tx = Tx::new();
    for (quote, member) in quotes {
        let id = app.ids.round_at(now_ms);
        withdraw(&mut tx, member, kind, from, Some(quote));
        notify(&mut tx, id, member, kind, from, Some(quote), now_ms);
    }
    let rest = Job::TellQuoting {
        status: status_id,
        after: last,
    };
    queue::push(&mut tx, app, &rest)?;
    app.commit_and_ring(tx).await?;
    Ok(Outcome::Done)
}
