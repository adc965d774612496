//! Carrying out one statement on one connection.

use rusqlite::{CachedStatement, Connection};

use crate::error::DbError;
use crate::row::{FromRow, Inner, Row};
use crate::tx::{Step, Wrote};
use crate::value::Value;
use crate::verbs::{ROWS_MAX, fits};

/// What to do with a change that did not fail, and its answer.
pub(crate) enum Ran<R> {
    /// Store it.
    Keep(R),
    /// Undo it, and answer all the same.
    Undo(R),
}

pub(crate) use Ran::Keep;

/// The first row, if any.
pub(crate) fn first<T: FromRow>(
    conn: &Connection,
    text: &str,
    params: &[Value],
) -> Result<Option<T>, DbError> {
    let mut statement = prepared::<T>(conn, text, params)?;
    let mut rows = statement.raw_query();
    match rows.next().map_err(DbError::sqlite)? {
        Some(row) => T::from_row(&Row(Inner::Sqlite(row))).map(Some),
        None => Ok(None),
    }
}

/// Every row.
pub(crate) fn rows<T: FromRow>(
    conn: &Connection,
    text: &str,
    params: &[Value],
) -> Result<Vec<T>, DbError> {
    let mut statement = prepared::<T>(conn, text, params)?;
    let mut rows = statement.raw_query();
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(DbError::sqlite)? {
        if all.len() == ROWS_MAX {
            return Err(DbError::failed(format!(
                "more than {ROWS_MAX} rows: {text} wants a LIMIT"
            )));
        }
        all.push(T::from_row(&Row(Inner::Sqlite(row)))?);
    }
    Ok(all)
}

/// One change; how many rows it touched.
pub(crate) fn exec(conn: &Connection, text: &str, params: &[Value]) -> Result<u64, DbError> {
    let mut statement = prepared::<()>(conn, text, params)?;
    let changed = statement.raw_execute().map_err(DbError::sqlite)?;
    Ok(changed as u64)
}

/// A transaction's statements. The caller holds the savepoint.
pub(crate) fn steps(conn: &Connection, steps: &[Step]) -> Result<Ran<Wrote>, DbError> {
    for (at, step) in steps.iter().enumerate() {
        let changed = exec(conn, step.sql.sqlite, &step.params)?;
        if step.must && changed == 0 {
            return Ok(Ran::Undo(Wrote::Nothing { at }));
        }
    }
    Ok(Ran::Keep(Wrote::All))
}

/// A statement of our own that takes and answers nothing.
pub(crate) fn plain(conn: &Connection, text: &str) -> Result<(), DbError> {
    let mut statement = conn.prepare_cached(text).map_err(DbError::sqlite)?;
    statement.raw_execute().map_err(DbError::sqlite)?;
    Ok(())
}

fn prepared<'c, T: FromRow>(
    conn: &'c Connection,
    text: &str,
    params: &[Value],
) -> Result<CachedStatement<'c>, DbError> {
    let mut statement = conn.prepare_cached(text).map_err(DbError::sqlite)?;
    if cfg!(debug_assertions) {
        let names = statement.column_names();
        fits(names, T::COLUMNS).map_err(|why| DbError::failed(format!("{why}: {text}")))?;
    }
    // SQLite numbers `$2` by where it first stands in the text, not by its digits.
    let mut highest = 0;
    for at in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(at)
            .and_then(number)
            .ok_or_else(|| {
                DbError::failed(format!("a parameter is not written as $1, $2, …: {text}"))
            })?;
        highest = highest.max(number);
        let Some(value) = params.get(number - 1) else {
            break;
        };
        statement
            .raw_bind_parameter(at, value)
            .map_err(DbError::sqlite)?;
    }
    if highest != params.len() {
        return Err(DbError::failed(format!(
            "{} parameters for a statement that takes {highest}: {text}",
            params.len()
        )));
    }
    Ok(statement)
}

/// `$3` → 3.
pub(crate) fn number(name: &str) -> Option<usize> {
    name.strip_prefix('$')?
        .parse()
        .ok()
        .filter(|number| *number > 0)
}
