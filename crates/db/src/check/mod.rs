//! What replaces checking at compile time: every statement is prepared on a migrated database,
//! compared with its row type, and its plan is read.

mod postgres;
mod sqlite;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use crate::open::{Db, Engine};
use crate::row::{Column, Kind};
use crate::sql::{Registered, statements};
use crate::token::{Token, TokenKind};
use crate::verbs::fits;

/// Something wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file and line of the statement.
    pub at: &'static str,
    /// The engine that found it.
    pub engine: &'static str,
    /// What is wrong, and where it helps, how to write it instead.
    pub what: String,
    /// The text as that engine was given it.
    pub statement: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {}\n    {}",
            self.at, self.engine, self.what, self.statement
        )
    }
}

/// Prepares every statement of this program ([`statements`]) on this database, which must be
/// migrated, and tells what is wrong with them:
///
/// - the engine refuses it;
/// - its parameters are not `$1`, `$2`, … without a gap, or PostgreSQL takes one for a kind that is
///   none of ours;
/// - it answers rows but names no row type, or other columns than its row type reads: fewer, more,
///   by another name, of another kind, or `NULL` where the row type has no `Option`. An outer
///   join's `NULL`s are not seen. A column that the statement itself keeps from being `NULL` is
///   understood from the words `column IS NOT NULL`; otherwise write `COALESCE`;
/// - it reads the whole of one of `big_tables`. On SQLite that is a SCAN without an index, on
///   PostgreSQL a Seq Scan although those are switched off. A statement that has a good reason says
///   so: `sql!(full_scan: "asked once a day", "SELECT …")`.
///
/// For a test, on a throw-away database of each engine; changes nothing.
pub async fn check_statements(db: &Db, big_tables: &[&str]) -> Vec<Problem> {
    check(db, big_tables, statements().collect()).await
}

pub(crate) async fn check(
    db: &Db,
    big_tables: &[&str],
    registered: Vec<&'static Registered>,
) -> Vec<Problem> {
    let big: BTreeSet<String> = big_tables.iter().map(|table| (*table).to_owned()).collect();
    let engine = db.engine_name();
    let checked = match &*db.0 {
        Engine::Sqlite(sqlite) => {
            sqlite
                .read(move |conn| Ok(sqlite::check(conn, &big, &registered)))
                .await
        }
        Engine::Postgres(postgres) => postgres::check(postgres, &big, &registered).await,
    };
    checked.unwrap_or_else(|error| {
        vec![Problem {
            at: "everywhere",
            engine,
            what: error.to_string(),
            statement: "",
        }]
    })
}

/// A column as the engine describes it, as far as it can.
struct Found {
    name: String,
    /// `None`: the engine cannot tell (an expression on SQLite). `Err`: a type that is none of
    /// ours.
    kind: Option<Result<Kind, String>>,
    /// Whether it is a table's column that may be `NULL`.
    nullable: bool,
}

/// Refuses parameters with a gap, which the two engines would count differently.
fn parameters(tokens: &[Token<'_>]) -> Result<(), String> {
    let numbers: BTreeSet<usize> = tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Parameter)
        .filter_map(|token| token.text[1..].parse().ok())
        .collect();
    let highest = numbers.last().copied().unwrap_or(0);
    match (1..=highest).find(|number| !numbers.contains(number)) {
        Some(missing) => Err(format!("${highest} is used, but ${missing} is not")),
        None => Ok(()),
    }
}

/// Compares what a statement answers with what its row type reads.
fn columns(found: &[Found], expected: Option<&[Column]>, tokens: &[Token<'_>]) -> Vec<String> {
    let Some(expected) = expected else {
        if found.is_empty() {
            return Vec::new();
        }
        return vec!["answers rows but names no row type: write sql!(row: Type, …)".to_owned()];
    };
    if let Err(why) = fits(found.iter().map(|column| column.name.as_str()), expected) {
        return vec![why];
    }
    let mut wrong = Vec::new();
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let column = format!("column {} ({})", at + 1, found.name);
        match &found.kind {
            Some(Ok(kind)) if !reads(expected.kind, *kind) => {
                wrong.push(format!(
                    "{column} is {kind}, the row type reads {}",
                    expected.kind
                ));
            }
            Some(Err(type_name)) => {
                wrong.push(format!(
                    "{column} is {type_name}, which no row type reads: write a CAST"
                ));
            }
            _ => {}
        }
        if found.nullable && !expected.nullable && !kept_from_null(tokens, &found.name) {
            wrong.push(format!("{column} may be NULL, the row type has no Option"));
        }
    }
    wrong
}

/// SQLite stores a boolean as an integer, and cannot tell them apart.
fn reads(expected: Kind, found: Kind) -> bool {
    expected == found || (expected == Kind::Bool && found == Kind::Int)
}

/// Whether the words `name IS NOT NULL` stand in the statement.
fn kept_from_null(tokens: &[Token<'_>], name: &str) -> bool {
    let words: Vec<&Token<'_>> = tokens
        .iter()
        .filter(|t| t.kind != TokenKind::Blank)
        .collect();
    words.windows(4).any(|words| {
        words[0].name().as_deref() == Some(name)
            && words[1].is("IS")
            && words[2].is("NOT")
            && words[3].is("NULL")
    })
}

fn full_scan(table: &str) -> String {
    format!("reads the whole of {table}: add an index, or write sql!(full_scan: \"reason\", …)")
}
