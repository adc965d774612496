//! Asking where an account lives, and who answers for it.

use comity_vocab::{Domain, Handle, Iri, Jrd, Malformed};

use crate::Distrust;
use crate::client::Wire;

/// What a WebFinger answer settles.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// The domain that was asked says so of its own account. Usually one actor; Lemmy has a
    /// person and a community of one name. The actor must still confirm the handle in turn.
    Actors {
        /// The account in the spelling of its server.
        handle: Handle,
        /// Its actors, on any domain, at least one.
        actors: Vec<Iri>,
    },
    /// The answer speaks of an account of another domain, and only that domain may: ask it, after
    /// asking the gate.
    Elsewhere(Handle),
}

impl Wire {
    /// Where to ask about a handle, for [`Wire::fetch_json`]. Refuses a handle without a domain.
    pub fn webfinger_address(&self, handle: &Handle) -> Result<Iri, Malformed> {
        let (Some(domain), Some(acct)) = (&handle.domain, handle.acct()) else {
            return Err(Malformed::new("handle", "has no domain"));
        };
        self.well_known(domain, &format!("webfinger?resource={acct}"))
    }

    /// Where a domain lists its NodeInfo documents, for [`Wire::fetch_json`].
    pub fn nodeinfo_address(&self, domain: &Domain) -> Result<Iri, Malformed> {
        self.well_known(domain, "nodeinfo")
    }

    fn well_known(&self, domain: &Domain, rest: &str) -> Result<Iri, Malformed> {
        let scheme = if self.allows_http() { "http" } else { "https" };
        Iri::parse(&format!("{scheme}://{domain}/.well-known/{rest}"))
    }
}

/// Reads the answer to a question about `asked`. An answer about another account of the *same*
/// domain, or one that names no actor, is not believed.
pub fn read_webfinger(asked: &Handle, bytes: &[u8]) -> Result<Found, Distrust> {
    let jrd = Jrd::read(bytes)?;
    let Some(subject) = jrd.subject else {
        return Err(Distrust::Origin("answer is about no account".into()));
    };
    if subject.domain != asked.domain {
        return Ok(Found::Elsewhere(subject));
    }
    if subject.username.to_lowercase() != asked.username.to_lowercase() {
        return Err(Distrust::Origin("answer is about another account".into()));
    }
    if jrd.self_links.is_empty() {
        return Err(Distrust::Origin("answer names no actor".into()));
    }
    Ok(Found::Actors {
        handle: subject,
        actors: jrd.self_links,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(subject: &str, actor: &str) -> Vec<u8> {
        format!(
            r#"{{"subject":"{subject}","links":[{{"rel":"self","type":"application/activity+json","href":"{actor}"}}]}}"#
        )
        .into_bytes()
    }

    #[test]
    fn a_domain_answers_for_its_own_accounts_only() {
        let asked = Handle::parse("@alice@example.org").unwrap();
        let actor = "https://social.example.org/users/alice";

        let own = read_webfinger(&asked, &answer("acct:Alice@example.org", actor)).unwrap();
        let Found::Actors { handle, actors } = own else {
            panic!("its own account is settled");
        };
        assert_eq!(handle.to_string(), "@Alice@example.org");
        assert_eq!(actors, [Iri::parse(actor).unwrap()]);

        let other = read_webfinger(&asked, &answer("acct:alice@social.example.org", actor));
        let expected = Handle::parse("@alice@social.example.org").unwrap();
        assert_eq!(other, Ok(Found::Elsewhere(expected)));

        let forged = read_webfinger(&asked, &answer("acct:bob@example.org", actor));
        assert!(matches!(forged, Err(Distrust::Origin(_))));
    }
}
