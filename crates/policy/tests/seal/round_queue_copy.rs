//! A queue keeps ids. It cannot keep a copy of a permit for later.

use comity_policy::*;

include!("server.rs");

#[derive(Clone)]
struct Job {
    permit: Permitted,
}

fn main() {}
