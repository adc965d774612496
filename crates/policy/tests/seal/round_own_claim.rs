//! The list of things that can be admitted is closed.

use comity_policy::*;

include!("server.rs");

struct Anything;

impl Claim for Anything {}

fn main() {}
