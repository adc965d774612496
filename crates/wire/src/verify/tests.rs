//! Our own signatures, whole and with one thing wrong.

mod recorded;

use comity_vocab::{Iri, KeyMaterial, PublicKey};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;
use crate::key::{SigningKey, generate_ed25519, generate_rsa};
use crate::proof::Scheme;
use crate::sign::{sign, sign_with};
use crate::synchronization::{FollowersDigest, Synchronization};
use crate::window::{CAVAGE_AGE_MS, CLOCK_AHEAD_MS, RFC9421_AGE_MS};

const NOW: i64 = 1_792_152_000_000;
const EVE: &str = "https://remote.example/users/eve";
const INBOX: &str = "https://local.example/inbox";
const NOTE: &str = "https://local.example/notes/1?page=2";

/// A request that can be spoilt.
#[derive(Clone)]
struct Sent {
    method: &'static str,
    target: String,
    authority: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    fn request(&self) -> Request<'_> {
        Request {
            method: self.method,
            target: &self.target,
            scheme: "https",
            authority: &self.authority,
            headers: &self.headers,
            body: &self.body,
        }
    }

    fn set(&mut self, name: &'static str, value: &str) {
        let value = HeaderValue::from_str(value).unwrap();
        self.headers.insert(HeaderName::from_static(name), value);
    }

    fn add(&mut self, name: &'static str, value: &str) {
        let value = HeaderValue::from_str(value).unwrap();
        self.headers.append(HeaderName::from_static(name), value);
    }

    fn get(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    /// As if it arrived just now, at a server that saw nothing before.
    fn verify(&self, key: &PublicKey) -> Result<Signer, Distrust> {
        self.verify_at(key, &SeenSignatures::new(), NOW)
    }

    fn verify_at(
        &self,
        key: &PublicKey,
        seen: &SeenSignatures,
        now_ms: i64,
    ) -> Result<Signer, Distrust> {
        let request = self.request();
        read_claim(&request, now_ms)?.check(&request, key, seen, now_ms)
    }
}

struct Keys {
    private: SigningKey,
    public: PublicKey,
}

fn iri(text: &str) -> Iri {
    Iri::parse(text).unwrap()
}

fn rsa() -> Keys {
    let id = iri(&format!("{EVE}#main-key"));
    let (pkcs8, spki_der) = generate_rsa();
    Keys {
        private: SigningKey::rsa(id.clone(), &pkcs8).unwrap(),
        public: PublicKey {
            id,
            owner: iri(EVE),
            key: KeyMaterial::Rsa { spki_der },
        },
    }
}

fn ed25519() -> Keys {
    let id = iri(&format!("{EVE}#main-key"));
    let (pkcs8, public) = generate_ed25519();
    Keys {
        private: SigningKey::ed25519(id.clone(), &pkcs8).unwrap(),
        public: PublicKey {
            id,
            owner: iri(EVE),
            key: KeyMaterial::Ed25519(public),
        },
    }
}

fn post(keys: &Keys, scheme: Scheme) -> Sent {
    let body = format!(
        r#"{{"id":"{EVE}/likes/1","type":"Like","actor":"{EVE}","object":"https://local.example/notes/1"}}"#
    )
    .into_bytes();
    let mut sent = Sent {
        method: "POST",
        target: "/inbox".to_owned(),
        authority: "local.example".to_owned(),
        headers: sign("POST", &iri(INBOX), Some(&body), &keys.private, scheme, NOW),
        body,
    };
    sent.set("host", "local.example");
    sent
}

fn get(keys: &Keys, scheme: Scheme) -> Sent {
    let mut sent = Sent {
        method: "GET",
        target: "/notes/1?page=2".to_owned(),
        authority: "local.example".to_owned(),
        headers: sign("GET", &iri(NOTE), None, &keys.private, scheme, NOW),
        body: Vec::new(),
    };
    sent.set("host", "local.example");
    sent
}

#[test]
fn what_we_sign_is_believed_once() {
    for keys in [rsa(), ed25519()] {
        for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
            for sent in [post(&keys, scheme), get(&keys, scheme)] {
                let seen = SeenSignatures::new();
                let signer = sent.verify_at(&keys.public, &seen, NOW).unwrap();
                assert_eq!(signer.actor().as_str(), EVE);
                assert_eq!(signer.key_id(), keys.private.key_id());
                // A server that asks twice within a second sends the same bytes; later it is a copy.
                let soon = sent.verify_at(&keys.public, &seen, NOW + 1000);
                assert_eq!(soon.is_ok(), sent.method == "GET");
                let later = sent.verify_at(&keys.public, &seen, NOW + 6000);
                assert_eq!(later.unwrap_err(), Distrust::Replayed);
            }
        }
    }
}

#[test]
fn what_is_told_of_followers_is_signed_and_read_only_then() {
    let told = Synchronization {
        collection: iri(&format!("{EVE}/followers")),
        url: iri(&format!("{EVE}/followers_synchronization")),
        digest: FollowersDigest::of([&iri("https://local.example/users/a")]),
    };
    let (header, keys) = ("collection-synchronization", ed25519());
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        let mut sent = post(&keys, scheme);
        let body = sent.body.clone();
        sent.headers = sign_with(
            Some(&told),
            "POST",
            &iri(INBOX),
            Some(&body),
            &keys.private,
            scheme,
            NOW,
        );
        sent.set("host", "local.example");
        let signer = sent.verify(&keys.public).unwrap();
        let read = Synchronization::read(&sent.request(), &signer).unwrap();
        assert_eq!(read, Some(told.clone()));

        let value = sent.headers[header].to_str().unwrap().replace('a', "b");
        sent.set(header, &value);
        assert_eq!(
            sent.verify(&keys.public).unwrap_err(),
            Distrust::BadSignature
        );

        let mut added = post(&keys, scheme);
        added.set(header, &value);
        let signer = added.verify(&keys.public).unwrap();
        assert_eq!(
            Synchronization::read(&added.request(), &signer).unwrap(),
            None
        );
    }
}

#[test]
fn an_activity_is_attested_to_its_signer_only() {
    let keys = ed25519();
    let sent = post(&keys, Scheme::Rfc9421);
    let signer = sent.verify(&keys.public).unwrap();
    let attested = attest(&signer, &sent.body).unwrap();
    assert_eq!(attested.by().as_str(), EVE);

    let other = br#"{"id":"https://remote.example/1","type":"Like","actor":"https://remote.example/users/mallory","object":"https://local.example/notes/1"}"#;
    assert_eq!(attest(&signer, other).err(), Some(Distrust::DigestMismatch));

    let mut forged = post(&keys, Scheme::Rfc9421);
    forged.body = other.to_vec();
    forged.headers = sign(
        "POST",
        &iri(INBOX),
        Some(other),
        &keys.private,
        Scheme::Rfc9421,
        NOW,
    );
    let signer = forged.verify(&keys.public).unwrap();
    let refused = attest(&signer, &forged.body).err();
    assert!(matches!(refused, Some(Distrust::KeyOwnerMismatch(_))));
}

#[test]
fn attack_2_whatever_is_changed_on_the_way_is_noticed() {
    type Change = fn(&mut Sent);
    let changes: [(&str, Change); 12] = [
        ("body", |s| s.body[10] ^= 1),
        ("other path", |s| s.target = "/users/bob/inbox".to_owned()),
        ("query added", |s| s.target.push_str("?a=1")),
        ("method", |s| s.method = "PUT"),
        ("authority", |s| s.authority = "other.example".to_owned()),
        ("host and authority", |s| {
            s.authority = "other.example".to_owned();
            s.set("host", "other.example");
        }),
        ("host twice", |s| s.add("host", "local.example")),
        ("signature twice", |s| {
            let signature = s.get("signature");
            s.add("signature", &signature);
        }),
        ("signature gone", |s| {
            s.headers.remove("signature");
        }),
        ("digests gone", |s| {
            s.headers.remove("digest");
            s.headers.remove("content-digest");
        }),
        ("a second digest that is wrong", |s| {
            let empty = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
            s.add("digest", empty);
        }),
        ("a second content digest that is wrong", |s| {
            let empty = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
            s.add("content-digest", empty);
        }),
    ];
    let keys = ed25519();
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        for (name, change) in &changes {
            let mut sent = post(&keys, scheme);
            change(&mut sent);
            assert!(sent.verify(&keys.public).is_err(), "{name} with {scheme:?}");
        }
    }
}

#[test]
fn the_clock_window_is_kept() {
    let keys = ed25519();
    for (scheme, age_ms) in [
        (Scheme::Cavage, CAVAGE_AGE_MS),
        (Scheme::Rfc9421, RFC9421_AGE_MS),
    ] {
        let sent = post(&keys, scheme);
        let at = |now_ms| sent.verify_at(&keys.public, &SeenSignatures::new(), now_ms);
        assert!(at(NOW + age_ms).is_ok());
        assert_eq!(at(NOW + age_ms + 1).unwrap_err(), Distrust::Stale);
        assert!(at(NOW - CLOCK_AHEAD_MS).is_ok());
        assert_eq!(at(NOW - CLOCK_AHEAD_MS - 1).unwrap_err(), Distrust::Stale);
    }
}

#[test]
fn a_key_must_be_the_one_named_and_its_owners() {
    let keys = ed25519();
    let sent = post(&keys, Scheme::Cavage);

    let mut other_id = keys.public.clone();
    other_id.id = iri("https://remote.example/users/mallory#main-key");
    let refused = sent.verify(&other_id).unwrap_err();
    assert!(matches!(refused, Distrust::KeyOwnerMismatch(_)));

    let mut other_owner = keys.public.clone();
    other_owner.owner = iri("https://victim.example/users/alice");
    let refused = sent.verify(&other_owner).unwrap_err();
    assert!(matches!(refused, Distrust::KeyOwnerMismatch(_)));

    let mut other_key = keys.public.clone();
    other_key.key = ed25519().public.key;
    assert_eq!(sent.verify(&other_key).unwrap_err(), Distrust::BadSignature);
}

#[test]
fn attack_4_an_algorithm_that_is_not_the_keys_is_refused() {
    let keys = ed25519();
    let mut cavage = post(&keys, Scheme::Cavage);
    let signature = cavage.get("signature");
    cavage.set("signature", &signature.replace("hs2019", "rsa-sha256"));
    let refused = cavage.verify(&keys.public).unwrap_err();
    assert!(matches!(refused, Distrust::UnsupportedAlgorithm(_)));

    for algorithm in ["none", "hmac-sha256", "rsa-sha1", "rsa-sha512"] {
        let mut odd = post(&keys, Scheme::Cavage);
        odd.set("signature", &signature.replace("hs2019", algorithm));
        let refused = odd.verify(&keys.public).unwrap_err();
        assert!(
            matches!(refused, Distrust::UnsupportedAlgorithm(_)),
            "{algorithm}"
        );
    }

    let mut structured = post(&keys, Scheme::Rfc9421);
    let input = structured.get("signature-input");
    structured.set(
        "signature-input",
        &format!("{input};alg=\"rsa-v1_5-sha256\""),
    );
    let refused = structured.verify(&keys.public).unwrap_err();
    assert!(matches!(refused, Distrust::UnsupportedAlgorithm(_)));
}

#[test]
fn attack_4_two_schemes_must_name_one_key_and_both_hold() {
    let keys = ed25519();
    let both = |second: &Keys| {
        let mut sent = post(&keys, Scheme::Cavage);
        let other = post(second, Scheme::Rfc9421);
        for name in ["content-digest", "signature-input"] {
            sent.headers
                .insert(HeaderName::from_static(name), other.headers[name].clone());
        }
        sent.headers
            .append("signature", other.headers["signature"].clone());
        sent
    };
    assert!(both(&keys).verify(&keys.public).is_ok());

    // The same key id, signed with something else.
    let refused = both(&ed25519()).verify(&keys.public).unwrap_err();
    assert_eq!(refused, Distrust::BadSignature);

    let (pkcs8, _) = generate_ed25519();
    let mut mallory = ed25519();
    let id = iri("https://remote.example/users/mallory#main-key");
    mallory.private = SigningKey::ed25519(id, &pkcs8).unwrap();
    let refused = both(&mallory).verify(&keys.public).unwrap_err();
    assert!(matches!(refused, Distrust::Ambiguous(_)));
}

#[test]
fn attack_4_of_several_labels_exactly_one_may_be_usable() {
    let keys = ed25519();
    let sent = post(&keys, Scheme::Rfc9421);
    let input = sent.get("signature-input");
    let signature = sent.get("signature");

    let mut twice = sent.clone();
    twice.set(
        "signature-input",
        &format!("{input}, {}", input.replace("sig1", "sig2")),
    );
    twice.set(
        "signature",
        &format!("{signature}, {}", signature.replace("sig1", "sig2")),
    );
    let refused = twice.verify(&keys.public).unwrap_err();
    assert!(matches!(refused, Distrust::Ambiguous(_)));

    // A proxy signs for itself and covers too little for us: it does not get in the way.
    let mut proxied = sent.clone();
    proxied.set(
        "signature-input",
        &format!("proxy=(\"@authority\");created=1;keyid=\"p\", {input}"),
    );
    proxied.set("signature", &format!("proxy=:AAAA:, {signature}"));
    assert!(proxied.verify(&keys.public).is_ok());

    let mut crowd = sent;
    let more: Vec<String> = (0..5).map(|n| format!("s{n}=()")).collect();
    crowd.set("signature-input", &format!("{input}, {}", more.join(", ")));
    assert!(crowd.verify(&keys.public).is_err());
}

#[test]
fn a_get_may_be_signed_without_its_query_but_counts_once() {
    let keys = ed25519();
    let bare = iri("https://local.example/notes/1");
    let mut sent = get(&keys, Scheme::Cavage);
    sent.headers = sign("GET", &bare, None, &keys.private, Scheme::Cavage, NOW);
    let seen = SeenSignatures::new();
    assert!(sent.verify_at(&keys.public, &seen, NOW).is_ok());
    // Inventing another query does not make a copy new.
    sent.target = "/notes/1?page=3".to_owned();
    let again = sent.verify_at(&keys.public, &seen, NOW);
    assert_eq!(again.unwrap_err(), Distrust::Replayed);
    // Nor may the path differ, or RFC 9421 be read that way.
    sent.target = "/notes/2?page=2".to_owned();
    assert_eq!(
        sent.verify(&keys.public).unwrap_err(),
        Distrust::BadSignature
    );
    let mut structured = get(&keys, Scheme::Rfc9421);
    structured.target = "/notes/1".to_owned();
    assert!(structured.verify(&keys.public).is_err());
}

#[test]
fn the_host_header_must_name_the_host_that_was_asked() {
    let keys = ed25519();
    let mut sent = post(&keys, Scheme::Cavage);
    sent.authority = "LOCAL.example:443".to_owned();
    assert!(
        sent.verify(&keys.public).is_ok(),
        "the same host, written otherwise"
    );
    sent.headers.remove("host");
    assert!(
        sent.verify(&keys.public).is_ok(),
        "HTTP/2 has no host header"
    );
    sent.set("host", "other.example");
    assert!(sent.verify(&keys.public).is_err());
}

#[test]
fn unreadable_signatures_are_refused_in_peace() {
    let keys = ed25519();
    let odd = [
        "",
        ",",
        "keyId=",
        "keyId=\"",
        "keyId=\"x\"",
        "keyId=\"https://remote.example/#k\",signature=\"\"",
        "keyId=\"https://remote.example/#k\",signature=\"!!\",headers=\"(request-target) host date digest\"",
        "keyId=\"https://remote.example/#k\",keyId=\"https://remote.example/#l\",signature=\"AA==\"",
        "keyId=\"https://remote.example/#k\",signature=\"AA==\",headers=\"host host\"",
        "keyId=\"https://remote.example/#k\",signature=\"AA==\",created=99999999999999999999",
        "keyId=\"ftp://remote.example/#k\",signature=\"AA==\"",
        "sig1=:AAAA:, keyId=\"https://remote.example/#k\"",
    ];
    for value in odd {
        let mut sent = post(&keys, Scheme::Cavage);
        sent.set("signature", value);
        assert!(sent.verify(&keys.public).is_err(), "{value}");
    }
    let mut unsigned = post(&keys, Scheme::Cavage);
    unsigned.headers.remove("signature");
    assert_eq!(
        unsigned.verify(&keys.public).unwrap_err(),
        Distrust::Unsigned
    );
}

proptest! {
    #[test]
    fn no_header_makes_reading_fail_worse_than_by_refusing(
        signature in "[ -~]{0,200}",
        input in "(sig1=\\()?[ -~]{0,200}",
        digest in "(SHA-256=|sha-256=:)?[ -~]{0,80}",
        structured in any::<bool>(),
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in [("signature", &signature), ("digest", &digest), ("date", &digest)] {
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        if structured {
            headers.insert("signature-input", HeaderValue::from_str(&input).unwrap());
            headers.insert("content-digest", HeaderValue::from_str(&digest).unwrap());
        }
        let sent = Sent {
            method: "POST",
            target: "/inbox".to_owned(),
            authority: "local.example".to_owned(),
            headers,
            body: Vec::new(),
        };
        prop_assert!(read_claim(&sent.request(), NOW).is_err());
    }
}
