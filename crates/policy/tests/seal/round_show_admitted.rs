//! Admitted is not Visible: what came in is not therefore shown.

use comity_policy::*;

include!("server.rs");

fn sneak(status: &Admitted<Status>) -> &str {
    body(status)
}

fn main() {}
