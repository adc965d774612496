//! Functions that PostgreSQL has and SQLite lacks, so that one text serves both.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use std::cmp::Ordering;

/// Adds `greatest(…)` and `least(…)`, which leave out `NULL` as PostgreSQL's do (SQLite's own `max`
/// does not).
pub(super) fn add(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("greatest", -1, flags, |args| {
        extreme(args, Ordering::Greater)
    })?;
    conn.create_scalar_function("least", -1, flags, |args| extreme(args, Ordering::Less))
}

fn extreme(args: &Context<'_>, wanted: Ordering) -> rusqlite::Result<Value> {
    let mut best = ValueRef::Null;
    for at in 0..args.len() {
        let next = args.get_raw(at);
        if next == ValueRef::Null {
            continue;
        }
        if best == ValueRef::Null || compare(next, best) == Some(wanted) {
            best = next;
        }
    }
    best.try_into()
        .map_err(|error| rusqlite::Error::UserFunctionError(Box::new(error)))
}

/// Only values of one kind compare; a statement that mixes them would not prepare on PostgreSQL
/// either.
fn compare(a: ValueRef<'_>, b: ValueRef<'_>) -> Option<Ordering> {
    match (a, b) {
        (ValueRef::Integer(a), ValueRef::Integer(b)) => Some(a.cmp(&b)),
        (ValueRef::Real(a), ValueRef::Real(b)) => a.partial_cmp(&b),
        (ValueRef::Text(a), ValueRef::Text(b)) | (ValueRef::Blob(a), ValueRef::Blob(b)) => {
            Some(a.cmp(b))
        }
        _ => None,
    }
}
