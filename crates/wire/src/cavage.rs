//! HTTP signatures as the fediverse grew up with them: draft-cavage-http-signatures-12.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use comity_vocab::Iri;
use jiff::Timestamp;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};

use crate::digest::Digests;
use crate::key::SigningKey;
use crate::proof::KeyKind;
use crate::window::{self, CAVAGE_AGE_MS};
use crate::{Distrust, Request, synchronization};

/// The format has seven parameters.
const MOST_PARAMETERS: usize = 16;

/// Real signatures cover four to six headers.
const MOST_HEADERS: usize = 32;

/// One parsed signature, not yet checked against a key.
#[derive(Clone, Debug)]
pub(crate) struct Cavage {
    pub key_id: Iri,
    /// The kind of key its algorithm demands; `None` leaves it to the key.
    pub kind: Option<KeyKind>,
    pub signature: Vec<u8>,
    covered: Vec<String>,
    created: Option<i64>,
    expires: Option<i64>,
}

impl Cavage {
    /// Reads the value of a `Signature` header.
    pub(crate) fn parse(value: &str) -> Result<Cavage, Distrust> {
        let parameters = parameters(value)?;
        let get = |name: &str| {
            parameters
                .iter()
                .find(|(given, _)| *given == name)
                .map(|(_, value)| *value)
        };
        let key_id = get("keyId").ok_or_else(|| Distrust::malformed("signature: has no keyId"))?;
        let signature = get("signature")
            .filter(|signature| !signature.is_empty())
            .ok_or_else(|| Distrust::malformed("signature: has no signature"))?;
        let algorithm = get("algorithm").map(str::to_ascii_lowercase);
        let kind = match algorithm.as_deref() {
            // hs2019 officially asks for RSA-PSS with SHA-512; everybody who writes it here means
            // "look at the key" and signs like rsa-sha256.
            None | Some("hs2019") => None,
            Some("rsa-sha256") => Some(KeyKind::Rsa),
            Some("ed25519") => Some(KeyKind::Ed25519),
            Some(_) => {
                return Err(Distrust::UnsupportedAlgorithm(
                    "not one we accept in draft-cavage".into(),
                ));
            }
        };
        // Without the parameter the draft signs `(created)` alone, which covers nothing we need.
        let covered: Vec<String> = get("headers")
            .unwrap_or("(created)")
            .split(' ')
            .filter(|name| !name.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        if covered.len() > MOST_HEADERS {
            return Err(Distrust::malformed("signature: covers too many headers"));
        }
        let mut sorted: Vec<&String> = covered.iter().collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Distrust::malformed("signature: names a header twice"));
        }
        let covers_time = covered
            .iter()
            .any(|name| name == "(created)" || name == "(expires)");
        if covers_time && algorithm.as_deref() == Some("rsa-sha256") {
            // Section 2.3 of the draft: older algorithm names do not know these two.
            return Err(Distrust::malformed(
                "signature: (created) needs algorithm hs2019",
            ));
        }
        Ok(Cavage {
            key_id: Iri::parse(key_id).map_err(|malformed| malformed.at("signature keyId"))?,
            kind,
            signature: STANDARD
                .decode(signature)
                .map_err(|_| Distrust::malformed("signature: is not base64"))?,
            created: get("created").map(seconds).transpose()?,
            // A fraction is allowed in `expires` only; the second it falls into is near enough.
            expires: get("expires")
                .map(|text| seconds(text.split('.').next().unwrap_or(text)))
                .transpose()?,
            covered,
        })
    }

    /// Checks that everything that matters is covered, and the clock. Answers when it was signed
    /// (unix milliseconds).
    pub(crate) fn check(
        &self,
        request: &Request<'_>,
        digests: Digests,
        now_ms: i64,
    ) -> Result<i64, Distrust> {
        if !self.covers("(request-target)") {
            return Err(Distrust::NotCovered("(request-target)"));
        }
        if !self.covers("host") {
            return Err(Distrust::NotCovered("host"));
        }
        if request.needs_digest() && !(self.covers("digest") && digests.digest) {
            return Err(Distrust::NotCovered("digest"));
        }
        let expires_ms = self.expires.map(window::seconds_to_ms);
        let mut signed_ms = None;
        if self.covers("date") {
            let date_ms = parse_date(request.covered_header("date")?)?;
            window::check(date_ms, expires_ms, CAVAGE_AGE_MS, now_ms)?;
            signed_ms = Some(date_ms);
        }
        if self.covers("(created)") {
            let created = self
                .created
                .ok_or_else(|| Distrust::malformed("signature: has no created"))?;
            let created_ms = window::seconds_to_ms(created);
            window::check(created_ms, expires_ms, CAVAGE_AGE_MS, now_ms)?;
            signed_ms = Some(created_ms);
        }
        signed_ms.ok_or(Distrust::NotCovered("date or (created)"))
    }

    /// The texts that may have been signed, likeliest first. GoToSocial and older servers leave
    /// the query out of the request target of a GET, so that reading is tried too; it says less
    /// about what was asked, but nothing here is served differently for a query one may not see.
    pub(crate) fn bases(&self, request: &Request<'_>) -> Result<Vec<String>, Distrust> {
        let mut bases = vec![self.base(request, request.target)?];
        if request.method.eq_ignore_ascii_case("GET")
            && let Some((path, _query)) = request.target.split_once('?')
        {
            bases.push(self.base(request, path)?);
        }
        Ok(bases)
    }

    fn base(&self, request: &Request<'_>, target: &str) -> Result<String, Distrust> {
        let mut base = String::with_capacity(256);
        for name in &self.covered {
            if !base.is_empty() {
                base.push('\n');
            }
            let missing = || Distrust::malformed("signature: has no created or expires");
            let value = match name.as_str() {
                "(request-target)" => {
                    format!("{} {target}", request.method.to_ascii_lowercase())
                }
                "(created)" => self.created.ok_or_else(missing)?.to_string(),
                "(expires)" => self.expires.ok_or_else(missing)?.to_string(),
                "host" => request.covered_host()?,
                name => request.covered_header(name)?.to_owned(),
            };
            base.push_str(name);
            base.push_str(": ");
            base.push_str(&value);
        }
        Ok(base)
    }

    pub(crate) fn covers(&self, name: &str) -> bool {
        self.covered.iter().any(|covered| covered == name)
    }
}

/// The `Signature` header for a request that already has its date, and its digest if it has a
/// body.
pub(crate) fn sign(request: &Request<'_>, key: &SigningKey) -> Result<String, Distrust> {
    let mut covered = vec!["(request-target)", "host", "date"];
    if request.needs_digest() {
        covered.push("digest");
    }
    if request.headers.contains_key(synchronization::NAME) {
        covered.push(synchronization::NAME);
    }
    let unsigned = Cavage {
        key_id: key.key_id().clone(),
        kind: None,
        signature: Vec::new(),
        covered: covered.iter().map(|name| (*name).to_owned()).collect(),
        created: None,
        expires: None,
    };
    let base = unsigned.base(request, request.target)?;
    Ok(format!(
        "keyId=\"{}\",algorithm=\"{}\",headers=\"{}\",signature=\"{}\"",
        key.key_id(),
        key.cavage_algorithm(),
        covered.join(" "),
        STANDARD.encode(key.sign(base.as_bytes())),
    ))
}

/// The date as headers carry it. Times outside the years 1 to 9999 become the epoch, which no
/// one will accept.
pub(crate) fn format_date(now_ms: i64) -> String {
    let timestamp = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&timestamp)
        .unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 GMT".to_owned())
}

/// Reads the date of a header, to unix milliseconds.
pub(crate) fn parse_date(text: &str) -> Result<i64, Distrust> {
    DateTimeParser::new()
        .parse_timestamp(text)
        .map(Timestamp::as_millisecond)
        .map_err(|_| Distrust::malformed("date: is not an HTTP date"))
}

fn seconds(text: &str) -> Result<i64, Distrust> {
    text.parse()
        .map_err(|_| Distrust::malformed("signature: has a time that is not a number"))
}

/// `name="value",name=123,…`. A name that comes twice is refused: readers disagree which counts.
pub(crate) fn parameters(value: &str) -> Result<Vec<(&str, &str)>, Distrust> {
    let malformed = || Distrust::malformed("signature: is not a list of parameters");
    let mut parameters: Vec<(&str, &str)> = Vec::new();
    let mut rest = value.trim();
    loop {
        let (name, after) = rest.split_once('=').ok_or_else(malformed)?;
        let name = name.trim();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(malformed());
        }
        let after = after.trim_start();
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            let (value, after) = quoted.split_once('"').ok_or_else(malformed)?;
            if value.contains('\\') {
                return Err(malformed());
            }
            (value, after)
        } else {
            // Only the two times may stand without quotes.
            let end = after
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(after.len());
            after.split_at(end)
        };
        if value.is_empty() && name != "headers" {
            return Err(malformed());
        }
        if parameters.iter().any(|(given, _)| *given == name) || parameters.len() == MOST_PARAMETERS
        {
            return Err(Distrust::malformed("signature: repeats a parameter"));
        }
        parameters.push((name, value));
        rest = match after.trim_start().strip_prefix(',') {
            Some(rest) => rest.trim_start(),
            None if after.trim().is_empty() => return Ok(parameters),
            None => return Err(malformed()),
        };
    }
}
