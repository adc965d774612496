//! Public keys as actors publish them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::Json;
use crate::{Iri, Malformed};

/// An RSA key of 16384 bits is below 4 KiB of text.
const LONGEST_PEM: usize = 8 * 1024;

/// An RSA key of 4096 bits has about 720 characters. Decoding base58 takes quadratic time.
const LONGEST_MULTIBASE: usize = 1024;

/// Actors have one or two keys; FEP-521a allows several.
const MOST_KEYS: usize = 16;

/// `SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL }`
const RSA_ALGORITHM: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// `SEQUENCE { OBJECT IDENTIFIER id-Ed25519 }`
const ED25519_ALGORITHM: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];

/// A key and who says it is theirs. That the owner says so too is checked by
/// [`Actor::check_origin`](crate::Actor::check_origin).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// What signatures name.
    pub id: Iri,
    /// The actor it claims to belong to (`owner` or `controller`).
    pub owner: Iri,
    /// The key itself.
    pub key: KeyMaterial,
}

/// A key in the form that verification takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyMaterial {
    /// RSA, as a DER `SubjectPublicKeyInfo`. Its size is not checked here.
    Rsa {
        /// The whole `SubjectPublicKeyInfo`.
        spki_der: Vec<u8>,
    },
    /// Ed25519, the 32 bytes.
    Ed25519([u8; 32]),
}

impl KeyMaterial {
    /// Reads `-----BEGIN PUBLIC KEY-----` and `-----BEGIN RSA PUBLIC KEY-----`.
    pub fn from_pem(pem: &str) -> Result<KeyMaterial, Malformed> {
        let refuse = |problem: &'static str| Malformed::new("publicKeyPem", problem);
        if pem.len() > LONGEST_PEM {
            return Err(refuse("is longer than a key can be"));
        }
        let (label, rest) = pem
            .split_once("-----BEGIN ")
            .and_then(|(_, rest)| rest.split_once("-----"))
            .ok_or(refuse("is not PEM"))?;
        let (body, _) = rest.split_once("-----END ").ok_or(refuse("is not PEM"))?;
        // Some servers send the line breaks as the two characters `\n`.
        let body: String = body
            .replace("\\n", "")
            .chars()
            .filter(|c| !c.is_ascii_whitespace())
            .collect();
        let der = STANDARD.decode(body).map_err(|_| refuse("is not base64"))?;
        let body = der_body(&der, 0x30).ok_or(refuse("is not a DER key"))?;
        match label {
            "RSA PUBLIC KEY" => Ok(KeyMaterial::Rsa {
                spki_der: spki_from_pkcs1(&der),
            }),
            "PUBLIC KEY" if body.starts_with(RSA_ALGORITHM) => {
                Ok(KeyMaterial::Rsa { spki_der: der })
            }
            "PUBLIC KEY" => body
                .strip_prefix(ED25519_ALGORITHM)
                .and_then(|bits| der_body(bits, 0x03)?.strip_prefix(&[0])?.try_into().ok())
                .map(KeyMaterial::Ed25519)
                .ok_or(refuse("is neither RSA nor Ed25519")),
            _ => Err(refuse("is not a public key")),
        }
    }

    /// Reads a Multikey: `z6Mk…` for Ed25519, `z4MX…` for RSA.
    pub fn from_multibase(text: &str) -> Result<KeyMaterial, Malformed> {
        let refuse = |problem: &'static str| Malformed::new("publicKeyMultibase", problem);
        let encoded = text
            .strip_prefix('z')
            .filter(|encoded| encoded.len() <= LONGEST_MULTIBASE)
            .ok_or(refuse("is not a short base58 value"))?;
        let bytes = bs58::decode(encoded)
            .into_vec()
            .map_err(|_| refuse("is not base58"))?;
        match bytes.as_slice() {
            [0xed, 0x01, key @ ..] => key
                .try_into()
                .map(KeyMaterial::Ed25519)
                .map_err(|_| refuse("is not an Ed25519 key")),
            [0x85, 0x24, key @ ..] if der_body(key, 0x30).is_some() => Ok(KeyMaterial::Rsa {
                spki_der: spki_from_pkcs1(key),
            }),
            _ => Err(refuse("is neither RSA nor Ed25519")),
        }
    }

    /// Writes what [`from_multibase`](KeyMaterial::from_multibase) reads; `None` for RSA.
    pub fn to_multibase(&self) -> Option<String> {
        let KeyMaterial::Ed25519(key) = self else {
            return None;
        };
        let bytes = [&[0xed, 0x01], key.as_slice()].concat();
        Some(format!("z{}", bs58::encode(bytes).into_string()))
    }
}

/// The content of the DER value of type `tag` that fills `der` exactly.
fn der_body(der: &[u8], tag: u8) -> Option<&[u8]> {
    let (&first, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, body) = match short {
        0..=0x7f => (usize::from(short), rest),
        0x81 => {
            let (&low, rest) = rest.split_first()?;
            (usize::from(low), rest)
        }
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    (first == tag && body.len() == length).then_some(body)
}

fn der_value(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut value = vec![tag];
    match u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes() {
        [0, low @ 0..=0x7f] => value.push(low),
        [0, low] => value.extend([0x81, low]),
        [high, low] => value.extend([0x82, high, low]),
    }
    value.extend_from_slice(body);
    value
}

/// Wraps the bare `RSAPublicKey` in what every verifier takes.
fn spki_from_pkcs1(pkcs1: &[u8]) -> Vec<u8> {
    let bits = der_value(0x03, &[&[0], pkcs1].concat());
    der_value(0x30, &[RSA_ALGORITHM, &bits].concat())
}

/// The keys of an actor, from `publicKey` and from `assertionMethod` (FEP-521a). Keys that cannot
/// be read are left out: an actor may have one of a kind we do not know beside one we do.
pub(crate) fn keys_of(actor: &Json<'_>, id: &Iri) -> Vec<PublicKey> {
    let mut keys: Vec<PublicKey> = Vec::new();
    let listed = ["publicKey", "assertionMethod", "authentication"];
    for item in listed.iter().flat_map(|name| actor.get(name).each()) {
        let Ok(key) = key(item, Some(id)) else {
            continue;
        };
        if keys.len() < MOST_KEYS && keys.iter().all(|known| known.id != key.id) {
            keys.push(key);
        }
    }
    keys
}

/// A key on its own or within its actor. Within an actor a missing owner is that actor.
pub(crate) fn key(json: &Json<'_>, within: Option<&Iri>) -> Result<PublicKey, Malformed> {
    let id = json.required_id()?;
    let owner = match json.any(&["owner", "controller"]) {
        Json::Null => within.cloned(),
        owner => owner.iri(),
    };
    let owner = owner.ok_or(Malformed::new("owner", "is missing or no address"))?;
    let key = match json.get("publicKeyPem").raw() {
        Some(pem) => KeyMaterial::from_pem(pem)?,
        None => KeyMaterial::from_multibase(
            json.get("publicKeyMultibase")
                .raw()
                .ok_or(Malformed::new("publicKeyPem", "is missing"))?,
        )?,
    };
    Ok(PublicKey { id, owner, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPKI_ED25519: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----";

    fn rsa_pem() -> String {
        let spki = [RSA_ALGORITHM, &der_value(0x03, &[7; 300])].concat();
        let key = KeyMaterial::Rsa {
            spki_der: der_value(0x30, &spki),
        };
        key.to_pem().unwrap()
    }

    #[test]
    fn pem_is_read_however_its_lines_are_broken() {
        let pem = rsa_pem();
        let key = KeyMaterial::from_pem(&pem).unwrap();
        let broken = [
            pem.replace('\n', "\r\n"),
            pem.replace('\n', "\\n"),
            pem.trim().to_owned(),
            format!("\n  {}", pem.replace('\n', "\n   ")),
            pem.replace("Y-----\n", "Y-----")
                .replace("\n-----E", "-----E"),
        ];
        for pem in broken {
            assert_eq!(KeyMaterial::from_pem(&pem).as_ref(), Ok(&key), "{pem}");
        }
        assert_eq!(key.to_multibase(), None);
    }

    #[test]
    fn ed25519_comes_as_pem_and_as_multikey() {
        let key = KeyMaterial::from_pem(SPKI_ED25519).unwrap();
        let text = key.to_multibase().unwrap();
        assert!(text.starts_with("z6Mk"), "{text}");
        assert_eq!(KeyMaterial::from_multibase(&text), Ok(key.clone()));
        assert_eq!(key.to_pem(), None);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let pem = rsa_pem();
        let private = pem.replace("PUBLIC", "PRIVATE");
        let cut = pem.replace("\n-----END", "=\n-----END");
        let short = SPKI_ED25519.replace("MCow", "MCkw");
        let long = format!("{pem}{}", " ".repeat(LONGEST_PEM));
        for text in [
            "",
            "-----BEGIN ",
            "-----BEGIN PUBLIC KEY-----",
            "AAAA",
            &private,
            &cut,
            &short,
            &long,
        ] {
            assert!(KeyMaterial::from_pem(text).is_err(), "{text}");
        }
        for text in [
            "",
            "z",
            "z6Mk",
            "m6Mk",
            "z0OIl",
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
            &"z1".repeat(600),
        ] {
            assert!(KeyMaterial::from_multibase(text).is_err(), "{text}");
        }
    }

    #[test]
    fn keys_of_others_are_seen_as_such() {
        let pem = rsa_pem();
        let actor = |owner: &str, key_id: &str| {
            let text = format!(
                r#"{{"id":"https://a.example/u","type":"Person","preferredUsername":"u","inbox":"https://a.example/u/inbox","publicKey":{{"id":"{key_id}","owner":"{owner}","publicKeyPem":{pem:?}}}}}"#
            );
            match crate::read(text.as_bytes()).unwrap() {
                crate::Document::Actor(actor) => actor.check_origin(),
                other => panic!("{other:?}"),
            }
        };
        let mine = "https://a.example/u";
        assert_eq!(actor(mine, "https://a.example/u#main-key"), Ok(()));
        assert_eq!(actor(mine, "https://a.example/keys/1"), Ok(()));
        let stolen = actor("https://b.example/u", "https://a.example/u#main-key").unwrap_err();
        assert_eq!(stolen.to_string(), "publicKey.owner: is not the actor");
        let elsewhere = actor(mine, "https://b.example/u#main-key").unwrap_err();
        assert_eq!(
            elsewhere.to_string(),
            "publicKey.id: is on another server than the actor"
        );
    }
}
