//! A literal cannot make an Audience.

use comity_policy::*;

include!("server.rs");

fn forge(subject: Visible<Status>, to: Vec<Recipient>) -> Audience<Status> {
    Audience { subject, cleared: to, refused: Vec::new() }
}

fn main() {}
