//! The door to the text does not open for a bare status.

use comity_policy::*;

include!("server.rs");

fn read(status: &Status) -> &str {
    body(status)
}

fn main() {}
