//! What was attested cannot be taken out to become something else.

use comity_policy::*;

include!("server.rs");

fn unwrap(attested: Attested<comity_vocab::Note>) -> comity_vocab::Note {
    attested.said
}

fn main() {}
