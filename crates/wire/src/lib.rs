//! Signed HTTP with other instances: the only door to the outside.
//!
//! Inwards, [`read_claim`], [`Claim::check`] and [`attest`] turn a received request into evidence of
//! who said what. Outwards, [`Wire`] fetches and delivers, each time against one [`Permitted`]
//! from the gate. It knows no accounts, keeps no keys and writes no database; the time is handed
//! in everywhere but in its timeouts.
//!
//! [`Permitted`]: comity_policy::Permitted

mod address;
mod body;
mod cavage;
mod client;
mod deliver;
mod digest;
mod error;
mod fetch;
mod file;
mod hosts;
mod key;
mod page;
mod proof;
mod push;
mod request;
mod resolve;
mod rfc9421;
mod seen;
mod sign;
mod structured;
mod synchronization;
mod text;
mod verify;
mod webfinger;
mod window;

pub use client::{Testing, Timeouts, Wire, WireConfig};
pub use deliver::Letter;
pub use error::{Distrust, WireError};
pub use fetch::{Fetched, FetchedJson};
pub use file::{FetchedFile, FileError, FileKind};
pub use key::{SigningKey, UnusableKey, generate_ed25519, generate_rsa, spki_to_pem};
pub use page::{FetchedPage, LARGEST_PAGE_HEAD};
pub use proof::Scheme;
pub use push::{LARGEST_PUSH, Parcel};
pub use request::Request;
pub use seen::SeenSignatures;
pub use sign::{sign, sign_with};
pub use synchronization::{FollowersDigest, Synchronization};
pub use text::{FetchedText, LARGEST_TEXT, Mark};
pub use verify::{Claim, Signer, attest, read_claim};
pub use webfinger::{Found, read_webfinger};
pub use window::{CAVAGE_AGE_MS, CLOCK_AHEAD_MS, RFC9421_AGE_MS};
