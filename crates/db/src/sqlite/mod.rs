//! SQLite: a file, one thread that writes, some that read what takes long.

mod functions;
mod readers;
pub(crate) mod run;
mod spot;
mod watch;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::broadcast;

use crate::error::DbError;
use crate::news;
use readers::Readers;
pub(crate) use run::Ran;
use spot::Spot;
pub(crate) use watch::Watch;
use writer::Writer;

/// Statements kept prepared per connection: more than the server has, so that none is prepared
/// twice.
const PREPARED: usize = 1024;

/// Readers at most: beyond this the disk is the limit, not the threads.
const READERS_MAX: usize = 16;

/// Pages the writer keeps in memory, in KiB: those it changes often.
const WRITER_CACHE_KIB: u32 = 16_384;

/// Pages a reader keeps, in KiB. Each commit makes it begin anew, so it is the page cache of the system that counts.
const READER_CACHE_KIB: u32 = 1_024;

/// How long a statement waits for another process (the command line, a backup) to let go of the
/// file.
const BUSY_WAIT_MS: u32 = 5_000;

/// An open SQLite file.
pub(crate) struct Sqlite {
    // Readers first: the last connection to close is the writer's, and it folds the log into the
    // file.
    spot: Spot,
    readers: Readers,
    writer: Writer,
    path: PathBuf,
    /// What this process tells itself.
    pub(crate) news: broadcast::Sender<Arc<str>>,
}

/// What an acknowledged write survives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A power cut: `synchronous = FULL`.
    PowerCut,
    /// The death of the process only. For throw-away databases, which it makes several times
    /// faster.
    #[cfg(feature = "testing")]
    Crash,
}

impl Sqlite {
    /// Opens the file, making it if it is not there. Blocks.
    pub(crate) fn open(path: PathBuf, durability: Durability) -> Result<Sqlite, DbError> {
        let told = |error| opening(&path, error);
        own(&path);
        let writer = connect(&path, WRITER_CACHE_KIB).map_err(told)?;
        write_ahead(&writer, durability).map_err(told)?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let several = || {
            (0..cores.clamp(2, READERS_MAX))
                .map(|_| {
                    let reader = connect(&path, READER_CACHE_KIB)?;
                    reader.pragma_update(None, "query_only", true)?;
                    Ok(reader)
                })
                .collect::<rusqlite::Result<Vec<Connection>>>()
                .map_err(told)
        };
        Ok(Sqlite {
            spot: Spot::new(several()?)?,
            readers: Readers::start(several()?)?,
            writer: Writer::start(writer)?,
            path,
            news: news::channel(),
        })
    }

    /// Answers a question: here, when it is a short one, and on a reader otherwise. It may be asked
    /// twice.
    pub(crate) async fn look<R: Send + 'static>(
        &self,
        question: impl Fn(&Connection) -> Result<R, DbError> + Send + 'static,
    ) -> Result<R, DbError> {
        // Whoever asks much in a row lets others have their turn now and then.
        tokio::task::consume_budget().await;
        match self.spot.ask(&question) {
            Some(answer) => answer,
            None => self.readers.ask(question).await,
        }
    }

    /// Runs a question on a reader.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<R, DbError> + Send + 'static,
    ) -> Result<R, DbError> {
        self.readers.ask(question).await
    }

    /// Runs a change on the writer, together with others in one transaction; returns after the
    /// commit. The change may be run again from the start when a neighbour took the whole
    /// transaction down.
    pub(crate) async fn write<R: Send + 'static>(
        &self,
        change: impl FnMut(&Connection) -> Result<Ran<R>, DbError> + Send + 'static,
    ) -> Result<R, DbError> {
        self.writer.change(change).await
    }

    /// Tells news to whoever listens in this process.
    pub(crate) fn tell(&self, bundles: Vec<String>) {
        for bundle in bundles {
            // Nobody listening is no error.
            let _ = self.news.send(bundle.into());
        }
    }

    /// Runs something on the writer outside any transaction, alone and without a time limit.
    pub(crate) async fn alone<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Connection) -> Result<R, DbError> + Send + 'static,
    ) -> Result<R, DbError> {
        self.writer.alone(act).await
    }

    /// A further connection, for what would keep a reader busy for long.
    pub(crate) fn another(&self) -> Result<Connection, DbError> {
        connect(&self.path, READER_CACHE_KIB).map_err(|error| opening(&self.path, error))
    }
}

/// Makes the file if it is not there, readable by its owner alone: keys and hashes of passwords go into
/// it. What SQLite puts beside it is as readable as it is. Whatever goes wrong is told on opening.
pub(crate) fn own(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let _told_on_opening = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
}

/// A connection with what every one of ours has.
fn connect(path: &Path, cache_kib: u32) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    conn.set_prepared_statement_cache_capacity(PREPARED);
    // As much as SQLite maps is read where the system has it, instead of copied: what a connection has copied is worth nothing
    // after the next commit. Such pages count as this process's memory, but the system takes them back when it needs room.
    conn.execute_batch(&format!(
        "PRAGMA busy_timeout = {BUSY_WAIT_MS};
         PRAGMA foreign_keys = ON;
         PRAGMA mmap_size = 2147418112;
         PRAGMA cache_size = -{cache_kib};
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;"
    ))?;
    // Otherwise a statement is planned anew for each value that it is given.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    functions::add(&conn)?;
    Ok(conn)
}

/// Makes the log, so that readers and the writer do not wait for each other.
fn write_ahead(conn: &Connection, durability: Durability) -> rusqlite::Result<()> {
    conn.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::PowerCut => "FULL",
        #[cfg(feature = "testing")]
        Durability::Crash => "OFF",
    };
    conn.pragma_update(None, "synchronous", synchronous)?;
    // The log is folded into the file every 16 MiB instead of 4: pages that change often are then
    // written less often.
    conn.pragma_update(None, "wal_autocheckpoint", 4096)?;
    // A log that grew in a busy hour is cut back to 64 MiB.
    conn.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)
}

/// Says what stands in the way of opening a file.
pub(crate) fn opening(path: &Path, error: rusqlite::Error) -> DbError {
    let path = path.display();
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is not an SQLite database".to_owned(),
        Some(ErrorCode::CannotOpen) => {
            "its directory is missing or may not be written to".to_owned()
        }
        Some(ErrorCode::ReadOnly) => "it may not be written to".to_owned(),
        Some(ErrorCode::PermissionDenied) => "it may not be read".to_owned(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds it".to_owned()
        }
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        _ => error.to_string(),
    };
    DbError::caused(format!("could not open the database {path}: {why}"), error)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Durability, Sqlite};
    use crate::sqlite::run::plain;

    #[tokio::test]
    async fn nobody_else_on_the_machine_reads_the_file() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("comity.db");
        let db = Sqlite::open(path.clone(), Durability::PowerCut)?;
        db.alone(|conn| plain(conn, "CREATE TABLE t (a)")).await?;
        for file in std::fs::read_dir(folder.path())? {
            let file = file?;
            let mode = file.metadata()?.permissions().mode();
            assert_eq!(mode & 0o077, 0, "{:?}: {mode:o}", file.file_name());
        }
        drop(db);
        Ok(())
    }
}
