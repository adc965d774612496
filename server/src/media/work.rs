//! What takes its time: making film ready, and taking away what nobody has any more.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tracing::{error, info, warn};

use super::{Media, State, find_own, format_of, keep, remote, store, strays};
use crate::app::App;
use crate::error::{Error, Result};
use crate::id;

/// How often it is looked for what other nodes left.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Longer than any child lives.
const LEASE_MS: i64 = 20 * 60_000;
/// Whoever had the most turns with what they sent in so long waits for the others.
const LATELY_MS: i64 = 2 * 3_600_000;
/// A file whose node is another one waits for that.
const ELSEWHERE_MS: i64 = 15_000;
/// A film that ended the whole server so often is given up. What fails for another reason of ours, such as a store that is
/// away, is tried until its day is over.
const MOST_ATTEMPTS: i64 = 3;
/// How long after a failure of ours.
const AGAIN_MS: i64 = 60_000;
/// How often whoever waits for a file looks whether another node made it ready, of which nobody here is told.
const GLANCE_EVERY: Duration = Duration::from_secs(2);
/// So long waits whoever sent a file and can do nothing before it is ready: less than the thirty seconds after which many apps
/// give up.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// Works until `shutdown` turns true.
pub async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    if let Some(bucket) = app.media.storage.bucket()
        && let Err(why) = bucket.is_there().await
    {
        // It may come back: nothing but files waits for it.
        let why = super::command::cannot(&app, &why);
        error!(%why, "files cannot be kept; `comity media test` tries it again");
    }
    match app.media.nursery.sweep(app.now_ms()).await {
        Ok(0) => {}
        Ok(removed) => info!(removed, "took away what a killed process was working at"),
        Err(why) => warn!(error = %why, "could not take away what a killed process was working at"),
    }
    while !*shutdown.borrow() {
        let worked = tokio::select! {
            worked = work_once(&app) => worked,
            changed = shutdown.changed() => if changed.is_err() { return } else { continue },
        };
        match worked {
            Ok(true) => continue,
            Ok(false) => {}
            Err(why) => error!(error = %why, "could not make a file ready"),
        }
        if let Err(why) = take_away(&app, 100).await {
            error!(error = %why, "could not take files away");
        }
        if let Err(why) = remote::prune(&app).await {
            error!(error = %why, "could not take copies away");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = app.media.waiting.notified() => {}
            changed = shutdown.changed() => if changed.is_err() { return },
        }
    }
}

/// Makes the next file ready; whether there was one.
pub async fn work_once(app: &App) -> Result<bool> {
    let now_ms = app.now_ms();
    let lately = id::first_at(now_ms - LATELY_MS);
    let claimed = store::claim(&app.db, now_ms, now_ms + LEASE_MS, lately).await?;
    let Some((id, key, attempts)) = claimed else {
        return Ok(false);
    };
    match make(app, id, &key, attempts).await {
        Ok(()) => {}
        Err(Error::Invalid { why, .. }) => {
            info!(id, %why, "a file is not taken");
            store::failed(&app.db, id, &why).await?;
        }
        Err(why) => {
            store::postpone(&app.db, id, now_ms + AGAIN_MS).await?;
            return Err(why);
        }
    }
    app.media.settled.notify_waiters();
    Ok(true)
}

/// A file of one's own as it is once it was made ready or failed, or when so long is over: then it still waits.
pub async fn settled(app: &App, account_id: i64, id: i64, within: Duration) -> Result<Media> {
    let mut over = pin!(tokio::time::sleep(within));
    loop {
        let mut told = pin!(app.media.settled.notified());
        // Before it is looked: what happens between the two is heard of.
        told.as_mut().enable();
        let media = find_own(app, account_id, id).await?;
        if media.state() != State::Waiting {
            return Ok(media);
        }
        tokio::select! {
            () = told => {}
            () = tokio::time::sleep(GLANCE_EVERY) => {}
            () = over.as_mut() => return Ok(media),
        }
    }
}

async fn make(app: &App, id: i64, key: &str, attempts: i64) -> Result<()> {
    if attempts > MOST_ATTEMPTS {
        return Err(Error::invalid("file", "could not be made ready"));
    }
    let storage = &app.media.storage;
    let folder = app.media.nursery.folder().await?;
    let input = folder.path().join(super::worker::INPUT);
    match storage.lend_incoming(key, &input).await {
        Err(Error::NotFound) => {
            store::postpone(&app.db, id, app.now_ms() + ELSEWHERE_MS).await?;
            return Ok(());
        }
        lent => lent?,
    }
    let format = format_of(&input).await?;
    let made = app.media.nursery.make(folder.path(), format).await?;
    let bytes = keep(app, key, folder.path(), &made).await?;
    let length = i64::try_from(bytes).unwrap_or(i64::MAX);
    if !store::made(&app.db, id, &made, length).await?
        // Its owner took it away meanwhile; where another node was faster, these are its files.
        && store::by_key(&app.db, key).await?.is_none()
    {
        storage.remove(key).await?;
    }
    storage.forget_incoming(key).await
}

/// Takes away files that no post has had for long enough; how many there were.
pub async fn forget_old(app: &App, now_ms: i64, most: i64) -> Result<u64> {
    let let_go = store::discard_old(&app.db, now_ms, most).await?;
    take_away(app, most).await?;
    remote::prune(app).await?;
    if let Err(why) = strays::sweep(app, now_ms).await {
        // Nothing waits for it, and the next round tries again.
        warn!(error = %why, "could not look for files that nothing names");
    }
    Ok(let_go)
}

/// Files first: what is torn away in the middle is done again.
async fn take_away(app: &App, most: i64) -> Result<()> {
    let gone = store::gone(&app.db, most).await?;
    for (_, key, poster) in &gone {
        app.media.storage.remove(key).await?;
        if !poster.is_empty() {
            app.media.storage.remove_made(poster).await?;
        }
    }
    if !gone.is_empty() {
        store::delete(&app.db, gone.into_iter().map(|(id, ..)| id).collect()).await?;
    }
    Ok(())
}
