//! Nobody is added to an audience after clearance.

use comity_policy::*;

include!("server.rs");

fn add(audience: &mut Audience<Status>, late: Recipient) {
    audience.cleared().push(late);
}

fn main() {}
