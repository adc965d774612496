//! Admitted does not lend its content for changing.

use comity_policy::*;

include!("server.rs");

fn swap(mut note: Admitted<comity_vocab::Note>) {
    note.content.push_str("and more");
}

fn main() {}
