//! What a requester may be told. One error: `http::reply` chooses its status and
//! sentence, `http::finish` the surface it is told on; the source stays for the log.

use comity_db::DbError;
use comity_policy::{FactError, Refusal};
use comity_vocab::Malformed;

/// Why a request or a verb could not be done, sorted by what the requester may be told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing there, or nothing that this viewer may know of.
    #[error("not found")]
    NotFound,
    /// It was here and its owner took it away.
    #[error("gone")]
    Gone,
    /// Sign in first.
    #[error("not signed in")]
    Unauthorized,
    /// What visitors are not served, at an address that serves them otherwise: the sentence says what that is.
    #[error("not signed in: {0}")]
    MembersOnly(String),
    /// Signed in, and still not theirs to do.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// The gate said no, and the requester may know why.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// What was sent cannot be used.
    #[error("{field}: {why}")]
    Invalid {
        /// The field as the form or the API names it.
        field: &'static str,
        /// What is wrong with it, where apps are told that beside the field.
        code: Option<Code>,
        /// A lower-case fragment that says what to do.
        why: String,
    },
    /// Somebody was faster, or it is there already.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Too often; try again later.
    #[error("too many requests")]
    TooMany {
        /// Seconds until another try makes sense.
        after_s: u64,
    },
    /// Another server could not be reached or did not answer as it should.
    #[error("{0}")]
    Elsewhere(String),
    /// Ours. The reply says only that; the log has the source.
    #[error("internal")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What is wrong with a field, as Mastodon tells apps: they put it beside what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Nothing is in it.
    Blank,
    /// Somebody or something has it already.
    Taken,
    /// More is in it than fits.
    TooLong,
    /// Anything else.
    Invalid,
}

impl Code {
    /// In Mastodon's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Blank => "ERR_BLANK",
            Code::Taken => "ERR_TAKEN",
            Code::TooLong => "ERR_TOO_LONG",
            Code::Invalid => "ERR_INVALID",
        }
    }
}

/// What verbs return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// `why` is a lower-case fragment.
    pub fn invalid(field: &'static str, why: impl Into<String>) -> Error {
        Error::Invalid {
            field,
            code: None,
            why: why.into(),
        }
    }

    /// The same with a code: apps that know the field by its name are told both.
    #[must_use]
    pub fn coded(self, code: Code) -> Error {
        match self {
            Error::Invalid { field, why, .. } => Error::Invalid {
                field,
                code: Some(code),
                why,
            },
            other => other,
        }
    }

    /// Whether there is nothing, or nothing for whoever asked.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::NotFound)
    }

    /// A broken promise of our own, with the sentence for the log.
    pub fn internal(why: impl Into<String>) -> Error {
        Error::Internal(why.into().into())
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Error {
        match error {
            DbError::NotFound => Error::NotFound,
            other => Error::Internal(Box::new(other)),
        }
    }
}

impl From<FactError> for Error {
    fn from(error: FactError) -> Error {
        Error::Internal(Box::new(error))
    }
}

impl From<Refusal> for Error {
    /// Refusals that would tell that something exists become *not found*; the choice is made here, not by handlers.
    fn from(refusal: Refusal) -> Error {
        if refusal.hides_existence() {
            Error::NotFound
        } else {
            Error::Refused(Box::new(refusal))
        }
    }
}

impl From<serde_json::Error> for Error {
    /// Of what we write ourselves; what others sent is read by `vocab`.
    fn from(error: serde_json::Error) -> Error {
        Error::Internal(Box::new(error))
    }
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Error {
        Error::invalid("document", malformed.to_string())
    }
}
