//! A literal cannot make a permit.

use comity_policy::*;

include!("server.rs");

fn forge(domain: comity_vocab::Domain) {
    fetch(Permitted { domain, contact: Contact::Fetch });
}

fn main() {}
