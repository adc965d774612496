//! `Collection-Synchronization` (FEP-8fcf): what a sender believes of their followers on the server it writes to.

use std::fmt;

use comity_vocab::Iri;
use http::header::{HeaderName, HeaderValue};

use crate::cavage::parameters;
use crate::digest::sha256;
use crate::{Distrust, Request, Signer};

/// As it is covered by signatures.
pub(crate) const NAME: &str = "collection-synchronization";

/// What the header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Synchronization {
    /// The sender's collection of followers.
    pub collection: Iri,
    /// Where those of them are listed who are at home on the receiving server.
    pub url: Iri,
    /// Of that list.
    pub digest: FollowersDigest,
}

impl Synchronization {
    /// The header of a received request; `None` where there is none, or where `signer` did not sign it.
    pub fn read(
        request: &Request<'_>,
        signer: &Signer,
    ) -> Result<Option<Synchronization>, Distrust> {
        if !request.headers.contains_key(NAME) || !signer.covers(NAME) {
            return Ok(None);
        }
        Synchronization::parse(request.covered_header(NAME)?).map(Some)
    }

    /// It is written as the parameters of a draft-cavage signature are.
    fn parse(value: &str) -> Result<Synchronization, Distrust> {
        let parameters = parameters(value)?;
        let get = |name: &'static str| {
            parameters
                .iter()
                .find(|(given, _)| *given == name)
                .map(|(_, value)| *value)
                .ok_or_else(|| Distrust::malformed(format!("{NAME}: has no {name}")))
        };
        let address =
            |name: &'static str| Iri::parse(get(name)?).map_err(|why| Distrust::from(why.at(name)));
        Ok(Synchronization {
            collection: address("collectionId")?,
            url: address("url")?,
            digest: FollowersDigest::parse(get("digest")?)?,
        })
    }

    pub(crate) fn header(&self) -> (HeaderName, HeaderValue) {
        let value = format!(
            "collectionId=\"{}\", url=\"{}\", digest=\"{}\"",
            self.collection, self.url, self.digest
        );
        (
            HeaderName::from_static(NAME),
            // An address in canonical form has neither quotes nor backslashes in it.
            HeaderValue::from_str(&value).expect("canonical addresses and hex are plain ASCII"),
        )
    }
}

/// A set of ids in 32 bytes: the SHA-256 of each, combined by exclusive or. Of nobody it is all zeros.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct FollowersDigest([u8; 32]);

impl FollowersDigest {
    /// Of these, each named once.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a Iri>) -> FollowersDigest {
        let mut digest = FollowersDigest::default();
        for id in ids {
            for (byte, other) in digest.0.iter_mut().zip(sha256(id.as_str().as_bytes())) {
                *byte ^= other;
            }
        }
        digest
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<FollowersDigest, Distrust> {
        let malformed = || Distrust::malformed("digest: is not 64 hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        let mut digest = FollowersDigest::default();
        for (byte, place) in digest.0.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[place..place + 2], 16).map_err(|_| malformed())?;
        }
        Ok(digest)
    }
}

impl fmt::Display for FollowersDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FollowersDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FollowersDigest({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f";

    fn iri(text: &str) -> Iri {
        Iri::parse(text).unwrap()
    }

    #[test]
    fn the_digest_is_that_of_the_example_in_the_proposal_in_any_order() {
        let (one, two) = (
            iri("https://testing.example.org/users/1"),
            iri("https://testing.example.org/users/2"),
        );
        assert_eq!(FollowersDigest::of([&one, &two]).to_string(), EXAMPLE);
        assert_eq!(FollowersDigest::of([&two, &one]).to_string(), EXAMPLE);
        assert_eq!(FollowersDigest::of([]).to_string(), "0".repeat(64));
        assert_eq!(
            FollowersDigest::parse(&EXAMPLE.to_uppercase()).unwrap(),
            FollowersDigest::of([&one, &two])
        );
    }

    #[test]
    fn what_is_written_is_read_again_and_what_is_broken_is_not_guessed() {
        let told = Synchronization {
            collection: iri("https://example.org/users/1/followers"),
            url: iri("https://example.org/users/1/followers_synchronization"),
            digest: FollowersDigest::parse(EXAMPLE).unwrap(),
        };
        let (_, value) = told.header();
        assert_eq!(
            Synchronization::parse(value.to_str().unwrap()).unwrap(),
            told
        );
        for broken in [
            "",
            "collectionId",
            "collectionId=\"https://example.org/f\", url=\"https://example.org/s\"",
            "collectionId=\"https://example.org/f\", url=\"https://example.org/s\", digest=\"00\"",
            "collectionId=\"nothing\", url=\"https://example.org/s\", digest=\"c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f\"",
            "digest=\"c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f\", digest=\"c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f\", collectionId=\"https://example.org/f\", url=\"https://example.org/s\"",
        ] {
            assert!(Synchronization::parse(broken).is_err(), "{broken}");
        }
    }
}
