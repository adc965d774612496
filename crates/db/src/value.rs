//! A parameter of a statement, before either engine has seen it.

use std::error::Error as StdError;
use std::fmt;

use bytes::BytesMut;
use postgres_types::{IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

/// A parameter's value. Made by [`crate::params!`].
///
/// `Debug` tells the kind and the size, never the value: parameters hold tokens and private posts.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// SQL `NULL` of any kind.
    Null,
    /// `BOOLEAN`; 0 or 1 on SQLite.
    Bool(bool),
    /// `BIGINT`.
    Int(i64),
    /// `DOUBLE PRECISION`.
    Real(f64),
    /// `TEXT`. A NUL character becomes U+FFFD, as PostgreSQL can hold none.
    Text(String),
    /// `BYTEA`.
    Blob(Vec<u8>),
    /// A list of ids: `= ANY($1)` on PostgreSQL, `IN (SELECT value FROM json_each($1))` on SQLite.
    Ints(Vec<i64>),
    /// A list of texts, written like a list of ids.
    Texts(Vec<String>),
}

/// The parameters of one statement, in the order of `$1`, `$2`, …
///
/// ```
/// # use comity_db::params;
/// let name = String::from("alice");
/// let nobody: Option<i64> = None;
/// let params = params![7, name, true, nobody, vec![1_i64, 2, 3]];
/// assert_eq!(params.len(), 5);
/// ```
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        ::std::vec::Vec::<$crate::Value>::from([$($crate::Value::from($value)),*])
    };
}

macro_rules! from {
    ($($from:ty => |$value:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Value {
                $to
            }
        }
    )*};
}

from! {
    i64 => |value| Value::Int(value);
    &i64 => |value| Value::Int(*value);
    bool => |value| Value::Bool(value);
    f64 => |value| Value::Real(value);
    &str => |value| Value::Text(without_nul(value.to_owned()));
    &String => |value| Value::Text(without_nul(value.clone()));
    String => |value| Value::Text(without_nul(value));
    Vec<u8> => |value| Value::Blob(value);
    &[u8] => |value| Value::Blob(value.to_vec());
    Vec<i64> => |value| Value::Ints(value);
    &[i64] => |value| Value::Ints(value.to_vec());
    Vec<String> => |value| Value::Texts(value.into_iter().map(without_nul).collect());
    &[String] => |value| Value::Texts(value.iter().cloned().map(without_nul).collect());
}

/// What forms and apps send is refused where it has a NUL. What comes another way, in an address or from another server, is
/// read and kept like any other text, and the same on both engines.
fn without_nul(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{FFFD}")
    } else {
        text
    }
}

impl<T> From<Option<T>> for Value
where
    Value: From<T>,
{
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Value::from)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("NULL"),
            Value::Bool(_) => f.write_str("boolean"),
            Value::Int(_) => f.write_str("integer"),
            Value::Real(_) => f.write_str("real"),
            Value::Text(text) => write!(f, "text of {} bytes", text.len()),
            Value::Blob(blob) => write!(f, "{} bytes", blob.len()),
            Value::Ints(list) => write!(f, "{} integers", list.len()),
            Value::Texts(list) => write!(f, "{} texts", list.len()),
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Bool(value) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*value))),
            Value::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Value::Real(value) => ToSqlOutput::Borrowed(ValueRef::Real(*value)),
            Value::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Value::Blob(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            // SQLite has no lists: `json_each` unrolls them, and keeps 64-bit integers whole. Numbers and strings can always be
            // written as JSON.
            Value::Ints(list) => {
                ToSqlOutput::Owned(Owned::Text(serde_json::to_string(list).unwrap_or_default()))
            }
            Value::Texts(list) => {
                ToSqlOutput::Owned(Owned::Text(serde_json::to_string(list).unwrap_or_default()))
            }
        })
    }
}

impl ToSql for Value {
    /// Encodes for the type the server inferred, since one `$1` may be an `int4` there.
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Bool(value), &Type::BOOL) => value.to_sql(ty, out),
            (Value::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (Value::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(ty, out),
            (Value::Int(value), &Type::INT2) => i16::try_from(*value)?.to_sql(ty, out),
            (Value::Real(value), &Type::FLOAT8) => value.to_sql(ty, out),
            (Value::Text(value), &Type::JSON | &Type::JSONB) => {
                // A JSONB value starts with its format's version.
                if *ty == Type::JSONB {
                    out.extend_from_slice(&[1]);
                }
                out.extend_from_slice(value.as_bytes());
                Ok(IsNull::No)
            }
            (Value::Text(value), ty) if is_text(ty) => value.to_sql(ty, out),
            (Value::Blob(value), &Type::BYTEA) => value.to_sql(ty, out),
            (Value::Ints(list), &Type::INT8_ARRAY) => list.to_sql(ty, out),
            (Value::Texts(list), &Type::TEXT_ARRAY | &Type::VARCHAR_ARRAY) => list.to_sql(ty, out),
            (value, ty) => Err(format!("PostgreSQL wants {ty}, the parameter is {value:?}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true // `to_sql` answers with a better sentence.
    }

    to_sql_checked!();
}

/// Whether PostgreSQL's type is text to us.
pub(crate) fn is_text(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN
    )
}
