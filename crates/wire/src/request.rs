//! A received request as signatures see it.

use http::HeaderMap;

use crate::Distrust;

/// A request as it reached us, or as we are about to send it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// Path and query exactly as received, undecoded.
    pub target: &'a str,
    /// `https`, or `http` in tests. Behind a proxy this is what the client spoke.
    pub scheme: &'a str,
    /// What we are called: the host (and port) the request names.
    pub authority: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body; empty when there is none.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// Whether a digest has to be there and signed.
    pub(crate) fn needs_digest(&self) -> bool {
        self.method.eq_ignore_ascii_case("POST") || !self.body.is_empty()
    }

    /// Whether it asks and changes nothing.
    pub(crate) fn only_reads(&self) -> bool {
        self.method.eq_ignore_ascii_case("GET") && self.body.is_empty()
    }

    /// The authority in lower case and without the port that the scheme implies (RFC 9421, 2.2.3).
    pub(crate) fn canonical_authority(&self) -> String {
        canonical_authority(self.authority, self.scheme)
    }

    /// The value of a header that a signature covers. It must be there exactly once and hold
    /// plain text: which of two values was meant, or how a folded line was joined, is a question
    /// that two programs answer differently.
    pub(crate) fn covered_header(&self, name: &str) -> Result<&str, Distrust> {
        let mut values = self.headers.get_all(name).iter();
        let Some(value) = values.next() else {
            return Err(Distrust::malformed("a signed header is missing"));
        };
        if values.next().is_some() {
            return Err(Distrust::Ambiguous(
                "a signed header is there more than once".into(),
            ));
        }
        let value = value
            .to_str()
            .map_err(|_| Distrust::malformed("a signed header is not ASCII"))?;
        if value.contains('\t') {
            return Err(Distrust::malformed("a signed header is folded"));
        }
        Ok(value.trim())
    }

    /// The `host` line of a draft-cavage signature: the header as sent, which must name the same
    /// host as the request does. HTTP/2 has no such header; there the authority stands in.
    pub(crate) fn covered_host(&self) -> Result<String, Distrust> {
        if !self.headers.contains_key(http::header::HOST) {
            return Ok(self.canonical_authority());
        }
        let host = self.covered_header("host")?;
        if canonical_authority(host, self.scheme) != self.canonical_authority() {
            return Err(Distrust::Ambiguous(
                "host header is not the host that was asked".into(),
            ));
        }
        Ok(host.to_owned())
    }
}

fn canonical_authority(authority: &str, scheme: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    let implied = if scheme.eq_ignore_ascii_case("http") {
        ":80"
    } else {
        ":443"
    };
    match authority.strip_suffix(implied) {
        Some(host) => host.to_owned(),
        None => authority,
    }
}
