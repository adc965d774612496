//! Admitted cannot be kept by cloning, though what is in it can.

use comity_policy::*;

include!("server.rs");

fn keep(note: &Admitted<comity_vocab::Note>) -> Admitted<comity_vocab::Note> {
    note.clone()
}

fn main() {}
