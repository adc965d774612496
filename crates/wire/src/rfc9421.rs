//! HTTP message signatures of RFC 9421, as far as the fediverse uses them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use comity_vocab::Iri;
use http::HeaderMap;
use sfv::{Dictionary, FieldType, InnerList, List, ListEntry};

use crate::digest::Digests;
use crate::key::SigningKey;
use crate::proof::KeyKind;
use crate::window::{self, RFC9421_AGE_MS};
use crate::{Distrust, Request, structured, synchronization};

/// Proxies may add signatures of their own; nobody adds more than one or two.
const MOST_LABELS: usize = 4;

/// Real signatures cover three to six components.
const MOST_COMPONENTS: usize = 32;

/// One parsed signature, not yet checked against a key.
#[derive(Clone, Debug)]
pub(crate) struct Rfc9421 {
    pub key_id: Iri,
    /// The kind of key its algorithm demands; `None` leaves it to the key.
    pub kind: Option<KeyKind>,
    pub signature: Vec<u8>,
    components: Vec<String>,
    /// The covered components and parameters as signed, the last line of the base.
    params: String,
    created: i64,
    expires: Option<i64>,
}

/// Reads `Signature-Input` and the lines of `Signature` that belong to it, and answers the one
/// signature that can be used for this request: readable, in time, covering enough, together
/// with when it was made. More than one would leave open whose word this is.
pub(crate) fn usable(
    request: &Request<'_>,
    lines: &[&str],
    digests: Digests,
    now_ms: i64,
) -> Result<(Rfc9421, i64), Distrust> {
    let inputs = dictionary(&header_lines(request.headers, "signature-input")?)?;
    let signatures = dictionary(lines)?;
    let mut usable = None;
    let mut first_problem = None;
    for (label, input) in &inputs {
        let read = match signatures.get(label) {
            Some(signature) => Rfc9421::read(input, signature),
            None => Err(Distrust::malformed("signature: a label has no signature")),
        };
        let checked = read.and_then(|signature| {
            let signed_ms = signature.check(request, digests, now_ms)?;
            Ok((signature, signed_ms))
        });
        match checked {
            Ok(found) if usable.is_none() => usable = Some(found),
            Ok(_) => {
                return Err(Distrust::Ambiguous(
                    "there is more than one usable signature".into(),
                ));
            }
            Err(problem) => {
                first_problem.get_or_insert(problem);
            }
        }
    }
    match (usable, first_problem) {
        (Some(usable), _) => Ok(usable),
        (None, Some(problem)) => Err(problem),
        (None, None) => Err(Distrust::malformed("signature-input: is empty")),
    }
}

impl Rfc9421 {
    fn read(input: &ListEntry, signature: &ListEntry) -> Result<Rfc9421, Distrust> {
        let ListEntry::InnerList(list) = input else {
            return Err(Distrust::malformed("signature-input: is not a list"));
        };
        let ListEntry::Item(signature) = signature else {
            return Err(Distrust::malformed("signature: is not bytes"));
        };
        let signature = signature
            .bare_item
            .as_byte_sequence()
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| Distrust::malformed("signature: is not bytes"))?;
        let components = components(list)?;
        let parameter = |name: &str| list.params.get(name);
        let text = |name: &'static str| {
            parameter(name)
                .map(|value| {
                    value
                        .as_string()
                        .map(sfv::StringRef::as_str)
                        .ok_or_else(|| Distrust::malformed(format!("{name}: is not a string")))
                })
                .transpose()
        };
        let number = |name: &'static str| {
            parameter(name)
                .map(|value| {
                    value
                        .as_integer()
                        .map(i64::from)
                        .ok_or_else(|| Distrust::malformed(format!("{name}: is not a number")))
                })
                .transpose()
        };
        let key_id = text("keyid")?.ok_or_else(|| Distrust::malformed("keyid: is missing"))?;
        let kind = match text("alg")? {
            None => None,
            Some("rsa-v1_5-sha256") => Some(KeyKind::Rsa),
            Some("ed25519") => Some(KeyKind::Ed25519),
            Some(_) => {
                return Err(Distrust::UnsupportedAlgorithm(
                    "not one we accept in RFC 9421".into(),
                ));
            }
        };
        Ok(Rfc9421 {
            key_id: Iri::parse(key_id).map_err(|malformed| malformed.at("keyid"))?,
            kind,
            signature: signature.to_vec(),
            components,
            params: serialise(list)?,
            created: number("created")?.ok_or(Distrust::NotCovered("created"))?,
            expires: number("expires")?,
        })
    }

    /// Checks that everything that matters is covered, and the clock. Answers when it was signed
    /// (unix milliseconds).
    fn check(&self, request: &Request<'_>, digests: Digests, now_ms: i64) -> Result<i64, Distrust> {
        if !self.covers("@method") {
            return Err(Distrust::NotCovered("@method"));
        }
        let covers_path = self.covers("@request-target")
            || self.covers("@path") && (self.covers("@query") || !request.target.contains('?'));
        if !(self.covers("@target-uri") || self.covers("@authority") && covers_path) {
            return Err(Distrust::NotCovered("@target-uri"));
        }
        if request.needs_digest() && !(self.covers("content-digest") && digests.content_digest) {
            return Err(Distrust::NotCovered("content-digest"));
        }
        let created_ms = window::seconds_to_ms(self.created);
        let expires_ms = self.expires.map(window::seconds_to_ms);
        window::check(created_ms, expires_ms, RFC9421_AGE_MS, now_ms)?;
        // What it covers must be something we can rebuild, or it is not usable.
        self.base(request)?;
        Ok(created_ms)
    }

    pub(crate) fn covers(&self, name: &str) -> bool {
        self.components.iter().any(|component| component == name)
    }

    /// The text that was signed (section 2.5).
    pub(crate) fn base(&self, request: &Request<'_>) -> Result<String, Distrust> {
        base(&self.components, &self.params, request)
    }
}

pub(crate) fn base(
    components: &[String],
    params: &str,
    request: &Request<'_>,
) -> Result<String, Distrust> {
    let (path, query) = match request.target.split_once('?') {
        Some((path, query)) => (path, query),
        None => (request.target, ""),
    };
    let mut base = String::with_capacity(384);
    for name in components {
        let value = match name.as_str() {
            "@method" => request.method.to_owned(),
            "@target-uri" => format!(
                "{}://{}{}",
                request.scheme.to_ascii_lowercase(),
                request.canonical_authority(),
                request.target
            ),
            "@authority" => request.canonical_authority(),
            "@scheme" => request.scheme.to_ascii_lowercase(),
            "@request-target" => request.target.to_owned(),
            "@path" => path.to_owned(),
            "@query" => format!("?{query}"),
            name if name.starts_with('@') => {
                return Err(Distrust::malformed(
                    "signature-input: covers something we cannot rebuild",
                ));
            }
            name => request.covered_header(name)?.to_owned(),
        };
        base.push('"');
        base.push_str(name);
        base.push_str("\": ");
        base.push_str(&value);
        base.push('\n');
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(params);
    Ok(base)
}

/// `Signature-Input` and `Signature` for a request that already has its content digest if it has
/// a body. The nonce keeps two requests of the same second apart, which otherwise would be the
/// same bytes and look like a replay.
pub(crate) fn sign(
    request: &Request<'_>,
    key: &SigningKey,
    now_ms: i64,
    nonce: [u8; 12],
) -> Result<(String, String), Distrust> {
    let mut components = vec!["@method".to_owned(), "@target-uri".to_owned()];
    if request.needs_digest() {
        components.push("content-digest".to_owned());
    }
    if request.headers.contains_key(synchronization::NAME) {
        components.push(synchronization::NAME.to_owned());
    }
    // An address in canonical form has neither quotes nor backslashes in it.
    let params = format!(
        "(\"{}\");created={};keyid=\"{}\";nonce=\"{}\"",
        components.join("\" \""),
        now_ms.div_euclid(1000),
        key.key_id(),
        STANDARD.encode(nonce),
    );
    let signature = key.sign(base(&components, &params, request)?.as_bytes());
    Ok((
        format!("sig1={params}"),
        format!("sig1=:{}:", STANDARD.encode(signature)),
    ))
}

/// Names of the covered components, plain ones only: parameters (`;sf`, `;key`, `;req`, …) change
/// what a name means, and nobody here uses them.
fn components(list: &InnerList) -> Result<Vec<String>, Distrust> {
    if list.items.len() > MOST_COMPONENTS {
        return Err(Distrust::malformed("signature-input: covers too much"));
    }
    let mut components: Vec<String> = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let name = item
            .bare_item
            .as_string()
            .map(sfv::StringRef::as_str)
            .filter(|name| {
                !name.is_empty()
                    && name.bytes().all(|b| {
                        b.is_ascii_lowercase() || b.is_ascii_digit() || b"@-_".contains(&b)
                    })
            })
            .ok_or_else(|| Distrust::malformed("signature-input: covers no plain name"))?;
        if !item.params.is_empty() {
            return Err(Distrust::malformed(
                "signature-input: covers something we cannot rebuild",
            ));
        }
        if components.iter().any(|known| known == name) {
            return Err(Distrust::malformed(
                "signature-input: names a component twice",
            ));
        }
        components.push(name.to_owned());
    }
    Ok(components)
}

fn serialise(list: &InnerList) -> Result<String, Distrust> {
    let alone: List = vec![ListEntry::InnerList(list.clone())];
    alone
        .serialize()
        .ok_or_else(|| Distrust::malformed("signature-input: is not a list"))
}

fn dictionary(lines: &[&str]) -> Result<Dictionary, Distrust> {
    let dictionary = structured::dictionary(&lines.join(", "))
        .ok_or_else(|| Distrust::malformed("signature: is not a dictionary of different labels"))?;
    if dictionary.len() > MOST_LABELS {
        return Err(Distrust::Ambiguous("there are too many signatures".into()));
    }
    Ok(dictionary)
}

/// Every line of a header, as text.
pub(crate) fn header_lines<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> Result<Vec<&'a str>, Distrust> {
    headers
        .get_all(name)
        .iter()
        .map(|value| {
            value
                .to_str()
                .map_err(|_| Distrust::malformed(format!("{name}: is not ASCII")))
        })
        .collect()
}
