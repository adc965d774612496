//! Addresses of things, as ids and links.

use std::fmt;

use url::{Host, Url};

use crate::domain::canonical_name;
use crate::{Domain, Malformed};

/// Ids are keys in several tables and indexes; no server we know sends any near this long.
const LONGEST: usize = 2048;

/// The longest name DNS can carry.
const LONGEST_HOST: usize = 253;

/// An absolute http(s) address in canonical form: lower-case scheme and host, A-labels, no
/// default port, no dot segments, no userinfo. Its host is always a valid [`Domain`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iri(Box<str>);

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
        Ok(Iri(String::from(url).into_boxed_str()))
    }

    /// Takes back what [`as_str`](Iri::as_str) gave to a store of ours. Where the host is a plain name, the text is looked over and
    /// not read anew, which would cost a tenth of a page: a path or a query that other hands wrote there may keep a spelling that
    /// [`parse`](Iri::parse) would change, a host never.
    pub fn restore(text: &str) -> Result<Iri, Malformed> {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .and_then(|rest| rest.split_once('/'))
            .map_or("", |(authority, _)| authority);
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        let (name, port) = host.split_once(':').unwrap_or((host, "1"));
        if is_plain_name(name)
            && is_plain_port(port)
            && text.len() <= LONGEST
            && text.bytes().all(is_plain)
        {
            Ok(Iri(text.into()))
        } else {
            // Among them hosts that are numbers.
            Iri::parse(text)
        }
    }

    /// The canonical text, as stored and compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port.
    pub fn domain(&self) -> Domain {
        Domain::from_canonical(self.host(), self.port())
    }

    /// The host without port.
    pub fn host(&self) -> &str {
        self.split().1
    }

    /// Whether scheme, host and port are the same (FEP-fe34): the only sense in which one server
    /// may speak for both addresses.
    pub fn same_origin(&self, other: &Iri) -> bool {
        // Neither writes a usual port.
        self.origin() == other.origin()
    }

    /// The same address without `#…`: the document that holds a key or a part.
    #[must_use]
    pub fn without_fragment(&self) -> Iri {
        match self.0.split_once('#') {
            Some((document, _)) => Iri(document.into()),
            None => self.clone(),
        }
    }

    /// The path, starting with a slash.
    pub fn path(&self) -> &str {
        let rest = self.after_origin();
        let end = rest.find(['?', '#']).unwrap_or(rest.len());
        &rest[..end]
    }

    /// What follows the question mark.
    pub fn query(&self) -> Option<&str> {
        let rest = self.after_origin();
        let document = rest.split_once('#').map_or(rest, |(document, _)| document);
        document.split_once('?').map(|(_, query)| query)
    }

    /// What follows the `#`.
    pub fn fragment(&self) -> Option<&str> {
        self.0.split_once('#').map(|(_, fragment)| fragment)
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Scheme, host, what stands between the host and the path, and everything from the path on.
    fn split(&self) -> (&str, &str, &str, &str) {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        // A canonical address has a path.
        let (authority, after) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // An address of IPv6 has colons of its own, within brackets.
        let name = authority.rfind(']').map_or(0, |bracket| bracket + 1);
        let end = authority[name..]
            .find(':')
            .map_or(authority.len(), |colon| name + colon);
        let (host, port) = authority.split_at(end);
        (scheme, host, port, after)
    }

    fn port(&self) -> Option<u16> {
        self.split().2.strip_prefix(':')?.parse().ok()
    }

    fn origin(&self) -> &str {
        &self.0[..self.0.len() - self.after_origin().len()]
    }

    fn after_origin(&self) -> &str {
        self.split().3
    }
}

/// A canonical port that may stand in an address: never 80 or 443, which no address of ours has.
fn is_plain_port(port: &str) -> bool {
    let is_short = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    is_short
        && !port.starts_with('0')
        && !matches!(port, "80" | "443")
        && port.parse::<u16>().is_ok()
}

/// A canonical name without a port that cannot be an address: its last label begins with a letter.
fn is_plain_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_inner =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= LONGEST_HOST
        && last.starts_with(|first: char| first.is_ascii_lowercase())
        && host.split('.').all(is_label)
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

    #[test]
    fn what_was_not_written_by_us_is_read_anew_or_refused() {
        let restored = |text: &str| Iri::restore(text).map(|address| address.to_string());
        for (stored, read) in [
            (
                "https://example.org/users/alice",
                "https://example.org/users/alice",
            ),
            ("https://EXAMPLE.org/a", "https://example.org/a"),
            ("https://example.org", "https://example.org/"),
            ("https://example.org/ä", "https://example.org/%C3%A4"),
            ("http://[::1]:3000/a", "http://[::1]:3000/a"),
            ("http://2130706433/x", "http://127.0.0.1/x"),
            ("https://127.1/x", "https://127.0.0.1/x"),
            ("https://example.org:443/a", "https://example.org/a"),
            ("https://example.org./a", "https://example.org/a"),
            ("http://example.org:3000/a", "http://example.org:3000/a"),
            ("https://example.org:080/a", "https://example.org:80/a"),
            ("https://example.org:/a", "https://example.org/a"),
        ] {
            assert_eq!(restored(stored).unwrap(), read);
        }
        let long_host = format!("https://{}.example/a", "a.".repeat(200));
        for text in [
            "",
            "/a",
            "https:///a",
            "https://:80/a",
            "https://[/a",
            "https://user@example.org/a",
            "https://example.org:70000/a",
            "https://example.org\\a",
            "ftp://example.org/a",
            &long_host,
        ] {
            assert!(Iri::restore(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_is_stable_and_the_host_is_a_domain(
            text in "https?://[a-zA-Z0-9.@:%_\\[\\]-]{0,20}(:[0-9]{1,5})?(/[ -~]{0,20})?|.{0,40}"
        ) {
            if let Ok(address) = Iri::parse(&text) {
                prop_assert_eq!(Iri::parse(address.as_str()).unwrap(), address.clone());
                let domain = address.domain();
                prop_assert_eq!(Domain::parse(domain.as_str()).unwrap(), domain.clone());
                prop_assert!(!address.as_str().contains('\\'));
                prop_assert_eq!(Iri::restore(address.as_str()).unwrap(), address.clone());
                let url = Url::parse(address.as_str()).unwrap();
                prop_assert_eq!(Some(address.host()), url.host_str());
                prop_assert_eq!(address.port(), url.port());
                prop_assert_eq!(address.path(), url.path());
                prop_assert_eq!(address.query(), url.query());
                prop_assert_eq!(address.fragment(), url.fragment());
                prop_assert_eq!(address.is_https(), url.scheme() == "https");
            }
        }
    }
}
