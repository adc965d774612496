//! What is due every so often: forgetting what nobody needs any more.

use std::time::Duration;

use tokio::sync::watch;
use tracing::{error, info};

use crate::app::App;
use crate::error::Result;
use crate::{
    aliases, backfill, cards, contacts, delivery, inbox, media, members, oauth, relations, rules,
    sign_ups, statuses,
};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(600);

/// Rows one statement deletes, so that the single writer of SQLite is not held for long.
const BATCH: i64 = 2_000;

/// Looks now and then until `shutdown` turns true.
pub async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        if let Err(error) = forget(&app).await {
            error!(%error, "could not forget what is old");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            changed = shutdown.changed() => if changed.is_err() { return },
        }
    }
}

/// Forgets everything that is old enough by the app's clock.
pub(crate) async fn forget(app: &App) -> Result<()> {
    let now_ms = app.now_ms();
    for old in Old::ALL {
        let mut forgotten = 0;
        loop {
            let rows = old.forget(app, now_ms).await?;
            forgotten += rows;
            if rows < BATCH.unsigned_abs() {
                break;
            }
        }
        if forgotten > 0 {
            info!(forgotten, "forgot old {}", old.words());
        }
    }
    Ok(())
}

/// What grows old. How long it is kept is said where it is kept.
#[derive(Clone, Copy)]
enum Old {
    Activities,
    Tombstones,
    Sessions,
    Outgoing,
    Contacts,
    Canaries,
    Apps,
    Changes,
    Keys,
    Mutes,
    Media,
    SignUps,
    Cards,
    Backfills,
}

impl Old {
    const ALL: [Old; 14] = [
        Old::Activities,
        Old::Tombstones,
        Old::Sessions,
        Old::Outgoing,
        Old::Contacts,
        Old::Canaries,
        Old::Apps,
        Old::Changes,
        Old::Keys,
        Old::Mutes,
        Old::Media,
        Old::SignUps,
        Old::Cards,
        Old::Backfills,
    ];

    fn words(self) -> &'static str {
        match self {
            Old::Activities => "activities taken in",
            Old::Tombstones => "tombstones",
            Old::Sessions => "sessions",
            Old::Outgoing => "activities of ours",
            Old::Contacts => "first contacts",
            Old::Canaries => "canaries",
            Old::Apps => "codes, tokens and apps that nobody uses",
            Old::Changes => "changes of boundaries",
            Old::Keys => "keys of posts",
            Old::Mutes => "mutes that ended",
            Old::Media => "files that no post has",
            Old::Cards => "cards of pages",
            Old::Backfills => "conversations read elsewhere",
            Old::SignUps => "sign-ups that were decided or never answered",
        }
    }

    /// A batch of it; how many it were.
    async fn forget(self, app: &App, now_ms: i64) -> Result<u64> {
        match self {
            Old::Activities => inbox::forget_old(&app.db, now_ms, BATCH).await,
            Old::Tombstones => statuses::forget_old(&app.db, now_ms, BATCH).await,
            Old::Sessions => members::forget_old(&app.db, now_ms, BATCH).await,
            Old::Outgoing => delivery::forget_old(&app.db, now_ms, BATCH).await,
            Old::Contacts => contacts::forget_old(app, now_ms, BATCH).await,
            Old::Canaries => aliases::forget_old(&app.db, now_ms, BATCH).await,
            Old::Apps => oauth::forget_old(app, now_ms, BATCH).await,
            Old::Changes => rules::changed::forget_old(&app.db, now_ms, BATCH).await,
            Old::Keys => statuses::forget_old_keys(&app.db, now_ms, BATCH).await,
            Old::Mutes => relations::forget_ended(&app.db, now_ms, BATCH).await,
            Old::Media => media::forget_old(app, now_ms, BATCH).await,
            Old::Cards => cards::forget_old(&app.db, now_ms, BATCH).await,
            Old::Backfills => backfill::forget_old(&app.db, now_ms, BATCH).await,
            Old::SignUps => sign_ups::forget_old(app, now_ms, BATCH).await,
        }
    }
}
