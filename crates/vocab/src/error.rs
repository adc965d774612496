//! Why something was not understood.

use std::borrow::Cow;

/// What was wrong, and at which field. Reads as `id: is not an http(s) address`.
///
/// The text is written by us and repeats nothing that the sender wrote but plain property names,
/// so that it may be logged and shown as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Malformed {
    field: Cow<'static, str>,
    problem: Cow<'static, str>,
}

impl Malformed {
    /// Names the field and finishes the sentence that starts with it.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Malformed {
        Malformed {
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// The field that could not be read.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What was wrong with it.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The same problem, told of the field that held the value.
    #[must_use]
    pub fn at(self, field: impl Into<Cow<'static, str>>) -> Malformed {
        Malformed {
            field: field.into(),
            problem: self.problem,
        }
    }
}
