//! Room for copies: what nobody looked at for longest goes, films first while they hold most of it.

use tracing::warn;

use crate::app::App;
use crate::error::{Error, Result};
use crate::media::store::{self, Copy};

/// Copies looked at in one round of taking away.
const BATCH: i64 = 200;
/// Films hold at most this part of the room once it is full, or a few of them would push out all pictures.
const PART_OF_FILMS: i64 = 2;
/// When to come back where no room could be made, in seconds.
const AGAIN_S: u64 = 60;

/// Takes away what was not looked at for longest, until the rest fits.
pub(in crate::media) async fn prune(app: &App) -> Result<()> {
    // Two at once would both take away as much as is too much.
    let _alone = app.media.pruning.lock().await;
    store::forget_missing(&app.db, app.now_ms() - super::MISSING_MS).await?;
    let room = room(app);
    let mut over = store::bytes_of_copies(&app.db).await? - room;
    let mut films = if over > 0 {
        store::bytes_of_films(&app.db).await? - room / PART_OF_FILMS
    } else {
        0
    };
    while over > 0 && films > 0 {
        let oldest = store::oldest_films(&app.db, BATCH).await?;
        let gone = take_away(app, oldest, over.min(films)).await?;
        if gone == 0 {
            break;
        }
        over -= gone;
        films -= gone;
    }
    while over > 0 {
        let oldest = store::oldest_copies(&app.db, BATCH).await?;
        if oldest.is_empty() {
            break;
        }
        take_away(app, oldest, over).await?;
        over = store::bytes_of_copies(&app.db).await? - room;
    }
    Ok(())
}

/// The same where something was kept a moment ago: that is there all the same.
pub(super) async fn prune_after(app: &App) {
    if let Err(why) = prune(app).await {
        warn!(error = %why, "could not take copies away");
    }
}

/// Whether something large may be fetched; *too many* where the copies are over their room, and none of them will go.
pub(super) async fn check(app: &App) -> Result<()> {
    if is_full(app).await? {
        prune_after(app).await;
        if is_full(app).await? {
            return Err(Error::TooMany { after_s: AGAIN_S });
        }
    }
    Ok(())
}

async fn is_full(app: &App) -> Result<bool> {
    Ok(store::bytes_of_copies(&app.db).await? > room(app))
}

fn room(app: &App) -> i64 {
    i64::try_from(app.config.media.largest_cache).unwrap_or(i64::MAX)
}

/// Takes these away one by one, until so many bytes have gone; how many have.
async fn take_away(app: &App, copies: Vec<Copy>, bytes: i64) -> Result<i64> {
    let mut gone = 0;
    for copy in copies {
        if gone >= bytes {
            break;
        }
        app.media.storage.remove(&copy.file_key).await?;
        store::forget_copy(&app.db, &copy.file_key).await?;
        gone += copy.bytes;
    }
    Ok(gone)
}
