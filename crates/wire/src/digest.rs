//! Digests of a body: `Digest` (RFC 3230) and `Content-Digest` (RFC 9530).
//!
//! A signature covers headers only; the digest header is what ties the body to it. Both headers
//! are checked whenever they are there, so that no reader behind us can be shown another truth.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use sfv::ListEntry;

use crate::{Distrust, structured};

/// A digest header names two or three algorithms at most; more is somebody trying things out.
const MOST_DIGESTS: usize = 8;

/// The value of a `Digest` header for a body.
pub(crate) fn digest_header(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(sha256(body)))
}

/// The value of a `Content-Digest` header for a body.
pub(crate) fn content_digest_header(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256(body)))
}

/// SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes)
        .as_ref()
        .try_into()
        .expect("SHA-256 has 32 bytes")
}

/// Which digest headers are there and right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digests {
    /// `Digest` is there and matches.
    pub digest: bool,
    /// `Content-Digest` is there and matches.
    pub content_digest: bool,
}

/// Checks every digest header against the body. A header that is there must name at least one
/// algorithm we know (SHA-256, SHA-512), and every value of those must match: of several that
/// disagree, one is wrong.
pub(crate) fn check(headers: &HeaderMap, body: &[u8]) -> Result<Digests, Distrust> {
    let mut found = Digests {
        digest: false,
        content_digest: false,
    };
    if let Some(value) = joined(headers, "digest")? {
        compare(legacy_values(&value)?, body)?;
        found.digest = true;
    }
    if let Some(value) = joined(headers, "content-digest")? {
        compare(structured_values(&value)?, body)?;
        found.content_digest = true;
    }
    Ok(found)
}

fn compare(values: Vec<(Algorithm, Vec<u8>)>, body: &[u8]) -> Result<(), Distrust> {
    if values.is_empty() {
        return Err(Distrust::UnsupportedAlgorithm(
            "no digest with SHA-256 or SHA-512".into(),
        ));
    }
    for (algorithm, expected) in values {
        let actual = match algorithm {
            Algorithm::Sha256 => digest(&SHA256, body),
            Algorithm::Sha512 => digest(&SHA512, body),
        };
        if actual.as_ref() != expected.as_slice() {
            return Err(Distrust::DigestMismatch);
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    /// Names are without case in RFC 3230; servers send both `SHA-256` and `sha-256`.
    fn named(name: &str) -> Option<Algorithm> {
        if name.eq_ignore_ascii_case("sha-256") {
            Some(Algorithm::Sha256)
        } else if name.eq_ignore_ascii_case("sha-512") {
            Some(Algorithm::Sha512)
        } else {
            None
        }
    }
}

/// `SHA-256=base64,unixsum=…`: unknown algorithms are passed over.
fn legacy_values(value: &str) -> Result<Vec<(Algorithm, Vec<u8>)>, Distrust> {
    let mut values = Vec::new();
    for (index, part) in value.split(',').enumerate() {
        if index == MOST_DIGESTS {
            return Err(Distrust::malformed("digest: has too many values"));
        }
        let (name, encoded) = part
            .trim()
            .split_once('=')
            .ok_or_else(|| Distrust::malformed("digest: is not algorithm=value"))?;
        let Some(algorithm) = Algorithm::named(name) else {
            continue;
        };
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| Distrust::malformed("digest: is not base64"))?;
        values.push((algorithm, bytes));
    }
    Ok(values)
}

/// `sha-256=:base64:`, a dictionary of byte sequences.
fn structured_values(value: &str) -> Result<Vec<(Algorithm, Vec<u8>)>, Distrust> {
    let malformed = || Distrust::malformed("content-digest: is not a list of digests");
    let dictionary = structured::dictionary(value).ok_or_else(malformed)?;
    if dictionary.len() > MOST_DIGESTS {
        return Err(malformed());
    }
    let mut values = Vec::new();
    for (name, entry) in &dictionary {
        let Some(algorithm) = Algorithm::named(name.as_str()) else {
            continue;
        };
        let ListEntry::Item(item) = entry else {
            return Err(malformed());
        };
        let bytes = item.bare_item.as_byte_sequence().ok_or_else(malformed)?;
        values.push((algorithm, bytes.to_vec()));
    }
    Ok(values)
}

/// A header sent as several lines means the same as one line with commas.
fn joined(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Distrust> {
    let mut text: Option<String> = None;
    for value in headers.get_all(name) {
        let value = value
            .to_str()
            .map_err(|_| Distrust::malformed(format!("{name}: is not ASCII")))?;
        match &mut text {
            None => text = Some(value.to_owned()),
            Some(text) => {
                text.push_str(", ");
                text.push_str(value);
            }
        }
    }
    Ok(text)
}
