//! From a received request to the actor who signed it, in two steps and without I/O.
//!
//! [`read_claim`] says whose key is claimed and refuses everything that no key could put right:
//! digest, coverage, clock. The caller then finds the key and calls [`Claim::check`].

use comity_policy::Attested;
use comity_vocab::{Activity, Document, Iri, PublicKey};
use http::header::AUTHORIZATION;

use crate::cavage::Cavage;
use crate::key::is_signed_by;
use crate::proof::{KeyKind, Proof, Signature};
use crate::seen::SeenSignatures;
use crate::window::is_fresh;
use crate::{Distrust, Request, digest, rfc9421};

/// What a request says about who signed it. Nothing is proved yet.
#[derive(Debug)]
#[must_use = "a claim proves nothing until it is checked"]
pub struct Claim {
    key_id: Iri,
    body: [u8; 32],
    /// One, or two when both schemes are used; then both have to hold.
    proofs: Vec<Proof>,
}

/// An actor whose key signed a request. Made only by [`Claim::check`].
#[derive(Clone, Debug)]
pub struct Signer {
    actor: Iri,
    key_id: Iri,
    body: [u8; 32],
    proofs: Vec<Proof>,
}

/// Reads the signature, or signatures, of a request received at `now_ms`.
///
/// Refuses: no signature, unreadable or ambiguous ones, a digest that does not fit the body, a
/// signature that leaves out method, address, host, time or (with a body) digest, and one from
/// outside the time window. A draft-cavage and an RFC 9421 signature may come together if they
/// name the same key.
pub fn read_claim(request: &Request<'_>, now_ms: i64) -> Result<Claim, Distrust> {
    let lines = rfc9421::header_lines(request.headers, "signature")?;
    // No structured field can hold this name: its keys have no capitals.
    let (mut cavage, structured): (Vec<&str>, Vec<&str>) =
        lines.into_iter().partition(|line| line.contains("keyId="));
    for value in request.headers.get_all(AUTHORIZATION) {
        let signature = value.to_str().ok().and_then(|text| {
            let (scheme, rest) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("signature").then_some(rest)
        });
        // Some libraries (apsig) send one and the same in both headers.
        cavage.extend(signature.filter(|signature| !cavage.contains(signature)));
    }
    let has_inputs = request.headers.contains_key("signature-input");
    if cavage.is_empty() && structured.is_empty() && !has_inputs {
        return Err(Distrust::Unsigned);
    }
    if cavage.len() > 1 {
        return Err(Distrust::Ambiguous(
            "there is more than one signature".into(),
        ));
    }
    if has_inputs == structured.is_empty() {
        return Err(Distrust::malformed(
            "signature: signature-input and signature do not belong together",
        ));
    }

    request.covered_host()?;
    let digests = digest::check(request.headers, request.body)?;
    if request.needs_digest() && !digests.digest && !digests.content_digest {
        return Err(Distrust::NotCovered("digest"));
    }
    let mut proofs = Vec::with_capacity(2);
    if let Some(value) = cavage.first() {
        let signature = Cavage::parse(value)?;
        proofs.push(Proof {
            signed_ms: signature.check(request, digests, now_ms)?,
            signature: Signature::Cavage(signature),
        });
    }
    if has_inputs {
        let (signature, signed_ms) = rfc9421::usable(request, &structured, digests, now_ms)?;
        proofs.push(Proof {
            signed_ms,
            signature: Signature::Rfc9421(signature),
        });
    }
    let key_id = proofs
        .first()
        .map(|proof| proof.key_id().clone())
        .ok_or(Distrust::Unsigned)?;
    if proofs.iter().any(|proof| *proof.key_id() != key_id) {
        return Err(Distrust::Ambiguous("two signatures name two keys".into()));
    }
    Ok(Claim {
        key_id,
        body: digest::sha256(request.body),
        proofs,
    })
}

impl Claim {
    /// The key to look for.
    pub fn key_id(&self) -> &Iri {
        &self.key_id
    }

    /// Checks the claim against the key found at [`Claim::key_id`], and that it was not used
    /// before. A request that only reads may come again for some seconds: times are signed in
    /// seconds and RSA always signs alike, so a server that asks twice at once sends one and the
    /// same request.
    ///
    /// The key must bear that id and belong to an actor of the same origin (FEP-fe34). That the
    /// actor in turn names the key is for whoever fetched it to see: a key document alone proves
    /// nothing about its owner.
    pub fn check(
        self,
        request: &Request<'_>,
        key: &PublicKey,
        seen: &SeenSignatures,
        now_ms: i64,
    ) -> Result<Signer, Distrust> {
        if key.id != self.key_id {
            return Err(Distrust::KeyOwnerMismatch(
                "key is not the one named".into(),
            ));
        }
        if !key.owner.same_origin(&key.id) {
            return Err(Distrust::KeyOwnerMismatch(
                "key and its owner are of different origins".into(),
            ));
        }
        let mut signed = Vec::with_capacity(self.proofs.len());
        for proof in &self.proofs {
            if proof
                .kind()
                .is_some_and(|kind| kind != KeyKind::of(&key.key))
            {
                return Err(Distrust::UnsupportedAlgorithm(
                    "not the algorithm of this key".into(),
                ));
            }
            let (place, base) = proof
                .bases(request)?
                .into_iter()
                .enumerate()
                .find(|(_, base)| is_signed_by(&key.key, base.as_bytes(), proof.bytes()))
                .ok_or(Distrust::BadSignature)?;
            // Only the first base covers the target to its end.
            let may_repeat =
                place == 0 && request.only_reads() && is_fresh(proof.signed_ms, now_ms);
            signed.push((proof, base, may_repeat));
        }
        // The text that was signed goes into the memory, not the target as received: a signature
        // that left out the query must not count anew for each query somebody invents.
        for (proof, base, may_repeat) in signed {
            let domain = self.key_id.domain();
            match seen.remember(
                base.as_bytes(),
                proof.bytes(),
                proof.signed_ms,
                now_ms,
                &domain,
            ) {
                Err(Distrust::Replayed) if may_repeat => {}
                came => came?,
            }
        }
        Ok(Signer {
            actor: key.owner.clone(),
            key_id: self.key_id,
            body: self.body,
            proofs: self.proofs,
        })
    }
}

impl Signer {
    /// The owner of the key.
    pub fn actor(&self) -> &Iri {
        &self.actor
    }

    /// The key that signed.
    pub fn key_id(&self) -> &Iri {
        &self.key_id
    }

    /// Whether they signed this header too.
    pub(crate) fn covers(&self, header: &str) -> bool {
        self.proofs.iter().any(|proof| proof.covers(header))
    }
}

/// Reads the activity in a signed body. Its actor must be the signer; whether the activity may
/// speak for what it carries is the gate's question.
pub fn attest(signer: &Signer, body: &[u8]) -> Result<Attested<Activity>, Distrust> {
    if digest::sha256(body) != signer.body {
        return Err(Distrust::DigestMismatch);
    }
    let Document::Activity(activity) = comity_vocab::read(body)? else {
        return Err(Distrust::malformed("type: is not an activity"));
    };
    if activity.actor != signer.actor {
        return Err(Distrust::KeyOwnerMismatch(
            "activity is not by the actor who signed it".into(),
        ));
    }
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place where a signature becomes evidence"
    )]
    Ok(Attested::by_signature(signer.actor.clone(), activity))
}

#[cfg(test)]
mod tests;
