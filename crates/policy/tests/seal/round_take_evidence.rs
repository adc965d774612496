//! Evidence cannot be taken out and left as an empty copy.

use comity_policy::*;

include!("server.rs");

fn take(permit: &mut Permitted) -> Permitted {
    std::mem::take(permit)
}

fn main() {}
