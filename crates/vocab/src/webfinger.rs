//! WebFinger: from a handle to an actor, and back as a check.

use serde_json::{Value, json};

use crate::json::parse;
use crate::{Handle, Iri, Malformed};

/// The media type by which the actor is told from the other links.
const ACTIVITY_TYPES: [&str; 2] = [
    "application/activity+json",
    "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
];

/// What WebFinger answers about one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jrd {
    /// The account, as its server writes it. `None` where the subject is not an `acct:` address.
    pub subject: Option<Handle>,
    /// The actors, usually one. Lemmy names a person and a community of the same name.
    pub self_links: Vec<Iri>,
    /// The page to look at.
    pub profile: Option<Iri>,
    /// Where to send people who want to follow, with `{uri}` in it.
    pub subscribe: Option<String>,
}

impl Jrd {
    /// Reads an answer. Links without an ActivityPub media type are not actors.
    pub fn read(bytes: &[u8]) -> Result<Jrd, Malformed> {
        let json = parse(bytes)?;
        let subject = json
            .get("subject")
            .raw()
            .ok_or(Malformed::new("subject", "is missing"))?;
        let mut jrd = Jrd {
            subject: Handle::parse(subject)
                .ok()
                .filter(|handle| handle.domain.is_some()),
            self_links: Vec::new(),
            profile: None,
            subscribe: None,
        };
        for link in json.get("links").each() {
            let href = link
                .get("href")
                .raw()
                .and_then(|href| Iri::parse(href).ok());
            match (link.get("rel").raw(), href) {
                (Some("self"), Some(href)) => {
                    let media_type = link.get("type").raw().unwrap_or_default();
                    if ACTIVITY_TYPES.contains(&media_type) && !jrd.self_links.contains(&href) {
                        jrd.self_links.push(href);
                    }
                }
                (Some("http://webfinger.net/rel/profile-page"), Some(href)) => {
                    jrd.profile.get_or_insert(href);
                }
                (Some("http://ostatus.org/schema/1.0/subscribe"), _) => {
                    jrd.subscribe = link
                        .get("template")
                        .raw()
                        .filter(|text| text.starts_with("https://") && text.contains("{uri}"))
                        .map(str::to_owned);
                }
                _ => {}
            }
        }
        Ok(jrd)
    }

    /// Writes our own answer.
    pub fn build(&self) -> Value {
        let mut links = Vec::new();
        if let Some(profile) = &self.profile {
            links.push(json!({
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": profile.as_str(),
            }));
        }
        for actor in &self.self_links {
            links.push(json!({
                "rel": "self",
                "type": ACTIVITY_TYPES[0],
                "href": actor.as_str(),
            }));
        }
        if let Some(template) = &self.subscribe {
            links.push(json!({
                "rel": "http://ostatus.org/schema/1.0/subscribe",
                "template": template,
            }));
        }
        let aliases: Vec<&str> = self
            .profile
            .iter()
            .chain(&self.self_links)
            .map(Iri::as_str)
            .collect();
        json!({
            "subject": self.subject.as_ref().and_then(Handle::acct),
            "aliases": aliases,
            "links": links,
        })
    }
}
