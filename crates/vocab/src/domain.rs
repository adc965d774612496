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
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Domain(String);

impl Domain {
    /// Reads `host` or `host:port`. Userinfo, paths and schemes are refused.
    pub fn parse(text: &str) -> Result<Domain, Malformed> {
        let (host, port) = split_port(text)?;
        Domain::new(host, port)
    }

    fn new(host: &str, port: Option<u16>) -> Result<Domain, Malformed> {
        let host = canonical_host(host)?;
        Ok(Domain(match port {
            None | Some(443 | 80) => host,
            Some(port) => format!("{host}:{port}"),
        }))
    }

    /// For addresses whose host [`canonical_host`] has already made.
    pub(crate) fn from_canonical(host: &str, port: Option<u16>) -> Domain {
        Domain(match port {
            None | Some(443 | 80) => host.to_owned(),
            Some(port) => format!("{host}:{port}"),
        })
    }

    /// The canonical text, as stored and compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without its port. IPv6 addresses keep their brackets.
    pub fn host(&self) -> &str {
        match self.0.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => &self.0,
        }
    }

    /// The port, if it is not the usual one.
    pub fn port(&self) -> Option<u16> {
        self.0.rsplit_once(':')?.1.parse().ok()
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
            (Err(_), _) => self.0.clone(),
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

    /// The host, then each parent up to and including the registrable domain. A public suffix is
    /// never among the parents, so a rule found on the way cannot cover strangers who merely rent
    /// at the same place.
    pub fn lineage(&self) -> impl Iterator<Item = &str> {
        let host = self.host();
        let shortest = if self.is_ip() {
            host.len()
        } else {
            psl::domain_str(host).map_or(host.len(), str::len)
        };
        std::iter::successors(Some(host), |name| {
            name.split_once('.').map(|(_, rest)| rest)
        })
        .take_while(move |name| name.len() >= shortest)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
pub(crate) fn canonical_host(host: &str) -> Result<String, Malformed> {
    let refuse = |problem: &'static str| Malformed::new("domain", problem);
    let host = match Host::parse(host).map_err(|_| refuse("is not a host name"))? {
        Host::Domain(name) => name,
        address => return Ok(address.to_string()),
    };
    let name = host.strip_suffix('.').unwrap_or(&host);
    if name.len() > LONGEST_HOST {
        return Err(refuse("is longer than a host name can be"));
    }
    for label in name.split('.') {
        if label.is_empty() {
            return Err(refuse("has an empty label"));
        }
        if label.len() > LONGEST_LABEL {
            return Err(refuse("has a label longer than 63 bytes"));
        }
        // Underscores are not host names by the letter, but certificates are issued for them
        // and servers run behind them.
        if !label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        {
            return Err(refuse("has a character that host names cannot have"));
        }
    }
    Ok(name.to_owned())
}
