//! Why there is no copy of a file, sorted by how long that is remembered.

use comity_wire::{FileError, WireError};

use crate::error::Error;

/// See the module.
#[derive(Debug)]
pub(super) enum Why {
    /// It is ours, or of one community alone, and nothing is said of it.
    Here(Error),
    /// It may come in a while.
    ForNow(String),
    /// It is not there, or is not what we take.
    ForLong(String),
}

impl From<Error> for Why {
    fn from(why: Error) -> Why {
        match why {
            // Not theirs and not for good.
            Error::Internal(_) | Error::TooMany { .. } | Error::NotFound => Why::Here(why),
            why => Why::ForLong(why.to_string()),
        }
    }
}

impl From<FileError> for Why {
    fn from(why: FileError) -> Why {
        match why {
            FileError::Here(why) => Why::Here(Error::Internal(Box::new(why))),
            FileError::Wire(why @ WireError::Retry { .. }) => Why::ForNow(why.to_string()),
            FileError::Wire(why) => Why::ForLong(why.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_of_a_file_that_could_not_be_written_here() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let ours = Why::from(FileError::Here(full));
        assert!(matches!(ours, Why::Here(Error::Internal(_))), "{ours:?}");
        let away = WireError::Retry {
            after_ms: None,
            why: "took too long".to_owned(),
        };
        let away = Why::from(FileError::Wire(away));
        assert!(matches!(away, Why::ForNow(_)), "{away:?}");
        let gone = Why::from(FileError::Wire(WireError::Gone));
        assert!(matches!(gone, Why::ForLong(_)), "{gone:?}");
        let no_film = Why::from(Error::Elsewhere("is neither film nor sound".to_owned()));
        assert!(matches!(no_film, Why::ForLong(_)), "{no_film:?}");
    }
}
