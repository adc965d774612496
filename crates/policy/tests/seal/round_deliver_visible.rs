//! Visible is not an Audience: one who may see is not everybody.

use comity_policy::*;

include!("server.rs");

fn sneak(status: &Visible<Status>) {
    deliver(status);
}

fn main() {}
