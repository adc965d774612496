//! There is no map that would let a closure swap the content.

use comity_policy::*;

include!("server.rs");

fn swap(visible: Visible<Status>, other: Status) -> Visible<Status> {
    visible.map(|_| other)
}

fn main() {}
