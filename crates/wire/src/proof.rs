//! A signature of either scheme, reduced to what checking needs.

use comity_vocab::{Iri, KeyMaterial};

use crate::cavage::Cavage;
use crate::rfc9421::Rfc9421;
use crate::{Distrust, Request};

/// How a request is signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12, understood everywhere.
    Cavage,
    /// RFC 9421.
    Rfc9421,
}

impl Scheme {
    /// The word to store.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Cavage => "cavage",
            Scheme::Rfc9421 => "rfc9421",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Scheme> {
        match word {
            "cavage" => Some(Scheme::Cavage),
            "rfc9421" => Some(Scheme::Rfc9421),
            _ => None,
        }
    }

    pub(crate) fn other(self) -> Scheme {
        match self {
            Scheme::Cavage => Scheme::Rfc9421,
            Scheme::Rfc9421 => Scheme::Cavage,
        }
    }
}

/// The kinds of key we check with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum KeyKind {
    Rsa,
    Ed25519,
}

impl KeyKind {
    pub(crate) fn of(key: &KeyMaterial) -> KeyKind {
        match key {
            KeyMaterial::Rsa { .. } => KeyKind::Rsa,
            KeyMaterial::Ed25519(_) => KeyKind::Ed25519,
        }
    }
}

/// A signature that was read and found to cover enough, and when it was made.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    pub signature: Signature,
    pub signed_ms: i64,
}

#[derive(Clone, Debug)]
pub(crate) enum Signature {
    Cavage(Cavage),
    Rfc9421(Rfc9421),
}

impl Proof {
    pub(crate) fn key_id(&self) -> &Iri {
        match &self.signature {
            Signature::Cavage(cavage) => &cavage.key_id,
            Signature::Rfc9421(rfc9421) => &rfc9421.key_id,
        }
    }

    pub(crate) fn kind(&self) -> Option<KeyKind> {
        match &self.signature {
            Signature::Cavage(cavage) => cavage.kind,
            Signature::Rfc9421(rfc9421) => rfc9421.kind,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.signature {
            Signature::Cavage(cavage) => &cavage.signature,
            Signature::Rfc9421(rfc9421) => &rfc9421.signature,
        }
    }

    pub(crate) fn covers(&self, header: &str) -> bool {
        match &self.signature {
            Signature::Cavage(cavage) => cavage.covers(header),
            Signature::Rfc9421(rfc9421) => rfc9421.covers(header),
        }
    }

    pub(crate) fn bases(&self, request: &Request<'_>) -> Result<Vec<String>, Distrust> {
        match &self.signature {
            Signature::Cavage(cavage) => cavage.bases(request),
            Signature::Rfc9421(rfc9421) => Ok(vec![rfc9421.base(request)?]),
        }
    }
}
