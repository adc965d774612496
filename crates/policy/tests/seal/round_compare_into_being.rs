//! Evidence is not made from what it is about.

use comity_policy::*;

include!("server.rs");

fn convert(domain: comity_vocab::Domain) -> Permitted {
    domain.into()
}

fn main() {}
