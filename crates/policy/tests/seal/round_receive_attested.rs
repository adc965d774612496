//! To know who said it is not to know that they may.

use comity_policy::*;

include!("server.rs");

fn sneak(note: Attested<comity_vocab::Note>) {
    receive(note);
}

fn main() {}
