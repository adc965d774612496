//! The text of a status is out of reach without evidence.

use comity_policy::*;

include!("server.rs");

fn read(status: &Status) -> &str {
    &status.text
}

fn main() {}
