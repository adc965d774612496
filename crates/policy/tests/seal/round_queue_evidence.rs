//! Queued work is data; evidence is not, and cannot be put there.

use comity_policy::*;

include!("server.rs");

/// What a queue asks of its jobs.
trait AtRest: Clone + Default {}

impl AtRest for Visible<Status> {}

fn main() {}
