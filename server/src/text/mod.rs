//! From what people type and what servers send to text that is safe to show. Nothing in here knows accounts beyond
//! their handle and their page.

mod format;
pub mod hashtag;
pub mod language;
pub mod length;
pub mod markdown;
pub mod mention;
pub mod plain;
pub mod render;
pub mod sanitize;
pub mod scan;
mod weight;
pub mod words;

pub use format::Format;
