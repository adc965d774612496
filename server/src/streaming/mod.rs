//! Streams: open connections by which apps hear what happens, as it happens.
//!
//! What happens is announced in the transaction that makes it so ([`announce`]), with ids and no words. Once that is
//! stored, every process hears it ([`run`]), finds out for which of its connections it may be ([`hub`]), and each of
//! these asks the gate at the moment of telling ([`tell`]). So a rule, a block or a mute counts for the very next
//! event, and a token that ends takes its connections with it.

pub mod api;
mod event;
mod hub;
mod places;
mod socket;
mod stream;
mod tell;

use std::iter;
use std::sync::Arc;
use std::time::Duration;

use comity_db::Heard;
use tokio::sync::watch;

pub use event::{Event, Tokens, Traces, announce};
pub use hub::Hub;
use hub::{Came, What};
use places::Places;
pub use stream::Stream;

use crate::announcements;
use crate::app::App;
use crate::error::Result;
use crate::oauth;
use crate::serve::told_to_stop;
use crate::statuses::Loaded;

/// Tokens may end without being announced: by the command line on `SQLite`, or by a process that died just then.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Between two tries to begin.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Hears what is announced, and calls those it may be for, until `shutdown` turns true.
pub async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = listen(&app) => {}
        () = told_to_stop(&mut shutdown) => {}
    }
    app.streams.close();
}

async fn listen(app: &App) {
    let mut listener = loop {
        match app.db.listen().await {
            Ok(listener) => break listener,
            Err(why) => {
                tracing::warn!(%why, "could not listen to what happens; streams wait");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    };
    app.streams.open();
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        let came = tokio::select! {
            heard = listener.next() => match heard {
                Heard::Line(line) => match Event::parse(&line) {
                    Some(event) => take(app, event).await,
                    None => Ok(()),
                },
                Heard::Missed => {
                    app.streams.interrupt();
                    Ok(())
                }
            },
            _ = look.tick() => end(app, &Tokens::default()).await,
        };
        if let Err(why) = came {
            // Nobody can tell what they would have heard: they come back and read.
            tracing::warn!(%why, "an event could not be looked up; streams begin anew");
            app.streams.interrupt();
        }
    }
}

/// Finds out for whom an event may be, and calls them.
async fn take(app: &App, event: Event) -> Result<()> {
    let hub = &app.streams;
    match event {
        Event::Ended(tokens) => end(app, &tokens).await?,
        Event::Notified {
            to,
            id,
            other_numbers,
            matter,
        } => {
            let numbers = iter::once(id).chain(other_numbers).collect();
            let what = Arc::new(What::Notified { matter, numbers });
            hub.call(&what, |holder, stream| holder.hears(to, stream));
        }
        Event::Merged(account) => {
            hub.call(&Arc::new(What::Merged), |holder, stream| {
                holder.hears(account, stream)
            });
        }
        Event::Published { community, id } => {
            hub.call(&Arc::new(What::Published(id)), |holder, stream| {
                holder.lives_in(community, stream)
            });
        }
        Event::Reacted {
            community,
            id,
            emoji,
        } => {
            if hub.count() == 0 {
                return Ok(());
            }
            let chosen = announcements::chosen(app, id, &emoji).await?;
            let what = Arc::new(What::Reacted { id, emoji, chosen });
            hub.call(&what, |holder, stream| holder.lives_in(community, stream));
        }
        Event::TakenDown { community, id } => {
            hub.call(&Arc::new(What::TakenDown(id)), |holder, stream| {
                holder.lives_in(community, stream)
            });
        }
        Event::FiltersChanged(account) => {
            hub.call(&Arc::new(What::FiltersChanged), |holder, stream| {
                holder.account == Some(account) && *stream == Stream::User
            });
        }
        Event::Deleted(traces) => {
            if hub.count() == 0 {
                return Ok(());
            }
            let is_reblog = traces.is_reblog;
            let Some(gone) = traces.gone(app).await? else {
                return Ok(());
            };
            hub.call(&Arc::new(What::Deleted(gone)), |_, stream| match stream {
                Stream::User | Stream::List(_) => true,
                Stream::Public { .. } | Stream::Hashtag { .. } => !is_reblog,
                Stream::Notifications | Stream::Direct => false,
            });
        }
        Event::Placed(id) => placed(app, id, true).await?,
        Event::Edited(id) => placed(app, id, false).await?,
    }
    Ok(())
}

async fn placed(app: &App, id: i64, is_new: bool) -> Result<()> {
    let hub = &app.streams;
    let is_wanted = hub.pick(|_, streams| {
        let wants = streams
            .iter()
            .any(|stream| *stream != Stream::Notifications);
        wants.then_some(())
    });
    if is_wanted.is_empty() {
        return Ok(());
    }
    let at_ms = app.now_ms();
    let Some(loaded) = Loaded::by_id(app, id).await? else {
        return Ok(());
    };
    let places = Places::of(app, hub, &loaded).await?;
    let came = Came {
        loaded,
        antennas: places.antennas.clone(),
        at_ms,
    };
    let what = Arc::new(if is_new {
        What::Placed(came)
    } else {
        What::Edited(came)
    });
    let (What::Placed(came) | What::Edited(came)) = &*what else {
        return Ok(());
    };
    hub.call(&what, |holder, stream| {
        (is_new || *stream != Stream::Direct) && stream.holds(holder, &came.loaded, &places)
    });
    Ok(())
}

/// Sends away whoever listens by one of these tokens, of those that do not live any more.
async fn end(app: &App, tokens: &Tokens) -> Result<()> {
    let open = app.streams.tokens(tokens);
    if open.is_empty() {
        return Ok(());
    }
    let live = oauth::live_among(app, open.clone()).await?;
    let dead: Vec<i64> = open.into_iter().filter(|id| !live.contains(id)).collect();
    app.streams.end(&dead);
    Ok(())
}
