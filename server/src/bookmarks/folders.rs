//! Folders of bookmarks. Nobody else learns of them; what is in one that is deleted is kept without.

use comity_db::Tx;

use super::store::{self, FolderRow};
use crate::app::App;
use crate::error::{Error, Result};
use crate::members;

/// Folders of one member: more than anybody finds their way in.
const MOST_FOLDERS: i64 = 100;
/// Characters of a name.
const LONGEST_NAME: usize = 100;
/// Characters of an emoji: some are put together of many, and none of more.
const LONGEST_EMOJI: usize = 10;

/// All of a member, oldest first.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<FolderRow>> {
    store::folders(&app.db, account_id, MOST_FOLDERS).await
}

/// One of a member; *not found* where it is another's.
pub async fn find(app: &App, account_id: i64, id: i64) -> Result<FolderRow> {
    let row = store::folder(&app.db, account_id, id).await?;
    row.ok_or(Error::NotFound)
}

/// A new one.
pub async fn make(
    app: &App,
    account_id: i64,
    name: &str,
    emoji: Option<&str>,
) -> Result<FolderRow> {
    let folder = checked(app.next_id(), name, emoji)?;
    let mut tx = Tx::new();
    members::take_turns(&mut tx, account_id);
    store::insert_folder(&mut tx, account_id, &folder, MOST_FOLDERS);
    if !app.commit(tx).await? {
        return Err(Error::invalid(
            "folders",
            format!("are at most {MOST_FOLDERS}; delete some first"),
        ));
    }
    Ok(folder)
}

/// Another name or emoji; what is not said stays.
pub async fn change(
    app: &App,
    account_id: i64,
    id: i64,
    name: Option<&str>,
    emoji: Option<&str>,
) -> Result<FolderRow> {
    let was = find(app, account_id, id).await?;
    let name = name.unwrap_or(&was.name);
    let folder = checked(id, name, emoji.or(was.emoji.as_deref()))?;
    if !store::change_folder(&app.db, account_id, &folder).await? {
        return Err(Error::NotFound);
    }
    Ok(folder)
}

/// It goes, and tells what it was.
pub async fn delete(app: &App, account_id: i64, id: i64) -> Result<FolderRow> {
    let was = find(app, account_id, id).await?;
    store::delete_folder(&app.db, account_id, id).await?;
    Ok(was)
}

fn checked(id: i64, name: &str, emoji: Option<&str>) -> Result<FolderRow> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid(
            "name",
            format!("must have 1 to {LONGEST_NAME} characters"),
        ));
    }
    let emoji = emoji.map(str::trim).filter(|emoji| !emoji.is_empty());
    if emoji.is_some_and(|emoji| emoji.is_ascii() || emoji.chars().count() > LONGEST_EMOJI) {
        return Err(Error::invalid("emoji", "must be a single emoji"));
    }
    Ok(FolderRow {
        id,
        name: name.to_owned(),
        emoji: emoji.map(str::to_owned),
    })
}
