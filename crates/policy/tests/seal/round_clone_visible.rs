//! Visible cannot be kept by cloning.

use comity_policy::*;

include!("server.rs");

fn keep(visible: &Visible<Status>) -> Visible<Status> {
    Visible::clone(visible)
}

fn main() {}
