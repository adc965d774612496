//! What tables there are, told in the same words for both engines, so that a test can compare them.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::DbError;
use crate::open::{Db, Engine};
use crate::row::Kind;

/// The tables of a database. Equal on both engines when the migrations say the same to both.
///
/// What only one engine has is left out: virtual tables and their parts, and columns of kinds
/// outside the vocabulary (PostgreSQL's `tsvector`). A `BOOLEAN` counts as an integer, as SQLite
/// stores it, and `JSONB` as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// By name.
    pub tables: Vec<Table>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// By name.
    pub columns: Vec<SchemaColumn>,
    /// Primary and unique keys, in the order of their columns' names.
    pub unique: Vec<UniqueKey>,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be `NULL`.
    pub nullable: bool,
}

/// Columns whose values together occur once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UniqueKey {
    /// By name; an expression is called `(expression)`.
    pub columns: Vec<String>,
    /// Whether it holds only for some rows (`WHERE`).
    pub partial: bool,
}

/// A fact about a table, as either engine's catalogue gives it.
enum Fact {
    Column(SchemaColumn),
    Key(UniqueKey),
}

impl Db {
    /// Reads the tables of this database.
    pub async fn schema(&self) -> Result<Schema, DbError> {
        let facts = match &*self.0 {
            Engine::Sqlite(sqlite) => {
                sqlite
                    .read(|conn| of_sqlite(conn).map_err(DbError::sqlite))
                    .await?
            }
            Engine::Postgres(postgres) => {
                let client = postgres.client().await?;
                of_postgres(&client).await.map_err(DbError::postgres)?
            }
        };
        Ok(Schema::from_facts(facts))
    }
}

impl Schema {
    fn from_facts(facts: Vec<(String, Fact)>) -> Schema {
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        for (name, fact) in facts {
            let table = tables.entry(name.clone()).or_insert_with(|| Table {
                name,
                columns: Vec::new(),
                unique: Vec::new(),
            });
            match fact {
                Fact::Column(column) => table.columns.push(column),
                Fact::Key(mut key) => {
                    key.columns.sort();
                    table.unique.push(key);
                }
            }
        }
        for table in tables.values_mut() {
            table.columns.sort();
            table.unique.sort();
            table.unique.dedup();
        }
        Schema {
            tables: tables.into_values().collect(),
        }
    }
}

fn of_sqlite(conn: &Connection) -> rusqlite::Result<Vec<(String, Fact)>> {
    let mut facts = Vec::new();
    let mut columns = conn.prepare(
        "SELECT t.name, c.name, c.type, c.\"notnull\" = 0 AND c.pk = 0, c.pk > 0
        FROM pragma_table_list AS t
        JOIN pragma_table_info(t.name) AS c
        WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let mut primary: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut rows = columns.query([])?;
    while let Some(row) = rows.next()? {
        let (table, name): (String, String) = (row.get(0)?, row.get(1)?);
        if row.get(4)? {
            primary.entry(table.clone()).or_default().push(name.clone());
        }
        if let Some(kind) = kind_of_sqlite(&row.get::<_, String>(2)?) {
            facts.push((
                table,
                Fact::Column(SchemaColumn {
                    name,
                    kind,
                    nullable: row.get(3)?,
                }),
            ));
        }
    }
    for (table, columns) in primary {
        facts.push((
            table,
            Fact::Key(UniqueKey {
                columns,
                partial: false,
            }),
        ));
    }
    let mut keys = conn.prepare(
        "SELECT t.name, i.name, i.partial, c.name
        FROM pragma_table_list AS t
        JOIN pragma_index_list(t.name) AS i
        JOIN pragma_index_info(i.name) AS c
        WHERE t.schema = 'main' AND t.type = 'table' AND i.\"unique\" AND i.origin <> 'pk'",
    )?;
    let mut found: BTreeMap<(String, String), UniqueKey> = BTreeMap::new();
    let mut rows = keys.query([])?;
    while let Some(row) = rows.next()? {
        let partial = row.get(2)?;
        let key = found
            .entry((row.get(0)?, row.get(1)?))
            .or_insert_with(|| UniqueKey {
                columns: Vec::new(),
                partial,
            });
        key.columns
            .push(row.get::<_, Option<String>>(3)?.unwrap_or_else(expression));
    }
    facts.extend(
        found
            .into_iter()
            .map(|((table, _), key)| (table, Fact::Key(key))),
    );
    Ok(facts)
}

async fn of_postgres(
    client: &tokio_postgres::Client,
) -> Result<Vec<(String, Fact)>, tokio_postgres::Error> {
    let mut facts = Vec::new();
    let columns = client
        .query(
            "SELECT t.relname::text, c.attname::text, ty.typname::text, NOT c.attnotnull
            FROM pg_class AS t
            JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
            JOIN pg_type AS ty ON ty.oid = c.atttypid
            WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace",
            &[],
        )
        .await?;
    for row in &columns {
        if let Some(kind) = kind_of_postgres(row.get(2)) {
            let column = SchemaColumn {
                name: row.get(1),
                kind,
                nullable: row.get(3),
            };
            facts.push((row.get(0), Fact::Column(column)));
        }
    }
    let keys = client
        .query(
            "SELECT t.relname::text, i.indexrelid::regclass::text, i.indpred IS NOT NULL, c.attname::text
            FROM pg_index AS i
            JOIN pg_class AS t ON t.oid = i.indrelid
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) AS k(attnum)
            LEFT JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.attnum AND k.attnum > 0
            WHERE i.indisunique AND t.relnamespace = current_schema()::regnamespace",
            &[],
        )
        .await?;
    let mut found: BTreeMap<(String, String), UniqueKey> = BTreeMap::new();
    for row in &keys {
        let partial = row.get(2);
        let key = found
            .entry((row.get(0), row.get(1)))
            .or_insert_with(|| UniqueKey {
                columns: Vec::new(),
                partial,
            });
        key.columns
            .push(row.get::<_, Option<String>>(3).unwrap_or_else(expression));
    }
    facts.extend(
        found
            .into_iter()
            .map(|((table, _), key)| (table, Fact::Key(key))),
    );
    Ok(facts)
}

fn expression() -> String {
    "(expression)".to_owned()
}

/// What a column of a STRICT table holds.
pub(crate) fn kind_of_sqlite(declared: &str) -> Option<Kind> {
    match declared {
        "INTEGER" | "INT" => Some(Kind::Int),
        "REAL" => Some(Kind::Real),
        "TEXT" => Some(Kind::Text),
        "BLOB" => Some(Kind::Blob),
        _ => None,
    }
}

fn kind_of_postgres(type_name: &str) -> Option<Kind> {
    match type_name {
        "int8" | "int4" | "int2" | "bool" => Some(Kind::Int),
        "float8" | "float4" => Some(Kind::Real),
        "text" | "varchar" | "bpchar" | "json" | "jsonb" => Some(Kind::Text),
        "bytea" => Some(Kind::Blob),
        _ => None,
    }
}
