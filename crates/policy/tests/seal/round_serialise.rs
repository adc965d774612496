//! Evidence has no written form.

use comity_policy::*;

include!("server.rs");

fn write(permit: &Permitted) -> String {
    permit.to_string()
}

fn main() {}
