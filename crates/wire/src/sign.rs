//! Signing what we send.

use comity_vocab::Iri;
use http::header::{DATE, HeaderMap, HeaderName, HeaderValue};

use crate::digest::{content_digest_header, digest_header};
use crate::key::SigningKey;
use crate::proof::Scheme;
use crate::{Request, Synchronization, cavage, rfc9421};

const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const DIGEST: HeaderName = HeaderName::from_static("digest");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The headers that sign a request: date, digest if there is a body, and the signature. The `Host`
/// header is signed too but left to the HTTP client, which derives the same from the address.
///
/// RFC 9421 signatures carry a random nonce; a draft-cavage one is the same bytes for the same
/// request within one second.
pub fn sign(
    method: &str,
    address: &Iri,
    body: Option<&[u8]>,
    key: &SigningKey,
    scheme: Scheme,
    now_ms: i64,
) -> HeaderMap {
    sign_with(None, method, address, body, key, scheme, now_ms)
}

/// The same for what also tells the receiving server of the sender's followers there; that is signed with it.
pub fn sign_with(
    followers: Option<&Synchronization>,
    method: &str,
    address: &Iri,
    body: Option<&[u8]>,
    key: &SigningKey,
    scheme: Scheme,
    now_ms: i64,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.extend(followers.map(Synchronization::header));
    headers.insert(DATE, value(&cavage::format_date(now_ms)));
    if let Some(body) = body {
        match scheme {
            Scheme::Cavage => headers.insert(DIGEST, value(&digest_header(body))),
            Scheme::Rfc9421 => headers.insert(CONTENT_DIGEST, value(&content_digest_header(body))),
        };
    }
    let target = match address.query() {
        Some(query) => format!("{}?{query}", address.path()),
        None => address.path().to_owned(),
    };
    let domain = address.domain();
    let request = Request {
        method,
        target: &target,
        scheme: if address.is_https() { "https" } else { "http" },
        authority: domain.as_str(),
        headers: &headers,
        body: body.unwrap_or_default(),
    };
    match scheme {
        Scheme::Cavage => {
            let signature = cavage::sign(&request, key).expect("all covered headers were just set");
            headers.insert(SIGNATURE, value(&signature));
        }
        Scheme::Rfc9421 => {
            let mut nonce = [0; 12];
            aws_lc_rs::rand::fill(&mut nonce).expect("the system has randomness");
            let (input, signature) = rfc9421::sign(&request, key, now_ms, nonce)
                .expect("all covered headers were just set");
            headers.insert(SIGNATURE_INPUT, value(&input));
            headers.insert(SIGNATURE, value(&signature));
        }
    }
    headers
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("canonical addresses, dates and base64 are plain ASCII")
}
