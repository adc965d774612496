//! What is blocked at the door, and how it is recognised.

use std::fmt;
use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use comity_vocab::Domain;

use crate::error::{Error, Result};
use crate::hex::hex;

/// What a block is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A provider of e-mail addresses, with all names under its own.
    Provider,
    /// One e-mail address, kept as a hash: whoever was sent away is not written down.
    Email,
    /// Network addresses.
    Network,
}

impl Kind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Provider => "provider",
            Kind::Email => "email",
            Kind::Network => "network",
        }
    }

    /// As stored.
    pub fn parse(word: &str) -> Option<Kind> {
        [Kind::Provider, Kind::Email, Kind::Network]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// What a block does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A moderator has to say yes first.
    Approval,
    /// Nobody joins.
    SignUp,
    /// Nobody joins, and nobody signs in.
    Everything,
}

impl Severity {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Approval => "approval",
            Severity::SignUp => "sign_up",
            Severity::Everything => "everything",
        }
    }

    /// As stored.
    pub fn parse(word: &str) -> Option<Severity> {
        [Severity::Approval, Severity::SignUp, Severity::Everything]
            .into_iter()
            .find(|severity| severity.as_str() == word)
    }
}

/// One block.
#[derive(Debug, Clone)]
pub struct Block {
    /// Ours.
    pub id: i64,
    /// What it is about.
    pub kind: Kind,
    /// A domain, a hash or a network.
    pub pattern: String,
    /// What it does.
    pub severity: Severity,
    /// For moderators.
    pub comment: String,
    /// Whose account set it.
    pub set_by: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds; never, where there is none.
    pub expires_at: Option<i64>,
}

impl Block {
    /// Whether somebody with this e-mail address comes from this network address under it.
    pub fn meets(&self, email: &str, from: Option<IpAddr>) -> bool {
        match self.kind {
            Kind::Provider => provider_of(email).is_some_and(|provider| {
                let under = provider.strip_suffix(self.pattern.as_str());
                under.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }),
            Kind::Email => canonical_hash(email).is_some_and(|hash| hash == self.pattern),
            Kind::Network => from.is_some_and(|from| self.holds(from)),
        }
    }

    /// Whether nobody signs in from this address while it is in force.
    pub fn shuts_out(&self, from: IpAddr) -> bool {
        self.severity == Severity::Everything && self.holds(from)
    }

    /// Whether it is a network that this address is in.
    pub fn holds(&self, from: IpAddr) -> bool {
        self.kind == Kind::Network
            && Network::parse(&self.pattern).is_ok_and(|network| network.has(from))
    }
}

fn provider_of(email: &str) -> Option<String> {
    let (_, provider) = email.trim().rsplit_once('@')?;
    let provider = Domain::parse(provider).ok()?;
    Some(provider.as_str().to_owned())
}

/// A provider as typed, perhaps with an `@` before it.
pub fn provider(text: &str) -> Result<String> {
    let name = text.trim().trim_start_matches('@');
    let why = "must be the part of an e-mail address after the @, as in \"example.org\"";
    let domain = Domain::parse(name).map_err(|_| Error::invalid("domain", why))?;
    if domain.as_str().contains(':') {
        return Err(Error::invalid("domain", why));
    }
    if domain.is_public_suffix() {
        let why = "is so wide that hardly anybody is left; close sign-ups instead";
        return Err(Error::invalid("domain", why));
    }
    Ok(domain.as_str().to_owned())
}

/// What many ways to write one address have in common, as a hash that Mastodon makes too: small letters, no dots in the
/// name, and nothing from a plus sign on. `None` for what is no address.
pub fn canonical_hash(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (name, _) = email.rsplit_once('@')?;
    // In one spelling too, as the name of a host.
    let provider = provider_of(&email)?;
    let name = name.split('+').next().unwrap_or_default().replace('.', "");
    if name.is_empty() {
        return None;
    }
    let hash = digest(&SHA256, format!("{name}@{provider}").as_bytes());
    Some(hex(hash.as_ref()))
}

/// A hash as typed.
pub fn hash(text: &str) -> Result<String> {
    let text = text.trim().to_ascii_lowercase();
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    Err(Error::invalid(
        "canonical_email_hash",
        "must be a SHA-256 in 64 hexadecimal digits; or send email instead",
    ))
}

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// `192.0.2.0/24`, or one address; bits behind the prefix are dropped.
    pub fn parse(text: &str) -> Result<Network> {
        let wrong = || {
            let why = "must be an address or a network, as in \"192.0.2.7\" or \"2001:db8::/48\"";
            Error::invalid("ip", why)
        };
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let address = address.to_canonical();
        let most = width(address);
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most),
            None => Some(most),
        };
        let bits = bits.ok_or_else(wrong)?;
        Ok(Network {
            address: from_number(address, masked(address, bits)),
            bits,
        })
    }

    /// Whether it is everybody, or nearly: then no sign-up should be blocked by it but closed.
    pub fn is_too_wide(self) -> bool {
        self.bits < if self.address.is_ipv4() { 8 } else { 16 }
    }

    fn has(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4()
            && masked(address, self.bits) == masked(self.address, self.bits)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first so many bits of an address, the rest zero.
fn masked(address: IpAddr, bits: u32) -> u128 {
    let number = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    let behind = width(address) - bits;
    // All 128 at once is no shift.
    number
        .checked_shr(behind)
        .unwrap_or(0)
        .checked_shl(behind)
        .unwrap_or(0)
}

fn from_number(like: IpAddr, number: u128) -> IpAddr {
    match like {
        IpAddr::V4(_) => IpAddr::V4(u32::try_from(number).unwrap_or_default().into()),
        IpAddr::V6(_) => IpAddr::V6(number.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: Kind, pattern: &str) -> Block {
        Block {
            id: 1,
            kind,
            pattern: pattern.to_owned(),
            severity: Severity::SignUp,
            comment: String::new(),
            set_by: 1,
            created_at: 0,
            expires_at: None,
        }
    }

    #[test]
    fn a_network_has_the_addresses_that_begin_like_it() {
        for (network, address, has) in [
            ("192.0.2.0/24", "192.0.2.200", true),
            ("192.0.2.0/24", "192.0.3.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("::ffff:192.0.2.9", "192.0.2.9", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            let network = block(Kind::Network, network);
            assert_eq!(
                network.holds(address.parse().unwrap()),
                has,
                "{network:?} {address}"
            );
        }
        assert_eq!(
            Network::parse("192.0.2.77/24").unwrap().to_string(),
            "192.0.2.0/24"
        );
        assert_eq!(
            Network::parse(" 2001:db8::1/48").unwrap().to_string(),
            "2001:db8::/48"
        );
        for text in [
            "",
            "192.0.2",
            "192.0.2.0/33",
            "::/129",
            "192.0.2.0/-1",
            "a/8",
            "1.2.3.4/",
        ] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_what_keeps_from_signing_in_shuts_out() {
        for (severity, address, out) in [
            (Severity::Everything, "192.0.2.200", true),
            (Severity::Everything, "::ffff:192.0.2.200", true),
            (Severity::Everything, "192.0.3.1", false),
            (Severity::SignUp, "192.0.2.200", false),
            (Severity::Approval, "192.0.2.200", false),
        ] {
            let block = Block {
                severity,
                ..block(Kind::Network, "192.0.2.0/24")
            };
            assert_eq!(
                block.shuts_out(address.parse().unwrap()),
                out,
                "{severity:?} {address}"
            );
        }
    }

    #[test]
    fn a_provider_is_met_with_all_under_its_name_and_no_other() {
        let provider = block(Kind::Provider, "mail.example");
        for (email, met) in [
            ("a@mail.example", true),
            ("a@Mail.Example", true),
            ("a@sub.mail.example", true),
            ("a@hotmail.example", false),
            ("a@mail.example.org", false),
            ("mail.example", false),
        ] {
            assert_eq!(provider.meets(email, None), met, "{email}");
        }
    }

    #[test]
    fn one_address_is_known_in_every_spelling() {
        let hash = canonical_hash("Some.Body+news@Example.org").unwrap();
        for same in [
            "somebody@example.org",
            "s.o.m.e.body@example.org",
            " SomeBody+@example.org",
        ] {
            assert_eq!(canonical_hash(same).as_ref(), Some(&hash), "{same}");
        }
        assert_eq!(
            canonical_hash("x@bücher.example"),
            canonical_hash("x@xn--bcher-kva.example")
        );
        assert_ne!(canonical_hash("somebody@example.com").unwrap(), hash);
        assert_eq!(canonical_hash("+x@example.org"), None);
        // As `printf %s somebody@example.org | sha256sum` says it.
        assert_eq!(
            hash,
            "0fde5165353d19469befff4684fdf628a47c12775389b7eb899717203738266f"
        );
    }
}
