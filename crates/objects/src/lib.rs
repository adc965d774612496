//! Files in a bucket of an S3 server: the operator's own store, for installations of more than one machine.
//!
//! This is no way to other instances. Where it stands is a setting, its name is looked up like any other and may lead into
//! a private network; nobody else's input decides where a request goes, and no redirect is followed.

mod bucket;
mod error;

pub use bucket::{Bucket, Listed, Patience, Place};
pub use error::ObjectError;
