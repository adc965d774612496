//! SQL of `bookmarks` and `bookmark_folders`.

use std::collections::HashMap;

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;
use crate::window::{Entries, Stretch, Window, entries_in};

const INSERT: Sql = sql!(
    "INSERT INTO bookmarks (id, account_id, status_id, folder_id)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, status_id) DO UPDATE
        SET folder_id = COALESCE(excluded.folder_id, bookmarks.folder_id)"
);
/// Into no folder where that is not theirs.
const PUT: Sql = sql!(
    "UPDATE bookmarks
        SET folder_id = (SELECT id FROM bookmark_folders WHERE account_id = $1 AND id = $3)
      WHERE account_id = $1 AND status_id = $2"
);
const DELETE: Sql = sql!("DELETE FROM bookmarks WHERE account_id = $1 AND status_id = $2");
const COUNT: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM bookmarks WHERE account_id = $1");
const FOLDERS_OF: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT status_id, folder_id
               FROM bookmarks
              WHERE account_id = $1
                AND status_id IN (SELECT value FROM json_each($2))
                AND folder_id IS NOT NULL",
    pg: "SELECT status_id, folder_id
           FROM bookmarks
          WHERE account_id = $1
            AND status_id = ANY($2)
            AND folder_id IS NOT NULL",
);
/// Counts on `bookmarks_newest`.
const LIST: Entries = entries_in!(
    "id",
    "SELECT id, status_id
       FROM bookmarks
      WHERE account_id = $4"
);

/// Counts on `bookmarks_by_folder`.
const LIST_IN: Entries = entries_in!(
    "id",
    "SELECT id, status_id
       FROM bookmarks
      WHERE account_id = $4 AND folder_id = $5"
);

/// One that is there already goes into the folder that is named.
pub async fn insert(
    db: &Db,
    id: i64,
    account_id: i64,
    status_id: i64,
    folder_id: Option<i64>,
) -> Result<()> {
    db.exec(INSERT, params![id, account_id, status_id, folder_id])
        .await?;
    Ok(())
}

/// Into this folder, or into none; whether it is kept.
pub async fn put(db: &Db, account_id: i64, status_id: i64, folder_id: Option<i64>) -> Result<bool> {
    let changed = db
        .exec(PUT, params![account_id, status_id, folder_id])
        .await?;
    Ok(changed > 0)
}

pub async fn delete(db: &Db, account_id: i64, status_id: i64) -> Result<()> {
    db.exec(DELETE, params![account_id, status_id]).await?;
    Ok(())
}

pub async fn count(db: &Db, account_id: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![account_id]).await?.0)
}

/// In which folder each of these is that is in one.
pub async fn folders_of(
    db: &Db,
    account_id: i64,
    status_ids: Vec<i64>,
) -> Result<HashMap<i64, i64>> {
    let rows = db.all(FOLDERS_OF, params![account_id, status_ids]).await?;
    Ok(rows.into_iter().collect())
}

pub async fn list(
    db: &Db,
    account_id: i64,
    folder_id: Option<i64>,
    window: Window,
    limit: i64,
) -> Result<Stretch> {
    match folder_id {
        Some(folder_id) => {
            let values = params![account_id, folder_id];
            LIST_IN.read(db, window, limit, values).await
        }
        None => LIST.read(db, window, limit, params![account_id]).await,
    }
}

row! {
    /// One row of `bookmark_folders`.
    #[derive(Debug)]
    pub struct FolderRow {
        /// Names it.
        pub id: i64,
        /// As its member calls it.
        pub name: String,
        /// That apps show with it.
        pub emoji: Option<String>,
    }
}

const INSERT_FOLDER: Sql = sql!(
    "INSERT INTO bookmark_folders (id, account_id, name, emoji)
     SELECT $1, $2, $3, $4
      WHERE (SELECT count(*) FROM bookmark_folders WHERE account_id = $2) < $5"
);
const CHANGE_FOLDER: Sql =
    sql!("UPDATE bookmark_folders SET name = $3, emoji = $4 WHERE account_id = $1 AND id = $2");
const DELETE_FOLDER: Sql = sql!("DELETE FROM bookmark_folders WHERE account_id = $1 AND id = $2");
const FOLDER: Sql<FolderRow> = sql!(
    row: FolderRow,
    "SELECT id, name, emoji FROM bookmark_folders WHERE account_id = $1 AND id = $2"
);
/// Counts on `bookmark_folders_by_account`.
const FOLDERS: Sql<FolderRow> = sql!(
    row: FolderRow,
    "SELECT id, name, emoji FROM bookmark_folders WHERE account_id = $1 ORDER BY id LIMIT $2"
);

/// Whether there was room for it.
/// Undoes the whole transaction where there are `most`.
pub fn insert_folder(tx: &mut Tx, account_id: i64, folder: &FolderRow, most: i64) {
    let values = params![
        folder.id,
        account_id,
        folder.name.as_str(),
        folder.emoji.as_deref(),
        most
    ];
    tx.must(INSERT_FOLDER, values);
}

/// Whether it was theirs to change.
pub async fn change_folder(db: &Db, account_id: i64, folder: &FolderRow) -> Result<bool> {
    let values = params![
        account_id,
        folder.id,
        folder.name.as_str(),
        folder.emoji.as_deref()
    ];
    Ok(db.exec(CHANGE_FOLDER, values).await? > 0)
}

pub async fn delete_folder(db: &Db, account_id: i64, id: i64) -> Result<()> {
    db.exec(DELETE_FOLDER, params![account_id, id]).await?;
    Ok(())
}

pub async fn folder(db: &Db, account_id: i64, id: i64) -> Result<Option<FolderRow>> {
    Ok(db.opt(FOLDER, params![account_id, id]).await?)
}

pub async fn folders(db: &Db, account_id: i64, most: i64) -> Result<Vec<FolderRow>> {
    Ok(db.all(FOLDERS, params![account_id, most]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM bookmarks
          WHERE account_id = $1 AND id IN (SELECT id FROM bookmarks WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM bookmark_folders
          WHERE account_id = $1 AND id IN (SELECT id FROM bookmark_folders WHERE account_id = $1 LIMIT $2)"
    ),
];
