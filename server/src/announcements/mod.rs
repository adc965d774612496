//! Announcements: what those who look after a community tell its members. They go to no other server, and visitors do not
//! read them.

pub mod api;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::Way;
use comity_vocab::Handle;

use crate::accounts::{self, Account};
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
/// People looked for in one answer, those of the newest announcements first; whoever is named beyond that is a word.
const MOST_NAMED: usize = 100;

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
    /// What it was answered with, the first that came first.
    pub reactions: Vec<Reaction>,
}

/// An emoji with which members answered an announcement.
#[derive(Debug, Clone)]
pub struct Reaction {
    /// One of Unicode, or a code of the community between colons.
    pub emoji: String,
    /// How many chose it.
    pub count: i64,
    /// The member is one of them.
    pub mine: bool,
    /// What a code stands for; `None` for an emoji of Unicode.
    pub picture: Option<Shown>,
}

/// What stands in the member's community, newest first. Answers with a code that stands for no picture now are left out:
/// its emoji is switched off, and may be switched on again.
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
    let mut reactions: HashMap<i64, Vec<Reaction>> = HashMap::new();
    for row in store::reactions(&app.db, me.account.id, ids).await? {
        let picture = picture(&row.name, &me.community);
        if picture.is_none() && code(&row.name).is_some() {
            continue;
        }
        let reaction = Reaction {
            emoji: row.name,
            count: row.chosen,
            mine: row.mine > 0,
            picture,
        };
        let of_one = reactions.entry(row.announcement_id).or_default();
        of_one.push(reaction);
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

/// Whom these name: people who are known here and whom the member may see.
pub(crate) async fn people(
    app: &App,
    me: &Me,
    way: Way,
    all: &[Announcement],
) -> Result<Vec<(Handle, Arc<Account>)>> {
    let texts = all.iter().map(|one| one.text.as_str());
    let here = &me.community.domain;
    accounts::named_in(app, &me.party(), way, here, texts, MOST_NAMED).await
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

/// The code without its colons; `None` for an emoji of Unicode.
fn code(emoji: &str) -> Option<&str> {
    emoji.strip_prefix(':')?.strip_suffix(':')
}

/// What a code of the community stands for, while its emoji is on.
pub(crate) fn picture(emoji: &str, here: &Community) -> Option<Shown> {
    let own = here.emojis.own(here.id, code(emoji)?)?;
    here.emojis.ours(own)
}

/// An emoji as it is kept: one of Unicode as it is, and a code, which may be named without its colons, between them.
fn kept(name: &str) -> String {
    let name = name.trim();
    if emojis::is_unicode(name) {
        return name.to_owned();
    }
    format!(":{}:", name.trim_matches(':'))
}

/// The member answers it with an emoji, of Unicode or of their community. Twice is once.
pub async fn react(app: &App, me: &Me, id: i64, name: &str) -> Result<()> {
    let found = find(app, me, id).await?;
    let emoji = kept(name);
    if code(&emoji).is_some() && picture(&emoji, &me.community).is_none() {
        return Err(Error::invalid(
            "name",
            "is no emoji, and no code of one here; /api/v1/custom_emojis lists those",
        ));
    }
    let mut tx = Tx::new();
    let by = (found.id, me.account.id);
    // Whoever takes an emoji out of the community takes turns as well.
    communities::take_turns(&mut tx, me.community.id);
    store::react(
        &mut tx,
        by,
        &emoji,
        code(&emoji),
        (app.now_ms(), MOST_EMOJI),
    );
    announce_reaction(&mut tx, me, &found, &emoji);
    if app.commit(tx).await? {
        return Ok(());
    }
    // As it is now: taken down meanwhile, or answered so already.
    let found = find(app, me, id).await?;
    let is_said = |said: &Reaction| said.mine && said.emoji == emoji;
    if found.reactions.iter().any(is_said) {
        return Ok(());
    }
    Err(Error::invalid(
        "name",
        format!("would be one more than {MOST_EMOJI} different emoji"),
    ))
}

/// The member takes the emoji back. Twice is once.
pub async fn unreact(app: &App, me: &Me, id: i64, name: &str) -> Result<()> {
    let found = find(app, me, id).await?;
    let emoji = kept(name);
    let mut tx = Tx::new();
    store::unreact(&mut tx, found.id, me.account.id, &emoji);
    if found.reactions.iter().any(|said| said.emoji == emoji) {
        announce_reaction(&mut tx, me, &found, &emoji);
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

/// An emoji of a community goes, and with it what announcements were answered with: another may have its code later.
pub(crate) fn forget_emoji(tx: &mut Tx, community_id: i64, shortcode: &str) {
    store::forget_emoji(tx, community_id, &format!(":{shortcode}:"));
}

/// How many answered an announcement with this emoji.
pub(crate) async fn chosen(app: &App, id: i64, emoji: &str) -> Result<i64> {
    store::chosen(&app.db, id, emoji).await
}
