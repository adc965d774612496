//! A permit that is ignored is pointed out.

use comity_policy::*;

include!("server.rs");

#[deny(unused_must_use)]
async fn ignore(gate: &Gate<Nobody>, domain: &comity_vocab::Domain) {
    gate.permit(CommunityId(1), domain, Contact::Fetch).await.unwrap().unwrap();
}

fn main() {}
