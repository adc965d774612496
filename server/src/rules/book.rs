//! The gate's book: made from the rows, and anew when they change here, on another node or by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use comity_db::Tx;
use comity_policy::RuleBook;
use comity_vocab::Domain;

use super::store;
use crate::app::App;
use crate::communities::Communities;
use crate::emojis::Shelf;
use crate::error::Result;
use crate::media::address::EmojiAddresses;
use crate::{lists, waves};

/// How long another process's change of a rule may go unnoticed.
const WATCH_EVERY: Duration = Duration::from_millis(500);
/// New pairs of a host and the domain of its handles are taken into the rules every ten seconds.
const SPLITS_EVERY_TICKS: u32 = 20;
/// And so is what begins elsewhere and decides at once, if it did so within so many milliseconds before.
const SOON_MS: i64 = 10_000;

/// Reads the rules and the communities with their modes anew, and hands the gate the new book.
pub async fn reload(app: &App) -> Result<()> {
    let _alone = app.looks.alone().await;
    let before = app.communities.load_full();
    let shelf = before.all().next().map(|one| one.emojis.clone());
    let (book, communities) =
        read_book(&app.db, app.now_ms(), &app.media.emojis, shelf.as_deref()).await?;
    app.communities.store(Arc::new(communities));
    app.gate.replace(book);
    Ok(())
}

/// The rules and the communities as they are stored. The epoch is read first: whatever it counts is in what is read
/// after it, so no book claims to know of a change that it lacks. Emoji are those of `before` where none changed since.
pub async fn read_book(
    db: &comity_db::Db,
    now_ms: i64,
    pictures: &EmojiAddresses,
    before: Option<&Shelf>,
) -> Result<(RuleBook, Communities)> {
    let epoch = store::epoch(db).await?;
    let communities = crate::communities::load(db, pictures, before).await?;
    let hosted = communities.all().map(|community| community.hosted());
    let rules = store::in_force(db).await?;
    let book = RuleBook::new(epoch, now_ms, hosted.collect(), rules)
        .with_member_modes(store::member_modes(db).await?)
        .with_waves(now_ms, waves::standing(db, now_ms).await?)
        .with_suspended(crate::members::suspended(db).await?)
        .with_split_domains(store::split_domains(db).await?)
        .with_lists(lists::load(db).await?);
    Ok((book, communities))
}

/// Notices rules that another process set or that ended by themselves. Runs until it is dropped.
pub async fn watch(app: App) {
    let mut every = tokio::time::interval(WATCH_EVERY);
    let mut ticks = 0_u32;
    loop {
        every.tick().await;
        ticks = ticks.wrapping_add(1);
        let came = if ticks.is_multiple_of(SPLITS_EVERY_TICKS) {
            settle_splits(&app).await
        } else {
            catch_up(&app).await
        };
        if let Err(why) = came {
            tracing::warn!(%why, "could not go by rules that changed");
        }
    }
}

/// What the rules do not know yet of what anybody elsewhere can cause: somebody whose handle is of another domain than their
/// server, a wave of strangers. Each time costs a reading of all rules, and so it is taken in now and then.
#[derive(Default)]
pub struct Splits {
    waits: AtomicBool,
    /// When it was taken in at once, in unix milliseconds.
    last_ms: AtomicI64,
}

/// Remembers that people with handles of `handles` are at home on `host`: a rule about the handles counts for whatever
/// that host asks for in nobody's name (L49). The rules follow within some seconds: anybody who owns a domain can
/// make such people, and each would cost a reading of all rules.
pub fn note_split(app: &App, host: &Domain, handles: &Domain) {
    if host != handles && !app.gate.book().knows_split(host, handles) {
        app.splits.waits.store(true, Ordering::Relaxed);
    }
}

/// Commits, and goes by it: at once where that was not done within some seconds, and otherwise with what [`note_split`]
/// notes.
pub(crate) async fn decide_soon(app: &App, mut tx: Tx) -> Result<()> {
    let now_ms = app.now_ms();
    let taken = app
        .splits
        .last_ms
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            (now_ms - last >= SOON_MS).then_some(now_ms)
        });
    if taken.is_err() {
        app.commit(tx).await?;
        app.splits.waits.store(true, Ordering::Relaxed);
        return Ok(());
    }
    store::advance_epoch(&mut tx);
    app.commit(tx).await?;
    reload(app).await
}

/// Goes by what [`note_split`] noted, on every node.
pub async fn settle_splits(app: &App) -> Result<()> {
    if !app.splits.waits.swap(false, Ordering::Relaxed) {
        return catch_up(app).await;
    }
    let mut tx = Tx::new();
    store::advance_epoch(&mut tx);
    app.commit(tx).await?;
    reload(app).await
}

/// Goes by what another process changed and by what ended in the meantime, as of this call: one look-up by key, shared
/// by all who ask at the same time. Asked before something is decided that cannot be taken back, such as a send.
pub async fn catch_up(app: &App) -> Result<()> {
    app.looks.share(look(app)).await
}

async fn look(app: &App) -> Result<()> {
    let book = app.gate.book();
    let ended = book.next_expiry().is_some_and(|at| at <= app.now_ms());
    if ended || store::epoch(&app.db).await? != book.epoch() {
        reload(app).await?;
    }
    Ok(())
}
