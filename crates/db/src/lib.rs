//! One database, two engines, a few verbs.
//!
//! SQLite and PostgreSQL answer the same questions here, and nothing outside this crate names
//! either. A statement is written once, as a literal ([`sql!`]), beside the function that uses it;
//! [`Db`] carries it out:
//!
//! | Verb | For |
//! |---|---|
//! | [`Db::one`], [`Db::opt`], [`Db::all`] | reading |
//! | [`Db::exec`], [`Db::returning`] | one change, stored when they return |
//! | [`Db::write`] | several changes, all or none: a [`Tx`] |
//! | [`Db::listen`] | what is told of what was stored: [`Tx::tell`] |
//!
//! **Tables** are made of `BIGINT` (ids, times in unix milliseconds), `TEXT`, `BOOLEAN`, `DOUBLE
//! PRECISION` and `BYTEA`; JSON is `TEXT` unless it is queried. No enums, arrays, triggers or
//! `now()`: times and ids are handed in.
//!
//! **Bounds.** Every list has its own `LIMIT`; no answer holds more than 100 000 rows, no
//! transaction more than 10 000 statements, no statement runs longer than 30 seconds, and the queue
//! before the writer is finite.
//!
//! **What replaces checking at compile time** is one test of the program that links all statements:
//! it migrates a throw-away database of each engine and expects [`check_statements`] to find
//! nothing.

mod backup;
mod check;
mod copy;
mod error;
mod migrate;
mod news;
mod open;
mod postgres;
mod rewrite;
mod row;
mod schema;
mod sql;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod tx;
mod value;
mod verbs;

pub use check::{Problem, check_statements};
pub use error::{DbError, Failure};
pub use migrate::Migration;
pub use news::{Heard, LONGEST_LINE, Listener};
pub use open::Db;
pub use row::{Cell, Column, FromRow, Kind, Row};
pub use schema::{Schema, SchemaColumn, Table, UniqueKey};
pub use sql::{Registered, Sql, statements};
pub use tx::{Tx, Wrote};
pub use value::Value;

/// What the macros expand to. Not for use by name.
#[doc(hidden)]
pub mod __private {
    pub use crate::sql::STATEMENTS;
    pub use linkme;

    use crate::{Cell, DbError, Row};

    /// Reads the next column of a row.
    pub fn next<C: Cell>(row: &Row<'_>, at: &mut std::ops::RangeFrom<usize>) -> Result<C, DbError> {
        let place = at.start;
        at.start += 1;
        C::read(row, place)
    }
}
