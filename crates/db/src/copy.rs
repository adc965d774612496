//! A copy of the database to try things on, always as an SQLite file.

use std::path::{Path, PathBuf};

use futures_util::{TryStreamExt, pin_mut};
use rusqlite::Connection;
use rusqlite::types::Value as Owned;
use tokio::sync::mpsc;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use crate::error::DbError;
use crate::migrate::Migration;
use crate::open::{Db, Engine};
use crate::row::Kind;
use crate::schema::{Schema, SchemaColumn, Table};
use crate::sqlite::Durability;

/// Rows handed over at a time: enough that neither side waits for the other, and little memory.
const BATCH: usize = 500;

/// Everything as of one moment; nothing can be written from here, and nobody waits for it.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0";

impl Db {
    /// Writes a copy of the database, as it is at one moment, to a new SQLite file: of SQLite as
    /// [`Db::backup_to`] does; of PostgreSQL table by table, out of one transaction that can only
    /// read. Whoever uses the database goes on meanwhile.
    ///
    /// `migrations` are those of this program. PostgreSQL's tables must be as they leave them, or
    /// the error says so; SQLite's are copied as they are.
    pub async fn copy_to(
        &self,
        path: &Path,
        migrations: &[Migration],
        now_ms: i64,
    ) -> Result<(), DbError> {
        let Engine::Postgres(postgres) = &*self.0 else {
            return self.backup_to(path).await;
        };
        let mut schema = self.schema().await?;
        shape(path, migrations, &schema, now_ms).await?;
        // Which migrations made the copy is known to the copy: their texts differ from engine to engine.
        schema
            .tables
            .retain(|table| table.name != "schema_migrations");
        // Taken out of the pool: where this breaks off, the transaction ends with the connection.
        let client = deadpool_postgres::Object::take(postgres.client().await?);
        let (rows, waiting) = mpsc::channel(4);
        let to = path.to_owned();
        let names = schema.tables.clone();
        let writing = tokio::task::spawn_blocking(move || write(&to, &names, waiting));
        let read = read(&client, &schema, &rows).await;
        drop(rows);
        let written = writing.await.map_err(|_| DbError::stopped())?;
        // What the writer says is the cause where both fail.
        written.and(read)
    }
}

/// Makes the file with all its tables, which must be those of the original.
async fn shape(
    path: &Path,
    migrations: &[Migration],
    schema: &Schema,
    now_ms: i64,
) -> Result<(), DbError> {
    let text = path
        .to_str()
        .ok_or_else(|| not(path, "its name is not UTF-8"))?;
    let copy = Db::open_sqlite(text, Durability::PowerCut).await?;
    copy.migrate(migrations, now_ms).await?;
    if copy.schema().await? == *schema {
        return Ok(());
    }
    Err(DbError::failed(
        "could not copy the database: its tables are of another version of this program; run `comity migrate` with \
         the version that serves, or use that version",
    ))
}

/// Rows of the table with this place.
type Rows = (usize, Vec<Vec<Owned>>);

async fn read(client: &Client, schema: &Schema, rows: &mpsc::Sender<Rows>) -> Result<(), DbError> {
    client
        .batch_execute(BEGIN)
        .await
        .map_err(DbError::postgres)?;
    for (place, table) in schema.tables.iter().enumerate() {
        let none: [&(dyn ToSql + Sync); 0] = [];
        let found = client
            .query_raw(&select(table), none)
            .await
            .map_err(DbError::postgres)?;
        pin_mut!(found);
        let mut batch = Vec::new();
        while let Some(row) = found.try_next().await.map_err(DbError::postgres)? {
            batch.push(values(&row).map_err(DbError::postgres)?);
            if batch.len() == BATCH {
                hand_over(rows, (place, std::mem::take(&mut batch))).await?;
            }
        }
        hand_over(rows, (place, batch)).await?;
    }
    client
        .batch_execute("ROLLBACK")
        .await
        .map_err(DbError::postgres)
}

async fn hand_over(rows: &mpsc::Sender<Rows>, batch: Rows) -> Result<(), DbError> {
    // Where nobody takes them any more, the writer says why.
    rows.send(batch).await.map_err(|_| DbError::stopped())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn select(table: &Table) -> String {
    let column = |column: &SchemaColumn| match column.kind {
        Kind::Text => format!("{}::text", quoted(&column.name)),
        Kind::Real => format!("{}::float8", quoted(&column.name)),
        _ => quoted(&column.name),
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    format!("SELECT {} FROM {}", columns.join(", "), quoted(&table.name))
}

fn insert(table: &Table) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| quoted(&column.name))
        .collect();
    let places = vec!["?"; columns.len()].join(", ");
    format!(
        "INSERT INTO {} ({}) VALUES ({places})",
        quoted(&table.name),
        columns.join(", ")
    )
}

fn values(row: &Row) -> Result<Vec<Owned>, tokio_postgres::Error> {
    let one = |place: usize, column: &tokio_postgres::Column| {
        let kind = column.type_();
        Ok(match *kind {
            Type::BOOL => owned(row.try_get::<_, Option<bool>>(place)?),
            Type::INT2 => owned(row.try_get::<_, Option<i16>>(place)?),
            Type::INT4 => owned(row.try_get::<_, Option<i32>>(place)?),
            Type::INT8 => owned(row.try_get::<_, Option<i64>>(place)?),
            Type::FLOAT8 => owned(row.try_get::<_, Option<f64>>(place)?),
            Type::BYTEA => owned(row.try_get::<_, Option<Vec<u8>>>(place)?),
            _ => owned(row.try_get::<_, Option<String>>(place)?),
        })
    };
    row.columns()
        .iter()
        .enumerate()
        .map(|(place, column)| one(place, column))
        .collect()
}

fn owned<T: Into<Owned>>(value: Option<T>) -> Owned {
    value.map_or(Owned::Null, Into::into)
}

fn write(path: &PathBuf, tables: &[Table], mut rows: mpsc::Receiver<Rows>) -> Result<(), DbError> {
    let failed = |error: rusqlite::Error| not(path, &error);
    let mut to = Connection::open(path).map_err(failed)?;
    // Rows come in the order of tables' names, and refer to each other.
    to.execute_batch("PRAGMA foreign_keys = OFF")
        .map_err(failed)?;
    let all = to.transaction().map_err(failed)?;
    for table in tables {
        // Migrations leave some first rows.
        all.execute(&format!("DELETE FROM {}", quoted(&table.name)), [])
            .map_err(failed)?;
    }
    while let Some((place, batch)) = rows.blocking_recv() {
        let mut insert = all
            .prepare_cached(&insert(&tables[place]))
            .map_err(failed)?;
        for row in batch {
            insert
                .execute(rusqlite::params_from_iter(row))
                .map_err(failed)?;
        }
    }
    all.commit().map_err(failed)
}

fn not(path: &Path, why: impl std::fmt::Display) -> DbError {
    DbError::failed(format!("could not copy to {}: {why}", path.display()))
}
