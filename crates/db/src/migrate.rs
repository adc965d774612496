//! Bringing a database to this program's version: numbered texts, each applied once, all pending
//! ones in one transaction, by one node at a time.

use rusqlite::Connection;
use tokio_postgres::error::SqlState;

use crate::error::DbError;
use crate::open::{Db, Engine};
use crate::postgres::Postgres;
use crate::rewrite::for_sqlite;
use crate::sqlite::run::plain;

/// One step from one version of the database to the next. Made by [`crate::migration!`].
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place, counted from 1 without gaps.
    pub number: u32,
    /// What it is about, in a word or two.
    pub name: &'static str,
    /// Its text for SQLite. Column words are rewritten and tables made STRICT, so it may be
    /// PostgreSQL's.
    pub sqlite: &'static str,
    /// Its text for PostgreSQL.
    pub postgres: &'static str,
}

/// Makes a [`Migration`] from its files, whose paths are relative to the file this stands in.
///
/// ```ignore
/// const MIGRATIONS: &[Migration] = &[
///     migration!(1, "first", "../../migrations/0001_first.sql"),
///     migration!(
///         2,
///         "search",
///         sqlite: "../../migrations/0002_search.sqlite.sql",
///         postgres: "../../migrations/0002_search.postgres.sql",
///     ),
/// ];
/// ```
///
/// A text for both engines is written with PostgreSQL's column words; for SQLite `BIGINT` and
/// `BOOLEAN` become `INTEGER`, `BYTEA` `BLOB`, `JSONB` `TEXT`, `DOUBLE PRECISION` `REAL`, and each
/// `CREATE TABLE` is made `STRICT`. A text does not begin or end transactions. Once released it
/// never changes: its checksum is kept in the database.
#[macro_export]
macro_rules! migration {
    ($number:literal, $name:literal, $both:literal $(,)?) => {
        $crate::migration!($number, $name, sqlite: $both, postgres: $both)
    };
    ($number:literal, $name:literal, sqlite: $sqlite:literal, postgres: $postgres:literal $(,)?) => {
        $crate::Migration {
            number: $number,
            name: $name,
            sqlite: ::std::include_str!($sqlite),
            postgres: ::std::include_str!($postgres),
        }
    };
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
)";

const APPLIED: &str = "SELECT number, name, checksum
    FROM schema_migrations
    WHERE number > 0
    ORDER BY number";

const RECORD: &str = "INSERT INTO schema_migrations (number, name, checksum, applied_at)
    VALUES ($1, $2, $3, $4)";

/// The longest a node waits for another that is migrating.
const LOCK_WAIT: &str = "10min";

struct Applied {
    number: i64,
    name: String,
    checksum: String,
}

impl Db {
    /// Applies what is pending, in one transaction, and says how many that were. Several nodes may
    /// call it at once: one migrates, the others wait and find nothing to do. `now_ms` is recorded
    /// as the time of it.
    ///
    /// Refuses with [`DbError::Newer`] when the database was migrated by a newer program, and with
    /// a sentence when an applied migration is not the one this program carries.
    pub async fn migrate(&self, migrations: &[Migration], now_ms: i64) -> Result<usize, DbError> {
        in_order(migrations)?;
        match &*self.0 {
            Engine::Sqlite(sqlite) => {
                let migrations = migrations.to_vec();
                sqlite
                    .alone(move |conn| on_sqlite(conn, &migrations, now_ms))
                    .await
            }
            Engine::Postgres(postgres) => on_postgres(postgres, migrations, now_ms).await,
        }
    }

    /// How many migrations are not applied yet; refuses as [`Db::migrate`] does. Changes nothing.
    pub async fn pending(&self, migrations: &[Migration]) -> Result<usize, DbError> {
        in_order(migrations)?;
        let applied = match &*self.0 {
            Engine::Sqlite(sqlite) => {
                sqlite
                    .read(|conn| {
                        let exists = conn
                            .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'")
                            .and_then(|mut table| table.exists([]))
                            .map_err(DbError::sqlite)?;
                        if exists {
                            applied_on_sqlite(conn)
                        } else {
                            Ok(Vec::new())
                        }
                    })
                    .await?
            }
            Engine::Postgres(postgres) => {
                let client = postgres.client().await?;
                let exists = client
                    .query_one("SELECT to_regclass('schema_migrations') IS NOT NULL", &[])
                    .await
                    .map_err(DbError::postgres)?;
                if exists.get(0) {
                    applied_on_postgres(&client).await?
                } else {
                    Vec::new()
                }
            }
        };
        pending(&applied, migrations, |migration| self.text_of(migration)).map(<[_]>::len)
    }

    fn text_of(&self, migration: &Migration) -> &'static str {
        match &*self.0 {
            Engine::Sqlite(_) => migration.sqlite,
            Engine::Postgres(_) => migration.postgres,
        }
    }
}

fn on_sqlite(conn: &Connection, migrations: &[Migration], now_ms: i64) -> Result<usize, DbError> {
    // Rebuilding a table drops the old one, which must not take along what refers to it. Has no
    // effect inside a transaction.
    plain(conn, "PRAGMA foreign_keys = OFF")?;
    let done = apply_on_sqlite(conn, migrations, now_ms);
    if !conn.is_autocommit() {
        plain(conn, "ROLLBACK")?;
    }
    plain(conn, "PRAGMA foreign_keys = ON")?;
    done
}

fn apply_on_sqlite(
    conn: &Connection,
    migrations: &[Migration],
    now_ms: i64,
) -> Result<usize, DbError> {
    // Takes the file's write lock at once: another process waits here.
    plain(conn, "BEGIN IMMEDIATE")?;
    plain(conn, &for_sqlite(TABLE))?;
    let applied = applied_on_sqlite(conn)?;
    let pending = pending(&applied, migrations, |migration| migration.sqlite)?;
    for migration in pending {
        conn.execute_batch(&for_sqlite(migration.sqlite))
            .map_err(|error| not_applied(migration, &DbError::sqlite(error)))?;
        if conn.is_autocommit() {
            return Err(not_applied(
                migration,
                &"it ends the transaction it runs in",
            ));
        }
        let checksum = checksum(migration.sqlite);
        conn.execute(RECORD, (migration.number, migration.name, checksum, now_ms))
            .map_err(DbError::sqlite)?;
    }
    let dangling = conn
        .prepare("PRAGMA foreign_key_check")
        .and_then(|mut check| check.exists([]))
        .map_err(DbError::sqlite)?;
    if dangling {
        return Err(DbError::failed(
            "the migrations leave a row that refers to nothing",
        ));
    }
    plain(conn, "COMMIT")?;
    Ok(pending.len())
}

fn applied_on_sqlite(conn: &Connection) -> Result<Vec<Applied>, DbError> {
    let mut statement = conn.prepare(APPLIED).map_err(DbError::sqlite)?;
    let applied = statement
        .query_map([], |row| {
            Ok(Applied {
                number: row.get(0)?,
                name: row.get(1)?,
                checksum: row.get(2)?,
            })
        })
        .map_err(DbError::sqlite)?;
    applied.collect::<Result<_, _>>().map_err(DbError::sqlite)
}

async fn on_postgres(
    postgres: &Postgres,
    migrations: &[Migration],
    now_ms: i64,
) -> Result<usize, DbError> {
    let client = postgres.client().await?;
    make_table(&client).await?;
    let open = crate::postgres::Open::new(client);
    let client = open.client()?;
    // The lock is a row, not an advisory lock, because not every server of PostgreSQL's dialect has
    // those.
    let begin = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED;
         SET LOCAL statement_timeout = 0;
         SET LOCAL lock_timeout = '{LOCK_WAIT}';
         UPDATE schema_migrations SET applied_at = applied_at WHERE number = 0;"
    );
    client
        .batch_execute(&begin)
        .await
        .map_err(DbError::postgres)?;
    let applied = applied_on_postgres(client).await?;
    let pending = pending(&applied, migrations, |migration| migration.postgres)?;
    for migration in pending {
        client
            .batch_execute(migration.postgres)
            .await
            .map_err(|error| not_applied(migration, &DbError::postgres(error)))?;
        let number = i64::from(migration.number);
        let checksum = checksum(migration.postgres);
        client
            .execute(RECORD, &[&number, &migration.name, &checksum, &now_ms])
            .await
            .map_err(DbError::postgres)?;
    }
    client
        .batch_execute("COMMIT")
        .await
        .map_err(DbError::postgres)?;
    open.close();
    Ok(pending.len())
}

/// Makes the table and the row that serves as the lock, number 0.
async fn make_table(client: &tokio_postgres::Client) -> Result<(), DbError> {
    let text = format!(
        "{TABLE};
         INSERT INTO schema_migrations (number, name, checksum, applied_at)
         VALUES (0, 'lock', '', 0)
         ON CONFLICT (number) DO NOTHING;"
    );
    // `IF NOT EXISTS` does not see a table that another node is making in this moment; the next
    // try does.
    for _ in 0..5 {
        match client.batch_execute(&text).await {
            Ok(()) => return Ok(()),
            Err(error)
                if matches!(
                    error.code(),
                    Some(
                        &SqlState::UNIQUE_VIOLATION
                            | &SqlState::DUPLICATE_TABLE
                            | &SqlState::DUPLICATE_OBJECT
                    )
                ) => {}
            Err(error) => return Err(DbError::postgres(error)),
        }
    }
    Err(DbError::failed(
        "could not make the table schema_migrations: another node keeps making it",
    ))
}

async fn applied_on_postgres(client: &tokio_postgres::Client) -> Result<Vec<Applied>, DbError> {
    let rows = client
        .query(APPLIED, &[])
        .await
        .map_err(DbError::postgres)?;
    Ok(rows
        .iter()
        .map(|row| Applied {
            number: row.get(0),
            name: row.get(1),
            checksum: row.get(2),
        })
        .collect())
}

/// The migrations behind the applied ones, after comparing those.
fn pending<'m>(
    applied: &[Applied],
    migrations: &'m [Migration],
    text: impl Fn(&Migration) -> &'static str,
) -> Result<&'m [Migration], DbError> {
    let known = migrations.last().map_or(0, |migration| migration.number);
    if let Some(last) = applied.last()
        && last.number > i64::from(known)
    {
        let found = u32::try_from(last.number).unwrap_or(u32::MAX);
        return Err(DbError::Newer { found, known });
    }
    for (applied, migration) in applied.iter().zip(migrations) {
        let same = applied.number == i64::from(migration.number)
            && applied.checksum == checksum(text(migration));
        if !same {
            return Err(DbError::failed(format!(
                "migration {} ({}) is not the one that was applied to this database as {} ({}): what was released must not be edited, write a new migration",
                migration.number, migration.name, applied.number, applied.name
            )));
        }
    }
    // As many as are recorded are the same, so the rest is pending.
    Ok(&migrations[applied.len().min(migrations.len())..])
}

fn in_order(migrations: &[Migration]) -> Result<(), DbError> {
    for (expected, migration) in (1..).zip(migrations) {
        if migration.number != expected {
            return Err(DbError::failed(format!(
                "migration {} ({}) stands where number {expected} is due",
                migration.number, migration.name
            )));
        }
    }
    Ok(())
}

fn not_applied(migration: &Migration, why: &dyn std::fmt::Display) -> DbError {
    DbError::failed(format!(
        "could not apply migration {} ({}): {why}; nothing was changed",
        migration.number, migration.name
    ))
}

/// FNV-1a over the text without carriage returns, which a checkout may add. It guards against
/// mistakes, not against malice.
fn checksum(text: &str) -> String {
    let mut sum = 0xCBF2_9CE4_8422_2325_u64;
    for byte in text.bytes().filter(|byte| *byte != b'\r') {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    format!("{sum:016x}")
}
