//! Evidence has no default.

use comity_policy::*;

include!("server.rs");

fn from_nothing() -> Permitted {
    Permitted::default()
}

fn main() {}
