//! The content of evidence cannot be swapped in place.

use comity_policy::*;

include!("server.rs");

fn swap(visible: &mut Visible<Status>, other: Status) {
    let _ = std::mem::replace(&mut **visible, other);
}

fn main() {}
