//! The honest path: every sink gets its evidence from the gate.

use comity_policy::*;
use comity_vocab::{Activity, Domain, Iri, Note, Visibility};

include!("server.rs");

async fn publish(gate: &Gate<Nobody>, status: Status, to: Vec<Recipient>) -> Result<(), FactError> {
    let audience = gate.address(status, Way::FollowerDelivery, to).await?;
    deliver(&audience);
    Ok(())
}

async fn read(gate: &Gate<Nobody>, viewer: &Party, status: Status) -> Result<(), FactError> {
    if let Ok(status) = gate.show(viewer, Way::Page, status).await? {
        let _words: &str = body(&status);
        let _author: &Person = &status.author;
    }
    Ok(())
}

async fn inbox(
    gate: &Gate<Nobody>,
    said: Attested<Activity>,
    sender: &Person,
) -> Result<(), FactError> {
    let into = CommunityId(1);
    match gate.admit(said, into, sender, Act::Deliver, Way::SharedInbox, None).await? {
        Ok(activity) => {
            if let Part::Held(note) = activity.note() {
                receive(note);
            }
        }
        Err(refusal) => drop(refusal.hides_existence()),
    }
    Ok(())
}

async fn fetch_some(gate: &Gate<Nobody>, domain: &Domain) -> Result<(), FactError> {
    if let Ok(permit) = gate.permit(CommunityId(1), domain, Contact::Fetch).await? {
        fetch(permit);
    }
    Ok(())
}

fn main() {
    let _ = (publish, read, inbox, fetch_some, forge_nothing);
}

fn forge_nothing(note: Note, from: Iri, visibility: Visibility) {
    // What was attested is no evidence, and opens nothing by itself.
    let attested = Attested::by_origin(from, note);
    drop((attested.peek().content.len(), visibility));
}
