//! A row on its way out of either engine, and the types that read it.

use std::fmt;

use postgres_types::{FromSql, Type};
use rusqlite::types::ValueRef;

use crate::error::DbError;
use crate::value::is_text;

/// What a column holds. The whole vocabulary: see the crate's story.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// `BIGINT`.
    Int,
    /// `BOOLEAN`; an integer on SQLite.
    Bool,
    /// `DOUBLE PRECISION`.
    Real,
    /// `TEXT`, and JSON.
    Text,
    /// `BYTEA`.
    Blob,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Int => "integer",
            Kind::Bool => "boolean",
            Kind::Real => "real",
            Kind::Text => "text",
            Kind::Blob => "bytes",
        })
    }
}

/// A column as a row type expects it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name in the result; `None` where the row type is a tuple.
    pub name: Option<&'static str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether the row type can hold its absence.
    pub nullable: bool,
}

impl Column {
    /// The column a field of type `C` reads.
    pub const fn of<C: Cell>(name: Option<&'static str>) -> Column {
        Column {
            name,
            kind: C::KIND,
            nullable: C::NULLABLE,
        }
    }

    /// The name as SQL spells it: a field called `r#type` reads the column `type`.
    pub fn sql_name(&self) -> Option<&'static str> {
        self.name
            .map(|name| name.strip_prefix("r#").unwrap_or(name))
    }
}

/// Reads one row. Made by [`crate::row!`]; implemented for tuples up to eight and for lone values.
pub trait FromRow: Sized + Send + 'static {
    /// The columns it reads, in order.
    const COLUMNS: &'static [Column];

    /// Reads a row whose columns are `COLUMNS`.
    fn from_row(row: &Row<'_>) -> Result<Self, DbError>;
}

/// Reads one column. Implement it for a type that is stored as one of the kinds:
///
/// ```
/// use comity_db::{Cell, DbError, Kind, Row};
///
/// struct Level(i64);
///
/// impl Cell for Level {
///     const KIND: Kind = Kind::Int;
///     fn read(row: &Row<'_>, at: usize) -> Result<Level, DbError> {
///         i64::read(row, at).map(Level)
///     }
/// }
/// ```
pub trait Cell: Sized {
    /// What the column holds.
    const KIND: Kind;
    /// Whether absence can be read.
    const NULLABLE: bool = false;

    /// Reads the column at this place, counted from 0.
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError>;
}

/// A row while it is read. Borrowed from the engine: nothing is copied but what is kept.
pub struct Row<'a>(pub(crate) Inner<'a>);

pub(crate) enum Inner<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

/// A value of PostgreSQL before its type is looked at.
struct Raw<'a>(Type, &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(
        ty: &Type,
        raw: &'a [u8],
    ) -> Result<Raw<'a>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(ty.clone(), raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Row<'_> {
    /// Whether the column is `NULL`.
    pub fn is_null(&self, at: usize) -> Result<bool, DbError> {
        match &self.0 {
            Inner::Sqlite(row) => Ok(row.get_ref(at).map_err(DbError::sqlite)? == ValueRef::Null),
            Inner::Postgres(row) => Ok(row
                .try_get::<_, Option<Raw<'_>>>(at)
                .map_err(DbError::postgres)?
                .is_none()),
        }
    }

    fn read<T>(
        &self,
        at: usize,
        kind: Kind,
        sqlite: impl FnOnce(ValueRef<'_>) -> Option<T>,
        postgres: impl FnOnce(&Type, &[u8]) -> Option<T>,
    ) -> Result<T, DbError> {
        let found = match &self.0 {
            Inner::Sqlite(row) => {
                let value = row.get_ref(at).map_err(DbError::sqlite)?;
                return sqlite(value)
                    .ok_or_else(|| self.misread(at, kind, &value.data_type().to_string()));
            }
            Inner::Postgres(row) => row
                .try_get::<_, Option<Raw<'_>>>(at)
                .map_err(DbError::postgres)?,
        };
        let Some(Raw(ty, raw)) = found else {
            return Err(self.misread(at, kind, "Null"));
        };
        postgres(&ty, raw).ok_or_else(|| self.misread(at, kind, ty.name()))
    }

    fn misread(&self, at: usize, kind: Kind, found: &str) -> DbError {
        let name = match &self.0 {
            Inner::Sqlite(row) => row.as_ref().column_name(at).unwrap_or("?").to_owned(),
            Inner::Postgres(row) => row
                .columns()
                .get(at)
                .map_or("?", |column| column.name())
                .to_owned(),
        };
        DbError::failed(format!(
            "column {} ({name}) is {found} where the row type reads {kind}",
            at + 1
        ))
    }
}

impl Cell for i64 {
    const KIND: Kind = Kind::Int;
    fn read(row: &Row<'_>, at: usize) -> Result<i64, DbError> {
        row.read(
            at,
            Kind::Int,
            |value| value.as_i64().ok(),
            |ty, raw| match *ty {
                Type::INT8 => i64::from_sql(ty, raw).ok(),
                Type::INT4 => i32::from_sql(ty, raw).ok().map(i64::from),
                Type::INT2 => i16::from_sql(ty, raw).ok().map(i64::from),
                _ => None,
            },
        )
    }
}

impl Cell for bool {
    const KIND: Kind = Kind::Bool;
    fn read(row: &Row<'_>, at: usize) -> Result<bool, DbError> {
        row.read(
            at,
            Kind::Bool,
            |value| value.as_i64().ok().map(|value| value != 0),
            |ty, raw| {
                (*ty == Type::BOOL)
                    .then(|| bool::from_sql(ty, raw).ok())
                    .flatten()
            },
        )
    }
}

impl Cell for f64 {
    const KIND: Kind = Kind::Real;
    fn read(row: &Row<'_>, at: usize) -> Result<f64, DbError> {
        row.read(
            at,
            Kind::Real,
            |value| value.as_f64().ok(),
            |ty, raw| match *ty {
                Type::FLOAT8 => f64::from_sql(ty, raw).ok(),
                Type::FLOAT4 => f32::from_sql(ty, raw).ok().map(f64::from),
                _ => None,
            },
        )
    }
}

impl Cell for String {
    const KIND: Kind = Kind::Text;
    fn read(row: &Row<'_>, at: usize) -> Result<String, DbError> {
        row.read(
            at,
            Kind::Text,
            |value| value.as_str().ok().map(str::to_owned),
            |ty, raw| {
                let raw = match *ty {
                    // A JSONB value starts with its format's version.
                    Type::JSONB => raw.strip_prefix(&[1])?,
                    Type::JSON => raw,
                    _ if is_text(ty) => raw,
                    _ => return None,
                };
                std::str::from_utf8(raw).ok().map(str::to_owned)
            },
        )
    }
}

impl Cell for Vec<u8> {
    const KIND: Kind = Kind::Blob;
    fn read(row: &Row<'_>, at: usize) -> Result<Vec<u8>, DbError> {
        row.read(
            at,
            Kind::Blob,
            |value| value.as_blob().ok().map(<[u8]>::to_vec),
            |ty, raw| (*ty == Type::BYTEA).then(|| raw.to_vec()),
        )
    }
}

impl<C: Cell> Cell for Option<C> {
    const KIND: Kind = C::KIND;
    const NULLABLE: bool = true;
    fn read(row: &Row<'_>, at: usize) -> Result<Option<C>, DbError> {
        if row.is_null(at)? {
            return Ok(None);
        }
        C::read(row, at).map(Some)
    }
}

/// No columns: the row type of a statement that changes and answers nothing.
impl FromRow for () {
    const COLUMNS: &'static [Column] = &[];
    fn from_row(_: &Row<'_>) -> Result<(), DbError> {
        Ok(())
    }
}

macro_rules! lone {
    ($($cell:ty),*) => {$(
        impl FromRow for $cell {
            const COLUMNS: &'static [Column] = &[Column::of::<$cell>(None)];
            fn from_row(row: &Row<'_>) -> Result<$cell, DbError> {
                <$cell as Cell>::read(row, 0)
            }
        }
    )*};
}

lone!(i64, bool, f64, String, Vec<u8>);
lone!(
    Option<i64>,
    Option<bool>,
    Option<f64>,
    Option<String>,
    Option<Vec<u8>>
);

macro_rules! tuple {
    ($($cell:ident $at:tt),*) => {
        impl<$($cell: Cell + Send + 'static),*> FromRow for ($($cell,)*) {
            const COLUMNS: &'static [Column] = &[$(Column::of::<$cell>(None)),*];
            fn from_row(row: &Row<'_>) -> Result<($($cell,)*), DbError> {
                Ok(($(<$cell as Cell>::read(row, $at)?,)*))
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Declares a row type: a struct whose fields are the columns of a statement, in its order and by
/// its names.
///
/// ```
/// comity_db::row! {
///     /// A status as stored.
///     #[derive(Debug, Clone)]
///     pub struct StatusRow {
///         pub id: i64,
///         pub content: String,
///         pub in_reply_to_id: Option<i64>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! row {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $cell:ty),* $(,)?
        }
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $cell),*
        }

        impl $crate::FromRow for $name {
            const COLUMNS: &'static [$crate::Column] = &[
                $($crate::Column::of::<$cell>(::std::option::Option::Some(stringify!($field)))),*
            ];

            fn from_row(row: &$crate::Row<'_>) -> ::std::result::Result<Self, $crate::DbError> {
                // Fields are read in the order they are written, which is the order of the columns.
                let mut at = 0..;
                ::std::result::Result::Ok(Self {
                    $($field: $crate::__private::next::<$cell>(row, &mut at)?),*
                })
            }
        }
    };
}
