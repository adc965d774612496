//! The one form in which a host name is compared.

use std::fmt;

use url::Host;

use crate::Malformed;

/// The longest name DNS can carry, in its textual form (RFC 1035, without the trailing dot).
const LONGEST_HOST: usize = 253;

/// The longest label DNS can carry (RFC 1035).
const LONGEST_LABEL: usize = 63;

/// A host, with its port unless that is the usual one: `example.org`, `localhost:3000`.
///
/// It is only made by parsing, and two spellings of the same place always become the same value:
/// lower case, A-labels instead of Unicode, no trailing dot, no 443 or 80. Numeric spellings of
/// an address (`0x7f.1`) become that address. An address is a valid domain here; whether one may
/// be contacted is not asked here.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain {
    text: String,
    /// Bytes of the text before the port.
    host: u8,
    /// Bytes of the registrable domain at the host's end. Found once: every decision goes by it.
    registrable: u8,
}

impl Domain {
    /// Reads `host` or `host:port`. Userinfo, paths and schemes are refused.
    pub fn parse(text: &str) -> Result<Domain, Malformed> {
        let (host, port) = split_port(text)?;
        Domain::new(host, port)
    }

    fn new(host: &str, port: Option<u16>) -> Result<Domain, Malformed> {
        Ok(Domain::from_canonical(&canonical_host(host)?, port))
    }

    /// For addresses, whose host is canonical since they were parsed.
    pub(crate) fn from_canonical(host: &str, port: Option<u16>) -> Domain {
        let is_ip = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
        let registrable = if is_ip { None } else { psl::domain_str(host) };
        Domain::of_parts(host, port, registrable.map_or(host.len(), str::len))
    }

    fn of_parts(host: &str, port: Option<u16>, registrable: usize) -> Domain {
        let bytes = |count| u8::try_from(count).expect("a host has at most 253 bytes");
        Domain {
            text: match port {
                None | Some(443 | 80) => host.to_owned(),
                Some(port) => format!("{host}:{port}"),
            },
            host: bytes(host.len()),
            registrable: bytes(registrable),
        }
    }

    /// The domain of a name in its [`lineage`](Domain::lineage), on that port. `None` for any other name.
    pub fn ancestor(&self, name: &str, port: Option<u16>) -> Option<Domain> {
        let is_one = self.lineage().any(|known| known == name);
        is_one.then(|| Domain::of_parts(name, port, usize::from(self.registrable)))
    }

    /// The canonical text, as stored and compared.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host without its port. IPv6 addresses keep their brackets.
    pub fn host(&self) -> &str {
        &self.text[..usize::from(self.host)]
    }

    /// The port, if it is not the usual one.
    pub fn port(&self) -> Option<u16> {
        self.text[usize::from(self.host)..]
            .strip_prefix(':')?
            .parse()
            .ok()
    }

    /// Whether this is an address instead of a name.
    pub fn is_ip(&self) -> bool {
        let host = self.host();
        host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok()
    }

    /// The spelling for people: Unicode labels where the name is valid as such, else the A-labels.
    pub fn unicode(&self) -> String {
        let (host, valid) = idna::domain_to_unicode(self.host());
        match (valid, self.port()) {
            (Err(_), _) => self.text.clone(),
            (Ok(()), None) => host,
            (Ok(()), Some(port)) => format!("{host}:{port}"),
        }
    }

    /// Whether this is `parent` or below it, label by label: `a.example.org` is within
    /// `example.org`, `notexample.org` is not. A parent without a port covers every port, one
    /// with a port covers only that port.
    pub fn is_within(&self, parent: &Domain) -> bool {
        if parent.port().is_some() && parent.port() != self.port() {
            return false;
        }
        match self.host().strip_suffix(parent.host()) {
            Some(rest) => rest.is_empty() || (rest.ends_with('.') && !self.is_ip()),
            None => false,
        }
    }

    /// The name that somebody registered, which is behind all names below it: what is counted where one
    /// must not gain by having many names.
    pub fn registrable(&self) -> &str {
        let host = self.host();
        &host[host.len() - usize::from(self.registrable)..]
    }

    /// Whether strangers register names below it, as below `com` or `github.io`: it is nobody's server,
    /// and what is said of it says nothing of those.
    pub fn is_public_suffix(&self) -> bool {
        let host = self.host();
        !self.is_ip()
            && psl::suffix(host.as_bytes())
                .is_some_and(|suffix| suffix.is_known() && suffix == host.as_bytes())
    }

    /// The host, then each parent up to and including the registrable domain. A public suffix is
    /// never among the parents, so a rule found on the way cannot cover strangers who merely rent
    /// at the same place.
    pub fn lineage(&self) -> impl Iterator<Item = &str> {
        let host = self.host();
        let shortest = usize::from(self.registrable);
        std::iter::successors(Some(host), |name| {
            name.split_once('.').map(|(_, rest)| rest)
        })
        .take_while(move |name| name.len() >= shortest)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Domain").field(&self.text).finish()
    }
}

impl std::str::FromStr for Domain {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Domain, Malformed> {
        Domain::parse(text)
    }
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), Malformed> {
    let Some((host, port)) = text.rsplit_once(':') else {
        return Ok((text, None));
    };
    if port.ends_with(']') {
        return Ok((text, None));
    }
    if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed::new("domain", "has a port that is not a number"));
    }
    match port.parse() {
        Ok(0) | Err(_) => Err(Malformed::new("domain", "has a port that cannot exist")),
        Ok(port) => Ok((host, Some(port))),
    }
}

/// One spelling per host: `url` decodes, maps and lowers it, we drop the trailing dot and check
/// what DNS asks for.
fn canonical_host(host: &str) -> Result<String, Malformed> {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => canonical_name(&name).map(str::to_owned),
        Ok(address) => Ok(address.to_string()),
        Err(_) => Err(Malformed::new("domain", "is not a host name")),
    }
}

/// The rest of the way for a name that `url` has already read.
pub(crate) fn canonical_name(name: &str) -> Result<&str, Malformed> {
    let refuse = |problem: &'static str| Err(Malformed::new("domain", problem));
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.len() > LONGEST_HOST {
        return refuse("is longer than a host name can be");
    }
    for label in name.split('.') {
        if label.is_empty() {
            return refuse("has an empty label");
        }
        if label.len() > LONGEST_LABEL {
            return refuse("has a label longer than 63 bytes");
        }
        // Underscores are not host names by the letter, but certificates are issued for them
        // and servers run behind them.
        if !label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        {
            return refuse("has a character that host names cannot have");
        }
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn domain(text: &str) -> Domain {
        Domain::parse(text).unwrap()
    }

    #[test]
    fn every_spelling_becomes_the_same_domain() {
        for (spelling, canonical) in [
            ("example.org", "example.org"),
            ("EXAMPLE.Org", "example.org"),
            ("example.org.", "example.org"),
            ("example.org:443", "example.org"),
            ("example.org:80", "example.org"),
            ("example.org.:0443", "example.org"),
            ("example.org:8443", "example.org:8443"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("XN--BCHER-KVA.EXAMPLE", "xn--bcher-kva.example"),
            ("example。org", "example.org"),
            ("ｅｘａｍｐｌｅ.org", "example.org"),
            ("exam%70le.org", "example.org"),
            ("local\u{00ad}host", "localhost"),
            ("a_b.example", "a_b.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1.", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("0177.0.0.1", "127.0.0.1"),
            ("127.1", "127.0.0.1"),
            ("%31%32%37.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("[0:0:0:0:0:0:0:1]:3000", "[::1]:3000"),
            ("[::FFFF:127.0.0.1]", "[::ffff:7f00:1]"),
        ] {
            assert_eq!(domain(spelling).as_str(), canonical, "{spelling}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        let long_label = format!("{}.example", "a".repeat(64));
        let long_name = format!("{}example", "abcdefgh.".repeat(30));
        for text in [
            "",
            ".",
            "..",
            "a..b",
            ".example",
            "example.org..",
            "user@example.org",
            "@example.org",
            "user:password@example.org",
            "example.org/path",
            "https://example.org",
            "exa mple.org",
            "example.org:",
            "example.org:0",
            "example.org:65536",
            "example.org:-1",
            "example.org:a",
            "example.org:+80",
            "::1",
            "[::1",
            "[::1]x",
            "1.2.3.4.5",
            "256.256.256.256",
            "a%00b",
            "a%40b.example",
            "a%2fb.example",
            "a\u{0}b",
            "a\nb",
            "xn--a",
            "*.example",
            "exam!ple",
            &long_label,
            &long_name,
        ] {
            assert!(Domain::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn host_and_port_come_apart() {
        let table = [
            ("example.org", "example.org", None),
            ("example.org:3000", "example.org", Some(3000)),
            ("[::1]", "[::1]", None),
            ("[::1]:3000", "[::1]", Some(3000)),
        ];
        for (text, host, port) in table {
            let domain = domain(text);
            assert_eq!((domain.host(), domain.port()), (host, port), "{text}");
        }
    }

    #[test]
    fn within_goes_by_whole_labels_and_ports() {
        for (inner, outer, expected) in [
            ("example.org", "example.org", true),
            ("a.example.org", "example.org", true),
            ("a.b.example.org", "example.org", true),
            ("notexample.org", "example.org", false),
            ("example.org", "a.example.org", false),
            ("example.org.evil.example", "example.org", false),
            ("example.org:3000", "example.org", true),
            ("a.example.org:3000", "example.org:3000", true),
            ("example.org", "example.org:3000", false),
            ("example.org:4000", "example.org:3000", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "0.0.0.1", false),
            ("[::1]", "[::1]", true),
            ("[::1]:3000", "[::1]", true),
        ] {
            let is_within = domain(inner).is_within(&domain(outer));
            assert_eq!(is_within, expected, "{inner} within {outer}");
        }
    }

    #[test]
    fn lineage_ends_at_the_registrable_domain() {
        for (text, expected) in [
            (
                "a.b.example.org",
                &["a.b.example.org", "b.example.org", "example.org"][..],
            ),
            ("example.org:3000", &["example.org"]),
            (
                "social.example.co.uk",
                &["social.example.co.uk", "example.co.uk"],
            ),
            ("alice.github.io", &["alice.github.io"]),
            (
                "x.alice.github.io",
                &["x.alice.github.io", "alice.github.io"],
            ),
            ("github.io", &["github.io"]),
            ("localhost", &["localhost"]),
            ("10.0.0.1", &["10.0.0.1"]),
            ("[::1]:3000", &["[::1]"]),
            ("a.unlisted-suffix", &["a.unlisted-suffix"]),
        ] {
            let domain = domain(text);
            assert_eq!(domain.lineage().collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(Some(&domain.registrable()), expected.last(), "{text}");
        }
    }

    #[test]
    fn what_many_share_is_nobodys_server() {
        for text in ["com", "co.uk", "github.io"] {
            assert!(domain(text).is_public_suffix(), "{text}");
        }
        for text in [
            "example.com",
            "localhost",
            "nonsense",
            "a.github.io",
            "127.0.0.1",
        ] {
            assert!(!domain(text).is_public_suffix(), "{text}");
        }
    }

    #[test]
    fn people_see_unicode() {
        assert_eq!(
            domain("xn--bcher-kva.example:3000").unicode(),
            "bücher.example:3000"
        );
        assert_eq!(domain("example.org").unicode(), "example.org");
        assert_eq!(domain("[::1]:3000").unicode(), "[::1]:3000");
    }

    proptest! {
        #[test]
        fn spelling_never_matters(
            labels in prop::collection::vec("[a-z][a-z0-9]{0,8}|bücher|пример|例え", 1..4),
            upper in any::<bool>(), dot in any::<bool>(), ascii in any::<bool>(),
            port in prop::sample::select(vec!["", ":443", ":80"]),
        ) {
            let plain = format!("{}.example", labels.join("."));
            let expected = domain(&plain);
            let mut spelling = if ascii { expected.as_str().to_owned() } else { plain };
            if upper { spelling = spelling.to_uppercase(); }
            if dot { spelling.push('.'); }
            spelling.push_str(port);
            prop_assert_eq!(domain(&spelling), expected.clone());
            prop_assert_eq!(domain(expected.as_str()), expected.clone());
            prop_assert_eq!(domain(&expected.unicode()), expected.clone());
            let with_user = format!("user@{spelling}");
            prop_assert!(Domain::parse(&with_user).is_err());
        }

        #[test]
        fn parsing_is_stable(text in ".{0,40}|[a-z0-9.:\\[\\]%x]{0,30}") {
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()).unwrap(), domain.clone());
                prop_assert!(domain.is_within(&domain));
                prop_assert!(domain.lineage().next() == Some(domain.host()));
            }
        }
    }
}
