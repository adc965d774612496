//! Which addresses may be dialled at all.
//!
//! Allow-list, not block-list: an address must be global unicast by the IANA special-purpose
//! registries (RFC 6890 and its updates). Everything that embeds an IPv4 address in an IPv6 one
//! is refused whole, since a gateway on our side might unwrap it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use comity_vocab::Iri;
use url::{Host, Url};

use crate::WireError;
use crate::client::Testing;

/// Names that never leave a machine, a house or an anonymity network (RFC 6761, 6762, 7686, 8375,
/// 9476 and ICANN's `.internal`). No public server can have them.
const PRIVATE_SUFFIXES: [&str; 10] = [
    "localhost",
    "local",
    "internal",
    "onion",
    "test",
    "invalid",
    "arpa",
    "alt",
    "example",
    "lan",
];

/// Whether an address is on the public internet.
pub(crate) fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_global_v4(v4),
        IpAddr::V6(v6) => is_global_v6(v6),
    }
}

#[allow(
    clippy::unnested_or_patterns,
    reason = "one line for each entry of the registry"
)]
fn is_global_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)          // this network, private, loopback
        | (100, 64..=127, _)          // carrier-grade NAT
        | (169, 254, _)               // link-local, cloud metadata
        | (172, 16..=31, _)           // private
        | (192, 0, 0 | 2)             // protocol assignments, documentation
        | (192, 88, 99)               // 6to4 relays
        | (192, 168, _)               // private
        | (198, 18 | 19, _)           // benchmarks
        | (198, 51, 100)              // documentation
        | (203, 0, 113)               // documentation
        | (224..=255, _, _) // multicast, reserved, broadcast
    )
}

#[allow(
    clippy::unnested_or_patterns,
    reason = "one line for each entry of the registry"
)]
fn is_global_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only 2000::/3 is handed out as global unicast. That alone leaves out ::, ::1, v4-mapped and
    // v4-compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard (100::/64), segment routing
    // (5f00::/16), unique local, link-local and multicast.
    if a & 0xe000 != 0x2000 {
        return false;
    }
    !matches!(
        (a, b),
        (0x2001, 0x0000..=0x01ff)     // 2001::/23 with Teredo, ORCHID, benchmarks
        | (0x2001, 0x0db8)            // documentation
        | (0x2002, _)                 // 6to4
        | (0x3fff, 0x0000..=0x0fff) // documentation
    )
}

/// Checks an address before anything is sent to it, and answers it in the client's form.
///
/// Outside tests: https on its usual port to a public name. An IP literal would go straight to the
/// connector and past our resolver, so it is judged here: never in production, loopback in tests.
pub(crate) fn check(iri: &Iri, testing: Option<&Testing>) -> Result<Url, WireError> {
    let refuse = |why: &str| Err(WireError::NotPermitted(why.to_owned()));
    let allow_loopback = testing.is_some_and(|testing| testing.allow_loopback);
    let Ok(mut url) = Url::parse(iri.as_str()) else {
        return refuse("address cannot be read");
    };
    url.set_fragment(None);
    if url.scheme() != "https" && !testing.is_some_and(|testing| testing.allow_http) {
        return refuse("address is not https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("address has a user name or password");
    }
    if url.port().is_some() && testing.is_none() {
        return refuse("address has an unusual port");
    }
    match url.host() {
        Some(Host::Ipv4(v4)) if allow_loopback && v4.is_loopback() => {}
        Some(Host::Ipv6(v6)) if allow_loopback && v6.is_loopback() => {}
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => return refuse("address has no name for a host"),
        Some(Host::Domain(name)) if is_localhost(name) => {
            if !allow_loopback {
                return refuse("address is of this machine");
            }
        }
        Some(Host::Domain(name)) if !is_public_name(name) => {
            return refuse("address is not of a public name");
        }
        Some(Host::Domain(_)) => {}
        None => return refuse("address has no host"),
    }
    Ok(url)
}

/// `localhost` and everything under it (RFC 6761).
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || ends_in_label(name, "localhost")
}

fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.contains('.')
        && !PRIVATE_SUFFIXES
            .iter()
            .any(|suffix| ends_in_label(name, suffix))
}

fn ends_in_label(name: &str, label: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, last)| last.eq_ignore_ascii_case(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_global_unicast_is_dialled() {
        let refused = [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.255",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "100:0:0:1::1",
            "2001::1",
            "2001:0:4136:e378::1",
            "2001:1::1",
            "2001:2::1",
            "2001:4:112::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2001:db8:ffff::1",
            "2002::1",
            "2002:7f00:1::1",
            "2002:ffff::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff00::1",
            "ff02::1",
            "1fff::1",
        ];
        for text in refused {
            assert!(!is_global(text.parse().unwrap()), "{text} must be refused");
        }
        let allowed = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.0.3.1",
            "192.88.98.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2000::1",
            "2001:200::1",
            "2001:db7::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "2a00:1450::1",
            "3fff:1000::1",
        ];
        for text in allowed {
            assert!(is_global(text.parse().unwrap()), "{text} must be allowed");
        }
    }

    #[test]
    fn an_unsafe_address_is_refused_before_connecting() {
        let testing = Testing {
            allow_http: true,
            allow_loopback: true,
            extra_ca_pem: None,
            everything_at: None,
        };
        let table = [
            // address, outside tests, in tests
            ("https://social.example.org/users/a", true, true),
            ("http://social.example.org/", false, true),
            ("https://social.example.org:8443/", false, true),
            ("https://8.8.8.8/", false, false),
            ("https://127.0.0.1/", false, true),
            ("https://0x7f.1/", false, true),
            ("https://2130706433/", false, true),
            ("https://169.254.169.254/", false, false),
            ("https://10.0.0.1/", false, false),
            ("https://[::1]/", false, true),
            ("https://[::ffff:127.0.0.1]/", false, false),
            ("https://[2606:4700::1111]/", false, false),
            ("https://localhost/", false, true),
            ("https://alice.localhost/", false, true),
            ("https://printer.local/", false, false),
            ("https://vault.internal/", false, false),
            ("https://hidden.onion/", false, false),
            ("https://intranet/", false, false),
        ];
        for (text, outside, inside) in table {
            let Ok(iri) = Iri::parse(text) else {
                assert!(!outside, "{text} should be an address");
                continue;
            };
            assert_eq!(check(&iri, None).is_ok(), outside, "{text}");
            assert_eq!(
                check(&iri, Some(&testing)).is_ok(),
                inside,
                "{text} in tests"
            );
        }
    }
}
