//! Addresses of things, as ids and links.

use std::fmt;

use url::{Host, Url};

use crate::domain::canonical_name;
use crate::{Domain, Malformed};

/// Ids are keys in several tables and indexes; no server we know sends any near this long.
const LONGEST: usize = 2048;

/// An absolute http(s) address in canonical form: lower-case scheme and host, A-labels, no
/// default port, no dot segments, no userinfo. Its host is always a valid [`Domain`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iri(Url);

impl Iri {
    /// Reads an address of at most 2048 bytes.
    ///
    /// Spellings that programs are known to read differently (a backslash, userinfo even if
    /// empty, missing or extra slashes, control characters) are refused instead of repaired: an
    /// id that means one host to us and another to the next server is a tool for forging.
    pub fn parse(text: &str) -> Result<Iri, Malformed> {
        let refuse = |problem: &'static str| Malformed::new("address", problem);
        let text = text.trim_matches(' ');
        if text.len() > LONGEST {
            return Err(refuse("is longer than 2048 bytes"));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(refuse("is not an http(s) address"));
        };
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(refuse("is not an http(s) address"));
        }
        if text
            .bytes()
            .any(|byte| byte.is_ascii_control() || byte == b'\\')
        {
            return Err(refuse("has a control character or a backslash"));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() {
            return Err(refuse("has no host"));
        }
        if authority.contains('@') {
            return Err(refuse("has a user name or password"));
        }
        let mut url = Url::parse(text).map_err(|_| refuse("is not a valid address"))?;
        if let Some(Host::Domain(name)) = url.host() {
            let canonical = canonical_name(name).map_err(|why| why.at("address"))?;
            if canonical != name {
                let canonical = canonical.to_owned();
                url.set_host(Some(&canonical))
                    .map_err(|_| refuse("is not a valid address"))?;
            }
        }
        if url.port() == Some(0) {
            return Err(refuse("has a port that cannot exist"));
        }
        if url.as_str().len() > LONGEST {
            return Err(refuse("is longer than 2048 bytes"));
        }
        Ok(Iri(url))
    }

    /// The canonical text, as stored and compared.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Host and port.
    pub fn domain(&self) -> Domain {
        Domain::from_canonical(self.host(), self.0.port())
    }

    /// The host without port.
    pub fn host(&self) -> &str {
        // `parse` refuses addresses without a host.
        self.0.host_str().unwrap_or_default()
    }

    /// Whether scheme, host and port are the same (FEP-fe34): the only sense in which one server
    /// may speak for both addresses.
    pub fn same_origin(&self, other: &Iri) -> bool {
        self.0.scheme() == other.0.scheme()
            && self.host() == other.host()
            && self.0.port_or_known_default() == other.0.port_or_known_default()
    }

    /// The same address without `#…`: the document that holds a key or a part.
    #[must_use]
    pub fn without_fragment(&self) -> Iri {
        let mut url = self.0.clone();
        url.set_fragment(None);
        Iri(url)
    }

    /// The path, starting with a slash.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// What follows the question mark.
    pub fn query(&self) -> Option<&str> {
        self.0.query()
    }

    /// What follows the `#`.
    pub fn fragment(&self) -> Option<&str> {
        self.0.fragment()
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for Iri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Iri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iri({:?})", self.as_str())
    }
}

impl std::str::FromStr for Iri {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Iri, Malformed> {
        Iri::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn iri(text: &str) -> Iri {
        Iri::parse(text).unwrap()
    }

    #[test]
    fn every_spelling_becomes_the_same_address() {
        for (spelling, canonical) in [
            (
                "https://example.org/users/alice",
                "https://example.org/users/alice",
            ),
            ("HTTPS://EXAMPLE.org/Users", "https://example.org/Users"),
            ("https://example.org", "https://example.org/"),
            ("https://example.org:443/a", "https://example.org/a"),
            ("http://example.org:80/a", "http://example.org/a"),
            ("https://example.org./a", "https://example.org/a"),
            (
                "https://bücher.example/a",
                "https://xn--bcher-kva.example/a",
            ),
            ("https://example.org/a/../b", "https://example.org/b"),
            ("https://example.org/ä", "https://example.org/%C3%A4"),
            ("http://2130706433/x", "http://127.0.0.1/x"),
            ("http://[::ffff:127.0.0.1]/x", "http://[::ffff:7f00:1]/x"),
            (" https://example.org/a ", "https://example.org/a"),
            (
                "https://example.org/a#main-key",
                "https://example.org/a#main-key",
            ),
        ] {
            assert_eq!(iri(spelling).as_str(), canonical, "{spelling}");
        }
    }

    #[test]
    fn what_programs_read_differently_is_refused() {
        let long = format!("https://example.org/{}", "a".repeat(2048));
        let long_when_escaped = format!("https://example.org/{}", "ä".repeat(400));
        for text in [
            "",
            "example.org",
            "/users/alice",
            "//example.org/a",
            "https:example.org",
            "https:/example.org",
            "https:///example.org/a",
            "https://",
            "https://?a",
            "https://#a",
            "ftp://example.org/a",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "acct:a@example.org",
            "did:key:z6Mk",
            "tag:example.org,2020:x",
            "https://user@example.org/a",
            "https://user:password@example.org/",
            "https://@example.org/",
            "https://evil.example\\@example.org/",
            "https://example.org\\a",
            "https://exa\tmple.org/",
            "https://example.org/a\nb",
            "https://example.org/\u{0}",
            "https://example.org:0/",
            "https://example.org:99999/",
            "https://exa mple.org/",
            "https://a..b/",
            "https://{{domain}}/a",
            "javascript://example.org/%0aalert(1)",
            &long,
            &long_when_escaped,
        ] {
            assert!(Iri::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn origin_is_scheme_host_and_port() {
        for (one, other, expected) in [
            ("https://example.org/a", "https://example.org/b?c#d", true),
            ("https://example.org/a", "https://EXAMPLE.ORG.:443/a", true),
            ("https://example.org/a", "http://example.org/a", false),
            ("https://example.org/a", "https://example.org:8443/a", false),
            ("https://example.org/a", "https://www.example.org/a", false),
            (
                "https://example.org/a",
                "https://example.org.evil.example/a",
                false,
            ),
        ] {
            assert_eq!(
                iri(one).same_origin(&iri(other)),
                expected,
                "{one} and {other}"
            );
        }
    }

    #[test]
    fn parts_come_apart() {
        let address = iri("http://example.org:3000/users/alice?page=2#main-key");
        assert_eq!(address.domain().as_str(), "example.org:3000");
        assert_eq!(address.path(), "/users/alice");
        assert_eq!(address.query(), Some("page=2"));
        assert_eq!(address.fragment(), Some("main-key"));
        assert!(!address.is_https());
        assert_eq!(
            address.without_fragment().as_str(),
            "http://example.org:3000/users/alice?page=2"
        );
    }

    proptest! {
        #[test]
        fn parsing_is_stable_and_the_host_is_a_domain(
            text in "https?://[a-zA-Z0-9.@:%_\\[\\]-]{0,20}(/[ -~]{0,20})?|.{0,40}"
        ) {
            if let Ok(address) = Iri::parse(&text) {
                prop_assert_eq!(Iri::parse(address.as_str()).unwrap(), address.clone());
                let domain = address.domain();
                prop_assert_eq!(Domain::parse(domain.as_str()).unwrap(), domain.clone());
                prop_assert!(!address.as_str().contains('\\'));
            }
        }
    }
}
