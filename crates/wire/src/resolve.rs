//! Names to addresses, dropping every address that is not on the public internet.
//!
//! The HTTP client dials exactly what this answers, so a name cannot point elsewhere between check
//! and connect.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::WireError;
use crate::address::{is_global, is_localhost};
use crate::client::Testing;

/// How long one question to one name server may take; two are asked within the connect timeout.
const DNS_TIMEOUT: Duration = Duration::from_secs(2);

/// Addresses tried per name. Big names have four or so of each family.
const MOST_ADDRESSES: usize = 8;

/// Names remembered, for as long as their records say.
const CACHED_NAMES: u64 = 4096;

/// Resolves for the one HTTP client.
pub(crate) struct SafeResolver {
    /// Absent only in tests on a machine without name servers; then no name but localhost exists.
    dns: Option<TokioResolver>,
    allow_loopback: bool,
}

/// A name that exists but leads to nowhere on the public internet.
#[derive(Debug, thiserror::Error)]
#[error("name leads to no public address")]
pub(crate) struct NotPublic;

#[derive(Debug, thiserror::Error)]
#[error("there is no name server")]
struct NoNameServer;

impl SafeResolver {
    /// Uses the name servers of the system (`/etc/resolv.conf`).
    pub(crate) fn new(testing: Option<&Testing>) -> Result<SafeResolver, WireError> {
        let dns = match system_resolver() {
            Ok(dns) => Some(dns),
            Err(_) if testing.is_some() => None,
            Err(why) => return Err(WireError::GiveUp { status: None, why }),
        };
        Ok(SafeResolver {
            dns,
            allow_loopback: testing.is_some_and(|testing| testing.allow_loopback),
        })
    }
}

fn system_resolver() -> Result<TokioResolver, String> {
    let failed = |error: &dyn std::fmt::Display| format!("name servers of the system: {error}");
    let mut builder = TokioResolver::builder_tokio().map_err(|error| failed(&error))?;
    let options = builder.options_mut();
    options.timeout = DNS_TIMEOUT;
    options.attempts = 2;
    options.cache_size = CACHED_NAMES;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    builder.build().map_err(|error| failed(&error))
}

impl Resolve for SafeResolver {
    fn resolve(&self, name: Name) -> Resolving {
        if is_localhost(name.as_str()) {
            let answer: Result<Addrs, _> = if self.allow_loopback {
                // Systems disagree about `alice.localhost`; RFC 6761 does not.
                let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
                Ok(Box::new(std::iter::once(here)))
            } else {
                Err(NotPublic.into())
            };
            return Box::pin(std::future::ready(answer));
        }
        let dns = self.dns.clone();
        Box::pin(async move {
            let dns = dns.ok_or(NoNameServer)?;
            // The dot at the end keeps the system's search domains out of it.
            let full_name = format!("{}.", name.as_str().trim_end_matches('.'));
            let found = dns.lookup_ip(full_name).await?;
            let addresses = public_only(found.iter());
            if addresses.is_empty() {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// Port 0 stands for the port of the address being resolved.
fn public_only(addresses: impl Iterator<Item = IpAddr>) -> Vec<SocketAddr> {
    addresses
        .filter(|address| is_global(*address))
        .take(MOST_ADDRESSES)
        .map(|address| SocketAddr::new(address, 0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_answers_are_dropped_and_public_ones_kept() {
        let answers = ["10.0.0.1", "8.8.8.8", "::1", "fd00::1", "2606:4700::1111"];
        let kept = public_only(answers.iter().map(|text| text.parse().unwrap()));
        let kept: Vec<String> = kept.iter().map(|a| a.ip().to_string()).collect();
        assert_eq!(kept, ["8.8.8.8", "2606:4700::1111"]);
    }

    #[test]
    fn a_name_with_private_answers_only_leads_nowhere() {
        let rebinding = ["127.0.0.1", "169.254.169.254", "192.168.1.1"];
        assert!(public_only(rebinding.iter().map(|text| text.parse().unwrap())).is_empty());
    }

    #[tokio::test]
    async fn localhost_is_known_in_tests_only() {
        let resolver = |allow_loopback| SafeResolver {
            dns: None,
            allow_loopback,
        };
        let name = || "alice.localhost".parse::<Name>().unwrap();
        let found = resolver(true).resolve(name()).await.unwrap();
        let found: Vec<SocketAddr> = found.collect();
        assert_eq!(found, ["127.0.0.1:0".parse().unwrap()]);
        assert!(resolver(false).resolve(name()).await.is_err());
    }
}
