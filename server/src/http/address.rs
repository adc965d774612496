//! Where a request comes from, and under which name: the socket's word, or a trusted proxy's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use comity_vocab::Domain;
use http::header::HOST;
use http::request::Parts;

use crate::config::Config;

/// The other end of the socket; `serve` puts it into each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The address the request comes from: the peer, or what a trusted proxy says of it.
pub fn client(parts: &Parts, config: &Config) -> IpAddr {
    let peer = peer(parts);
    if !config.trusted_proxy.contains(&peer) {
        return peer;
    }
    // Each proxy appends whom it heard; the last one that is not a proxy of ours is the client. What stands before it
    // was written by the client.
    parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.trim().parse().ok())
        .rfind(|address| !config.trusted_proxy.contains(address))
        .unwrap_or(peer)
}

/// What one household or machine is counted by: an IPv4 address, or the /64 that one subscriber of IPv6 owns.
pub fn neighbourhood(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) >> 64 << 64).to_string(),
    }
}

/// The /48 around a neighbourhood of IPv6, of which there are 65,536 in it: a site, or a provider's customer, may own as many.
/// None of IPv4.
pub fn site(neighbourhood: &str) -> Option<String> {
    let address: Ipv6Addr = neighbourhood.parse().ok()?;
    let site = Ipv6Addr::from(u128::from(address) >> 80 << 80);
    Some(format!("{site}/48"))
}

/// The name that was asked for, as written; `None` if there is none.
pub fn asked_name(parts: &Parts, config: &Config) -> Option<String> {
    let header = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    if config.trusted_proxy.contains(&peer(parts))
        && let Some(forwarded) = header("x-forwarded-host")
    {
        return Some(forwarded);
    }
    // HTTP/2 carries the name in the address, HTTP/1 in the header.
    parts
        .uri
        .authority()
        .map(|authority| authority.as_str().to_owned())
        .or_else(|| header(HOST.as_str()))
}

/// The domain that was asked for.
pub fn asked_domain(parts: &Parts, config: &Config) -> Option<Domain> {
    Domain::parse(&asked_name(parts, config)?).ok()
}

/// Requests that came through no socket (the tests') come from this machine.
pub fn peer(parts: &Parts) -> IpAddr {
    parts
        .extensions
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(peer: &str, headers: &[(&str, &str)]) -> Parts {
        let mut builder = http::Request::builder().uri("/");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let mut parts = builder.body(()).unwrap().into_parts().0;
        parts.extensions.insert(Peer(peer.parse().unwrap()));
        parts
    }

    fn config(proxies: &str) -> Config {
        let text = format!("trusted_proxy = \"{proxies}\"");
        Config::from_text("comity.toml", &text, Vec::new()).unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let headers = [
            ("host", "inside:1"),
            ("x-forwarded-host", "harbour.example"),
            ("x-forwarded-for", "6.6.6.6, 203.0.113.7"),
        ];
        let trusting = config("10.0.0.1");
        let through = request("10.0.0.1", &headers);
        assert_eq!(client(&through, &trusting).to_string(), "203.0.113.7");
        assert_eq!(
            asked_name(&through, &trusting).as_deref(),
            Some("harbour.example")
        );
        let direct = request("10.0.0.2", &headers);
        assert_eq!(client(&direct, &trusting).to_string(), "10.0.0.2");
        assert_eq!(asked_name(&direct, &trusting).as_deref(), Some("inside:1"));
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_neighbour() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2::ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        let wide = |text: &str| site(&of(text));
        assert_eq!(wide("2001:db8:1:2::1"), wide("2001:db8:1:ff03::1"));
        assert_ne!(wide("2001:db8:1:2::1"), wide("2001:db8:2:2::1"));
        assert_eq!(wide("192.0.2.1"), None);
    }
}
