//! The conditions of evidence can be read and not lifted.

use comity_policy::*;

include!("server.rs");

fn lift(visible: &mut Visible<Status>) {
    visible.conditions = Conditions::NONE;
}

fn main() {}
