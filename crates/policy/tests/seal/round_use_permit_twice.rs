//! A permit is used up by the request.

use comity_policy::*;

include!("server.rs");

fn twice(permit: Permitted) {
    fetch(permit);
    fetch(permit);
}

fn main() {}
