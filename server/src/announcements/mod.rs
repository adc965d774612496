//! Announcements: what those who look after a community tell its members. They go to no other server, and visitors do not
//! read them.

pub mod api;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::{HashMap, HashSet};

use comity_db::Tx;

use crate::app::App;
use crate::communities::{self, Community};
use crate::emojis::{self, Shown, Words};
use crate::error::{Error, Result};
use crate::http::Me;
use crate::moderation::looked_after;
use crate::streaming::{self, Event};
use crate::text::length;

/// Characters of an announcement, as Mastodon has it.
const LONGEST: usize = 5_000;
/// Announcements that stand at the same time; beyond that nobody reads them.
const MOST: i64 = 20;
/// Different emoji on one announcement, as Mastodon has it.
const MOST_EMOJI: i64 = 8;

/// Something that the members are told.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Sorts by time.
    pub id: i64,
    /// As it was typed.
    pub text: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
    /// The member has put it aside.
    pub is_read: bool,
    /// Each emoji with how many chose it, and whether the member is one of them; the first that came first.
    pub reactions: Vec<(String, i64, bool)>,
}

/// What stands in the member's community, newest first.
pub async fn list(app: &App, me: &Me) -> Result<Vec<Announcement>> {
    let rows = store::list(&app.db, me.community.id, MOST).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let read: HashSet<i64> = store::read_among(&app.db, me.account.id, ids.clone())
        .await?
        .into_iter()
        .collect();
    let mut reactions: HashMap<i64, Vec<(String, i64, bool)>> = HashMap::new();
    for row in store::reactions(&app.db, me.account.id, ids).await? {
        let own = (row.name, row.chosen, row.mine > 0);
        reactions.entry(row.announcement_id).or_default().push(own);
    }
    Ok(rows
        .into_iter()
        .map(|row| Announcement {
            id: row.id,
            text: row.text,
            created_at: row.created_at,
            updated_at: row.updated_at,
            is_read: read.contains(&row.id),
            reactions: reactions.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// One of those that stand in the member's community.
pub(crate) async fn find(app: &App, me: &Me, id: i64) -> Result<Announcement> {
    let all = list(app, me).await?;
    all.into_iter()
        .find(|one| one.id == id)
        .ok_or(Error::NotFound)
}

/// The emoji of the community that stand in an announcement.
pub fn emojis(one: &Announcement, here: &Community) -> Vec<Shown> {
    let words = [Words::Plain(&one.text)];
    here.emojis.used_in(here.id, &words)
}

/// Tells the members something; for those who look after the community.
pub async fn publish(app: &App, me: &Me, text: &str) -> Result<i64> {
    let community = looked_after(me)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("text", "is empty"));
    }
    length::at_most("text", text, LONGEST)?;
    let mut tx = Tx::new();
    let id = app.next_id();
    communities::take_turns(&mut tx, community.id);
    store::insert(
        &mut tx,
        (id, community.id, me.account.id),
        text,
        (app.now_ms(), MOST),
    );
    streaming::announce(
        &mut tx,
        &Event::Published {
            community: community.id,
            id,
        },
    );
    if !app.commit(tx).await? {
        return Err(Error::invalid(
            "text",
            format!("would be one more than the {MOST} that can stand; take one down first"),
        ));
    }
    Ok(id)
}

/// Takes it down.
pub async fn remove(app: &App, me: &Me, id: i64) -> Result<()> {
    let community = looked_after(me)?;
    let mut tx = Tx::new();
    store::delete(&mut tx, community.id, id);
    streaming::announce(
        &mut tx,
        &Event::TakenDown {
            community: community.id,
            id,
        },
    );
    if app.commit(tx).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The member has read it. Twice is once.
pub async fn dismiss(app: &App, me: &Me, id: i64) -> Result<()> {
    let found = find(app, me, id).await?;
    store::mark_read(&app.db, found.id, me.account.id).await
}

/// The member answers it with an emoji. Twice is once.
pub async fn react(app: &App, me: &Me, id: i64, emoji: &str) -> Result<()> {
    let found = find(app, me, id).await?;
    if !emojis::is_unicode(emoji) {
        return Err(Error::invalid("name", "is no emoji"));
    }
    let mut tx = Tx::new();
    let by = (found.id, me.account.id);
    store::react(&mut tx, by, emoji, (app.now_ms(), MOST_EMOJI));
    announce_reaction(&mut tx, me, &found, emoji);
    if app.commit(tx).await? {
        return Ok(());
    }
    // As it is now: taken down meanwhile, or answered so already.
    let found = find(app, me, id).await?;
    let is_said = |(name, _, mine): &(String, i64, bool)| *mine && name == emoji;
    if found.reactions.iter().any(is_said) {
        return Ok(());
    }
    Err(Error::invalid(
        "name",
        format!("would be one more than {MOST_EMOJI} different emoji"),
    ))
}

/// The member takes the emoji back. Twice is once.
pub async fn unreact(app: &App, me: &Me, id: i64, emoji: &str) -> Result<()> {
    let found = find(app, me, id).await?;
    let mut tx = Tx::new();
    store::unreact(&mut tx, found.id, me.account.id, emoji);
    if found.reactions.iter().any(|(name, ..)| name == emoji) {
        announce_reaction(&mut tx, me, &found, emoji);
    }
    app.commit(tx).await?;
    Ok(())
}

fn announce_reaction(tx: &mut Tx, me: &Me, to: &Announcement, emoji: &str) {
    streaming::announce(
        tx,
        &Event::Reacted {
            community: me.community.id,
            id: to.id,
            emoji: emoji.to_owned(),
        },
    );
}

/// How many answered an announcement with this emoji.
pub(crate) async fn chosen(app: &App, id: i64, emoji: &str) -> Result<i64> {
    store::chosen(&app.db, id, emoji).await
}
