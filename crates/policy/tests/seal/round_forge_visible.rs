//! A literal cannot make Visible.

use comity_policy::*;

include!("server.rs");

fn forge(status: Status) -> Visible<Status> {
    Visible { item: status }
}

fn main() {}
