//! A literal cannot make Admitted.

use comity_policy::*;

include!("server.rs");

fn forge(note: comity_vocab::Note, by: comity_vocab::Iri) {
    receive(Admitted { thing: note, by });
}

fn main() {}
