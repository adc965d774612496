//! Folding recipients into the inboxes that reach them.

use std::collections::BTreeMap;

use comity_policy::Recipient;
use comity_vocab::{Domain, Iri};

/// Inboxes to deliver to, each once.
#[derive(Debug, Default)]
pub(super) struct Inboxes(BTreeMap<Iri, Domain>);

impl Inboxes {
    /// Adds the inbox for this recipient: with `shared`, the one that reaches everybody on their server in one
    /// request, where they have one.
    pub fn add(&mut self, recipient: &Recipient, shared: bool) {
        let inbox = inbox_for(recipient, shared);
        self.0
            .entry(inbox.clone())
            .or_insert_with(|| inbox.domain());
    }

    /// Each inbox with the domain that is asked for it, in a stable order.
    pub fn into_sorted(self) -> impl Iterator<Item = (Iri, Domain)> {
        self.0.into_iter()
    }
}

/// The inbox by which this recipient is reached. A shared inbox on another host than their own is not used: its server
/// was not cleared, theirs was.
pub(super) fn inbox_for(recipient: &Recipient, shared: bool) -> &Iri {
    match &recipient.shared_inbox {
        Some(inbox) if shared && inbox.domain() == recipient.inbox.domain() => inbox,
        _ => &recipient.inbox,
    }
}

#[cfg(test)]
mod tests {
    use comity_policy::{Person, PersonId};

    use super::*;

    fn recipient(id: i64, host: &str, shared: Option<&str>) -> Recipient {
        let iri = Iri::parse(&format!("https://{host}/users/{id}")).unwrap();
        Recipient {
            person: Person {
                id: Some(PersonId(id)),
                ..Person::stranger(iri.clone())
            },
            inbox: Iri::parse(&format!("{}/inbox", iri.as_str())).unwrap(),
            shared_inbox: shared.map(|iri| Iri::parse(iri).unwrap()),
        }
    }

    fn folded(people: &[Recipient], shared: bool) -> Vec<String> {
        let mut inboxes = Inboxes::default();
        for recipient in people {
            inboxes.add(recipient, shared);
        }
        inboxes
            .into_sorted()
            .map(|(inbox, _)| inbox.as_str().to_owned())
            .collect()
    }

    #[test]
    fn neighbours_share_one_delivery() {
        let people = [
            recipient(1, "a.example", Some("https://a.example/inbox")),
            recipient(2, "a.example", Some("https://a.example/inbox")),
            recipient(3, "b.example", None),
        ];
        assert_eq!(
            folded(&people, true),
            ["https://a.example/inbox", "https://b.example/users/3/inbox"]
        );
        assert_eq!(
            folded(&people, false).len(),
            3,
            "what is meant for one person goes to that person"
        );
    }

    #[test]
    fn a_shared_inbox_elsewhere_is_not_believed() {
        let people = [recipient(
            1,
            "a.example",
            Some("https://evil.example/inbox"),
        )];
        assert_eq!(folded(&people, true), ["https://a.example/users/1/inbox"]);
    }
}
