//! What an S3 server could not do.

/// Why nothing came of it. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// There is no such object; of a whole bucket, no such bucket.
    #[error("there is no such object")]
    NotFound,
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(String),
    /// It said no: the status of HTTP, and S3's own word for the reason where it gave one.
    #[error("the store answered {status} {code}")]
    Refused {
        /// The status of HTTP.
        status: u16,
        /// As in `AccessDenied`; may be empty.
        code: String,
    },
    /// It could not be reached, or broke off, as often as it was tried.
    #[error("the store could not be reached: {0}")]
    Unreachable(String),
    /// A file on this machine could not be read or written.
    #[error("a file on this machine: {0}")]
    Here(#[from] std::io::Error),
}
