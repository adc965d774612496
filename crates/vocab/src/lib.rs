//! ActivityStreams as data: tolerant reading, exact writing, ids and domains.
//!
//! This crate turns bytes that anybody may have sent into plain types, and plain types into the
//! JSON that other servers expect. It opens no socket, keeps no state and knows none of our
//! accounts; whether the sender may say what a document says is decided elsewhere.

mod addressing;
mod domain;
mod error;
mod handle;
mod iri;

pub use addressing::{PUBLIC, Visibility, visibility};
pub use domain::Domain;
pub use error::Malformed;
pub use handle::Handle;
pub use iri::Iri;
