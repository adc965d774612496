// What a server has around the gate: a mute domain type, and sinks that ask for evidence.

mod status {
    use comity_policy::*;
    use comity_vocab::Visibility;

    /// Its text is private: there is one door.
    pub struct Status {
        pub author: Person,
        pub visibility: Visibility,
        text: String,
    }

    impl Status {
        pub fn stored(author: Person, visibility: Visibility, text: String) -> Status {
            Status { author, visibility, text }
        }
    }

    impl Subject for Status {
        fn thing(&self) -> Thing {
            Thing {
                visibility: self.visibility,
                ..Thing::of(self.author.clone())
            }
        }
    }

    /// The only door to the text: whoever reads it has been cleared.
    pub fn body(status: &Visible<Status>) -> &str {
        &status.text
    }
}

#[allow(unused_imports)]
use status::{Status, body};

#[allow(dead_code)]
struct Nobody;

impl FactSource for Nobody {
    async fn ties(&self, _pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        Ok(Ties::none())
    }

    async fn peers(
        &self,
        _domains: &[comity_vocab::Domain],
    ) -> Result<Vec<(comity_vocab::Domain, Peer)>, FactError> {
        Ok(Vec::new())
    }
}

#[allow(dead_code)]
fn deliver(_audience: &Audience<Status>) {}

#[allow(dead_code)]
fn receive(_note: Admitted<comity_vocab::Note>) {}

#[allow(dead_code)]
fn fetch(_permit: Permitted) {}
