//! A literal cannot make a refusal that may be told.

use comity_policy::*;

include!("server.rs");

fn forge(verdict: Verdict) -> Refusal {
    Refusal { verdict, act: Act::Read, way: Way::Page, told: true }
}

fn main() {}
