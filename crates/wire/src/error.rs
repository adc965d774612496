//! What went wrong, shaped by what the caller does about it.

use std::borrow::Cow;

/// Why something received is not believed. Never told to the sender beyond "unauthorised": the
/// detail is for our log.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// There is no signature at all.
    #[error("request is not signed")]
    Unsigned,
    /// Something in it cannot be read.
    #[error("{0}")]
    Malformed(Cow<'static, str>),
    /// The body is not the one the digest was made of.
    #[error("digest does not match the body")]
    DigestMismatch,
    /// Signed outside the window in which we accept, or expired by its own word. Also answered
    /// when a restart or overload left us unable to tell whether it was seen before.
    #[error("signature is too old or from the future")]
    Stale,
    /// This very signature was used before. Two honest requests signed within one second can
    /// look the same, so this is best answered like "try again" and not like "forbidden".
    #[error("signature was used before")]
    Replayed,
    /// So many signatures were seen that no more can be remembered for now: best answered like "try again later".
    #[error("too many signatures were seen")]
    Full,
    /// The key did not make this signature.
    #[error("signature does not fit the key")]
    BadSignature,
    /// The key is not the one named, or its owner may not use it, or the actor is not its owner.
    #[error("{0}")]
    KeyOwnerMismatch(Cow<'static, str>),
    /// An algorithm that we do not accept, or one that is not the key's.
    #[error("algorithm is not accepted: {0}")]
    UnsupportedAlgorithm(Cow<'static, str>),
    /// The signature leaves out something that must be signed.
    #[error("signature does not cover {0}")]
    NotCovered(&'static str),
    /// Several signatures that do not say one and the same.
    #[error("{0}")]
    Ambiguous(Cow<'static, str>),
    /// A document says something that its origin cannot vouch for.
    #[error("{0}")]
    Origin(Cow<'static, str>),
}

impl Distrust {
    pub(crate) fn malformed(what: impl Into<Cow<'static, str>>) -> Distrust {
        Distrust::Malformed(what.into())
    }
}

impl From<comity_vocab::Malformed> for Distrust {
    fn from(malformed: comity_vocab::Malformed) -> Distrust {
        Distrust::Malformed(malformed.to_string().into())
    }
}

/// Why a request of ours came to nothing, by what to do next.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WireError {
    /// The other side may answer later. `after_ms` is what it asked for, within our bounds;
    /// without it the caller's own schedule applies.
    #[error("could not reach them for now: {why}")]
    Retry {
        /// How long they asked us to wait, in milliseconds.
        after_ms: Option<u64>,
        /// What happened, for the log.
        why: String,
    },
    /// Trying again will not help.
    #[error("could not be done: {why}")]
    GiveUp {
        /// Their HTTP status, if they answered.
        status: Option<u16>,
        /// What happened, for the log.
        why: String,
    },
    /// They say it is gone for good.
    #[error("is gone")]
    Gone,
    /// They answered something that we do not believe.
    #[error("could not be believed: {0}")]
    Distrust(Distrust),
    /// We do not ask: the address is unsafe, or not the one that was permitted.
    #[error("is not permitted: {0}")]
    NotPermitted(String),
}

impl From<Distrust> for WireError {
    fn from(distrust: Distrust) -> WireError {
        WireError::Distrust(distrust)
    }
}
