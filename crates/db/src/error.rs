//! What can go wrong, shaped by what the caller does about it. Absence is `Option`, not an error,
//! except for [`crate::Db::one`], whose caller said there is a row.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why the database did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// [`crate::Db::one`] found no row.
    #[error("no such row")]
    NotFound,
    /// A unique or foreign key refused the change. Names the key the same way on both engines:
    /// `table(column, column)` for a unique key over columns, the index's name for one over
    /// expressions, `foreign key` for a reference to something that is not there.
    #[error("conflict with what is already there: {0}")]
    Conflict(String),
    /// The database was migrated by a newer program than this one.
    #[error(
        "the database is at version {found}, this program knows versions up to {known}: run a newer program, or restore the backup made before the upgrade"
    )]
    Newer {
        /// Highest migration recorded in the database.
        found: u32,
        /// Highest migration this program carries.
        known: u32,
    },
    /// Anything else. Nothing was changed, unless the sentence says that the answer to COMMIT was
    /// lost.
    #[error("{0}")]
    Failed(Failure),
}

/// One sentence for the log, and its cause. The sentence never holds a password or a parameter's
/// value.
#[derive(Clone)]
pub struct Failure {
    sentence: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl DbError {
    /// A failure told in one sentence.
    pub fn failed(sentence: impl Into<String>) -> DbError {
        DbError::Failed(Failure {
            sentence: sentence.into(),
            source: None,
        })
    }

    /// A failure told in one sentence, with the driver's own error as its source.
    pub(crate) fn caused(
        sentence: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> DbError {
        DbError::Failed(Failure {
            sentence: sentence.into(),
            source: Some(Arc::new(source)),
        })
    }

    /// The other side of a channel is gone: its thread ended, which only a closed `Db` or a panic
    /// does.
    pub(crate) fn stopped() -> DbError {
        DbError::failed("the database was closed while this waited")
    }

    /// Maps what SQLite says about one statement.
    pub(crate) fn sqlite(error: rusqlite::Error) -> DbError {
        use rusqlite::ffi;
        if let rusqlite::Error::SqliteFailure(code, Some(message)) = &error {
            match code.extended_code {
                ffi::SQLITE_CONSTRAINT_UNIQUE
                | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | ffi::SQLITE_CONSTRAINT_ROWID => return DbError::Conflict(unique_key(message)),
                ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
                    return DbError::Conflict("foreign key".to_owned());
                }
                ffi::SQLITE_INTERRUPT => {
                    return DbError::failed("a statement ran too long and was stopped");
                }
                _ => {}
            }
        }
        let sentence = match &error {
            // The text is ours and may be printed; the offset says where in it.
            rusqlite::Error::SqlInputError {
                msg, sql, offset, ..
            } => {
                format!("SQLite does not understand a statement: {msg}, at byte {offset} of: {sql}")
            }
            other => format!("SQLite: {other}"),
        };
        DbError::caused(sentence, error)
    }

    /// Whether SQLite was kept from answering by another connection.
    pub(crate) fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        let DbError::Failed(failure) = self else {
            return false;
        };
        let source = failure.source.as_deref();
        source
            .and_then(|source| source.downcast_ref::<rusqlite::Error>())
            .and_then(rusqlite::Error::sqlite_error_code)
            .is_some_and(|code| matches!(code, DatabaseBusy | DatabaseLocked))
    }

    /// Maps what PostgreSQL says about one statement.
    pub(crate) fn postgres(error: tokio_postgres::Error) -> DbError {
        use tokio_postgres::error::SqlState;
        let Some(told) = error.as_db_error() else {
            let sentence = if error.is_closed() {
                "the connection to PostgreSQL was lost".to_owned()
            } else {
                format!("PostgreSQL: {}", with_sources(&error))
            };
            return DbError::caused(sentence, error);
        };
        let code = told.code();
        if *code == SqlState::UNIQUE_VIOLATION {
            return DbError::Conflict(violated_key(told));
        }
        if *code == SqlState::FOREIGN_KEY_VIOLATION {
            return DbError::Conflict("foreign key".to_owned());
        }
        let sentence = if *code == SqlState::QUERY_CANCELED {
            "a statement ran too long and was stopped".to_owned()
        } else {
            // Not the detail: it quotes values.
            format!("PostgreSQL: {} ({})", told.message(), code.code())
        };
        DbError::caused(sentence, error)
    }
}

/// An error and all it says about its causes, since the PostgreSQL driver's own sentence is "error
/// connecting to server".
pub(crate) fn with_sources(error: &dyn StdError) -> String {
    let mut sentence = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = source.to_string();
        if !sentence.contains(&more) {
            sentence.push_str(": ");
            sentence.push_str(&more);
        }
        next = source.source();
    }
    sentence
}

/// `UNIQUE constraint failed: follows.follower_id, follows.followed_id` → `follows(follower_id,
/// followed_id)`.
fn unique_key(message: &str) -> String {
    let told = message.split_once(": ").map_or(message, |(_, key)| key);
    if let Some(index) = told.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_owned();
    }
    let mut table = "";
    let mut columns = Vec::new();
    for part in told.split(", ") {
        let Some((of, column)) = part.split_once('.') else {
            return told.to_owned();
        };
        table = of;
        columns.push(column);
    }
    key_name(table, &columns)
}

/// PostgreSQL puts the columns only into the detail: `Key (follower_id, followed_id)=(1, 2) already
/// exists.` The words around them are translated, the parentheses are not.
fn violated_key(told: &tokio_postgres::error::DbError) -> String {
    let constraint = told.constraint().unwrap_or("unique key");
    let columns = told.detail().and_then(|detail| {
        let (_, rest) = detail.split_once('(')?;
        let (columns, _) = rest.split_once(")=")?;
        // An expression's text is PostgreSQL's own spelling; SQLite names the index then.
        (!columns.contains('(')).then_some(columns)
    });
    match (told.table(), columns) {
        (Some(table), Some(columns)) => key_name(table, &columns.split(", ").collect::<Vec<_>>()),
        _ => constraint.to_owned(),
    }
}

fn key_name(table: &str, columns: &[&str]) -> String {
    format!("{table}({})", columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::unique_key;

    #[test]
    fn a_unique_key_is_named_by_its_columns() {
        assert_eq!(
            unique_key("UNIQUE constraint failed: follows.a, follows.b"),
            "follows(a, b)"
        );
        assert_eq!(
            unique_key("UNIQUE constraint failed: index 'by_lower_name'"),
            "by_lower_name"
        );
    }
}
