//! A note that was not admitted is not received.

use comity_policy::*;

include!("server.rs");

fn sneak(note: comity_vocab::Note) {
    receive(note);
}

fn main() {}
