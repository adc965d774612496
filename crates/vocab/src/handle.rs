//! The form in which people write an account: `@alice@example.org`.

use std::fmt;

use crate::{Domain, Malformed};

/// Longest user name we accept from anybody, in characters. Mastodon allows 30 locally and far
/// more from others; Lemmy communities and blogs on WordPress use long ones.
const LONGEST_USERNAME: usize = 64;

/// An account as people write it. Without a domain it means an account here.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Handle {
    /// The part before the domain, in the spelling given.
    pub username: String,
    /// Where the account lives.
    pub domain: Option<Domain>,
}

impl Handle {
    /// Reads `@a@b`, `a@b`, `acct:a@b`, `@a` and `a`.
    pub fn parse(text: &str) -> Result<Handle, Malformed> {
        let text = text.trim();
        let text = match text.get(..5) {
            Some(scheme) if scheme.eq_ignore_ascii_case("acct:") => &text[5..],
            _ => text,
        };
        let text = text.strip_prefix('@').unwrap_or(text);
        let (username, domain) = match text.split_once('@') {
            None => (text, None),
            Some((username, domain)) => (
                username,
                Some(Domain::parse(domain).map_err(|malformed| malformed.at("handle"))?),
            ),
        };
        if !is_username(username) {
            return Err(Malformed::new("handle", "has no valid user name"));
        }
        Ok(Handle {
            username: username.to_owned(),
            domain,
        })
    }

    /// The `acct:` form that WebFinger asks for; `None` without a domain.
    pub fn acct(&self) -> Option<String> {
        let domain = self.domain.as_ref()?;
        Some(format!("acct:{}@{domain}", self.username))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.domain {
            Some(domain) => write!(f, "@{}@{domain}", self.username),
            None => write!(f, "@{}", self.username),
        }
    }
}

impl std::str::FromStr for Handle {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Handle, Malformed> {
        Handle::parse(text)
    }
}

/// Letters and digits of any script, and `_.-`, at most 64 characters, not only punctuation.
/// Mastodon, Misskey, Lemmy and PeerTube need no more.
pub(crate) fn is_username(text: &str) -> bool {
    text.chars().count() <= LONGEST_USERNAME
        && text.chars().any(char::is_alphanumeric)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_people_write_it() {
        for (text, canonical) in [
            ("@alice@example.org", "@alice@example.org"),
            ("alice@EXAMPLE.org", "@alice@example.org"),
            ("acct:alice@example.org", "@alice@example.org"),
            ("ACCT:alice@example.org", "@alice@example.org"),
            ("@alice", "@alice"),
            ("alice", "@alice"),
            (" @Alice@example.org:3000 ", "@Alice@example.org:3000"),
            ("@dbzer0.com@dbzer0.com", "@dbzer0.com@dbzer0.com"),
            ("@jürgen@bücher.example", "@jürgen@xn--bcher-kva.example"),
            ("@_a-b.c@example.org", "@_a-b.c@example.org"),
        ] {
            assert_eq!(
                Handle::parse(text).unwrap().to_string(),
                canonical,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        let long = "a".repeat(65);
        for text in [
            "",
            "@",
            "@@example.org",
            "@alice@",
            "@alice@a@b",
            "@a b@example.org",
            "@../admin",
            "@a/b",
            "@<script>@example.org",
            "@...",
            "@alice@example.org/path",
            "@a\u{202e}b",
            "@{{nickname}}",
            &long,
        ] {
            assert!(Handle::parse(text).is_err(), "{text}");
        }
    }
}
