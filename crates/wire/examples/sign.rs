//! Signatures a second on one core, for both schemes and both kinds of key:
//! `cargo run --release -p comity-wire --example sign`.
//!
//! Counts the whole way, as the server walks it: digest, signature base, header text; and back
//! from headers to a signer, with the memory of seen signatures.

use std::time::{Duration, Instant};

use comity_vocab::{Iri, KeyMaterial, PublicKey};
use comity_wire::{
    Request, Scheme, SeenSignatures, SigningKey, generate_ed25519, generate_rsa, read_claim, sign,
};

const NOW_MS: i64 = 1_792_152_000_000;

fn main() {
    let inbox = Iri::parse("https://local.example/inbox").expect("is an address");
    let owner = Iri::parse("https://remote.example/users/eve").expect("is an address");
    let id = Iri::parse("https://remote.example/users/eve#main-key").expect("is an address");
    let body = vec![b'x'; 2048]; // a usual Create

    let (rsa_private, spki_der) = generate_rsa();
    let (ed_private, ed_public) = generate_ed25519();
    let rsa = SigningKey::rsa(id.clone(), &rsa_private).expect("was just made");
    let ed25519 = SigningKey::ed25519(id.clone(), &ed_private).expect("was just made");
    let keys = [
        ("RSA-2048", rsa, KeyMaterial::Rsa { spki_der }),
        ("Ed25519", ed25519, KeyMaterial::Ed25519(ed_public)),
    ];

    for (kind, private, key) in keys {
        let public = PublicKey {
            id: id.clone(),
            owner: owner.clone(),
            key,
        };
        for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
            let signs = per_second(|_| {
                let headers = sign("POST", &inbox, Some(&body), &private, scheme, NOW_MS);
                assert!(headers.contains_key("signature"));
            });
            let headers = sign("POST", &inbox, Some(&body), &private, scheme, NOW_MS);
            let request = Request {
                method: "POST",
                target: "/inbox",
                scheme: "https",
                authority: "local.example",
                headers: &headers,
                body: &body,
            };
            let verifies = per_second(|_| {
                let seen = SeenSignatures::new();
                let claim = read_claim(&request, NOW_MS).expect("was just signed");
                let signer = claim.check(&request, &public, &seen, NOW_MS);
                assert!(signer.is_ok());
            });
            println!(
                "{kind:<9} {:<8} {signs:>8.0} signs/s {verifies:>8.0} verifies/s",
                scheme.as_str()
            );
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a measurement looks at the clock of the machine"
)]
fn per_second(mut once: impl FnMut(u32)) -> f64 {
    let start = Instant::now();
    let mut rounds = 0;
    while start.elapsed() < Duration::from_secs(1) {
        once(rounds);
        rounds += 1;
    }
    f64::from(rounds) / start.elapsed().as_secs_f64()
}
