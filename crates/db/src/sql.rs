//! A statement: a literal, written once, beside the function that uses it; and the list of them
//! all.

use std::fmt;
use std::marker::PhantomData;

use crate::row::{Column, FromRow};

/// A statement whose rows are `T`. Made by [`crate::sql!`].
pub struct Sql<T = ()> {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
    row: PhantomData<fn() -> T>,
}

impl<T> Clone for Sql<T> {
    fn clone(&self) -> Sql<T> {
        *self
    }
}

impl<T> Copy for Sql<T> {}

impl<T> fmt::Debug for Sql<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.postgres)
    }
}

impl<T> Sql<T> {
    #[doc(hidden)]
    pub const fn new(sqlite: &'static str, postgres: &'static str) -> Sql<T> {
        Sql {
            sqlite,
            postgres,
            row: PhantomData,
        }
    }
}

/// A statement as the list of all statements knows it.
#[derive(Debug)]
pub struct Registered {
    /// What SQLite is given.
    pub sqlite: &'static str,
    /// What PostgreSQL is given.
    pub postgres: &'static str,
    /// The columns of its row type, where it names one.
    pub columns: Option<&'static [Column]>,
    /// Why it may read a whole big table.
    pub full_scan: Option<&'static str>,
    /// The file and line it stands on.
    pub at: &'static str,
}

impl Registered {
    #[doc(hidden)]
    pub const fn columns_of<T: FromRow>() -> Option<&'static [Column]> {
        Some(T::COLUMNS)
    }
}

/// Every statement of every crate that is linked into this program.
#[doc(hidden)]
#[linkme::distributed_slice]
#[linkme(crate = linkme)]
pub static STATEMENTS: [Registered];

/// Every statement linked into this program, in no particular order.
pub fn statements() -> impl Iterator<Item = &'static Registered> {
    STATEMENTS.iter()
}

/// Makes a [`Sql`] and adds it to [`statements`], so that [`crate::check_statements`] sees it.
///
/// ```
/// use comity_db::{Sql, row, sql};
///
/// row! { pub struct NameRow { pub id: i64, pub name: String } }
///
/// // A statement that answers nothing.
/// const RENAME: Sql = sql!("UPDATE things SET name = $2 WHERE id = $1");
///
/// // One whose rows are checked against a row type, by name and kind.
/// const BY_ID: Sql<NameRow> = sql!(row: NameRow, "SELECT id, name FROM things WHERE id = $1");
///
/// // Two spellings where the engines differ.
/// const BY_IDS: Sql<NameRow> = sql!(
///     row: NameRow,
///     sqlite: "SELECT id, name FROM things WHERE id IN (SELECT value FROM json_each($1))",
///     pg: "SELECT id, name FROM things WHERE id = ANY($1)",
/// );
///
/// // One that may read a whole big table, with the reason.
/// const COUNT: Sql<i64> = sql!(row: i64, full_scan: "asked once a day", "SELECT count(*) FROM things");
/// ```
///
/// The row type is named because a link-time list cannot see the type the constant is declared
/// with. Without `row:` the macro still makes a `Sql<T>` of any `T`, but a statement that answers
/// rows then fails the check, which asks for it. Parameters are `$1`, `$2`, … on both engines.
#[macro_export]
macro_rules! sql {
    (row: $row:ty, $($rest:tt)+) => {
        $crate::__sql!([$row] [] $($rest)+)
    };
    ($($rest:tt)+) => {
        $crate::__sql!([] [] $($rest)+)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __sql {
    ($row:tt [] full_scan: $reason:literal, $($rest:tt)+) => {
        $crate::__sql!($row [$reason] $($rest)+)
    };
    ([$($row:ty)?] [$($reason:literal)?] sqlite: $sqlite:expr, pg: $postgres:expr $(,)?) => {{
        #[$crate::__private::linkme::distributed_slice($crate::__private::STATEMENTS)]
        #[linkme(crate = $crate::__private::linkme)]
        static REGISTERED: $crate::Registered = $crate::Registered {
            sqlite: $sqlite,
            postgres: $postgres,
            columns: $crate::__columns!($($row)?),
            full_scan: $crate::__reason!($($reason)?),
            at: ::std::concat!(::std::file!(), ":", ::std::line!()),
        };
        $crate::__typed!([$($row)?] $sqlite, $postgres)
    }};
    ($row:tt $reason:tt $text:expr $(,)?) => {
        $crate::__sql!($row $reason sqlite: $text, pg: $text)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __columns {
    () => {
        ::std::option::Option::None
    };
    ($row:ty) => {
        $crate::Registered::columns_of::<$row>()
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __reason {
    () => {
        ::std::option::Option::None
    };
    ($reason:literal) => {
        ::std::option::Option::Some($reason)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __typed {
    ([] $sqlite:expr, $postgres:expr) => {
        $crate::Sql::new($sqlite, $postgres)
    };
    ([$row:ty] $sqlite:expr, $postgres:expr) => {
        $crate::Sql::<$row>::new($sqlite, $postgres)
    };
}
