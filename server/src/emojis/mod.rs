//! Custom emoji: small pictures that stand for codes such as `:wave:`. Those of a community belong to it, and its moderators
//! look after them. Those of other servers come with what is written there, and are shown from copies.

pub mod activity;
pub mod api;
pub mod command;
pub mod entity;
pub mod html;
mod model;
mod shelf;
mod store;
mod unicode;
pub mod web;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use comity_db::{Db, Tx};

pub use model::{Emoji, Remote, Shown, Words, of_tags};
pub use shelf::Shelf;
pub use unicode::is_unicode;

use crate::announcements;
use crate::app::App;
use crate::communities::{self, Community};
use crate::error::{Error, Result};
use crate::http::token::Token;
use crate::http::{Kind, Me};
use crate::media;
use crate::media::address::EmojiAddresses;
use crate::media::worker::INPUT;
use crate::moderation::looked_after;
use crate::rules;
use crate::text::{length, plain};

/// Bytes of the file of one, here and elsewhere: Mastodon takes a quarter of it, Misskey twice.
pub const LARGEST_FILE: u64 = 1024 * 1024;
/// Letters of a code: longer ones are sentences.
const LONGEST_CODE: usize = 64;
/// Letters of a code; with one, `:3:` would be a picture. As Mastodon has it.
const SHORTEST_CODE: usize = 2;
/// Letters of the name of a category.
const LONGEST_CATEGORY: usize = 50;
/// Emoji of one community: apps load the list of all of them.
const MOST: i64 = 2_000;
/// Emoji of all communities of an installation: they are kept in memory.
const MOST_OF_ALL: i64 = 50_000;

/// What is known of all emoji here, for showing them. They are read where `before` is of another version. The version is read
/// first: whatever it counts is in what is read after it.
pub(crate) async fn shelf(
    db: &Db,
    addresses: &EmojiAddresses,
    origins: HashMap<i64, String>,
    before: Option<&Shelf>,
) -> Result<Arc<Shelf>> {
    let version = store::version(db).await?;
    if let Some(same) = before.and_then(|before| before.again(version, &origins)) {
        return Ok(Arc::new(same));
    }
    let all = store::all(db, MOST_OF_ALL).await?;
    Ok(Arc::new(Shelf::new(
        all,
        version,
        addresses.clone(),
        origins,
    )))
}

/// Every emoji of a community, also those that are switched off, by code.
pub async fn list(app: &App, community: &Community) -> Result<Vec<Emoji>> {
    store::of_community(&app.db, community.id, MOST).await
}

/// Puts an emoji into the community that the member looks after. The file is in `folder`, under the name that files which
/// came have.
pub async fn add_as(
    app: &App,
    me: &Me,
    code: &str,
    category: &str,
    folder: &Path,
) -> Result<Emoji> {
    let community = looked_after(me)?;
    app.limits.check(Kind::Upload, &me.account.id.to_string())?;
    add(app, community, code, category, folder).await
}

/// Puts an emoji into a community. Refused with a reason: a code that is taken or none, and a file that is too large, no
/// picture, damaged, or not to be opened within bounds.
pub async fn add(
    app: &App,
    community: &Community,
    code: &str,
    category: &str,
    folder: &Path,
) -> Result<Emoji> {
    let code = code.trim().trim_matches(':');
    check_code(code)?;
    let category = checked_category(category)?;
    let there = list(app, community).await?;
    if there.iter().any(|emoji| emoji.shortcode == code) {
        return Err(taken());
    }
    if i64::try_from(there.len()).is_ok_and(|there| there >= MOST) {
        return Err(Error::invalid(
            "shortcode",
            format!("would be one more than the {MOST} that fit; remove one first"),
        ));
    }
    check_file(&folder.join(INPUT)).await?;
    let made = app.media.nursery.make_emoji(folder).await?;
    let file_key = Token::random()?.reveal();
    let bytes = media::keep(app, &file_key, folder, &made).await?;
    let now_ms = app.now_ms();
    let emoji = Emoji {
        id: app.next_id(),
        community_id: community.id,
        shortcode: code.to_owned(),
        category,
        file_key,
        file_type: made.media_type,
        still_type: made.preview_type,
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        is_listed: true,
        is_on: true,
        created_at: now_ms,
        updated_at: now_ms,
    };
    let mut tx = Tx::new();
    store::insert(&mut tx, &emoji);
    if !shelve(app, tx).await? {
        // Somebody took the code meanwhile.
        app.media.storage.remove(&emoji.file_key).await?;
        return Err(taken());
    }
    Ok(emoji)
}

fn taken() -> Error {
    Error::invalid(
        "shortcode",
        "is taken; choose another, or remove that one first",
    )
}

fn check_code(code: &str) -> Result<()> {
    if model::is_code(code) && (SHORTEST_CODE..=LONGEST_CODE).contains(&code.len()) {
        return Ok(());
    }
    Err(Error::invalid(
        "shortcode",
        format!(
            "must be {SHORTEST_CODE} to {LONGEST_CODE} letters from a to z, digits and underscores"
        ),
    ))
}

fn checked_category(category: &str) -> Result<String> {
    let category = plain::line(category);
    length::at_most("category", &category, LONGEST_CATEGORY)?;
    Ok(category)
}

async fn check_file(file: &Path) -> Result<()> {
    let length = tokio::fs::metadata(file)
        .await
        .map_err(|why| Error::Internal(Box::new(why)))?
        .len();
    if length > LARGEST_FILE {
        return Err(Error::invalid(
            "file",
            format!(
                "is larger than {} KiB, which is the most that an emoji may be",
                LARGEST_FILE >> 10
            ),
        ));
    }
    if !media::format_of(file).await?.is_picture() {
        return Err(Error::invalid("file", "is no picture; choose one"));
    }
    Ok(())
}

/// What may be changed of an emoji.
#[derive(Debug)]
pub struct Change {
    /// Under which heading apps offer it; empty for none.
    pub category: String,
    /// Apps offer it.
    pub is_listed: bool,
    /// Its code is shown as the picture.
    pub is_on: bool,
}

/// Changes what is said of an emoji of the community that the member looks after.
pub async fn change(app: &App, me: &Me, id: i64, change: &Change) -> Result<()> {
    let community = looked_after(me)?;
    let change = Change {
        category: checked_category(&change.category)?,
        ..*change
    };
    let mut tx = Tx::new();
    store::change(&mut tx, community.id, id, &change, app.now_ms());
    if shelve(app, tx).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Takes an emoji out of the community that the member looks after.
pub async fn remove_as(app: &App, me: &Me, id: i64) -> Result<()> {
    remove(app, looked_after(me)?, id).await
}

/// Takes an emoji away with its files: its code is shown as it is written, from now on.
pub async fn remove(app: &App, community: &Community, id: i64) -> Result<()> {
    let there = list(app, community).await?;
    let emoji = there.into_iter().find(|emoji| emoji.id == id);
    let emoji = emoji.ok_or(Error::NotFound)?;
    // Files first: what is torn away in the middle is done again.
    app.media.storage.remove(&emoji.file_key).await?;
    let mut tx = Tx::new();
    communities::take_turns(&mut tx, community.id);
    store::delete(&mut tx, community.id, id);
    announcements::forget_emoji(&mut tx, community.id, &emoji.shortcode);
    shelve(app, tx).await?;
    Ok(())
}

/// Commits a change of emoji. Every process reads them anew when the epoch advances.
async fn shelve(app: &App, mut tx: Tx) -> Result<bool> {
    store::advance_version(&mut tx);
    rules::advance_epoch(&mut tx);
    let done = app.commit(tx).await?;
    if done {
        rules::reload(app).await?;
    }
    Ok(done)
}
