//! Evidence does not lend its content for changing.

use comity_policy::*;

include!("server.rs");

fn swap(mut visible: Visible<Status>, other: Status) {
    *visible = other;
}

fn main() {}
