//! Sealing a message so that only the app can read it: RFC 8291, and the draft before it, which older apps and the relays
//! of theirs still read and nothing else.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::model::Keys;
use crate::error::{Error, Result};

/// Bytes of a record: the whole message is one.
const RECORD: u32 = 4_096;
/// Bytes of a public key that is not compressed.
pub const PUBLIC_KEY: usize = 65;
/// Bytes that the heading and the tag of a message take, in the longer of both encodings.
const AROUND: usize = 103;
/// Bytes of a message that still fits.
pub const LARGEST: usize = comity_wire::LARGEST_PUSH - AROUND;

/// A sealed message.
#[derive(Debug)]
pub struct Sealed {
    /// The body.
    pub body: Vec<u8>,
    /// Of the older encoding: the salt and our key for this message, for headers.
    pub beside: Option<(String, String)>,
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Seals for the app that has these keys.
pub fn seal(keys: &Keys, standard: bool, message: &[u8]) -> Result<Sealed> {
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(|_| broken())?;
    let ours = PrivateKey::generate(&ECDH_P256).map_err(|_| broken())?;
    seal_with(&ours, salt, keys, standard, message)
}

/// Whether this is the key of anybody: a point of the curve, not compressed.
pub fn is_public_key(bytes: &[u8]) -> bool {
    bytes.len() == PUBLIC_KEY
        && PrivateKey::generate(&ECDH_P256).is_ok_and(|ours| shared(&ours, bytes).is_ok())
}

fn seal_with(
    ours: &PrivateKey,
    salt: [u8; 16],
    keys: &Keys,
    standard: bool,
    message: &[u8],
) -> Result<Sealed> {
    if message.len() > LARGEST {
        return Err(Error::internal("a push message is too long"));
    }
    let own = ours.compute_public_key().map_err(|_| broken())?;
    let own = own.as_ref();
    let shared = shared(ours, &keys.p256dh)?;
    let mixed = Salt::new(HKDF_SHA256, &keys.auth).extract(&shared);
    if standard {
        let info: [&[u8]; 3] = [b"WebPush: info\0", &keys.p256dh, own];
        let prk = salted(&salt, &expanded::<32>(&mixed, &info)?);
        let mut sealed = message.to_vec();
        // The last record, without padding.
        sealed.push(2);
        encrypt(
            &expanded(&prk, &[b"Content-Encoding: aes128gcm\0"])?,
            expanded(&prk, &[b"Content-Encoding: nonce\0"])?,
            &mut sealed,
        )?;
        let mut body = salt.to_vec();
        body.extend(RECORD.to_be_bytes());
        body.push(u8::try_from(own.len()).map_err(|_| broken())?);
        body.extend(own);
        body.extend(sealed);
        return Ok(Sealed { body, beside: None });
    }
    let prk = salted(
        &salt,
        &expanded::<32>(&mixed, &[b"Content-Encoding: auth\0"])?,
    );
    let length = |key: &[u8]| u16::try_from(key.len()).map(u16::to_be_bytes);
    let (theirs_len, own_len) = (
        length(&keys.p256dh).map_err(|_| broken())?,
        length(own).map_err(|_| broken())?,
    );
    let about = |what: &'static [u8]| -> [&[u8]; 6] {
        [what, b"P-256\0", &theirs_len, &keys.p256dh, &own_len, own]
    };
    // Two bytes say that there is no padding.
    let mut body = vec![0, 0];
    body.extend(message);
    encrypt(
        &expanded(&prk, &about(b"Content-Encoding: aesgcm\0"))?,
        expanded(&prk, &about(b"Content-Encoding: nonce\0"))?,
        &mut body,
    )?;
    Ok(Sealed {
        body,
        beside: Some((URL_SAFE_NO_PAD.encode(salt), URL_SAFE_NO_PAD.encode(own))),
    })
}

fn shared(ours: &PrivateKey, theirs: &[u8]) -> Result<Vec<u8>> {
    let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
    agree(ours, theirs, broken(), |secret| Ok(secret.to_vec()))
}

fn salted(salt: &[u8], secret: &[u8]) -> Prk {
    Salt::new(HKDF_SHA256, salt).extract(secret)
}

fn expanded<const N: usize>(prk: &Prk, info: &[&[u8]]) -> Result<[u8; N]> {
    let mut out = [0; N];
    prk.expand(info, Length(N))
        .and_then(|okm| okm.fill(&mut out))
        .map_err(|_| broken())?;
    Ok(out)
}

fn encrypt(key: &[u8; 16], nonce: [u8; 12], message: &mut Vec<u8>) -> Result<()> {
    let key = UnboundKey::new(&AES_128_GCM, key).map_err(|_| broken())?;
    LessSafeKey::new(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), message)
        .map_err(|_| broken())
}

fn broken() -> Error {
    Error::internal("a push message could not be sealed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn keys() -> Keys {
        Keys {
            p256dh: bytes(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        }
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let ours = PrivateKey::from_private_key(
            &ECDH_P256,
            &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        )
        .unwrap();
        let salt: [u8; 16] = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let message = b"When I grow up, I want to be a watermelon";
        let sealed = seal_with(&ours, salt, &keys(), true, message).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(sealed.body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn the_longest_message_fits_a_push_service() {
        for standard in [true, false] {
            let longest = vec![b'x'; LARGEST];
            let sealed = seal(&keys(), standard, &longest).unwrap();
            assert!(sealed.body.len() <= comity_wire::LARGEST_PUSH);
            assert!(seal(&keys(), standard, &vec![b'x'; LARGEST + 1]).is_err());
        }
    }

    #[test]
    fn what_is_no_point_is_no_key() {
        assert!(is_public_key(&keys().p256dh));
        let mut off = keys().p256dh;
        off[40] ^= 1;
        for wrong in [&off[..], &[], &[4; 65], &keys().p256dh[..64]] {
            assert!(!is_public_key(wrong));
        }
    }
}
