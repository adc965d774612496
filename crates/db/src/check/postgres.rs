//! The check on PostgreSQL.

use std::collections::{BTreeSet, HashMap};

use deadpool_postgres::Object;
use postgres_types::Type;
use tokio_postgres::{SimpleQueryMessage, Statement};

use super::{Found, Problem, columns, full_scan, parameters};
use crate::error::{DbError, with_sources};
use crate::postgres::{Open, Postgres};
use crate::row::Kind;
use crate::sql::Registered;
use crate::token::tokens;

/// Whether a table's column may be `NULL`, by the table's and the column's number.
type Nullable = HashMap<(u32, i16), bool>;

pub(super) async fn check(
    postgres: &Postgres,
    big: &BTreeSet<String>,
    registered: &[&'static Registered],
) -> Result<Vec<Problem>, DbError> {
    // The settings below must not return to the pool: `Open` throws the connection away.
    let open = Open::new(postgres.client().await?);
    let client = open.client()?;
    client
        .batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
        .await
        .map_err(DbError::postgres)?;
    let nullable = nullable(client).await.map_err(DbError::postgres)?;
    let mut problems = Vec::new();
    for statement in registered {
        let wrong = wrong(client, big, &nullable, statement).await;
        problems.extend(wrong.into_iter().map(|what| Problem {
            at: statement.at,
            engine: "PostgreSQL",
            what,
            statement: statement.postgres,
        }));
    }
    Ok(problems)
}

async fn nullable(client: &Object) -> Result<Nullable, tokio_postgres::Error> {
    let rows = client
        .query(
            "SELECT c.attrelid, c.attnum, NOT c.attnotnull
            FROM pg_attribute AS c
            JOIN pg_class AS t ON t.oid = c.attrelid
            WHERE t.relnamespace = current_schema()::regnamespace",
            &[],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| ((row.get(0), row.get(1)), row.get(2)))
        .collect())
}

async fn wrong(
    client: &Object,
    big: &BTreeSet<String>,
    nullable: &Nullable,
    registered: &Registered,
) -> Vec<String> {
    let text = registered.postgres;
    let tokens = tokens(text);
    if let Err(gap) = parameters(&tokens) {
        return vec![gap];
    }
    let prepared = match client.prepare(text).await {
        Ok(prepared) => prepared,
        Err(error) => return vec![with_sources(&error)],
    };
    let mut wrong = Vec::new();
    for (at, ty) in (1..).zip(prepared.params()) {
        if !takes(ty) {
            wrong.push(format!(
                "PostgreSQL takes ${at} for {ty}: write CAST(${at} AS BIGINT) or what it is"
            ));
        }
    }
    wrong.extend(columns(
        &found(&prepared, nullable),
        registered.columns,
        &tokens,
    ));
    if registered.full_scan.is_none() {
        match scanned(client, text, prepared.params().len()).await {
            Ok(scanned) => {
                wrong.extend(scanned.intersection(big).map(|table| full_scan(table)));
            }
            Err(error) => wrong.push(with_sources(&error)),
        }
    }
    wrong
}

fn found(prepared: &Statement, nullable: &Nullable) -> Vec<Found> {
    let columns = prepared.columns().iter();
    columns
        .map(|column| Found {
            name: column.name().to_owned(),
            kind: Some(kind(column.type_()).ok_or_else(|| column.type_().to_string())),
            nullable: column
                .table_oid()
                .zip(column.column_id())
                .and_then(|origin| nullable.get(&origin).copied())
                .unwrap_or(false),
        })
        .collect()
}

fn kind(ty: &Type) -> Option<Kind> {
    match *ty {
        Type::INT8 | Type::INT4 | Type::INT2 => Some(Kind::Int),
        Type::BOOL => Some(Kind::Bool),
        Type::FLOAT8 | Type::FLOAT4 => Some(Kind::Real),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::JSONB => {
            Some(Kind::Text)
        }
        Type::BYTEA => Some(Kind::Blob),
        _ => None,
    }
}

/// Whether a parameter of this type can be given; see `Value`.
fn takes(ty: &Type) -> bool {
    kind(ty).is_some_and(|_| *ty != Type::FLOAT4)
        || matches!(
            *ty,
            Type::INT8_ARRAY | Type::TEXT_ARRAY | Type::VARCHAR_ARRAY
        )
}

/// The tables that the statement's plan reads from one end to the other although that is switched
/// off. The plan is the one for unknown parameters.
async fn scanned(
    client: &Object,
    text: &str,
    parameters: usize,
) -> Result<BTreeSet<String>, tokio_postgres::Error> {
    let nulls = vec!["NULL"; parameters].join(", ");
    let arguments = if nulls.is_empty() {
        nulls
    } else {
        format!("({nulls})")
    };
    client
        .batch_execute(&format!("PREPARE checked AS {text}"))
        .await?;
    let plan = client
        .simple_query(&format!("EXPLAIN EXECUTE checked{arguments}"))
        .await;
    client.batch_execute("DEALLOCATE checked").await?;
    let mut scanned = BTreeSet::new();
    for message in plan? {
        let SimpleQueryMessage::Row(row) = message else {
            continue;
        };
        let Some((_, scan)) = row.get(0).and_then(|line| line.split_once("Seq Scan on ")) else {
            continue;
        };
        scanned.extend(
            scan.split(' ')
                .next()
                .map(|name| name.trim_matches('"').to_owned()),
        );
    }
    Ok(scanned)
}
