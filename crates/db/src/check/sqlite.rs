//! The check on SQLite.

use std::collections::BTreeSet;

use rusqlite::{Connection, Statement};

use super::{Found, Problem, columns, full_scan, parameters};
use crate::schema::kind_of_sqlite;
use crate::sql::Registered;
use crate::token::{Token, TokenKind, tokens};

pub(super) fn check(
    conn: &Connection,
    big: &BTreeSet<String>,
    registered: &[&'static Registered],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for statement in registered {
        problems.extend(wrong(conn, big, statement).into_iter().map(|what| Problem {
            at: statement.at,
            engine: "SQLite",
            what,
            statement: statement.sqlite,
        }));
    }
    problems
}

fn wrong(conn: &Connection, big: &BTreeSet<String>, registered: &Registered) -> Vec<String> {
    let text = registered.sqlite;
    let tokens = tokens(text);
    if let Err(gap) = parameters(&tokens) {
        return vec![gap];
    }
    let prepared = match conn.prepare(text) {
        Ok(prepared) => prepared,
        Err(error) => return vec![error.to_string()],
    };
    let mut wrong = Vec::new();
    match found(&prepared) {
        Ok(found) => wrong.extend(columns(&found, registered.columns, &tokens)),
        Err(error) => wrong.push(error.to_string()),
    }
    if registered.full_scan.is_none() {
        match scanned(conn, text, &tokens) {
            Ok(scanned) => {
                wrong.extend(scanned.intersection(big).map(|table| full_scan(table)));
            }
            Err(error) => wrong.push(error.to_string()),
        }
    }
    wrong
}

fn found(statement: &Statement<'_>) -> rusqlite::Result<Vec<Found>> {
    let mut all = Vec::new();
    for (at, column) in statement.columns().enumerate() {
        let kind = column
            .decl_type()
            .map(|declared| kind_of_sqlite(declared).ok_or_else(|| declared.to_owned()));
        // An INTEGER PRIMARY KEY is never NULL, though it is not declared so.
        let nullable = statement
            .column_metadata(at)?
            .is_some_and(|(_, _, _, _, _, not_null, primary, _)| !not_null && !primary);
        all.push(Found {
            name: column.name().to_owned(),
            kind,
            nullable,
        });
    }
    Ok(all)
}

/// The tables that the statement's plan reads from one end to the other without an index.
fn scanned(
    conn: &Connection,
    text: &str,
    tokens: &[Token<'_>],
) -> rusqlite::Result<BTreeSet<String>> {
    let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {text}"))?;
    let mut rows = plan.raw_query();
    let mut scanned = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let detail: String = row.get("detail")?;
        let Some(scan) = detail.strip_prefix("SCAN ") else {
            continue;
        };
        let (name, how) = scan.split_once(' ').unwrap_or((scan, ""));
        if how.is_empty() || how == "LEFT-JOIN" {
            scanned.extend(meant(name, tokens));
        }
    }
    Ok(scanned)
}

/// The plan calls a table by its alias: the names that may be meant are itself, and whatever word
/// stands before it.
fn meant(name: &str, tokens: &[Token<'_>]) -> BTreeSet<String> {
    let name = name.to_ascii_lowercase();
    let words: Vec<&Token<'_>> = tokens
        .iter()
        .filter(|t| t.kind != TokenKind::Blank && !t.is("AS"))
        .collect();
    let mut meant: BTreeSet<String> = words
        .windows(2)
        .filter(|pair| pair[1].name().as_ref() == Some(&name))
        .filter_map(|pair| pair[0].name())
        .collect();
    meant.insert(name);
    meant
}
