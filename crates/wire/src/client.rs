//! The one HTTP client, and the rules every request of ours keeps.

#![allow(
    clippy::disallowed_types,
    reason = "this is the one HTTP client of the program"
)]

use std::net::SocketAddr;
use std::time::Duration;

use comity_policy::{Contact, Permitted};
use comity_vocab::{Domain, Iri};
use http::header::HOST;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use url::Url;

use crate::hosts::Hosts;
use crate::key::SigningKey;
use crate::proof::Scheme;
use crate::resolve::{NotPublic, SafeResolver};
use crate::{Synchronization, WireError, address, cavage, sign_with};

/// Connections kept open to one host. Deliveries go to thousands of hosts; two each are plenty.
const IDLE_PER_HOST: usize = 2;

/// How long an unused connection is kept: less than the five seconds after which Node and Python servers close it. A
/// request that meets the closing is lost, and the host would rest for a minute.
const IDLE: Duration = Duration::from_secs(3);

/// Longest `Retry-After` that is believed. A day is what a long maintenance takes; more would let
/// them decide that we forget them.
const LONGEST_RETRY_AFTER_MS: u64 = 24 * 60 * 60 * 1000;

/// Header lines in an answer; hyper counts them before anything is copied.
const MOST_HEADERS: usize = 100;

/// Bytes of headers in an HTTP/2 answer. HTTP/1 answers end at hyper's own buffer of 400 kB.
const LARGEST_HEADERS: u32 = 64 * 1024;

/// What is relaxed when instances on one machine talk to each other.
#[derive(Clone, Debug, Default)]
pub struct Testing {
    /// `http` addresses may be used.
    pub allow_http: bool,
    /// `localhost`, names under it and loopback addresses may be dialled.
    pub allow_loopback: bool,
    /// Certificates to trust besides the system's, as PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// Every request, to whatever address, goes to this listener instead, over plain HTTP and
    /// under the name it was meant for. No name is looked up and nobody else is ever dialled.
    pub everything_at: Option<SocketAddr>,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Name lookup, TCP and TLS together.
    pub connect: Duration,
    /// From sending a request until the headers of the answer.
    pub headers: Duration,
    /// Everything: waiting for a turn, redirects, second attempts, reading.
    pub total: Duration,
    /// Longest silence within a file, which may have more time than the total. Whoever says nothing for so long has gone, and
    /// that is noticed before all of it is over.
    pub silence: Duration,
}

impl Default for Timeouts {
    /// Five seconds to connect, ten to answer, thirty in all: what a slow phone network under a
    /// small server needs. More lets one silent host hold a worker. A phone that lost its
    /// network has it again within fifteen.
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(5),
            headers: Duration::from_secs(10),
            total: Duration::from_secs(30),
            silence: Duration::from_secs(15),
        }
    }
}

/// How we talk to others.
#[derive(Clone, Debug)]
pub struct WireConfig {
    /// Name and version of the program, and the address of the installation.
    pub user_agent: String,
    /// Only for tests and development.
    pub testing: Option<Testing>,
    /// Requests to one host at a time, at least 1.
    pub per_host: usize,
    /// How long things may take.
    pub timeouts: Timeouts,
}

impl WireConfig {
    /// The usual limits: four requests to a host at a time.
    pub fn new(user_agent: impl Into<String>) -> WireConfig {
        WireConfig {
            user_agent: user_agent.into(),
            testing: None,
            per_host: 4,
            timeouts: Timeouts::default(),
        }
    }
}

/// The way out: fetches from and delivers to other instances. Cheap to clone; clones share
/// connections and limits.
#[derive(Clone)]
pub struct Wire {
    client: Client,
    hosts: Hosts,
    testing: Option<Testing>,
    timeouts: Timeouts,
}

impl Wire {
    /// Sets up the client. Fails when the system's name servers or certificates cannot be read.
    pub fn new(config: WireConfig) -> Result<Wire, WireError> {
        let broken = |why: String| WireError::GiveUp { status: None, why };
        let testing = config.testing;
        let resolver = SafeResolver::new(testing.as_ref())?;
        let mut builder = Client::builder()
            .user_agent(config.user_agent)
            .dns_resolver(resolver)
            // Followed by hand, each hop checked and signed anew.
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .https_only(!testing.as_ref().is_some_and(|testing| testing.allow_http))
            .connect_timeout(config.timeouts.connect)
            .timeout(config.timeouts.total)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .pool_idle_timeout(IDLE)
            .http1_max_headers(MOST_HEADERS)
            .http2_max_header_list_size(LARGEST_HEADERS);
        if let Some(pem) = testing.as_ref().and_then(|t| t.extra_ca_pem.as_ref()) {
            let certificates = Certificate::from_pem_bundle(pem)
                .map_err(|error| broken(format!("extra certificates: {error}")))?;
            builder = builder.tls_certs_merge(certificates);
        }
        Ok(Wire {
            client: builder
                .build()
                .map_err(|error| broken(format!("HTTP client: {error}")))?,
            hosts: Hosts::new(config.per_host),
            testing,
            timeouts: config.timeouts,
        })
    }

    /// How a host is known to read signatures, from [`Wire::remember_scheme`] or from what it
    /// accepted last.
    pub fn scheme_of(&self, domain: &Domain) -> Option<Scheme> {
        self.hosts.scheme(domain)
    }

    /// Tells what is known from earlier about a host. Kept for about an hour after the last
    /// contact; the lasting memory is the caller's.
    pub fn remember_scheme(&self, domain: &Domain, scheme: Scheme) {
        self.hosts.remember_scheme(domain, scheme);
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    pub(crate) fn testing(&self) -> Option<&Testing> {
        self.testing.as_ref()
    }

    /// How long a whole exchange may take.
    pub(crate) fn total_time(&self) -> Duration {
        self.timeouts.total
    }

    /// Longest silence within a file.
    pub(crate) fn silence(&self) -> Duration {
        self.timeouts.silence
    }

    pub(crate) fn allows_http(&self) -> bool {
        self.testing.as_ref().is_some_and(|t| t.allow_http)
    }

    /// Checks that a permit is for this kind of contact with this very domain.
    pub(crate) fn check_permit(
        permit: &Permitted,
        iri: &Iri,
        contact: Contact,
    ) -> Result<(), WireError> {
        if *permit.domain() != iri.domain() {
            return Err(WireError::NotPermitted(
                "permit is for another domain".to_owned(),
            ));
        }
        if permit.contact() != contact {
            return Err(WireError::NotPermitted(
                "permit is for another kind of contact".to_owned(),
            ));
        }
        Ok(())
    }

    /// Runs a whole exchange within the total time.
    pub(crate) async fn in_time<T>(
        &self,
        exchange: impl Future<Output = Result<T, WireError>>,
    ) -> Result<T, WireError> {
        within(self.timeouts.total, exchange).await
    }

    /// Sends one request, signed by `signed` if given, and waits for the headers of the answer.
    pub(crate) async fn send(
        &self,
        method: Method,
        iri: &Iri,
        headers: HeaderMap,
        body: Option<&[u8]>,
        signed: Option<Signed<'_>>,
    ) -> Result<Response, WireError> {
        let total = self.timeouts.total;
        self.send_within(total, method, iri, headers, body, signed)
            .await
    }

    /// The same where all of the answer has this time to come, instead of the total one.
    pub(crate) async fn send_within(
        &self,
        total: Duration,
        method: Method,
        iri: &Iri,
        mut headers: HeaderMap,
        body: Option<&[u8]>,
        signed: Option<Signed<'_>>,
    ) -> Result<Response, WireError> {
        let caught = self.testing.as_ref().and_then(|t| t.everything_at);
        let url = match caught {
            Some(listener) => elsewhere(iri, listener, &mut headers)?,
            None => address::check(iri, self.testing.as_ref())?,
        };
        if let Some(Signed {
            key,
            scheme,
            now_ms,
            followers,
        }) = signed
        {
            headers.extend(sign_with(
                followers,
                method.as_str(),
                iri,
                body,
                key,
                scheme,
                now_ms,
            ));
        }
        let request = self.client.request(method, url);
        let mut request = request.headers(headers).timeout(total);
        if let Some(body) = body {
            request = request.body(body.to_vec());
        }
        match tokio::time::timeout(self.timeouts.headers, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(sending_failed(&error)),
            Err(_) => Err(retry("did not answer in time")),
        }
    }
}

/// Runs what takes part in an exchange within this time.
pub(crate) async fn within<T, E: From<WireError>>(
    time: Duration,
    exchange: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    match tokio::time::timeout(time, exchange).await {
        Ok(outcome) => outcome,
        Err(_) => Err(retry("took too long").into()),
    }
}

/// The address of `iri` at `listener`, which is told whom it was meant for.
fn elsewhere(iri: &Iri, listener: SocketAddr, headers: &mut HeaderMap) -> Result<Url, WireError> {
    let not = || WireError::NotPermitted("address cannot be requested".to_owned());
    let mut url = Url::parse(iri.as_str()).map_err(|_| not())?;
    let meant = HeaderValue::from_str(iri.domain().as_str()).map_err(|_| not())?;
    headers.insert(HOST, meant);
    url.set_scheme("http").map_err(|()| not())?;
    url.set_ip_host(listener.ip()).map_err(|()| not())?;
    url.set_port(Some(listener.port())).map_err(|()| not())?;
    Ok(url)
}

/// With what a request is signed.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub key: &'a SigningKey,
    pub scheme: Scheme,
    pub now_ms: i64,
    /// What the receiving server is told of the sender's followers there.
    pub followers: Option<&'a Synchronization>,
}

/// What an answer that is not a success means for the caller.
pub(crate) fn refused(response: &Response, now_ms: i64) -> WireError {
    let status = response.status();
    let again = status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_EARLY;
    let why = format!("answered {}", status.as_u16());
    if again {
        return WireError::Retry {
            after_ms: retry_after_ms(response.headers(), now_ms),
            why,
        };
    }
    WireError::GiveUp {
        status: Some(status.as_u16()),
        why,
    }
}

/// `Retry-After` in either form, never longer than [`LONGEST_RETRY_AFTER_MS`].
fn retry_after_ms(headers: &HeaderMap, now_ms: i64) -> Option<u64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let after_ms = if let Ok(seconds) = text.parse::<u64>() {
        seconds.saturating_mul(1000)
    } else {
        let at_ms = cavage::parse_date(text).ok()?;
        u64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or(0)
    };
    Some(after_ms.min(LONGEST_RETRY_AFTER_MS))
}

fn retry(why: &str) -> WireError {
    WireError::Retry {
        after_ms: None,
        why: why.to_owned(),
    }
}

fn sending_failed(error: &reqwest::Error) -> WireError {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return WireError::NotPermitted(NotPublic.to_string());
        }
        source = cause.source();
    }
    if error.is_builder() {
        return WireError::NotPermitted("address cannot be requested".to_owned());
    }
    retry(if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "could not connect"
    } else {
        "connection broke"
    })
}

/// A body that ended early may come whole next time; one that cannot be unpacked will not.
pub(crate) fn reading_failed(error: &reqwest::Error) -> WireError {
    if error.is_decode() && !error.is_timeout() {
        return WireError::GiveUp {
            status: None,
            why: "answer cannot be unpacked".to_owned(),
        };
    }
    retry("answer broke off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms_and_bounded() {
        let now_ms = cavage::parse_date("Fri, 16 Oct 2026 12:00:00 GMT").unwrap();
        let table = [
            ("120", Some(120_000)),
            ("Fri, 16 Oct 2026 12:01:00 GMT", Some(60_000)),
            ("Fri, 16 Oct 2026 11:00:00 GMT", Some(0)),
            ("99999999999999999999", None),
            ("999999999", Some(LONGEST_RETRY_AFTER_MS)),
            ("soon", None),
        ];
        for (text, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            assert_eq!(retry_after_ms(&headers, now_ms), expected, "{text}");
        }
    }
}
