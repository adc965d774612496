//! The fields of evidence are private.

use comity_policy::*;

include!("server.rs");

fn unwrap(visible: Visible<Status>) -> Status {
    visible.item
}

fn main() {}
