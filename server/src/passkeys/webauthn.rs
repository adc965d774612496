//! What a browser and a device say of a passkey, and whether it is so (W3C Web Authentication, level 2, §7.1 and §7.2).
//!
//! Who made the device is not asked (attestation "none"), so what a new passkey says of itself is believed; all that counts
//! is that the same device signs later.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::Decoder;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cose::{ALGORITHMS, Key};
use super::{CHALLENGE_LIVES_MS, Passkey};
use crate::communities::Community;
use crate::error::Error;
use crate::http::Me;

/// The longest name of a passkey that the specification allows devices.
const LONGEST_ID: usize = 1023;
/// Parts of what says who made a device; there are three.
const MOST_PARTS: u64 = 8;

/// What a device says of itself in one byte: somebody touched it,
const TOUCHED: u8 = 1;
/// it knows that it is its owner,
const VERIFIED: u8 = 1 << 2;
/// the passkey may be copied to other devices of theirs,
const MAY_BE_COPIED: u8 = 1 << 3;
/// it was,
const IS_COPIED: u8 = 1 << 4;
/// the passkey is new and stands here,
const IS_NEW: u8 = 1 << 6;
/// and more follows.
const HAS_MORE: u8 = 1 << 7;

/// Why a passkey is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// What was sent is nothing that a browser sends.
    #[error("the browser sent nothing that is a passkey; reload the page and try again")]
    Unread,
    /// It answers something else than what was asked.
    #[error("the passkey answered another question; reload the page and try again")]
    Challenge,
    /// It was used on another page.
    #[error("the passkey was used at another address; open ours and try again there")]
    Address,
    /// The device did not ask who holds it.
    #[error(
        "the device did not ask who holds it; give it a PIN, or let it know your finger or face"
    )]
    Unverified,
    /// Its key is of a kind that we cannot check.
    #[error("this kind of passkey is not known here; use another device")]
    Kind,
    /// Somebody else signed.
    #[error("this passkey is not known here, or was removed; sign in with your password")]
    Unknown,
}

impl From<Wrong> for Error {
    fn from(wrong: Wrong) -> Error {
        Error::Forbidden(wrong.to_string())
    }
}

/// What the answer of a browser must be about.
pub struct Asked<'a> {
    /// What was to be signed.
    pub challenge: &'a [u8],
    /// Where.
    pub community: &'a Community,
}

/// A passkey that a device made.
pub struct Made {
    /// As the device calls it.
    pub credential_id: Vec<u8>,
    /// As [`Key::read`] reads it.
    pub public_key: Vec<u8>,
    /// Of its signatures; 0 where the device does not count.
    pub counter: i64,
}

/// What the browser is asked to make: `PublicKeyCredentialCreationOptionsJSON`.
pub fn creation(me: &Me, challenge: &[u8], known: &[Vec<u8>]) -> Value {
    let known: Vec<Value> = known
        .iter()
        .map(|id| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(id) }))
        .collect();
    let kinds = ALGORITHMS.map(|number| json!({ "type": "public-key", "alg": number }));
    json!({
        "rp": { "id": rp_id(&me.community), "name": me.community.name },
        "user": {
            "id": URL_SAFE_NO_PAD.encode(user_handle(me.account.id)),
            "name": me.account.handle().to_string(),
            "displayName": me.account.display_name,
        },
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "pubKeyCredParams": kinds,
        "timeout": CHALLENGE_LIVES_MS,
        "excludeCredentials": known,
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "required",
        },
        "attestation": "none",
    })
}

/// What the browser is asked to sign: `PublicKeyCredentialRequestOptionsJSON`. It names nobody, so it is the same for all.
pub fn request(community: &Community, challenge: &[u8]) -> Value {
    json!({
        "rpId": rp_id(community),
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "timeout": CHALLENGE_LIVES_MS,
        "userVerification": "required",
    })
}

/// How devices know whose a passkey is. Everybody may know the id of an account.
pub fn user_handle(account_id: i64) -> [u8; 8] {
    account_id.to_be_bytes()
}

/// Whose passkeys they are: those of a name, whatever the port.
fn rp_id(community: &Community) -> &str {
    community.domain.host()
}

/// A passkey that was made just now.
pub fn made(asked: &Asked<'_>, client_data: &[u8], attestation: &[u8]) -> Result<Made, Wrong> {
    asked.check(client_data, "webauthn.create")?;
    let data = auth_data(attestation).ok_or(Wrong::Unread)?;
    let said = Said::read(data).ok_or(Wrong::Unread)?;
    asked.check_device(&said)?;
    let new = said.new.ok_or(Wrong::Unread)?;
    let (_, length) = Key::read(new.rest).ok_or(Wrong::Kind)?;
    let (public_key, rest) = new.rest.split_at(length);
    if !ends(rest, said.flags) {
        return Err(Wrong::Unread);
    }
    Ok(Made {
        credential_id: new.id.to_vec(),
        public_key: public_key.to_vec(),
        counter: said.counter,
    })
}

/// The count of a known passkey that signed just now.
pub fn signed(
    asked: &Asked<'_>,
    passkey: &Passkey,
    client_data: &[u8],
    auth_data: &[u8],
    signature: &[u8],
) -> Result<i64, Wrong> {
    asked.check(client_data, "webauthn.get")?;
    let said = Said::read(auth_data).ok_or(Wrong::Unread)?;
    asked.check_device(&said)?;
    let (key, _) = Key::read(&passkey.public_key).ok_or(Wrong::Kind)?;
    let message = [auth_data, digest(&SHA256, client_data).as_ref()].concat();
    if key.signed(&message, signature) {
        Ok(said.counter)
    } else {
        Err(Wrong::Unknown)
    }
}

/// What the browser says, of all that it may say. A page of ours in a frame elsewhere is `crossOrigin`.
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(default, rename = "topOrigin")]
    top_origin: Option<String>,
}

impl Asked<'_> {
    fn check(&self, client_data: &[u8], kind: &str) -> Result<(), Wrong> {
        let said: ClientData = serde_json::from_slice(client_data).map_err(|_| Wrong::Unread)?;
        let challenge = URL_SAFE_NO_PAD.decode(&said.challenge).unwrap_or_default();
        if said.r#type != kind || verify_slices_are_equal(&challenge, self.challenge).is_err() {
            return Err(Wrong::Challenge);
        }
        if said.origin != self.community.origin || said.cross_origin || said.top_origin.is_some() {
            return Err(Wrong::Address);
        }
        Ok(())
    }

    fn check_device(&self, said: &Said<'_>) -> Result<(), Wrong> {
        let ours = digest(&SHA256, rp_id(self.community).as_bytes());
        if said.rp_id_hash != ours.as_ref() {
            return Err(Wrong::Address);
        }
        if said.flags & TOUCHED == 0 || said.flags & VERIFIED == 0 {
            return Err(Wrong::Unverified);
        }
        // No device says so, says the specification.
        if said.flags & IS_COPIED != 0 && said.flags & MAY_BE_COPIED == 0 {
            return Err(Wrong::Unread);
        }
        Ok(())
    }
}

/// What the device says ("authenticator data").
struct Said<'a> {
    rp_id_hash: &'a [u8],
    flags: u8,
    counter: i64,
    new: Option<New<'a>>,
}

struct New<'a> {
    id: &'a [u8],
    /// The key, and whatever follows.
    rest: &'a [u8],
}

impl<'a> Said<'a> {
    fn read(bytes: &'a [u8]) -> Option<Said<'a>> {
        let (rp_id_hash, rest) = bytes.split_at_checked(32)?;
        let (flags, rest) = rest.split_first()?;
        let (counter, rest) = rest.split_first_chunk::<4>()?;
        let new = if flags & IS_NEW == 0 {
            if !ends(rest, *flags) {
                return None;
            }
            None
        } else {
            // Which model it is, is not asked.
            let (_, rest) = rest.split_at_checked(16)?;
            let (length, rest) = rest.split_first_chunk::<2>()?;
            let length = usize::from(u16::from_be_bytes(*length));
            if !(1..=LONGEST_ID).contains(&length) {
                return None;
            }
            let (id, rest) = rest.split_at_checked(length)?;
            Some(New { id, rest })
        };
        Some(Said {
            rp_id_hash,
            flags: *flags,
            counter: i64::from(u32::from_be_bytes(*counter)),
            new,
        })
    }
}

/// Whether nothing follows but what the flags tell of.
fn ends(rest: &[u8], flags: u8) -> bool {
    if flags & HAS_MORE == 0 {
        return rest.is_empty();
    }
    let mut more = Decoder::new(rest);
    more.skip().is_ok() && more.position() == rest.len()
}

/// What the device says of a new passkey, out of what says who made the device.
fn auth_data(attestation: &[u8]) -> Option<&[u8]> {
    let mut from = Decoder::new(attestation);
    let mut found = None;
    let count = from.map().ok()??;
    if count > MOST_PARTS {
        return None;
    }
    for _ in 0..count {
        match from.str().ok()? {
            "authData" => found = Some(from.bytes().ok()?),
            _ => from.skip().ok()?,
        }
    }
    found.filter(|_| from.position() == attestation.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_device_says_is_not_read() {
        let beginning = |flags: u8| [&[7; 32][..], &[flags], &[0, 0, 0, 9]].concat();
        let said = beginning(TOUCHED | VERIFIED);
        assert_eq!(Said::read(&said).unwrap().counter, 9);
        for cut in 0..said.len() {
            assert!(Said::read(&said[..cut]).is_none(), "{cut}");
        }
        assert!(Said::read(&[&said[..], &[0]].concat()).is_none());
        assert!(Said::read(&[&beginning(HAS_MORE)[..], b"\xa0"].concat()).is_some());
        assert!(Said::read(&[&beginning(HAS_MORE)[..], b"\xa0\xa0"].concat()).is_none());
        let with_id = |length: u16, id: &[u8]| {
            [&beginning(IS_NEW)[..], &[0; 16], &length.to_be_bytes(), id].concat()
        };
        assert!(Said::read(&with_id(3, b"abc")).is_some());
        assert!(Said::read(&with_id(4, b"abc")).is_none());
        assert!(Said::read(&with_id(0, b"")).is_none());
        assert!(Said::read(&with_id(1024, &[1; 1024])).is_none());
    }

    #[test]
    fn an_attestation_is_read_to_its_end_and_no_further() {
        let whole = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x42\x01\x02";
        assert_eq!(auth_data(whole), Some(&[1, 2][..]));
        assert_eq!(auth_data(&whole[..whole.len() - 1]), None);
        assert_eq!(auth_data(&[&whole[..], b"\x00"].concat()), None);
        assert_eq!(auth_data(b"\xa0"), None);
        // Many lists in each other end somewhere.
        let deep = [b"\xa1\x61x".to_vec(), vec![0x81; 60_000]].concat();
        assert_eq!(auth_data(&deep), None);
        assert_eq!(auth_data(b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"), None);
    }
}
