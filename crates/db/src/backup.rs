//! A copy of the database while it is in use.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::error::DbError;
use crate::open::{Db, Engine};
use crate::sqlite::{opening, own};

impl Db {
    /// Writes a copy of the database, as it is at one moment, to a new file. Readers and the writer
    /// go on meanwhile. The file is there only once it is whole; one that exists already is left
    /// alone, with an error.
    ///
    /// Only for SQLite: for PostgreSQL the error names `pg_dump`.
    pub async fn backup_to(&self, path: &Path) -> Result<(), DbError> {
        let Engine::Sqlite(sqlite) = &*self.0 else {
            return Err(DbError::failed(
                "could not back up: PostgreSQL is backed up with its own program, pg_dump",
            ));
        };
        let from = sqlite.another()?;
        let path = path.to_owned();
        let copied = tokio::task::spawn_blocking(move || copy(&from, &path));
        copied.await.map_err(|_| DbError::stopped())?
    }
}

fn copy(from: &Connection, path: &Path) -> Result<(), DbError> {
    if path.exists() {
        return Err(not(path, "the file exists already"));
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let done = fill(from, &unfinished)
        .and_then(|()| std::fs::rename(&unfinished, path).map_err(|error| not(path, &error)));
    if done.is_err() {
        // What is left of it is of no use; that it may not be there is fine.
        let _absent = std::fs::remove_file(&unfinished);
    }
    done
}

fn fill(from: &Connection, unfinished: &Path) -> Result<(), DbError> {
    // Left behind by a backup that was killed.
    if unfinished.exists() {
        std::fs::remove_file(unfinished).map_err(|error| not(unfinished, &error))?;
    }
    own(unfinished);
    let mut to = Connection::open(unfinished).map_err(|error| opening(unfinished, error))?;
    {
        let backup = Backup::new(from, &mut to).map_err(|error| not(unfinished, &error))?;
        // All in one step: taken in several, it starts anew whenever something is written, and may
        // never end. In one it reads from a snapshot, and nobody waits for it.
        match backup.step(-1).map_err(|error| not(unfinished, &error))? {
            StepResult::Done => {}
            _ => return Err(not(unfinished, "the database is locked by another program")),
        }
    }
    to.close().map_err(|(_, error)| not(unfinished, &error))?;
    std::fs::File::open(unfinished)
        .and_then(|file| file.sync_all())
        .map_err(|error| not(unfinished, &error))
}

fn not(path: &Path, why: impl std::fmt::Display) -> DbError {
    DbError::failed(format!("could not back up to {}: {why}", path.display()))
}
