//! One permit is one request.

use comity_policy::*;

include!("server.rs");

fn twice(permit: Permitted) {
    fetch(permit.clone());
    fetch(permit);
}

fn main() {}
