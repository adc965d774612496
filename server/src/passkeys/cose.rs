//! The public key of a passkey, as the device writes it down (a COSE key, RFC 9052 §7).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use minicbor::Decoder;
use minicbor::data::Type;

/// What we can check, by its number at IANA: Ed25519, P-256, and RSA for what old Windows has. The first is preferred.
pub const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Kinds of keys.
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
/// Curves.
const P256: i64 = 1;
const CURVE_ED25519: i64 = 6;

/// Of a coordinate, and of a key of Ed25519.
const COORDINATE: usize = 32;
/// Bytes of an RSA modulus: of 2048 bits at least, and no device makes more than 4096.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;
/// Bytes of an RSA exponent; everybody uses 65537, which has three.
const LONGEST_EXPONENT: usize = 8;
/// Parts of a key; the largest has five.
const MOST_PARTS: u64 = 16;

/// A key that signatures are checked with.
pub struct Key(ParsedPublicKey);

impl Key {
    /// Reads the key that `bytes` begin with, and tells how long it is. None where it is no key of [`ALGORITHMS`].
    pub fn read(bytes: &[u8]) -> Option<(Key, usize)> {
        let mut from = Decoder::new(bytes);
        let mut parts = Parts::default();
        let count = from.map().ok()??;
        if count > MOST_PARTS {
            return None;
        }
        for _ in 0..count {
            match from.i64().ok()? {
                1 => parts.kind = from.i64().ok()?,
                3 => parts.algorithm = from.i64().ok()?,
                -1 if from.datatype().ok()? == Type::Bytes => parts.modulus = from.bytes().ok()?,
                -1 => parts.curve = from.i64().ok()?,
                -2 => parts.x = from.bytes().ok()?,
                -3 => parts.y = from.bytes().ok()?,
                _ => from.skip().ok()?,
            }
        }
        Some((Key(parts.key()?), from.position()))
    }

    /// Whether this key signed `message`.
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

#[derive(Default)]
struct Parts<'a> {
    kind: i64,
    algorithm: i64,
    curve: i64,
    /// Or the exponent.
    x: &'a [u8],
    y: &'a [u8],
    modulus: &'a [u8],
}

impl Parts<'_> {
    fn key(&self) -> Option<ParsedPublicKey> {
        let is_coordinate = |bytes: &[u8]| bytes.len() == COORDINATE;
        match (self.kind, self.algorithm, self.curve) {
            (EC2, ES256, P256) if is_coordinate(self.x) && is_coordinate(self.y) => {
                // Not compressed, says the first byte (SEC 1, §2.3.3).
                let point = [&[4], self.x, self.y].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).ok()
            }
            (OKP, EDDSA, CURVE_ED25519) if is_coordinate(self.x) => {
                ParsedPublicKey::new(&ED25519, self.x).ok()
            }
            (RSA, RS256, _)
                if MODULUS.contains(&self.modulus.len()) && self.x.len() <= LONGEST_EXPONENT =>
            {
                let components = RsaPublicKeyComponents {
                    n: self.modulus,
                    e: self.x,
                };
                components
                    .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                    .ok()
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn what_is_no_key_is_refused() {
        let zeros = [0; 32];
        let off_the_curve = [
            &b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"[..],
            &zeros,
            b"\x22\x58\x20",
            &zeros,
        ]
        .concat();
        for bytes in [
            &b""[..],
            b"\xa0",
            b"\xbf\xff",
            b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xa1\x01\x02",
            // A modulus of no bytes.
            b"\xa4\x01\x03\x03\x39\x01\x00\x20\x40\x21\x43\x01\x00\x01",
            &off_the_curve,
        ] {
            assert!(Key::read(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn a_key_ends_where_it_ends() {
        // The one of RFC 8032, §7.1, test 1.
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let public: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&public[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let key = [&b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"[..], &public].concat();
        let more = [&key[..], b"\xa0"].concat();
        let (read, length) = Key::read(&more).unwrap();
        assert_eq!(length, key.len());
        assert!(!read.signed(b"", &[0; 64]));
    }
}
