//! A device that keeps passkeys, and the browser in front of it: they know the specification and nothing of us.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Touched, and knows its owner.
pub const FLAGS: u8 = 1 | 4;
const IS_NEW: u8 = 1 << 6;

pub enum Secret {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl Secret {
    pub fn p256() -> Secret {
        Secret::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    pub fn ed25519() -> Secret {
        Secret::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub fn rsa() -> Secret {
        Secret::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// The public key, as COSE writes it.
    fn public(&self) -> Vec<u8> {
        match self {
            Secret::P256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                [
                    b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20",
                    x,
                    b"\x22\x58\x20",
                    y,
                ]
                .concat()
            }
            Secret::Ed25519(pair) => {
                let public = pair.public_key().as_ref();
                [&b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"[..], public].concat()
            }
            Secret::Rsa(pair) => {
                // DER of modulus and exponent (RFC 8017, appendix A.1.1).
                let der = pair.public_key().as_ref();
                let (modulus, exponent) = (&der[9..265], &der[267..]);
                [
                    b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00",
                    modulus,
                    b"\x21\x43",
                    exponent,
                ]
                .concat()
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Secret::P256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Secret::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }
}

/// One passkey, and what is said with it. All of it may be changed to what no honest device says.
pub struct Device {
    pub secret: Secret,
    pub id: Vec<u8>,
    /// As it was told when the passkey was made.
    pub user_handle: Vec<u8>,
    pub rp_id: String,
    pub origin: String,
    pub flags: u8,
    /// It counts signatures from then on, unless this is 0.
    pub counter: u32,
    /// What the browser says besides.
    pub says: Value,
    /// What stands behind all that the device says.
    pub trailing: Vec<u8>,
}

/// Fields of a form.
pub type Fields = Vec<(&'static str, String)>;

impl Device {
    /// One that is new, of somebody who looks at this address.
    pub fn at(origin: &str, secret: Secret) -> Device {
        let host = origin.split_once("://").unwrap().1;
        Device {
            id: digest(&SHA256, &secret.public()).as_ref().to_vec(),
            secret,
            user_handle: Vec::new(),
            rp_id: host.split(':').next().unwrap().to_owned(),
            origin: origin.to_owned(),
            flags: FLAGS,
            counter: 0,
            says: json!({}),
            trailing: Vec::new(),
        }
    }

    fn client_data(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let mut said = json!({
            "type": kind,
            "challenge": asked["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        let more = self.says.as_object().unwrap().clone();
        said.as_object_mut().unwrap().extend(more);
        said.to_string().into_bytes()
    }

    fn auth_data(&self, flags: u8, new: &[u8]) -> Vec<u8> {
        [
            digest(&SHA256, self.rp_id.as_bytes()).as_ref(),
            &[flags],
            &self.counter.to_be_bytes(),
            new,
            &self.trailing,
        ]
        .concat()
    }

    /// Makes the passkey that is asked for: the fields of the form.
    pub fn makes(&mut self, asked: &Value) -> Fields {
        let kinds: Vec<i64> = asked["pubKeyCredParams"]
            .as_array()
            .unwrap()
            .iter()
            .map(|kind| kind["alg"].as_i64().unwrap())
            .collect();
        assert_eq!(kinds, [-8, -7, -257]);
        let wish = &asked["authenticatorSelection"];
        assert_eq!(wish["residentKey"], "required");
        assert_eq!(wish["userVerification"], "required");
        assert_eq!(asked["attestation"], "none");
        let handle = asked["user"]["id"].as_str().unwrap();
        self.user_handle = URL_SAFE_NO_PAD.decode(handle).unwrap();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let new = [&[0; 16][..], &length, &self.id, &self.secret.public()].concat();
        let said = self.auth_data(self.flags | IS_NEW, &new);
        let length = u16::try_from(said.len()).unwrap().to_be_bytes();
        let attestation = [
            &b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"[..],
            &length,
            &said,
        ]
        .concat();
        let client_data = self.client_data("webauthn.create", asked);
        vec![
            ("client_data", URL_SAFE_NO_PAD.encode(client_data)),
            ("attestation", URL_SAFE_NO_PAD.encode(attestation)),
        ]
    }

    /// Signs what is asked: the fields of the form.
    pub fn signs(&mut self, asked: &Value) -> Fields {
        assert_eq!(asked["userVerification"], "required");
        let client_data = self.client_data("webauthn.get", asked);
        if self.counter != 0 {
            self.counter += 1;
        }
        let said = self.auth_data(self.flags, &[]);
        let message = [&said[..], digest(&SHA256, &client_data).as_ref()].concat();
        let bytes = [
            ("id", self.id.clone()),
            ("user_handle", self.user_handle.clone()),
            ("signature", self.secret.sign(&message)),
            ("client_data", client_data),
            ("auth_data", said),
        ];
        bytes
            .map(|(name, bytes)| (name, URL_SAFE_NO_PAD.encode(bytes)))
            .to_vec()
    }
}
