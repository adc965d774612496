//! ActivityStreams as data: tolerant reading, exact writing, ids and domains.
//!
//! This crate turns bytes that anybody may have sent into plain types, and plain types into the
//! JSON that other servers expect. It opens no socket, keeps no state and knows none of our
//! accounts; whether the sender may say what a document says is decided elsewhere.

mod activity;
mod actor;
mod addressing;
pub mod build;
mod collection;
mod consent;
mod describe;
mod document;
mod domain;
mod error;
mod handle;
mod iri;
mod json;
mod key;
mod lenient;
mod media;
pub mod nodeinfo;
mod object;
mod poll;
mod tag;
mod webfinger;

pub use activity::{Activity, ActivityKind, Object};
pub use actor::{Actor, ActorKind};
pub use addressing::{PUBLIC, Visibility, visibility};
pub use collection::{Collection, CollectionKind, Tombstone};
pub use consent::{Consented, InteractionPolicy, Stamp, SubPolicy};
pub use describe::describe;
pub use document::{Document, read};
pub use domain::Domain;
pub use error::Malformed;
pub use handle::Handle;
pub use iri::Iri;
pub use key::{KeyMaterial, PublicKey};
pub use media::{Attachment, Icon};
pub use object::{Note, NoteKind};
pub use poll::{Poll, PollOption};
pub use tag::{Emoji, Mention};
pub use webfinger::Jrd;
