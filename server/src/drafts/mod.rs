//! Drafts: posts that a member has not finished. They are what was typed and nothing else: whether it may be posted, and
//! who would get it, is asked when it is posted. Nobody else learns of them.

pub mod api;
mod store;
pub mod web;

use comity_db::Tx;

use crate::app::App;
use crate::error::{Error, Result};
use crate::statuses::api::Sent;
use crate::{media, members};

pub(crate) use store::OF_MEMBER;

/// Drafts of one member. Their files are kept as long as they are, so they are few.
pub const MOST: i64 = 100;
/// Bytes of what is kept of one: the longest form there is.
const LONGEST: usize = 64 * 1024;

/// A post that is not finished.
#[derive(Debug)]
pub struct Draft {
    /// Names it; not the number that the post will have.
    pub id: i64,
    /// As it was typed.
    pub sent: Sent,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

impl Draft {
    fn from_row(row: &store::DraftRow) -> Result<Draft> {
        Ok(Draft {
            id: row.id,
            sent: serde_json::from_str(&row.sent)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// One of a member; *not found* where it is another's.
pub async fn find(app: &App, account_id: i64, id: i64) -> Result<Draft> {
    let row = store::find(&app.db, account_id, id).await?;
    Draft::from_row(&row.ok_or(Error::NotFound)?)
}

/// All of a member, the last one changed first.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<Draft>> {
    let rows = store::of(&app.db, account_id, MOST).await?;
    rows.iter().map(Draft::from_row).collect()
}

/// Keeps a new one. Its files must be the member's own, and in no post.
pub async fn keep(app: &App, account_id: i64, mut sent: Sent) -> Result<Draft> {
    let text = checked(&mut sent)?;
    let now_ms = app.now_ms();
    let draft = Draft {
        id: app.next_id(),
        sent,
        created_at: now_ms,
        updated_at: now_ms,
    };
    let mut tx = Tx::new();
    members::take_turns(&mut tx, account_id);
    store::insert(&mut tx, account_id, &draft, &text, MOST);
    keep_files(app, &mut tx, account_id, &draft.sent);
    if !app.commit(tx).await? {
        return Err(Error::Conflict(format!(
            "there are {MOST} drafts already, or a file of it is gone or in a post"
        )));
    }
    Ok(draft)
}

/// Puts this in the place of what it was.
pub async fn change(app: &App, account_id: i64, id: i64, mut sent: Sent) -> Result<Draft> {
    let was = find(app, account_id, id).await?;
    let text = checked(&mut sent)?;
    let draft = Draft {
        id: was.id,
        sent,
        created_at: was.created_at,
        updated_at: app.now_ms(),
    };
    let mut tx = Tx::new();
    members::take_turns(&mut tx, account_id);
    store::change(&mut tx, account_id, &draft, &text, was.updated_at);
    let_go(app, &mut tx, account_id, &was);
    keep_files(app, &mut tx, account_id, &draft.sent);
    if !app.commit(tx).await? {
        return Err(Error::Conflict(
            "a file of it is gone or in a post, or the draft was changed at the same moment"
                .to_owned(),
        ));
    }
    Ok(draft)
}

/// Forgets one, and says what it was.
pub async fn delete(app: &App, account_id: i64, id: i64) -> Result<Draft> {
    let draft = find(app, account_id, id).await?;
    let mut tx = Tx::new();
    members::take_turns(&mut tx, account_id);
    store::delete(&mut tx, account_id, id, draft.updated_at);
    let_go(app, &mut tx, account_id, &draft);
    if app.commit(tx).await? {
        return Ok(draft);
    }
    // Gone, or another one by now.
    find(app, account_id, id).await?;
    Err(Error::Conflict(
        "the draft was changed at the same moment; look at it again".to_owned(),
    ))
}

/// What is kept of it. It names as many files as a post may have, each once.
fn checked(sent: &mut Sent) -> Result<String> {
    if sent.is_empty() {
        return Err(Error::invalid("status", "is empty; write something first"));
    }
    sent.name_files_once();
    if sent.files().len() > media::MOST_ATTACHED {
        return Err(Error::invalid(
            "media_ids",
            format!("names more than {} files", media::MOST_ATTACHED),
        ));
    }
    let text = serde_json::to_string(sent)?;
    if text.len() > LONGEST {
        return Err(Error::invalid("status", "is too long to be kept"));
    }
    Ok(text)
}

/// Its files wait as long as it does. Undoes the whole transaction where one is gone.
fn keep_files(app: &App, tx: &mut Tx, account_id: i64, sent: &Sent) {
    let at_least = app.now_ms() + media::LOOSE_MS;
    for id in sent.files() {
        media::wait(tx, account_id, *id, at_least);
    }
}

/// Its files wait no longer than those of no draft, but for what another has, or something that is scheduled.
fn let_go(app: &App, tx: &mut Tx, account_id: i64, draft: &Draft) {
    let at_least = app.now_ms() + media::LOOSE_MS;
    for id in draft.sent.files() {
        media::wait_if_there(tx, account_id, *id, at_least);
    }
}
